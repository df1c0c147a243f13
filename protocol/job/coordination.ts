/**
 * Who coordinates, and what that means: to integrate, to ask, to close, never to command. Whoever has most context
 * holds a lease that it renews in the space for all to see; when its holder dies the lease ends, and the next in
 * context takes it. Pure functions of the view: facts in, plan out.
 *
 * The lease is advisory, as everything that is only announced: for a moment two may hold it, and what they do then is
 * harmless. What must not be done twice goes through a claim (`claims.ts`).
 */
import type { Did } from '../brand.ts';
import type { Contribution, JobView } from './job-view.ts';
import {
  type ContextScore,
  coordinate,
  holderOf,
  runningIntentions,
  scoreContext,
  standing,
} from './roles.ts';

/** The lease and its renewal, ms. Judgement: a dead coordinator is missed within some seconds. */
export const leaseMs = 3_000;
const renewedMs = leaseMs / 2;
/** Each further place in context waits this much longer for a lease that nobody holds, ms. Judgement. */
export const placeMs = 300;
/** A lease changes hands for this much more context: less would be to and fro. Judgement. */
const leadMin = 0.02;
/** Nobody says anything or is at anything for this long: the job stands still, ms. Judgement. */
export const stillMs = 1_500;
/** All parts are there and nobody brings them together for this long, ms. Less than the quiet before a job ends. */
export const looseMs = 400;
/** An author that is there has this long to answer a concern, ms. Judgement. */
const unansweredMs = 10_000;
/** A contribution that refers to this share of the others' parts brings them together. Judgement. */
const togetherShare = 0.5;

export interface CoordinationFacts {
  readonly view: JobView;
  readonly self: Did;
  /** Who may coordinate: the members without the asker. */
  readonly members: readonly Did[];
  /** Members that are known to be off the mesh. */
  readonly gone: ReadonlySet<Did>;
  readonly nowMs: number;
}

export interface CoordinationPlan {
  /** Announce the lease, again or for the first time, or end it at once. */
  readonly lease: 'take' | 'release' | undefined;
  readonly isHolder: boolean;
  /** When to look again although nothing happens, integer Unix ms. */
  readonly nextLookAtMs: number;
}

/** What to do about the lease. */
export function planCoordination(facts: CoordinationFacts): CoordinationPlan {
  const { view, self, members, gone, nowMs } = facts;
  const ranking = scoreContext(view, members).filter((one) => !gone.has(one.agent));
  const holder = holderOf(view, coordinate, nowMs);
  if (holder === self) return keepLease(facts, ranking);
  const place = ranking.findIndex((one) => one.agent === self);
  if (view.goalId === undefined || place < 0)
    return { lease: undefined, isHolder: false, nextLookAtMs: nowMs + leaseMs };
  // The next in context waits until the lease has ended, the one after it a little longer.
  const endMs = holder === undefined ? vacantSinceMs(view, nowMs) : leaseEndMs(view, holder, nowMs);
  const dueMs = endMs + place * placeMs;
  const isDue = holder === undefined && nowMs >= dueMs;
  if (isDue) return { lease: 'take', isHolder: true, nextLookAtMs: nowMs + renewedMs };
  return { lease: undefined, isHolder: false, nextLookAtMs: Math.max(dueMs, nowMs + 1) };
}

function keepLease(
  { view, self, nowMs }: CoordinationFacts,
  ranking: readonly ContextScore[],
): CoordinationPlan {
  const own = ranking.find((one) => one.agent === self)?.score ?? 0;
  const isOvertaken = (ranking[0]?.score ?? 0) - own >= leadMin;
  if (isOvertaken) return { lease: 'release', isHolder: false, nextLookAtMs: nowMs + placeMs };
  const renewAtMs = leaseEndMs(view, self, nowMs) - renewedMs;
  const isDue = nowMs >= renewAtMs;
  return {
    lease: isDue ? 'take' : undefined,
    isHolder: true,
    nextLookAtMs: isDue ? nowMs + renewedMs : renewAtMs,
  };
}

export interface Duties {
  /** Requirements and concerns that nobody is at and nobody was asked about yet. */
  readonly ask: readonly string[];
  /** What was asked in vain: nobody can or nobody is left. */
  readonly close: { readonly missing: readonly string[]; readonly concerns: readonly string[] } | undefined;
  /** Parts that nobody brought together. */
  readonly integrate: readonly Contribution[];
  /** Integer Unix ms. */
  readonly nextLookAtMs: number;
}

/** What whoever coordinates has to do now. `gone` decides what is hopeless: who lives and promised is waited for. */
export function planDuties({ view, gone, nowMs }: CoordinationFacts): Duties {
  const stillAtMs = lastSignAtMs(view, gone) + stillMs;
  const looseAtMs = view.lastEntryAt + looseMs;
  const hopeless = listHopeless(view, gone, nowMs);
  const asked = new Set(view.questions.flatMap((one) => one.about));
  const closed = new Set(view.closings.flatMap((one) => [...one.missing, ...one.concerns]));
  const all = [...hopeless.missing, ...hopeless.concerns].filter((id) => !closed.has(id));
  const isStill = nowMs >= stillAtMs;
  const ask = isStill ? all.filter((id) => !asked.has(id)) : [];
  const isAsked = all.length > 0 && all.every((id) => asked.has(id));
  const left = (ids: readonly string[]) => ids.filter((id) => !closed.has(id));
  const isDone = view.requirements.every((one) => one.state !== 'open' || closed.has(one.id));
  return {
    ask,
    close:
      isStill && isAsked ? { missing: left(hopeless.missing), concerns: left(hopeless.concerns) } : undefined,
    integrate: isDone && nowMs >= looseAtMs ? listLoose(view) : [],
    nextLookAtMs: Math.min(...[stillAtMs, looseAtMs, nowMs + stillMs].filter((atMs) => atMs > nowMs)),
  };
}

/**
 * What will not be met unless somebody new takes it: nobody is at it, and all who promised it are gone or wait for
 * something hopeless themselves.
 */
export function listHopeless(
  view: JobView,
  gone: ReadonlySet<Did>,
  nowMs: number,
): { readonly missing: readonly string[]; readonly concerns: readonly string[] } {
  const running = runningIntentions(view, nowMs).filter((one) => !gone.has(one.agent));
  const isAtWork = (id: string): boolean => running.some((one) => one.about.includes(id));
  const authors = new Map(view.contributions.map((one) => [one.id, one.author]));
  const open = view.requirements.filter((one) => one.state !== 'met' && !isAtWork(one.id));
  const made = new Set(standing(view).flatMap((one) => one.meets));
  const hopeless = new Set<string>();
  const isHopeless = (id: string): boolean => {
    const by = view.providers.get(id) ?? [];
    const makers = open.find((one) => one.id === id)?.contributions.map((one) => authors.get(one)!) ?? [];
    // Made and not accepted: that waits for a reviewer, or for its author, as long as there is one.
    if (makers.some((agent) => !gone.has(agent))) return false;
    return by.every(
      (agent) =>
        gone.has(agent) ||
        view.blocked.some(
          (one) =>
            one.agent === agent &&
            one.about.includes(id) &&
            one.on.some((on) => !made.has(on) && (hopeless.has(on) || !view.providers.has(on))),
        ),
    );
  };
  for (let isNew = true; isNew; ) {
    isNew = false;
    for (const { id } of open)
      if (!hopeless.has(id) && isHopeless(id)) {
        hopeless.add(id);
        isNew = true;
      }
  }
  const isAuthorGone = (id: string): boolean => !authors.has(id) || gone.has(authors.get(id)!);
  const concerns = view.concerns
    .filter((one) => one.isOpen && one.severity !== 'note' && !isAtWork(one.id))
    .filter((one) => nowMs - one.at >= unansweredMs || one.about.every(isAuthorGone))
    .map((one) => one.id);
  return { missing: [...hopeless], concerns };
}

/** Ids that a holder of the lease gave up while it held it. */
export function listGivenUp(view: JobView): ReadonlySet<string> {
  const valid = view.closings.filter((one) => {
    const then = view.intentions.filter((intention) => intention.at <= one.at);
    return holderOf({ ...view, intentions: then }, coordinate, one.at) === one.author;
  });
  return new Set(valid.flatMap((one) => [...one.missing, ...one.concerns]));
}

/** The parts of the whole, when nobody's contribution refers to enough of the others'. */
export function listLoose(view: JobView): readonly Contribution[] {
  const all = standing(view);
  const parts = all.filter((one) => one.meets.length > 0);
  const isTogether = all.some((one) => {
    const others = parts.filter((part) => part !== one);
    const referred = others.filter((part) => one.references.includes(part.id));
    return others.length > 0 && referred.length >= others.length * togetherShare;
  });
  return parts.length < 2 || isTogether ? [] : parts;
}

function leaseEndMs(view: JobView, holder: Did | undefined, nowMs: number): number {
  const held = runningIntentions(view, nowMs).find(
    (one) => one.agent === holder && one.about.includes(coordinate),
  );
  return held?.untilMs ?? nowMs;
}

/** Before anybody has contributed the order is that of the names, and there is no hurry. */
function vacantSinceMs(view: JobView, nowMs: number): number {
  const ends = view.intentions
    .filter((one) => one.about.includes(coordinate) && one.untilMs <= nowMs)
    .map((one) => one.untilMs);
  const first = view.contributions[0];
  return Math.max(first === undefined ? view.lastEntryAt + stillMs : first.at, ...ends);
}

/** The last entry, or the end of the last work that somebody who lives announced. */
function lastSignAtMs(view: JobView, gone: ReadonlySet<Did>): number {
  const ends = view.intentions
    .filter((one) => !gone.has(one.agent) && !one.about.includes(coordinate))
    .map((one) => one.at);
  return Math.max(view.lastEntryAt, ...ends);
}
