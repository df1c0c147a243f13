/** What js-libp2p does beyond the specification, in the model. Whether it truly does: `test/sim-live/`. */
import { expect, test } from 'vitest';
import { RandomStream } from '../clock/random.ts';
import { EventScheduler } from '../clock/scheduler.ts';
import { ticksPerMs } from '../clock/ticks.ts';
import { PeerGraph } from '../network/peer-graph.ts';
import { GossipNetwork } from './gossip-network.ts';
import { runGossipPopulation } from './population.ts';
import { defaultGossipSettings, type GossipSettings } from './settings.ts';

function run(settings: Partial<GossipSettings>) {
  const delays: number[] = [];
  const { counters, meanMeshDegree, digest } = runGossipPopulation({
    seed: 3,
    peerCount: 60,
    dialCount: 10,
    link: { latency: { kind: 'uniform', minMs: 10, maxMs: 150 } },
    settings: { floodPublish: false, ...settings },
    sourceCount: 5,
    messageCount: 20,
    messageIntervalMs: 500,
    warmUpMs: 3000,
    lingerMs: 3000,
    delivered: (_publication, _peer, delayMs) => delays.push(delayMs),
  });
  delays.sort((a, b) => a - b);
  return { counters, meanMeshDegree, digest, medianMs: delays[delays.length >> 1]! };
}

const byBook = run({});
const js = run({ implementation: 'js-libp2p' });

test('a mesh that fills from whoever is heard of first is smaller and of quicker links', () => {
  expect(js.meanMeshDegree).toBeGreaterThanOrEqual(4);
  expect(js.meanMeshDegree).toBeLessThan(byBook.meanMeshDegree - 1);
  expect(js.medianMs).toBeLessThan(byBook.medianMs);
});

test('it still reaches everyone, at a smaller cost', () => {
  expect(js.counters.deliveries).toBe(20 * 59);
  expect(js.counters.sends).toBeLessThan(byBook.counters.sends);
});

test('a message goes back to its publisher when another brought it, which the specification forbids', () => {
  // 0 reaches 2 sooner by way of 1 than directly, so 2 has heard from 1 and has 0 in its mesh.
  const countSends = (implementation: GossipSettings['implementation']) => {
    const scheduler = new EventScheduler();
    const graph = new PeerGraph({ peerCount: 3 });
    const network = new GossipNetwork(
      {
        scheduler,
        graph,
        link: { delayTicks: (from, to) => (from + to === 2 ? 100 : 10) * ticksPerMs },
        random: RandomStream.fromSeed(1),
      },
      { settings: { ...defaultGossipSettings, implementation, floodPublish: false }, topicCount: 1 },
    );
    for (const [from, to] of [
      [0, 1],
      [1, 2],
      [0, 2],
    ] as const)
      network.connect(from, to);
    for (let peer = 0; peer < 3; peer++) network.subscribe(peer, 0);
    const runUntil = (ms: number) => scheduler.run(ms * ticksPerMs, (a, b) => void network.handle(a, b));
    runUntil(1000);
    network.publish(0, 0, 1000);
    runUntil(2000);
    return network.counters.sends;
  };
  expect(countSends('specification')).toBe(3);
  expect(countSends('js-libp2p')).toBe(4);
});

test('the same seed gives the same run', () => {
  expect(run({ implementation: 'js-libp2p' }).digest).toBe(js.digest);
});
