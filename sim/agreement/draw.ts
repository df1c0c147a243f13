/** Seeded choices for the adversary and the network. */
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

export interface Draw {
  /** A uniform integer in [0, below). */
  below(below: number): number;
  /** An integer in [from, to]. */
  between(from: number, to: number): number;
  chance(probability: number): boolean;
  pick<T>(items: readonly T[]): T;
  /** Some of the items: each with the given probability. */
  some<T>(items: readonly T[], probability: number): T[];
  shuffle<T>(items: readonly T[]): T[];
}

export function createDraw(seed: number): Draw {
  // Small seeds of this generator start alike: spread them first (Knuth's multiplicative hash).
  const generator = xoroshiro128plus(Math.imul(seed + 1, 0x9e3779b1));
  const next = () => (generator.next() >>> 0) / 0x1_0000_0000;
  for (let i = 0; i < 4; i++) generator.next();
  const below = (count: number) => Math.floor(next() * count);
  return {
    below,
    between: (from, to) => from + below(to - from + 1),
    chance: (probability) => next() < probability,
    pick: (items) => items[below(items.length)]!,
    some: (items, probability) => items.filter(() => next() < probability),
    shuffle(items) {
      const shuffled = [...items];
      for (let i = shuffled.length - 1; i > 0; i--) {
        const j = below(i + 1);
        [shuffled[i], shuffled[j]] = [shuffled[j]!, shuffled[i]!];
      }
      return shuffled;
    },
  };
}
