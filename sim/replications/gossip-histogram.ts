import {
  gossipV10,
  histogramBand,
  measureGap,
  publishedHistogram,
  runGossipHistogram,
} from '../gossip/published-histogram.ts';
import { atMost, type Replication, type Sample } from './replication.ts';

const buckets = (samples: readonly Sample[]) =>
  publishedHistogram.buckets.map((_, i) => samples.reduce((sum, sample) => sum + sample[`bucket${i}`]!, 0));

/** The delays and the cost of gossipsub among a thousand nodes. */
export const gossipHistogram: Replication = {
  id: 'gossip-histogram',
  title: 'Gossipsub spreads 60 messages among 1,000 nodes: sends, and delays per 100 ms',
  citation:
    'Vyzovitis, gerbil-simsub, simple-gossipsub v1.0 simulation (the abstract simulator of its author)',
  mechanism:
    'gossipsub v1.0 in this simulator: meshes, heartbeats, IHAVE and IWANT, links with delay and jitter; ' +
    'sends and delays emerge',
  inputs: {
    nodes: 1000,
    dials: 20,
    sources: 5,
    messages: 60,
    latencyMs: '10 to 150, uniform',
    jitter: 'lengthens by up to a tenth',
  },
  confirmed:
    'Inputs and histogram from the source’s published run, as recorded in gossip/published-histogram.ts.',
  seedCount: 30,
  figures: [
    {
      name: 'sendsOff',
      about: 'whole messages sent, relative to the published 377,370, less one',
      band: { low: -histogramBand.sendsShareMax, high: histogramBand.sendsShareMax },
      why: 'the source is one run on one topology; 3 % is the spread between topologies',
    },
    {
      name: 'distributionGap',
      about: 'largest gap between the cumulative delay distributions, pooled over the seeds',
      band: atMost(histogramBand.distributionGapMax),
      why: 'the published histogram; 0.08 is the spread between topologies',
      estimate: (samples) => measureGap(buckets(samples), publishedHistogram.buckets),
    },
  ],
  measure(seed) {
    const run = runGossipHistogram([seed], gossipV10);
    const sample: Record<string, number> = { sendsOff: run.sendsOff };
    for (let i = 0; i < Math.max(run.buckets.length, publishedHistogram.buckets.length); i++)
      sample[`bucket${i}`] = run.buckets[i] ?? 0;
    return sample;
  },
};
