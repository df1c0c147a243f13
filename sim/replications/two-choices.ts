import { RandomStream } from '../clock/random.ts';
import type { Figure, Replication } from './replication.ts';

const bins = 100_000;
/** Share of bins that hold at least so many, by the fluid limit of the source. */
const published = { 1: 0.7616, 2: 0.2295, 3: 0.0089 } as const;

/** Tasks that go to the less loaded of two random workers. */
export const twoChoices: Replication = {
  id: 'two-choices',
  title: 'Asking two random workers and taking the less loaded one flattens the load',
  citation:
    'Azar, Broder, Karlin and Upfal 1999; Mitzenmacher 2001, The power of two choices in randomized load balancing',
  mechanism:
    'n tasks come one after another, each asks d random workers for their load and goes to the least; loads are counted at the end',
  inputs: { workers: bins, tasks: bins, d: '1 and 2' },
  confirmed:
    'The load shares are the solution of ds_i/dt = s_(i−1)^2 − s_i^2 at t = 1 (a test integrates it); the bound for the fullest as cited.',
  seedCount: 20,
  figures: [
    ...([1, 2, 3] as const).map(
      (load): Figure => ({
        name: `atLeast${load}`,
        about: `share of workers with at least ${load} tasks, d = 2`,
        band: { low: published[load] - 0.00005, high: published[load] + 0.00005 },
        why: `${published[load]}, to the digits printed`,
        halfWidthMax: 0.002,
      }),
    ),
    {
      name: 'fullestOfTwo',
      about: 'tasks at the fullest worker, d = 2',
      band: {
        low: Math.log(Math.log(bins)) / Math.log(2) - 1,
        high: Math.log(Math.log(bins)) / Math.log(2) + 1,
      },
      why: 'ln ln n / ln 2 + O(1); the constant taken as at most 1, either way',
    },
    {
      name: 'fullestOfOne',
      about: 'tasks at the fullest worker, d = 1',
      band: {
        low: Math.log(bins) / Math.log(Math.log(bins)),
        high: 3 * (Math.log(bins) / Math.log(Math.log(bins))),
      },
      why: '(1 + o(1)) ln n / ln ln n, from above at this size; 3 ln n / ln ln n bounds it with high probability',
    },
  ],
  measure(seed) {
    const one = place(1, RandomStream.fromSeed(seed).split('choices', 1));
    const two = place(2, RandomStream.fromSeed(seed).split('choices', 2));
    const atLeast = (load: number) => two.filter((held) => held >= load).length / bins;
    return {
      atLeast1: atLeast(1),
      atLeast2: atLeast(2),
      atLeast3: atLeast(3),
      fullestOfTwo: two.reduce((most, held) => Math.max(most, held), 0),
      fullestOfOne: one.reduce((most, held) => Math.max(most, held), 0),
    };
  },
};

function place(choices: number, random: RandomStream): Uint16Array {
  const loads = new Uint16Array(bins);
  for (let task = 0; task < bins; task++) {
    let best = random.below(bins);
    for (let i = 1; i < choices; i++) {
      const other = random.below(bins);
      if (loads[other]! < loads[best]!) best = other;
    }
    loads[best]!++;
  }
  return loads;
}
