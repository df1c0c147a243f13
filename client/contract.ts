/**
 * The contract net between agents on sockets: an asker calls for proposals, awards with a fencing number, and awards
 * anew when the winner falls silent. The rules are the machines of `protocol/contract-net/`; this is their shell.
 * @see FIPA SC00029H; R. G. Smith 1980, The Contract Net Protocol
 */
import * as z from 'zod';
import type { Did, MessageId } from '../protocol/brand.ts';
import type { Amount, Ceiling } from '../protocol/budget/amount.ts';
import { nothing } from '../protocol/budget/amount.ts';
import { contractBodies } from '../protocol/contract-net/bodies.ts';
import {
  type Award,
  type Bid,
  type Cancel,
  type Cfp,
  type ContractOutcome,
  createInitiator,
  createParticipant,
  type Failure,
  type Fault,
  type InitiatorEffect,
  type InitiatorInput,
  type Offer,
  type Partial,
  type ParticipantEffect,
  type ParticipantInput,
  type Progress,
  type Refuse,
  type Result,
} from '../protocol/contract-net/index.ts';
import { matchSchema } from '../protocol/decode.ts';
import type { JsonObject } from '../protocol/json.ts';
import { createMessageId } from '../protocol/message-id.ts';
import type { Agent, Delivered, Saying } from './agent.ts';
import { sha256 } from './sha256.ts';

export type ContractContent = string | Record<string, unknown>;

/** Where a machine's state is kept over a restart; without one it lives as long as the program. */
export interface ContractMemory {
  load(bucket: string, key: string): string | undefined;
  save(bucket: string, key: string, value: string | null): void;
}

export interface CallInit {
  /** Whom to call. */
  readonly to: readonly Did[];
  readonly content: ContractContent;
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
  readonly memory?: ContractMemory;
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

const hashing = { hash: sha256 };
const schemas = {
  cfp: z.strictObject(contractBodies.cfp),
  bid: z.strictObject(contractBodies.bid),
  refuse: z.strictObject(contractBodies.refuse),
  award: z.strictObject(contractBodies.award),
  decline: z.strictObject(contractBodies.decline),
  progress: z.strictObject(contractBodies.progress),
  partial: z.strictObject(contractBodies.partial),
  result: z.strictObject(contractBodies.result),
  failure: z.strictObject(contractBodies.failure),
  cancel: z.strictObject(contractBodies.cancel),
} as const;
type ContractType = keyof typeof schemas;
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
  const ended = Promise.withResolvers<ContractOutcome>();
  const note = init.onEvent ?? (() => undefined);
  const machine = createInitiator({ keys: hashing }, { self: agent.did, cfp });
  const timers = createTimers((timer) => step({ type: 'timer-fired', timer, atMs: Date.now() }, agent.did));

  function step(input: InitiatorInput, from: Did): void {
    for (const effect of machine.step(input)) perform(effect, input.type, from);
  }

  function perform(effect: InitiatorEffect, type: string, from: Did): void {
    switch (effect.type) {
      case 'persist':
        return init.memory?.save(effect.bucket, effect.key, effect.value as string | null);
      case 'set-timer':
      case 'cancel-timer':
        return timers.apply(effect);
      case 'send-cfp':
        for (const to of init.to) tell(agent, to, 'cfp', effect.body);
        return;
      case 'send-award':
        note({ kind: 'awarded', to: effect.body.winner, fencing: effect.body.fencing });
        for (const to of effect.to) tell(agent, to, 'award', effect.body);
        return;
      case 'send-cancel':
        for (const to of effect.to) tell(agent, to, 'cancel', effect.body);
        return;
      case 'report-fault':
        return note({ kind: 'fault', about: effect.about, fault: effect.fault });
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
    const read = readContract(message);
    if (read === undefined || read.body.task !== cfp.task) return;
    const from = message.from as Did;
    if (read.type === 'bid') note({ kind: 'bid', from, offer: (read.body as Bid).offer });
    if (read.type === 'refuse') note({ kind: 'refused', from, reason: (read.body as Refuse).reason });
    if (!answers.has(read.type)) return;
    step({ type: `${read.type}-received`, from, body: read.body, atMs: Date.now() } as InitiatorInput, from);
  });
  try {
    step({ type: 'open-call', atMs: nowMs }, agent.did);
    return await ended.promise;
  } finally {
    ending();
    timers.cancelAll();
  }
}

/** What comes back to an asker. */
const answers = new Set<string>(['bid', 'refuse', 'decline', 'progress', 'partial', 'result', 'failure']);

/** Work under an award. */
export interface ContractTask {
  readonly task: MessageId;
  readonly asker: Did;
  readonly content: ContractContent;
  readonly fencing: number;
  readonly grant: Amount;
  /** Aborted when the award is lost or the contract is over. */
  readonly signal: AbortSignal;
  progress(share: number): void;
  partial(content: ContractContent): void;
}

export interface ContractHandler {
  /** Bid, or say why not; nothing at all keeps silent. */
  consider(cfp: Cfp, from: Did): Offer | { readonly refuse: string } | undefined;
  /** Its answer is the result; what it throws is the reason of a failure. */
  work(task: ContractTask): Promise<ContractContent> | ContractContent;
}

interface Serving {
  step(input: ParticipantInput): void;
  stop(): void;
}

/** Contracts of one agent at a time. Judgement: more than it can work on. */
const servedMax = 256;

/** Bid on calls that reach this agent, and work under its awards. The answer ends it. */
export function serveContracts(agent: Agent, handler: ContractHandler): () => void {
  const served = new Map<string, Serving>();

  const ending = agent.on('message', (message) => {
    const read = readContract(message);
    if (read === undefined || (read.type !== 'cfp' && read.type !== 'award' && read.type !== 'cancel'))
      return;
    const from = message.from as Did;
    const key = `${from} ${read.body.task}`;
    // A call for places in a team is `serveCoalitions`' to answer.
    if (read.type === 'cfp' && (read.body as Cfp).team !== undefined) return;
    if (read.type === 'cfp' && !served.has(key)) open(key, from, read.body as Cfp);
    served.get(key)?.step({
      type: `${read.type}-received`,
      from,
      body: read.body,
      atMs: Date.now(),
    } as ParticipantInput);
  });

  function open(key: string, from: Did, cfp: Cfp): void {
    served.set(key, serveOne(agent, handler, from, cfp));
    if (served.size <= servedMax) return;
    const [oldest, one] = served.entries().next().value!;
    one.stop();
    served.delete(oldest);
  }

  return () => {
    ending();
    for (const one of served.values()) one.stop();
    served.clear();
  };
}

function serveOne(agent: Agent, handler: ContractHandler, asker: Did, cfp: Cfp): Serving {
  const machine = createParticipant({ keys: hashing }, { self: agent.did, initiator: asker, task: cfp.task });
  const timers = createTimers((timer) => step({ type: 'timer-fired', timer, atMs: Date.now() }));
  let work: AbortController | undefined;
  let partialCount = 0;

  function step(input: ParticipantInput): void {
    for (const effect of machine.step(input)) perform(effect);
  }

  function perform(effect: ParticipantEffect): void {
    switch (effect.type) {
      case 'set-timer':
      case 'cancel-timer':
        return timers.apply(effect);
      case 'consider-call':
        return consider();
      case 'start-work':
        return void start(effect.fencing, effect.grant);
      case 'stop-work':
        return work?.abort(new Error(effect.reason));
      case 'send-bid':
        return tell(agent, asker, 'bid', effect.body);
      case 'send-refuse':
        return tell(agent, asker, 'refuse', effect.body);
      case 'send-decline':
        return tell(agent, asker, 'decline', effect.body);
      case 'send-progress':
        return tell(agent, asker, 'progress', effect.body);
      case 'send-partial':
        return tell(agent, asker, 'partial', effect.body, partialCount++);
      case 'send-result':
        return tell(agent, asker, 'result', effect.body);
      case 'send-failure':
        return tell(agent, asker, 'failure', effect.body);
      // Its promises live as long as the program: whoever restarts bids anew.
      case 'persist':
      case 'ignored':
      case 'report-double-award':
        return;
    }
  }

  function consider(): void {
    const answer = handler.consider(cfp, asker);
    if (answer === undefined) return;
    if ('refuse' in answer) return step({ type: 'refuse-call', reason: answer.refuse, atMs: Date.now() });
    step({ type: 'make-bid', offer: answer, atMs: Date.now() });
  }

  async function start(fencing: number, grant: Amount): Promise<void> {
    const abort = new AbortController();
    work = abort;
    const startedAtMs = Date.now();
    const spent = (): Amount => ({ ...nothing, timeMs: Math.min(grant.timeMs, Date.now() - startedAtMs) });
    try {
      const content = await handler.work({
        task: cfp.task,
        asker,
        content: cfp.content,
        fencing,
        grant,
        signal: abort.signal,
        progress: (share) => step({ type: 'note-progress', share, atMs: Date.now() }),
        partial: (part) => step({ type: 'hand-partial', content: part, atMs: Date.now() }),
      });
      step({ type: 'finish-work', content, spent: spent(), complete: true, atMs: Date.now() });
    } catch (error) {
      const reason = (error instanceof Error ? error.message : String(error)).slice(0, reasonLengthMax);
      step({ type: 'fail-work', reason, spent: spent(), atMs: Date.now() });
    }
  }

  return {
    step,
    stop() {
      timers.cancelAll();
      work?.abort(new Error('stopped'));
    },
  };
}

const reasonLengthMax = 500;

type AnyBody = { readonly task: MessageId };

/** The body in the contract net's own form; undefined for messages of other kinds. */
function readContract(
  message: Delivered,
): { readonly type: ContractType; readonly body: AnyBody } | undefined {
  if (!Object.hasOwn(schemas, message.type)) return undefined;
  const type = message.type as ContractType;
  const { terms } = message as { readonly terms?: JsonObject };
  const given = terms ?? (isPlain.has(type) ? pick(message, Object.keys(contractBodies[type])) : undefined);
  if (given === undefined) return undefined;
  const read = matchSchema(schemas[type] as unknown as z.ZodType<AnyBody>, given);
  return read.ok ? { type, body: read.value } : undefined;
}

/** Types whose form in the contract net is that of the envelope. */
const isPlain = new Set<ContractType>(['refuse', 'decline', 'progress']);

function pick(message: Delivered, keys: readonly string[]): JsonObject {
  const all = message as unknown as JsonObject;
  return Object.fromEntries(keys.filter((key) => all[key] !== undefined).map((key) => [key, all[key]!]));
}

/** Say a body: what every reader of the envelope understands, and the full form as `terms`. */
function tell(agent: Agent, to: Did, type: ContractType, body: AnyBody, index = 0): void {
  const saying = { ...envelopeBody(type, body, index), type, to } as unknown as Saying;
  // What cannot be said is a dead letter at the node; the lease or the deadline decides here.
  agent.send(saying).catch(() => undefined);
}

function envelopeBody(type: ContractType, body: AnyBody, index: number): Record<string, unknown> {
  const terms = body as unknown as Record<string, unknown>;
  if (isPlain.has(type)) return terms;
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

interface Timers {
  apply(effect: { readonly type: string; readonly timer: string; readonly dueAtMs?: number }): void;
  cancelAll(): void;
}

function createTimers(fire: (timer: string) => void): Timers {
  const running = new Map<string, ReturnType<typeof setTimeout>>();
  return {
    apply({ type, timer, dueAtMs }) {
      clearTimeout(running.get(timer));
      running.delete(timer);
      if (type === 'cancel-timer') return;
      // The platform's timers may run a millisecond early, before the moment that the machine waits for.
      const onTime = (): void => {
        if (Date.now() < dueAtMs!) return void running.set(timer, setTimeout(onTime, 1));
        running.delete(timer);
        fire(timer);
      };
      const handle = setTimeout(onTime, Math.max(0, dueAtMs! - Date.now()));
      running.set(timer, handle);
    },
    cancelAll() {
      for (const handle of running.values()) clearTimeout(handle);
      running.clear();
    },
  };
}

function makeId(): MessageId {
  return createMessageId(Date.now(), { bytes: (count) => crypto.getRandomValues(new Uint8Array(count)) });
}
