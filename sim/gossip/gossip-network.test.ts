import { describe, expect, it } from 'vitest';
import type { GossipVerdict } from '../../protocol/ports.ts';
import { RandomStream } from '../clock/random.ts';
import { EventScheduler } from '../clock/scheduler.ts';
import { ticksPerMs } from '../clock/ticks.ts';
import { createLinkModel, type LinkSettings } from '../network/link-model.ts';
import { connectRandomly, PeerGraph } from '../network/peer-graph.ts';
import { GossipNetwork } from './gossip-network.ts';
import { defaultScoreSettings, PeerScores } from './peer-scores.ts';
import { runGossipPopulation } from './population.ts';
import { defaultGossipSettings, type GossipSettings } from './settings.ts';

interface NetInit {
  readonly peerCount?: number;
  readonly dialCount?: number;
  readonly topicCount?: number;
  readonly settings?: Partial<GossipSettings>;
  readonly link?: LinkSettings;
  readonly verdict?: (peer: number, message: number) => GossipVerdict;
  readonly withScores?: boolean;
  readonly seed?: number;
}

function createNet(init: NetInit = {}) {
  const { peerCount = 100, dialCount = 10 } = init;
  const random = RandomStream.fromSeed(init.seed ?? 1);
  const scheduler = new EventScheduler();
  const graph = new PeerGraph({ peerCount });
  connectRandomly(graph, dialCount, random.split('topology'));
  const delivered = new Map<number, number[]>();
  const link = init.link ?? { latency: { kind: 'uniform', minMs: 10, maxMs: 50 } };
  const { verdict } = init;
  const network: GossipNetwork = new GossipNetwork(
    {
      scheduler,
      graph,
      link: createLinkModel(link, random.split('links'), peerCount),
      random: random.split('gossip'),
      ...(init.withScores ? { scores: new PeerScores(graph, () => scheduler.nowTick) } : {}),
    },
    {
      settings: { ...defaultGossipSettings, floodPublish: false, ...init.settings },
      topicCount: init.topicCount ?? 1,
      delivered: (peer, message) => {
        delivered.set(message, [...(delivered.get(message) ?? []), peer]);
      },
      ...(verdict === undefined
        ? {}
        : { arrive: (peer, message, edge) => network.resolve(peer, message, edge, verdict(peer, message)) }),
    },
  );
  network.start();
  const runMs = (ms: number) =>
    scheduler.run(scheduler.nowTick + ms * ticksPerMs, (a, b) => void network.handle(a, b));
  return { scheduler, graph, network, delivered, runMs, topic: network.topics[0]! };
}

describe('a gossip mesh', () => {
  it('settles between the low and the high degree, and both ends agree on every link', () => {
    const { network, graph, runMs, topic } = createNet({ peerCount: 300 });
    topic.subscribeAll();
    network.start();
    runMs(10_000);
    const list = new Int32Array(graph.slotsPerPeer);
    for (let peer = 0; peer < 300; peer++) {
      const size = topic.listMesh(peer, list);
      expect(size).toBeGreaterThanOrEqual(4);
      expect(size).toBeLessThanOrEqual(12);
      expect(topic.outboundCount(peer)).toBeGreaterThanOrEqual(2);
      for (let i = 0; i < size; i++) expect(topic.has(graph.reverse[list[i]!]!)).toBe(true);
    }
  });

  it('brings every message to every peer once, and never back to its publisher', () => {
    const { network, runMs, topic, delivered } = createNet();
    topic.subscribeAll();
    runMs(3000);
    for (let i = 0; i < 40; i++) {
      network.publish(i, 0, 100);
      runMs(300);
    }
    runMs(5000);
    expect(delivered.size).toBe(40);
    for (const [message, peers] of delivered) {
      const origin = network.cache.groupOf(message).origin[message % 16]!;
      expect(new Set(peers).size).toBe(99);
      expect(peers).toHaveLength(99);
      expect(peers).not.toContain(origin);
    }
  });

  it('repairs loss by IHAVE and IWANT, and without them does not', () => {
    const settings = { degree: 3, degreeLow: 2, degreeHigh: 4, degreeOut: 1 };
    const link: LinkSettings = { latency: { kind: 'constant', ms: 20 }, lossShare: 0.3 };
    const reach = (more: Partial<GossipSettings>) => {
      const { network, runMs, topic } = createNet({ settings: { ...settings, ...more }, link });
      topic.subscribeAll();
      runMs(3000);
      for (let i = 0; i < 20; i++) {
        network.publish(i, 0, 100);
        runMs(500);
      }
      runMs(10_000);
      return network.counters;
    };
    const repaired = reach({});
    const bare = reach({ degreeLazy: 0, gossipShare: 0 });
    expect(repaired.fetched).toBeGreaterThan(0);
    expect(repaired.deliveries).toBeGreaterThan(0.999 * 20 * 99);
    expect(bare.deliveries).toBeLessThan(0.95 * 20 * 99);
  });

  it('announces a message in exactly three heartbeats of each peer, to six or a quarter of the others', () => {
    const { network, graph, runMs, topic } = createNet();
    topic.subscribeAll();
    runMs(5000);
    network.publish(0, 0, 100);
    runMs(15_000);
    let expected = 0;
    for (let peer = 0; peer < 100; peer++) {
      const others = graph.degree(peer) - topic.size(peer);
      expected += 3 * Math.min(others, Math.max(6, Math.floor(0.25 * others)));
    }
    expect(network.counters.deliveries).toBe(99);
    expect(network.counters.ihave).toBe(expected);
  });

  it('does not graft a pruned peer again before the backoff ends', () => {
    const { network, graph, scheduler, runMs, topic } = createNet({ peerCount: 8, dialCount: 7 });
    topic.subscribeAll();
    runMs(3000);
    const edge = graph.findEdge(0, 1);
    topic.remove(edge);
    topic.remove(graph.reverse[edge]!);
    topic.backOff(edge, scheduler.nowTick + 60_000 * ticksPerMs, scheduler.nowTick);
    topic.backOff(graph.reverse[edge]!, scheduler.nowTick + 60_000 * ticksPerMs, scheduler.nowTick);
    const list = new Int32Array(64);
    const thin = () => {
      const size = topic.listMesh(0, list);
      for (let i = 0; i < size; i++) {
        topic.remove(graph.reverse[list[i]!]!);
        topic.remove(list[i]!);
      }
    };
    for (let i = 0; i < 10; i++) {
      thin();
      runMs(5000);
      expect(topic.has(edge)).toBe(false);
    }
    // Nobody had to be turned away: the other side would have answered a graft with PRUNE.
    expect(network.counters.prune).toBe(0);
    runMs(15_000);
    thin();
    let grafted = false;
    for (let i = 0; i < 20 && !grafted; i++) {
      runMs(2000);
      grafted = topic.has(edge);
      thin();
    }
    expect(grafted).toBe(true);
    expect(network.counters.graft).toBeGreaterThan(0);
  });

  it('sends less with IDONTWANT where validation takes time', () => {
    const sends = (dontWantBytesMin: number) => {
      const { network, runMs, topic } = createNet({
        settings: { dontWantBytesMin, validationMs: 50 },
        link: { latency: { kind: 'uniform', minMs: 5, maxMs: 200 } },
      });
      topic.subscribeAll();
      runMs(3000);
      for (let i = 0; i < 10; i++) {
        network.publish(i, 0, 50_000);
        runMs(1500);
      }
      expect(network.counters.deliveries).toBe(990);
      return network.counters.sends;
    };
    expect(sends(1000)).toBeLessThan(0.9 * sends(Number.POSITIVE_INFINITY));
  });
});

describe('topics', () => {
  it('reach subscribers alone, from a publisher that does not subscribe too', () => {
    const { network, runMs, delivered } = createNet({ topicCount: 2 });
    for (let peer = 0; peer < 100; peer += 2) network.subscribe(peer, 1);
    runMs(5000);
    const message = network.publish(1, 1, 10);
    runMs(3000);
    const peers = delivered.get(message)!;
    expect(peers).toHaveLength(50);
    expect(peers.every((peer) => peer % 2 === 0)).toBe(true);
  });

  it('do not reach a peer that has left', () => {
    const { network, runMs, delivered } = createNet();
    for (let peer = 0; peer < 100; peer++) network.subscribe(peer, 0);
    runMs(5000);
    network.unsubscribe(5, 0);
    runMs(1000);
    const message = network.publish(1, 0, 10);
    runMs(3000);
    expect(delivered.get(message)).toHaveLength(98);
    expect(delivered.get(message)).not.toContain(5);
  });
});

describe('verdicts', () => {
  it('stop what is ignored or rejected: it goes no further than the publisher’s mesh', () => {
    for (const verdict of ['ignore', 'reject'] as const) {
      const { network, runMs, topic } = createNet({ verdict: () => verdict });
      topic.subscribeAll();
      runMs(3000);
      const size = topic.size(0);
      network.publish(0, 0, 10);
      runMs(5000);
      expect(network.counters.deliveries).toBe(0);
      expect(network.counters.ignored + network.counters.rejected).toBeGreaterThanOrEqual(size);
      expect(network.counters.sends).toBeLessThanOrEqual(size + network.counters.fetched);
    }
  });

  it('push a peer whose messages are rejected out of every mesh', () => {
    const { network, graph, runMs, topic } = createNet({
      withScores: true,
      verdict: (_peer, message) =>
        network.cache.groupOf(message).origin[message % 16] === 7 ? 'reject' : 'accept',
    });
    topic.subscribeAll();
    runMs(3000);
    expect(topic.size(7)).toBeGreaterThan(0);
    for (let i = 0; i < 10; i++) {
      network.publish(7, 0, 10);
      runMs(1000);
    }
    runMs(3000);
    const grafted = graph.edgesOf(7).filter((edge) => topic.has(graph.reverse[edge]!));
    expect(grafted).toHaveLength(0);
    expect(defaultScoreSettings.graylistThreshold).toBeLessThan(0);
  });
});

describe('churn', () => {
  it('closes gaps: survivors of a mass stop re-form their meshes and still reach each other', () => {
    const { network, graph, runMs, topic, delivered } = createNet({ peerCount: 200, dialCount: 12 });
    topic.subscribeAll();
    runMs(5000);
    for (let peer = 0; peer < 60; peer++) network.stopPeer(peer);
    runMs(5000);
    const message = network.publish(100, 0, 10);
    runMs(6000);
    expect(delivered.get(message)).toHaveLength(139);
    for (let peer = 0; peer < 60; peer++) {
      network.startPeer(peer);
      for (let i = 1; i <= 10; i++) network.connect(peer, (peer * 7 + i * 13) % 200);
    }
    runMs(40_000);
    const later = network.publish(100, 0, 10);
    runMs(6000);
    expect(delivered.get(later)).toHaveLength(199);
    expect(graph.degree(0)).toBeGreaterThan(0);
  });
});

describe('the message cache', () => {
  it('uses numbers again once messages have left the seen caches', () => {
    const { network, runMs, topic } = createNet({
      peerCount: 20,
      dialCount: 5,
      settings: { seenTtlMs: 10_000 },
    });
    topic.subscribeAll();
    runMs(2000);
    for (let i = 0; i < 2000; i++) {
      network.publish(i % 20, 0, 10);
      runMs(100);
    }
    runMs(3000);
    expect(network.counters.deliveries).toBe(2000 * 19);
    expect(network.cache.groups.length).toBeLessThan(30);
  });
});

describe('a population run', () => {
  const init = {
    peerCount: 2000,
    dialCount: 10,
    link: { latency: { kind: 'uniform', minMs: 10, maxMs: 150 }, jitterShare: 0.1 },
    sourceCount: 3,
    messageCount: 5,
    messageIntervalMs: 500,
    warmUpMs: 4000,
    lingerMs: 4000,
  } as const;

  it('has one digest per seed', () => {
    const digests = [1, 1, 2].map((seed) => runGossipPopulation({ ...init, seed }).digest);
    expect(digests[0]).toBe(digests[1]);
    expect(digests[0]).not.toBe(digests[2]);
  });

  it('loses what a partition cuts off and fetches it after the heal while it is still announced', () => {
    const halves = [
      Array.from({ length: 1000 }, (_, i) => i),
      Array.from({ length: 1000 }, (_, i) => 1000 + i),
    ];
    const cut = runGossipPopulation({ ...init, seed: 1, faults: [{ kind: 'islands', islands: halves }] });
    expect(cut.counters.deliveries).toBeLessThan(0.55 * 5 * 1999);
    expect(cut.counters.lost).toBeGreaterThan(0);
    const healed = runGossipPopulation({
      ...init,
      seed: 1,
      faults: [{ kind: 'islands', islands: halves, fromMs: 4000, untilMs: 6500 }],
    });
    expect(healed.counters.deliveries).toBe(5 * 1999);
    expect(healed.counters.delayQuantileMs(0.99)).toBeGreaterThan(500);
  });
});
