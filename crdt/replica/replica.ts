/**
 * The replica of one space: one chain and one small index for each (author, epoch), the entries that all of
 * them hold, and the talk that keeps replicas in step. No peer can forge, erase, overwrite or block what
 * another wrote: a frame touches only its own author's chain.
 */
import type { Did } from '../../protocol/brand.ts';
import { compareText } from '../../protocol/bytes.ts';
import type { Machine } from '../../protocol/machine.ts';
import type { EntryValue } from '../frames/entry-value.ts';
import type { ForkProof } from '../frames/fork-proof.ts';
import { loadAll } from './boot.ts';
import { takeCheckpoint } from './checkpoints.ts';
import { shorten, takeProof } from './forks.ts';
import { retryParked, takeFrame } from './intake.ts';
import { findWinner, ReplicaState } from './replica-state.ts';
import type {
  EntryChange,
  Head,
  ReplicaComponents,
  ReplicaEffect,
  ReplicaInit,
  ReplicaInput,
} from './replica-types.ts';
import {
  continueRange,
  serveRanges,
  summarize,
  summaryTimer,
  takeSummary,
  tellSummary,
  touch,
} from './sync.ts';
import {
  closeWriter,
  compactAuthor,
  openWriter,
  takeEdit,
  takeSigned,
  takeSignedCheckpoint,
  takeSignFailure,
} from './writer.ts';

export interface Replica extends Machine<ReplicaInput, ReplicaEffect> {
  /** What counts now, by author and key. */
  entries(): Iterable<EntryChange>;
  find(author: Did, key: string): EntryValue | undefined;
  /** Every chain that counts, in an order that is the same everywhere. */
  heads(): readonly Head[];
  /** Canonical text of the view: equal on replicas that hold the same frames and proofs. */
  viewText(): string;
  proofs(): readonly ForkProof[];
  /** Bytes of frames that wait for an earlier one. */
  parkedBytes(): number;
}

/** Make the replica of one space. Feed it `start` first. */
export function createReplica(components: ReplicaComponents, init: ReplicaInit): Replica {
  const state = new ReplicaState(components, init);
  return {
    step: (input) => step(state, input),
    entries: () => entriesOf(state),
    find: (author, key) => {
      const known = state.authors.get(author);
      const value = known === undefined ? undefined : findWinner(known, key)?.value;
      return value === null ? undefined : value;
    },
    heads: () => headsOf(state),
    viewText: () => viewText(state),
    proofs: () => [...state.authors.values()].flatMap((author) => [...(author.proofs?.values() ?? [])]),
    parkedBytes: () => state.parkedBytes,
  };
}

function step(state: ReplicaState, input: ReplicaInput): readonly ReplicaEffect[] {
  state.atMs = input.atMs;
  state.effects = [];
  state.changes = [];
  dispatch(state, input);
  if (state.changes.length > 0) state.effects.push({ type: 'view-changed', changes: state.changes });
  return putQuestionsLast(state.effects);
}

/** A shell may answer on the spot: by then all else of this step must be done. */
function putQuestionsLast(effects: readonly ReplicaEffect[]): readonly ReplicaEffect[] {
  return effects.some(isQuestion)
    ? [...effects.filter((effect) => !isQuestion(effect)), ...effects.filter(isQuestion)]
    : effects;
}

function isQuestion({ type }: ReplicaEffect): boolean {
  return type === 'load' || type === 'sign-frame' || type === 'sign-checkpoint';
}

function dispatch(state: ReplicaState, input: ReplicaInput): undefined {
  switch (input.type) {
    case 'start':
      return loadAll(state, () => becomeReady(state));
    case 'loaded':
      return takeRows(state, input.request, input.rows);
    case 'frame-received':
      return takeFrame(state, input.frame, input.from);
    case 'page-received':
      for (const frame of input.frames) takeFrame(state, frame, input.from);
      if (input.frames.length > 0) continueRange(state, input.frames.at(-1)!, input.hasMore, input.from);
      return;
    case 'holder-up':
      state.effects.push({ type: 'send-summary', to: input.node, summary: summarize(state) });
      return;
    case 'summary-received':
      return takeSummary(state, input.summary, input.from);
    case 'range-requested':
      return serveRanges(state, input.ranges, input.from);
    case 'proof-received':
      return takeProof(state, input.proof, true);
    case 'checkpoint-received':
      return takeCheckpoint(state, input.checkpoint);
    case 'membership-changed':
      return takeMembership(state);
    case 'open-writer':
      return openWriter(state, input.author, input.key, input.freshEpoch);
    case 'close-writer':
      return closeWriter(state, input.author);
    case 'local-edit':
      return takeEdit(state, input.author, input.request, input.members, input.edits);
    case 'frame-signed':
      return takeSigned(state, input.request, input.frame);
    case 'sign-failed':
      return takeSignFailure(state, input.request, input.reason);
    case 'compact-author':
      return compactAuthor(state, input.author, input.request, input.members, input.freshEpoch);
    case 'checkpoint-signed':
      return takeSignedCheckpoint(state, input.request, input.checkpoint);
    case 'timer-fired':
      return input.timer === summaryTimer ? tellSummary(state) : state.ignore('unknown-timer');
  }
}

function takeRows(
  state: ReplicaState,
  request: string,
  rows: Parameters<Parameters<ReplicaState['load']>[3]>[0],
): undefined {
  const goOn = state.loads.get(request);
  if (goOn === undefined) return state.ignore('unknown-request');
  state.loads.delete(request);
  goOn(rows);
}

function becomeReady(state: ReplicaState): undefined {
  state.isReady = true;
  state.effects.push({ type: 'ready' });
  tellSummary(state);
}

function takeMembership(state: ReplicaState): undefined {
  for (const log of state.logs()) {
    const cutAt = state.components.membership.cutAt(log.author, log.epoch);
    if (cutAt === log.cutAt) continue;
    log.cutAt = cutAt;
    touch(state, log);
    shorten(state, log);
  }
  retryParked(state);
}

function* entriesOf(state: ReplicaState): Iterable<EntryChange> {
  for (const author of state.authors.values()) {
    for (const log of author.epochs.values()) {
      if (log.isSuperseded) continue;
      for (const slot of log.index.entries()) {
        const isWinner = author.epochs.size === 1 || findWinner(author, slot.key)?.mark.epoch === log.epoch;
        if (!isWinner || slot.value === undefined || slot.value === null) continue;
        yield { author: author.author, key: slot.key, value: slot.value, mark: slot.mark };
      }
    }
  }
}

function headsOf(state: ReplicaState): Head[] {
  return state
    .logs()
    .filter((log) => !log.isSuperseded && (log.seq >= 0 || log.frozenAt !== undefined))
    .map((log) => {
      const head = { author: log.author, epoch: log.epoch, seq: log.seq, hash: log.seq < 0 ? '' : log.head };
      return log.frozenAt === undefined ? head : { ...head, isFrozen: true as const };
    });
}

function viewText(state: ReplicaState): string {
  const lines = [...entriesOf(state)].map((entry) => {
    const value = entry.value instanceof Uint8Array ? { bytes: [...entry.value] } : entry.value;
    return JSON.stringify([entry.author, entry.key, sortKeys(value), entry.mark]);
  });
  return [...lines.sort(compareText), ...headsOf(state).map((head) => JSON.stringify(head))].join('\n');
}

function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (typeof value !== 'object' || value === null) return value;
  const sorted = Object.entries(value).sort(([a], [b]) => compareText(a, b));
  return Object.fromEntries(sorted.map(([key, inner]) => [key, sortKeys(inner)]));
}
