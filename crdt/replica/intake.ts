/** Frames come in: who, when, where in the chain, then the grammar. Whatever is too early waits, bounded. */
import type { NodeId } from '../../protocol/brand.ts';
import { limits } from '../../protocol/limits.ts';
import { Refused } from '../frames/byte-reader.ts';
import type { Frame } from '../frames/frame.ts';
import { applyCheckpoints } from './checkpoints.ts';
import { type ChainProblem, EpochLog, logId } from './epoch-log.ts';
import { suspectFork } from './forks.ts';
import { persistFrame } from './frame-rows.ts';
import {
  type AuthorState,
  epochCostBytes,
  parkedBytesMax,
  parkedFramesMax,
  parkedTotalBytesMax,
  type ReplicaState,
} from './replica-state.ts';
import { requestRange, touch } from './sync.ts';

/** Take one verified frame in, and whatever waited for it. */
export function takeFrame(state: ReplicaState, frame: Frame, from: NodeId): undefined {
  const author = judge(state, frame, from);
  if (author !== undefined) drain(state, author, frame.epoch);
}

/** The author's state when the frame was taken in. */
function judge(state: ReplicaState, frame: Frame, from: NodeId): AuthorState | undefined {
  const { settings } = state;
  if (frame.mesh !== settings.mesh || frame.space !== settings.space) return refuse(state, 'wrong-space');
  if (frame.at > state.atMs + limits.clockSkewMs) return refuse(state, 'from-the-future');
  const standing = findStanding(state, frame);
  if (standing === 'no') return refuse(state, 'not-a-writer');
  if (standing === 'unknown') return park(state, frame, from, 'unknown-members');
  const log = state.log(frame.author, frame.epoch);
  if (log?.isSuperseded) return refuse(state, 'superseded');
  if (log?.isRebuilding) return refuse(state, 'rebuilding');
  if (log !== undefined && frame.seq > log.limit)
    return refuse(state, log.frozenAt === undefined ? 'removed' : 'frozen');
  const problem = (log ?? new EpochLog(frame.author, frame.epoch, frame.key)).findProblem(frame);
  if (problem !== undefined) return answerProblem(state, log, frame, from, problem);
  const author = state.author(frame.author);
  const cost = frame.update.length + (log === undefined ? epochCostBytes : 0);
  if (!state.spend(author, cost)) return refuse(state, 'over-quota');
  return append(state, author, log, frame);
}

function findStanding(state: ReplicaState, frame: Frame): 'yes' | 'no' | 'unknown' {
  const { membership } = state.components;
  const writes = membership.mayWrite(frame.author, frame.members);
  if (writes !== 'yes' || frame.key === undefined) return writes;
  return membership.maySign(frame.author, frame.key, frame.at);
}

function answerProblem(
  state: ReplicaState,
  log: EpochLog | undefined,
  frame: Frame,
  from: NodeId,
  problem: ChainProblem,
): undefined {
  if (problem === 'gap') {
    park(state, frame, from, 'gap');
    requestRange(state, from, frame.author, frame.epoch, (log?.seq ?? -1) + 1, frame.seq - 1);
    return;
  }
  if (problem === 'conflict' || problem === 'broken-chain')
    return suspectFork(state, log!, frame, from, problem);
  return refuse(state, problem);
}

function append(
  state: ReplicaState,
  author: AuthorState,
  known: EpochLog | undefined,
  frame: Frame,
): AuthorState | undefined {
  const log = known ?? new EpochLog(frame.author, frame.epoch, frame.key);
  if (known === undefined) {
    log.cutAt = state.components.membership.cutAt(frame.author, frame.epoch);
    if (frame.seq > log.limit) return refuse(state, 'removed');
  }
  const slots = log.append(frame, state.pool);
  if (slots instanceof Refused) return refuse(state, `grammar-${slots.reason}`);
  if (known === undefined) author.epochs.set(log.epoch, log);
  state.effects.push(persistFrame(frame, state.components.hash));
  state.lastAt = Math.max(state.lastAt, frame.at);
  touch(state, log);
  state.tell(author, slots);
  applyCheckpoints(state, author);
  return author;
}

/** Take in what waited for the frame just taken. */
function drain(state: ReplicaState, author: AuthorState, epoch: string): undefined {
  for (;;) {
    const log = author.epochs.get(epoch);
    const next = log === undefined ? undefined : author.parked?.get(`${epoch}/${log.seq + 1}`);
    if (next === undefined) return;
    unpark(state, author, next.frame);
    if (judge(state, next.frame, next.from) === undefined) return;
  }
}

/** Keep a frame that is too early. What does not fit is dropped: synchronization brings it again. */
function park(state: ReplicaState, frame: Frame, from: NodeId, reason: string): undefined {
  if (!state.components.membership.isKnown(frame.author)) return refuse(state, 'unknown-author');
  const author = state.author(frame.author);
  const key = `${frame.epoch}/${frame.seq}`;
  const bytes = frame.update.length;
  author.parked ??= new Map();
  const isFull =
    author.parked.size >= parkedFramesMax ||
    author.parkedBytes + bytes > parkedBytesMax ||
    state.parkedBytes + bytes > parkedTotalBytesMax;
  if (isFull || author.parked.has(key)) return refuse(state, `${reason}-dropped`);
  author.parked.set(key, { frame, from });
  author.parkedBytes += bytes;
  state.parkedBytes += bytes;
  return refuse(state, reason);
}

function unpark(state: ReplicaState, author: AuthorState, frame: Frame): undefined {
  author.parked?.delete(`${frame.epoch}/${frame.seq}`);
  if (author.parked?.size === 0) author.parked = undefined;
  author.parkedBytes -= frame.update.length;
  state.parkedBytes -= frame.update.length;
}

/** New records are known: let every parked frame try again. */
export function retryParked(state: ReplicaState): undefined {
  for (const author of [...state.authors.values()]) {
    const waiting = [...(author.parked?.values() ?? [])].sort((a, b) => a.frame.seq - b.frame.seq);
    for (const { frame, from } of waiting) {
      if (!author.parked?.has(`${frame.epoch}/${frame.seq}`)) continue;
      unpark(state, author, frame);
      takeFrame(state, frame, from);
    }
  }
}

/** A frame that this node's own writer signed: its chain was looked at when it was made. */
export function takeOwnFrame(state: ReplicaState, frame: Frame): ChainProblem | 'refused' | undefined {
  const log = state.log(frame.author, frame.epoch) ?? state.addLog(frame.author, frame.epoch, frame.key);
  const problem = log.isSuperseded || frame.seq > log.limit ? 'refused' : log.findProblem(frame);
  if (problem !== undefined) return problem;
  return append(state, state.author(frame.author), log, frame) === undefined ? 'refused' : undefined;
}

function refuse(state: ReplicaState, reason: string): undefined {
  state.ignore(reason);
}

/** Forget what waits of a chain that ended. */
export function dropParked(state: ReplicaState, log: EpochLog): undefined {
  const author = state.author(log.author);
  for (const { frame } of [...(author.parked?.values() ?? [])]) {
    if (logId(frame.author, frame.epoch) === logId(log.author, log.epoch) && frame.seq > log.limit) {
      unpark(state, author, frame);
    }
  }
}
