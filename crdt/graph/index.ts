/**
 * The knowledge graph of a space: entities, relations, attestations, conflicts, needs, as a deterministic view.
 *
 * ```ts
 * const graph = createGraph({}, { policy });
 * const effects = graph.step({ type: 'entries-changed', atMs, changes });
 * queryGraph(graph.view, { types: ['need'], statuses: ['open'] });
 * ```
 */
export { aggregateBelief, type Belief, type Opinion } from './belief.ts';
export type { CutOff, CutOffContent } from './cut-off.ts';
export type { Conflict, EntityStatus, Found, GraphChange } from './graph-entity.ts';
export {
  attestEdit,
  claimEdit,
  type EntityBody,
  type EntityType,
  quoteEdit,
  type RelationKind,
  relateEdit,
  resolveEdit,
  retractEdit,
  type Stance,
} from './graph-entry.ts';
export {
  diffGraphs,
  type GraphDiff,
  type GraphReplaySource,
  replayGraph,
  type Version,
} from './graph-history.ts';
export {
  createGraph,
  type Graph,
  type GraphEffect,
  type GraphInit,
  type GraphInput,
} from './graph-machine.ts';
export {
  type Answer,
  askBelief,
  findPath,
  type GraphFilter,
  type GraphQuery,
  isKnown,
  listOpen,
  queryGraph,
  type Step,
} from './graph-queries.ts';
export { contentDigest, type GraphComponents, GraphView } from './graph-view.ts';
export { defaultPolicy, judgeClaim, type Policy, type PolicyFacts, type Verdict } from './policy.ts';
export { type Near, VectorIndex } from './vector-index.ts';
export {
  type AgentOwner,
  type CertifiedClaim,
  type ClaimDecision,
  claimDecision,
  readClaimDecision,
} from './world-facts.ts';
