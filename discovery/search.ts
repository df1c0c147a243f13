/** Exact search over held records: vectors, audience, filters, rank, and the form of the answer. */
import type { Did, NodeId } from '../protocol/brand.ts';
import type { CapabilityRecord } from './capability-record.ts';
import {
  type Answer,
  composeAnswer,
  type Hit,
  isInAudience,
  type Provenance,
  passesFilter,
  type Query,
  queryDefaults,
  type SkillAnswer,
  skillsOf,
  type Viewer,
} from './query.ts';
import { type CandidateFacts, explainRank, weighCandidate } from './rank.ts';
import { bucketOf, type HeldRecord } from './record-table.ts';
import type { VectorHit, VectorIndex } from './vector-index.ts';
import type { VectorSource } from './vector-source.ts';

/** What a searcher knows of agents from experience. Every part is optional: strangers are neutral. */
export interface Standing {
  /** 0 to 1; the newcomer's prior when nothing is known. */
  reputationOf(agent: Did, capability: string): number;
  /** 0 to 1; 0.5 for strangers. */
  affinityOf(agent: Did): number;
  /** Raw and calibrated, for agents that said how sure they are. */
  confidenceOf(agent: Did, capability: string): { raw: number; calibrated: number } | undefined;
}

export const neutralStanding: Standing = {
  reputationOf: () => 0.5,
  affinityOf: () => 0.5,
  confidenceOf: () => undefined,
};

export interface SearchRequest {
  readonly query: Query;
  readonly nowMs: number;
  readonly viewer: Viewer;
  readonly standing?: Standing;
  /**
   * Query vectors of another embedding space, one per skill in the order of {@link skillsOf}. Without it the
   * built-in space is used.
   */
  readonly dense?: { readonly space: string; readonly vectors: readonly Int8Array[] };
  /** A draw from [0, 1) that decides which version of a service this query may see. Without it, all. */
  readonly trafficDraw?: number;
}

export interface Searchable {
  readonly vectors: VectorSource;
  indexOf(space: string): VectorIndex<HeldRecord> | undefined;
  loadOf(held: HeldRecord): number | undefined;
}

/** Search every skill of the query. A query that asks for nothing answers with no skills and says so. */
export function searchRecords(
  searchable: Searchable,
  request: SearchRequest,
  found: Pick<Provenance, 'via' | 'reasons'>,
): Answer {
  const skills = skillsOf(request.query);
  const { vectors } = searchable;
  const space = request.dense?.space ?? vectors.space;
  const index = searchable.indexOf(space);
  const reasons = [...found.reasons];
  if (!skills.ok) reasons.push('empty-query');
  if (index === undefined) reasons.push('no-vectors-of-that-space');
  const parts = (skills.ok ? skills.value : []).map((skill, at): SkillAnswer => {
    const vector =
      request.dense === undefined ? vectors.quantize(vectors.embed(skill)) : request.dense.vectors[at];
    const canSearch = index !== undefined && vector?.length === index.dimensions;
    const hits = canSearch ? searchSkill(searchable, index, vector!, request) : [];
    return { skill, isCovered: hits.length > 0, hits };
  });
  return composeAnswer(parts, {
    ...{ via: found.via, space, nodesAskedCount: 1, nodesAnsweredCount: 1, messageCount: 0, byteCount: 0 },
    ...{ recordCount: index?.size ?? 0, refusedCount: 0 },
    ...{ isMaybeIncomplete: reasons.length > 0, reasons },
  });
}

function searchSkill(
  searchable: Searchable,
  index: VectorIndex<HeldRecord>,
  vector: Int8Array,
  request: SearchRequest,
): readonly Hit[] {
  const { query, viewer, trafficDraw } = request;
  const standing = request.standing ?? neutralStanding;
  const similarityMin = query.similarityMin ?? queryDefaults.similarityMin;
  const hits = index.search(vector, {
    limit: query.limit ?? queryDefaults.limit,
    similarityMin,
    weigh: (held) => {
      const { body } = held.sealed;
      if (!isInAudience(body, viewer) || !isOffered(body, trafficDraw)) return 0;
      const load = searchable.loadOf(held);
      if (!passesFilter(body, load, query.filter)) return 0;
      return weighCandidate(factsOf(body, load, standing));
    },
  });
  return hits.map((hit) => toHit(hit, searchable.loadOf(hit.payload), standing));
}

export function factsOf(
  body: Pick<CapabilityRecord, 'agent' | 'capability'>,
  load: number | undefined,
  standing: Standing,
): CandidateFacts {
  const agent = body.agent as Did;
  return {
    load,
    reputation: standing.reputationOf(agent, body.capability),
    confidence: standing.confidenceOf(agent, body.capability),
    affinity: standing.affinityOf(agent),
  };
}

function toHit(hit: VectorHit<HeldRecord>, load: number | undefined, standing: Standing): Hit {
  const { body, id } = hit.payload.sealed;
  return {
    ...{ agent: body.agent as Did, node: body.node as NodeId, capability: body.capability },
    ...{ score: hit.score, factors: explainRank(hit.similarity, factsOf(body, load, standing)) },
    ...{ record: body, recordId: id },
  };
}

/** Each version of a service is found by its share of queries. */
export function isOffered(body: CapabilityRecord, draw: number | undefined): boolean {
  const share = body.version?.trafficShare;
  if (share === undefined || share >= 1) return true;
  if (share <= 0) return false;
  if (draw === undefined) return true;
  return (draw + bucketOf(`${body.agent} ${body.capability}`, 1_000) / 1_000) % 1 < share;
}
