/**
 * What members say about the work rather than in it, as `progress` entries of the space: what one is about to do, what
 * one waits for, that one's part stays as it is, what whoever coordinates has given up. And what the asker says of the team beside the goal.
 */
import type { Did } from '../brand.ts';
import type { Envelope, EnvelopeOf } from '../messages.ts';

/** Somebody said that it is about to do something, until a moment. */
export interface Intention {
  readonly id: string;
  readonly agent: Did;
  readonly at: number;
  /** What it is about: requirement ids, a concern's id, or `coordinate`. */
  readonly about: readonly string[];
  /** Integer Unix ms; advisory, judged by the reader's clock. */
  readonly untilMs: number;
}

/** Somebody would do its part and cannot begin without others'. Its latest word counts. */
export interface Blocked {
  readonly agent: Did;
  readonly about: readonly string[];
  readonly on: readonly string[];
}

/** Whoever coordinated said that nobody will do these any more. */
export interface Closing {
  readonly id: string;
  readonly author: Did;
  readonly at: number;
  readonly missing: readonly string[];
  readonly concerns: readonly string[];
}

/** An author looked again after others had revised what its contribution rests on, and leaves it as it is. */
export interface Confirmation {
  readonly author: Did;
  readonly contribution: string;
  /** The revisions that it has seen. */
  readonly on: readonly string[];
}

/** What the asker says beside the goal, in its `context.team`. */
export interface TeamFacts {
  /** Who consents to claims; named once, with the first word of the goal. */
  readonly witnesses: readonly Did[];
  /** Who offered to meet a requirement. */
  readonly providers: ReadonlyMap<string, readonly Did[]>;
}

/** Nobody reserves work for longer than this without saying so again. Judgement. */
export const intentionMsMax = 30_000;
/** Names in one list of a note. */
const namesMax = 64;

/**
 * An intention travels as `progress` whose content is `{ intention: { about, untilMs } }`, or `forMs` instead, counted
 * from when it was written: a busy sender may come to writing it late.
 */
export function listIntentions(ordered: readonly Envelope[]): readonly Intention[] {
  return notesOf(ordered).flatMap(({ entry, content }) => {
    const said = content.intention as { about?: unknown; untilMs?: unknown; forMs?: unknown } | undefined;
    const endMs = typeof said?.forMs === 'number' ? entry.at + said.forMs : said?.untilMs;
    if (typeof endMs !== 'number' || !Array.isArray(said?.about)) return [];
    const untilMs = Math.min(endMs, entry.at + intentionMsMax);
    return [{ id: entry.id, agent: entry.from as Did, at: entry.at, about: namesIn(said.about), untilMs }];
  });
}

/** `{ blocked: { about, on } }`; an empty `on` takes it back. */
export function listBlocked(ordered: readonly Envelope[]): readonly Blocked[] {
  const latest = new Map<string, Blocked>();
  for (const { entry, content } of notesOf(ordered)) {
    const said = content.blocked as { about?: unknown; on?: unknown } | undefined;
    if (typeof said !== 'object' || said === null) continue;
    const one = { agent: entry.from as Did, about: namesIn(said.about), on: namesIn(said.on) };
    latest.set(`${one.agent} ${one.about.join(' ')}`, one);
  }
  return [...latest.values()].filter((one) => one.on.length > 0);
}

/** `{ closing: { missing, concerns } }` */
export function listClosings(ordered: readonly Envelope[]): readonly Closing[] {
  return notesOf(ordered).flatMap(({ entry, content }) => {
    const said = content.closing as { missing?: unknown; concerns?: unknown } | undefined;
    if (typeof said !== 'object' || said === null) return [];
    const [missing, concerns] = [namesIn(said.missing), namesIn(said.concerns)];
    return [{ id: entry.id, author: entry.from as Did, at: entry.at, missing, concerns }];
  });
}

/** `{ confirmed: { contribution, on } }` */
export function listConfirmations(ordered: readonly Envelope[]): readonly Confirmation[] {
  return notesOf(ordered).flatMap(({ entry, content }) => {
    const said = content.confirmed as { contribution?: unknown; on?: unknown } | undefined;
    if (typeof said !== 'object' || said === null || typeof said.contribution !== 'string') return [];
    return [{ author: entry.from as Did, contribution: said.contribution, on: namesIn(said.on) }];
  });
}

/** Of all that the asker said, oldest first. */
export function readTeamFacts(goals: readonly EnvelopeOf<'broadcast'>[]): TeamFacts {
  const providers = new Map<string, readonly Did[]>();
  for (const goal of goals)
    for (const [id, dids] of Object.entries((teamOf(goal).providers ?? {}) as Record<string, unknown>))
      providers.set(id, [...new Set([...(providers.get(id) ?? []), ...(namesIn(dids) as Did[])])]);
  const first = goals[0];
  return { witnesses: first === undefined ? [] : (namesIn(teamOf(first).witnesses) as Did[]), providers };
}

function teamOf(goal: EnvelopeOf<'broadcast'>): {
  readonly witnesses?: unknown;
  readonly providers?: unknown;
} {
  const team = goal.context?.team;
  return typeof team === 'object' && team !== null ? team : {};
}

function notesOf(ordered: readonly Envelope[]) {
  return ordered.flatMap((entry) =>
    entry.type === 'progress' && typeof entry.content === 'object' ? [{ entry, content: entry.content }] : [],
  );
}

function namesIn(value: unknown): readonly string[] {
  const list = Array.isArray(value) ? value : [];
  return list.filter((one): one is string => typeof one === 'string').slice(0, namesMax);
}
