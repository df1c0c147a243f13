/** `Rng` from a seed: xoroshiro128+, split by name so that one part's draws never shift another's. */
import { createHash } from 'node:crypto';
import type { Rng } from '../../protocol/ports.ts';
import { Xoroshiro128Plus } from '../clock/xoroshiro.ts';

export interface SimRng extends Rng {
  /** A uniform integer in [0, bound); `bound` at most 2^32. */
  below(bound: number): number;
  /** True with the given probability, 0 to 1. */
  chance(probability: number): boolean;
  /** A generator of its own, given by this one's seed and `name` alone, however much was drawn before. */
  split(name: string): SimRng;
}

/** The same seed gives the same numbers on every machine. */
export function createSimRng(seed: number | string): SimRng {
  return new SeededRng(seed);
}

class SeededRng implements SimRng {
  readonly #seed: number | string;
  readonly #generator: Xoroshiro128Plus;

  constructor(seed: number | string) {
    this.#seed = seed;
    const state = createHash('sha256').update(`ampmesh-sim ${seed}`).digest();
    this.#generator = new Xoroshiro128Plus(
      state.readInt32LE(0),
      state.readInt32LE(4),
      state.readInt32LE(8),
      state.readInt32LE(12),
    );
  }

  uint32(): number {
    return this.#generator.next() >>> 0;
  }

  bytes(count: number): Uint8Array {
    const bytes = new Uint8Array(count);
    for (let i = 0; i < count; i += 4) {
      const word = this.uint32();
      for (let j = 0; j < 4 && i + j < count; j++) bytes[i + j] = word >>> (8 * j);
    }
    return bytes;
  }

  below(bound: number): number {
    // Numbers of the last, incomplete round are drawn again: each value keeps the same chance.
    const limit = 2 ** 32 - (2 ** 32 % bound);
    for (;;) {
      const value = this.uint32();
      if (value < limit) return value % bound;
    }
  }

  chance(probability: number): boolean {
    return this.uint32() < probability * 2 ** 32;
  }

  split(name: string): SimRng {
    return new SeededRng(`${this.#seed}/${name}`);
  }
}
