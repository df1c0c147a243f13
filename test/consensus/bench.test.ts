import { expect, test } from 'vitest';
import { runConsensusBench } from '../../cli/bench/consensus.ts';

test('the benchmark decides, counts signatures and states its goal', async () => {
  const report = await runConsensusBench({ sizes: [4], pairCount: 1, halfMs: 20 });
  expect(report.bench).toBe('consensus');
  // A proposal, four prevotes, four precommits are signed; nobody checks more than it needs for two quorums.
  expect(report.figures['n4.signaturesPerDecision']).toBe(9);
  expect(report.figures['n4.checksPerDecisionAndMember']).toBeLessThanOrEqual(2 * 3 + 1);
  expect(report.goals).toHaveLength(1);
});
