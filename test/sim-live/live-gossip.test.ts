/** Eight real nodes in two processes: what must hold of every live run, on however busy a machine. */
import { beforeAll, describe, expect, test } from 'vitest';
import { compareWithLive } from '../../sim/calibrate/index.ts';
import { ticksPerMs } from '../../sim/clock/ticks.ts';
import { connectPopulation, drawPublishers, linkPopulation } from '../../sim/gossip/population.ts';
import { type LiveGossipRun, type LivePlan, runLiveGossip } from '../../sim/live/index.ts';

const plan: LivePlan = {
  seed: 4,
  peerCount: 8,
  dialCount: 3,
  link: { latency: { kind: 'uniform', minMs: 10, maxMs: 60 } },
  sourceCount: 3,
  messageCount: 6,
  messageIntervalMs: 200,
  warmUpMs: 1000,
  lingerMs: 1500,
};

let run: LiveGossipRun;
let childCountBefore: number;

beforeAll(async () => {
  childCountBefore = countChildProcesses();
  run = await runLiveGossip(plan, { workerCount: 2, lookups: { count: 4, closest: 3 } });
}, 60_000);

describe('gossip among real nodes', () => {
  test('every message reaches every other node once', () => {
    const { publishers } = drawPublishers(plan);
    const reached = run.deliveries.map(({ publication, receiver }) => `${publication} ${receiver}`);
    expect(new Set(reached).size).toBe(plan.messageCount * (plan.peerCount - 1));
    expect(reached.length).toBe(plan.messageCount * (plan.peerCount - 1));
    expect(run.deliveries.some(({ publication, receiver }) => publishers[publication] === receiver)).toBe(
      false,
    );
  });

  test('what is counted as sent is counted as arrived', () => {
    expect(run.arrivals).toBe(run.sends);
    expect(run.sends).toBeGreaterThanOrEqual(run.deliveries.length);
  });

  test('no message is quicker than the quickest way through the links of the scenario', () => {
    const { publishers } = drawPublishers(plan);
    const tooQuick = run.deliveries.filter(({ publication, receiver, delayMs }) => {
      const bound = quickestWaysMs(publishers[publication]!)[receiver]!;
      // Each hop may go on half a millisecond early: timers count whole ones.
      return delayMs < bound - 0.5 * plan.peerCount;
    });
    expect(tooQuick).toEqual([]);
  });

  test('lookups end, and near: everybody knows most of eight nodes', () => {
    expect(run.lookups.map(({ failure }) => failure)).toEqual(Array(4).fill(undefined));
    for (const { hops, requestCount, closest } of run.lookups) {
      expect(hops).toBeLessThanOrEqual(2);
      expect(requestCount).toBeGreaterThan(0);
      expect(closest.length).toBeGreaterThan(0);
    }
  });

  test('the model says much the same, with lookups and costs beside each other', () => {
    const { sides, reach, failedLookupCount } = compareWithLive(plan, run, 3);
    expect({ reach, failedLookupCount }).toEqual({ reach: 1, failedLookupCount: 0 });
    expect(sides.virtual.sendsPerDelivery / sides.live.sendsPerDelivery).toBeGreaterThan(0.5);
    expect(sides.virtual.sendsPerDelivery / sides.live.sendsPerDelivery).toBeLessThan(2);
    expect(sides.virtual.lookupRequests).toBeGreaterThan(0);
  });

  test('no worker process is left', async () => {
    // The handle of a process that has ended closes at the end of the next turn of the event loop.
    for (let turn = 0; turn < 2; turn++) await new Promise((resolve) => setImmediate(resolve));
    expect(countChildProcesses()).toBe(childCountBefore);
  });
});

describe('what real nodes cannot be asked is refused before any starts', () => {
  test.each([
    ['lossShare', { link: { ...plan.link, lossShare: 0.1 } }],
    ['uplinkBytesPerSecond', { link: { ...plan.link, uplinkBytesPerSecond: 1000 } }],
    ['peers', { peerCount: 5000 }],
    ['validationMs', { settings: { validationMs: 5 } }],
    ['implementation', { settings: { implementation: 'specification' as const } }],
  ])('%s', async (word, change) => {
    await expect(runLiveGossip({ ...plan, ...change })).rejects.toThrow(
      new RegExp(`AMP-1903.*Live mode cannot do this: .*${word}`),
    );
  });

  test('faults', async () => {
    const faults = [{ kind: 'drop', share: 0.1 }];
    await expect(runLiveGossip({ ...plan, faults } as LivePlan)).rejects.toThrow(/AMP-1903.*faults/);
  });
});

/** The runner of these tests may have some of its own. */
function countChildProcesses(): number {
  return process.getActiveResourcesInfo().filter((kind) => kind === 'ProcessWrap').length;
}

/** Dijkstra from one peer over all links: a lower bound, whatever mesh the nodes have chosen. */
function quickestWaysMs(from: number): readonly number[] {
  const graph = connectPopulation(plan);
  const link = linkPopulation(plan);
  const ways = Array<number>(plan.peerCount).fill(Number.POSITIVE_INFINITY);
  ways[from] = 0;
  const open = new Set(ways.keys());
  while (open.size > 0) {
    const at = [...open].reduce((a, b) => (ways[b]! < ways[a]! ? b : a));
    open.delete(at);
    for (const edge of graph.edgesOf(at)) {
      const next = graph.neighbourAt(edge);
      ways[next] = Math.min(ways[next]!, ways[at]! + link.delayTicks(at, next, 0, 0) / ticksPerMs);
    }
  }
  return ways;
}
