import { describe, expect, test } from 'vitest';
import type { NodeId } from '../protocol/brand.ts';
import { createFakeKeys, didOf, fakeMesh, fakeNowMs } from '../test/discovery/fakes.ts';
import {
  type BeaconDraft,
  beaconIntervalMaxMs,
  beaconIntervalMs,
  decodeBeacon,
  sealBeacon,
} from './presence.ts';
import { leaseTimer, PresenceLeases } from './presence-leases.ts';

const keys = createFakeKeys();
const node = didOf(1, 'node') as NodeId;
const nowMs = fakeNowMs;
const context = { mesh: fakeMesh, nowMs, keys };

function draft(fields: Partial<BeaconDraft> = {}): BeaconDraft {
  return {
    ...{ record: 'presence', mesh: fakeMesh, node, seq: 1, at: nowMs, intervalMs: 2_000 },
    records: { count: 0, hash: '0'.repeat(64) },
    ...fields,
  };
}

describe('the interval between beacons', () => {
  test('lets a mesh of any size send at most 10 beacons a second, up to 12,000 nodes', () => {
    for (const nodeCount of [0, 1, 5, 20, 21, 50, 999, 1_000, 12_000])
      expect((nodeCount / beaconIntervalMs(nodeCount)) * 1_000).toBeLessThanOrEqual(10);
  });

  test('is short in a small mesh and grows with a large one', () => {
    expect([1, 20, 100, 1_000].map(beaconIntervalMs)).toEqual([2_000, 2_000, 10_000, 100_000]);
  });
});

describe('a beacon', () => {
  test('is refused from another mesh, from the future, after its lease, and with a wrong signature', () => {
    const codeOf = (fields: Partial<BeaconDraft>, changed = {}) => {
      const result = decodeBeacon(sealBeacon(draft(fields), keys).bytes, { ...context, ...changed });
      return result.ok ? 'accepted' : result.refusal.code;
    };
    expect(codeOf({})).toBe('accepted');
    expect(codeOf({ mesh: 'other' })).toBe('AMP-1105');
    expect(codeOf({ at: nowMs + 60_001 })).toBe('AMP-1012');
    expect(codeOf({ at: nowMs - 66_000 })).toBe('AMP-1602');
    expect(codeOf({}, { keys: { ...keys, verify: () => false } })).toBe('AMP-1101');
    expect(codeOf({ intervalMs: 1_999 })).toBe('AMP-1005');
  });
});

describe('a lease', () => {
  const beacon = (seq: number, fields: Partial<BeaconDraft> = {}) =>
    sealBeacon(draft({ seq, ...fields }), keys);
  const receive = (leases: PresenceLeases, seq: number, atMs: number, fields: Partial<BeaconDraft> = {}) =>
    leases.step({ type: 'presence-received', atMs, beacon: beacon(seq, fields) });
  const fire = (leases: PresenceLeases, atMs: number) =>
    leases.step({ type: 'timer-fired', atMs, timer: leaseTimer });

  test('begins with a beacon and ends three intervals after the last one', () => {
    const leases = new PresenceLeases();
    expect(receive(leases, 1, nowMs)).toEqual([
      { type: 'node-up', node },
      { type: 'set-timer', timer: leaseTimer, dueAtMs: nowMs + 6_000 },
    ]);
    expect(receive(leases, 2, nowMs + 2_000)).toEqual([]);
    expect(fire(leases, nowMs + 6_000)).toEqual([
      { type: 'set-timer', timer: leaseTimer, dueAtMs: nowMs + 8_000 },
    ]);
    expect(leases.isUp(node, nowMs + 7_999)).toBe(true);
    expect(leases.isUp(node, nowMs + 8_000)).toBe(false);
    expect(fire(leases, nowMs + 8_000)[0]).toEqual({ type: 'node-down', node, reason: 'lease-over' });
  });

  test('is not renewed by a replayed beacon, not even after the node went down', () => {
    const leases = new PresenceLeases();
    receive(leases, 5, nowMs);
    expect(receive(leases, 5, nowMs + 1_000)).toEqual([{ type: 'ignored', reason: 'old-beacon' }]);
    fire(leases, nowMs + 6_000);
    expect(receive(leases, 4, nowMs + 6_001)).toEqual([{ type: 'ignored', reason: 'old-beacon' }]);
    expect(leases.isUp(node, nowMs + 6_001)).toBe(false);
  });

  test('ends at once when the node says that it leaves, and an earlier beacon does not undo it', () => {
    const leases = new PresenceLeases();
    receive(leases, 1, nowMs);
    expect(receive(leases, 3, nowMs + 1, { leaving: true })).toContainEqual({
      ...{ type: 'node-down', node, reason: 'left' },
    });
    expect(receive(leases, 2, nowMs + 2)).toEqual([{ type: 'ignored', reason: 'old-beacon' }]);
    expect(leases.upCount).toBe(0);
  });

  test('that came through a third node lasts only as long as it had left there', () => {
    const leases = new PresenceLeases();
    leases.step({ type: 'presence-received', atMs: nowMs, beacon: beacon(1), remainingMs: 900 });
    expect(leases.isUp(node, nowMs + 899)).toBe(true);
    expect(leases.isUp(node, nowMs + 900)).toBe(false);
  });

  test('tells how busy each agent is, idle ones included, and that an absent one cannot be reached', () => {
    const leases = new PresenceLeases();
    const [idle, busy, gone] = [didOf(1), didOf(2), didOf(3)];
    receive(leases, 1, nowMs, { busy: [{ agent: busy, load: 0.75 }], away: [gone] });
    expect([idle, busy, gone].map((agent) => leases.loadOf(agent, node, nowMs))).toEqual([
      0,
      0.75,
      undefined,
    ]);
    expect(leases.loadOf(idle, node, nowMs + 6_000)).toBeUndefined();
  });

  describe('of a node that does not know yet how large the mesh is', () => {
    const unknown = { intervalMs: beaconIntervalMaxMs };
    const others = Array.from({ length: 100 }, (_, at) => didOf(at + 2, 'node') as NodeId);
    const meet = (leases: PresenceLeases, nodes: readonly NodeId[], atMs: number) => {
      for (const other of nodes) receive(leases, 1, atMs, { node: other, at: atMs, intervalMs: 100_000 });
    };

    test('lasts three intervals of the mesh as its reader knows it', () => {
      for (const [nodeCount, leaseMs] of [
        [5, 6_000],
        [100, 30_000],
      ] as const) {
        const leases = new PresenceLeases();
        meet(leases, others.slice(0, nodeCount), nowMs);
        receive(leases, 1, nowMs, unknown);
        expect([leaseMs - 1, leaseMs].map((ms) => leases.isUp(node, nowMs + ms))).toEqual([true, false]);
      }
    });

    test('grows with the mesh, until its next beacon states an interval', () => {
      const leases = new PresenceLeases();
      receive(leases, 1, nowMs, unknown);
      meet(leases, others, nowMs + 1_000);
      expect(fire(leases, nowMs + 6_000).map((effect) => effect.type)).toEqual(['set-timer']);
      expect([30_299, 30_300].map((ms) => leases.isUp(node, nowMs + ms))).toEqual([true, false]);
      receive(leases, 2, nowMs + 8_000, { at: nowMs + 8_000 });
      expect([13_999, 14_000].map((ms) => leases.isUp(node, nowMs + ms))).toEqual([true, false]);
    });

    test('is not given by a beacon from before, and grows no further than its age allows, whoever passes it on', () => {
      const leases = new PresenceLeases();
      expect(receive(leases, 1, nowMs + 66_000, unknown)).toEqual([
        { type: 'ignored', reason: 'old-beacon' },
      ]);
      leases.step({
        ...{ type: 'presence-received', atMs: nowMs + 80_000 },
        ...{ beacon: beacon(1, unknown), remainingMs: 1_000 },
      });
      meet(leases, others, nowMs + 80_000);
      expect(leases.isUp(node, nowMs + 80_999)).toBe(true);
      fire(leases, nowMs + 81_000);
      expect(leases.isUp(node, nowMs + 89_999)).toBe(true);
      expect(leases.isUp(node, nowMs + 90_300)).toBe(false);
    });
  });

  test('is forgotten once no replay of it could pass any more', () => {
    const leases = new PresenceLeases();
    receive(leases, 1, nowMs);
    fire(leases, nowMs + 6_000);
    expect(fire(leases, nowMs + 66_000)).toEqual([]);
    expect(leases.beaconOf(node)).toBeUndefined();
  });
});
