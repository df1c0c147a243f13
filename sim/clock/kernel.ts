/**
 * The heart of a virtual world: one {@link EventScheduler} for all, callbacks and timers on it, the digest of
 * everything that happened, and watchers that look at the world after every event.
 *
 * It is a `SimScheduler`, so the clocks of `sim/shell` run on it unchanged.
 */
import { type SimScheduler, simEpochMs, type Waiter } from '../shell/sim-clock.ts';
import { RunDigest } from './digest.ts';
import { EventScheduler } from './scheduler.ts';
import { ticksPerMs } from './ticks.ts';

/** Takes an event of its kinds: `a`, and `b` with the kind in its upper four bits. False for a foreign kind. */
export type KernelHandler = (a: number, b: number) => boolean;

export interface SimKernelInit {
  /** Virtual time zero, Unix ms. Default {@link simEpochMs}. */
  readonly startMs?: number;
}

/** Kind 0: `a` is a callback's slot, the low 28 bits of `b` its generation. */
const callbackKind = 0;
const generationMask = 0x0fffffff;

export class SimKernel implements SimScheduler {
  readonly scheduler = new EventScheduler();
  readonly digest = new RunDigest();

  readonly #startMs: number;
  readonly #handlers: KernelHandler[] = [];
  readonly #watchers: (() => void)[] = [];
  /** Callbacks by slot. A slot is used again at once; its generation tells an old event from a new one. */
  readonly #callbacks: (Waiter | (() => void) | undefined)[] = [];
  readonly #generations: number[] = [];
  readonly #freeSlots: number[] = [];
  /** What the present event left for its end. */
  readonly #deferred: (() => void)[] = [];
  #cancelledCount = 0;
  #isStepping = false;
  #isHandling = false;

  constructor(init: SimKernelInit = {}) {
    this.#startMs = init.startMs ?? simEpochMs;
  }

  get nowTick(): number {
    return this.scheduler.nowTick;
  }

  nowMs(): number {
    return this.#startMs + Math.floor(this.scheduler.nowTick / ticksPerMs);
  }

  get pendingCount(): number {
    return this.scheduler.pendingCount - this.#cancelledCount;
  }

  /** Events taken so far, cancelled ones among them. */
  get eventCount(): number {
    return this.scheduler.eventCount;
  }

  /** Let a model take its own kinds of events. Asked in the order of registration. */
  register(handler: KernelHandler): void {
    this.#handlers.push(handler);
  }

  /** Call `watch` after every event: an invariant checker's place. */
  watch(watch: () => void): void {
    this.#watchers.push(watch);
  }

  schedule(dueAtMs: number, callback: () => void): () => void {
    return this.scheduleTick((Math.ceil(dueAtMs) - this.#startMs) * ticksPerMs, callback);
  }

  /** Like {@link schedule}, to the tick; a moment that has passed means now. The answer cancels. */
  scheduleTick(dueTick: number, callback: () => void): () => void {
    const slot = this.#take(dueTick, callback);
    const generation = this.#generations[slot]!;
    return () => this.#drop(slot, generation);
  }

  wait(dueAtMs: number, waiter: Waiter): void {
    waiter.slot = this.#take((Math.ceil(dueAtMs) - this.#startMs) * ticksPerMs, waiter);
    waiter.generation = this.#generations[waiter.slot]!;
  }

  giveUp(waiter: Waiter): void {
    this.#drop(waiter.slot, waiter.generation);
  }

  /** A slot in which `callback` waits. */
  #take(dueTick: number, callback: Waiter | (() => void)): number {
    const slot = this.#freeSlots.pop() ?? this.#callbacks.length;
    const generation = ((this.#generations[slot] ?? 0) + 1) & generationMask;
    this.#callbacks[slot] = callback;
    this.#generations[slot] = generation;
    this.scheduler.schedule(Math.max(this.scheduler.nowTick, dueTick), slot, generation);
    return slot;
  }

  #drop(slot: number, generation: number): void {
    if (this.#generations[slot] !== generation || this.#callbacks[slot] === undefined) return;
    this.#callbacks[slot] = undefined;
    this.#freeSlots.push(slot);
    this.#cancelledCount++;
  }

  /**
   * Run `callback` when the present event is over, before the next one: what a node's loop does at the end of a turn.
   * Between events it is an event of its own, now.
   */
  defer(callback: () => void): void {
    if (this.#isHandling) this.#deferred.push(callback);
    else this.scheduleTick(this.scheduler.nowTick, callback);
  }

  step(untilMs = Number.POSITIVE_INFINITY): boolean {
    if (this.pendingCount === 0) return false;
    this.#isStepping = true;
    const before = this.scheduler.eventCount;
    this.scheduler.run((untilMs - this.#startMs) * ticksPerMs, this.#handle);
    this.#isStepping = false;
    return this.scheduler.eventCount > before;
  }

  runUntil(untilMs: number): number {
    return this.scheduler.run((untilMs - this.#startMs) * ticksPerMs, this.#handle);
  }

  runFor(durationMs: number): number {
    return this.runUntil(this.nowMs() + durationMs);
  }

  readonly #handle = (a: number, b: number): void => {
    this.#isHandling = true;
    try {
      if (b >>> 28 === callbackKind) {
        if (!this.#runCallback(a, b & generationMask)) return;
      } else if (!this.#runHandler(a, b)) throw new Error(`no model takes events of kind ${b >>> 28}`);
      if (this.#deferred.length > 0) this.#runDeferred();
    } finally {
      this.#isHandling = false;
    }
    for (const watch of this.#watchers) watch();
    if (this.#isStepping) this.scheduler.stop();
  };

  /** What a deferred call defers runs in the same turn, after those before it. */
  #runDeferred(): void {
    for (let callback = this.#deferred.shift(); callback !== undefined; callback = this.#deferred.shift())
      callback();
  }

  /** False for a cancelled callback: nothing happened. */
  #runCallback(slot: number, generation: number): boolean {
    const callback = this.#callbacks[slot];
    if (callback === undefined || this.#generations[slot] !== generation) {
      this.#cancelledCount--;
      return false;
    }
    this.digest.add(this.scheduler.nowTick, slot, generation);
    this.#callbacks[slot] = undefined;
    this.#freeSlots.push(slot);
    if (typeof callback === 'function') callback();
    else callback.due();
    return true;
  }

  #runHandler(a: number, b: number): boolean {
    this.digest.add(this.scheduler.nowTick, a, b);
    for (const handler of this.#handlers) if (handler(a, b)) return true;
    return false;
  }
}
