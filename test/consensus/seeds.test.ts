/**
 * Random adversaries. The slice runs in CI; AMPMESH_CONSENSUS_SEEDS=long runs a million. One seed again:
 * `runSeed({ engine: realEngine, n, seed })`.
 */
import { expect, test } from 'vitest';
import { realEngine } from '../../sim/agreement/engine.ts';
import { percentile, runSeed } from '../../sim/agreement/seeds.ts';

const isLong = process.env.AMPMESH_CONSENSUS_SEEDS === 'long';
const slices = [
  { n: 4, ci: 17_400, long: 700_000 },
  { n: 7, ci: 2_400, long: 200_000 },
  { n: 10, ci: 150, long: 60_000 },
  { n: 16, ci: 40, long: 30_000 },
  { n: 31, ci: 10, long: 10_000 },
];
/** Rounds begun after stabilisation, over all seeds of the run. */
const allRounds: number[] = [];

for (const { n, ci, long } of slices) {
  const seedCount = isLong ? long : ci;
  test(`n = ${n}: in ${seedCount} seeds nobody disagrees, all decide once the network is stable`, {
    timeout: 86_400_000,
  }, () => {
    const failed: string[] = [];
    const rounds: number[] = [];
    const coverage = new Set<string>();
    const startedMs = performance.now();
    for (let seed = 1; seed <= seedCount; seed++) {
      const run = runSeed({ engine: realEngine, n, seed });
      if (run.violations.length > 0 || !run.isDecided)
        failed.push(`seed ${seed}: ${run.violations[0] ?? 'undecided'}`);
      rounds.push(run.roundCount);
      for (const turn of run.world.coverage.keys()) coverage.add(turn);
    }
    const perSecond = (seedCount / (performance.now() - startedMs)) * 1_000;
    for (const round of rounds) allRounds.push(round);
    console.log(
      `n=${n} seeds=${seedCount} p50=${percentile(rounds, 0.5)} p99=${percentile(rounds, 0.99)} ` +
        `max=${rounds.reduce((a, b) => Math.max(a, b), 0)} rounds, ${perSecond.toFixed(0)} runs/s`,
    );
    expect(failed).toEqual([]);
    if (n === 4) expect([...coverage].sort()).toEqual(everyTurn);
  });
}

test('after stabilisation the 99th percentile decides within 4 rounds', () => {
  expect(allRounds.length).toBeGreaterThanOrEqual(20_000);
  expect(percentile(allRounds, 0.99)).toBeLessThanOrEqual(4);
});

/** What the runs with four members must have gone through for their silence to mean anything. */
const everyTurn = [
  'amnesia',
  'decision',
  'double-proposal',
  'double-vote',
  'laggard answered',
  'polka',
  'precommit',
  'precommit nil',
  'prevote',
  'prevote nil',
  'prevote on a polka',
  'proposal again',
  'proposal fresh',
  'restart',
  'round',
  'round skipped',
];

test('safety does not lean on certificates: without any, nobody disagrees', () => {
  for (const { n, seedCount } of [
    { n: 4, seedCount: 1_500 },
    { n: 7, seedCount: 150 },
  ]) {
    for (let seed = 1; seed <= seedCount; seed++) {
      const { violations } = runSeed({ engine: realEngine, n, seed, certificates: false });
      expect(violations, `n ${n} seed ${seed}`).toEqual([]);
    }
  }
});

test('one seed, one run: again it ends at the same instant after the same messages', () => {
  for (let seed = 1; seed <= 50; seed++) {
    const [a, b] = [1, 2].map(() => runSeed({ engine: realEngine, n: 4, seed }));
    expect(a!.world.counts).toEqual(b!.world.counts);
    expect(a!.world.nowMs).toBe(b!.world.nowMs);
  }
});
