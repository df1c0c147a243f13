import { describe, expect, it } from 'vitest';
import { RandomStream } from '../clock/random.ts';
import { ticksPerMs } from '../clock/ticks.ts';
import { evenIslands, FaultRules, halves } from './faults.ts';
import { createLinkModel, type Latency, lost, normalQuantile, normalShare } from './link-model.ts';
import { connectRandomly, countBits, lowestBit, PeerGraph } from './peer-graph.ts';
import { fourRegions, measureKm, placePeers } from './places.ts';

const random = () => RandomStream.fromSeed(3);

/** Delays in ms over many links. */
function sample(latency: Latency, count = 20_000): number[] {
  const places = placePeers(count + 1, fourRegions, random());
  const link = createLinkModel({ latency }, random(), count + 1, places);
  return Array.from({ length: count }, (_, i) => link.delayTicks(i, i + 1, 0, 0) / ticksPerMs);
}

function quantileOf(values: readonly number[], share: number): number {
  return [...values].sort((a, b) => a - b)[Math.floor(share * values.length)]!;
}

describe('links', () => {
  it('have one base latency, the same in both directions, whatever crossed them before', () => {
    const link = createLinkModel({ latency: { kind: 'uniform', minMs: 10, maxMs: 150 } }, random(), 100);
    for (let i = 0; i < 99; i++) {
      const there = link.delayTicks(i, i + 1, 0, 0);
      expect(link.delayTicks(i + 1, i, 0, 5)).toBe(there);
      expect(link.delayTicks(i, i + 1, 999, 9)).toBe(there);
    }
  });

  it('follow their distributions', () => {
    expect(sample({ kind: 'constant', ms: 7 }, 10)).toEqual(Array(10).fill(7));
    const uniform = sample({ kind: 'uniform', minMs: 10, maxMs: 150 });
    for (const share of [0.1, 0.5, 0.9])
      expect(quantileOf(uniform, share)).toBeCloseTo(10 + share * 140, -0.7);
    const normal = sample({ kind: 'normal', meanMs: 100, deviationMs: 10 });
    expect(quantileOf(normal, 0.5)).toBeCloseTo(100, 0);
    expect(quantileOf(normal, 0.8413)).toBeCloseTo(110, 0);
    const lognormal = sample({ kind: 'lognormal', medianMs: 50, sigma: 0.5 });
    expect(quantileOf(lognormal, 0.5)).toBeCloseTo(50, -0.5);
    expect(quantileOf(lognormal, 0.9772) / 50).toBeCloseTo(Math.E, 0);
    const pareto = sample({ kind: 'pareto', minMs: 10, shape: 2 });
    expect(Math.min(...pareto)).toBeGreaterThanOrEqual(10);
    expect(quantileOf(pareto, 0.75)).toBeCloseTo(20, 0);
  });

  it('take the matrix between regions, and the distance over the globe', () => {
    const ms = fourRegions.map((_, a) => fourRegions.map((_, b) => (a === b ? 1 : 10 * (a + b))));
    const places = placePeers(100, fourRegions, random());
    const link = createLinkModel({ latency: { kind: 'regions', ms } }, random(), 100, places);
    for (let i = 0; i < 99; i++)
      expect(link.delayTicks(i, i + 1, 0, 0)).toBe(
        ms[places.regions[i]!]![places.regions[i + 1]!]! * ticksPerMs,
      );
    expect(measureKm(38.9, -77.0, 53.3, -6.3)).toBeCloseTo(5450, -2);
    const geographic = createLinkModel(
      { latency: { kind: 'geographic', accessMs: 2 } },
      random(),
      100,
      places,
    );
    for (let i = 0; i < 99; i++) {
      const expected = 2 + places.distanceKm(i, i + 1) / 100;
      expect(geographic.delayTicks(i, i + 1, 0, 0) / ticksPerMs).toBeCloseTo(expected, 0);
    }
  });

  it('say that a latency between places needs places', () => {
    expect(() => createLinkModel({ latency: { kind: 'geographic', accessMs: 1 } }, random(), 2)).toThrow(
      RangeError,
    );
  });

  it('jitter later and never earlier, lose their share, and queue on a narrow uplink', () => {
    const latency: Latency = { kind: 'constant', ms: 100 };
    const jittery = createLinkModel({ latency, jitterShare: 0.1 }, random(), 2);
    const delays = Array.from({ length: 1000 }, () => jittery.delayTicks(0, 1, 0, 0));
    expect(Math.min(...delays)).toBeGreaterThanOrEqual(1000);
    expect(Math.max(...delays)).toBeLessThanOrEqual(1100);
    expect(delays.reduce((a, b) => a + b) / 1000).toBeCloseTo(1050, -1);
    const lossy = createLinkModel({ latency, lossShare: 0.2 }, random(), 2);
    const lostCount = Array.from({ length: 10_000 }, () => lossy.delayTicks(0, 1, 0, 0)).filter(
      (d) => d === lost,
    );
    expect(lostCount.length / 10_000).toBeCloseTo(0.2, 1);
    const narrow = createLinkModel({ latency, uplinkBytesPerSecond: 1000 }, random(), 2);
    expect([1, 2, 3].map(() => narrow.delayTicks(0, 1, 500, 0))).toEqual([6000, 11_000, 16_000]);
    expect(narrow.delayTicks(0, 1, 500, 100_000)).toBe(6000);
  });

  it('use a normal distribution that matches its tables', () => {
    expect(normalShare(1.96)).toBeCloseTo(0.975, 4);
    expect(normalQuantile(0.975)).toBeCloseTo(1.95996, 4);
  });
});

describe('fault rules', () => {
  const decide = (
    rules: ConstructorParameters<typeof FaultRules>[0],
    from: number,
    to: number,
    nowMs = 0,
  ) => ({ ...new FaultRules(rules, 10, random()).decide(from, to, nowMs * ticksPerMs) });

  it('cut islands apart, one way or both, and only while they hold', () => {
    const cut = { kind: 'islands', islands: halves(10), fromMs: 10, untilMs: 20 } as const;
    expect(decide([cut], 0, 9, 15).copies).toBe(0);
    expect(decide([cut], 9, 0, 15).copies).toBe(0);
    expect(decide([cut], 0, 4, 15).copies).toBe(1);
    expect(decide([cut], 0, 9, 9).copies).toBe(1);
    expect(decide([cut], 0, 9, 20).copies).toBe(1);
    const oneWay = { kind: 'one-way', from: [1], to: [2] } as const;
    expect(decide([oneWay], 1, 2).copies).toBe(0);
    expect(decide([oneWay], 2, 1).copies).toBe(1);
    expect(evenIslands(10, 3).map((island) => island.length)).toEqual([3, 3, 4]);
  });

  it('rotate: each slice is cut off in its turn', () => {
    const rule = { kind: 'rotating', islandCount: 3, everyMs: 100 } as const;
    for (let turn = 0; turn < 3; turn++) {
      const nowMs = turn * 100 + 50;
      expect(decide([rule], turn, (turn + 1) % 3, nowMs).copies).toBe(0);
      expect(decide([rule], (turn + 1) % 3, (turn + 2) % 3, nowMs).copies).toBe(1);
      expect(decide([rule], turn, turn + 3, nowMs).copies).toBe(1);
    }
  });

  it('slow, silence, duplicate and reorder, and count what they touched', () => {
    expect(decide([{ kind: 'slow', peers: [1], delayMs: 30 }], 1, 2).delayTicks).toBe(300);
    expect(decide([{ kind: 'slow', peers: [1], delayMs: 30 }], 2, 1).delayTicks).toBe(0);
    expect(decide([{ kind: 'silent', peers: [1] }], 1, 2).copies).toBe(0);
    expect(decide([{ kind: 'silent', peers: [1] }], 2, 1).copies).toBe(1);
    const rules = new FaultRules(
      [
        { kind: 'duplicate', share: 0.5 },
        { kind: 'reorder', share: 0.5, delayMsMax: 10 },
        { kind: 'drop', share: 0.1, peers: [3] },
        { kind: 'drop', share: 1, fromMs: 1e9 },
      ],
      10,
      random(),
    );
    const fates = Array.from({ length: 2000 }, () => ({ ...rules.decide(3, 4, 0) }));
    expect(fates.filter((fate) => fate.copies === 2).length).toBeGreaterThan(700);
    expect(fates.every((fate) => fate.delayTicks <= 100)).toBe(true);
    expect(fates.filter((fate) => fate.copies === 0).length).toBeGreaterThan(100);
    expect(rules.hits[0]).toBeGreaterThan(0);
    expect(rules.hits[3]).toBe(0);
  });
});

describe('the peer graph', () => {
  it('names both ends of each connection by one number, and gives a slot back only after its rest', () => {
    const graph = new PeerGraph({ peerCount: 3, slotsPerPeer: 32 });
    expect(graph.connect(0, 1)).toBe(true);
    expect(graph.connect(1, 0)).toBe(false);
    expect(graph.connect(2, 2)).toBe(false);
    const edge = graph.findEdge(0, 1);
    expect(graph.reverse[graph.reverse[edge]!]).toBe(edge);
    expect(graph.neighbourAt(edge)).toBe(1);
    graph.disconnect(edge);
    expect(graph.degree(0) + graph.degree(1)).toBe(0);
    graph.connect(0, 2);
    expect(graph.findEdge(0, 2)).not.toBe(edge);
    graph.release(edge);
    graph.connect(0, 1);
    expect(graph.findEdge(0, 1)).toBe(edge);
  });

  it('refuses a connection when either side is full', () => {
    const graph = new PeerGraph({ peerCount: 40, slotsPerPeer: 32 });
    for (let i = 1; i <= 32; i++) expect(graph.connect(0, i)).toBe(true);
    expect(graph.connect(0, 33)).toBe(false);
    expect(graph.connect(33, 0)).toBe(false);
    expect(graph.degree(33)).toBe(0);
  });

  it('connects at random: every peer dials its number, pairs count once', () => {
    const graph = new PeerGraph({ peerCount: 500, slotsPerPeer: 128 });
    connectRandomly(graph, 20, random());
    let sum = 0;
    for (let peer = 0; peer < 500; peer++) {
      const neighbours = graph.edgesOf(peer).map((edge) => graph.neighbourAt(edge));
      expect(new Set(neighbours).size).toBe(neighbours.length);
      expect(neighbours).not.toContain(peer);
      sum += graph.degree(peer);
    }
    expect(sum / 500).toBeGreaterThan(38.5);
    expect(sum / 500).toBeLessThan(40);
  });

  it('counts and finds bits', () => {
    expect([0, 1, -1, 0x80000000 | 0, 0x0f0f].map(countBits)).toEqual([0, 1, 32, 1, 8]);
    expect([1, 8, -1, 0x80000000 | 0, 12].map(lowestBit)).toEqual([0, 3, 0, 31, 2]);
  });
});
