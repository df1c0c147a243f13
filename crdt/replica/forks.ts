/**
 * Equivocation: one author, one place in the chain, two frames. Both are kept as a proof that anyone can check,
 * the epoch is frozen at the last frame that both branches share, on every replica at the same place, and the
 * proof is told once. What stood before the fork stays and is shown as written by a forker.
 */
import type { NodeId } from '../../protocol/brand.ts';
import { toCanonicalJson } from '../../protocol/canonical.ts';
import { type ForkProof, proveFork, toForkProofRecord } from '../frames/fork-proof.ts';
import type { Frame } from '../frames/frame.ts';
import { EpochLog, logId } from './epoch-log.ts';
import { frameBucket, proofBucket, readRow, rowKey, rowRange } from './frame-rows.ts';
import { dropParked } from './intake.ts';
import { epochCostBytes, type ReplicaState } from './replica-state.ts';
import { requestRange, touch } from './sync.ts';

/** Frames looked at in one go while searching for the place where two branches part. */
const searchFrames = 64;
/** Rows read in one go while an epoch is rebuilt. */
const rebuildRows = 512;

/**
 * A frame does not fit the chain: either it is the fork itself, or the branches part earlier and the sender
 * is asked for what it has there.
 */
export function suspectFork(
  state: ReplicaState,
  log: EpochLog,
  frame: Frame,
  from: NodeId,
  problem: 'conflict' | 'broken-chain',
): undefined {
  const isRoot = problem === 'conflict' && (frame.seq === 0 || log.hasName(frame.seq - 1, frame.prev));
  if (isRoot) return proveWithOwn(state, log, frame);
  requestRange(state, from, log.author, log.epoch, Math.max(0, frame.seq - searchFrames), frame.seq - 1);
  state.ignore('fork-suspected');
}

function proveWithOwn(state: ReplicaState, log: EpochLog, frame: Frame): undefined {
  const { mesh, space } = state.settings;
  const range = rowRange(space, log.author, log.epoch, frame.seq, frame.seq);
  state.load(frameBucket, range, 1, (rows) => {
    const own = rows[0] === undefined ? undefined : readRow(rows[0], mesh, space, state.components.hash);
    const proof = own === undefined ? undefined : proveFork(own, frame);
    if (proof === undefined) state.ignore('fork-without-own-frame');
    else takeProof(state, proof, true);
  });
}

/** Freeze by a proof, found here or told by a peer. `isNews`: others may not know it yet. */
export function takeProof(state: ReplicaState, proof: ForkProof, isNews: boolean): undefined {
  const { author, epoch, seq, key, mesh, space } = proof.left;
  if (mesh !== state.settings.mesh || space !== state.settings.space) return state.ignore('wrong-space');
  if (!state.components.membership.isKnown(author)) return state.ignore('unknown-author');
  let log = state.log(author, epoch);
  if (log?.frozenAt !== undefined && log.frozenAt <= seq - 1) return state.ignore('known-fork');
  if (log === undefined) {
    if (!state.spend(state.author(author), epochCostBytes)) return state.ignore('over-quota');
    log = state.addLog(author, epoch, key);
  }
  log.frozenAt = seq - 1;
  state.addProof(proof);
  const value = toCanonicalJson(toForkProofRecord(proof));
  state.effects.push({
    type: 'persist',
    bucket: proofBucket,
    key: `${space}/${logId(author, epoch)}`,
    value,
  });
  state.effects.push({ type: 'frozen', author, epoch, seq: seq - 1, proof });
  if (isNews) state.effects.push({ type: 'publish-proof', proof });
  dropParked(state, log);
  shorten(state, log);
  touch(state, log);
}

/** Bring a chain back to the last frame that counts: forget the rest and rebuild from the store. */
export function shorten(state: ReplicaState, log: EpochLog): undefined {
  if (log.seq <= log.limit || log.isSuperseded) return;
  const { space } = state.settings;
  const { author, epoch, seq, limit } = log;
  for (let gone = limit + 1; gone <= seq; gone++) {
    state.effects.push({
      type: 'persist',
      bucket: frameBucket,
      key: rowKey(space, author, epoch, gone),
      value: null,
    });
  }
  const fresh = new EpochLog(author, epoch, log.key);
  fresh.frozenAt = log.frozenAt;
  fresh.cutAt = log.cutAt;
  log.isRebuilding = true;
  rebuild(state, log, fresh);
}

function rebuild(state: ReplicaState, log: EpochLog, fresh: EpochLog): undefined {
  const { mesh, space } = state.settings;
  const { author, epoch } = log;
  if (fresh.seq >= fresh.limit) return replace(state, log, fresh);
  const to = Math.min(fresh.limit, fresh.seq + rebuildRows);
  state.load(frameBucket, rowRange(space, author, epoch, fresh.seq + 1, to), rebuildRows, (rows) => {
    let isBroken = rows.length === 0;
    for (const row of rows) {
      const frame = readRow(row, mesh, space, state.components.hash);
      isBroken ||= frame === undefined || fresh.findProblem(frame) !== undefined;
      if (!isBroken) fresh.append(frame!, state.pool);
    }
    if (isBroken) replace(state, log, fresh);
    else rebuild(state, log, fresh);
  });
}

function replace(state: ReplicaState, log: EpochLog, fresh: EpochLog): undefined {
  const author = state.author(log.author);
  if (author.epochs.get(log.epoch) !== log) return;
  // A lower proof or an earlier cut may have come in meanwhile.
  fresh.frozenAt = log.frozenAt;
  fresh.cutAt = log.cutAt;
  author.epochs.set(log.epoch, fresh);
  touch(state, fresh);
  const emptied = [...log.index.entries()].map(
    (slot) => fresh.index.slot(slot.key) ?? { ...slot, value: undefined },
  );
  state.tell(author, emptied);
  shorten(state, fresh);
}
