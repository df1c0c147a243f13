/** One seed of one replication, by its name: what a worker is asked for. */
import { replications } from './all.ts';
import type { Sample } from './replication.ts';

export interface SampleTask {
  readonly id: string;
  readonly seed: number;
}

export interface SampleAnswer {
  readonly task: SampleTask;
  readonly sample: Sample;
}

export function answer(task: SampleTask): SampleAnswer {
  const replication = replications.find(({ id }) => id === task.id)!;
  return { task, sample: replication.measure(task.seed) };
}
