/** Two experiments side by side: paired by point and seed, with effect size, interval and a verdict in words. */
import { AmpError } from '../../protocol/errors.ts';
import type { FinishedRun } from './run-task.ts';
import { bootstrapMean, cliffsDelta, hedgesG, type Interval, meanOf } from './statistics.ts';

export interface Comparison {
  readonly metric: string;
  readonly pairCount: number;
  readonly leftMean: number;
  readonly rightMean: number;
  /** Mean of right minus left, over the pairs, with its 95 % bootstrap interval. */
  readonly difference: number;
  readonly interval: Interval;
  readonly hedgesG: number;
  readonly cliffsDelta: number;
  /** The interval leaves zero out. */
  readonly isClear: boolean;
  readonly verdict: string;
}

/**
 * Pair the runs by their order of point and by seed. The points themselves may differ: that is what is compared.
 * @throws AmpError AMP-1903 when fewer than two runs pair up.
 */
export function compareExperiments(
  left: readonly FinishedRun[],
  right: readonly FinishedRun[],
  metric: string,
): Comparison {
  const pairs = pairUp(left, right).map(
    ([a, b]) => [a.result.metrics[metric], b.result.metrics[metric]] as const,
  );
  if (pairs.length < 2 || pairs.some(([a, b]) => a === undefined || b === undefined))
    throw new AmpError('AMP-1903', `The experiments share fewer than two runs with the metric ${metric}.`);
  const leftValues = pairs.map(([a]) => a!);
  const rightValues = pairs.map(([, b]) => b!);
  const differences = pairs.map(([a, b]) => b! - a!);
  const interval = bootstrapMean(differences);
  const difference = meanOf(differences);
  const isClear = interval.low > 0 || interval.high < 0;
  const delta = cliffsDelta(leftValues, rightValues);
  return {
    metric,
    pairCount: pairs.length,
    leftMean: meanOf(leftValues),
    rightMean: meanOf(rightValues),
    difference,
    interval,
    hedgesG: hedgesG(leftValues, rightValues),
    cliffsDelta: delta,
    isClear,
    verdict: describeVerdict(metric, difference, interval, isClear, delta),
  };
}

function pairUp(
  left: readonly FinishedRun[],
  right: readonly FinishedRun[],
): readonly (readonly [FinishedRun, FinishedRun])[] {
  const keys = (runs: readonly FinishedRun[]) => {
    const points = [...new Set(runs.map(({ task }) => JSON.stringify(task.point)))];
    return runs.map((run) => ({
      run,
      key: `${points.indexOf(JSON.stringify(run.task.point))} ${run.task.seed}`,
    }));
  };
  const byKey = new Map(keys(right).map(({ run, key }) => [key, run]));
  return keys(left).flatMap(({ run, key }) => {
    const other = byKey.get(key);
    return other === undefined ? [] : [[run, other] as const];
  });
}

/** Words for Cliff's delta: Romano et al. 2006. */
function describeVerdict(
  metric: string,
  difference: number,
  interval: Interval,
  isClear: boolean,
  delta: number,
): string {
  const range = `95 % interval ${show(interval.low)} to ${show(interval.high)}`;
  if (!isClear) return `No clear difference in ${metric} (${show(difference)}, ${range}).`;
  const size = Math.abs(delta);
  const word = size < 0.147 ? 'negligible' : size < 0.33 ? 'small' : size < 0.474 ? 'medium' : 'large';
  const direction = difference > 0 ? 'higher' : 'lower';
  return `${metric} is ${direction} by ${show(Math.abs(difference))} (${range}); a ${word} effect.`;
}

function show(value: number): string {
  return String(Number(value.toPrecision(4)));
}
