/** The claims of the learning benchmark, on a slice of its worlds. */
import { describe, expect, it } from 'vitest';
import { runLearningBench } from '../../cli/bench/learning.ts';

describe('learning', () => {
  it('pays: more success than no memory, cheaper, drifts found, better first teams', {
    timeout: 60_000,
  }, async () => {
    const { figures } = await runLearningBench({ worldCount: 40 });
    expect(figures.successOverMemorylessLow).toBeGreaterThan(0);
    expect(figures.successRiseLow).toBeGreaterThan(0);
    expect(figures.costOverBestSoFarHigh).toBeLessThan(0);
    expect(figures.driftDetectedWithin50).toBeGreaterThanOrEqual(0.95);
    expect(figures.driftShareAfterOverBefore).toBeLessThan(0.5);
    expect(figures.firstTeamGainLow).toBeGreaterThan(0);
  });
});
