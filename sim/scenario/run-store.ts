/**
 * Finished runs in a folder, one file each, written whole or not at all. So an experiment can be stopped, resumed,
 * split over machines and put together again; a file counts only for the run whose key it carries.
 */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FinishedRun, RunTask } from './run-task.ts';

export class RunStore {
  readonly #folder: string;

  constructor(experimentFolder: string) {
    this.#folder = join(experimentFolder, 'runs');
    mkdirSync(this.#folder, { recursive: true });
  }

  /** The finished run of a task, if it is there and of the same settings. */
  read(task: RunTask): FinishedRun | undefined {
    let text: string;
    try {
      text = readFileSync(this.#pathOf(task), 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
    const run = JSON.parse(text) as FinishedRun;
    return run.task.key === task.key ? { task, result: run.result } : undefined;
  }

  write(run: FinishedRun): void {
    const path = this.#pathOf(run.task);
    writeFileSync(`${path}.part`, `${JSON.stringify(run, null, 1)}\n`);
    renameSync(`${path}.part`, path);
  }

  #pathOf(task: RunTask): string {
    return join(this.#folder, `${task.key.slice(0, 32)}.json`);
  }
}
