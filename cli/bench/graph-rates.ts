/** How fast frames become answers: the live path of a node against raw Yjs, and against verification alone. */
import { verify } from 'node:crypto';
import * as Y from 'yjs';
import { rootName } from '../../crdt/frames/index.ts';
import { createGraph, type Frame, type GraphView, queryGraph, sealFrame } from '../../crdt/index.ts';
import type { Verified } from '../../protocol/signing.ts';
import { claimOf, hash, isContradiction, newReplica, type Signed } from './graph-workload.ts';
import { median, spread } from './report.ts';

/**
 * The whole way of a frame: sealed from its content (which hashes it), verified, judged by chain and grammar, its
 * row made, its entries in the graph; then the graph is asked for the status of a claim of this frame, with its
 * conflicts, and for all that is said of that subject and predicate. At the end all conflicts are listed.
 *
 * The live path opens no Yjs document: the grammar reads the same update. `documents` opens one for each author
 * all the same and applies every update, as a node does on demand for editors, exports and audits.
 */
export function runOurs(
  frames: readonly Signed[],
  claimsPerFrame: number,
  documents?: Map<string, Y.Doc>,
): number {
  const replica = newReplica();
  const graph = createGraph();
  const startedAt = performance.now();
  for (let i = 0; i < frames.length; i++) {
    const { frame, writer } = frames[i]!;
    const sealed = sealFrame(frame, frame.sig, hash);
    if (!verify(null, sealed.signedBytes, writer.publicKey, sealed.sig))
      throw new Error('a frame does not verify');
    const input = { type: 'frame-received', atMs: frame.at, from: frame.author } as const;
    for (const effect of replica.step({ ...input, frame: sealed as Verified<Frame> })) {
      if (effect.type === 'view-changed')
        graph.step({ type: 'entries-changed', atMs: frame.at, changes: effect.changes });
      if (effect.type === 'ignored') throw new Error(effect.reason);
    }
    if (documents !== undefined) applyTo(documents, sealed);
    checkAnswers(graph.view, frame, (i + 1) * claimsPerFrame - 1);
  }
  checkConflicts(graph.view, frames.length * claimsPerFrame);
  return performance.now() - startedAt;
}

/** Ask for claim number `n`, the last of its frame, and for what is said of its subject. */
function checkAnswers(view: GraphView, frame: Frame, n: number): void {
  const { key, value } = claimOf(n);
  const found = view.find(`${frame.author}/${key.slice(2)}`);
  const conflictCount = isContradiction(n) ? 1 : 0;
  if (found?.status !== 'hypothesis' || found.conflicts.length !== conflictCount)
    throw new Error(`the view does not answer for claim ${n}`);
  const said = queryGraph(view, { subject: String(value.subject), predicate: String(value.predicate) });
  if (said.length !== 1 + conflictCount) throw new Error(`the view does not know all of ${value.subject}`);
}

function checkConflicts(view: GraphView, claimCount: number): void {
  let expected = 0;
  for (let n = 0; n < claimCount; n++) if (isContradiction(n)) expected += 1;
  const open = view.listConflicts().filter((conflict) => conflict.status === 'open').length;
  if (open !== expected) throw new Error(`${open} of ${expected} conflicts are listed`);
}

/** One document per author, the same updates, one SHA-256 and one verification each. */
export function runFloor(frames: readonly Signed[]): number {
  const documents = new Map<string, Y.Doc>();
  const startedAt = performance.now();
  for (const { frame, writer } of frames) {
    hash(frame.signedBytes);
    if (!verify(null, frame.signedBytes, writer.publicKey, frame.sig))
      throw new Error('a frame does not verify');
    applyTo(documents, frame);
  }
  return performance.now() - startedAt;
}

function applyTo(documents: Map<string, Y.Doc>, frame: Frame): void {
  let doc = documents.get(frame.author);
  if (doc === undefined) {
    doc = new Y.Doc();
    doc.getMap(rootName);
    documents.set(frame.author, doc);
  }
  Y.applyUpdate(doc, frame.update);
}

export function runBareVerification(frames: readonly Signed[]): number {
  const startedAt = performance.now();
  for (const { frame, writer } of frames) verify(null, frame.signedBytes, writer.publicKey, frame.sig);
  return performance.now() - startedAt;
}

export interface Comparison {
  /** Per second, the median of all pairs. */
  readonly ours: number;
  readonly theirs: number;
  readonly ratio: number;
  readonly ratioSpread: number;
}

/** `count` per second of both sides, and the ratio, over interleaved pairs after one that warms up. */
export function comparePairs(
  pairCount: number,
  count: number,
  sides: { readonly ours: () => number; readonly theirs: () => number },
): Comparison {
  const rates: { ours: number[]; theirs: number[]; ratio: number[] } = { ours: [], theirs: [], ratio: [] };
  for (let i = 0; i <= pairCount; i++) {
    // Which side goes first changes from pair to pair.
    let [a, b] = [0, 0];
    if (i % 2 === 0) {
      a = sides.ours();
      b = sides.theirs();
    } else {
      b = sides.theirs();
      a = sides.ours();
    }
    if (i === 0) continue;
    rates.ours.push((count / a) * 1_000);
    rates.theirs.push((count / b) * 1_000);
    rates.ratio.push(b / a);
  }
  return {
    ours: median(rates.ours),
    theirs: median(rates.theirs),
    ratio: median(rates.ratio),
    ratioSpread: spread(rates.ratio),
  };
}
