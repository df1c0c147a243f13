/** What can be asked of discovery, and the form of an answer. */
import * as z from 'zod';
import type { Did, NodeId } from '../protocol/brand.ts';
import { accept, type Checked, refuse } from '../protocol/errors.ts';
import * as f from '../protocol/message-fields.ts';
import type { CapabilityRecord } from './capability-record.ts';
import { discoveryLimits } from './limits.ts';
import type { RankFactors } from './rank.ts';

export const filterSchema = z.strictObject({
  /** All of these. */
  tags: z.array(f.name).max(32).optional(),
  /** At most this much, in this unit; a record without a cost passes, one in another unit does not. */
  cost: z.strictObject({ amountMax: z.number().min(0), unit: f.name }).optional(),
  /** Agents at this share of their capacity or below. */
  loadMax: f.share.optional(),
  /** What the agent must have. */
  models: z.array(f.name).max(16).optional(),
  tools: z.array(f.name).max(32).optional(),
  gpuMemoryMiBMin: f.count.optional(),
  timeMsMax: f.durationMs.optional(),
  lang: z.string().max(16).optional(),
  /** Agents that must not be in the answer: the asker itself, those that already declined. */
  without: z.array(f.did).max(256).optional(),
});
export type QueryFilter = z.infer<typeof filterSchema>;

export const querySchema = z.strictObject({
  /** Free text. */
  text: z.string().min(1).max(2_000).optional(),
  /** Several skills at once: each is searched alone and each gets its own part of the answer. */
  skills: z.array(z.string().min(1).max(1_000)).min(1).max(discoveryLimits.skillsMax).optional(),
  filter: filterSchema.optional(),
  /** How many hits, for each skill. */
  limit: z.int().min(1).max(discoveryLimits.hitsMax).optional(),
  /** Hits below this similarity are left out, and a skill without a hit above it is not covered. */
  similarityMin: f.share.optional(),
});
export type Query = z.infer<typeof querySchema>;

/** What a query asks for when it does not say. */
export const queryDefaults = {
  limit: 10,
  /**
   * Below this the built-in embedder's similarity is noise: two random capability texts have a cosine of
   * about 0.05. Judgement.
   */
  similarityMin: 0.1,
} as const;

/** One agent's capability in an answer, with every reason for its place. */
export interface Hit {
  readonly agent: Did;
  readonly node: NodeId;
  readonly capability: string;
  /** The product of the factors. */
  readonly score: number;
  readonly factors: RankFactors;
  readonly record: CapabilityRecord;
  readonly recordId: string;
}

export interface SkillAnswer {
  readonly skill: string;
  /** Whether anybody at all was found; a skill without an answer is listed, never dropped. */
  readonly isCovered: boolean;
  readonly hits: readonly Hit[];
}

/** How an answer came about. */
export interface Provenance {
  readonly via: 'gossip' | 'dht' | 'broadcast';
  /** The embedding space in which similarity was taken. */
  readonly space: string;
  readonly nodesAskedCount: number;
  readonly nodesAnsweredCount: number;
  readonly messageCount: number;
  readonly byteCount: number;
  /** Records compared or received. */
  readonly recordCount: number;
  /** Records that were refused: forged, expired, rolled back or dead. */
  readonly refusedCount: number;
  readonly isMaybeIncomplete: boolean;
  /** Why it may be incomplete, as stable words. */
  readonly reasons: readonly string[];
}

export interface Answer {
  /** In the order of the query; a query with a text only has one. */
  readonly skills: readonly SkillAnswer[];
  readonly uncoveredSkills: readonly string[];
  /**
   * Each agent once, those that cover more skills first, then by score: the short list for a team.
   */
  readonly agents: readonly AgentSummary[];
  readonly provenance: Provenance;
}

export interface AgentSummary {
  readonly agent: Did;
  readonly node: NodeId;
  readonly skills: readonly string[];
  /** The sum of the agent's best score for each skill. */
  readonly score: number;
}

/** The texts to search for, one per skill. Refuses a query that asks for nothing. */
export function skillsOf(query: Query): Checked<readonly string[]> {
  const wanted = [...(query.text === undefined ? [] : [query.text]), ...(query.skills ?? [])];
  const skills = [...new Set(wanted.map((skill) => skill.trim()).filter((skill) => skill !== ''))];
  return skills.length > 0
    ? accept(skills)
    : refuse('AMP-1607', 'The query names no text and no skill.', 'text');
}

/** Put the parts of an answer together. */
export function composeAnswer(skills: readonly SkillAnswer[], provenance: Provenance): Answer {
  return {
    skills,
    uncoveredSkills: skills.filter((part) => !part.isCovered).map((part) => part.skill),
    agents: summarise(skills),
    provenance,
  };
}

function summarise(parts: readonly SkillAnswer[]): readonly AgentSummary[] {
  const agents = new Map<Did, { node: NodeId; best: Map<string, number> }>();
  for (const part of parts) {
    for (const hit of part.hits) {
      const entry = agents.get(hit.agent) ?? { node: hit.node, best: new Map<string, number>() };
      entry.best.set(part.skill, Math.max(hit.score, entry.best.get(part.skill) ?? 0));
      agents.set(hit.agent, entry);
    }
  }
  return [...agents]
    .map(([agent, { node, best }]) => ({
      ...{ agent, node, skills: [...best.keys()] },
      score: [...best.values()].reduce((sum, score) => sum + score, 0),
    }))
    .sort((a, b) => b.skills.length - a.skills.length || b.score - a.score || (a.agent < b.agent ? -1 : 1));
}

/** Whether a record and its agent's load pass a filter. `load` is `undefined` for an agent that is away or dead. */
export function passesFilter(
  record: CapabilityRecord,
  load: number | undefined,
  filter: QueryFilter | undefined,
): boolean {
  if (record.withdrawn === true || load === undefined) return false;
  if (filter === undefined) return true;
  return (
    load <= (filter.loadMax ?? 1) &&
    hasAll(record.tags, filter.tags) &&
    hasAll(record.resources?.models, filter.models) &&
    hasAll(record.resources?.tools, filter.tools) &&
    (record.resources?.gpuMemoryMiB ?? 0) >= (filter.gpuMemoryMiBMin ?? 0) &&
    isWithinCost(record.cost, filter.cost) &&
    (record.maxTimeMs ?? 0) <= (filter.timeMsMax ?? Number.POSITIVE_INFINITY) &&
    (filter.lang === undefined || record.lang === undefined || record.lang === filter.lang) &&
    filter.without?.includes(record.agent) !== true
  );
}

function hasAll(has: readonly string[] | undefined, wants: readonly string[] | undefined): boolean {
  return wants === undefined || wants.every((want) => has?.includes(want) === true);
}

function isWithinCost(cost: CapabilityRecord['cost'], wants: QueryFilter['cost']): boolean {
  if (wants === undefined || cost === undefined) return true;
  return cost.unit === wants.unit && cost.amount <= wants.amountMax;
}

/** Who asks, as far as audiences care. */
export interface Viewer {
  readonly agent?: Did;
  readonly spaces?: ReadonlySet<string>;
}

/** Whether the record is meant for this viewer. The agent that signed it always sees it. */
export function isInAudience(record: CapabilityRecord, viewer: Viewer): boolean {
  if (record.audience === 'mesh' || viewer.agent === record.agent) return true;
  return record.audience.some((entry) => entry === viewer.agent || viewer.spaces?.has(entry) === true);
}
