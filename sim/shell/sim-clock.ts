/**
 * Virtual time. One `SimScheduler` is the world's order of events; each node has a `SimClock` on it, which may be
 * set wrong and which dies with the node.
 */
import type { Clock } from '../../protocol/ports.ts';

/** Where virtual time begins unless told otherwise: 2026-01-01T00:00:00Z, so that dates look like dates. */
export const simEpochMs = 1_767_225_600_000;

/** What waits to be due. The scheduler notes in it where it waits, so that nothing else is needed to take it back. */
export interface Waiter {
  due(): void;
  slot: number;
  generation: number;
}

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
  /** Run `callback` at the end of the present event. Left out: as an event of its own, now. */
  defer?(callback: () => void): void;
  /** The same without functions: what waits is one object. */
  wait(dueAtMs: number, waiter: Waiter): void;
  /** It is not to be due any more; nothing when it was. */
  giveUp(waiter: Waiter): void;
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

  /** By order. */
  const waiting = new Map<number, () => void>();

  function wait(dueAtMs: number, waiter: Waiter): void {
    const slot = order;
    waiter.slot = slot;
    const cancel = schedule(dueAtMs, () => {
      waiting.delete(slot);
      waiter.due();
    });
    waiting.set(slot, cancel);
  }

  function giveUp({ slot }: Waiter): void {
    waiting.get(slot)?.();
    waiting.delete(slot);
  }

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
    wait,
    giveUp,
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
  return new NodeClock(scheduler, skewMs);
}

class NodeClock implements SimClock {
  readonly scheduler: SimScheduler;
  readonly #skewMs: number;
  /** Its timers, in the order in which they were set: a ring through the timers themselves. */
  #newest: NodeTimer | undefined;
  #isStopped = false;

  constructor(scheduler: SimScheduler, skewMs: number) {
    this.scheduler = scheduler;
    this.#skewMs = skewMs;
  }

  nowMs(): number {
    return this.scheduler.nowMs() + this.#skewMs;
  }

  setTimer(dueAtMs: number, callback: () => void): () => void {
    if (this.#isStopped) return doNothing;
    const timer = new NodeTimer(this, callback);
    this.#add(timer);
    this.scheduler.wait(dueAtMs - this.#skewMs, timer);
    return timer.cancel.bind(timer);
  }

  defer(callback: () => void): void {
    // Nobody cancels one: it needs no place among the timers.
    const run = () => {
      if (!this.#isStopped) callback();
    };
    if (this.scheduler.defer === undefined) this.scheduler.schedule(this.scheduler.nowMs(), run);
    else this.scheduler.defer(run);
  }

  stop(): void {
    this.#isStopped = true;
    while (this.#newest !== undefined) this.#newest.next.cancel();
  }

  forget(timer: NodeTimer): void {
    timer.previous.next = timer.next;
    timer.next.previous = timer.previous;
    if (this.#newest === timer) this.#newest = timer.previous === timer ? undefined : timer.previous;
    timer.next = timer;
    timer.previous = timer;
  }

  #add(timer: NodeTimer): void {
    const newest = this.#newest;
    if (newest !== undefined) {
      timer.previous = newest;
      timer.next = newest.next;
      newest.next.previous = timer;
      newest.next = timer;
    }
    this.#newest = timer;
  }
}

class NodeTimer implements Waiter {
  slot = 0;
  generation = 0;
  next: NodeTimer = this;
  previous: NodeTimer = this;
  readonly #clock: NodeClock;
  /** `undefined` once it fired or was cancelled. */
  #callback: (() => void) | undefined;

  constructor(clock: NodeClock, callback: () => void) {
    this.#clock = clock;
    this.#callback = callback;
  }

  due(): void {
    const callback = this.#end();
    callback?.();
  }

  cancel(): void {
    if (this.#end() !== undefined) this.#clock.scheduler.giveUp(this);
  }

  #end(): (() => void) | undefined {
    const callback = this.#callback;
    if (callback === undefined) return undefined;
    this.#callback = undefined;
    this.#clock.forget(this);
    return callback;
  }
}

function doNothing(): void {
  // A clock that stopped sets no timers.
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
