/**
 * Two who want what cannot both be had, over messages between agents: a resource with a line in which nobody starves,
 * clashes foreseen from announced intentions, bargaining by alternating offers, and a person where no rule is sure
 * enough. The rules are those of `protocol/negotiation/`.
 */
import type { Did } from '../protocol/brand.ts';
import { AmpError } from '../protocol/errors.ts';
import {
  type BargainerEffect,
  type BargainerInit,
  type Clash,
  type Conflict,
  createBargainer,
  createResourceQueue,
  foreseeClashes,
  type Intention,
  type Package,
  type QueueEffect,
  type QueueInit,
  type QueueInput,
  settleConflict,
} from '../protocol/negotiation/index.ts';
import type { Agent, Delivered } from './agent.ts';
import { askPerson } from './decide.ts';
import { createMachineTimers, makeId } from './machine-shell.ts';
import type { Memory } from './memory/index.ts';

/** What is said about resources and offers: the content of questions, answers and proposals, by `kind`. */
type Word = Readonly<Record<string, unknown>>;

function wordOf(message: Delivered): Word | undefined {
  const isTalk = message.type === 'question' || message.type === 'answer' || message.type === 'proposal';
  return isTalk && typeof message.to === 'string' && typeof message.content === 'object'
    ? message.content
    : undefined;
}

function tell(agent: Agent, type: 'question' | 'answer' | 'proposal', to: Did, content: Word): void {
  // What cannot be said is a dead letter at the node: leases and deadlines decide.
  agent.send({ type, to, content: { ...content } }).catch(() => undefined);
}

/** Look after a resource: give it to whoever it is worth most, and to everybody in time. The answer ends it. */
export function stewardResource(agent: Agent, init: QueueInit): () => void {
  const { resource } = init;
  const queue = createResourceQueue(init);
  const timers = createMachineTimers((timer) => step({ type: 'timer-fired', timer, atMs: Date.now() }));

  function step(input: QueueInput): void {
    for (const effect of queue.step(input)) perform(effect);
  }

  function perform(effect: QueueEffect): void {
    switch (effect.type) {
      case 'set-timer':
      case 'cancel-timer':
        return timers.apply(effect);
      case 'grant-resource':
        return tell(agent, 'answer', effect.agent, {
          ...{ kind: 'resource-granted', resource, untilMs: effect.untilMs },
        });
      case 'revoke-resource':
        return tell(agent, 'answer', effect.agent, { kind: 'resource-revoked', resource });
      case 'refuse-request':
        return tell(agent, 'answer', effect.agent, {
          kind: 'resource-refused',
          resource,
          reason: effect.reason,
        });
      case 'ignored':
        return;
    }
  }

  const ending = agent.on('message', (message) => {
    const word = wordOf(message);
    if (word?.resource !== resource) return;
    const facts = { agent: message.from as Did, atMs: Date.now() };
    if (word.kind === 'resource-request') step({ type: 'request', ...facts, utility: Number(word.utility) });
    if (word.kind === 'resource-release') step({ type: 'release', ...facts });
  });
  return () => {
    ending();
    timers.cancelAll();
  };
}

export interface HeldResource {
  readonly untilMs: number;
  /** Aborted when the lease is over. */
  readonly lost: AbortSignal;
  release(): void;
}

/**
 * Stand in line for a resource.
 * @throws AmpError AMP-1505 when it was not granted in time, AMP-1407 when the line is full.
 */
export async function requestResource(
  agent: Agent,
  steward: Did,
  init: { readonly resource: string; readonly utility: number; readonly waitMs: number },
): Promise<HeldResource> {
  const { resource, utility, waitMs } = init;
  const granted = Promise.withResolvers<HeldResource>();
  const lost = new AbortController();
  const release = (): void => {
    ending();
    tell(agent, 'question', steward, { kind: 'resource-release', resource });
  };
  const ending = agent.on('message', (message) => {
    const word = message.from === steward ? wordOf(message) : undefined;
    if (word?.resource !== resource) return;
    if (word.kind === 'resource-granted')
      granted.resolve({ untilMs: Number(word.untilMs), lost: lost.signal, release });
    if (word.kind === 'resource-refused')
      granted.reject(new AmpError('AMP-1407', `${resource} was refused: ${word.reason}.`, { resource }));
    if (word.kind === 'resource-revoked') {
      ending();
      lost.abort(new Error(`the lease on ${resource} is over`));
    }
  });
  const timer = setTimeout(() => {
    release();
    granted.reject(new AmpError('AMP-1505', `${resource} was not free within ${waitMs} ms.`, { resource }));
  }, waitMs);
  tell(agent, 'question', steward, { kind: 'resource-request', resource, utility });
  return granted.promise.finally(() => clearTimeout(timer));
}

/** Say in the shared memory what one is about to do with a resource, before doing it. */
export function announceIntention(memory: Memory, plan: Omit<Intention, 'id' | 'agent'>): Promise<string> {
  const { resource, ...value } = plan;
  return memory.claim({ type: 'intention', text: `${plan.mode} ${resource}`, subject: resource, value });
}

/** The clashes among announced intentions, soonest first. */
export async function expectClashes(memory: Memory, nowMs = Date.now()): Promise<readonly Clash[]> {
  const known = await memory.query({ types: ['intention'] });
  const intentions = known.flatMap(({ id, author, body }): Intention[] => {
    const { mode, fromMs, untilMs, leaseUntilMs } = (body.value ?? {}) as Partial<Intention>;
    const isWhole = [fromMs, untilMs, leaseUntilMs].every((moment) => Number.isFinite(moment));
    if (body.subject === undefined || !isWhole || (mode !== 'read' && mode !== 'write')) return [];
    const times = { fromMs: fromMs!, untilMs: untilMs!, leaseUntilMs: leaseUntilMs! };
    return [{ id, agent: author as Did, resource: body.subject, mode, ...times }];
  });
  return foreseeClashes(intentions, nowMs);
}

/** What is bargained about, and what each option is worth to this side. */
export interface Preferences extends Pick<BargainerInit, 'worths' | 'weights' | 'reserve'> {
  /** 1: concede evenly; below 1: hold out until late. @default 1 */
  readonly eagerness?: number;
}

export interface BargainInit extends Preferences {
  /** Each issue with its options, in the order of `worths`. */
  readonly issues: readonly { readonly name: string; readonly options: readonly string[] }[];
  readonly deadlineMs: number;
}

export type BargainEnd =
  | { readonly kind: 'deal'; readonly deal: Readonly<Record<string, string>>; readonly isOurs: boolean }
  | { readonly kind: 'no-deal'; readonly reason: string };

/** Offers of one side within the deadline. Judgement: enough to trade issues, few enough to read afterwards. */
const offersMax = 25;

interface Bargain {
  readonly id: string;
  readonly with: Did;
  readonly issues: BargainInit['issues'];
  readonly startAtMs: number;
  readonly endAtMs: number;
}

/** Bargain with another agent by alternating offers; it serves with {@link serveBargains}. */
export function bargain(agent: Agent, other: Did, init: BargainInit): Promise<BargainEnd> {
  const startAtMs = Date.now();
  const facts = {
    id: makeId(),
    with: other,
    issues: init.issues,
    startAtMs,
    endAtMs: startAtMs + init.deadlineMs,
  };
  return runBargain(agent, facts, init, undefined);
}

/** Answer those who want to bargain: with preferences, or not at all. The answer ends it. */
export function serveBargains(
  agent: Agent,
  prefer: (issues: BargainInit['issues'], from: Did) => Preferences | undefined,
  onEnd: (end: BargainEnd, from: Did) => void = () => undefined,
): () => void {
  const known = new Set<string>();
  return agent.on('message', (message) => {
    const word = wordOf(message);
    if (word?.kind !== 'offer' || known.has(String(word.bargain)) || word.opens !== true) return;
    const id = String(word.bargain);
    known.add(id);
    const from = message.from as Did;
    const issues = word.issues as BargainInit['issues'];
    const preferences = prefer(issues, from);
    if (preferences === undefined)
      return tell(agent, 'answer', from, { kind: 'offer-ended', bargain: id, reason: 'not-interested' });
    const facts = { id, with: from, issues, startAtMs: Date.now(), endAtMs: Number(word.endAtMs) };
    void runBargain(agent, facts, preferences, word.offer as Package).then((end) => onEnd(end, from));
  });
}

function runBargain(
  agent: Agent,
  { id, with: other, issues, startAtMs, endAtMs }: Bargain,
  { worths, weights, reserve, eagerness = 1 }: Preferences,
  first: Package | undefined,
): Promise<BargainEnd> {
  const machine = createBargainer({ worths, weights, reserve, startAtMs, endAtMs, eagerness });
  const ended = Promise.withResolvers<BargainEnd>();
  const paceMs = Math.max(1, (endAtMs - startAtMs) / offersMax);
  const timers = new Set<ReturnType<typeof setTimeout>>();

  function perform(effects: readonly BargainerEffect[], opens = false): void {
    for (const effect of effects) {
      if (effect.type === 'send-offer') {
        const { offer } = effect;
        const head = opens ? { opens, issues, endAtMs } : {};
        tell(agent, 'proposal', other, { kind: 'offer', bargain: id, offer, ...head });
      }
      if (effect.type === 'accept-offer') {
        tell(agent, 'answer', other, { kind: 'offer-accepted', bargain: id, offer: effect.offer });
        ended.resolve({ kind: 'deal', deal: nameDeal(effect.offer), isOurs: false });
      }
      if (effect.type === 'walk-away') {
        tell(agent, 'answer', other, { kind: 'offer-ended', bargain: id, reason: effect.reason });
        ended.resolve({ kind: 'no-deal', reason: effect.reason });
      }
    }
  }

  function nameDeal(offer: Package): Readonly<Record<string, string>> {
    return Object.fromEntries(issues.map(({ name, options }, at) => [name, options[offer[at]!]!]));
  }

  /** A side that answered at once would only make the same demand again: demands fall with time. */
  function consider(offer: Package): void {
    const timer = setTimeout(() => {
      timers.delete(timer);
      perform(machine.step({ type: 'offer-received', offer, atMs: Date.now() }));
    }, paceMs);
    timers.add(timer);
  }

  const ending = agent.on('message', (message) => {
    const word = message.from === other ? wordOf(message) : undefined;
    if (word?.bargain !== id) return;
    if (word.kind === 'offer' && word.opens !== true) consider(word.offer as Package);
    if (word.kind === 'offer-accepted')
      ended.resolve({ kind: 'deal', deal: nameDeal(word.offer as Package), isOurs: true });
    if (word.kind === 'offer-ended') ended.resolve({ kind: 'no-deal', reason: String(word.reason) });
  });
  const silence = setTimeout(
    () => ended.resolve({ kind: 'no-deal', reason: 'no-answer' }),
    endAtMs - Date.now() + 2 * paceMs + answerGraceMs,
  );
  if (first === undefined) perform(machine.step({ type: 'open', atMs: Date.now() }), true);
  else consider(first);
  return ended.promise.finally(() => {
    ending();
    clearTimeout(silence);
    for (const timer of timers) clearTimeout(timer);
  });
}

/** For the last word to arrive after the deadline. Judgement. */
const answerGraceMs = 2_000;

export interface SettledConflict {
  readonly option: string;
  /** Who or what settled it. */
  readonly by: string;
  readonly confidence: number;
}

/**
 * Settle a conflict by its rule, or put it to a person with options and opinions when no rule is sure enough.
 * @throws AmpError AMP-1860 when the person settles nothing.
 */
export async function settleOrAsk(
  agent: Agent,
  question: string,
  conflict: Conflict,
): Promise<SettledConflict> {
  const settlement = settleConflict(conflict);
  if (settlement.settled) {
    const { option, by, confidence } = settlement;
    return { option, by, confidence };
  }
  const options = settlement.options.map((one) => one.option);
  const opinions = { options: settlement.options, opinions: settlement.opinions };
  const { verdict, option } = await askPerson(agent, { question, options, opinions });
  if (verdict === 'deny' || option === undefined)
    throw new AmpError('AMP-1860', `Nobody settled "${question}".`, { question });
  return { option, by: 'person', confidence: 1 };
}
