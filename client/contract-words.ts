/** The words of a contract on the wire: bodies of the contract net's machines in signed messages, and back. */
import type { Did, MessageId } from '../protocol/brand.ts';
import type {
  Award,
  Bid,
  Cancel,
  Cfp,
  Failure,
  Partial,
  Progress,
  Refuse,
  Result,
} from '../protocol/contract-net/index.ts';
import type { Agent, Delivered, Saying } from './agent.ts';

export type ContractType =
  | 'cfp'
  | 'bid'
  | 'refuse'
  | 'award'
  | 'decline'
  | 'progress'
  | 'partial'
  | 'result'
  | 'failure'
  | 'cancel';

export type ContractBody = { readonly task: MessageId };

export interface ContractWord {
  readonly type: ContractType;
  readonly from: Did;
  readonly body: ContractBody;
}

/** A message as a contract's word; `undefined` for all other talk. Its form and signature were checked by the node. */
export function readContractWord(message: Delivered): ContractWord | undefined {
  const from = message.from as Did;
  switch (message.type) {
    case 'refuse': {
      const { task, reason } = message;
      return { type: 'refuse', from, body: { task, reason } as Refuse };
    }
    case 'decline': {
      const { task, fencing, reason } = message;
      return { type: 'decline', from, body: { task: task as MessageId, fencing, reason } as ContractBody };
    }
    case 'progress': {
      const { task, fencing, share = 0, content } = message;
      const said = content === undefined ? {} : { content };
      return { type: 'progress', from, body: { task, fencing, share, ...said } as Progress };
    }
    case 'cfp':
    case 'bid':
    case 'award':
    case 'partial':
    case 'result':
    case 'failure':
    case 'cancel':
      return message.terms === undefined ? undefined : { type: message.type, from, body: message.terms };
    default:
      return undefined;
  }
}

/** Say a body: what every reader of the envelope understands, and the full form as `terms`. */
export function tellContract(agent: Agent, to: Did, type: ContractType, body: ContractBody, index = 0): void {
  const saying = { ...envelopeBody(type, body, index), type, to } as unknown as Saying;
  // What cannot be said is a dead letter at the node; the lease or the deadline decides here.
  agent.send(saying).catch(() => undefined);
}

function envelopeBody(type: ContractType, body: ContractBody, index: number): Record<string, unknown> {
  const terms = body as unknown as Record<string, unknown>;
  if (type === 'refuse' || type === 'decline' || type === 'progress') return terms;
  switch (type) {
    case 'cfp': {
      const { task, content, deadlineAt, skills, minConfidence } = body as Cfp;
      return { task, content, deadlineAt, skills, minConfidence, terms };
    }
    case 'bid': {
      const { task, offer, seal } = body as Bid;
      return { task, confidence: offer?.confidence ?? 0, ...(seal === undefined ? {} : { seal }), terms };
    }
    case 'award': {
      const { task, fencing, bids } = body as Award;
      return { task, fencing, bids: bids.map((one) => one.bid), terms };
    }
    case 'partial': {
      const { task, fencing, content } = body as Partial;
      return { task, fencing, index, content, terms };
    }
    case 'result': {
      const { task, fencing, content } = body as Result;
      return { task, fencing, content, terms };
    }
    case 'failure': {
      const { task, fencing, reason } = body as Failure;
      return { task, fencing, reason, terms };
    }
    default: {
      const { task, reason } = body as Cancel;
      return { task, reason, terms };
    }
  }
}
