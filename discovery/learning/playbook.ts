/**
 * What worked: from signed plays, how well each agent and each pair did at each kind of task, how talking and
 * proposing paid, and what to expect of a team. Everything fades, and what stopped being true is pruned.
 *
 * Each figure is a beta posterior: `good + priorStrength × prior` of `good + bad + priorStrength`. An asker's plays
 * together weigh at most {@link askerWeightMax}, so that no single liar writes the book.
 */
import type { Did } from '../../protocol/brand.ts';
import { compareText } from '../../protocol/bytes.ts';
import { type Ignored, ignore, type Machine, type Persist } from '../../protocol/machine.ts';
import type { Verified } from '../../protocol/signing.ts';
import { type Play, playAgeMaxMs, type SealedPlay } from './play-record.ts';

/** A play counts half after this long. Judgement: as reputation does. */
export const playHalfLifeMs = 7 * 24 * 3_600_000;
/** What a stranger's claim about itself is worth, in plays. Judgement. */
export const claimStrength = 2;
/** Claims regress to the middle: so many plays of which half went well. Judgement. */
export const strangerStrength = 2;
/** Judgement: as much as about two weeks of one busy asker. */
export const askerWeightMax = 40;
export const playsMax = 20_000;
/** A figure with less evidence than this is pruned. */
export const evidenceMin = 0.05;
/** A pair that did worse than expected by this much is no longer recommended. */
export const synergyMax = 0.2;

export type PlaybookInput =
  | { readonly type: 'play-received'; readonly atMs: number; readonly play: Verified<SealedPlay> }
  /** From the disk of an earlier run: it is not written again. */
  | { readonly type: 'play-loaded'; readonly atMs: number; readonly play: Verified<SealedPlay> }
  | { readonly type: 'prune'; readonly atMs: number };

export type PlaybookEffect = Persist | Ignored | { readonly type: 'note-pruned'; readonly count: number };

export interface Expectation {
  /** Expected score, 0 to 1. */
  readonly mean: number;
  /** Standard deviation of that belief. */
  readonly deviation: number;
  /** Plays it rests on, faded. */
  readonly evidence: number;
}

export interface Playbook extends Machine<PlaybookInput, PlaybookEffect> {
  /** Kinds of tasks that it knows something of. */
  kinds(): readonly string[];
  /** Plays it rests on. */
  readonly playCount: number;
  /** What to expect of an agent at a kind of task, given what it claims (0 to 1). */
  expect(kind: string, agent: Did, claim: number, nowMs: number): Expectation;
  /** What a pair adds beyond its two members, −0.2 to 0.2; 0 when unknown. */
  synergy(kind: string, a: Did, b: Did, nowMs: number): number;
  /** The form of work that paid best for this kind, when there is evidence for more than one. */
  bestForm(
    kind: string,
    nowMs: number,
  ): { readonly talk?: Play['talk']; readonly proposals?: Play['proposals'] };
}

interface Tally {
  good: number;
  bad: number;
  atMs: number;
}

export interface PlaybookInit {
  /** Plays of these askers are the reader's own experience and count in full. */
  readonly isOwn?: (asker: Did) => boolean;
}

export function createPlaybook(init: PlaybookInit = {}): Playbook {
  const seen = new Map<string, { readonly id: string; readonly kind: string; readonly atMs: number }>();
  const tallies = new Map<string, Tally>();
  const askers = new Map<string, Tally>();
  const kindCounts = new Map<string, number>();
  return {
    step,
    expect,
    synergy,
    bestForm,
    kinds: () => [...kindCounts.keys()],
    get playCount() {
      return seen.size;
    },
  };

  function countKind(kind: string, change: number): void {
    const count = (kindCounts.get(kind) ?? 0) + change;
    if (count > 0) kindCounts.set(kind, count);
    else kindCounts.delete(kind);
  }

  function step(input: PlaybookInput): readonly PlaybookEffect[] {
    switch (input.type) {
      case 'play-received':
        return take(input.play, input.atMs);
      case 'play-loaded':
        return take(input.play, input.atMs).filter((effect) => effect.type !== 'persist');
      case 'prune':
        return prune(input.atMs);
    }
  }

  function take(sealed: Verified<SealedPlay>, atMs: number): readonly PlaybookEffect[] {
    const { body: play, bytes, id } = sealed;
    const key = `${play.asker} ${play.coalition}`;
    if (seen.has(key)) return ignore('duplicate');
    if (play.at > atMs) return ignore('from-the-future');
    if (play.at + playAgeMaxMs <= atMs) return ignore('old');
    if (seen.size >= playsMax) return ignore('book-full');
    seen.set(key, { id, kind: play.kind, atMs: play.at });
    countKind(play.kind, 1);
    const weight = weighAsker(play.asker as Did, play.at, atMs);
    for (const tally of weight === 0 ? [] : listKeys(play)) add(tallies, tally, play.score, weight, play.at);
    return [{ type: 'persist', bucket: playbookBucket, key: id, value: bytes }];
  }

  function weighAsker(asker: Did, playedAtMs: number, atMs: number): number {
    if (init.isOwn?.(asker) === true) return 1;
    const heard = faded(askers.get(asker), atMs);
    const weight = Math.min(1, Math.max(0, askerWeightMax - heard.good));
    add(askers, asker, 1, weight, playedAtMs);
    return weight;
  }

  function expect(kind: string, agent: Did, claim: number, nowMs: number): Expectation {
    const { good, bad } = faded(tallies.get(agentKey(kind, agent)), nowMs);
    const a = good + claimStrength * claim + strangerStrength / 2;
    const b = bad + claimStrength * (1 - claim) + strangerStrength / 2;
    const strength = a + b;
    const mean = a / strength;
    return { mean, deviation: Math.sqrt((mean * (1 - mean)) / (strength + 1)), evidence: good + bad };
  }

  /** How much better the pair did than its members' own records say, shrunk by how little is known. */
  function synergy(kind: string, a: Did, b: Did, nowMs: number): number {
    const pair = faded(tallies.get(pairKey(kind, a, b)), nowMs);
    const count = pair.good + pair.bad;
    if (count < evidenceMin) return 0;
    const expected = (expect(kind, a, 0.5, nowMs).mean + expect(kind, b, 0.5, nowMs).mean) / 2;
    const excess = ((pair.good / count - expected) * count) / (count + 4);
    return Math.max(-synergyMax, Math.min(synergyMax, excess));
  }

  function bestForm(kind: string, nowMs: number) {
    const talk = bestOf(
      ['broadcast', 'direct', 'shared-memory'] as const,
      (form) => formKey(kind, form),
      nowMs,
    );
    const proposals = bestOf(['rival', 'shared'] as const, (form) => formKey(kind, form), nowMs);
    return { ...(talk === undefined ? {} : { talk }), ...(proposals === undefined ? {} : { proposals }) };
  }

  function bestOf<Form extends string>(
    forms: readonly Form[],
    key: (form: Form) => string,
    nowMs: number,
  ): Form | undefined {
    const known = forms
      .map((form) => ({ form, tally: faded(tallies.get(key(form)), nowMs) }))
      .filter(({ tally }) => tally.good + tally.bad >= 1);
    if (known.length < 2) return undefined;
    const mean = (tally: Tally) => (tally.good + 1) / (tally.good + tally.bad + 2);
    return known.reduce((a, b) => (mean(b.tally) > mean(a.tally) ? b : a)).form;
  }

  function prune(atMs: number): readonly PlaybookEffect[] {
    const before = tallies.size;
    for (const [key, tally] of tallies) {
      const { good, bad } = faded(tally, atMs);
      if (good + bad < evidenceMin) tallies.delete(key);
    }
    const gone: Persist[] = [];
    for (const [key, { id, kind, atMs: playedAtMs }] of seen) {
      if (playedAtMs + playAgeMaxMs > atMs) continue;
      seen.delete(key);
      countKind(kind, -1);
      gone.push({ type: 'persist', bucket: playbookBucket, key: id, value: null });
    }
    const count = before - tallies.size;
    if (count === 0 && gone.length === 0) return ignore('nothing-to-prune');
    return [...gone, { type: 'note-pruned', count }];
  }
}

export const playbookBucket = 'discovery/playbook';

function listKeys(play: Play): readonly string[] {
  const agents = play.members.map((member) => member.agent as Did);
  const pairs = agents.flatMap((a, i) => agents.slice(i + 1).map((b) => pairKey(play.kind, a, b)));
  return [
    ...agents.map((agent) => agentKey(play.kind, agent)),
    ...pairs,
    formKey(play.kind, play.talk),
    formKey(play.kind, play.proposals),
  ];
}

function agentKey(kind: string, agent: Did): string {
  return JSON.stringify(['agent', kind, agent]);
}

function pairKey(kind: string, a: Did, b: Did): string {
  return JSON.stringify(['pair', kind, ...[a, b].sort(compareText)]);
}

function formKey(kind: string, form: string): string {
  return JSON.stringify(['form', kind, form]);
}

/** Brings the tally to the later of the two times, so that plays may arrive in any order. */
function add(tallies: Map<string, Tally>, key: string, score: number, weight: number, atMs: number): void {
  const old = tallies.get(key);
  const laterMs = Math.max(old?.atMs ?? atMs, atMs);
  const base = faded(old, laterMs);
  const fresh = weight * 0.5 ** ((laterMs - atMs) / playHalfLifeMs);
  tallies.set(key, { good: base.good + fresh * score, bad: base.bad + fresh * (1 - score), atMs: laterMs });
}

function faded(tally: Tally | undefined, nowMs: number): Tally {
  if (!tally) return { good: 0, bad: 0, atMs: nowMs };
  const share = 0.5 ** (Math.max(0, nowMs - tally.atMs) / playHalfLifeMs);
  return { good: tally.good * share, bad: tally.bad * share, atMs: nowMs };
}
