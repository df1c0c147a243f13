/**
 * An agent's inbox of context changes: a bounded queue, the most relevant first. What falls out is counted, so that
 * an agent that is flooded says so instead of falling behind in silence.
 */
import { compareText } from '../bytes.ts';
import { type Ignored, ignore, type MachineInput } from '../machine.ts';

export type AttentionInput =
  | (MachineInput & {
      readonly type: 'noticed';
      readonly id: string;
      readonly relevance: number;
      /** Meant for this agent, or about work that it is at: it comes first and never falls out. */
      readonly isPinned?: boolean;
    })
  /** It is settled, or was never ours: nobody needs to look at it any more. */
  | (MachineInput & { readonly type: 'settled'; readonly id: string })
  | (MachineInput & { readonly type: 'wanted'; readonly count: number });

export type AttentionEffect =
  | { readonly type: 'attend'; readonly ids: readonly string[] }
  | { readonly type: 'drop'; readonly id: string; readonly reason: 'crowded-out' | 'irrelevant' }
  | Ignored;

export interface AttentionInit {
  /** Things kept at most; what is pinned does not count. @default 128 */
  readonly capacity?: number;
  /** Less relevant things are not kept, 0 to 1. @default 0 */
  readonly relevanceMin?: number;
}

export interface AttentionMachine {
  step(input: AttentionInput): readonly AttentionEffect[];
  readonly size: number;
  readonly droppedCount: number;
}

interface Noticed {
  readonly id: string;
  readonly relevance: number;
  readonly atMs: number;
  readonly isPinned: boolean;
}

export function createAttention(init: AttentionInit = {}): AttentionMachine {
  const capacity = init.capacity ?? 128;
  const relevanceMin = init.relevanceMin ?? 0;
  const queue = new Map<string, Noticed>();
  const pinned = new Map<string, Noticed>();
  let droppedCount = 0;

  function step(input: AttentionInput): readonly AttentionEffect[] {
    switch (input.type) {
      case 'noticed':
        return notice({
          id: input.id,
          relevance: cleanShare(input.relevance),
          atMs: input.atMs,
          isPinned: input.isPinned === true,
        });
      case 'settled':
        return queue.delete(input.id) || pinned.delete(input.id) ? [] : ignore('not-waiting');
      case 'wanted':
        return attend(input.count);
    }
  }

  function notice(one: Noticed): readonly AttentionEffect[] {
    const known = pinned.get(one.id) ?? queue.get(one.id);
    if (known !== undefined && (known.isPinned || !one.isPinned) && known.relevance >= one.relevance)
      return ignore('known');
    const kept = known === undefined ? one : { ...one, atMs: known.atMs };
    if (one.isPinned || known?.isPinned === true) {
      queue.delete(one.id);
      pinned.set(one.id, { ...kept, isPinned: true });
      return [];
    }
    if (one.relevance < relevanceMin) return drop(one.id, 'irrelevant');
    queue.set(one.id, kept);
    if (queue.size <= capacity) return [];
    const least = [...queue.values()].reduce((worst, one) => (compareRank(one, worst) > 0 ? one : worst));
    queue.delete(least.id);
    return drop(least.id, 'crowded-out');
  }

  function drop(id: string, reason: 'crowded-out' | 'irrelevant'): readonly AttentionEffect[] {
    if (reason === 'crowded-out') droppedCount += 1;
    return [{ type: 'drop', id, reason }];
  }

  function attend(count: number): readonly AttentionEffect[] {
    const ids = [...ranked(pinned), ...ranked(queue)].slice(0, count).map((one) => one.id);
    for (const id of ids) if (!pinned.delete(id)) queue.delete(id);
    return ids.length === 0 ? ignore('nothing-waits') : [{ type: 'attend', ids }];
  }

  function ranked(some: ReadonlyMap<string, Noticed>): readonly Noticed[] {
    return [...some.values()].sort(compareRank);
  }

  return {
    step,
    get size() {
      return queue.size + pinned.size;
    },
    get droppedCount() {
      return droppedCount;
    },
  };
}

/** Most relevant first; then the older one, then by id, so that equal queues drop the same. */
function compareRank(a: Noticed, b: Noticed): number {
  return b.relevance - a.relevance || a.atMs - b.atMs || compareText(a.id, b.id);
}

/** How much goal and own capabilities count. Judgement: what one can do, above what the job is about. */
export const relevanceWeights = { goal: 0.4, capability: 0.6 } as const;

export interface RelevanceFacts {
  readonly goal: string;
  readonly capabilities: readonly string[];
}

/** How near two texts are in meaning, 0 to 1. */
export type Similarity = (a: string, b: string) => number;

/** Relevance of a text to an agent in a job, 0 to 1. */
export function scoreRelevance(text: string, facts: RelevanceFacts, similarity: Similarity): number {
  const toGoal = facts.goal === '' ? 0 : cleanShare(similarity(text, facts.goal));
  const toSelf = Math.max(0, ...facts.capabilities.map((one) => cleanShare(similarity(text, one))));
  return relevanceWeights.goal * toGoal + relevanceWeights.capability * toSelf;
}

function cleanShare(value: number): number {
  return Number.isFinite(value) ? Math.min(1, Math.max(0, value)) : 0;
}
