/**
 * A local author writes: edits become an update, the update passes the same grammar as everyone's, the runtime
 * signs, and the frame is durable before it leaves. One frame at a time for each author; a lost head or an
 * unclean end means a fresh epoch that names the last head known, never a seq used again.
 */
import type { Did } from '../../protocol/brand.ts';
import { accept, type Checked, refuse as refusal } from '../../protocol/errors.ts';
import { Refused } from '../frames/byte-reader.ts';
import type { Checkpoint, CheckpointContent, EpochHead } from '../frames/checkpoint.ts';
import { supersededMax } from '../frames/checkpoint.ts';
import { normalizeValue } from '../frames/entry-value.ts';
import { clientOfEpoch, type Frame, type FrameContent } from '../frames/frame.ts';
import { GrammarIndex } from '../frames/grammar-index.ts';
import { keyBytesMax, parseUpdate } from '../frames/update-parser.ts';
import { type Edit, writeUpdate } from '../frames/update-writer.ts';
import { takeCheckpoint } from './checkpoints.ts';
import { writerBucket } from './frame-rows.ts';
import { takeOwnFrame } from './intake.ts';
import { findWinner, type ReplicaState } from './replica-state.ts';

/** A writer's clock follows what it has seen by at most this much: others accept 60 s. */
const clockLeadMaxMs = 30_000;
/** Entries repeated in one frame of a checkpoint, and their rough bytes. */
const repeatedEntriesMax = 128;
const repeatedBytesMax = 16 * 1024;
/** Edits waiting for a signature. */
const queueMax = 1_024;

export interface Writer {
  readonly author: Did;
  readonly key: Did | undefined;
  epoch: string;
  /** Hash that the first frame of a fresh epoch names. */
  genesisPrev: string;
  queue: Job[];
  pending:
    | { readonly job: Job; readonly content?: FrameContent; readonly checkpoint?: CheckpointContent }
    | undefined;
}

type Job =
  | {
      readonly kind: 'edit';
      readonly request: string;
      readonly members: string;
      readonly edits: readonly Edit[];
      readonly isSilent: boolean;
    }
  | { readonly kind: 'checkpoint'; readonly request: string; readonly supersedes: readonly EpochHead[] };

/** Begin to write: in the epoch that was closed cleanly, or in a fresh one. */
export function openWriter(
  state: ReplicaState,
  author: Did,
  key: Did | undefined,
  freshEpoch: string,
): undefined {
  const marker = state.markers.get(author);
  const log = marker === undefined ? undefined : state.log(author, marker.epoch);
  const isWhole =
    log !== undefined &&
    log.seq === marker!.seq &&
    log.head === marker!.head &&
    log.key === key &&
    log.limit === Number.POSITIVE_INFINITY &&
    !log.isSuperseded;
  const epoch = isWhole ? log.epoch : freshEpoch;
  state.writers.set(author, {
    author,
    key,
    epoch,
    genesisPrev: lastHead(state, author),
    queue: [],
    pending: undefined,
  });
  if (marker === undefined) return;
  state.markers.delete(author);
  state.effects.push({ type: 'persist', bucket: writerBucket, key: markerKey(state, author), value: null });
}

/** Name of the last frame known of this author: of the epoch written to last. */
function lastHead(state: ReplicaState, author: Did): string {
  const logs = [...(state.authors.get(author)?.epochs.values() ?? [])].filter((log) => log.seq >= 0);
  logs.sort((a, b) => a.lastAt - b.lastAt || (a.epoch < b.epoch ? -1 : 1));
  return logs.at(-1)?.head ?? '';
}

export function closeWriter(state: ReplicaState, author: Did): undefined {
  const writer = state.writers.get(author);
  if (writer === undefined) return state.ignore('no-writer');
  state.writers.delete(author);
  const log = state.log(author, writer.epoch);
  const isIdle = writer.pending === undefined && writer.queue.length === 0;
  for (const job of writer.pending === undefined ? writer.queue : [writer.pending.job, ...writer.queue]) {
    if (job.kind === 'edit') refuseEdit(state, job.request, 'writer-closed');
  }
  if (!isIdle || log === undefined || log.seq < 0) return;
  const marker = { epoch: log.epoch, seq: log.seq, head: log.head };
  state.markers.set(author, marker);
  const value = JSON.stringify(marker);
  state.effects.push({ type: 'persist', bucket: writerBucket, key: markerKey(state, author), value });
}

function markerKey(state: ReplicaState, author: Did): string {
  return `${state.settings.space}/${author}`;
}

export function takeEdit(
  state: ReplicaState,
  author: Did,
  request: string,
  members: string,
  edits: readonly Edit[],
): undefined {
  const writer = state.writers.get(author);
  if (writer === undefined) {
    state.effects.push({ type: 'edit-refused', request, code: 'AMP-1704', reason: 'no-writer' });
    return;
  }
  const normal = normalizeEdits(edits);
  if (!normal.ok) return refuseEdit(state, request, normal.refusal.message);
  if (writer.queue.length >= queueMax) return refuseEdit(state, request, 'too-many-waiting');
  writer.queue.push({ kind: 'edit', request, members, edits: normal.value, isSilent: false });
  pump(state, writer);
}

/** One edit for each key, the last; values fit for a frame. */
export function normalizeEdits(edits: readonly Edit[]): Checked<readonly Edit[]> {
  const byKey = new Map<string, Edit>();
  for (const { key, value } of edits) {
    const isKey = key.length > 0 && key.isWellFormed() && new TextEncoder().encode(key).length <= keyBytesMax;
    if (!isKey || key === '__proto__' || key === 'constructor' || key === 'prototype') {
      return refusal('AMP-1702', 'bad-key', key.slice(0, 64));
    }
    const isPlain = value === undefined || value instanceof Uint8Array;
    const normal = isPlain ? value : normalizeValue(value);
    if (normal === undefined && !isPlain) return refusal('AMP-1702', 'bad-value', key);
    byKey.delete(key);
    byKey.set(key, { key, value: normal });
  }
  return accept([...byKey.values()]);
}

/** Start the next job when none waits for its signature. */
function pump(state: ReplicaState, writer: Writer): undefined {
  while (writer.pending === undefined) {
    const job = writer.queue.shift();
    if (job === undefined) return;
    if (job.kind === 'edit') startEdit(state, writer, job);
    else startCheckpoint(state, writer, job);
  }
}

type EditJob = Extract<Job, { kind: 'edit' }>;

function startEdit(state: ReplicaState, writer: Writer, job: EditJob): undefined {
  const log = state.log(writer.author, writer.epoch);
  if (log !== undefined && (log.isSuperseded || log.limit !== Number.POSITIVE_INFINITY)) {
    return refuseEdit(state, job.request, 'epoch-ended');
  }
  if (!mayBegin(state, writer, job)) return refuseEdit(state, job.request, 'not-a-writer');
  const index = log?.index ?? new GrammarIndex(clientOfEpoch(writer.epoch));
  const edits = job.edits.map((edit) => reachEarlierEpochs(state, writer, index, edit));
  const update = writeUpdate(index, edits);
  if (update === undefined) {
    state.effects.push({ type: 'edited', request: job.request, epoch: writer.epoch, seq: -1 });
    return;
  }
  const parsed = parseUpdate(update);
  const checked = parsed instanceof Refused ? parsed : index.check(parsed);
  if (checked instanceof Refused) return refuseEdit(state, job.request, checked.reason);
  const content: FrameContent = {
    mesh: state.settings.mesh,
    space: state.settings.space,
    author: writer.author,
    ...(writer.key === undefined ? {} : { key: writer.key }),
    epoch: writer.epoch,
    seq: (log?.seq ?? -1) + 1,
    prev: log === undefined || log.seq < 0 ? writer.genesisPrev : log.head,
    members: job.members,
    at: Math.max(log?.lastAt ?? 0, followClock(state)),
    update,
  };
  writer.pending = { job, content };
  state.effects.push({
    type: 'sign-frame',
    request: job.request,
    signer: writer.key ?? writer.author,
    content,
  });
}

/** No other replica would take the frame in: nobody is told that it is written. */
function mayBegin(state: ReplicaState, { author, epoch }: Writer, { members }: EditJob): boolean {
  const { membership } = state.components;
  return membership.mayWrite(author, members) !== 'no' && membership.cutAt(author, epoch) === undefined;
}

/** A deletion of a key that an earlier epoch of the author holds is written as `null`. */
function reachEarlierEpochs(state: ReplicaState, writer: Writer, index: GrammarIndex, edit: Edit): Edit {
  if (edit.value !== undefined || index.has(edit.key)) return edit;
  const author = state.authors.get(writer.author);
  const winner = author === undefined ? undefined : findWinner(author, edit.key);
  const isLive = winner?.value !== undefined && winner.value !== null;
  return isLive ? { key: edit.key, value: null } : edit;
}

/**
 * Hybrid logical time in whole ms: after everything seen, yet never far ahead of the clock.
 * @see Kulkarni, Demirbas et al., "Logical Physical Clocks", 2014
 */
function followClock(state: ReplicaState): number {
  const after = state.lastAt >= state.atMs ? state.lastAt + 1 : state.atMs;
  return Math.min(after, state.atMs + clockLeadMaxMs);
}

/** The runtime signed what `sign-frame` asked for. */
export function takeSigned(state: ReplicaState, request: string, frame: Frame): undefined {
  const writer = state.writers.get(frame.author);
  const pending = writer?.pending;
  if (writer === undefined || pending?.content === undefined || pending.job.request !== request) {
    return state.ignore('not-pending');
  }
  const { content, job } = pending;
  if (frame.epoch !== content.epoch || frame.seq !== content.seq || frame.update !== content.update) {
    return state.ignore('not-what-was-asked');
  }
  writer.pending = undefined;
  const problem = takeOwnFrame(state, frame);
  if (problem !== undefined) {
    refuseEdit(state, request, problem);
  } else {
    state.effects.push({ type: 'publish-frame', frame });
    if (!(job as EditJob).isSilent)
      state.effects.push({ type: 'edited', request, epoch: frame.epoch, seq: frame.seq });
  }
  pump(state, writer);
}

export function takeSignFailure(state: ReplicaState, request: string, reason: string): undefined {
  const writer = [...state.writers.values()].find((one) => one.pending?.job.request === request);
  if (writer === undefined) return state.ignore('not-pending');
  writer.pending = undefined;
  refuseEdit(state, request, reason);
  pump(state, writer);
}

function refuseEdit(state: ReplicaState, request: string, reason: string): undefined {
  state.effects.push({ type: 'edit-refused', request, code: 'AMP-1702', reason });
}

/** Repeat what is live in a fresh epoch, then sign that it replaces the earlier ones. */
export function compactAuthor(
  state: ReplicaState,
  author: Did,
  request: string,
  members: string,
  freshEpoch: string,
): undefined {
  const writer = state.writers.get(author);
  if (writer === undefined || writer.pending !== undefined) {
    state.effects.push({
      type: 'edit-refused',
      request,
      code: 'AMP-1704',
      reason: writer === undefined ? 'no-writer' : 'busy',
    });
    return;
  }
  const logs = [...(state.authors.get(author)?.epochs.values() ?? [])];
  const supersedes = logs
    .filter((log) => !log.isSuperseded && log.seq >= 0)
    .sort((a, b) => (a.epoch < b.epoch ? -1 : 1))
    .slice(0, supersededMax)
    .map((log) => ({ epoch: log.epoch, seq: log.seq, head: log.head }));
  if (supersedes.length === 0) return state.ignore('nothing-to-compact');
  writer.genesisPrev = lastHead(state, author);
  writer.epoch = freshEpoch;
  const batches = batchLive(state, author);
  writer.queue.push(
    ...batches.map(
      (edits, i): Job => ({ kind: 'edit', request: `${request}#${i}`, members, edits, isSilent: true }),
    ),
    { kind: 'checkpoint', request, supersedes },
  );
  pump(state, writer);
}

/** Everything live of an author, by key. An author without any repeats one empty key, to have a head. */
function batchLive(state: ReplicaState, author: Did): Edit[][] {
  const known = state.author(author);
  const keys = new Set(
    [...known.epochs.values()].flatMap((log) => [...log.index.entries()].map((slot) => slot.key)),
  );
  const live: Edit[] = [];
  for (const key of [...keys].sort()) {
    const value = findWinner(known, key)?.value;
    if (value !== undefined && value !== null) live.push({ key, value });
  }
  if (live.length === 0) live.push({ key: 'empty', value: null });
  const batches: Edit[][] = [];
  let batch: Edit[] = [];
  let bytes = 0;
  for (const edit of live) {
    const size = edit.value instanceof Uint8Array ? edit.value.length : JSON.stringify(edit.value).length;
    if (batch.length > 0 && (batch.length >= repeatedEntriesMax || bytes + size > repeatedBytesMax)) {
      batches.push(batch);
      batch = [];
      bytes = 0;
    }
    batch.push(edit);
    bytes += size;
  }
  batches.push(batch);
  return batches;
}

function startCheckpoint(
  state: ReplicaState,
  writer: Writer,
  job: Extract<Job, { kind: 'checkpoint' }>,
): undefined {
  const log = state.log(writer.author, writer.epoch);
  if (log === undefined) return refuseEdit(state, job.request, 'nothing-repeated');
  const content: CheckpointContent = {
    record: 'checkpoint',
    v: 1,
    mesh: state.settings.mesh,
    space: state.settings.space,
    author: writer.author,
    ...(writer.key === undefined ? {} : { key: writer.key }),
    supersedes: job.supersedes,
    next: { epoch: log.epoch, seq: log.seq, head: log.head },
    at: followClock(state),
  };
  writer.pending = { job, checkpoint: content };
  state.effects.push({
    type: 'sign-checkpoint',
    request: job.request,
    signer: writer.key ?? writer.author,
    content,
  });
}

export function takeSignedCheckpoint(
  state: ReplicaState,
  request: string,
  checkpoint: Checkpoint,
): undefined {
  const writer = state.writers.get(checkpoint.author);
  if (writer?.pending?.checkpoint === undefined || writer.pending.job.request !== request) {
    return state.ignore('not-pending');
  }
  writer.pending = undefined;
  takeCheckpoint(state, checkpoint);
  state.effects.push({ type: 'publish-checkpoint', checkpoint }, { type: 'compacted', request, checkpoint });
  pump(state, writer);
}
