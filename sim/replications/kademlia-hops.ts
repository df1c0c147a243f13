import { RandomStream } from '../clock/random.ts';
import { KademliaNetwork } from '../kademlia/kademlia-network.ts';
import { createLinkModel } from '../network/link-model.ts';
import { atMost, type Replication } from './replication.ts';

const sizes = [250, 1000, 4000, 16_000, 64_000] as const;
const bucketSize = 20;
const lookups = 300;

/** Hops of a lookup against the size of the network. */
export const kademliaHops: Replication = {
  id: 'kademlia-hops',
  title: 'Kademlia lookups take a number of hops that grows with log n',
  citation:
    'Maymounkov and Mazières 2002, Kademlia, sections 2.3 and 3 (lookups in log n + c steps, h − log k for depth h)',
  mechanism:
    'iterative lookups over converged routing tables of 250 to 64,000 peers; hops are counted, not computed',
  inputs: {
    k: bucketSize,
    alpha: 3,
    sizes: sizes.join(', '),
    lookups: `${lookups} random keys a size (chosen here)`,
  },
  confirmed:
    'k, alpha and the bound as the paper is commonly cited (also Cai and Devroye 2013: about c log n, read in abstract).',
  seedCount: 10,
  figures: [
    {
      name: 'slope',
      about: 'further hops for each doubling of the network, least squares over five sizes',
      band: { low: 0.05, high: 1 },
      why: 'each step at least halves the distance, so at most one hop a doubling; growth at all tells log n from a constant',
      halfWidthMax: 0.1,
    },
    {
      name: 'linearity',
      about: 'R² of hops against log n',
      band: { low: 0.95, high: 1 },
      why: 'logarithmic: over a 256-fold range a constant, a root or a line would leave the fit',
    },
    {
      name: 'overBound',
      about: 'largest mean hops ÷ (log2 n − log2 k), over the sizes',
      band: atMost(1),
      why: 'section 3: h − log k steps',
    },
  ],
  measure(seed) {
    const hops = sizes.map((size) => meanHops(size, seed));
    const { slope, squaredR } = fitLine(sizes.map(Math.log2), hops);
    const overBound = Math.max(...sizes.map((size, i) => hops[i]! / Math.log2(size / bucketSize)));
    return { slope, linearity: squaredR, overBound };
  },
};

function meanHops(peerCount: number, seed: number): number {
  const random = RandomStream.fromSeed(seed).split('kademlia-hops', peerCount);
  const link = createLinkModel(
    { latency: { kind: 'uniform', minMs: 10, maxMs: 150 } },
    random.split('links'),
    peerCount,
  );
  const network = new KademliaNetwork({ link, random: random.split('network') }, { peerCount, bucketSize });
  network.startConverged(Array.from({ length: peerCount }, (_, peer) => peer));
  let hops = 0;
  for (let i = 0; i < lookups; i++)
    hops += network.lookup(random.below(peerCount), random.uint32(), random.uint32()).hops;
  return hops / lookups;
}

/** Least squares. */
export function fitLine(x: readonly number[], y: readonly number[]): { slope: number; squaredR: number } {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [meanX, meanY] = [mean(x), mean(y)];
  const sum = (f: (i: number) => number) => x.reduce((total, _, i) => total + f(i), 0);
  const xx = sum((i) => (x[i]! - meanX) ** 2);
  const yy = sum((i) => (y[i]! - meanY) ** 2);
  const xy = sum((i) => (x[i]! - meanX) * (y[i]! - meanY));
  return { slope: xy / xx, squaredR: yy === 0 ? 0 : xy ** 2 / (xx * yy) };
}
