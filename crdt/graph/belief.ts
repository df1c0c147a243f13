/**
 * A number many agents have an opinion on, brought together: each round, everyone moves to the mean of all,
 * weighted by confidence and by trust. With positive weights this converges to one value.
 *
 * @see DeGroot, "Reaching a Consensus", JASA 1974
 */
import type { Did } from '../../protocol/brand.ts';
import { compareText } from '../../protocol/bytes.ts';

export interface Opinion {
  readonly author: Did;
  readonly value: number;
  /** 0 to 1. */
  readonly confidence: number;
}

export interface Belief {
  readonly value: number;
  /** Largest distance between two agents that is left. */
  readonly spread: number;
  readonly roundCount: number;
  /** What each author's first opinion weighs in the result. Sums to 1. */
  readonly influence: readonly { readonly author: Did; readonly share: number }[];
}

const roundsMax = 1_000;
const enough = 1e-9;

/**
 * `trust(a, b)`: how much `a` listens to `b`, at least 0; default 1. Answers `undefined` without opinions.
 */
export function aggregateBelief(
  opinions: readonly Opinion[],
  trust: (from: Did, to: Did) => number = () => 1,
): Belief | undefined {
  if (opinions.length === 0) return undefined;
  const sorted = [...opinions].sort((a, b) => compareText(a.author, b.author));
  const weights = sorted.map((from) => rowOf(from, sorted, trust));
  let values = sorted.map((one) => one.value);
  let influence: number[][] = sorted.map((_, i) => sorted.map((__, j) => (i === j ? 1 : 0)));
  let roundCount = 0;
  while (roundCount < roundsMax && spreadOf(values) > enough) {
    values = weights.map((row) => row.reduce((sum, weight, j) => sum + weight * values[j]!, 0));
    influence = weights.map((row) =>
      sorted.map((_, k) => row.reduce((sum, w, j) => sum + w * influence[j]![k]!, 0)),
    );
    roundCount += 1;
  }
  const mean = (list: readonly number[]) => list.reduce((sum, one) => sum + one, 0) / list.length;
  return {
    value: mean(values),
    spread: spreadOf(values),
    roundCount,
    influence: sorted.map((one, k) => ({ author: one.author, share: mean(influence.map((row) => row[k]!)) })),
  };
}

/** What one agent makes of the others: its own confidence is its weight for itself. Sums to 1. */
function rowOf(from: Opinion, all: readonly Opinion[], trust: (from: Did, to: Did) => number): number[] {
  const raw = all.map((to) => {
    const weight = to.author === from.author ? 1 : Math.max(0, trust(from.author, to.author));
    return weight * Math.max(to.confidence, 1e-6);
  });
  const sum = raw.reduce((total, weight) => total + weight, 0);
  return raw.map((weight) => weight / sum);
}

function spreadOf(values: readonly number[]): number {
  return Math.max(...values) - Math.min(...values);
}
