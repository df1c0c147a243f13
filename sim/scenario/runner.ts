/** Runs the tasks of an experiment on worker threads, keeps what is finished, leaves out what already is. */
import { Worker } from 'node:worker_threads';
import { AmpError } from '../../protocol/errors.ts';
import { builtInModels } from './built-in.ts';
import type { RunStore } from './run-store.ts';
import { type FinishedRun, type RunTask, runTask } from './run-task.ts';

export interface RunnerInit {
  /** Worker threads; 0 runs in this thread. Default 0. */
  readonly workerCount?: number;
  /** Run only tasks whose index is `index` modulo `count`; from 0. Default all. */
  readonly shard?: { readonly index: number; readonly count: number };
  /** Finished runs are read from here and written to it. */
  readonly store?: RunStore;
  readonly progress?: (run: FinishedRun, doneCount: number, taskCount: number) => void;
  /** Ends after the runs under way; what is finished stays in the store. */
  readonly signal?: AbortSignal;
}

/** The finished runs of the shard in the order of their tasks; fewer when aborted. */
export async function runTasks(
  tasks: readonly RunTask[],
  init: RunnerInit = {},
): Promise<readonly FinishedRun[]> {
  const { shard = { index: 0, count: 1 }, store } = init;
  if (!(shard.index >= 0 && shard.index < shard.count))
    throw new AmpError('AMP-1903', `There is no shard ${shard.index + 1} of ${shard.count}.`);
  const mine = tasks.filter((task) => task.index % shard.count === shard.index);
  const done = new Map<number, FinishedRun>();
  const open: RunTask[] = [];
  const note = (run: FinishedRun) => {
    done.set(run.task.index, run);
    init.progress?.(run, done.size, mine.length);
  };
  for (const task of mine) {
    const finished = store?.read(task);
    if (finished === undefined) open.push(task);
    else note(finished);
  }
  const finish = (run: FinishedRun) => {
    note(store?.write(run) ?? run);
  };
  if ((init.workerCount ?? 0) === 0) runHere(open, finish, init.signal);
  else await runOnWorkers(open, Math.min(init.workerCount ?? 1, open.length), finish, init.signal);
  return mine.flatMap((task) => done.get(task.index) ?? []);
}

/** Put shards together: every task from the store. @throws AmpError AMP-1903 naming how many are missing. */
export function collectRuns(tasks: readonly RunTask[], store: RunStore): readonly FinishedRun[] {
  const runs = tasks.map((task) => store.read(task));
  const missing = runs.filter((run) => run === undefined).length;
  if (missing > 0)
    throw new AmpError('AMP-1903', `${missing} of ${tasks.length} runs are not finished.`, { missing });
  return runs as readonly FinishedRun[];
}

function runHere(tasks: readonly RunTask[], finish: (run: FinishedRun) => void, signal?: AbortSignal): void {
  for (const task of tasks) {
    if (signal?.aborted) return;
    finish(runTask(task, builtInModels));
  }
}

async function runOnWorkers(
  tasks: readonly RunTask[],
  workerCount: number,
  finish: (run: FinishedRun) => void,
  signal?: AbortSignal,
): Promise<void> {
  const queue = [...tasks];
  const isSource = import.meta.url.endsWith('.ts');
  const work = async () => {
    const worker = new Worker(new URL(isSource ? './run-worker.ts' : './run-worker.js', import.meta.url));
    try {
      for (let task = queue.shift(); task !== undefined && !signal?.aborted; task = queue.shift())
        finish(await ask(worker, task));
    } finally {
      await worker.terminate();
    }
  };
  await Promise.all(Array.from({ length: workerCount }, work));
}

function ask(worker: Worker, task: RunTask): Promise<FinishedRun> {
  return new Promise((resolve, reject) => {
    const settle = () => {
      worker.off('message', onMessage);
      worker.off('error', onError);
    };
    const onMessage = (run: FinishedRun) => {
      settle();
      // The settings come back as a copy; the task itself is the caller's.
      resolve({ task, result: run.result });
    };
    const onError = (error: unknown) => {
      settle();
      reject(error);
    };
    worker.on('message', onMessage);
    worker.on('error', onError);
    worker.postMessage(task);
  });
}
