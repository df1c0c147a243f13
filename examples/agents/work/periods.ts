/** Cuts dates into hours, days, weeks, months or years, whichever gives a series one can read. UTC throughout. */
import { quantile, sortedOf } from './measure.ts';

export type Period = 'hour' | 'day' | 'week' | 'month' | 'year';

export interface Buckets {
  readonly period: Period;
  /** First moment (Unix ms) of the period each row falls into; NaN without a date. */
  readonly bucketOfRow: Float64Array;
  /** First moments of the first or last period when the dates cover it only in part. */
  readonly partial: readonly number[];
}

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** Periods for these dates (Unix ms, NaN for none), or `null` when they span less than three. */
export function bucketsOf(dates: Float64Array): Buckets | null {
  const sorted = sortedOf(dates);
  if (sorted.length < 3) return null;
  const [first, last] = [sorted[0]!, sorted.at(-1)!];
  const gap = usualGap(sorted);
  const period = choosePeriod(last - first, gap);
  const bucketOfRow = dates.map((at) => (Number.isNaN(at) ? at : startOf(at, period)));
  if (new Set(bucketOfRow.filter((at) => !Number.isNaN(at))).size < 3) return null;
  const partial: number[] = [];
  // A period is partly covered when more than two usual gaps are missing at its outer end.
  const length = nextOf(startOf(last, period), period) - startOf(last, period);
  if (gap <= length / 4) {
    const firstStart = startOf(first, period);
    if (first - firstStart > 2 * gap + 1) partial.push(firstStart);
    const lastStart = startOf(last, period);
    if (nextOf(lastStart, period) - last > 3 * gap + 1) partial.push(lastStart);
  }
  return { period, bucketOfRow, partial };
}

/** `2024-03`, `2024-W09`'s Monday as a day, `2024-03-01`, `2024-03-01 14:00`, `2024`. */
export function bucketLabel(atMs: number, period: Period): string {
  const text = new Date(atMs).toISOString();
  if (period === 'year') return text.slice(0, 4);
  if (period === 'month') return text.slice(0, 7);
  if (period === 'week') return `week of ${text.slice(0, 10)}`;
  if (period === 'day') return text.slice(0, 10);
  return `${text.slice(0, 10)} ${text.slice(11, 16)}`;
}

function usualGap(sorted: Float64Array): number {
  const gaps: number[] = [];
  for (let at = 1; at < sorted.length; at += 1) {
    if (sorted[at]! > sorted[at - 1]!) gaps.push(sorted[at]! - sorted[at - 1]!);
  }
  return gaps.length === 0 ? 0 : quantile(sortedOf(gaps), 0.5);
}

/** The finest period that has at most about sixty steps and is no finer than the dates themselves. */
function choosePeriod(spanMs: number, gapMs: number): Period {
  const steps: readonly [Period, number][] = [
    ['hour', hourMs],
    ['day', dayMs],
    ['week', 7 * dayMs],
    ['month', 30.4 * dayMs],
    ['year', 365 * dayMs],
  ];
  for (const [period, length] of steps) {
    if (length >= gapMs * 0.9 && spanMs / length <= 62) return period;
  }
  return 'year';
}

function startOf(atMs: number, period: Period): number {
  const date = new Date(atMs);
  if (period === 'hour') return Math.floor(atMs / hourMs) * hourMs;
  const day = Math.floor(atMs / dayMs) * dayMs;
  if (period === 'day') return day;
  if (period === 'week') return day - ((date.getUTCDay() + 6) % 7) * dayMs;
  return Date.UTC(date.getUTCFullYear(), period === 'month' ? date.getUTCMonth() : 0, 1);
}

function nextOf(startMs: number, period: Period): number {
  if (period === 'hour') return startMs + hourMs;
  if (period === 'day') return startMs + dayMs;
  if (period === 'week') return startMs + 7 * dayMs;
  const date = new Date(startMs);
  return period === 'month'
    ? Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1)
    : Date.UTC(date.getUTCFullYear() + 1, 0, 1);
}
