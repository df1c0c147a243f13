/** The replications: a slice of seeds on each commit, all of them with AMPMESH_REPLICATIONS=all. */
import { expect, test } from 'vitest';
import { eil51, tourLength } from '../../sim/replications/ant-colony.ts';
import { MajorityQuestion } from '../../sim/replications/ballots.ts';
import { deFinettiLimit } from '../../sim/replications/correlated-jury.ts';
import {
  formatReplications,
  judgeSamples,
  replications,
  runReplications,
} from '../../sim/replications/index.ts';

const isLong = process.env.AMPMESH_REPLICATIONS === 'all';
/** Enough seeds for the intervals that the figures ask for, in seconds. */
const sliceSeeds: Readonly<Record<string, number>> = {
  'gossip-histogram': 5,
  'kademlia-hops': 2,
  'gossip-fanout': 10,
  'condorcet-majority': 20,
  'correlated-jury': 30,
  'byzantine-third': 4,
  'ant-colony': 0,
};
const seedsOf = (id: string, count: number) =>
  Array.from({ length: isLong ? count : (sliceSeeds[id] ?? count) }, (_, i) => i + 1);

for (const { id, title, seedCount } of replications) {
  const seeds = seedsOf(id, seedCount);
  test.skipIf(seeds.length === 0)(`${id}: ${title}`, { timeout: 600_000 }, async () => {
    const { results, table } = await runReplications({ ids: [id], seeds });
    expect(results[0]!.pass, table).toBe(true);
  });
}

test('at least eight replications, each with a citation, inputs, a mechanism and what was confirmed', () => {
  expect(replications.length).toBeGreaterThanOrEqual(8);
  expect(new Set(replications.map(({ id }) => id)).size).toBe(replications.length);
  for (const { citation, mechanism, inputs, confirmed, figures } of replications) {
    expect(citation).toMatch(/\d{4}|gerbil-simsub/);
    expect(mechanism.length).toBeGreaterThan(40);
    expect(Object.keys(inputs).length).toBeGreaterThan(0);
    expect(confirmed.length).toBeGreaterThan(0);
    for (const { band, why } of figures) expect(band.low <= band.high && why.length > 0).toBe(true);
  }
});

test('a value outside its band fails, an interval too wide to tell fails, and the table says so', () => {
  const replication = replications.find(({ id }) => id === 'condorcet-majority')!;
  const samples = (right: readonly number[]) =>
    right.map((rightMajority) => ({ rightMajority, rightVoter: 0.6 }));
  const good = judgeSamples(replication, samples([0.978, 0.979, 0.98, 0.979]));
  expect(good.pass).toBe(true);
  const low = judgeSamples(replication, samples([0.95, 0.951, 0.949, 0.95]));
  expect(low.pass).toBe(false);
  const wide = judgeSamples(replication, samples([0.9, 1, 0.95, 1]));
  expect(wide.pass).toBe(false);
  const table = formatReplications([good, low]);
  expect(table).toContain('PASS  condorcet-majority');
  expect(table).toContain('FAIL  condorcet-majority');
  expect(table).toContain('1 of 2 pass');
  expect(table).toContain('not a language model');
});

test('workers change no byte, and an unknown name is answered with a known one', async () => {
  const ids = ['rumour-rounds', 'contract-net-messages'];
  const here = await runReplications({ ids, seeds: [1, 2, 3] });
  const there = await runReplications({ ids, seeds: [1, 2, 3], workers: 2 });
  expect(there.json).toBe(here.json);
  await expect(runReplications({ ids: ['two-choises'] })).rejects.toMatchObject({ code: 'AMP-1903' });
  await expect(runReplications({ ids: ['two-choises'] })).rejects.toThrow('two-choices');
  const stopped = AbortSignal.abort(new Error('stopped'));
  await expect(runReplications({ ids, signal: stopped })).rejects.toThrow('stopped');
});

// ---- the bands, computed another way

test('Condorcet’s 0.979 is the binomial tail of 51 and more right votes among 101', () => {
  let chance = 0.4 ** 101;
  let tail = 0;
  for (let right = 0; right <= 101; right++) {
    if (right > 50) tail += chance;
    chance *= ((101 - right) / (right + 1)) * (0.6 / 0.4);
  }
  expect(tail).toBeCloseTo(0.979, 3);
});

test('the limit of correlated votes is the mass of the beta distribution above one half', () => {
  const density = (x: number) => x ** 1.4 * (1 - x) ** 0.6;
  const integrate = (from: number) => {
    const steps = 200_000;
    let sum = 0;
    for (let i = 0; i < steps; i++)
      sum += density(from + ((i + 0.5) * (1 - from)) / steps) * ((1 - from) / steps);
    return sum;
  };
  expect(integrate(0.5) / integrate(0)).toBeCloseTo(deFinettiLimit, 3);
});

test('the published loads of two choices solve the source’s differential equations', () => {
  const loads = [1, 0, 0, 0, 0, 0, 0];
  const steps = 100_000;
  for (let step = 0; step < steps; step++)
    for (let i = loads.length - 1; i > 0; i--) loads[i]! += (loads[i - 1]! ** 2 - loads[i]! ** 2) / steps;
  const figures = replications.find(({ id }) => id === 'two-choices')!.figures;
  for (const load of [1, 2, 3]) {
    const { band } = figures.find(({ name }) => name === `atLeast${load}`)!;
    expect(loads[load]).toBeGreaterThan(band.low - 0.00002);
    expect(loads[load]).toBeLessThan(band.high + 0.00002);
  }
});

test('eil51 has 51 different cities, and going through them as listed is far from the optimum', () => {
  expect(new Set(eil51.map(String)).size).toBe(51);
  expect(tourLength(Array.from({ length: 51 }, (_, city) => city))).toBeGreaterThan(3 * 426);
});

// ---- the mechanisms, broken on purpose

test('dependent votes do not reach the independent majority, and a dictator is no majority', () => {
  const question = new MajorityQuestion(5);
  expect(question.isRight([true, true, true, false, false])).toBe(true);
  expect(question.isRight([true, true, false, false, false])).toBe(false);
});
