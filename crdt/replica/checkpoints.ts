/** Checkpoints: earlier epochs stop counting once their successor is here up to the named head. */
import { toCanonicalJson } from '../../protocol/canonical.ts';
import type { Checkpoint } from '../frames/checkpoint.ts';
import { GrammarIndex } from '../frames/grammar-index.ts';
import type { EpochLog } from './epoch-log.ts';
import { checkpointBucket } from './frame-rows.ts';
import type { AuthorState, ReplicaState } from './replica-state.ts';
import { touch } from './sync.ts';

/** Checkpoints kept of one author: the newest say all that counts. */
const checkpointsMax = 64;

export function takeCheckpoint(state: ReplicaState, checkpoint: Checkpoint): undefined {
  const { mesh, space } = state.settings;
  if (checkpoint.mesh !== mesh || checkpoint.space !== space) return state.ignore('wrong-space');
  if (!state.components.membership.isKnown(checkpoint.author)) return state.ignore('unknown-author');
  const { author, key, at, next } = checkpoint;
  if (key !== undefined && state.components.membership.maySign(author, key, at) !== 'yes') {
    return state.ignore('not-a-writer');
  }
  const known = state.author(author);
  if (known.checkpoints.some((one) => one.sig === checkpoint.sig)) return state.ignore('duplicate');
  if (known.checkpoints.length >= checkpointsMax) return state.ignore('over-quota');
  keepCheckpoint(known, checkpoint);
  const value = toCanonicalJson(checkpoint);
  state.effects.push({
    type: 'persist',
    bucket: checkpointBucket,
    key: `${space}/${author}/${next.epoch}/${next.head}`,
    value,
  });
  applyCheckpoints(state, known);
}

export function keepCheckpoint(author: AuthorState, checkpoint: Checkpoint): undefined {
  // The same order everywhere, whatever order they came in.
  author.checkpoints = [...author.checkpoints, checkpoint].sort(
    (a, b) => a.at - b.at || (a.next.head < b.next.head ? -1 : 1),
  );
}

/** End the epochs whose successor is complete. */
export function applyCheckpoints(state: ReplicaState, author: AuthorState): undefined {
  for (const { supersedes, next } of author.checkpoints) {
    const successor = author.epochs.get(next.epoch);
    if (successor === undefined || !successor.hasName(next.seq, next.head)) continue;
    for (const { epoch } of supersedes) {
      const log = author.epochs.get(epoch) ?? state.addLog(author.author, epoch, undefined);
      if (!log.isSuperseded) supersede(state, author, log);
    }
  }
}

function supersede(state: ReplicaState, author: AuthorState, log: EpochLog): undefined {
  touch(state, log);
  log.isSuperseded = true;
  const slots = [...log.index.entries()];
  log.index = new GrammarIndex(log.index.client);
  state.tell(author, slots);
}
