/**
 * What the shared memory costs: frames verified, judged, kept and answering in the view, against the floor of
 * raw Yjs applying the same updates with one SHA-256 and one verification each; compaction, opening from disk,
 * questions by meaning, and memory.
 */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as Y from 'yjs';
import { clientOfEpoch, Refused, toFrameRecord } from '../../crdt/frames/index.ts';
import { compactUpdates, createGraph, encodeRun, queryGraph, VectorIndex } from '../../crdt/index.ts';
import { persistFrame } from '../../crdt/replica/index.ts';
import { openSqliteStore } from '../../node/adapters/sqlite-store.ts';
import { measureManyAuthors } from './graph-memory.ts';
import { comparePairs, runBareVerification, runFloor, runOurs } from './graph-rates.ts';
import { claimOf, hash, makeFrames, makeWriter, newReplica, type Signed } from './graph-workload.ts';
import { atLeast, atMost, type BenchReport, describeMachine, median } from './report.ts';

export interface GraphBenchOptions {
  /** Claims in each measured series. Default 20 000. */
  readonly claimCount?: number;
  /** Interleaved pairs. Default 5. */
  readonly pairCount?: number;
  /** Claims and entities of the opening and meaning figures. Default 100 000. */
  readonly largeCount?: number;
  /** Authors of the memory figure, 20 claims each. Default 10 000. */
  readonly authorCount?: number;
}

const dimensions = 256;
const claimsPerFrame = 50;
const mb = 1_000_000;

/** Run every figure of the shared memory. */
export async function runGraphBench(options: GraphBenchOptions = {}): Promise<BenchReport> {
  const { claimCount = 20_000, pairCount = 5, largeCount = 100_000, authorCount = 10_000 } = options;
  const one = makeFrames([makeWriter()], claimCount / claimsPerFrame, claimsPerFrame);
  const writers = Array.from({ length: 1_000 }, makeWriter);
  const many = makeFrames(writers, Math.max(1_000, claimCount / claimsPerFrame), claimsPerFrame);
  const single = makeFrames([makeWriter()], Math.min(4_000, claimCount), 1);
  const compare = (frames: readonly Signed[], documents?: () => Map<string, Y.Doc>) =>
    comparePairs(pairCount, frames.length * claimsPerFrame, {
      ours: () => runOurs(frames, claimsPerFrame, documents?.()),
      theirs: () => runFloor(frames),
    });
  const oneAuthor = compare(one);
  const oneAuthorOpened = compare(one, () => new Map());
  const manyAuthors = compare(many);
  const manyAuthorsOpened = compare(many, () => new Map());
  const singles = comparePairs(pairCount, single.length, {
    ours: () => runOurs(single, 1),
    theirs: () => runBareVerification(single),
  });
  const compaction = measureCompaction(pairCount);
  const disk = measureOpening(largeCount);
  const meaningMs = measureMeaning(largeCount);
  const memory = measureManyAuthors(authorCount);
  const [replicaMb, graphMb] = [memory.replicaBytes / mb, memory.graphBytes / mb];
  const figures = {
    claimsPerSecondOneAuthor: oneAuthor.ours,
    floorClaimsPerSecondOneAuthor: oneAuthor.theirs,
    shareOfFloorOneAuthor: oneAuthor.ratio,
    shareOfFloorOneAuthorSpread: oneAuthor.ratioSpread,
    claimsPerSecondOneAuthorDocumentsOpen: oneAuthorOpened.ours,
    shareOfFloorOneAuthorDocumentsOpen: oneAuthorOpened.ratio,
    claimsPerSecondThousandAuthors: manyAuthors.ours,
    floorClaimsPerSecondThousandAuthors: manyAuthors.theirs,
    shareOfFloorThousandAuthors: manyAuthors.ratio,
    shareOfFloorThousandAuthorsSpread: manyAuthors.ratioSpread,
    claimsPerSecondThousandAuthorsDocumentsOpen: manyAuthorsOpened.ours,
    shareOfFloorThousandAuthorsDocumentsOpen: manyAuthorsOpened.ratio,
    framesPerSecondOneClaim: singles.ours,
    bareVerificationsPerSecond: singles.theirs,
    shareOfVerificationOneClaim: singles.ratio,
    shareOfVerificationOneClaimSpread: singles.ratioSpread,
    compactionMs: compaction.oursMs,
    mergeUpdatesMs: compaction.mergeMs,
    compactionSpeedup: compaction.ratio,
    openMs: disk.openMs,
    meaningQueryMs: meaningMs,
    manyAuthorsReplicaMb: replicaMb,
    manyAuthorsGraphMb: graphMb,
    manyAuthorsTotalMb: replicaMb + graphMb,
    closedDocumentFrameMicros: memory.frameMicros,
    diskFileBytesPerClaim: disk.fileBytes / largeCount,
    diskRowBytesPerClaim: rowBytes(one[0]!) / claimsPerFrame,
    diskRowBytesPerClaimAlone: rowBytes(single[0]!),
    wireRecordBytesPerClaim: recordBytes(one[0]!) / claimsPerFrame,
    wireRecordBytesPerClaimAlone: recordBytes(single[0]!),
    wirePageBytesPerClaim: pageBytes(one) / claimsPerFrame,
    wirePageBytesPerClaimAlone: pageBytes(single),
  };
  const goals = [
    atLeast('one author, 50 claims a frame: share of the floor', oneAuthor.ratio, 0.5),
    atLeast('one author, 50 claims a frame: claims per second', oneAuthor.ours, 10_000),
    atLeast('1,000 interleaved authors: share of the floor', manyAuthors.ratio, 0.5),
    atLeast('1,000 interleaved authors: claims per second', manyAuthors.ours, 10_000),
    atLeast('one claim a frame: share of the bare verification rate', singles.ratio, 0.8),
    atLeast('compaction of 10,000 frames: times faster than Y.mergeUpdates', compaction.ratio, 25),
    atMost(`opening ${largeCount} claims from disk, ms`, disk.openMs, 2_000),
    atMost(`a query by meaning over ${largeCount} entities, ms`, meaningMs, 50),
    atMost(`${authorCount} authors × 20 claims, chains and values: MB`, replicaMb, 100),
    atMost(`${authorCount} authors × 20 claims, a frame for a closed document: µs`, memory.frameMicros, 200),
  ];
  return { bench: 'graph', machine: describeMachine(), figures, goals };
}

/** Of the first frame, as it is stored: key and value. */
function rowBytes({ frame }: Signed): number {
  const { key, value } = persistFrame(frame, hash);
  return key.length + value!.length;
}

/** As it is told when it is new. */
function recordBytes({ frame }: Signed): number {
  return JSON.stringify(toFrameRecord(frame)).length;
}

/** Of one of the first frames in a page, as it is sent to who lacks it: base64url. */
function pageBytes(frames: readonly Signed[]): number {
  const run = frames.slice(0, 8).map(({ frame }) => frame);
  return (encodeRun(run).length * 4) / 3 / run.length;
}

function measureCompaction(pairCount: number): { oursMs: number; mergeMs: number; ratio: number } {
  const frames = makeFrames([makeWriter()], 10_000, 1, false);
  const updates = frames.map(({ frame }) => frame.update);
  const client = clientOfEpoch(frames[0]!.frame.epoch);
  const time = (run: () => unknown) => {
    const startedAt = performance.now();
    if (run() instanceof Refused) throw new Error('compaction refused');
    return performance.now() - startedAt;
  };
  const ours: number[] = [];
  const merge: number[] = [];
  for (let i = 0; i <= pairCount; i++) {
    const oursMs = time(() => compactUpdates(client, updates));
    const mergeMs = time(() => Y.mergeUpdates(updates));
    // As everywhere here, the first pair warms up.
    if (i === 0) continue;
    ours.push(oursMs);
    merge.push(mergeMs);
  }
  const ratios = merge.map((ms, i) => ms / ours[i]!);
  return { oursMs: median(ours), mergeMs: median(merge), ratio: median(ratios) };
}

/** Write a space into a node's store, close it, and open it again: from the file to the last answer. */
function measureOpening(count: number): { openMs: number; fileBytes: number } {
  const folder = mkdtempSync(join(tmpdir(), 'ampmesh-bench-'));
  const file = join(folder, 'node.sqlite');
  try {
    const frames = makeFrames([makeWriter()], count / claimsPerFrame, claimsPerFrame, false);
    const written = openSqliteStore({ file });
    written.commit(frames.map(({ frame }) => persistFrame(frame, hash)));
    written.close();
    const fileBytes = statSync(file).size;
    const startedAt = performance.now();
    const store = openSqliteStore({ file });
    const replica = newReplica();
    const graph = createGraph();
    const give = (input: Parameters<typeof replica.step>[0]) => {
      for (const effect of replica.step(input)) {
        if (effect.type === 'view-changed')
          graph.step({ type: 'entries-changed', atMs: input.atMs, changes: effect.changes });
        if (effect.type !== 'load') continue;
        const rows = store.scan(effect.bucket, effect.fromKey, effect.toKey, effect.limit);
        give({ type: 'loaded', atMs: input.atMs, request: effect.request, rows });
      }
    };
    give({ type: 'start', atMs: frames.at(-1)!.frame.at });
    if (graph.view.nodes.size !== count)
      throw new Error(`${graph.view.nodes.size} of ${count} claims were opened`);
    const openMs = performance.now() - startedAt;
    store.close();
    return { openMs, fileBytes };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Median ms of exact queries by meaning over `count` vectors, with the filter of a query. */
function measureMeaning(count: number): number {
  const graph = createGraph();
  const vectors = new VectorIndex(dimensions);
  const author = makeWriter().did;
  const mark = { epoch: 'e', seq: 0, at: 1, members: '' };
  const changes = Array.from({ length: count }, (_, n) => ({ ...claimOf(n), author, mark }));
  graph.step({ type: 'entries-changed', atMs: 1, changes });
  let state = 1;
  const draw = () => {
    const vector = Float32Array.from({ length: dimensions }, () => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return state / 2 ** 32 - 0.5;
    });
    const length = Math.hypot(...vector);
    return vector.map((one) => one / length);
  };
  for (const id of graph.view.nodes.keys()) vectors.set(id, draw());
  const times = Array.from({ length: 12 }, () => {
    const near = { vector: draw() };
    const startedAt = performance.now();
    const found = queryGraph(graph.view, { near, limit: 10, types: ['hypothesis'] }, vectors);
    if (found.length !== 10) throw new Error('the query found too little');
    return performance.now() - startedAt;
  });
  return median(times.slice(2));
}
