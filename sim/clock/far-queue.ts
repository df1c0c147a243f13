/** Events beyond the wheel's reach: a binary heap in typed arrays, ordered by (tick, sequence). */

/** The event that {@link FarQueue.pop} answers with; one object, overwritten by the next pop. */
export interface FarEvent {
  tick: number;
  a: number;
  b: number;
}

const firstCapacity = 256;

export class FarQueue {
  size = 0;
  /** Tick of the first event; Infinity when there is none. */
  firstTick = Number.POSITIVE_INFINITY;

  #ticks = new Float64Array(firstCapacity);
  #sequences = new Float64Array(firstCapacity);
  #pairs = new Int32Array(firstCapacity * 2);
  #nextSequence = 0;
  readonly #popped: FarEvent = { tick: 0, a: 0, b: 0 };

  get bytes(): number {
    return this.#ticks.byteLength * 2 + this.#pairs.byteLength;
  }

  push(tick: number, a: number, b: number): void {
    if (this.size === this.#ticks.length) this.#grow();
    const sequence = this.#nextSequence++;
    let hole = this.size++;
    while (hole > 0) {
      const parent = (hole - 1) >> 1;
      if (!this.#isBefore(tick, sequence, parent)) break;
      this.#move(parent, hole);
      hole = parent;
    }
    this.#put(hole, tick, sequence, a, b);
    this.firstTick = this.#ticks[0]!;
  }

  /** Take the first event. The caller checks {@link size}. */
  pop(): FarEvent {
    const popped = this.#popped;
    popped.tick = this.#ticks[0]!;
    popped.a = this.#pairs[0]!;
    popped.b = this.#pairs[1]!;
    const last = --this.size;
    if (last > 0) this.#sink(last);
    this.firstTick = last > 0 ? this.#ticks[0]! : Number.POSITIVE_INFINITY;
    return popped;
  }

  /** Put the event at `last` where the root was, and let it fall to its place. */
  #sink(last: number): void {
    const tick = this.#ticks[last]!;
    const sequence = this.#sequences[last]!;
    const a = this.#pairs[last * 2]!;
    const b = this.#pairs[last * 2 + 1]!;
    let hole = 0;
    for (;;) {
      let child = hole * 2 + 1;
      if (child >= last) break;
      const right = child + 1;
      if (right < last && this.#isBefore(this.#ticks[right]!, this.#sequences[right]!, child)) child = right;
      if (this.#isBefore(tick, sequence, child)) break;
      this.#move(child, hole);
      hole = child;
    }
    this.#put(hole, tick, sequence, a, b);
  }

  #isBefore(tick: number, sequence: number, index: number): boolean {
    const other = this.#ticks[index]!;
    return tick < other || (tick === other && sequence < this.#sequences[index]!);
  }

  #move(from: number, to: number): void {
    this.#put(
      to,
      this.#ticks[from]!,
      this.#sequences[from]!,
      this.#pairs[from * 2]!,
      this.#pairs[from * 2 + 1]!,
    );
  }

  #put(index: number, tick: number, sequence: number, a: number, b: number): void {
    this.#ticks[index] = tick;
    this.#sequences[index] = sequence;
    this.#pairs[index * 2] = a;
    this.#pairs[index * 2 + 1] = b;
  }

  #grow(): void {
    const ticks = new Float64Array(this.#ticks.length * 2);
    const sequences = new Float64Array(ticks.length);
    const pairs = new Int32Array(ticks.length * 2);
    ticks.set(this.#ticks);
    sequences.set(this.#sequences);
    pairs.set(this.#pairs);
    this.#ticks = ticks;
    this.#sequences = sequences;
    this.#pairs = pairs;
  }
}
