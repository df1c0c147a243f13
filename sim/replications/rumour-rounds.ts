import { RandomStream } from '../clock/random.ts';
import type { Figure, Replication } from './replication.ts';

const sizes = [1024, 16_384] as const;
const rumoursPerSeed = 10;

/** Rounds until a rumour that everybody pushes to one random other has reached all. */
export const rumourRounds: Replication = {
  id: 'rumour-rounds',
  title: 'A pushed rumour reaches all of n peers in about log2 n + ln n rounds',
  citation:
    'Pittel 1987, On spreading a rumor; Doerr and Künnemann 2014, Tight analysis of randomized rumor spreading in complete graphs',
  mechanism:
    'in each round every peer that knows the rumour tells one peer drawn at random; rounds are counted',
  inputs: {
    sizes: sizes.join(', '),
    start: 'one peer knows',
    rumours: `${rumoursPerSeed} a seed (chosen here)`,
  },
  confirmed: 'Process and both bounds read in the abstract of Doerr and Künnemann 2014.',
  seedCount: 30,
  figures: sizes.map(
    (size): Figure => ({
      name: `rounds${size}`,
      about: `rounds until all of ${size} know`,
      band: {
        low: Math.floor(Math.log2(size)) + Math.log(size) - 1.116,
        high: Math.ceil(Math.log2(size)) + Math.log(size) + 2.765,
      },
      why: '⌊log2 n⌋ + ln n − 1.116 ≤ E ≤ ⌈log2 n⌉ + ln n + 2.765',
      halfWidthMax: 0.5,
    }),
  ),
  measure(seed) {
    const sample: Record<string, number> = {};
    for (const size of sizes) {
      const random = RandomStream.fromSeed(seed).split('rumour', size);
      let rounds = 0;
      for (let i = 0; i < rumoursPerSeed; i++) rounds += spreadRumour(size, random);
      sample[`rounds${size}`] = rounds / rumoursPerSeed;
    }
    return sample;
  },
};

function spreadRumour(size: number, random: RandomStream): number {
  const knows = new Uint8Array(size);
  const knowing = [0];
  knows[0] = 1;
  for (let round = 1; ; round++) {
    for (let i = knowing.length; i > 0; i--) {
      const told = random.below(size);
      if (knows[told] === 1) continue;
      knows[told] = 1;
      knowing.push(told);
    }
    if (knowing.length === size) return round;
  }
}
