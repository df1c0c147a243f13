/**
 * The replica machine of one space: frames in, entries out, and synchronization with peers.
 *
 * ```ts
 * const replica = createReplica({ hash: keys.hash, membership }, { mesh, space });
 * for (const effect of replica.step({ type: 'start', atMs })) runtime.do(effect);
 * ```
 */
export {
  frameBucket,
  persistFrame,
  readRow,
  readRowKey,
  rowRange,
  spaceRange,
} from './frame-rows.ts';
export { createReplica, type Replica } from './replica.ts';
export type {
  EntryChange,
  Head,
  Membership,
  Page,
  RangeRequest,
  ReplicaComponents,
  ReplicaEffect,
  ReplicaInit,
  ReplicaInput,
  Standing,
  Summary,
} from './replica-types.ts';
export {
  type ReplayEffect,
  type ReplaySource,
  readStoredLog,
  replayLog,
  type StoredLog,
} from './stored-log.ts';
export { readRanges, readSummary } from './summary-form.ts';
