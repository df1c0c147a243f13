/**
 * Seeded randomness in independent streams. A stream is named by its path (`"peer" 17 "mesh"`), so one more
 * draw in one place does not shift the draws of another, and a smaller run keeps the rest as it was.
 */
import { Xoroshiro128Plus } from './xoroshiro.ts';

export class RandomStream {
  readonly #path: readonly [number, number, number, number];
  readonly #generator: Xoroshiro128Plus;

  private constructor(path: readonly [number, number, number, number]) {
    this.#path = path;
    this.#generator = new Xoroshiro128Plus(...path);
  }

  /** The root stream of a run. `seed` is any safe integer. */
  static fromSeed(seed: number): RandomStream {
    return new RandomStream(
      mix([0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a], [seed, Math.floor(seed / 2 ** 32)]),
    );
  }

  /** An independent stream. The same names from the same stream give the same stream, whatever was drawn. */
  split(...names: readonly (string | number)[]): RandomStream {
    let path = this.#path;
    for (const name of names)
      path = mix(path, typeof name === 'number' ? [name, 1] : [...codeUnits(name), 2]);
    return new RandomStream(path);
  }

  /** A uniform integer in [0, 2^32). */
  uint32(): number {
    return this.#generator.next() >>> 0;
  }

  /** A uniform number in [0, 1) with 32 bits. */
  unit(): number {
    return (this.#generator.next() >>> 0) * 2 ** -32;
  }

  /** A uniform integer in [0, bound), bound at most 2^31. Bias below bound / 2^32. */
  below(bound: number): number {
    return Math.floor((this.#generator.next() >>> 0) * 2 ** -32 * bound);
  }

  /** Standard normal, by Box and Muller 1958. */
  normal(): number {
    const radius = Math.sqrt(-2 * Math.log(1 - this.unit()));
    return radius * Math.cos(2 * Math.PI * this.unit());
  }

  /** Exponential with the given mean. */
  exponential(mean: number): number {
    return -mean * Math.log(1 - this.unit());
  }

  bytes(count: number): Uint8Array {
    const bytes = new Uint8Array(count);
    for (let i = 0; i < count; i++) bytes[i] = this.#generator.next() >>> 24;
    return bytes;
  }

  /** Put a list into a uniformly random order, in place (Fisher and Yates). */
  shuffle<T extends { length: number; [index: number]: unknown }>(list: T): T {
    for (let i = list.length - 1; i > 0; i--) {
      const j = this.below(i + 1);
      const kept = list[i];
      list[i] = list[j];
      list[j] = kept;
    }
    return list;
  }
}

/** A well-mixed 32-bit hash of two integers: link properties that need no memory. */
export function hashPair(seed: number, low: number, high: number): number {
  let x = Math.imul(low ^ seed, 0x9e3779b1);
  x = Math.imul(x ^ (x >>> 15) ^ high, 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return (x ^ (x >>> 16)) >>> 0;
}

function codeUnits(text: string): number[] {
  return Array.from({ length: text.length }, (_, i) => text.charCodeAt(i));
}

/** Four lanes of murmur-like mixing; never all zero, which xoroshiro could not leave. */
function mix(
  path: readonly [number, number, number, number],
  words: readonly number[],
): [number, number, number, number] {
  const lanes: [number, number, number, number] = [...path];
  for (const word of [...words, words.length, 0, 0, 0]) {
    for (let lane = 0; lane < 4; lane++) {
      const before = lanes[(lane + 3) & 3]!;
      lanes[lane] = hashPair(lanes[lane]! + lane, word | 0, before) | 0;
    }
  }
  return lanes.every((lane) => lane === 0) ? [1, 2, 3, 4] : lanes;
}
