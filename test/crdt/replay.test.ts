/** A log replays into the state of the replica that wrote it, also when epochs were replaced or forked. */
import { describe, expect, test } from 'vitest';
import { contentDigest, type EntryChange, readStoredLog, replayGraph, replayLog } from '../../crdt/index.ts';
import type { Did } from '../../protocol/brand.ts';
import { Draw, didOf, digestText, hash, MemoryRows, mesh, settle, space, TestNode } from './harness.ts';

const place = { mesh, space, hash };
const digest = digestText;
const [ann, ben, eve] = ['ann', 'ben', 'eve'].map(didOf) as [Did, Did, Did];

function write(node: TestNode, author: Did, draw: Draw, count: number): void {
  for (let i = 0; i < count; i++) {
    node.nowMs += 1 + draw.int(20);
    const name = `c${draw.int(8)}`;
    const value = draw.chance(0.2) ? undefined : { type: 'fact', text: `${name} ${draw.int(100)}` };
    const edits: { key: string; value: EntryChange['value'] }[] = [{ key: `e/${name}`, value }];
    const target = `${eve}/c${draw.int(4)}`;
    if (author !== eve && draw.chance(0.3)) {
      const claim = node.replica.find(eve, `e/${target.slice(eve.length + 1)}`);
      const content = contentDigest({ body: (claim ?? {}) as object }, digest);
      edits.push({ key: `a/${target}`, value: { target, stance: 'support', content } });
    }
    node.edit(author, edits);
  }
}

/** Ann compacts twice, eve forks, ben attests what eve said; then all talk until they agree. */
function live(seed: number): { node: TestNode; rows: MemoryRows } {
  const draw = new Draw(seed);
  const rows = new MemoryRows();
  const node = new TestNode('n', { rows });
  const other = new TestNode('o', { nowMs: node.nowMs });
  for (const author of [ann, ben]) node.give({ type: 'open-writer', author, freshEpoch: draw.hex(32) });
  const shared = draw.hex(32);
  node.give({ type: 'open-writer', author: eve, freshEpoch: shared });
  write(node, eve, draw, 4 + draw.int(4));
  for (let round = 0; round < 3; round++) {
    write(node, ann, draw, 5);
    if (round === 1 && draw.chance(0.8)) {
      // Another node with eve's key and her rows: it goes on in the same epoch.
      other.nowMs = node.nowMs;
      node.outbox.length = 0;
      settle([node, other], 2);
      const copied = new MemoryRows();
      for (const [bucket, map] of other.rows.buckets) copied.buckets.set(bucket, new Map(map));
      const head = node.replica.heads().find((one) => one.author === eve)!;
      copied.write('writer', `${space}/${eve}`, JSON.stringify({ ...head, head: head.hash }));
      const twin = new TestNode('t', { rows: copied, nowMs: node.nowMs });
      twin.give({ type: 'open-writer', author: eve, freshEpoch: draw.hex(32) });
      write(twin, eve, draw, 3);
      write(node, eve, draw, 3);
      write(node, ben, draw, 6);
      twin.outbox.length = 0;
      node.outbox.length = 0;
      settle([node, twin], 3);
    }
    write(node, ben, draw, 3);
    if (round < 2)
      node.give({
        type: 'compact-author',
        author: ann,
        request: `c${round}`,
        members: 'm1',
        freshEpoch: draw.hex(32),
      });
  }
  return { node, rows };
}

describe('replay', () => {
  test('200 logs with checkpoints and fork proofs replay into the same replica and the same graph', () => {
    let forkCount = 0;
    let cutOffCount = 0;
    for (let seed = 1; seed <= 200; seed++) {
      const { node, rows } = live(seed);
      const log = readStoredLog(rows, place);
      expect(log.damaged).toEqual([]);
      expect(log.checkpoints).toHaveLength(2);
      const replica = replayLog({ ...place, ...log }, () => undefined);
      expect(replica.viewText(), `seed ${seed}`).toBe(node.replica.viewText());
      const graph = replayGraph({ ...place, ...log, components: { digest } });
      const expected = node.graph();
      expect(graph.viewText(), `seed ${seed}`).toBe(expected.viewText());
      forkCount += log.proofs.length;
      cutOffCount += [...expected.nodes.values()].filter((one) => one.status === 'author-forked').length;
      if (log.proofs.length === 0) continue;
      // Frames alone would tell another story.
      const frames = { ...place, frames: log.frames };
      expect(replayLog(frames, () => undefined).viewText()).not.toBe(node.replica.viewText());
    }
    expect(forkCount).toBeGreaterThan(100);
    expect(cutOffCount).toBeGreaterThan(20);
  }, 30_000);

  test('a version from before a checkpoint shows what stood then', () => {
    const draw = new Draw(7);
    const rows = new MemoryRows();
    const node = new TestNode('n', { rows });
    node.give({ type: 'open-writer', author: ann, freshEpoch: draw.hex(32) });
    write(node, ann, draw, 12);
    const version = node.replica.heads();
    const then = node.graph().viewText();
    node.give({ type: 'compact-author', author: ann, request: 'c', members: 'm1', freshEpoch: draw.hex(32) });
    write(node, ann, draw, 12);
    const log = readStoredLog(rows, place);
    const source = { ...place, ...log, components: { digest } };
    expect(replayGraph(source, version).viewText()).toBe(then);
    expect(replayGraph(source, node.replica.heads()).viewText()).toBe(node.graph().viewText());
    expect(replayGraph(source).viewText()).toBe(node.graph().viewText());
  });
});
