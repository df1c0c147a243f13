/** One run of an experiment, as data that a worker, a file and another machine can carry. */
import { createHash } from 'node:crypto';
import { toCanonicalJson } from '../../protocol/canonical.ts';
import { fingerprintCode } from './code-version.ts';
import type { RunResult, ScenarioModel } from './model.ts';
import { resolveScenario, type ScenarioFile } from './scenario-file.ts';
import { expandGrid, type Point } from './sweep.ts';

export interface RunTask {
  /** Place in the experiment, from 0: points in grid order, within a point seeds in order. */
  readonly index: number;
  readonly model: string;
  readonly point: Point;
  readonly seed: number;
  readonly settings: Readonly<Record<string, unknown>>;
  /** Names the run by what it depends on: a finished run with the same key is the same run. */
  readonly key: string;
}

export interface FinishedRun {
  readonly task: RunTask;
  readonly result: RunResult;
}

/**
 * All runs of an experiment, as runs of the code that is here, or of the code that made them earlier.
 * @throws AmpError AMP-1902, AMP-1903
 */
export function planRuns(
  file: ScenarioFile,
  grid: ScenarioFile['sweep'],
  seeds: readonly number[],
  code = fingerprintCode(file, grid),
): readonly RunTask[] {
  const tasks: RunTask[] = [];
  for (const point of expandGrid(grid)) {
    const settings = resolveScenario(file, point);
    for (const seed of seeds) {
      const key = createHash('sha256')
        .update(toCanonicalJson({ code, model: file.model.name, settings, seed }))
        .digest('hex');
      tasks.push({ index: tasks.length, model: file.model.name, point, seed, settings, key });
    }
  }
  return tasks;
}

export function runTask(task: RunTask, models: readonly ScenarioModel[]): FinishedRun {
  const model = models.find(({ name }) => name === task.model);
  if (model === undefined) throw new RangeError(`there is no model ${task.model}`);
  return { task, result: model.run(task.settings, task.seed) };
}
