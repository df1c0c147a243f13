/** A worker thread: takes tasks one at a time, answers with finished runs. */
import { parentPort } from 'node:worker_threads';
import { builtInModels } from './built-in.ts';
import { type RunTask, runTask } from './run-task.ts';

parentPort?.on('message', (task: RunTask) => parentPort?.postMessage(runTask(task, builtInModels)));
