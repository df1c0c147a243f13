/**
 * The contract net between agents on sockets, the asker's side: call for proposals, award with a fencing number, and
 * award anew when the winner falls silent. The rules are the initiator's machine of `protocol/contract-net/`; this is
 * its shell, `contract-worker.ts` that of the other side.
 * @see FIPA SC00029H; R. G. Smith 1980, The Contract Net Protocol
 */
import type { Did } from '../protocol/brand.ts';
import type { Ceiling } from '../protocol/budget/amount.ts';
import {
  type Bid,
  type Cfp,
  type ContractOutcome,
  createInitiator,
  type Fault,
  type InitiatorEffect,
  type InitiatorInput,
  initiatorBucket,
  type Offer,
  type Partial,
  type Progress,
  type Refuse,
} from '../protocol/contract-net/index.ts';
import type { Agent } from './agent.ts';
import { type AgentStore, createMemoryStore } from './agent-store.ts';
import { readContractWord, tellContract } from './contract-words.ts';
import { createMachineTimers, hashing, makeId, type TeamContent } from './machine-shell.ts';

export interface CallInit {
  /** Whom to call. */
  readonly to: readonly Did[];
  readonly content: TeamContent;
  readonly skills: readonly string[];
  /** How bids are ranked. @default { rule: 'quality' } */
  readonly criteria?: Cfp['criteria'];
  /** @default none */
  readonly ceiling?: Ceiling;
  readonly minConfidence?: number;
  /** How long bids are taken, ms. */
  readonly bidMs: number;
  /** A winner silent for longer loses the award, ms. */
  readonly leaseMs: number;
  /** The asker gives up after this, ms. */
  readonly endMs: number;
  /** Where the contract is kept over a restart. @default as long as the program */
  readonly store?: AgentStore;
  readonly onEvent?: (event: ContractEvent) => void;
}

/** What the asker sees on the way. */
export type ContractEvent =
  | { readonly kind: 'bid'; readonly from: Did; readonly offer: Offer | undefined }
  | { readonly kind: 'refused'; readonly from: Did; readonly reason: string }
  | { readonly kind: 'awarded'; readonly to: Did; readonly fencing: number }
  | { readonly kind: 'progress'; readonly from: Did; readonly body: Progress }
  | { readonly kind: 'partial'; readonly from: Did; readonly body: Partial }
  | { readonly kind: 'fault'; readonly about: Did; readonly fault: Fault }
  /** A message that the machine had no use for, such as a result under an old fencing number. */
  | { readonly kind: 'ignored'; readonly from: Did; readonly type: string; readonly reason: string };

const bidsMax = 64;

/** Call for proposals, award the best bid, and wait for the end: a result, a failure, or `void`. */
export async function callForProposals(agent: Agent, init: CallInit): Promise<ContractOutcome> {
  const nowMs = Date.now();
  const cfp: Cfp = {
    task: makeId(),
    content: init.content,
    skills: [...init.skills],
    criteria: init.criteria ?? { rule: 'quality' },
    ceiling: init.ceiling ?? {},
    minConfidence: init.minConfidence ?? 0,
    bidsMax,
    deadlineAt: nowMs + init.bidMs,
    leaseMs: init.leaseMs,
    endsAt: nowMs + init.endMs,
  };
  return runCall(agent, { cfp, to: init.to }, init, { type: 'open-call', atMs: nowMs });
}

const callBucket = 'contract-call';

interface SavedCall {
  readonly cfp: Cfp;
  readonly to: readonly Did[];
}

/** After a restart: take up every contract of this store that has not ended. One outcome for each, in no order. */
export function resumeContracts(
  agent: Agent,
  init: Pick<CallInit, 'onEvent'> & { readonly store: AgentStore },
): readonly Promise<ContractOutcome>[] {
  return init.store.keys(callBucket).map((key) => {
    const call = JSON.parse(init.store.load(callBucket, key)!) as SavedCall;
    const saved = init.store.load(initiatorBucket, key);
    const atMs = Date.now();
    const first: InitiatorInput =
      saved === undefined ? { type: 'open-call', atMs } : { type: 'recovered', atMs };
    return runCall(agent, call, init, first, saved);
  });
}

async function runCall(
  agent: Agent,
  call: SavedCall,
  init: Pick<CallInit, 'onEvent' | 'store'>,
  first: InitiatorInput,
  saved?: string,
): Promise<ContractOutcome> {
  const { cfp } = call;
  const store = init.store ?? createMemoryStore();
  store.save(callBucket, cfp.task, JSON.stringify(call));
  const ended = Promise.withResolvers<ContractOutcome>();
  const note = init.onEvent ?? (() => undefined);
  const machine = createInitiator(
    { keys: hashing },
    { self: agent.did, cfp, ...(saved === undefined ? {} : { saved }) },
  );
  const timers = createMachineTimers((timer) =>
    step({ type: 'timer-fired', timer, atMs: Date.now() }, agent.did),
  );

  function step(input: InitiatorInput, from: Did): void {
    for (const effect of machine.step(input)) perform(effect, input.type, from);
  }

  function perform(effect: InitiatorEffect, type: string, from: Did): void {
    switch (effect.type) {
      case 'persist':
        return store.save(effect.bucket, effect.key, effect.value as string | null);
      case 'set-timer':
      case 'cancel-timer':
        return timers.apply(effect);
      case 'send-cfp':
        for (const to of call.to) tellContract(agent, to, 'cfp', effect.body);
        return;
      case 'send-award':
        note({ kind: 'awarded', to: effect.body.winner, fencing: effect.body.fencing });
        for (const to of effect.to) tellContract(agent, to, 'award', effect.body);
        return;
      case 'send-cancel':
        for (const to of effect.to) tellContract(agent, to, 'cancel', effect.body);
        return;
      case 'report-fault':
        note({ kind: 'fault', about: effect.about, fault: effect.fault });
        // Who failed or took too long is seen by the node itself; a promise broken in silence, and a lie, are not.
        if (toldToNode.has(effect.fault))
          agent.tellNode({ type: 'judge', task: cfp.task, agent: effect.about, score: 0 });
        return;
      case 'show-progress':
        return note({ kind: 'progress', from: effect.from, body: effect.body });
      case 'show-partial':
        return note({ kind: 'partial', from: effect.from, body: effect.body });
      case 'end-contract':
        return ended.resolve(effect.outcome);
      case 'ignored':
        return note({ kind: 'ignored', from, type, reason: effect.reason });
      case 'grant':
      case 'settle-grant':
      case 'send-error':
        return;
    }
  }

  const ending = agent.on('message', (message) => {
    const word = readContractWord(message);
    if (word === undefined || word.body.task !== cfp.task || !answers.has(word.type)) return;
    const { type, from, body } = word;
    if (type === 'bid') note({ kind: 'bid', from, offer: (body as Bid).offer });
    if (type === 'refuse') note({ kind: 'refused', from, reason: (body as Refuse).reason });
    step({ type: `${type}-received`, from, body, atMs: Date.now() } as InitiatorInput, from);
  });
  try {
    step(first, agent.did);
    const outcome = await ended.promise;
    for (const bucket of [callBucket, initiatorBucket]) store.save(bucket, cfp.task, null);
    return outcome;
  } finally {
    ending();
    timers.cancelAll();
  }
}

/** What comes back to an asker. */
const answers = new Set<string>(['bid', 'refuse', 'decline', 'progress', 'partial', 'result', 'failure']);

const toldToNode = new Set<Fault>([
  'went-silent',
  'overclaimed-skill',
  'overclaimed-quality',
  'bad-opening',
  'never-opened',
]);
