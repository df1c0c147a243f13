/** The figures of an experiment: means with 95 % intervals, effect sizes, all reproducible from one seed. */
import { RandomStream } from '../clock/random.ts';

export interface Interval {
  readonly low: number;
  readonly high: number;
}

export interface Described {
  readonly count: number;
  readonly mean: number;
  /** Sample standard deviation (n − 1); 0 for one value. */
  readonly deviation: number;
  readonly median: number;
  readonly min: number;
  readonly max: number;
  /** 95 %: by Student's t, of yes or no by Wilson's; the mean itself for one value. */
  readonly interval: Interval;
}

/** `isYesNo`: the values are answers, 0 or 1. */
export function describe(values: readonly number[], isYesNo = false): Described {
  const count = values.length;
  const sorted = [...values].sort((a, b) => a - b);
  const mean = meanOf(values);
  const deviation = deviationOf(values);
  return {
    count,
    mean,
    deviation,
    median: quantileOf(sorted, 0.5),
    min: sorted[0]!,
    max: sorted[count - 1]!,
    interval: isYesNo && count > 1 ? wilsonInterval(mean, count) : studentInterval(count, mean, deviation),
  };
}

function studentInterval(count: number, mean: number, deviation: number): Interval {
  const half = count < 2 ? 0 : (studentQuantile975(count - 1) * deviation) / Math.sqrt(count);
  return { low: mean - half, high: mean + half };
}

/** Of a share, never outside 0 to 1 and never of no width (Wilson 1927). */
export function wilsonInterval(share: number, count: number): Interval {
  const z = 1.959964;
  const middle = (share + (z * z) / (2 * count)) / (1 + (z * z) / count);
  const half =
    (z / (1 + (z * z) / count)) * Math.sqrt((share * (1 - share)) / count + (z * z) / (4 * count * count));
  return { low: Math.max(0, middle - half), high: Math.min(1, middle + half) };
}

export function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

export function deviationOf(values: readonly number[]): number {
  if (values.length < 2) return 0;
  const mean = meanOf(values);
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1));
}

/** Linear interpolation between order statistics (Hyndman and Fan 1996, type 7). */
export function quantileOf(sorted: readonly number[], share: number): number {
  const at = share * (sorted.length - 1);
  const low = Math.floor(at);
  const high = Math.min(low + 1, sorted.length - 1);
  return sorted[low]! + (at - low) * (sorted[high]! - sorted[low]!);
}

/** 95 % percentile bootstrap of the mean (Efron 1979). The same values give the same interval. */
export function bootstrapMean(values: readonly number[], resamples = 10_000): Interval {
  const random = RandomStream.fromSeed(resamples).split('bootstrap', values.length);
  const means = new Float64Array(resamples);
  for (let i = 0; i < resamples; i++) {
    let sum = 0;
    for (let j = 0; j < values.length; j++) sum += values[random.below(values.length)]!;
    means[i] = sum / values.length;
  }
  const sorted = Array.from(means.sort());
  return { low: quantileOf(sorted, 0.025), high: quantileOf(sorted, 0.975) };
}

/** Hedges' g of two samples: Cohen's d with the small-sample correction (Hedges 1981). */
export function hedgesG(left: readonly number[], right: readonly number[]): number {
  const degrees = left.length + right.length - 2;
  const pooled = Math.sqrt(
    ((left.length - 1) * deviationOf(left) ** 2 + (right.length - 1) * deviationOf(right) ** 2) / degrees,
  );
  if (!(pooled > 0)) return meanOf(left) === meanOf(right) ? 0 : Number.POSITIVE_INFINITY;
  return ((meanOf(right) - meanOf(left)) / pooled) * (1 - 3 / (4 * degrees - 1));
}

/** Share of pairs in which the right value is larger, less the share in which it is smaller (Cliff 1993). */
export function cliffsDelta(left: readonly number[], right: readonly number[]): number {
  let balance = 0;
  for (const a of left) for (const b of right) balance += Math.sign(b - a);
  return balance / (left.length * right.length);
}

/** The 97.5 % quantile of Student's t, by bisection of its distribution. */
export function studentQuantile975(degrees: number): number {
  let low = 0;
  let high = 13;
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (studentShare(middle, degrees) < 0.975) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** P(T <= t) for t >= 0, by Simpson's rule over the density: exact to 1e-10 here. */
function studentShare(t: number, degrees: number): number {
  const density = (x: number) => (1 + (x * x) / degrees) ** (-(degrees + 1) / 2);
  const steps = 2000;
  const width = t / steps;
  let sum = density(0) + density(t);
  for (let i = 1; i < steps; i++) sum += density(i * width) * (i % 2 === 1 ? 4 : 2);
  const constant = Math.exp(
    logGamma((degrees + 1) / 2) - logGamma(degrees / 2) - Math.log(degrees * Math.PI) / 2,
  );
  return 0.5 + ((sum * width) / 3) * constant;
}

/** Stirling's series after shifting the argument above 10. */
function logGamma(x: number): number {
  let shift = 0;
  let z = x;
  for (; z < 10; z++) shift += Math.log(z);
  const inverse = 1 / (z * z);
  const series = (1 / 12 - inverse * (1 / 360 - inverse * (1 / 1260 - inverse / 1680))) / z;
  return (z - 0.5) * Math.log(z) - z + Math.log(2 * Math.PI) / 2 + series - shift;
}
