import { describe, expect, test } from 'vitest';
import { runReputationBench } from '../../cli/bench/reputation.ts';

describe('choosing among 50 agents of which 30 % bid falsely high', () => {
  test('picks a capable agent at least 95 % of the time after 20 rounds, and no ranking or chance does', {
    timeout: 300_000,
  }, async () => {
    const runCount = Number(process.env.AMPMESH_RUNS ?? 2);
    const { figures, goals } = await runReputationBench({ runCount, scenarios: ['steady', 'praise'] });
    expect(goals.every((goal) => goal.ok)).toBe(true);
    expect(figures['steady.ours']).toBeGreaterThanOrEqual(0.95);
    expect(figures['steady.highestBid']).toBeLessThan(0.3);
    expect(figures['steady.random']).toBeLessThan(0.4);
    expect(figures['praise.ours']).toBeGreaterThan(figures['praise.bestSoFar']!);
  });
});
