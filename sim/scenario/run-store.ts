/**
 * Finished runs in a folder, one file each, written whole or not at all. So an experiment can be stopped, resumed,
 * split over machines and put together again; a file counts only for the run whose key it carries. What happened in a
 * run stands beside it, a line of JSON for each event, and is not read again.
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

  /** The answer is what is kept of it in memory: all but its events. */
  write({ task, result }: FinishedRun): FinishedRun {
    const { events, ...kept } = result;
    const path = this.#pathOf(task);
    // First, so that a run that counts as finished has its events.
    if (events !== undefined)
      writeFileSync(
        join(this.#folder, eventsFileOf(task)),
        events.map((one) => `${JSON.stringify(one)}\n`).join(''),
      );
    const run = { task, result: kept };
    writeFileSync(`${path}.part`, `${JSON.stringify(run, null, 1)}\n`);
    renameSync(`${path}.part`, path);
    return run;
  }

  #pathOf(task: RunTask): string {
    return join(this.#folder, runFileOf(task));
  }
}

/** Within `runs/`: settings, seed and figures of a run. */
export function runFileOf({ key }: RunTask): string {
  return `${key.slice(0, 32)}.json`;
}

/** Within `runs/`: what happened in it, for models that say so. */
export function eventsFileOf({ key }: RunTask): string {
  return `${key.slice(0, 32)}.events.jsonl`;
}
