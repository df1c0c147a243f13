/**
 * Bytes that pass through a node lie outside of the JavaScript heap, and a collection of the young heap is due only
 * when that is full: by then a hundred mebibytes of dead buffers may wait (measured, see the README). So whoever
 * passes bytes counts them here, and every few mebibytes the young ones are collected.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Bytes passed between two collections. Judgement: a minor collection takes about a millisecond. */
const bytesBetween = 2 * 1024 * 1024;

type Collect = (options: { readonly type: 'minor'; readonly execution: 'sync' }) => void;

let collect: Collect | undefined;
let passedBytes = 0;

/** So many bytes passed through this process, in buffers that nobody needs any more. */
export function countPassed(bytes: number): void {
  passedBytes += bytes;
  if (passedBytes < bytesBetween) return;
  passedBytes = 0;
  collect ??= findCollector();
  collect({ type: 'minor', execution: 'sync' });
}

/** V8 shows its collector to contexts that are made after the flag was set. */
function findCollector(): Collect {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc') as Collect;
}
