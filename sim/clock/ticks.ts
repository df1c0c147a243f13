/** Ticks per millisecond of virtual time: one tick is 100 µs, finer than any latency that a model gives. */
export const ticksPerMs = 10;
