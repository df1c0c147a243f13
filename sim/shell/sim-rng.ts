/** `Rng` from a seed: xoroshiro128+, split by name so that one part's draws never shift another's. */
import { createHash } from 'node:crypto';
import { xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus';
import type { Rng } from '../../protocol/ports.ts';

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
  const state = createHash('sha256').update(`ampmesh-sim ${seed}`).digest();
  const words = [0, 4, 8, 12].map((offset) => state.readInt32LE(offset));
  const generator = xoroshiro128plusFromState(words);
  const uint32 = () => generator.next() >>> 0;

  return {
    uint32,
    bytes(count) {
      const bytes = new Uint8Array(count);
      for (let i = 0; i < count; i += 4) {
        const word = uint32();
        for (let j = 0; j < 4 && i + j < count; j++) bytes[i + j] = word >>> (8 * j);
      }
      return bytes;
    },
    below(bound) {
      // Numbers of the last, incomplete round are drawn again: each value keeps the same chance.
      const limit = 2 ** 32 - (2 ** 32 % bound);
      for (;;) {
        const value = uint32();
        if (value < limit) return value % bound;
      }
    },
    chance: (probability) => uint32() < probability * 2 ** 32,
    split: (name) => createSimRng(`${seed}/${name}`),
  };
}
