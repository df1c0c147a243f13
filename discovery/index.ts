/**
 * @packageDocumentation
 * How peers find each other by meaning. An agent signs what it can do in words; every reader turns the words
 * into a vector itself, keeps signed records of others, and ranks them for a query, with every reason shown.
 *
 * @example
 * ```ts
 * const index = new GossipIndex({ hash: keys.hash, vectors: createBuiltinEmbedder() }, { self, mesh });
 * for (const effect of index.step({ type: 'announce', atMs, entry: { capability } })) perform(effect);
 * const answer = index.search({ query: { text: 'book travel to NYC' }, nowMs, viewer: {} });
 * ```
 */
export { type Awakened, awakening, chooseAwakened, type Listener } from './broadcast.ts';
export {
  type CapabilityContext,
  type CapabilityDraft,
  type CapabilityRecord,
  capabilityForm,
  capabilityKey,
  capabilitySchema,
  capabilityText,
  checkCapability,
  decodeCapability,
  ownKeyOnly,
  type SealedCapability,
  sealCapability,
  withdrawalOf,
} from './capability-record.ts';
export { beaconBucket, GossipIndex, recordBucket, sequenceBucket } from './gossip-index.ts';
export type {
  GossipIndexComponents,
  GossipIndexEffect,
  GossipIndexInit,
  GossipIndexInput,
} from './gossip-index-io.ts';
export {
  type IndexMessage,
  type IndexMessageOf,
  indexMessageSchema,
  type OpenedBeacon,
  type OpenedEntry,
  openBeacon,
  openBeacons,
  openEntries,
  packEntry,
  readIndexMessage,
  writeIndexMessage,
} from './index-messages.ts';
export { discoveryLimits } from './limits.ts';
export {
  type Beacon,
  type BeaconDraft,
  beaconForm,
  beaconIntervalMs,
  decodeBeacon,
  leaseMsOf,
  type SealedBeacon,
  sealBeacon,
} from './presence.ts';
export { type PresenceEffect, type PresenceInput, PresenceLeases } from './presence-leases.ts';
export {
  type AgentSummary,
  type Answer,
  composeAnswer,
  filterSchema,
  type Hit,
  isInAudience,
  type Provenance,
  passesFilter,
  type Query,
  type QueryFilter,
  queryDefaults,
  querySchema,
  type SkillAnswer,
  skillsOf,
  type Viewer,
} from './query.ts';
export {
  type CandidateFacts,
  explainRank,
  factorFloors,
  type RankFactors,
  scoreOf,
  weighCandidate,
} from './rank.ts';
export { type AuthorityContext, findSigner, type SignedBy } from './record-authority.ts';
export { RecordMemo } from './record-memo.ts';
export type { HeldRecord } from './record-table.ts';
export { neutralStanding, type SearchRequest, type Standing } from './search.ts';
export { SequenceMemory, type SequenceVerdict } from './sequence-memory.ts';
export { type RecordForm, readRecord, type Sealed, sealRecord } from './signed-record.ts';
export {
  type AnnexRecord,
  annexForm,
  decodeAnnex,
  readVector,
  type SealedAnnex,
  sealAnnex,
  writeVector,
} from './vector-annex.ts';
export {
  cosine,
  FlatVectorIndex,
  type VectorHit,
  type VectorIndex,
  type VectorSearch,
} from './vector-index.ts';
export type { VectorSource } from './vector-source.ts';
