/** Coalitions inside coalitions: small enough for every run; the thousand is `ampmesh sim sweep enterprise`. */
import { expect, test } from 'vitest';
import { enterpriseModel } from '../../sim/models/index.ts';

const network = { latency: { kind: 'uniform', minMs: 10, maxMs: 120 } };
const run = (agents: number, seed: number, more: Record<string, unknown> = {}) =>
  enterpriseModel.run({ agents, network, workMs: 20_000, leaseMs: 30_000, ...more }, seed);

test('six deliverables come whole, from teams in teams, and a tenth of the agents may die', () => {
  for (const deadShare of [0, 0.1]) {
    const { metrics } = run(100, 1, { deadShare });
    expect(metrics).toMatchObject({ deliverables: 6, wholeShare: 1, depth: 3, died: deadShare * 100 });
    expect(metrics.makespanMs).toBeLessThan(1_800_000);
  }
});

test('a thousand agents talk no more, each, than log n allows after a hundred, and nobody is in the middle', () => {
  const [hundred, thousand] = [run(100, 2).metrics, run(1_000, 2).metrics];
  expect(thousand).toMatchObject({ deliverables: 6, wholeShare: 1, depth: 4 });
  const growth = thousand.messagesPerAgent! / hundred.messagesPerAgent!;
  expect(growth).toBeLessThanOrEqual(Math.log(1_000) / Math.log(100));
  expect(thousand.largestShare).toBeLessThanOrEqual(0.02);
});

test('the same seed gives the same run', () => {
  expect(run(100, 3, { deadShare: 0.1 }).digest).toBe(run(100, 3, { deadShare: 0.1 }).digest);
});
