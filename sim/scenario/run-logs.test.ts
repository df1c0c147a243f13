/** What runs of bare models leave for their reader: true, whole within what was sampled, and free of consequences. */
import { describe, expect, test } from 'vitest';
import { runGossipPopulation } from '../gossip/population.ts';
import { eventsMax } from '../small-world/run-log.ts';
import { GossipLog } from './gossip-log.ts';
import { type GossipScenario, gossipModel, planGossip } from './gossip-model.ts';
import { kademliaModel } from './kademlia-model.ts';
import type { RunEvent } from './model.ts';
import { drawTopology } from './topology-picture.ts';

const scenario: GossipScenario = {
  peers: 200,
  dials: 10,
  network: { latency: { kind: 'uniform', minMs: 10, maxMs: 150 } },
  workload: { sources: 3, messages: 30, intervalMs: 200 },
  phases: { warmUpMs: 3000, lingerMs: 3000 },
};

describe('a run of gossip', () => {
  const settings = scenario as unknown as Readonly<Record<string, unknown>>;
  const { events = [], topology, conversations = [], digest } = gossipModel.run(settings, 1);
  const shown = new Set(topology!.nodes.map(({ name }) => Number(name)));

  test('names in its first event what was sampled, and its events are just that', () => {
    const [first] = events;
    expect(first).toMatchObject({ what: 'sampled', publications: '0, 3, 6…' });
    const happened: unknown[] = [];
    runGossipPopulation({
      ...planGossip(scenario, 1),
      delivered: (publication, peer, delayMs, from) => {
        if (publication % 3 === 0 && shown.has(peer)) happened.push({ publication, peer, from, delayMs });
      },
    });
    const told = events
      .filter(({ what }) => what === 'deliver')
      .map(({ atMs: _, what: __, ...rest }) => rest);
    expect(told).toEqual(happened);
    expect(told.length).toBeGreaterThan(100);
    expect(events.length).toBeLessThanOrEqual(eventsMax + 1);
  });

  test('is the same run as one that nobody watches', () => {
    expect(runGossipPopulation(planGossip(scenario, 1)).digest).toBe(digest);
    expect(gossipModel.run(settings, 1)).toMatchObject({ events, topology, conversations });
  });

  test('draws the neighbourhood of the first publisher, rings by hops, each line between two of it', () => {
    expect(topology!.nodes).toHaveLength(60);
    expect(topology!.nodes[0]).toMatchObject({ kind: 'first publisher', ring: 0 });
    const rings = topology!.nodes.map(({ ring }) => ring!);
    expect(rings).toEqual([...rings].sort((a, b) => a - b));
    for (const [a, b] of topology!.edges) expect(Math.abs(rings[a]! - rings[b]!)).toBeLessThanOrEqual(2);
    expect(new Set(topology!.edges.flat().slice(0, 2)).size).toBe(2);
    expect(drawTopology(topology!)).toContain('<circle cx="240.0" cy="240.0"');
  });

  test('lists the publications that took longest', () => {
    expect(conversations).toHaveLength(10);
    const longest = new Map<number, number>();
    runGossipPopulation({
      ...planGossip(scenario, 1),
      delivered: (publication, _peer, delayMs) => longest.set(publication, delayMs),
    });
    expect(conversations[0]!.durationMs).toBe(Math.max(...longest.values()));
    expect(conversations[0]).toMatchObject({ messageCount: 199, participantCount: 200 });
  });

  test('says how much it left out when there was more', () => {
    const log = new GossipLog(planGossip(scenario, 1));
    for (let i = 0; i < 2 * eventsMax; i++) log.published(0, 1, i);
    const { events: all } = log.result();
    expect(all).toHaveLength(eventsMax + 1);
    expect(all.at(-1)).toMatchObject({ what: 'left-out', count: eventsMax + 1 });
  });
});

describe('a run of lookups', () => {
  const settings = {
    peers: 300,
    network: scenario.network,
    lookups: 45,
    departedShare: 0.2,
    liarShare: 0.1,
  };
  const result = kademliaModel.run(settings, 1);
  const events = result.events!;
  const of = (lookup: unknown, what: string) =>
    events.filter((event: RunEvent) => event.lookup === lookup && event.what === what);

  test('tells every third lookup from its first request to its end, and says so', () => {
    expect(events[0]).toMatchObject({ what: 'sampled', lookups: '0, 3, 6…' });
    const found = events.filter(({ what }) => what === 'found');
    expect(found.map(({ lookup }) => lookup)).toEqual(Array.from({ length: 15 }, (_, i) => i * 3));
    for (const { lookup, requestCount } of found) {
      expect(of(lookup, 'ask')).toHaveLength(Number(requestCount));
      expect(of(lookup, 'answer').length + of(lookup, 'timeout').length).toBe(requestCount);
    }
    expect(events.some(({ what }) => what === 'timeout')).toBe(true);
  });

  test('draws who asked whom, and who had left or lied', () => {
    const kinds = new Set(result.topology!.nodes.map(({ kind }) => kind));
    expect(kinds).toContain('asks');
    expect(kinds).toContain('closest found');
    expect(kinds).toContain('has left');
    expect(result.topology!.edges.length).toBeGreaterThan(10);
    expect(kademliaModel.run(settings, 1)).toEqual(result);
  });

  test('lists the slowest of all lookups', () => {
    const durations = result.conversations!.map(({ durationMs }) => durationMs);
    expect(durations).toEqual([...durations].sort((a, b) => b - a));
    expect(durations[0]).toBeGreaterThanOrEqual(result.metrics.durationP95Ms!);
  });
});
