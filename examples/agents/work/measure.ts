/**
 * The arithmetic of the data agents: compensated sums, two-pass moments, type-7 quantiles, robust spread,
 * correlation, rank tests. Everything takes plain or typed arrays without NaN unless it says otherwise.
 */
import { chiSquaredTail, normalTail } from './probability.ts';

export type Numbers = ArrayLike<number>;

/** Sum with Neumaier's compensation: exact to the last digits even when large terms cancel. @see Neumaier 1974 */
export function sum(values: Numbers): number {
  let total = 0;
  let lost = 0;
  for (let at = 0; at < values.length; at += 1) {
    const value = values[at]!;
    const next = total + value;
    lost += Math.abs(total) >= Math.abs(value) ? total - next + value : value - next + total;
    total = next;
  }
  return total + lost;
}

/** NaN of nothing. */
export function mean(values: Numbers): number {
  return values.length === 0 ? Number.NaN : sum(values) / values.length;
}

/** Sample standard deviation (n − 1), corrected two-pass. NaN below two values. @see Chan, Golub, LeVeque 1983 */
export function deviation(values: Numbers): number {
  const count = values.length;
  if (count < 2) return Number.NaN;
  const centre = mean(values);
  let squares = 0;
  let drift = 0;
  for (let at = 0; at < count; at += 1) {
    const off = values[at]! - centre;
    squares += off * off;
    drift += off;
  }
  return Math.sqrt(Math.max(0, squares - (drift * drift) / count) / (count - 1));
}

/** Quantile of sorted values by linear interpolation. @see Hyndman and Fan 1996, type 7 */
export function quantile(sorted: Numbers, share: number): number {
  if (sorted.length === 0) return Number.NaN;
  const place = (sorted.length - 1) * share;
  const below = Math.floor(place);
  const low = sorted[below]!;
  const high = sorted[Math.min(sorted.length - 1, below + 1)]!;
  return low + (high - low) * (place - below);
}

/** Values without NaN, ascending. */
export function sortedOf(values: Numbers): Float64Array {
  return Float64Array.from(values)
    .filter((value) => !Number.isNaN(value))
    .sort();
}

/** Median absolute deviation from the median, unscaled. */
export function medianDeviation(sorted: Numbers): number {
  const centre = quantile(sorted, 0.5);
  return quantile(Float64Array.from(sorted, (value) => Math.abs(value - centre)).sort(), 0.5);
}

/** Adjusted Fisher–Pearson skewness; NaN below three values or without spread. */
export function skewness(values: Numbers): number {
  const count = values.length;
  const spread = deviation(values);
  if (count < 3 || !(spread > 0)) return Number.NaN;
  const centre = mean(values);
  const cubes = Float64Array.from(values, (value) => ((value - centre) / spread) ** 3);
  return (count / ((count - 1) * (count - 2))) * sum(cubes);
}

/** Pearson's correlation; NaN when one side has no spread. */
export function correlation(left: Numbers, right: Numbers): number {
  const leftMean = mean(left);
  const rightMean = mean(right);
  let both = 0;
  let leftSquares = 0;
  let rightSquares = 0;
  for (let at = 0; at < left.length; at += 1) {
    const x = left[at]! - leftMean;
    const y = right[at]! - rightMean;
    both += x * y;
    leftSquares += x * x;
    rightSquares += y * y;
  }
  const scale = Math.sqrt(leftSquares) * Math.sqrt(rightSquares);
  return scale > 0 ? Math.max(-1, Math.min(1, both / scale)) : Number.NaN;
}

/** Ranks from 1, ties sharing their middle rank. */
export function ranks(values: Numbers): Float64Array {
  const order = Uint32Array.from(values, (_, index) => index).sort((a, b) => values[a]! - values[b]!);
  const result = new Float64Array(values.length);
  for (let from = 0; from < order.length; ) {
    let to = from + 1;
    while (to < order.length && values[order[to]!] === values[order[from]!]) to += 1;
    for (let at = from; at < to; at += 1) result[order[at]!] = (from + to + 1) / 2;
    from = to;
  }
  return result;
}

/** Spearman's rank correlation. */
export function rankCorrelation(left: Numbers, right: Numbers): number {
  return correlation(ranks(left), ranks(right));
}

/** Two-sided p of a correlation by Fisher's z; 1 below four pairs. @see Fisher 1921 */
export function correlationP(r: number, count: number): number {
  if (count < 4 || Number.isNaN(r)) return 1;
  if (Math.abs(r) >= 1) return 0;
  return 2 * normalTail(Math.abs(Math.atanh(r)) * Math.sqrt(count - 3));
}

/** Median of all pairwise slopes, and the matching intercept: a trend line that outliers do not bend. @see Sen 1968 */
export function robustLine(xs: Numbers, ys: Numbers): { slope: number; intercept: number } {
  const slopes: number[] = [];
  for (let i = 0; i < xs.length; i += 1) {
    for (let j = i + 1; j < xs.length; j += 1) {
      if (xs[i] !== xs[j]) slopes.push((ys[j]! - ys[i]!) / (xs[j]! - xs[i]!));
    }
  }
  const slope = slopes.length === 0 ? 0 : quantile(sortedOf(slopes), 0.5);
  const rests = Float64Array.from(ys, (y, at) => y - slope * xs[at]!).sort();
  return { slope, intercept: quantile(rests, 0.5) };
}

/** Two-sided p of "no monotone trend", ties corrected; 1 below four values. @see Mann 1945, Kendall 1975 */
export function trendP(ys: Numbers): number {
  const count = ys.length;
  if (count < 4) return 1;
  let score = 0;
  for (let i = 0; i < count; i += 1) {
    for (let j = i + 1; j < count; j += 1) score += Math.sign(ys[j]! - ys[i]!);
  }
  const tied = tieSizes(ys).reduce((total, size) => total + size * (size - 1) * (2 * size + 5), 0);
  const variance = (count * (count - 1) * (2 * count + 5) - tied) / 18;
  if (variance <= 0 || score === 0) return 1;
  return Math.min(1, 2 * normalTail((Math.abs(score) - 1) / Math.sqrt(variance)));
}

/** How groups differ: share of the spread they explain (η²), and p of the Kruskal–Wallis test. */
export function groupDifference(groups: readonly Numbers[]): { etaSquared: number; p: number } {
  const all = Float64Array.from(groups.flatMap((group) => Array.from(group)));
  const centre = mean(all);
  const total = sum(all.map((value) => (value - centre) ** 2));
  const between = groups.reduce((share, group) => share + group.length * (mean(group) - centre) ** 2, 0);
  return { etaSquared: total > 0 ? between / total : 0, p: rankTestP(groups, all) };
}

/** @see Kruskal and Wallis 1952 */
function rankTestP(groups: readonly Numbers[], all: Float64Array): number {
  const count = all.length;
  if (groups.length < 2 || count < 5) return 1;
  const allRanks = ranks(all);
  let at = 0;
  let squares = 0;
  for (const group of groups) {
    squares += sum(allRanks.subarray(at, at + group.length)) ** 2 / group.length;
    at += group.length;
  }
  const ties = tieSizes(all).reduce((lost, size) => lost + size ** 3 - size, 0);
  const correction = 1 - ties / (count ** 3 - count);
  if (correction <= 0) return 1;
  const h = ((12 / (count * (count + 1))) * squares - 3 * (count + 1)) / correction;
  return chiSquaredTail(h, groups.length - 1);
}

function tieSizes(values: Numbers): number[] {
  const sorted = Float64Array.from(values).sort();
  const sizes: number[] = [];
  for (let from = 0; from < sorted.length; ) {
    let to = from + 1;
    while (to < sorted.length && sorted[to] === sorted[from]) to += 1;
    if (to - from > 1) sizes.push(to - from);
    from = to;
  }
  return sizes;
}
