/**
 * What the shared memory costs: frames verified, judged, kept and answering in the view, against the floor of
 * raw Yjs applying the same updates with one SHA-256 and one verification each. All rows are in memory; what the
 * disk adds is the store's own benchmark.
 */
import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  hash as hashOnce,
  type KeyObject,
  sign,
  verify,
} from 'node:crypto';
import * as Y from 'yjs';
import {
  clientOfEpoch,
  GrammarIndex,
  parseUpdate,
  Refused,
  toFrameRecord,
  writeUpdate,
} from '../../crdt/frames/index.ts';
import {
  compactUpdates,
  createGraph,
  createReplica,
  type Frame,
  type FrameContent,
  frameSigningBytes,
  type Membership,
  queryGraph,
  sealFrame,
  VectorIndex,
} from '../../crdt/index.ts';
import { persistFrame } from '../../crdt/replica/index.ts';
import type { Did } from '../../protocol/brand.ts';
import { toHex } from '../../protocol/bytes.ts';
import { encodeDid } from '../../protocol/did.ts';
import type { StoredRow } from '../../protocol/ports.ts';
import type { Verified } from '../../protocol/signing.ts';
import { atLeast, atMost, type BenchReport, describeMachine, median, spread } from './report.ts';

export interface GraphBenchOptions {
  /** Claims in each measured series. Default 20 000. */
  readonly claimCount?: number;
  /** Interleaved pairs. Default 5. */
  readonly pairCount?: number;
  /** Claims and entities of the opening and meaning figures. Default 100 000. */
  readonly largeCount?: number;
}

const mesh = 'bench';
const space = 'commons';
const dimensions = 256;
const everyone: Membership = {
  mayWrite: () => 'yes',
  isKnown: () => true,
  cutAt: () => undefined,
  maySign: () => 'no',
};

interface Writer {
  readonly did: Did;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

function hash(bytes: Uint8Array): Uint8Array {
  return hashOnce('sha256', bytes, 'buffer');
}

function makeWriter(): Writer {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const raw = Buffer.from(publicKey.export({ format: 'jwk' }).x!, 'base64url');
  return {
    did: encodeDid(raw),
    privateKey: createPrivateKey(privateKey.export({ format: 'pem', type: 'pkcs8' })),
    publicKey: createPublicKey(publicKey.export({ format: 'pem', type: 'spki' })),
  };
}

function claimOf(n: number): { key: string; value: Record<string, string | number> } {
  const value = {
    type: 'hypothesis',
    text: `The measured value of part ${n} is ${n % 97} units`,
    subject: `part-${n}`,
    predicate: 'value',
    value: n % 97,
    confidence: 0.5,
  };
  return { key: `e/${n.toString(36)}`, value };
}

interface Signed {
  readonly frame: Frame;
  readonly writer: Writer;
}

/** Frames of `writers`, round robin, each a chain of its own. `isSigned` false leaves 64 zero bytes. */
function makeFrames(
  writers: readonly Writer[],
  frameCount: number,
  claimsPerFrame: number,
  isSigned = true,
): Signed[] {
  const chains = writers.map((writer, i) => {
    const epoch = toHex(hash(Buffer.from(`epoch ${i}`))).slice(0, 32);
    return { writer, epoch, index: new GrammarIndex(clientOfEpoch(epoch)), seq: 0, prev: '' };
  });
  return Array.from({ length: frameCount }, (_, i) => {
    const chain = chains[i % chains.length]!;
    const edits = Array.from({ length: claimsPerFrame }, (__, j) => claimOf(i * claimsPerFrame + j));
    const update = writeUpdate(chain.index, edits)!;
    const at = 1_000_000 + i;
    chain.index.apply(chain.index.check(parseUpdate(update) as never) as never, {
      epoch: chain.epoch,
      seq: chain.seq,
      at,
      members: 'm1',
    });
    const content: FrameContent = {
      mesh,
      space,
      author: chain.writer.did,
      epoch: chain.epoch,
      seq: chain.seq,
      prev: chain.prev,
      members: 'm1',
      at,
      update,
    };
    const sig = isSigned
      ? sign(null, frameSigningBytes(content), chain.writer.privateKey)
      : new Uint8Array(64);
    const frame = sealFrame(content, sig, hash);
    chain.seq += 1;
    chain.prev = toHex(frame.hash);
    return { frame, writer: chain.writer };
  });
}

function newReplica() {
  return createReplica({ hash, membership: everyone }, { mesh, space, authorBurstBytes: 2 ** 40 });
}

/** The whole way of a frame: sealed from its content, verified, judged, rows made, entries in the graph. */
function runOurs(frames: readonly Signed[]): number {
  const replica = newReplica();
  const graph = createGraph();
  const startedAt = performance.now();
  for (const { frame, writer } of frames) {
    const sealed = sealFrame(frame, frame.sig, hash);
    if (!verify(null, sealed.signedBytes, writer.publicKey, sealed.sig))
      throw new Error('a frame does not verify');
    for (const effect of replica.step({
      type: 'frame-received',
      atMs: frame.at,
      from: frame.author,
      frame: sealed as Verified<Frame>,
    })) {
      if (effect.type === 'view-changed')
        graph.step({ type: 'entries-changed', atMs: frame.at, changes: effect.changes });
      if (effect.type === 'ignored') throw new Error(effect.reason);
    }
  }
  return performance.now() - startedAt;
}

/** One document per author, the same updates, one SHA-256 and one verification each. */
function runFloor(frames: readonly Signed[]): number {
  const documents = new Map<string, Y.Doc>();
  const startedAt = performance.now();
  for (const { frame, writer } of frames) {
    hash(frame.signedBytes);
    if (!verify(null, frame.signedBytes, writer.publicKey, frame.sig))
      throw new Error('a frame does not verify');
    let doc = documents.get(frame.author);
    if (doc === undefined) {
      doc = new Y.Doc();
      doc.getMap('entries');
      documents.set(frame.author, doc);
    }
    Y.applyUpdate(doc, frame.update);
  }
  return performance.now() - startedAt;
}

function runBareVerification(frames: readonly Signed[]): number {
  const startedAt = performance.now();
  for (const { frame, writer } of frames) verify(null, frame.signedBytes, writer.publicKey, frame.sig);
  return performance.now() - startedAt;
}

/** `count` per second of both sides, and the ratio, over interleaved pairs after one that warms up. */
function comparePairs(pairCount: number, count: number, ours: () => number, theirs: () => number) {
  const rates: { ours: number[]; theirs: number[]; ratio: number[] } = { ours: [], theirs: [], ratio: [] };
  for (let i = 0; i <= pairCount; i++) {
    // Which side goes first changes from pair to pair.
    let [a, b] = [0, 0];
    if (i % 2 === 0) {
      a = ours();
      b = theirs();
    } else {
      b = theirs();
      a = ours();
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

function heapBytes(): number {
  // More than once: what finalizers hold goes with the next one.
  for (let i = 0; i < 4; i++) globalThis.gc?.();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

function measureOpening(count: number): number {
  const rows: StoredRow[] = makeFrames([makeWriter()], count / 50, 50, false).map(({ frame }) => {
    const { key, value } = persistFrame(frame, hash);
    return { key, value: value! };
  });
  const replica = newReplica();
  const graph = createGraph();
  const startedAt = performance.now();
  const give = (input: Parameters<typeof replica.step>[0]) => {
    for (const effect of replica.step(input)) {
      if (effect.type === 'view-changed')
        graph.step({ type: 'entries-changed', atMs: 1, changes: effect.changes });
      if (effect.type !== 'load') continue;
      const found =
        effect.bucket === 'frame'
          ? rows.filter((row) => row.key >= effect.fromKey).slice(0, effect.limit)
          : [];
      give({ type: 'loaded', atMs: 1, request: effect.request, rows: found });
    }
  };
  give({ type: 'start', atMs: 2_000_000 });
  if (graph.view.nodes.size !== count)
    throw new Error(`${graph.view.nodes.size} of ${count} claims were opened`);
  return performance.now() - startedAt;
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

/** Memory and time a frame of `authorCount` × 20 claims, one claim a frame, authors interleaved. */
export function measureManyAuthors(authorCount: number) {
  const writers = Array.from({ length: authorCount }, makeWriter);
  const replica = newReplica();
  const graph = createGraph();
  const rounds = 20;
  const frames = makeFrames(writers, authorCount * rounds, 1, false);
  const changes: Parameters<typeof graph.view.apply>[0][] = [];
  const updates = frames.length;
  // Texts built piece by piece are joined now, so that their pieces do not go while the replica is measured.
  for (const { frame } of frames) for (const text of [frame.prev, frame.epoch, frame.author]) /$/.test(text);
  const before = heapBytes();
  const startedAt = performance.now();
  for (let i = 0; i < updates; i++) {
    const { frame } = frames[i]!;
    for (const effect of replica.step({
      type: 'frame-received',
      atMs: frame.at,
      from: frame.author,
      frame: frame as Verified<Frame>,
    })) {
      if (effect.type === 'ignored') throw new Error(effect.reason);
    }
  }
  const frameMicros = ((performance.now() - startedAt) / updates) * 1_000;
  const replicaBytes = heapBytes() - before;
  for (const entry of replica.entries()) changes.push([entry]);
  const beforeGraph = heapBytes();
  for (const one of changes) graph.view.apply(one);
  const graphBytes = heapBytes() - beforeGraph;
  // Kept alive until here, so that what is measured is not their going.
  if (
    frames.some(({ frame }) => frame.seq >= rounds) ||
    graph.view.nodes.size !== updates ||
    replica.heads().length !== authorCount
  )
    throw new Error('some claims are missing');
  return { frameMicros, replicaBytes, graphBytes };
}

/** Run every figure of the shared memory. Memory figures need `--expose-gc` to be exact. */
export async function runGraphBench(options: GraphBenchOptions = {}): Promise<BenchReport> {
  const { claimCount = 20_000, pairCount = 5, largeCount = 100_000 } = options;
  const one = makeFrames([makeWriter()], claimCount / 50, 50);
  const oneAuthor = comparePairs(
    pairCount,
    claimCount,
    () => runOurs(one),
    () => runFloor(one),
  );
  const writers = Array.from({ length: 1_000 }, makeWriter);
  const many = makeFrames(writers, Math.max(1_000, claimCount / 50), 50);
  const manyAuthors = comparePairs(
    pairCount,
    many.length * 50,
    () => runOurs(many),
    () => runFloor(many),
  );
  const single = makeFrames([makeWriter()], Math.min(4_000, claimCount), 1);
  const singles = comparePairs(
    pairCount,
    single.length,
    () => runOurs(single),
    () => runBareVerification(single),
  );
  const compaction = measureCompaction(pairCount);
  const openMs = measureOpening(largeCount);
  const meaningMs = measureMeaning(largeCount);
  const memory = measureManyAuthors(10_000);
  const rowBytes = persistFrame(one[0]!.frame, hash).value!.length / 50;
  const wireBytes = JSON.stringify(toFrameRecord(one[0]!.frame)).length / 50;
  const mb = 1_000_000;
  const figures = {
    claimsPerSecondOneAuthor: oneAuthor.ours,
    floorClaimsPerSecondOneAuthor: oneAuthor.theirs,
    shareOfFloorOneAuthor: oneAuthor.ratio,
    shareOfFloorOneAuthorSpread: oneAuthor.ratioSpread,
    claimsPerSecondThousandAuthors: manyAuthors.ours,
    floorClaimsPerSecondThousandAuthors: manyAuthors.theirs,
    shareOfFloorThousandAuthors: manyAuthors.ratio,
    shareOfFloorThousandAuthorsSpread: manyAuthors.ratioSpread,
    framesPerSecondOneClaim: singles.ours,
    bareVerificationsPerSecond: singles.theirs,
    shareOfVerificationOneClaim: singles.ratio,
    compactionMs: compaction.oursMs,
    mergeUpdatesMs: compaction.mergeMs,
    compactionSpeedup: compaction.ratio,
    openMs,
    meaningQueryMs: meaningMs,
    manyAuthorsReplicaMb: memory.replicaBytes / mb,
    manyAuthorsGraphMb: memory.graphBytes / mb,
    closedDocumentFrameMicros: memory.frameMicros,
    diskBytesPerClaim: rowBytes,
    wireBytesPerClaim: wireBytes,
    diskBytesPerClaimAlone: persistFrame(single[0]!.frame, hash).value!.length,
    wireBytesPerClaimAlone: JSON.stringify(toFrameRecord(single[0]!.frame)).length,
  };
  const goals = [
    atLeast('one author, 50 claims a frame: share of the floor', oneAuthor.ratio, 0.5),
    atLeast('one author, 50 claims a frame: claims per second', oneAuthor.ours, 10_000),
    atLeast('1,000 interleaved authors: share of the floor', manyAuthors.ratio, 0.5),
    atLeast('1,000 interleaved authors: claims per second', manyAuthors.ours, 10_000),
    atLeast('one claim a frame: share of the bare verification rate', singles.ratio, 0.8),
    atLeast('compaction of 10,000 frames: times faster than Y.mergeUpdates', compaction.ratio, 25),
    atMost(`opening ${largeCount} claims, ms (rows in memory)`, openMs, 2_000),
    atMost(`a query by meaning over ${largeCount} entities, ms`, meaningMs, 50),
    atMost('10,000 authors × 20 claims, replica: MB', memory.replicaBytes / mb, 100),
    atMost('10,000 authors × 20 claims, a frame for a closed document: µs', memory.frameMicros, 200),
  ];
  return { bench: 'graph', machine: describeMachine(), figures, goals };
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
  for (let i = 0; i < pairCount; i++) {
    ours.push(time(() => compactUpdates(client, updates)));
    merge.push(time(() => Y.mergeUpdates(updates)));
  }
  const ratios = merge.map((ms, i) => ms / ours[i]!);
  return { oursMs: median(ours), mergeMs: median(merge), ratio: median(ratios) };
}
