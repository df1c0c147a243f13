import { describe, expect, test } from 'vitest';
import { createFakeKeys, createWordVectors, didOf, fakeNowMs, sealedOf } from '../../test/discovery/fakes.ts';
import { sealCapability, withdrawalOf } from '../capability-record.ts';
import { dhtDefaults } from './dht-settings.ts';
import { HolderStore } from './holder-store.ts';

const nowMs = fakeNowMs;
const vectors = createWordVectors();
const vectorOf = (text: string) => vectors.quantize(vectors.embed(text));

function put(store: HolderStore, agent: number, text: string, fields = {}, bucket = 'b') {
  return store.put(
    bucket,
    { capability: sealedOf(agent, text, { nowMs, node: didOf(agent, 'node'), ...fields }) },
    vectorOf(text),
    nowMs,
  );
}

function find(store: HolderStore, text: string, atMs = nowMs, more = {}) {
  const query = {
    bucket: 'b',
    vector: vectorOf(text),
    limit: 10,
    similarityMin: 0.3,
    have: new Set<string>(),
    ...more,
  };
  return store.query(query, atMs).map(({ entry }) => entry.capability.body.agent);
}

describe('a holder', () => {
  test('answers with its best of the bucket, without what the asker has, and within the filter', () => {
    const store = new HolderStore(dhtDefaults);
    put(store, 1, 'books flights');
    put(store, 2, 'flights', { tags: ['air'] });
    put(store, 3, 'paints walls');
    put(store, 4, 'flights', {}, 'other');
    expect(find(store, 'flights')).toEqual([didOf(2), didOf(1)]);
    expect(find(store, 'flights', nowMs, { limit: 1 })).toEqual([didOf(2)]);
    expect(find(store, 'flights', nowMs, { filter: { tags: ['air'] } })).toEqual([didOf(2)]);
    const have = new Set([
      sealedOf(2, 'flights', { nowMs, node: didOf(2, 'node'), tags: ['air'] }).id.slice(0, 16),
    ]);
    expect(find(store, 'flights', nowMs, { have })).toEqual([didOf(1)]);
  });

  test('refuses a lower number, keeps a withdrawal as a tombstone, and shows neither', () => {
    const store = new HolderStore(dhtDefaults);
    put(store, 1, 'flights', { seq: 5 });
    expect(put(store, 1, 'flights', { seq: 4 })).toBe('old');
    const withdrawn = sealCapability(
      withdrawalOf(sealedOf(1, 'flights', { seq: 5, nowMs }).body, nowMs),
      createFakeKeys(),
    );
    store.put('b', { capability: withdrawn }, vectorOf('flights'), nowMs);
    expect(find(store, 'flights')).toEqual([]);
    expect(put(store, 1, 'flights', { seq: 5 })).toBe('old');
    expect(find(store, 'flights')).toEqual([]);
  });

  test('forgets what is not put again, and has room then', () => {
    const store = new HolderStore({ ...dhtDefaults, bucketRecordsMax: 1 });
    put(store, 1, 'flights');
    expect(put(store, 2, 'flights')).toBe('full');
    expect(store.isFull('b')).toBe(true);
    expect(find(store, 'flights', nowMs + dhtDefaults.holdMs)).toEqual([]);
    expect(store.purge(nowMs + dhtDefaults.holdMs)).toBe(Number.POSITIVE_INFINITY);
    expect(put(store, 2, 'flights')).toBe('taken');
  });

  test('is bounded by bucket, by agent, by node and in all', () => {
    const sameNode = { node: didOf(7, 'node') };
    const byAgent = new HolderStore({ ...dhtDefaults, agentRecordsMax: 2 });
    const agentPuts = ['a', 'b', 'c'].map((capability) => put(byAgent, 1, 'flights', { capability }));
    expect(agentPuts).toEqual(['taken', 'taken', 'quota']);
    const byNode = new HolderStore({ ...dhtDefaults, nodeRecordsMax: 2 });
    expect([1, 2, 3].map((agent) => put(byNode, agent, 'flights', sameNode))).toEqual([
      'taken',
      'taken',
      'quota',
    ]);
    const inAll = new HolderStore(dhtDefaults);
    inAll.limitTo(2);
    expect([1, 2, 3].map((agent) => put(inAll, agent, 'flights', {}, `b${agent}`))).toEqual([
      'taken',
      'taken',
      'full',
    ]);
    expect(inAll.recordCount).toBe(2);
  });
});
