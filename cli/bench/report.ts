/** What every benchmark answers with, and how it is shown. */
import { cpus, totalmem } from 'node:os';

export interface BenchGoal {
  readonly name: string;
  /** The measured value; `null` when the comparison could not run. */
  readonly value: number | null;
  /** The bound, in words a reader can check: ">= 0.6". */
  readonly goal: string;
  readonly ok: boolean;
  /** Why the comparison could not run; then `ok` is true and `value` null. */
  readonly skipped?: string;
}

export interface BenchReport {
  readonly bench: string;
  readonly machine: Machine;
  readonly figures: Readonly<Record<string, number>>;
  readonly goals: readonly BenchGoal[];
}

export interface Machine {
  readonly cpu: string;
  readonly coreCount: number;
  readonly memoryGiB: number;
  readonly node: string;
}

export function describeMachine(): Machine {
  const cores = cpus();
  return {
    cpu: cores[0]?.model ?? 'unknown',
    coreCount: cores.length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    node: process.version,
  };
}

/** A goal of the form `value >= bound`. */
export function atLeast(name: string, value: number, bound: number): BenchGoal {
  return { name, value, goal: `>= ${bound}`, ok: value >= bound };
}

/** A goal of the form `value <= bound`. */
export function atMost(name: string, value: number, bound: number): BenchGoal {
  return { name, value, goal: `<= ${bound}`, ok: value <= bound };
}

export function skippedGoal(name: string, goal: string, why: string): BenchGoal {
  return { name, value: null, goal, ok: true, skipped: why };
}

/** Middle value of a non-empty list. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** Half the distance between the quartiles, as a share of the median: how noisy a series was. */
export function spread(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!;
  return (at(0.75) - at(0.25)) / 2 / median(values);
}
