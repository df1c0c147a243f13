/** What a run of full peers leaves for its reader. */
import { describe, expect, test } from 'vitest';
import { runPeers } from '../../sim/peers/index.ts';
import type { PeersScenario } from '../../sim/peers/peers-model.ts';
import { drawTopology } from '../../sim/scenario/topology-picture.ts';

const scenario: PeersScenario = {
  peers: 8,
  network: { latency: { kind: 'uniform', minMs: 10, maxMs: 60 } },
  workload: { questionsPerSecond: 5, standingSpaces: 2, membersPerSpace: 3, jobEveryMs: 3000 },
  phases: { bootMs: 1000, runMs: 8000, settleMs: 15_000 },
  churn: {
    share: 0.25,
    session: { kind: 'exponential', meanMs: 3000 },
    absence: { kind: 'exponential', meanMs: 2000 },
  },
};

describe('a run of full peers', () => {
  const { result, world } = runPeers(scenario, 3);
  const { events = [], conversations = [], topology } = result;

  test('is the same run as one that keeps no log, and keeps the same log again', () => {
    const bare = runPeers(scenario, 3, { withLog: false }).result;
    expect(bare.digest).toBe(result.digest);
    expect(bare.metrics).toEqual(result.metrics);
    expect(bare.events).toBeUndefined();
    expect(runPeers(scenario, 3).result).toEqual(result);
  });

  test('tells every conversation whole when they fit: a question, its answer, and who heard them', () => {
    const [first] = events;
    const [kept, all] = String(first!.conversations).split(' of ');
    expect(first).toMatchObject({ what: 'sampled', events: `${events.length - 1} of ${events.length - 1}` });
    expect(kept).toBe(all);
    const question = events.find(({ what, type }) => what === 'says' && type === 'question')!;
    const talk = events.filter(({ conversation }) => conversation === question.conversation);
    expect(talk.map(({ what, type }) => `${what} ${type}`)).toEqual(
      expect.arrayContaining(['says question', 'hears question', 'says answer', 'hears answer']),
    );
    expect(events.filter(({ what }) => what === 'crashes').length).toBe(result.metrics.crashes);
  });

  test('a job is one conversation, from the first invitation until all have heard the outcome', () => {
    const decide = events.find(({ type }) => type === 'decide')!;
    const talk = events.filter(({ conversation }) => conversation === decide.conversation);
    expect(new Set(talk.map(({ type }) => type))).toEqual(
      new Set(['invite', 'receipt', 'accept', 'decide', 'ballot', 'vote', 'event', 'decided', 'dissolve']),
    );
    const job = conversations.find(({ name }) => name.startsWith(`${decide.conversation}: `));
    expect(job).toMatchObject({ participantCount: 4 });
  });

  test('draws who is connected and lists who hosts whom', () => {
    expect(topology!.nodes).toHaveLength(8);
    for (const agent of world.agents) {
      const hosts = topology!.nodes.filter(({ note }) => note?.split(' (')[0] === agent.name);
      expect(hosts.map(({ name }) => name)).toEqual([`n${agent.home}`]);
    }
    const connected = new Set(topology!.edges.map(([a, b]) => `${a} ${b}`));
    for (const { index, peer } of world.places)
      for (const other of world.places)
        if (index < other.index)
          expect(connected.has(`${index} ${other.index}`)).toBe(peer!.peers().includes(other.node));
    expect(drawTopology(topology!)).toContain('<summary>Who was where</summary>');
  });
});
