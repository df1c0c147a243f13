/** Runs replications on worker threads and reports them as a table and as JSON. */
import { Worker } from 'node:worker_threads';
import { AmpError } from '../../protocol/errors.ts';
import { suggest } from '../scenario/located.ts';
import { replications } from './all.ts';
import { answer, type SampleAnswer, type SampleTask } from './measure-sample.ts';
import { judgeSamples, type Replication, type ReplicationResult, type Sample } from './replication.ts';

export interface ReplicationsInit {
  /** Default: all. */
  readonly ids?: readonly string[];
  /** Default: 1 to each replication's own count. */
  readonly seeds?: readonly number[];
  /** Worker threads; 0 runs in this thread. Default 0. */
  readonly workers?: number;
  readonly signal?: AbortSignal;
  /** After each seed: how many of how many are done. */
  readonly onProgress?: (done: number, all: number) => void;
}

export interface ReplicationsReport {
  readonly results: readonly ReplicationResult[];
  /** All asked for passed. */
  readonly ok: boolean;
  /** For people: PASS or FAIL, figures, bands, citation. */
  readonly table: string;
  /** For programs, with a line end; the same bytes for the same seeds and any number of workers. */
  readonly json: string;
}

/**
 * @throws AmpError AMP-1903 for an unknown id, with the nearest known one
 * @throws the signal's reason when it is aborted
 */
export async function runReplications(init: ReplicationsInit = {}): Promise<ReplicationsReport> {
  const chosen = chooseReplications(init.ids);
  const tasks = chosen.flatMap((replication) => listTasks(replication, init.seeds));
  const answers = await answerAll(tasks, init);
  const results = chosen.map((replication) => {
    const samples = answers.filter(({ task }) => task.id === replication.id).map(({ sample }) => sample);
    return judgeSamples(replication, samples);
  });
  return {
    results,
    ok: results.every(({ pass }) => pass),
    table: formatReplications(results),
    json: `${JSON.stringify(results, null, 2)}\n`,
  };
}

function chooseReplications(ids: readonly string[] | undefined): readonly Replication[] {
  if (ids === undefined) return replications;
  const known = replications.map(({ id }) => id);
  return ids.map((id) => {
    const found = replications.find((replication) => replication.id === id);
    if (found !== undefined) return found;
    throw new AmpError('AMP-1903', `There is no replication ${id}. ${suggest(id, known)}`);
  });
}

function listTasks({ id, seedCount }: Replication, seeds: readonly number[] | undefined): SampleTask[] {
  const own = seeds ?? Array.from({ length: seedCount }, (_, i) => i + 1);
  return own.map((seed) => ({ id, seed }));
}

/** In the order of the tasks, whoever was quicker. */
async function answerAll(
  tasks: readonly SampleTask[],
  { workers = 0, signal, onProgress }: ReplicationsInit,
): Promise<readonly SampleAnswer[]> {
  const samples: Sample[] = [];
  let next = 0;
  let done = 0;
  const work = async (measure: (task: SampleTask) => Sample | Promise<Sample>) => {
    while (next < tasks.length) {
      signal?.throwIfAborted();
      const at = next++;
      samples[at] = await measure(tasks[at]!);
      onProgress?.(++done, tasks.length);
    }
  };
  if (workers === 0) await work((task) => answer(task).sample);
  else await Promise.all(Array.from({ length: Math.min(workers, tasks.length) }, () => onWorker(work)));
  return tasks.map((task, i) => ({ task, sample: samples[i]! }));
}

async function onWorker(
  work: (measure: (task: SampleTask) => Promise<Sample>) => Promise<void>,
): Promise<void> {
  const isSource = import.meta.url.endsWith('.ts');
  const worker = new Worker(new URL(isSource ? './sample-worker.ts' : './sample-worker.js', import.meta.url));
  try {
    await work((task) => askWorker(worker, task));
  } finally {
    await worker.terminate();
  }
}

function askWorker(worker: Worker, task: SampleTask): Promise<Sample> {
  return new Promise((resolve, reject) => {
    const onMessage = ({ sample }: SampleAnswer) => {
      worker.off('error', reject);
      resolve(sample);
    };
    worker.once('message', onMessage);
    worker.once('error', reject);
    worker.postMessage(task);
  });
}

/** One block for each: the verdict first, then every figure beside its band, then the source. */
export function formatReplications(results: readonly ReplicationResult[]): string {
  const blocks = results.map((result) => {
    const figures = result.figures.map(
      ({ name, about, value, interval, band, pass }) =>
        `  ${pass ? '    ' : '!!  '}${name.padEnd(20)} ${show(value)} (${show(interval.low)} to ${show(interval.high)}), ` +
        `expected ${band.low === band.high ? show(band.low) : `${show(band.low)} to ${show(band.high)}`}: ${about}`,
    );
    const head = `${result.pass ? 'PASS' : 'FAIL'}  ${result.id}: ${result.title} (${result.seedCount} seeds)`;
    return [head, ...figures, `      ${result.citation}`].join('\n');
  });
  const passed = results.filter(({ pass }) => pass).length;
  const caveat = results[0]?.caveat ?? '';
  return `${blocks.join('\n\n')}\n\n${passed} of ${results.length} pass. Intervals are 95 %. ${caveat}\n`;
}

function show(value: number): string {
  return String(Number(value.toPrecision(4)));
}
