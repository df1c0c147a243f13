/**
 * A replica's rows as its event log: frames, fork proofs and checkpoints, read again offline and replayed into the
 * state that the replica itself is in. Frames alone do not tell which epochs are frozen or replaced.
 */
import type { Store } from '../../protocol/ports.ts';
import type { Verified } from '../../protocol/signing.ts';
import type { Checkpoint } from '../frames/checkpoint.ts';
import type { ForkProof } from '../frames/fork-proof.ts';
import type { Frame, HashBytes } from '../frames/frame.ts';
import {
  checkpointBucket,
  frameBucket,
  proofBucket,
  readCheckpointRow,
  readProofRow,
  readRow,
  spaceRange,
} from './frame-rows.ts';
import { createReplica, type Replica } from './replica.ts';
import type { Membership, ReplicaEffect, ReplicaInput } from './replica-types.ts';

/** Rows read in one go. */
const rowsMax = 2_000;

export interface StoredLog {
  /** Each chain in order. */
  readonly frames: readonly Frame[];
  readonly proofs: readonly ForkProof[];
  readonly checkpoints: readonly Checkpoint[];
  /** Keys of rows whose bytes are not what was stored, by bucket and key. */
  readonly damaged: readonly string[];
}

export function readStoredLog(
  store: Pick<Store, 'scan'>,
  place: { readonly mesh: string; readonly space: string; readonly hash: HashBytes },
): StoredLog {
  const { mesh, space, hash } = place;
  const damaged: string[] = [];
  const readAll = <T>(bucket: string, read: (row: ReturnType<Store['scan']>[number]) => T | undefined) => {
    const found: T[] = [];
    const [first, end] = spaceRange(space);
    for (let from = first; ; ) {
      const rows = store.scan(bucket, from, end, rowsMax);
      for (const row of rows) {
        const value = read(row);
        if (value === undefined) damaged.push(`${bucket} ${row.key}`);
        else found.push(value);
      }
      const last = rows.at(-1);
      if (last === undefined || rows.length < rowsMax) return found;
      from = `${last.key}\0`;
    }
  };
  return {
    frames: readAll(frameBucket, (row) => readRow(row, mesh, space, hash)),
    proofs: readAll(proofBucket, (row) => readProofRow(row, hash)),
    checkpoints: readAll(checkpointBucket, (row) => readCheckpointRow(row)),
    damaged,
  };
}

export interface ReplaySource {
  readonly mesh: string;
  readonly space: string;
  readonly hash: HashBytes;
  /** Of the log, each chain in order. Own storage: signatures were checked when they came. */
  readonly frames: Iterable<Frame>;
  /** Epochs that forked end where their proof says, and are marked. */
  readonly proofs?: Iterable<ForkProof>;
  /** Epochs that their author replaced count no more. */
  readonly checkpoints?: Iterable<Checkpoint>;
  /** Who was removed when. Default: nobody. */
  readonly membership?: Membership;
}

/** Whatever the log holds was let in once; only what cuts it off later is asked for. */
const everyoneWrote: Membership = {
  mayWrite: () => 'yes',
  isKnown: () => true,
  cutAt: () => undefined,
  maySign: () => 'yes',
};

export type ReplayEffect = Extract<ReplicaEffect, { readonly type: 'view-changed' | 'frozen' }>;

/** Feed a log to a fresh replica: proofs, then frames in the order given, then checkpoints. */
export function replayLog(source: ReplaySource, tell: (effect: ReplayEffect) => void): Replica {
  const { mesh, space, hash, membership = everyoneWrote } = source;
  const init = { mesh, space, authorBurstBytes: Number.MAX_SAFE_INTEGER };
  const replica = createReplica({ hash, membership }, init);
  const give = (input: ReplicaInput) => {
    for (const effect of replica.step(input))
      if (effect.type === 'view-changed' || effect.type === 'frozen') tell(effect);
  };
  for (const proof of source.proofs ?? []) {
    const { at, author } = proof.left;
    give({ type: 'proof-received', atMs: at, from: author, proof: proof as Verified<ForkProof> });
  }
  for (const frame of source.frames)
    give({
      type: 'frame-received',
      atMs: frame.at,
      from: frame.author,
      frame: frame as Verified<Frame>,
    });
  for (const checkpoint of source.checkpoints ?? []) {
    const { at, author } = checkpoint;
    give({
      type: 'checkpoint-received',
      atMs: at,
      from: author,
      checkpoint: checkpoint as Verified<Checkpoint>,
    });
  }
  return replica;
}
