/** What many authors cost in memory: their chains in the replica, their claims in the graph. */
import { createGraph, type Frame } from '../../crdt/index.ts';
import type { Verified } from '../../protocol/signing.ts';
import { collectGarbage } from './full-collection.ts';
import { makeFrames, makeWriter, newReplica } from './graph-workload.ts';

/** Claims of each author, one a frame, authors interleaved. */
const rounds = 20;

export interface ManyAuthors {
  readonly frameMicros: number;
  /** What the replica holds: chains, grammar index and every value. */
  readonly replicaBytes: number;
  /** What the graph holds besides: nodes, ids, indexes. Values are the replica's own objects. */
  readonly graphBytes: number;
}

/**
 * Growth of `heapUsed` and `arrayBuffers` after full collections: first while a replica takes in all frames, then
 * while a graph takes in all entries. The frames given stay alive all the while and are not counted, as a node
 * keeps them on disk; what the replica keeps of them (members, epoch and author names) is shared with them.
 */
export function measureManyAuthors(authorCount: number): ManyAuthors {
  const writers = Array.from({ length: authorCount }, makeWriter);
  const replica = newReplica();
  const graph = createGraph();
  const frames = makeFrames(writers, authorCount * rounds, 1, false);
  // Texts built piece by piece are joined now, so that their pieces do not go while the replica is measured.
  for (const { frame } of frames) for (const text of [frame.prev, frame.epoch, frame.author]) /$/.test(text);
  const before = heapBytes();
  const startedAt = performance.now();
  for (const { frame } of frames) {
    const input = { type: 'frame-received', atMs: frame.at, from: frame.author } as const;
    for (const effect of replica.step({ ...input, frame: frame as Verified<Frame> }))
      if (effect.type === 'ignored') throw new Error(effect.reason);
  }
  const frameMicros = ((performance.now() - startedAt) / frames.length) * 1_000;
  const replicaBytes = heapBytes() - before;
  const beforeGraph = heapBytes();
  for (const entry of replica.entries()) graph.view.apply([entry]);
  const graphBytes = heapBytes() - beforeGraph;
  // Kept alive until here, so that what is measured is not their going.
  const isWhole =
    frames.every(({ frame }) => frame.seq < rounds) &&
    graph.view.nodes.size === frames.length &&
    replica.heads().length === authorCount;
  if (!isWhole) throw new Error('some claims are missing');
  return { frameMicros, replicaBytes, graphBytes };
}

function heapBytes(): number {
  collectGarbage();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}
