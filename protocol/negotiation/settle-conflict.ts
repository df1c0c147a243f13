/**
 * Settle a conflict without a person where that is safe, and say how sure the answer is. Below
 * {@link confidenceMin} the answer is to escalate, with the options and opinions gathered.
 */
import type { Did } from '../brand.ts';
import { compareText } from '../bytes.ts';
import { shareResource, type UtilityBid } from './share-resource.ts';

/** The project's rule: less sure than this asks a person. */
export const confidenceMin = 0.8;

export interface Opinion {
  readonly agent: Did;
  readonly option: string;
  /** 0 to 1: how sure its holder is. */
  readonly confidence: number;
  /** 0 to 1, from signed outcomes; 0.5 for a stranger. */
  readonly reputation: number;
}

export interface Claimed {
  readonly option: string;
  /** Due time; `undefined` for none. */
  readonly dueAtMs?: number;
  readonly workMs: number;
  /** Declared by its asker, 0 to 1. */
  readonly importance: number;
  /** Other tasks that wait for this one. */
  readonly blocksCount: number;
}

export type Conflict =
  | { readonly kind: 'resource'; readonly bids: readonly UtilityBid[]; readonly units: number }
  /** Which of several aims to follow: opinions are votes. */
  | { readonly kind: 'goal'; readonly opinions: readonly Opinion[]; readonly arbiter?: Opinion }
  /** Which task goes first. */
  | {
      readonly kind: 'priority';
      readonly tasks: readonly Claimed[];
      readonly atMs: number;
      readonly arbiter?: Opinion;
    }
  /** What is true: opinions are evidence. */
  | { readonly kind: 'information'; readonly opinions: readonly Opinion[]; readonly arbiter?: Opinion };

export type Settlement =
  | {
      readonly settled: true;
      readonly by: 'utility' | 'decision' | 'urgency' | 'evidence' | 'arbiter';
      readonly option: string;
      readonly confidence: number;
      readonly shares?: ReturnType<typeof shareResource>;
    }
  | {
      readonly settled: false;
      /** Best first. */
      readonly options: readonly { readonly option: string; readonly confidence: number }[];
      readonly opinions: readonly Opinion[];
    };

export function settleConflict(conflict: Conflict): Settlement {
  switch (conflict.kind) {
    case 'resource': {
      const shares = shareResource(conflict.bids, conflict.units);
      const winners = shares.filter((share) => share.wins).map((share) => share.agent);
      if (winners.length === 0) return { settled: false, options: [], opinions: [] };
      return { settled: true, by: 'utility', option: winners.join(' '), confidence: 1, shares };
    }
    case 'goal':
      return settleBy('decision', countSupport(conflict.opinions), conflict.opinions, conflict.arbiter);
    case 'priority':
      return settleBy('urgency', rankUrgency(conflict.tasks, conflict.atMs), [], conflict.arbiter);
    case 'information':
      return settleBy('evidence', weighEvidence(conflict.opinions), conflict.opinions, conflict.arbiter);
  }
}

type Ranked = readonly { readonly option: string; readonly confidence: number }[];

/** An arbiter decides what the rule leaves open, if it is sure enough and trusted enough itself. */
function settleBy(
  by: 'decision' | 'urgency' | 'evidence',
  ranked: Ranked,
  opinions: readonly Opinion[],
  arbiter: Opinion | undefined,
): Settlement {
  const best = ranked[0];
  if (best && best.confidence >= confidenceMin) return { settled: true, by, ...best };
  const isKnown = arbiter && ranked.some((entry) => entry.option === arbiter.option);
  const sureness = arbiter ? arbiter.confidence * arbiter.reputation : 0;
  if (isKnown && sureness >= confidenceMin)
    return { settled: true, by: 'arbiter', option: arbiter.option, confidence: sureness };
  return { settled: false, options: ranked, opinions };
}

/**
 * Independent sources of known reliability: the posterior of each option under an even prior.
 * @see Genest and Zidek, Combining probability distributions, 1986 (independent opinion pool)
 */
export function weighEvidence(opinions: readonly Opinion[]): Ranked {
  const named = [...new Set(opinions.map((opinion) => opinion.option))];
  // All saying the same may all be wrong: something nobody named is possible too.
  const options = named.length === 1 ? [...named, unnamed] : named;
  const wrongCount = Math.max(1, options.length - 1);
  const logs = options.map((option) =>
    opinions.reduce((sum, opinion) => {
      const reliability = reliabilityOf(opinion, wrongCount);
      return sum + Math.log(opinion.option === option ? reliability : (1 - reliability) / wrongCount);
    }, 0),
  );
  return normalise(options, logs).filter((entry) => entry.option !== unnamed);
}

const unnamed = '';

/** Between a blind guess and the source's own certainty, as far as it is trusted. */
function reliabilityOf({ confidence, reputation }: Opinion, wrongCount: number): number {
  const guess = 1 / (wrongCount + 1);
  return Math.min(0.98, Math.max(guess, guess + (confidence - guess) * reputation));
}

/**
 * Votes weighted by confidence and reputation, as draws from what the whole group would say: how likely is it that
 * the leading option also leads there? (Normal approximation of the difference to the runner-up.)
 */
function countSupport(opinions: readonly Opinion[]): Ranked {
  const support = new Map<string, number>();
  for (const opinion of opinions)
    support.set(opinion.option, (support.get(opinion.option) ?? 0) + opinion.confidence * opinion.reputation);
  const ranked = [...support].sort((a, b) => b[1] - a[1] || compareText(a[0], b[0]));
  const [first, second] = [ranked[0]?.[1] ?? 0, ranked[1]?.[1] ?? 0];
  const sure = first + second === 0 ? 0 : normalShare((first - second) / Math.sqrt(first + second + 0.25));
  return ranked.map(([option], i) => ({ option, confidence: i === 0 ? sure : 1 - sure }));
}

/** Urgency is importance, what waits for the task, and how little slack it has; the margin says how sure that is. */
function rankUrgency(tasks: readonly Claimed[], atMs: number): Ranked {
  const scores = tasks.map((task) => {
    const slackMs = task.dueAtMs === undefined ? Number.POSITIVE_INFINITY : task.dueAtMs - atMs - task.workMs;
    const pressure = Number.isFinite(slackMs) ? 1 / (1 + Math.max(0, slackMs) / Math.max(1, task.workMs)) : 0;
    return 3 * pressure + 2 * task.importance + Math.log1p(task.blocksCount);
  });
  return normalise(
    tasks.map((task) => task.option),
    scores.map((score) => 2 * score),
  );
}

function normalise(options: readonly string[], logs: readonly number[]): Ranked {
  const greatest = Math.max(...logs);
  const weights = logs.map((log) => Math.exp(log - greatest));
  const total = weights.reduce((a, b) => a + b, 0);
  return options
    .map((option, i) => ({ option, confidence: weights[i]! / total }))
    .sort((a, b) => b.confidence - a.confidence || compareText(a.option, b.option));
}

/** The standard normal distribution function. @see Abramowitz and Stegun 1964, 26.2.17 */
function normalShare(z: number): number {
  const t = 1 / (1 + 0.2316419 * Math.abs(z));
  const poly =
    t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  const tail = Math.exp((-z * z) / 2) * 0.3989422804 * poly;
  return z >= 0 ? 1 - tail : tail;
}
