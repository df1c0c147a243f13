/** Replicas that hear the same frames hold the same view; what is lost is fetched again. */
import { describe, expect, test } from 'vitest';
import { type ForkProof, isForkRoot, toForkProofRecord, verifyForkProof } from '../../crdt/index.ts';
import { deliverAll, didOf, fakeSign, hash, MemoryRows, settle, TestNode } from './harness.ts';

const alice = didOf('alice');
const bob = didOf('bob');
const epochA = 'a'.repeat(32);
const epochB = 'b'.repeat(32);
const epochC = 'c'.repeat(32);

function openWriter(node: TestNode, author = alice, freshEpoch = epochA): void {
  node.give({ type: 'open-writer', author, freshEpoch });
}

describe('replicas', () => {
  test('a local edit is durable before it is published, and shows in the view', () => {
    const node = new TestNode('n1');
    openWriter(node);
    const effects = node.edit(alice, [{ key: 'k', value: { text: 'hello' } }]);
    const order = effects.map((effect) => effect.type);
    expect(order.indexOf('persist')).toBeGreaterThan(-1);
    expect(order.indexOf('persist')).toBeLessThan(order.indexOf('publish-frame'));
    expect(order.indexOf('persist')).toBeLessThan(order.indexOf('edited'));
    expect(node.replica.find(alice, 'k')).toEqual({ text: 'hello' });
  });

  test('two replicas agree after one summary, whatever each of them lacked', () => {
    const nodes = [new TestNode('n1'), new TestNode('n2')] as const;
    openWriter(nodes[0]);
    openWriter(nodes[1], bob, epochB);
    for (let i = 0; i < 200; i++) {
      nodes[0].edit(alice, [{ key: `k${i % 17}`, value: i }]);
      nodes[1].edit(bob, [{ key: `k${i % 13}`, value: i % 5 === 0 ? undefined : `v${i}` }]);
    }
    for (const node of nodes) node.outbox.length = 0;
    settle(nodes, 2);
    expect(nodes[0].replica.viewText()).toBe(nodes[1].replica.viewText());
    expect(nodes[0].replica.heads()).toHaveLength(2);
    expect(nodes[0].toldText()).toBe(nodes[1].toldText());
  });

  test('a clean restart continues the epoch; an unclean one starts a fresh epoch that names the last head', () => {
    const rows = new MemoryRows();
    const first = new TestNode('n1', { rows });
    openWriter(first);
    first.edit(alice, [{ key: 'k', value: 1 }]);
    first.give({ type: 'close-writer', author: alice });

    const second = new TestNode('n1', { rows });
    openWriter(second, alice, epochB);
    second.edit(alice, [{ key: 'k', value: 2 }]);
    expect(second.replica.heads()).toMatchObject([{ epoch: epochA, seq: 1 }]);
    const head = second.replica.heads()[0]!.hash;

    const third = new TestNode('n1', { rows, nowMs: 1_000_100 });
    openWriter(third, alice, epochC);
    third.edit(alice, [
      { key: 'k', value: undefined },
      { key: 'other', value: 3 },
    ]);
    const published = third.effects.find((effect) => effect.type === 'publish-frame')!;
    expect(published).toMatchObject({ frame: { epoch: epochC, seq: 0, prev: head } });
    expect(third.replica.find(alice, 'k')).toBeUndefined();
    expect(third.replica.find(alice, 'other')).toBe(3);
    expect(new TestNode('n1', { rows }).replica.viewText()).toBe(third.replica.viewText());
  });

  test('a checkpoint lets a late joiner start without the earlier epochs', () => {
    const node = new TestNode('n1');
    openWriter(node);
    for (let i = 0; i < 300; i++) node.edit(alice, [{ key: `k${i % 30}`, value: i }]);
    node.edit(alice, [{ key: 'k0', value: undefined }]);
    const stale = new TestNode('stale');
    settle([node, stale], 2);
    const before = JSON.stringify([...node.replica.entries()].map((e) => [e.key, e.value]).sort());
    node.give({ type: 'compact-author', author: alice, request: 'c', members: 'm1', freshEpoch: epochB });
    node.outbox.length = 0;
    expect(JSON.stringify([...node.replica.entries()].map((e) => [e.key, e.value]).sort())).toBe(before);

    const late = new TestNode('late');
    settle([node, late], 2);
    expect(late.replica.heads().map((head) => head.epoch)).toEqual([epochB]);
    settle([node, late, stale], 3);
    expect(late.replica.viewText()).toBe(node.replica.viewText());
    expect(stale.replica.viewText()).toBe(node.replica.viewText());
    expect(stale.toldText()).toBe(late.toldText());
  });

  test('two frames for one place freeze the epoch at the common prefix on every replica, with one proof', () => {
    const rows = new MemoryRows();
    const left = new TestNode('left', { rows });
    openWriter(left);
    for (let i = 0; i < 5; i++) left.edit(alice, [{ key: `k${i}`, value: i }]);
    left.give({ type: 'close-writer', author: alice });
    const copied = new MemoryRows();
    for (const [bucket, map] of rows.buckets) copied.buckets.set(bucket, new Map(map));
    const right = new TestNode('right', { rows: copied });
    const reopened = new TestNode('left', { rows });
    openWriter(reopened, alice, epochB);
    openWriter(right, alice, epochC);
    for (let i = 0; i < 100; i++) {
      reopened.edit(alice, [{ key: `left${i}`, value: i }]);
      right.edit(alice, [{ key: `right${i}`, value: i }]);
    }
    const nodes = [reopened, right, new TestNode('third')];
    for (const node of nodes) node.outbox.length = 0;
    settle(nodes, 6);
    for (const node of nodes) {
      expect(node.replica.heads()).toMatchObject([{ epoch: epochA, seq: 4, isFrozen: true }]);
      expect(node.replica.viewText()).toBe(nodes[0]!.replica.viewText());
      const proof = node.replica.proofs()[0] as ForkProof;
      expect(isForkRoot(proof)).toBe(true);
      const check = verifyForkProof(JSON.parse(JSON.stringify(toForkProofRecord(proof))), hash, (claim) => {
        return Buffer.from(fakeSign(claim.signer, claim.bytes)).toString('base64url') === claim.sig;
      });
      expect(check.ok).toBe(true);
    }
    expect(new TestNode('left', { rows }).replica.viewText()).toBe(nodes[0]!.replica.viewText());
  });

  test('a torn row and a lost row end the chain there and are fetched again', () => {
    const rows = new MemoryRows();
    const node = new TestNode('n1', { rows });
    openWriter(node);
    for (let i = 0; i < 20; i++) node.edit(alice, [{ key: `k${i}`, value: i }]);
    const healthy = new TestNode('n2');
    deliverAll([node, healthy]);
    settle([node, healthy], 2);
    const frames = rows.buckets.get('frame')!;
    const keys = [...frames.keys()].sort();
    frames.set(keys[15]!, (frames.get(keys[15]!) as Uint8Array).slice(0, 40));
    frames.delete(keys[7]!);
    const restarted = new TestNode('n1', { rows });
    expect(restarted.replica.heads()).toMatchObject([{ seq: 6 }]);
    expect(restarted.ignoredCount('torn-row')).toBe(1);
    settle([restarted, healthy], 2);
    expect(restarted.replica.viewText()).toBe(healthy.replica.viewText());
    expect(rows.buckets.get('frame')!.size).toBe(20);
  });

  test('one flipped bit anywhere in a stored row is found at the next start, and the row is fetched again', () => {
    const rows = new MemoryRows();
    const node = new TestNode('n1', { rows });
    openWriter(node);
    for (let i = 0; i < 3; i++) node.edit(alice, [{ key: `k${i}`, value: { text: `claim ${i}` } }]);
    const healthy = new TestNode('n2');
    deliverAll([node, healthy]);
    settle([node, healthy], 2);
    const frames = rows.buckets.get('frame')!;
    const key = [...frames.keys()].sort()[1]!;
    const whole = frames.get(key) as Uint8Array;
    for (let bit = 0; bit < whole.length * 8; bit++) {
      const rotten = whole.slice();
      rotten[bit >> 3]! ^= 1 << (bit & 7);
      frames.set(key, rotten);
      const restarted = new TestNode('n1', { rows });
      expect(restarted.replica.heads(), `bit ${bit}`).toMatchObject([{ seq: 0 }]);
      expect(restarted.ignoredCount('torn-row'), `bit ${bit}`).toBe(1);
      settle([restarted, healthy], 2);
      expect(restarted.replica.viewText() === healthy.replica.viewText(), `bit ${bit}`).toBe(true);
      expect(frames.get(key)).toEqual(whole);
    }
  });
});
