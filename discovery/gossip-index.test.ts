import { describe, expect, test } from 'vitest';
import { didOf, fakeMesh, fakeNowMs, hourMs, sealedOf } from '../test/discovery/fakes.ts';
import { GossipNetwork, type NetworkNode } from '../test/discovery/gossip-network.ts';
import { capabilityForm, capabilityKey, sealCapability, withdrawalOf } from './capability-record.ts';
import { beaconBucket, GossipIndex, recordBucket, sequenceBucket } from './gossip-index.ts';
import { discoveryLimits } from './limits.ts';
import { readRecord } from './signed-record.ts';
import { sealAnnex, writeVector } from './vector-annex.ts';

function announce(network: GossipNetwork, node: NetworkNode, agent: number, text: string, fields = {}) {
  const capability = sealedOf(agent, text, { node: node.id, nowMs: network.nowMs, ...fields });
  return network.feed(node, { type: 'announce', atMs: network.nowMs, entry: { capability } });
}

function agentsFound(network: GossipNetwork, node: NetworkNode, text: string, viewer = {}): string[] {
  const answer = network.search(node, text, viewer);
  return answer.skills[0]!.hits.map((hit) => hit.agent).sort();
}

function fullMesh(nodeCount: number, init = {}): { network: GossipNetwork; nodes: NetworkNode[] } {
  const network = new GossipNetwork(init);
  const nodes: NetworkNode[] = [];
  for (let i = 0; i < nodeCount; i++) nodes.push(network.add(i, nodes));
  network.run(3_000);
  return { network, nodes };
}

describe('the gossip index', () => {
  test('finds an agent announced on one node from every other within 2 s', () => {
    const { network, nodes } = fullMesh(5);
    announce(network, nodes[0]!, 1, 'books flights');
    network.run(2_000);
    for (const node of nodes) expect(agentsFound(network, node, 'flights')).toEqual([didOf(1)]);
  });

  test('gives a late joiner with one neighbour everything within 5 s: 40 nodes, 2,000 records', () => {
    const { network, nodes } = fullMesh(40);
    for (let agent = 0; agent < 2_000; agent++)
      announce(network, nodes[agent % 40]!, agent, `sorts mail ${agent}`);
    network.run(5_000);
    const late = network.add(99, [nodes[7]!]);
    network.run(5_000);
    expect(late.index.sizes()).toMatchObject({ recordCount: 2_000, behindCount: 0 });
    const answer = late.index.search({
      query: { text: 'mail', limit: 1_000 },
      nowMs: network.nowMs,
      viewer: {},
    });
    expect(answer.skills[0]!.hits).toHaveLength(1_000);
    expect(answer.provenance).toMatchObject({ isMaybeIncomplete: false, reasons: [], recordCount: 2_000 });
  });

  test('gives a late joiner a node with very many records in parts', () => {
    const { network, nodes } = fullMesh(2);
    for (let agent = 0; agent < 3_000; agent++) announce(network, nodes[0]!, agent, `sorts mail ${agent}`);
    network.run(5_000);
    const late = network.add(99, [nodes[1]!]);
    network.run(5_000);
    expect(late.index.sizes()).toMatchObject({ recordCount: 3_000, behindCount: 0 });
  });

  test('says that an answer may be incomplete until the first comparison is done', () => {
    const { network, nodes } = fullMesh(2);
    announce(network, nodes[0]!, 1, 'books flights');
    const late = network.add(9, [nodes[1]!]);
    const { provenance } = network.search(late, 'flights');
    expect(provenance).toMatchObject({ isMaybeIncomplete: true, reasons: ['first-sync-not-done'] });
  });

  test('repairs what gossip lost, from the digests in the beacon', () => {
    let losesAll = false;
    const { network, nodes } = fullMesh(4, { isLost: () => losesAll });
    losesAll = true;
    for (let agent = 0; agent < 20; agent++) announce(network, nodes[0]!, agent, 'books flights');
    network.run(100);
    losesAll = false;
    expect(agentsFound(network, nodes[3]!, 'flights')).toHaveLength(0);
    network.run(4_000);
    for (const node of nodes) expect(agentsFound(network, node, 'flights')).toHaveLength(20);
  });

  test('knows from beacons alone how large the mesh is, without holding the records', () => {
    const { network, nodes } = fullMesh(3);
    for (let agent = 0; agent < 9; agent++) announce(network, nodes[agent % 3]!, agent, 'books flights');
    network.run(4_000);
    expect(nodes[0]!.index.meshSize()).toEqual({ nodeCount: 3, recordCount: 9 });
  });

  test('drops a withdrawn agent from all answers, and no replay brings it back, nor a restart', () => {
    const { network, nodes } = fullMesh(3);
    const old = sealedOf(1, 'books flights', { node: nodes[0]!.id, nowMs: network.nowMs });
    network.feed(nodes[0]!, { type: 'announce', atMs: network.nowMs, entry: { capability: old } });
    network.run(1_000);
    const withdrawn = sealCapability(withdrawalOf(old.body, network.nowMs), network.keys);
    network.feed(nodes[0]!, { type: 'announce', atMs: network.nowMs, entry: { capability: withdrawn } });
    network.run(1_000);
    const replay = { type: 'record-received', atMs: network.nowMs, entry: { capability: old } } as const;
    for (const node of nodes) {
      expect(network.feed(node, replay)).toEqual([{ type: 'ignored', reason: 'old' }]);
      expect(agentsFound(network, node, 'flights')).toEqual([]);
    }
    const again = restart(network, nodes[1]!);
    expect(network.feed(again, replay)).toEqual([{ type: 'ignored', reason: 'old' }]);
  });

  test('writes one row for a record, and one for its number when it is over: no old one comes back, nor after a restart', () => {
    const { network, nodes } = fullMesh(1);
    const [node] = nodes;
    const soonOver = { node: node!.id, nowMs: network.nowMs, expiresAt: network.nowMs + 60_000 };
    const [old, newer] = [1, 2].map((seq) => sealedOf(1, 'books flights', { ...soonOver, seq }));
    const longLived = sealedOf(1, 'books flights', { node: node!.id, nowMs: network.nowMs, seq: 1 });
    network.feed(node!, { type: 'announce', atMs: network.nowMs, entry: { capability: old! } });
    network.feed(node!, { type: 'announce', atMs: network.nowMs, entry: { capability: newer! } });
    const bucketsOf = (one: NetworkNode) =>
      [...one.disk.keys()].filter((path) => !path.startsWith(beaconBucket)).map((path) => path.split(' ')[0]);
    const row = (bucket: string) => [`${bucket}/${didOf(1)}`];
    expect(bucketsOf(node!)).toEqual(row(recordBucket));
    const replay = () => ({
      ...{ type: 'record-received' as const, atMs: network.nowMs, entry: { capability: longLived } },
    });
    expect(network.feed(node!, replay())).toEqual([{ type: 'ignored', reason: 'old' }]);
    const downFrom = { ...node!, disk: new Map(node!.disk) };
    network.run(61_000);
    expect(bucketsOf(node!)).toEqual(row(sequenceBucket));
    expect(network.feed(node!, replay())).toEqual([{ type: 'ignored', reason: 'old' }]);
    for (const disk of [node!.disk, downFrom.disk]) {
      const again = restart(network, { ...node!, disk });
      expect(network.feed(again, replay())).toEqual([{ type: 'ignored', reason: 'old' }]);
      expect(bucketsOf(again)).toEqual(row(sequenceBucket));
    }
  });

  test('finds its own agents again right after a restart, and its new beacon is newer than all before', () => {
    const { network, nodes } = fullMesh(2);
    const capability = sealedOf(1, 'books flights', { node: nodes[1]!.id, nowMs: network.nowMs });
    network.feed(nodes[1]!, { type: 'announce', atMs: network.nowMs, entry: { capability } });
    network.run(10_000);
    const before = nodes[0]!.index.sizes().nodeCount;
    network.nowMs -= 5_000; // The wall clock was set back while the node was down.
    const again = restart(network, nodes[1]!, [capability]);
    expect(agentsFound(network, again, 'flights')).toEqual([didOf(1)]);
    const drafts = network
      .feed(again, { type: 'start', atMs: network.nowMs })
      .filter((effect) => effect.type === 'sign-beacon');
    expect(drafts[0]!.draft.seq).toBeGreaterThan(network.nowMs + 5_000);
    expect(before).toBe(2);
  });

  test('drops a dead node’s agents within the lease that its beacon states', () => {
    const { network, nodes } = fullMesh(5);
    announce(network, nodes[0]!, 1, 'books flights');
    network.run(2_500);
    network.kill(nodes[0]!);
    network.run(6_000);
    for (const node of nodes.slice(1)) expect(agentsFound(network, node, 'flights')).toEqual([]);
  });

  test('drops a node that dies before its second beacon as soon as any other of so small a mesh', () => {
    const { network, nodes } = fullMesh(4);
    const late = network.add(9, nodes);
    announce(network, late, 1, 'books flights');
    network.run(500);
    network.kill(late);
    expect(agentsFound(network, nodes[0]!, 'flights')).toEqual([didOf(1)]);
    network.run(5_600);
    for (const node of nodes) expect(agentsFound(network, node, 'flights')).toEqual([]);
  });

  test('lets nodes that came together be heard once, and again when the interval of their mesh is over', () => {
    const network = new GossipNetwork();
    const nodes: NetworkNode[] = [];
    for (let i = 0; i < 60; i++) nodes.push(network.add(i, nodes));
    network.run(5_900);
    expect(network.sent.beaconCount).toBe(60);
    for (const node of nodes) expect(node.index.sizes().nodeCount).toBe(60);
    network.run(20_000);
    expect(network.sent.beaconCount).toBeGreaterThanOrEqual(180);
    for (const node of nodes) expect(node.index.sizes().nodeCount).toBe(60);
  });

  test('is heard again after 2 s when nobody heard it, or when it tells of other records by then', () => {
    const { network, nodes } = fullMesh(60);
    const [unheard, changed, calm] = [97, 98, 99].map((number) => network.add(number, nodes));
    network.feed(unheard!, { type: 'beacon-unheard', atMs: network.nowMs });
    announce(network, changed!, 1, 'books flights');
    const seqOf = (node: NetworkNode) => {
      const beacons = network.feed(node, {
        type: 'timer-fired',
        atMs: network.nowMs,
        timer: 'gossip-index/beacon',
      });
      return beacons.filter((effect) => effect.type === 'sign-beacon').length;
    };
    network.run(1_900);
    network.nowMs += 100;
    expect([unheard!, changed!, calm!].map(seqOf)).toEqual([1, 1, 0]);
  });

  test('drops an agent that went away, and shows how busy the others are', () => {
    const { network, nodes } = fullMesh(2);
    announce(network, nodes[0]!, 1, 'books flights');
    announce(network, nodes[0]!, 2, 'books flights');
    const load = { busy: new Map([[didOf(2), 0.5]]), away: new Set([didOf(1)]) };
    network.feed(nodes[0]!, { type: 'load-changed', atMs: network.nowMs, ...load });
    network.run(3_000);
    for (const node of nodes) {
      const [hit, ...rest] = network.search(node, 'flights').skills[0]!.hits;
      expect(rest).toEqual([]);
      expect(hit).toMatchObject({ agent: didOf(2), factors: { because: { load: 0.5 } } });
    }
  });

  test('drops a record that expired everywhere, from disk as well', () => {
    const { network, nodes } = fullMesh(2);
    announce(network, nodes[0]!, 1, 'books flights', { expiresAt: network.nowMs + 10_000 });
    network.run(9_000);
    expect(agentsFound(network, nodes[1]!, 'flights')).toHaveLength(1);
    network.run(1_000);
    for (const node of nodes) {
      expect(agentsFound(network, node, 'flights')).toEqual([]);
      expect([...node.disk.keys()].filter((key) => key.startsWith(recordBucket))).toEqual([]);
    }
  });

  test('keeps records for an audience away from nodes that are outside it', () => {
    const inside = didOf(1, 'node');
    const { network, nodes } = fullMesh(3, { mayNodeSee: (node: string) => node === inside });
    const effects = announce(network, nodes[0]!, 1, 'secret flights', { audience: [didOf(50)] });
    expect(effects).toContainEqual(expect.objectContaining({ type: 'send-private', audience: [didOf(50)] }));
    expect(effects.some((effect) => effect.type === 'publish-record')).toBe(false);
    const have: string[] = [];
    const wants = [{ node: nodes[0]!.id, part: 0, partCount: 1, have }];
    const pull = {
      type: 'pull-received',
      atMs: network.nowMs,
      message: { kind: 'pull' as const, wants },
    } as const;
    const answered = [nodes[1]!, nodes[2]!].map((peer) => {
      const [send] = network.feed(nodes[0]!, { ...pull, from: peer.id });
      return (
        send?.type === 'send-index-message' && send.message.kind === 'records' && send.message.records.length
      );
    });
    expect(answered).toEqual([1, 0]);
    network.run(1_000);
    expect(agentsFound(network, nodes[1]!, 'flights')).toEqual([]);
    expect(agentsFound(network, nodes[1]!, 'flights', { agent: didOf(50) })).toEqual([didOf(1)]);
    expect(agentsFound(network, nodes[2]!, 'flights', { agent: didOf(50) })).toEqual([]);
  });

  test('holds at most so many records of one agent, and takes a withdrawal even then', () => {
    const { network, nodes } = fullMesh(1);
    const limit = discoveryLimits.recordsPerAgentMax;
    for (let i = 0; i < limit; i++) announce(network, nodes[0]!, 1, 'books flights', { capability: `c${i}` });
    expect(announce(network, nodes[0]!, 1, 'one more', { capability: 'more' })).toEqual([
      { type: 'ignored', reason: 'quota' },
    ]);
    const withdrawal = announce(network, nodes[0]!, 1, '', { capability: 'c0', seq: 2, withdrawn: true });
    expect(withdrawal[0]).toMatchObject({ type: 'persist', bucket: recordBucket });
  });

  test('makes a record durable before it is published', () => {
    const { network, nodes } = fullMesh(1);
    const types = announce(network, nodes[0]!, 1, 'books flights').map((effect) => effect.type);
    expect(types.lastIndexOf('persist')).toBeLessThan(types.indexOf('publish-record'));
  });

  test('searches a dense space only with vectors of that space, from the annex of the record’s own node', () => {
    const { network, nodes } = fullMesh(2);
    const capability = sealedOf(1, 'books flights', { node: nodes[0]!.id, nowMs: network.nowMs });
    const dense = Int8Array.of(1, 2, 3, 4);
    const annexOf = (node: string) =>
      sealAnnex(
        {
          ...{
            record: 'annex',
            mesh: capability.body.mesh,
            node,
            of: capability.id,
            agent: capability.body.agent,
          },
          ...{ capability: 'main', space: 'model-x', vector: writeVector(dense) },
          ...{ createdAt: network.nowMs, expiresAt: network.nowMs + hourMs },
        },
        network.keys,
      );
    const search = (space: string) =>
      nodes[1]!.index.search({
        ...{ query: { text: 'anything' }, nowMs: network.nowMs, viewer: {} },
        dense: { space, vectors: [dense] },
      });
    const input = { type: 'record-received', atMs: network.nowMs } as const;
    network.feed(nodes[1]!, { ...input, entry: { capability, annex: annexOf(nodes[1]!.id) } });
    expect(search('model-x').provenance.reasons).toContain('no-vectors-of-that-space');
    network.feed(nodes[1]!, { ...input, entry: { capability, annex: annexOf(nodes[0]!.id) } });
    expect(search('model-x').skills[0]!.hits.map((hit) => hit.agent)).toEqual([didOf(1)]);
    expect(search('model-y').provenance.reasons).toContain('no-vectors-of-that-space');
  });

  test('sends at most 10 beacons a second once the nodes know of each other', () => {
    const { network } = fullMesh(60);
    network.run(20_000);
    const before = network.sent.beaconCount;
    network.run(60_000);
    expect((network.sent.beaconCount - before) / 60).toBeLessThanOrEqual(10);
  });

  test('costs two equal neighbours one small message each per comparison', () => {
    const { network, nodes } = fullMesh(2);
    for (let agent = 0; agent < 500; agent++) announce(network, nodes[0]!, agent, `sorts mail ${agent}`);
    network.run(31_000);
    const before = { ...network.sent };
    network.run(30_000);
    expect(network.sent.directCount - before.directCount).toBeLessThanOrEqual(4);
    expect(network.sent.directBytes - before.directBytes).toBeLessThan(8 * 1024);
  });

  test('ignores what is foreign to it', () => {
    const { network, nodes } = fullMesh(1);
    const atMs = fakeNowMs;
    const foreign = sealedOf(1, 'x', { node: didOf(7, 'node'), nowMs: network.nowMs });
    const reasons = [
      nodes[0]!.index.step({ type: 'timer-fired', atMs, timer: 'other' }),
      nodes[0]!.index.step({ type: 'peer-down', atMs, node: didOf(7, 'node') }),
      nodes[0]!.index.step({ type: 'announce', atMs, entry: { capability: foreign } }),
    ].map((effects) => effects.map((effect) => effect.type === 'ignored' && effect.reason));
    expect(reasons).toEqual([['foreign-timer'], ['not-up'], ['not-my-agent']]);
  });
});

/** A new process over the old disk. */
function restart(
  network: GossipNetwork,
  node: NetworkNode,
  records: readonly ReturnType<typeof sealedOf>[] = [],
): NetworkNode {
  const rows = [...node.disk].map(([path, value]) => {
    const at = path.indexOf('/', path.indexOf('/') + 1);
    return { bucket: path.slice(0, at), key: path.slice(at + 1), value };
  });
  const index = new GossipIndex(
    { hash: network.keys.hash, vectors: network.vectors },
    { self: node.id, mesh: fakeMesh },
  );
  const fresh: NetworkNode = { ...node, index, timers: new Map(), peers: new Set() };
  node.isAlive = false;
  network.nodes.set(node.id, fresh);
  const rowsOf = (bucket: string) => rows.filter((row) => row.bucket === bucket);
  const held = new Set(records.map((record) => capabilityKey(record.body)));
  const lapsed = rowsOf(recordBucket).flatMap(({ key, value }) => {
    const read = readRecord(capabilityForm, value as Uint8Array, network.keys.hash);
    return read.ok && !held.has(key) ? [read.value] : [];
  });
  network.feed(fresh, {
    ...{ type: 'load', atMs: network.nowMs, records, lapsed },
    ...{ sequenceRows: rowsOf(sequenceBucket), beaconRows: rowsOf(beaconBucket) },
  });
  return fresh;
}
