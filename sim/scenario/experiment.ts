/** A whole experiment from a scenario to a folder: runs, table, summary, test report, manifest, page. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { formatReport } from './report.ts';
import { RunStore } from './run-store.ts';
import { planRuns, type RunTask } from './run-task.ts';
import { collectRuns, type RunnerInit, runTasks } from './runner.ts';
import { resolveScenario, type ScenarioFile } from './scenario-file.ts';
import { formatJunit, formatMetricsCsv, formatSummary, type Summary, summarise } from './summary.ts';
import { parseSeeds } from './sweep.ts';

export interface ExperimentInit extends Omit<RunnerInit, 'store'> {
  /** Where everything goes; an experiment that is there already is resumed. */
  readonly folder: string;
  /** Replaces the scenario's own grid, key by key. */
  readonly grid?: ScenarioFile['sweep'];
  /** Replaces the scenario's seeds: `1..30`. */
  readonly seeds?: string;
  /** Which code the runs are of. @default the code that is here */
  readonly code?: string;
  /** What the manifest says beside the experiment itself and its wall time: version, machine, command. */
  readonly manifest?: Readonly<Record<string, unknown>>;
}

export interface ExperimentResult {
  readonly tasks: readonly RunTask[];
  /** `undefined` while runs are missing: aborted, or a shard of several. */
  readonly summary: Summary | undefined;
}

/** Exit status of a command whose thresholds failed. */
export const thresholdFailedStatus = 99;

/** Run what is missing, then write all results if nothing is. @throws AmpError AMP-1902, AMP-1903 */
export async function runExperiment(file: ScenarioFile, init: ExperimentInit): Promise<ExperimentResult> {
  const grid = { ...file.sweep, ...init.grid };
  const tasks = planRuns(file, grid, parseSeeds(init.seeds ?? file.seeds), init.code);
  const store = new RunStore(init.folder);
  const { folder: _, grid: __, seeds: ___, code: ____, manifest, ...runner } = init;
  const startMs = performance.now();
  const runs = await runTasks(tasks, { ...runner, store });
  if (runs.length < tasks.length) return { tasks, summary: undefined };
  const wallMs = Math.round(performance.now() - startMs);
  return { tasks, summary: writeResults(file, tasks, init.folder, { ...manifest, wallMs }) };
}

/** Put the shards of an experiment, copied into one folder, together. @throws AmpError AMP-1903 */
export function writeResults(
  file: ScenarioFile,
  tasks: readonly RunTask[],
  folder: string,
  manifest: Readonly<Record<string, unknown>> = {},
): Summary {
  const runs = collectRuns(tasks, new RunStore(folder));
  const summary = summarise(file, runs);
  mkdirSync(folder, { recursive: true });
  const write = (name: string, text: string) => writeFileSync(join(folder, name), text);
  write('summary.json', formatSummary(summary));
  write('metrics.csv', formatMetricsCsv(runs));
  write('junit.xml', formatJunit(summary));
  write('report.html', formatReport(file, summary, runs));
  const resolved = { scenario: file.name, parameters: file.parameters, settings: resolveScenario(file, {}) };
  write('resolved.json', `${JSON.stringify(resolved, null, 2)}\n`);
  const seeds = [...new Set(tasks.map(({ seed }) => seed))];
  write(
    'manifest.json',
    `${JSON.stringify({ ...manifest, seeds, digest: summary.digest, runCount: runs.length }, null, 2)}\n`,
  );
  return summary;
}
