/**
 * Broadcast discovery: the query goes to everybody, and each node wakes only those of its own agents that the
 * query comes close enough to. An awakened agent answers for itself, with its own confidence.
 */
import type { Did } from '../protocol/brand.ts';
import { compareText } from '../protocol/bytes.ts';
import { cosine } from './vector-index.ts';

/** One capability of an agent that is attached to this node. */
export interface Listener {
  readonly agent: Did;
  readonly capability: string;
  readonly vector: Int8Array;
  /** The agent's own threshold; below it, it does not want to be woken. */
  readonly similarityMin?: number;
}

export interface Awakened {
  readonly agent: Did;
  /** The capability that came closest. */
  readonly capability: string;
  readonly similarity: number;
}

export const awakening = {
  /** Where an agent that states no threshold is woken. Judgement: twice what random texts reach. */
  similarityMin: 0.2,
  /** Agents that one broadcast wakes at one node. */
  agentsMax: 8,
} as const;

/** Whom this node wakes for a broadcast query: each agent once, the closest first. */
export function chooseAwakened(
  query: Int8Array,
  listeners: Iterable<Listener>,
  settings: { readonly similarityMin: number; readonly agentsMax: number } = awakening,
): readonly Awakened[] {
  const best = new Map<Did, Awakened>();
  for (const { agent, capability, vector, similarityMin } of listeners) {
    if (vector.length !== query.length) continue;
    const similarity = cosine(query, vector);
    if (similarity < (similarityMin ?? settings.similarityMin)) continue;
    if (similarity > (best.get(agent)?.similarity ?? -1)) best.set(agent, { agent, capability, similarity });
  }
  return [...best.values()]
    .sort((a, b) => b.similarity - a.similarity || compareText(a.agent, b.agent))
    .slice(0, settings.agentsMax);
}
