/**
 * What an agent attends to: a bounded inbox ranked by relevance, and the open work that nobody does.
 *
 * @example
 * const inbox = createAttention({ capacity: 128 });
 * inbox.step({ type: 'noticed', id, relevance: scoreRelevance(text, facts, similarity), atMs });
 */
export {
  type AttentionEffect,
  type AttentionInit,
  type AttentionInput,
  type AttentionMachine,
  createAttention,
  type RelevanceFacts,
  relevanceWeights,
  type Similarity,
  scoreRelevance,
} from './attention-machine.ts';
export { listOpenWork, type OpenWork, type OpenWorkFacts, volunteerDelayMs } from './open-work.ts';
export { wordSimilarity } from './word-similarity.ts';
