/** What a replica of one space knows, and the answers it is building up in the present step. */
import type { Did, NodeId } from '../../protocol/brand.ts';
import type { StoredRow } from '../../protocol/ports.ts';
import type { Checkpoint } from '../frames/checkpoint.ts';
import type { ForkProof } from '../frames/fork-proof.ts';
import type { Frame } from '../frames/frame.ts';
import type { Slot } from '../frames/grammar-index.ts';
import { ValuePool } from '../frames/value-pool.ts';
import { EpochLog, logId } from './epoch-log.ts';
import type { EntryChange, ReplicaComponents, ReplicaEffect, ReplicaInit } from './replica-types.ts';
import type { Writer } from './writer.ts';

/** Frames of one author that wait for an earlier one or for a record: bounded, then dropped and asked for. */
export const parkedFramesMax = 64;
export const parkedBytesMax = 256 * 1024;
/** Of all authors together. */
export const parkedTotalBytesMax = 8 * 1024 * 1024;
/** What a new epoch costs of an author's allowance, bytes: about the memory it takes. */
export const epochCostBytes = 4 * 1024;
/** Ranges asked for and not answered yet. */
export const wantedMax = 1_024;

export interface ParkedFrame {
  readonly frame: Frame;
  readonly from: NodeId;
}

export interface AuthorState {
  readonly author: Did;
  readonly epochs: Map<string, EpochLog>;
  /** By `epoch/seq`; made when the first frame has to wait. */
  parked: Map<string, ParkedFrame> | undefined;
  parkedBytes: number;
  /** Allowance left, bytes, at `allowedAtMs`. */
  allowance: number;
  allowedAtMs: number;
  /** By epoch; made when the author forks. */
  proofs: Map<string, ForkProof> | undefined;
  checkpoints: readonly Checkpoint[];
}

/** Of an author without any. */
const noCheckpoints: readonly Checkpoint[] = [];

export interface Wanted {
  readonly from: NodeId;
  readonly fromSeq: number;
  readonly dueAtMs: number;
}

type Settings = Required<ReplicaInit>;

export class ReplicaState {
  readonly components: ReplicaComponents;
  readonly settings: Settings;
  readonly authors = new Map<Did, AuthorState>();
  readonly writers = new Map<Did, Writer>();
  /** What `close-writer` left: by author. */
  readonly markers = new Map<Did, { epoch: string; seq: number; head: string }>();
  readonly wanted = new Map<string, Wanted>();
  /** What to do with the rows of a `load`. */
  readonly loads = new Map<string, (rows: readonly StoredRow[]) => void>();
  loadCount = 0;
  isReady = false;
  parkedBytes = 0;
  /** Highest `at` seen: the hybrid logical clock of local writers follows it. */
  lastAt = 0;
  /** Of all values that are read here. */
  readonly pool = new ValuePool();
  /** Buckets whose digest is stale; see sync. */
  readonly digests: (string | undefined)[] = [];
  /** Over all buckets; `undefined` when stale. */
  rootDigest: string | undefined;
  /** When this replica tells others next, after how many rounds in which nothing had changed. */
  summaryDueAtMs = Number.POSITIVE_INFINITY;
  quietRounds = 0;
  /** Replicas that opened a round with this one since it last did. */
  heardCount = 0;
  /** Of a bucket without chains. */
  emptyDigest: string | undefined;
  // Of the present step:
  atMs = 0;
  effects: ReplicaEffect[] = [];
  changes: EntryChange[] = [];

  constructor(components: ReplicaComponents, init: ReplicaInit) {
    this.components = components;
    const { summaryIntervalMs = 1_000 } = init;
    this.settings = {
      summaryIntervalMs,
      summaryIntervalMaxMs: summaryIntervalMs,
      requestTimeoutMs: 2_000,
      pageBytesMax: 48 * 1024,
      authorBurstBytes: 64 * 1024 * 1024,
      authorBytesPerSecond: 1024 * 1024,
      ...init,
    };
  }

  ignore(reason: string): undefined {
    this.effects.push({ type: 'ignored', reason });
  }

  author(author: Did): AuthorState {
    let state = this.authors.get(author);
    if (state === undefined) {
      state = {
        author,
        epochs: new Map(),
        parked: undefined,
        parkedBytes: 0,
        allowance: this.settings.authorBurstBytes,
        allowedAtMs: this.atMs,
        proofs: undefined,
        checkpoints: noCheckpoints,
      };
      this.authors.set(author, state);
    }
    return state;
  }

  log(author: Did, epoch: string): EpochLog | undefined {
    return this.authors.get(author)?.epochs.get(epoch);
  }

  addLog(author: Did, epoch: string, key: Did | undefined): EpochLog {
    const log = new EpochLog(author, epoch, key);
    log.cutAt = this.components.membership.cutAt(author, epoch);
    this.author(author).epochs.set(epoch, log);
    return log;
  }

  addProof(proof: ForkProof): undefined {
    const author = this.author(proof.left.author);
    author.proofs ??= new Map();
    author.proofs.set(proof.left.epoch, proof);
  }

  /** Every chain, in an order that is the same everywhere. */
  logs(): EpochLog[] {
    const logs = [...this.authors.values()].flatMap((state) => [...state.epochs.values()]);
    return logs.sort((a, b) => (logId(a.author, a.epoch) < logId(b.author, b.epoch) ? -1 : 1));
  }

  /** Take `bytes` off the author's allowance; false when it does not suffice yet. */
  spend(state: AuthorState, bytes: number): boolean {
    const { authorBurstBytes, authorBytesPerSecond } = this.settings;
    const returned = ((this.atMs - state.allowedAtMs) / 1_000) * authorBytesPerSecond;
    if (returned > 0) {
      state.allowance = Math.min(authorBurstBytes, state.allowance + returned);
      state.allowedAtMs = this.atMs;
    }
    if (state.allowance < bytes) return false;
    state.allowance -= bytes;
    return true;
  }

  /** Scan the store and go on with the rows. */
  load(
    bucket: string,
    range: readonly [string, string],
    limit: number,
    goOn: (rows: readonly StoredRow[]) => void,
  ): undefined {
    const request = `load-${this.loadCount++}`;
    this.loads.set(request, goOn);
    const [fromKey, toKey] = range;
    this.effects.push({ type: 'load', request, bucket, fromKey, toKey, limit });
  }

  /** Tell the view what these keys of the author hold now. */
  tell(state: AuthorState, slots: Iterable<Slot>): undefined {
    for (const slot of slots) {
      const winner = state.epochs.size === 1 ? slot : (findWinner(state, slot.key) ?? slot);
      const isGone = winner.value === null || !isCounted(state, winner);
      this.changes.push({
        author: state.author,
        key: slot.key,
        value: isGone ? undefined : winner.value,
        mark: winner.mark,
      });
    }
  }
}

function isCounted(state: AuthorState, slot: Slot): boolean {
  return state.epochs.get(slot.mark.epoch)?.isSuperseded === false;
}

/**
 * The write of a key that counts among the author's epochs: the latest, by the frame's time and then the
 * epoch's name. A deletion is a write.
 */
export function findWinner(state: AuthorState, key: string): Slot | undefined {
  let winner: Slot | undefined;
  for (const log of state.epochs.values()) {
    if (log.isSuperseded) continue;
    const slot = log.index.slot(key);
    if (slot !== undefined && (winner === undefined || isLater(slot, winner))) winner = slot;
  }
  return winner;
}

function isLater(a: Slot, b: Slot): boolean {
  return a.mark.at === b.mark.at ? a.mark.epoch > b.mark.epoch : a.mark.at > b.mark.at;
}
