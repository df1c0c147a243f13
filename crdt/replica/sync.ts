/**
 * Telling and asking: who has what, by {author, epoch, seq, hash of the head} and never by state vectors from
 * strangers. An equal seq with another hash is a fork. Ranges come in pages with a byte budget.
 */
import type { Did, NodeId } from '../../protocol/brand.ts';
import { compareText, toHex, utf8 } from '../../protocol/bytes.ts';
import type { StoredRow } from '../../protocol/ports.ts';
import type { Frame } from '../frames/frame.ts';
import { encodeRun } from '../frames/frame-run.ts';
import { type EpochLog, logId } from './epoch-log.ts';
import { frameBucket, readRow, rowRange } from './frame-rows.ts';
import { type ReplicaState, wantedMax } from './replica-state.ts';
import type { Head, RangeRequest, Summary } from './replica-types.ts';

export const summaryTimer = 'replica-summary';
/** Beyond, waiting grows no more. */
const quietRoundsMax = 16;
/** By the first byte of a hash of author and epoch. */
export const bucketCount = 256;
/** A space with no more chains than this answers a differing digest with all its heads, not with digests of buckets. */
const fewLogs = 32;
/** Heads in one message: about 14 kB. */
export const headsMax = 64;
/** Ranges one request may name. */
export const rangesMax = 64;
/** Rows read for one page. */
const pageRowsMax = 512;

/** The chain changed: its bucket's digest is stale, and so is the digest of all. Others are told soon. */
export function touch(state: ReplicaState, log: EpochLog): undefined {
  state.digests[bucketOf(state, log)] = undefined;
  state.rootDigest = undefined;
  tellSoon(state);
}

function bucketOf(state: ReplicaState, log: EpochLog): number {
  log.bucket ??= state.components.hash(utf8(logId(log.author, log.epoch)))[0]!;
  return log.bucket;
}

function isTold(log: EpochLog): boolean {
  return !log.isSuperseded && !log.isRebuilding && (log.seq >= 0 || log.frozenAt !== undefined);
}

function headOf(log: EpochLog): Head {
  const { author, epoch, seq } = log;
  const head = { author, epoch, seq, hash: seq < 0 ? '' : log.head };
  return log.frozenAt === undefined ? head : { ...head, isFrozen: true };
}

/** Heads by bucket, each in an order that is the same everywhere. A bucket without any is absent. */
function headsByBucket(state: ReplicaState): Buckets {
  const buckets = new Map<number, Head[]>();
  for (const author of state.authors.values()) {
    for (const log of author.epochs.values()) {
      if (!isTold(log)) continue;
      const bucket = bucketOf(state, log);
      const heads = buckets.get(bucket);
      if (heads === undefined) buckets.set(bucket, [headOf(log)]);
      else heads.push(headOf(log));
    }
  }
  for (const heads of buckets.values()) {
    if (heads.length > 1)
      heads.sort((a, b) => compareText(a.author, b.author) || compareText(a.epoch, b.epoch));
  }
  return buckets;
}

type Buckets = ReadonlyMap<number, readonly Head[]>;

const noHeads: readonly Head[] = [];

function digestsOf(state: ReplicaState, buckets: Buckets): string[] {
  for (let i = 0; i < bucketCount; i++) bucketDigestOf(state, buckets, i);
  return state.digests as string[];
}

function bucketDigestOf(state: ReplicaState, buckets: Buckets, bucket: number): string {
  const known = state.digests[bucket];
  if (known !== undefined) return known;
  const heads = buckets.get(bucket);
  const digest = heads === undefined ? digestOfNothing(state) : digestOf(state, JSON.stringify(heads));
  state.digests[bucket] = digest;
  return digest;
}

function digestOfNothing(state: ReplicaState): string {
  state.emptyDigest ??= digestOf(state, JSON.stringify(noHeads));
  return state.emptyDigest;
}

function digestOf(state: ReplicaState, text: string): string {
  return toHex(state.components.hash(utf8(text))).slice(0, 32);
}

/** Over the buckets that hold any chain, each by its number: most of a small space are empty. */
function rootDigestOf(state: ReplicaState): string {
  if (state.rootDigest !== undefined) return state.rootDigest;
  const buckets = headsByBucket(state);
  const filled = [...buckets.keys()].sort((a, b) => a - b);
  const digests = filled.map((bucket) => `${bucket} ${bucketDigestOf(state, buckets, bucket)}`);
  state.rootDigest = digestOf(state, digests.join('\n'));
  return state.rootDigest;
}

/**
 * Open a round, and the next one later each time while all are in step.
 * @see Levis et al. 2004, "Trickle: A Self-Regulating Algorithm for Code Propagation and Maintenance"
 */
export function tellSummary(state: ReplicaState): undefined {
  dropStaleRequests(state);
  // Rounds that are rare already are as wide as ever.
  const heardCount = state.quietRounds === 0 ? state.heardCount : 0;
  state.effects.push({ type: 'send-summary', summary: summarize(state), heardCount });
  state.heardCount = 0;
  const { summaryIntervalMs, summaryIntervalMaxMs } = state.settings;
  setSummaryTimer(state, Math.min(summaryIntervalMaxMs, summaryIntervalMs * 2 ** state.quietRounds));
  state.quietRounds = Math.min(state.quietRounds + 1, quietRoundsMax);
}

/** Something differs: others hear of it within one interval. */
function tellSoon(state: ReplicaState): undefined {
  state.quietRounds = 0;
  const { summaryIntervalMs } = state.settings;
  // Nothing is told before all is read.
  if (state.isReady && state.summaryDueAtMs > state.atMs + summaryIntervalMs)
    setSummaryTimer(state, summaryIntervalMs);
}

function setSummaryTimer(state: ReplicaState, inMs: number): undefined {
  state.summaryDueAtMs = state.atMs + inMs;
  state.effects.push({ type: 'set-timer', timer: summaryTimer, dueAtMs: state.summaryDueAtMs });
}

/** The opening of a round: one digest. It is computed only after a chain has changed: most rounds find all in step. */
export function summarize(state: ReplicaState): Summary {
  return { kind: 'root', space: state.settings.space, digest: rootDigestOf(state) };
}

export function takeSummary(state: ReplicaState, summary: Summary, from: NodeId): undefined {
  const { space } = state.settings;
  if (summary.space !== space) return state.ignore('wrong-space');
  if (summary.kind === 'root') {
    state.heardCount += 1;
    if (summary.digest === rootDigestOf(state)) return state.ignore('in-step');
    tellSoon(state);
  }
  const buckets = headsByBucket(state);
  if (summary.kind === 'heads') return compareHeads(state, summary, from, buckets);
  if (summary.kind === 'root') {
    state.effects.push({ type: 'send-summary', to: from, summary: answerRoot(state, buckets) });
    return;
  }
  const digests = digestsOf(state, buckets);
  const differing = digests.flatMap((digest, i) => (digest === summary.digests[i] ? [] : [i]));
  if (differing.length === 0) return state.ignore('in-step');
  for (const message of packHeads(summary.space, buckets, differing)) {
    state.effects.push({ type: 'send-summary', to: from, summary: message });
  }
}

/** Heads when there are few, digests of all buckets otherwise. */
function answerRoot(state: ReplicaState, buckets: Buckets): Summary {
  const { space } = state.settings;
  let count = 0;
  for (const heads of buckets.values()) count += heads.length;
  if (count > fewLogs) return { kind: 'buckets', space, digests: [...digestsOf(state, buckets)] };
  const filled = [...buckets.keys()].sort((a, b) => a - b);
  const heads = filled.flatMap((bucket) => buckets.get(bucket)!);
  return { kind: 'heads', space, buckets: 'all', heads, isReply: false };
}

/** Whole buckets to a message where they fit; one that does not fit goes in parts that claim no completeness. */
function packHeads(space: string, buckets: Buckets, wanted: readonly number[]): Summary[] {
  const messages: Summary[] = [];
  let named: number[] = [];
  let heads: Head[] = [];
  const flush = () => {
    if (named.length > 0) messages.push({ kind: 'heads', space, buckets: named, heads, isReply: false });
    named = [];
    heads = [];
  };
  for (const bucket of wanted) {
    const own = buckets.get(bucket) ?? noHeads;
    if (heads.length + own.length > headsMax) flush();
    if (own.length <= headsMax) {
      named.push(bucket);
      heads.push(...own);
      continue;
    }
    for (let at = 0; at < own.length; at += headsMax) {
      messages.push({
        kind: 'heads',
        space,
        buckets: [],
        heads: own.slice(at, at + headsMax),
        isReply: false,
      });
    }
  }
  flush();
  return messages;
}

type HeadsSummary = Extract<Summary, { kind: 'heads' }>;

function compareHeads(state: ReplicaState, summary: HeadsSummary, from: NodeId, buckets: Buckets): undefined {
  const before = state.effects.length;
  const answer: Head[] = [];
  const named = new Set<string>();
  for (const head of summary.heads) {
    named.add(logId(head.author, head.epoch));
    compareHead(state, head, from, answer);
  }
  const complete = summary.buckets === 'all' ? buckets.keys() : new Set(summary.buckets);
  for (const bucket of complete) {
    for (const head of buckets.get(bucket) ?? noHeads)
      if (!named.has(logId(head.author, head.epoch))) tellOfMissing(state, head, from, answer);
  }
  if (!summary.isReply) {
    for (let at = 0; at < answer.length; at += headsMax) {
      const heads = answer.slice(at, at + headsMax);
      const reply: Summary = { kind: 'heads', space: summary.space, buckets: [], heads, isReply: true };
      state.effects.push({ type: 'send-summary', to: from, summary: reply });
    }
  }
  if (state.effects.length === before) state.ignore('in-step');
}

/** The peer lacks the chain. Of one that counts for nothing there is only the proof to tell. */
function tellOfMissing(state: ReplicaState, head: Head, to: NodeId, answer: Head[]): undefined {
  const proof = state.author(head.author).proofs?.get(head.epoch);
  if (proof !== undefined && head.seq < 0) state.effects.push({ type: 'publish-proof', proof, to });
  else answer.push(head);
}

/** One chain: ask for what the peer has more of, tell what it lacks. */
function compareHead(state: ReplicaState, head: Head, from: NodeId, answer: Head[]): undefined {
  const { author, epoch, seq } = head;
  const log = state.log(author, epoch);
  if (log === undefined) {
    if (!state.components.membership.isKnown(author)) return;
    // Frozen before its first frame: the peer sends the proof to whoever holds the chain for good.
    if (head.isFrozen && seq < 0) answer.push({ author, epoch, seq, hash: '' });
    return requestRange(state, from, author, epoch, 0, seq);
  }
  if (log.isRebuilding) return;
  if (log.isSuperseded) return sendCheckpoint(state, log, from);
  const proof = state.author(author).proofs?.get(epoch);
  if (proof !== undefined && (seq > log.limit || head.isFrozen === undefined)) {
    state.effects.push({ type: 'publish-proof', proof, to: from });
    return;
  }
  if (head.isFrozen && (log.frozenAt === undefined || log.seq > seq)) answer.push(headOf(log));
  if (seq > log.seq) return requestRange(state, from, author, epoch, log.seq + 1, Math.min(seq, log.limit));
  if (seq >= 0 && !log.hasName(seq, head.hash)) {
    answer.push(headOf(log));
    return requestRange(state, from, author, epoch, Math.max(0, seq - 63), seq);
  }
  if (seq < log.seq) answer.push(headOf(log));
}

function sendCheckpoint(state: ReplicaState, log: EpochLog, to: NodeId): undefined {
  const checkpoint = state
    .author(log.author)
    .checkpoints.find((one) => one.supersedes.some((head) => head.epoch === log.epoch));
  if (checkpoint !== undefined) state.effects.push({ type: 'send-checkpoint', checkpoint, to });
}

/** Ask a peer, unless the same is on its way already. */
export function requestRange(
  state: ReplicaState,
  to: NodeId,
  author: Did,
  epoch: string,
  fromSeq: number,
  toSeq: number,
): undefined {
  if (toSeq < fromSeq) return;
  const id = logId(author, epoch);
  const open = state.wanted.get(id);
  if (open !== undefined && open.dueAtMs > state.atMs && open.fromSeq === fromSeq) return;
  if (open === undefined && state.wanted.size >= wantedMax) return state.ignore('too-many-requests');
  state.wanted.set(id, { from: to, fromSeq, dueAtMs: state.atMs + state.settings.requestTimeoutMs });
  const last = state.effects.at(-1);
  const range: RangeRequest = { author, epoch, fromSeq, toSeq };
  if (last?.type === 'request-range' && last.to === to && last.ranges.length < rangesMax) {
    state.effects[state.effects.length - 1] = { ...last, ranges: [...last.ranges, range] };
  } else {
    state.effects.push({ type: 'request-range', to, ranges: [range] });
  }
}

/** Answer a peer's request: one page for each range. */
export function serveRanges(state: ReplicaState, ranges: readonly RangeRequest[], to: NodeId): undefined {
  let served = 0;
  for (const range of ranges.slice(0, rangesMax)) {
    const log = state.log(range.author, range.epoch);
    const toSeq = Math.min(range.toSeq, log?.seq ?? -1);
    if (
      log === undefined ||
      log.isSuperseded ||
      log.isRebuilding ||
      !(range.fromSeq >= 0 && range.fromSeq <= toSeq)
    )
      continue;
    served += 1;
    const rows = rowRange(state.settings.space, range.author, range.epoch, range.fromSeq, toSeq);
    state.load(frameBucket, rows, pageRowsMax, (found) => sendPage(state, log, found, toSeq, to));
  }
  if (served === 0) state.ignore('nothing-to-send');
}

function sendPage(
  state: ReplicaState,
  log: EpochLog,
  rows: readonly StoredRow[],
  toSeq: number,
  to: NodeId,
): undefined {
  const { mesh, space, pageBytesMax } = state.settings;
  const frames: Frame[] = [];
  let bytes = 64;
  for (const row of rows) {
    bytes += (row.value as Uint8Array).length;
    if (frames.length > 0 && bytes > pageBytesMax) break;
    const frame = readRow(row, mesh, space, state.components.hash);
    const isNext = frame !== undefined && (frames.length === 0 || frame.seq === frames.at(-1)!.seq + 1);
    // A damaged row ends the page; this replica finds the damage itself when it next reads its store.
    if (!isNext) break;
    frames.push(frame);
  }
  if (frames.length === 0) return state.ignore('nothing-to-send');
  const page = { space, author: log.author, epoch: log.epoch, run: encodeRun(frames) };
  state.effects.push({ type: 'send-page', to, page: { ...page, hasMore: frames.at(-1)!.seq < toSeq } });
}

/** A page was taken in: ask for what follows. */
export function continueRange(state: ReplicaState, last: Frame, hasMore: boolean, from: NodeId): undefined {
  const id = logId(last.author, last.epoch);
  state.wanted.delete(id);
  const log = state.log(last.author, last.epoch);
  if (!hasMore || log === undefined || log.seq < last.seq || last.seq >= log.limit) return;
  requestRange(state, from, last.author, last.epoch, last.seq + 1, Math.min(last.seq + 4_096, log.limit));
}

/** Requests nobody answered are forgotten: the next summary of any peer asks again. */
function dropStaleRequests(state: ReplicaState): undefined {
  for (const [id, wanted] of [...state.wanted]) if (wanted.dueAtMs <= state.atMs) state.wanted.delete(id);
}
