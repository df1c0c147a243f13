/**
 * The event queue of every simulation: a timing wheel over integer ticks with chunked buckets in one typed
 * array. Events leave in the order (tick, sequence of scheduling), whatever the machine or the load.
 *
 * Scheduling and taking cost no allocation and no comparison, which is what makes a million peers possible.
 * @see Varghese and Lauck 1987, "Hashed and Hierarchical Timing Wheels", scheme 6, here with a heap behind it.
 */
import { FarQueue } from './far-queue.ts';

/** What happens when an event is due: two integers, meant by whoever scheduled them. */
export type EventHandler = (a: number, b: number) => void;

export interface EventSchedulerInit {
  /** First tick. Default 0. */
  readonly startTick?: number;
  /** Ticks that the wheel covers, a power of two; later events wait in a heap. Default 16,384. */
  readonly wheelTicks?: number;
}

/** 31 events of two words and one link: 256 bytes, four cache lines read in a row. */
const chunkWords = 64;
const linkOffset = 62;
const firstChunkCount = 1024;
/** Positions are 32-bit word indices. */
const chunkCountMax = 2 ** 31 / chunkWords;

export class EventScheduler {
  /** The tick being run, a safe integer. */
  nowTick: number;
  /** Events taken so far. */
  eventCount = 0;
  /** Events that wait, those in the heap included. */
  pendingCount = 0;

  readonly #wheelTicks: number;
  readonly #mask: number;
  /** Word index of each bucket's first unread event, and of its next free place; -1 for an empty bucket. */
  readonly #heads: Int32Array;
  readonly #tails: Int32Array;
  #words = new Int32Array(firstChunkCount * chunkWords);
  #freeChunk = -1;
  #chunkCount = 0;
  readonly #far = new FarQueue();
  #stopped = false;

  constructor(init: EventSchedulerInit = {}) {
    this.nowTick = init.startTick ?? 0;
    this.#wheelTicks = init.wheelTicks ?? 16_384;
    if (this.#wheelTicks < 2 || (this.#wheelTicks & (this.#wheelTicks - 1)) !== 0)
      throw new RangeError(`wheelTicks must be a power of two, not ${this.#wheelTicks}`);
    this.#mask = this.#wheelTicks - 1;
    this.#heads = new Int32Array(this.#wheelTicks).fill(-1);
    this.#tails = new Int32Array(this.#wheelTicks).fill(-1);
  }

  /**
   * Let `a` and `b` (32-bit integers) be handled at `atTick`, an integer not before now.
   * @throws RangeError for a moment that has passed: the caller's bug, and a hole in causality.
   */
  schedule(atTick: number, a: number, b: number): void {
    const delay = atTick - this.nowTick;
    if (!(delay >= 0)) throw new RangeError(`tick ${atTick} has passed, now is ${this.nowTick}`);
    this.pendingCount++;
    if (delay < this.#wheelTicks) this.#append(atTick & this.#mask, a, b);
    else this.#far.push(atTick, a, b);
  }

  /**
   * Hand every event up to and including `untilTick` to `handle`, then set the time to `untilTick`.
   * Ends early, at the present tick, when {@link stop} is called. Answers how many events were handled.
   */
  run(untilTick: number, handle: EventHandler): number {
    const before = this.eventCount;
    this.#stopped = false;
    while (this.nowTick <= untilTick) {
      this.#drain(this.nowTick & this.#mask, handle);
      if (this.#stopped || this.nowTick === untilTick) break;
      this.#advance(untilTick);
    }
    return this.eventCount - before;
  }

  /** Make the running {@link run} return after the present event. */
  stop(): void {
    this.#stopped = true;
  }

  /** Bytes held by the queue. */
  get bytes(): number {
    return this.#words.byteLength + this.#heads.byteLength * 2 + this.#far.bytes;
  }

  #drain(bucket: number, handle: EventHandler): void {
    let position = this.#heads[bucket]!;
    if (position === -1) return;
    while (position !== this.#tails[bucket]!) {
      if ((position & (chunkWords - 1)) === linkOffset) {
        const next = this.#words[position]!;
        this.#release(position - linkOffset);
        position = next;
      }
      const a = this.#words[position]!;
      const b = this.#words[position + 1]!;
      position += 2;
      this.eventCount++;
      this.pendingCount--;
      handle(a, b);
      if (this.#stopped) {
        this.#heads[bucket] = position;
        return;
      }
    }
    this.#release((position - 1) & ~(chunkWords - 1));
    this.#heads[bucket] = -1;
    this.#tails[bucket] = -1;
  }

  /** One tick on, or over a stretch without events at once; whatever the wheel newly covers moves in. */
  #advance(untilTick: number): void {
    const inWheel = this.pendingCount - this.#far.size;
    if (inWheel > 0) this.nowTick++;
    else this.nowTick = Math.min(untilTick, Math.max(this.nowTick + 1, this.#far.firstTick));
    const horizon = this.nowTick + this.#wheelTicks;
    while (this.#far.firstTick < horizon) {
      const event = this.#far.pop();
      this.#append(event.tick & this.#mask, event.a, event.b);
    }
  }

  #append(bucket: number, a: number, b: number): void {
    let position = this.#tails[bucket]!;
    if (position === -1) {
      position = this.#allocate();
      this.#heads[bucket] = position;
    } else if ((position & (chunkWords - 1)) === linkOffset) {
      const next = this.#allocate();
      this.#words[position] = next;
      position = next;
    }
    const words = this.#words;
    words[position] = a;
    words[position + 1] = b;
    this.#tails[bucket] = position + 2;
  }

  #allocate(): number {
    const free = this.#freeChunk;
    if (free !== -1) {
      this.#freeChunk = this.#words[free]!;
      return free;
    }
    const position = this.#chunkCount * chunkWords;
    if (position === this.#words.length) this.#grow();
    this.#chunkCount++;
    return position;
  }

  #grow(): void {
    if (this.#chunkCount * 2 > chunkCountMax)
      throw new RangeError('more events wait than the queue can hold');
    const words = new Int32Array(this.#words.length * 2);
    words.set(this.#words);
    this.#words = words;
  }

  #release(chunk: number): void {
    this.#words[chunk] = this.#freeChunk;
    this.#freeChunk = chunk;
  }
}
