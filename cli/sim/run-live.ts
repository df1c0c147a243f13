/** `ampmesh sim run --live`: a gossip scenario on real nodes, seed after seed. */
import { AmpError } from '../../protocol/errors.ts';
import { openScenario } from '../../sim/scenario/built-in.ts';
import type { ScenarioFile, Threshold } from '../../sim/scenario/scenario-file.ts';
import { describe } from '../../sim/scenario/statistics.ts';
import { describeThreshold } from '../../sim/scenario/summary.ts';
import { type Point, parseSeeds } from '../../sim/scenario/sweep.ts';
import { exitCodes } from '../exit.ts';
import { noteProgress, planLive, untilInterrupted } from './calibrate.ts';

export interface RunLiveInit {
  readonly point: Point;
  readonly seeds?: string;
  readonly isJson: boolean;
}

/** @throws AmpError AMP-1903 for what real nodes cannot do or cannot be watched doing. */
export async function runLive(scenario: string, { point, seeds, isJson }: RunLiveInit): Promise<void> {
  const file = openScenario(scenario);
  const numbers = parseSeeds(seeds ?? file.seeds);
  const plans = numbers.map((seed) => planLive(scenario, point, seed));
  const { measureLiveRun, runLiveGossip } = await import('../../sim/live/index.ts');
  const runs: Readonly<Record<string, number>>[] = [];
  for (const [at, plan] of plans.entries()) {
    noteProgress(`seed ${numbers[at]}`);
    const run = await untilInterrupted((signal) => runLiveGossip(plan, { progress: noteProgress, signal }));
    if (run === undefined) return;
    runs.push(measureLiveRun(plan, run));
  }
  conclude(file, numbers, runs, isJson);
}

function conclude(
  file: ScenarioFile,
  seeds: readonly number[],
  runs: readonly Readonly<Record<string, number>>[],
  isJson: boolean,
): void {
  const metrics = Object.fromEntries(
    Object.keys(runs[0]!).map((metric) => [metric, describe(runs.map((run) => run[metric]!))]),
  );
  const isWatched = ({ metric }: Threshold) => metric in metrics;
  const thresholds = file.thresholds.filter(isWatched).map((threshold) => {
    const value = metrics[threshold.metric]![threshold.statistic];
    const { atLeast = value, atMost = value } = threshold;
    return { ...threshold, value, ok: value >= atLeast && value <= atMost };
  });
  const unwatched = file.thresholds.filter((threshold) => !isWatched(threshold)).map(({ metric }) => metric);
  const ok = thresholds.every((one) => one.ok);
  const summary = { scenario: file.name, mode: 'live', seeds, metrics, thresholds, unwatched, ok };
  if (isJson) process.stdout.write(`${JSON.stringify(summary)}\n`);
  else {
    const lines = [
      `${file.question} On real nodes, ${seeds.length} seeds:`,
      ...Object.entries(metrics).map(([name, { mean, min, max }]) => {
        const [low, middle, high] = [min, mean, max].map((value) => Number(value.toPrecision(4)));
        return `    ${name} ${middle} (${low} to ${high})`;
      }),
      ...thresholds.map(
        (one) =>
          `${one.ok ? 'met   ' : 'FAILED'} ${describeThreshold(one)}: ${Number(one.value.toPrecision(4))}`,
      ),
      ...unwatched.map((metric) => `not judged: ${metric} cannot be watched on real nodes`),
    ];
    process.stdout.write(`${lines.join('\n')}\n`);
  }
  if (!ok) process.exitCode = exitCodes.threshold;
}

/** What belongs to runs in a folder, not to real nodes. @throws AmpError AMP-1502 */
export function refuseWithLive(flags: { readonly out?: string; readonly shard?: string }): void {
  const refused = (['out', 'shard'] as const).find((flag) => flags[flag] !== undefined);
  if (refused !== undefined)
    throw new AmpError('AMP-1502', `--${refused} has no meaning with --live: no folder is written.`);
}
