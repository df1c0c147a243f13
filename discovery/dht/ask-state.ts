/** What one query through the DHT knows while it is under way, and what it ends with. */
import type { NodeId } from '../../protocol/brand.ts';
import type { SealedCapability } from '../capability-record.ts';
import { type Query, queryDefaults } from '../query.ts';

/** A verified record that came back for a skill. */
export interface Candidate {
  readonly capability: SealedCapability;
  readonly similarity: number;
  /** What its node said when it was probed: `undefined` when it did not answer, or says that the agent is away. */
  readonly load: number | undefined;
}

export interface SkillCandidates {
  readonly skill: string;
  /** Alive ones only, most similar first: more than asked for, so that ranking has something to choose from. */
  readonly candidates: readonly Candidate[];
}

/** A query is over. `composeFound` makes an answer of it. */
export interface Found {
  readonly type: 'found';
  readonly request: string;
  readonly query: Query;
  readonly skills: readonly SkillCandidates[];
  readonly nodesAskedCount: number;
  readonly nodesAnsweredCount: number;
  readonly messageCount: number;
  readonly byteCount: number;
  readonly recordCount: number;
  readonly refusedCount: number;
  readonly reasons: readonly string[];
}

export interface Search {
  readonly bucket: string;
  ring: number;
  state: 'looking' | 'asking' | 'done';
  request: string;
  dueAtMs: number;
  /** Holders of the ring that have not been asked yet; the first is asked alone, so that the others can be brief. */
  next: NodeId[];
  readonly waiting: Set<NodeId>;
  answeredCount: number;
  fullCount: number;
}

export interface Skill {
  readonly skill: string;
  readonly vector: Int8Array;
  readonly searches: Search[];
  /** Further buckets, for when the first ones give too little. */
  readonly spare: string[];
  readonly candidates: Map<string, { capability: SealedCapability; similarity: number }>;
}

export interface Ask {
  readonly request: string;
  readonly query: Query;
  readonly limit: number;
  readonly skills: Skill[];
  readonly asked: Set<NodeId>;
  readonly answered: Set<NodeId>;
  readonly loads: Map<string, number>;
  readonly probed: Set<string>;
  readonly probes: Map<string, { node: NodeId; dueAtMs: number }>;
  readonly deadlineMs: number;
  readonly reasons: Set<string>;
  isProbing: boolean;
  messageCount: number;
  byteCount: number;
  recordCount: number;
  refusedCount: number;
}

export function newSearch(bucket: string): Search {
  return {
    ...{ bucket, ring: 0, state: 'looking', request: '', dueAtMs: 0, next: [] },
    ...{ waiting: new Set<NodeId>(), answeredCount: 0, fullCount: 0 },
  };
}

/** Candidates that a query collects: twice what it asks for, because rank is more than similarity. */
export function poolSize(ask: Ask): number {
  return Math.min(100, 2 * ask.limit);
}

export function similarityMinOf(ask: Ask): number {
  return ask.query.similarityMin ?? queryDefaults.similarityMin;
}

export function sortCandidates(skill: Skill) {
  return [...skill.candidates.values()]
    .filter(({ capability }) => capability.body.withdrawn !== true)
    .sort((a, b) => b.similarity - a.similarity || (a.capability.id < b.capability.id ? -1 : 1));
}
