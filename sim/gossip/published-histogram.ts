/**
 * The published gossipsub histogram, rerun: 1,000 nodes, five sources, 60 messages.
 *
 * Taken from the source: every input below, and three facts about its protocol and links that decide the result.
 * It runs gossipsub **v1.0**, so a publisher sends to its mesh alone (flood publishing would put 52,800 of 59,940
 * deliveries below 200 ms) and no outbound quota grafts further links (which costs 2.7 % more sends). Its jitter
 * only ever lengthens a delay, by up to a tenth (a symmetric one would move the gap from 0.01 to 0.08). Gossip to
 * six peers or to a quarter of them, and the prune backoff, do not show. Emergent: sends, and every delay.
 * @see Vyzovitis, gerbil-simsub, "simple-gossipsub/v1.0-simulation" (the abstract simulator of the protocol's author)
 */
import { runGossipPopulation } from './population.ts';
import type { GossipSettings } from './settings.ts';

/** What a v1.0 router does not do. */
export const gossipV10: Partial<GossipSettings> = {
  floodPublish: false,
  degreeOut: 0,
  gossipShare: 0,
  pruneBackoffMs: 0,
};

/** The figures as published: messages sent, and deliveries per 100 ms after the source's own. */
export const publishedHistogram = { sends: 377_370, buckets: [1_334, 20_818, 36_508, 1_280] } as const;

/** How far a rerun may lie off: the source is one run on one topology, and this is the spread between topologies. */
export const histogramBand = { sendsShareMax: 0.03, distributionGapMax: 0.08 } as const;

export interface GossipHistogram {
  readonly seedCount: number;
  /** Means over the seeds. */
  readonly sends: number;
  readonly deliveries: number;
  /** Deliveries per 100 ms, means over the seeds. */
  readonly buckets: readonly number[];
  /** Sends relative to the published ones, less one. */
  readonly sendsOff: number;
  /** Largest gap between the cumulative distributions at the bucket bounds. */
  readonly distributionGap: number;
}

/** Run the published set-up once for each seed and pool the deliveries. */
export function runGossipHistogram(
  seeds: readonly number[],
  settings: Partial<GossipSettings> = gossipV10,
): GossipHistogram {
  let sends = 0;
  let deliveries = 0;
  const buckets: number[] = [];
  for (const seed of seeds) {
    const { counters } = runGossipPopulation({
      seed,
      peerCount: 1000,
      dialCount: 20,
      link: { latency: { kind: 'uniform', minMs: 10, maxMs: 150 }, jitterShare: 0.1 },
      settings,
      sourceCount: 5,
      messageCount: 60,
      messageIntervalMs: 1000,
      warmUpMs: 5000,
      lingerMs: 10_000,
    });
    sends += counters.sends;
    deliveries += counters.deliveries;
    counters.histogram(100).forEach((count, index) => {
      buckets[index] = (buckets[index] ?? 0) + count;
    });
  }
  const mean = (sum: number) => sum / seeds.length;
  return {
    seedCount: seeds.length,
    sends: mean(sends),
    deliveries: mean(deliveries),
    buckets: buckets.map(mean),
    sendsOff: mean(sends) / publishedHistogram.sends - 1,
    distributionGap: measureGap(buckets, publishedHistogram.buckets),
  };
}

/** How many values fall on each whole number, after rounding down: a histogram for {@link measureGap}. */
export function countWhole(values: readonly number[]): readonly number[] {
  const counts: number[] = [];
  for (const value of values) {
    const bucket = Math.floor(value);
    while (counts.length <= bucket) counts.push(0);
    counts[bucket] = counts[bucket]! + 1;
  }
  return counts;
}

/** Kolmogorov's distance of two histograms over the same bucket bounds. */
export function measureGap(left: readonly number[], right: readonly number[]): number {
  const leftSum = left.reduce((sum, count) => sum + count, 0);
  const rightSum = right.reduce((sum, count) => sum + count, 0);
  let leftShare = 0;
  let rightShare = 0;
  let gap = 0;
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    leftShare += (left[i] ?? 0) / leftSum;
    rightShare += (right[i] ?? 0) / rightSum;
    gap = Math.max(gap, Math.abs(leftShare - rightShare));
  }
  return gap;
}
