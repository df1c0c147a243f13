/** A worker process of a live run: hosts its share of the real peers. */
import { runLiveWorker } from './run-worker.ts';

runLiveWorker(process.argv[2]);
