import { RandomStream } from '../clock/random.ts';
import { type Replication, rounded } from './replication.ts';

const size = 10_000;
const cycles = 15;

/** How fast averages over gossip come together. */
export const aggregation: Replication = {
  id: 'gossip-aggregation',
  title: 'Push-pull averaging divides the variance by 2√e in each cycle',
  citation:
    'Jelasity, Montresor and Babaoglu 2005, Gossip-based aggregation in large dynamic networks (ACM TOCS 23(3))',
  mechanism:
    'once a cycle each peer picks a random other and both take the mean of their values; the variance is measured after each cycle',
  inputs: {
    peers: size,
    cycles,
    start: 'uniform random values',
    order: 'random in each cycle (a fixed one gives 0.293)',
  },
  confirmed:
    'Protocol read in a summary of the paper; the factor 1/(2√e) ≈ 0.303 as it is commonly cited from it.',
  seedCount: 30,
  figures: [
    {
      name: 'factor',
      about: 'variance after a cycle ÷ before, geometric mean over the cycles',
      band: rounded(1 / (2 * Math.sqrt(Math.E)), 3),
      why: '1/(2√e) = 0.303, printed to three digits',
      halfWidthMax: 0.01,
    },
  ],
  measure(seed) {
    const random = RandomStream.fromSeed(seed).split('aggregation');
    const values = Float64Array.from({ length: size }, () => random.unit());
    const order = Array.from({ length: size }, (_, peer) => peer);
    const before = variance(values);
    for (let cycle = 0; cycle < cycles; cycle++) exchange(values, random.shuffle(order), random);
    return { factor: (variance(values) / before) ** (1 / cycles) };
  },
};

function exchange(values: Float64Array, order: readonly number[], random: RandomStream): void {
  for (const peer of order) {
    const drawn = random.below(values.length - 1);
    const other = drawn >= peer ? drawn + 1 : drawn;
    const mean = (values[peer]! + values[other]!) / 2;
    values[peer] = mean;
    values[other] = mean;
  }
}

function variance(values: Float64Array): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
}
