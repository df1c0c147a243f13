/** A worker thread: takes one seed of one replication at a time, answers with its sample. */
import { parentPort } from 'node:worker_threads';
import { answer, type SampleTask } from './measure-sample.ts';

parentPort?.on('message', (task: SampleTask) => parentPort?.postMessage(answer(task)));
