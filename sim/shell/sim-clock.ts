/**
 * Virtual time. One `SimScheduler` is the world's order of events; each node has a `SimClock` on it, which may be
 * set wrong and which dies with the node.
 */
import type { Clock } from '../../protocol/ports.ts';

/** Where virtual time begins unless told otherwise: 2026-01-01T00:00:00Z, so that dates look like dates. */
export const simEpochMs = 1_767_225_600_000;

interface Entry {
  readonly dueAtMs: number;
  /** Entries of one moment run in the order in which they were made. */
  readonly order: number;
  callback: (() => void) | undefined;
}

export interface SimScheduler {
  /** True time, integer Unix ms. */
  nowMs(): number;
  /** Run `callback` at `dueAtMs`, or at the present moment when that has passed. The answer cancels. */
  schedule(dueAtMs: number, callback: () => void): () => void;
  /** Run the next event and move time to it; false when there is none, or none due by `untilMs`. */
  step(untilMs?: number): boolean;
  /** Run all events due by `untilMs`, then set the time to it. The answer is how many ran. */
  runUntil(untilMs: number): number;
  /** Run `durationMs` of virtual time. */
  runFor(durationMs: number): number;
  /** Events waiting, cancelled ones left out. */
  readonly pendingCount: number;
}

export function createSimScheduler(startMs: number = simEpochMs): SimScheduler {
  const heap: Entry[] = [];
  let nowMs = startMs;
  let order = 0;
  let pendingCount = 0;

  function schedule(dueAtMs: number, callback: () => void): () => void {
    const entry: Entry = { dueAtMs: Math.max(nowMs, Math.ceil(dueAtMs)), order: order++, callback };
    push(heap, entry);
    pendingCount++;
    return () => {
      if (entry.callback === undefined) return;
      entry.callback = undefined;
      pendingCount--;
    };
  }

  function step(untilMs = Number.POSITIVE_INFINITY): boolean {
    for (let next = heap[0]; next !== undefined && next.dueAtMs <= untilMs; next = heap[0]) {
      pop(heap);
      const { callback } = next;
      if (callback === undefined) continue;
      next.callback = undefined;
      pendingCount--;
      nowMs = next.dueAtMs;
      callback();
      return true;
    }
    return false;
  }

  function runUntil(untilMs: number): number {
    let count = 0;
    while (step(untilMs)) count++;
    nowMs = Math.max(nowMs, untilMs);
    return count;
  }

  return {
    nowMs: () => nowMs,
    schedule,
    step,
    runUntil,
    runFor: (durationMs) => runUntil(nowMs + durationMs),
    get pendingCount() {
      return pendingCount;
    },
  };
}

export interface SimClockInit {
  /** How far this node's clock is off, ms. Default 0. */
  readonly skewMs?: number;
}

export interface SimClock extends Clock {
  /** Drop every timer and deferred call, as a crash does. */
  stop(): void;
}

export function createSimClock(scheduler: SimScheduler, { skewMs = 0 }: SimClockInit = {}): SimClock {
  const cancels = new Set<() => void>();
  let isStopped = false;

  function scheduleOwn(dueAtMs: number, callback: () => void): () => void {
    if (isStopped) return () => undefined;
    const cancelEntry = scheduler.schedule(dueAtMs, () => {
      cancels.delete(cancel);
      callback();
    });
    const cancel = () => {
      cancels.delete(cancel);
      cancelEntry();
    };
    cancels.add(cancel);
    return cancel;
  }

  return {
    nowMs: () => scheduler.nowMs() + skewMs,
    setTimer: (dueAtMs, callback) => scheduleOwn(dueAtMs - skewMs, callback),
    // Nobody cancels one: it needs no place among the timers.
    defer: (callback) =>
      void scheduler.schedule(scheduler.nowMs(), () => {
        if (!isStopped) callback();
      }),
    stop() {
      isStopped = true;
      for (const cancel of [...cancels]) cancel();
    },
  };
}

/** A binary heap by (due time, order): the standard one, for the order must not depend on a sort's mood. */
function push(heap: Entry[], entry: Entry): void {
  let index = heap.push(entry) - 1;
  while (index > 0) {
    const parent = (index - 1) >> 1;
    if (!isBefore(entry, heap[parent]!)) break;
    heap[index] = heap[parent]!;
    index = parent;
  }
  heap[index] = entry;
}

function pop(heap: Entry[]): void {
  const last = heap.pop()!;
  if (heap.length === 0) return;
  let index = 0;
  for (;;) {
    let child = 2 * index + 1;
    if (child >= heap.length) break;
    if (child + 1 < heap.length && isBefore(heap[child + 1]!, heap[child]!)) child++;
    if (!isBefore(heap[child]!, last)) break;
    heap[index] = heap[child]!;
    index = child;
  }
  heap[index] = last;
}

function isBefore(a: Entry, b: Entry): boolean {
  return a.dueAtMs < b.dueAtMs || (a.dueAtMs === b.dueAtMs && a.order < b.order);
}
