import { describe, expect, it } from 'vitest';
import { histogramBand, measureGap, publishedHistogram, runGossipHistogram } from './published-histogram.ts';

const seeds = Array.from({ length: 30 }, (_, i) => i + 1);

describe('the published gossipsub histogram', () => {
  it('comes out of thirty seeds within 3 % of the sends and a gap of 0.08', () => {
    const run = runGossipHistogram(seeds);
    expect(run.deliveries).toBe(59_940);
    expect(publishedHistogram.buckets.reduce((sum, count) => sum + count, 0)).toBe(59_940);
    expect(Math.abs(run.sendsOff)).toBeLessThanOrEqual(histogramBand.sendsShareMax);
    expect(run.distributionGap).toBeLessThanOrEqual(histogramBand.distributionGapMax);
  });

  it('does not come out with flood publishing, nor with twice the mesh', () => {
    const flooding = runGossipHistogram(seeds.slice(0, 3), { floodPublish: true });
    expect(flooding.distributionGap).toBeGreaterThan(0.3);
    const wide = runGossipHistogram(seeds.slice(0, 3), {
      floodPublish: false,
      degree: 12,
      degreeLow: 8,
      degreeHigh: 24,
    });
    expect(Math.abs(wide.sendsOff)).toBeGreaterThan(0.3);
  });

  it('measures the gap of two distributions as the largest difference of their running shares', () => {
    expect(measureGap([1, 1], [10, 10])).toBe(0);
    expect(measureGap([1, 0, 0], [0, 0, 1])).toBe(1);
    expect(measureGap([1, 1, 2], [2, 1, 1])).toBeCloseTo(0.25);
  });
});
