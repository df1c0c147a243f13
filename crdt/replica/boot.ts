/**
 * Start: proofs, checkpoints and marks first, then every frame in the order of its chain. A torn row, or one
 * that does not follow, ends its chain there: the rest is deleted here and asked for again from peers.
 */
import type { Did } from '../../protocol/brand.ts';
import type { StoredRow } from '../../protocol/ports.ts';
import { Refused } from '../frames/byte-reader.ts';
import { applyCheckpoints, keepCheckpoint } from './checkpoints.ts';
import { EpochLog } from './epoch-log.ts';
import {
  checkpointBucket,
  frameBucket,
  parseRow,
  proofBucket,
  readCheckpointRow,
  readProofRow,
  readRow,
  readRowKey,
  spaceRange,
  writerBucket,
} from './frame-rows.ts';
import type { ReplicaState } from './replica-state.ts';
import { touch } from './sync.ts';

/** Rows read in one go. */
const bootRows = 2_000;
const smallRows = 100_000;

/** Read the store, then call `ready`. */
export function loadAll(state: ReplicaState, ready: () => undefined): undefined {
  const range = spaceRange(state.settings.space);
  state.load(proofBucket, range, smallRows, (proofs) => {
    for (const row of proofs) loadProof(state, row);
    state.load(checkpointBucket, range, smallRows, (checkpoints) => {
      for (const row of checkpoints) loadCheckpoint(state, row);
      state.load(writerBucket, range, smallRows, (markers) => {
        for (const row of markers) loadMarker(state, row);
        loadFrames(state, range, ready);
      });
    });
  });
}

function loadFrames(
  state: ReplicaState,
  range: readonly [string, string],
  ready: () => undefined,
): undefined {
  state.load(frameBucket, range, bootRows, (rows) => {
    for (const row of rows) loadFrame(state, row);
    const last = rows.at(-1);
    if (last !== undefined && rows.length >= bootRows)
      return loadFrames(state, [`${last.key}\0`, range[1]], ready);
    for (const author of state.authors.values()) applyCheckpoints(state, author);
    ready();
  });
}

function loadFrame(state: ReplicaState, row: StoredRow): undefined {
  const { mesh, space } = state.settings;
  const { author, epoch } = readRowKey(row.key);
  const frame = readRow(row, mesh, space, state.components.hash);
  const known = state.log(author, epoch);
  const log = known ?? new EpochLog(author, epoch, frame?.key);
  if (known?.seq === -1 && frame !== undefined && known.key !== frame.key)
    return dropRow(state, row, 'other-key');
  if (frame === undefined) return dropRow(state, row, 'torn-row');
  if (log.findProblem(frame) !== undefined || frame.seq > log.limit)
    return dropRow(state, row, 'row-out-of-chain');
  const slots = log.append(frame, state.pool);
  if (slots instanceof Refused) return dropRow(state, row, 'row-out-of-grammar');
  if (known === undefined) {
    log.cutAt = state.components.membership.cutAt(author, epoch);
    state.author(author).epochs.set(epoch, log);
  }
  state.lastAt = Math.max(state.lastAt, frame.at);
  touch(state, log);
  state.tell(state.author(author), slots);
}

function dropRow(state: ReplicaState, row: StoredRow, reason: string): undefined {
  state.ignore(reason);
  state.effects.push({ type: 'persist', bucket: frameBucket, key: row.key, value: null });
}

function loadProof(state: ReplicaState, row: StoredRow): undefined {
  const proof = readProofRow(row, state.components.hash);
  if (proof === undefined) return state.ignore('torn-row');
  const { author, epoch, key, seq } = proof.left;
  const log = state.log(author, epoch) ?? state.addLog(author, epoch, key);
  log.frozenAt = seq - 1;
  state.addProof(proof);
  state.effects.push({ type: 'frozen', author, epoch, seq: seq - 1, proof });
  touch(state, log);
}

function loadCheckpoint(state: ReplicaState, row: StoredRow): undefined {
  const checkpoint = readCheckpointRow(row);
  if (checkpoint === undefined) return state.ignore('torn-row');
  keepCheckpoint(state.author(checkpoint.author), checkpoint);
}

function loadMarker(state: ReplicaState, row: StoredRow): undefined {
  const marker = parseRow(row) as { epoch: string; seq: number; head: string } | undefined;
  if (marker === undefined) return state.ignore('torn-row');
  state.markers.set(row.key.slice(state.settings.space.length + 1) as Did, marker);
}
