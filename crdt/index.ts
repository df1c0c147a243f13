/**
 * What peers remember together: signed frames, the replica of a space, the knowledge graph over it, traces.
 *
 * A frame is a signed, hash-chained Yjs update of one author. It is judged by a strict grammar before Yjs sees
 * it, so no peer can forge, erase, overwrite or block what another wrote.
 *
 * ```ts
 * const replica = createReplica({ hash: keys.hash, membership }, { mesh, space });
 * const effects = replica.step({ type: 'local-edit', atMs, author, request, members, edits });
 * ```
 */

export { ClassicView, type Lease } from './classic/index.ts';
export { type AuthorDocument, compactUpdates, DocumentCache, openDocument } from './documents/index.ts';
export {
  type Checkpoint,
  type CheckpointContent,
  checkpointSignature,
  checkpointSigningBytes,
  decodeRun,
  type Edit,
  type EntryJson,
  type EntryValue,
  encodeRun,
  type ForkProof,
  type ForkProofRecord,
  type Frame,
  type FrameContent,
  type FrameMark,
  type FrameRecord,
  forkProofSignatures,
  frameDomain,
  frameName,
  frameSignature,
  frameSigningBytes,
  type HashBytes,
  isForkRoot,
  proveFork,
  Refused,
  readCheckpoint,
  readForkProof,
  readFrameRecord,
  sealCheckpoint,
  sealFrame,
  toForkProofRecord,
  toFrameRecord,
  verifyForkProof,
} from './frames/index.ts';
export {
  type Answer,
  aggregateBelief,
  askBelief,
  attestEdit,
  type Belief,
  type Conflict,
  claimEdit,
  contentDigest,
  createGraph,
  defaultPolicy,
  diffGraphs,
  type EntityBody,
  type EntityStatus,
  type EntityType,
  type Found,
  findPath,
  type Graph,
  type GraphChange,
  type GraphComponents,
  type GraphDiff,
  type GraphEffect,
  type GraphFilter,
  type GraphInit,
  type GraphInput,
  type GraphQuery,
  GraphView,
  isKnown,
  judgeClaim,
  listOpen,
  type Policy,
  type PolicyFacts,
  queryGraph,
  type RelationKind,
  relateEdit,
  replayGraph,
  resolveEdit,
  retractEdit,
  type Stance,
  VectorIndex,
  type Version,
} from './graph/index.ts';
export {
  createReplica,
  type EntryChange,
  frameBucket,
  type Head,
  type Membership,
  type Page,
  type RangeRequest,
  type Replica,
  type ReplicaComponents,
  type ReplicaEffect,
  type ReplicaInit,
  type ReplicaInput,
  readRanges,
  readRow,
  readRowKey,
  readSummary,
  type Standing,
  type Summary,
  spaceRange,
} from './replica/index.ts';
export { openShared, type SharedDocument } from './shared/index.ts';
export { type Deposit, type Sensed, strengthAt, TraceView } from './traces/index.ts';
