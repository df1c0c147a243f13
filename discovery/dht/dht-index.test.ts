import { describe, expect, test } from 'vitest';
import type { NodeId } from '../../protocol/brand.ts';
import {
  createWordVectors,
  didOf,
  fakeMesh,
  fakeNowMs,
  sealedOf,
  sha256,
} from '../../test/discovery/fakes.ts';
import { packEntry } from '../index-messages.ts';
import type { Found } from './ask-state.ts';
import { createCodebookKeys } from './bucket-keys.ts';
import { composeFound } from './compose-found.ts';
import { DhtIndex, type DhtIndexEffect } from './dht-index.ts';
import { type DhtSettings, dhtDefaults } from './dht-settings.ts';

const vectors = createWordVectors();
const buckets = createCodebookKeys(
  ['flights', 'walls', 'hearts'].map((word) => vectors.embed(word)),
  1,
);
const node = (number: number) => didOf(number, 'node') as NodeId;
const atMs = fakeNowMs;

function create(settings: Partial<DhtSettings> = {}): DhtIndex {
  const components = { hash: sha256, vectors, buckets };
  return new DhtIndex(components, {
    self: node(0),
    mesh: fakeMesh,
    settings: { probeCount: 1, ...settings },
  });
}

const capability = sealedOf(1, 'books flights', { nowMs: atMs, node: node(5) });
const own = sealedOf(2, 'flights', { nowMs: atMs, node: node(0) });

const only = <Type extends DhtIndexEffect['type']>(effects: readonly DhtIndexEffect[], type: Type) =>
  effects.filter((effect): effect is Extract<DhtIndexEffect, { type: Type }> => effect.type === type);
const sends = (effects: readonly DhtIndexEffect[]) => only(effects, 'send-index-message');

function found(index: DhtIndex, request: string, count: number) {
  const nodes = Array.from({ length: count }, (_, at) => node(at + 1));
  return index.step({
    type: 'closest-found',
    atMs,
    request,
    nodes,
    lookupMessageCount: 10,
    byteCount: 1_000,
  });
}

function ranked(
  index: DhtIndex,
  from: NodeId,
  request: string,
  entries = [{ capability }],
  fields = {},
  refusedCount = 0,
) {
  const message = {
    kind: 'ranked' as const,
    request,
    records: entries.map((entry) => packEntry(entry.capability)),
    isFull: false,
    ...fields,
  };
  return index.step({ type: 'ranked-received', atMs, from, message, entries, refusedCount, byteCount: 700 });
}

function ask(index: DhtIndex): { request: string } {
  const query = { text: 'flights', limit: 2, similarityMin: 0.3 };
  const [lookup] = only(index.step({ type: 'ask', atMs, request: 'q', query }), 'find-closest');
  return { request: lookup!.request };
}

describe('announcing', () => {
  test('puts the record to the three nodes closest to its bucket, and again a minute later', () => {
    const index = create();
    const [lookup] = only(index.step({ type: 'announce', atMs, entry: { capability: own } }), 'find-closest');
    expect(lookup).toMatchObject({ count: 3 });
    const puts = sends(found(index, lookup!.request, 5));
    expect(puts.map((put) => put.to)).toEqual([node(1), node(2), node(3)]);
    for (const { to, message } of puts) {
      const done = { kind: 'put-done' as const, request: lookup!.request, takenCount: 1, refusedCount: 0 };
      expect(message).toMatchObject({ kind: 'put', records: [packEntry(own)] });
      index.step({ type: 'put-done-received', atMs, from: to, message: done });
    }
    const later = index.step({
      type: 'timer-fired',
      atMs: atMs + dhtDefaults.republishMs,
      timer: 'dht-index',
    });
    expect(only(later, 'find-closest')).toHaveLength(1);
  });

  test('goes one ring outward when the nearest nodes are full', () => {
    const index = create();
    const [lookup] = only(index.step({ type: 'announce', atMs, entry: { capability: own } }), 'find-closest');
    let next: readonly DhtIndexEffect[] = [];
    for (const { to } of sends(found(index, lookup!.request, 3))) {
      const done = { kind: 'put-done' as const, request: lookup!.request, takenCount: 0, refusedCount: 1 };
      next = index.step({ type: 'put-done-received', atMs, from: to, message: done });
    }
    const [wider] = only(next, 'find-closest');
    expect(wider).toMatchObject({ count: 6 });
    expect(sends(found(index, wider!.request, 6)).map((put) => put.to)).toEqual([node(4), node(5), node(6)]);
  });

  test('keeps the record itself where it is among the closest, so that others find it there', () => {
    const index = create();
    const [lookup] = only(index.step({ type: 'announce', atMs, entry: { capability: own } }), 'find-closest');
    const { request } = lookup!;
    const closest = { type: 'closest-found', atMs, request, nodes: [node(1), node(0), node(2)] } as const;
    const puts = sends(index.step({ ...closest, lookupMessageCount: 0 }));
    expect(puts.map((put) => put.to)).toEqual([node(1), node(2)]);
    expect(index.sizes().heldCount).toBe(1);
  });

  test('tries again soon when nobody answers', () => {
    const index = create();
    const [lookup] = only(index.step({ type: 'announce', atMs, entry: { capability: own } }), 'find-closest');
    found(index, lookup!.request, 3);
    index.step({ type: 'timer-fired', atMs: atMs + dhtDefaults.answerMs, timer: 'dht-index' });
    const again = index.step({
      type: 'timer-fired',
      atMs: atMs + dhtDefaults.answerMs + dhtDefaults.retryMs,
      timer: 'dht-index',
    });
    expect(only(again, 'find-closest')).toHaveLength(1);
  });

  test('never puts a record that is for an audience', () => {
    const secret = sealedOf(3, 'flights', { nowMs: atMs, node: node(0), audience: [didOf(9)] });
    expect(create().step({ type: 'announce', atMs, entry: { capability: secret } })).toEqual([
      { type: 'ignored', reason: 'private' },
    ]);
  });

  test('tells the old bucket when the text changes, so that the old record is not found there', () => {
    const index = create();
    index.step({ type: 'announce', atMs, entry: { capability: own } });
    const moved = sealedOf(2, 'walls', { nowMs: atMs, node: node(0), seq: 2 });
    expect(
      only(index.step({ type: 'announce', atMs, entry: { capability: moved } }), 'find-closest'),
    ).toHaveLength(2);
  });
});

describe('asking', () => {
  test('asks one holder, then the other two only for what the first did not have, then probes', () => {
    const index = create();
    const { request } = ask(index);
    const [first, ...others] = sends(found(index, request, 3));
    expect([first!.to, others]).toEqual([node(1), []]);
    const rest = sends(ranked(index, node(1), request));
    expect(rest.map((send) => send.to)).toEqual([node(2), node(3)]);
    expect(rest[0]!.message).toMatchObject({ kind: 'query', have: [capability.id.slice(0, 16)] });
    ranked(index, node(2), request, []);
    // Too little was found, so one more bucket is looked up before the probe.
    const [wider] = only(ranked(index, node(3), request, []), 'find-closest');
    const [probe] = sends(index.step({ type: 'directory-failed', atMs, request: wider!.request }));
    expect(probe).toMatchObject({ to: node(5), message: { kind: 'probe', agents: [didOf(1)] } });
  });

  function finish(index: DhtIndex, request: string, agents: { agent: string; load: number }[]): Found {
    const [wider] = only(ranked(index, node(3), request, []), 'find-closest');
    const [probe] = sends(index.step({ type: 'directory-failed', atMs, request: wider!.request }));
    const { request: probeRequest } = probe!.message as { request: string };
    const message = { kind: 'alive' as const, request: probeRequest, agents };
    return only(
      index.step({ type: 'alive-received', atMs, from: probe!.to, message, byteCount: 90 }),
      'found',
    )[0]!;
  }

  function askThree(index: DhtIndex): string {
    const { request } = ask(index);
    found(index, request, 3);
    ranked(index, node(1), request);
    ranked(index, node(2), request, [], {}, 4);
    return request;
  }

  test('answers with what is alive, how it was found, and that it may be incomplete', () => {
    const index = create();
    const answer = composeFound(finish(index, askThree(index), [{ agent: didOf(1), load: 0.5 }]), {
      ...{ space: vectors.space, viewer: {} },
    });
    expect(answer.skills[0]!.hits[0]).toMatchObject({ agent: didOf(1), factors: { because: { load: 0.5 } } });
    expect(answer.provenance).toMatchObject({
      ...{ via: 'dht', nodesAskedCount: 4, nodesAnsweredCount: 4, recordCount: 1, refusedCount: 4 },
      isMaybeIncomplete: true,
    });
    expect(answer.provenance.messageCount).toBe(10 + 3 + 3 + 2);
  });

  test('leaves out who is away, dead, or too busy for the filter', () => {
    const index = create();
    expect(finish(index, askThree(index), []).skills[0]!.candidates).toEqual([]);
  });

  test('drops an agent whose withdrawal any holder knows', () => {
    const index = create();
    const { request } = ask(index);
    found(index, request, 3);
    ranked(index, node(1), request);
    const withdrawn = sealedOf(1, '', { nowMs: atMs, node: node(5), seq: 2, withdrawn: true });
    ranked(index, node(2), request, [{ capability: withdrawn }]);
    const [wider] = only(ranked(index, node(3), request, []), 'find-closest');
    const done = index.step({ type: 'directory-failed', atMs, request: wider!.request });
    expect(only(done, 'found')[0]!.skills[0]!.candidates).toEqual([]);
  });

  test('ends at its deadline although nobody ever answers', () => {
    const index = create();
    ask(index);
    const done = only(
      index.step({ type: 'timer-fired', atMs: atMs + dhtDefaults.deadlineMs, timer: 'dht-index' }),
      'found',
    );
    expect(done[0]).toMatchObject({ request: 'q', reasons: ['deadline'] });
    expect(index.sizes().openQueryCount).toBe(0);
  });

  test('finds own agents without asking anybody about them', () => {
    const index = create();
    index.step({ type: 'load-changed', atMs, attached: new Map([[didOf(2), 0.25]]) });
    index.step({ type: 'announce', atMs, entry: { capability: own } });
    ask(index);
    const [done] = only(
      index.step({ type: 'timer-fired', atMs: atMs + dhtDefaults.deadlineMs, timer: 'dht-index' }),
      'found',
    );
    expect(done!.skills[0]!.candidates).toMatchObject([{ capability: own }]);
  });

  test('that names nothing is answered at once, and says why', () => {
    const effects = create().step({ type: 'ask', atMs, request: 'q', query: { skills: [' '] } });
    expect(only(effects, 'found')[0]).toMatchObject({ skills: [], reasons: ['empty-query'] });
  });

  test('takes no answer from a node that was not asked, and none twice', () => {
    const index = create();
    const { request } = ask(index);
    found(index, request, 3);
    expect(sends(ranked(index, node(9), request))).toEqual([]);
    expect(sends(ranked(index, node(1), request))).toHaveLength(2);
    expect(sends(ranked(index, node(1), request))).toEqual([]);
  });
});

describe('holding', () => {
  test('answers puts, queries and probes', () => {
    const index = create();
    const record = packEntry(capability);
    const put = { kind: 'put' as const, request: 'p', bucket: 'c0', records: [record] };
    const done = sends(
      index.step({ type: 'put-received', atMs, from: node(9), message: put, entries: [{ capability }] }),
    );
    expect(done[0]).toMatchObject({
      to: node(9),
      message: { kind: 'put-done', takenCount: 1, refusedCount: 0 },
    });
    const vector = Buffer.from(vectors.quantize(vectors.embed('flights'))).toString('base64url');
    const query = { kind: 'query' as const, request: 'r', buckets: ['c0'], space: vectors.space, vector };
    const limits = { limit: 5, similarityMin: 0.1, have: [] };
    const answer = sends(
      index.step({ type: 'query-received', atMs, from: node(9), message: { ...query, ...limits } }),
    );
    expect(answer[0]).toMatchObject({ message: { kind: 'ranked', records: [record], isFull: false } });
    const other = index.step({
      type: 'query-received',
      atMs,
      from: node(9),
      message: { ...query, ...limits, space: 'x' },
    });
    expect(other[0]).toEqual({ type: 'ignored', reason: 'other-space' });
    index.step({ type: 'load-changed', atMs, attached: new Map([[didOf(2), 0.25]]) });
    const probe = { kind: 'probe' as const, request: 's', agents: [didOf(1), didOf(2)] };
    const alive = sends(index.step({ type: 'probe-received', atMs, from: node(9), message: probe }));
    expect(alive[0]).toMatchObject({ message: { kind: 'alive', agents: [{ agent: didOf(2), load: 0.25 }] } });
  });
});
