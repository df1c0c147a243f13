/** Divide an amount in proportion, to the last unit. */
import { AmpError } from '../errors.ts';
import { type Amount, type AmountKind, mapAmount } from './amount.ts';

/**
 * Shares in proportion to the weights that add up exactly to the whole: each is rounded down, and the left-over
 * units go to the largest remainders, earlier ones first (Hamilton's method, 1792).
 * @throws AmpError AMP-1810 when there are no weights, or one is negative or not finite, or all are zero.
 */
export function splitAmount(whole: Amount, weights: readonly number[]): readonly Amount[] {
  const sum = weights.reduce((a, b) => a + b, 0);
  if (!(sum > 0) || !Number.isFinite(sum) || weights.some((weight) => !(weight >= 0)))
    throw new AmpError('AMP-1810', 'A budget cannot be split by these weights.', { weights });
  const shares = weights.map((weight) => weight / sum);
  const tokens = splitCount(whole.tokens, shares);
  const moneyMicros = splitCount(whole.moneyMicros, shares);
  const timeMs = splitCount(whole.timeMs, shares);
  const byKind: Record<AmountKind, number[]> = { tokens, moneyMicros, timeMs };
  return weights.map((_, i) => mapAmount((kind) => byKind[kind][i]!));
}

function splitCount(whole: number, shares: readonly number[]): number[] {
  const exact = shares.map((share) => share * whole);
  const counts = exact.map((value) => Math.min(whole, Math.floor(value)));
  const order = exact
    .map((value, i) => ({ i, rest: value - counts[i]! }))
    .sort((a, b) => b.rest - a.rest || a.i - b.i);
  let left = whole - counts.reduce((a, b) => a + b, 0);
  // Rounding of large products can leave a few units too many or too few.
  for (let k = 0; left !== 0; k = (k + 1) % order.length) {
    const { i } = order[k]!;
    const step = left > 0 ? 1 : -1;
    if (step < 0 && counts[i] === 0) continue;
    counts[i]! += step;
    left -= step;
  }
  return counts;
}
