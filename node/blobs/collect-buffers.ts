/**
 * Bytes that pass through a node lie outside of the JavaScript heap, and a collection of the young heap is due only
 * when that is full: by then a hundred mebibytes of dead buffers may wait (measured, see the README). So whoever
 * passes bytes counts them here, and every few mebibytes the young ones are collected. What was in use just then
 * twice in a row has grown old: when much of that is dead, the old ones are collected as well.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Bytes passed between two collections. Judgement: a minor collection takes about a millisecond. */
const bytesBetween = 2 * 1024 * 1024;

/** Buffers that may pile up among the old ones. Judgement: a full collection takes about 40 ms, a tenth of the time
 * in which so many bytes pass. */
const oldBytesMax = 16 * 1024 * 1024;

type Collect = (options: { readonly type: 'minor' | 'major'; readonly execution: 'sync' }) => void;

let collect: Collect | undefined;
let passedBytes = 0;
/** Bytes of the buffers that were in use after the last full collection. */
let usedBytes = 0;

/** So many bytes passed through this process, in buffers that nobody needs any more. */
export function countPassed(bytes: number): void {
  passedBytes += bytes;
  if (passedBytes < bytesBetween) return;
  passedBytes = 0;
  collect ??= findCollector();
  collect({ type: 'minor', execution: 'sync' });
  if (process.memoryUsage().arrayBuffers < usedBytes + oldBytesMax) return;
  collect({ type: 'major', execution: 'sync' });
  usedBytes = process.memoryUsage().arrayBuffers;
}

/** V8 shows its collector to contexts that are made after the flag was set. */
function findCollector(): Collect {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc') as Collect;
}
