/**
 * What happens around an agent, the most relevant first: entries of its spaces, claims of their shared memory, and
 * what is said to it. The queue is bounded; what falls out is counted and told, so that a flooded agent knows that it
 * did not see all. What is meant for it, or is about work that it is at, comes first and never falls out.
 */
import {
  createAttention,
  type Similarity,
  scoreRelevance,
  wordSimilarity,
} from '../protocol/attention/index.ts';
import type { Agent, Delivered } from './agent.ts';

export interface ContextChange {
  /** The message's id, or the entity's. */
  readonly id: string;
  readonly space: string | undefined;
  /** The message's type, or `claim` for a change in the shared memory. */
  readonly kind: string;
  readonly text: string;
  /** 0 to 1: near the goal of its space, and near what the agent can do. */
  readonly relevance: number;
  /** Meant for this agent, or about its own work. */
  readonly isPinned: boolean;
  readonly message: Delivered | undefined;
}

export interface InboxInit {
  /** Changes kept at most; what is pinned does not count. @default 128 */
  readonly capacity?: number;
  /** Less relevant changes are not kept, and not counted as fallen out. @default 0 */
  readonly relevanceMin?: number;
  /** What the agent can do. @default the texts of the capabilities that it announced */
  readonly capabilities?: readonly string[];
  /** @default wordSimilarity */
  readonly similarity?: Similarity;
  /** Only changes of this space, and what is said to the agent. @default all of its spaces */
  readonly space?: string;
}

export interface Taken {
  /** The most relevant first; what is pinned before all. */
  readonly changes: readonly ContextChange[];
  /** Changes that fell out since the last take. */
  readonly droppedCount: number;
}

export interface ContextInbox {
  readonly size: number;
  /** Changes that ever fell out. */
  readonly droppedCount: number;
  take(count?: number): Taken;
  /** Something came; the answer ends it. */
  onChange(listener: () => void): () => void;
  /** Hear of claims in a space's shared memory too. */
  followClaims(space: string): void;
  stop(): void;
}

/** Own words and tasks remembered, to know what is about them. */
const ownMax = 4_096;
const goalsMax = 256;

/** Open it before the agent speaks: what is about its words is known by what it said since. */
export function openInbox(agent: Agent, init: InboxInit = {}): ContextInbox {
  const queue = createAttention({
    ...(init.capacity === undefined ? {} : { capacity: init.capacity }),
    ...(init.relevanceMin === undefined ? {} : { relevanceMin: init.relevanceMin }),
  });
  const similarity = init.similarity ?? wordSimilarity;
  const waiting = new Map<string, ContextChange>();
  const listeners = new Set<() => void>();
  const goals = new Map<string, string>();
  /** Ids of what this agent said, and of awards and tasks that it is at. */
  const own = new Set<string>();
  let toldCount = 0;

  function hear(message: Delivered): void {
    const { space } = message;
    const isForMe = message.to === agent.did;
    if (!isForMe && (space === undefined || (init.space !== undefined && space !== init.space))) return;
    if (message.type === 'broadcast' && message.job === true && space !== undefined)
      remember(goals, space, message.query);
    if (isForMe && message.type === 'award') for (const id of [message.id, message.task]) keep(own, id);
    const text = textOf(message);
    notice({
      id: message.id,
      space,
      kind: message.type,
      text,
      isPinned: isForMe || isAboutOwn(message, own),
      message,
    });
  }

  function notice(change: Omit<ContextChange, 'relevance'>): void {
    const capabilities = init.capabilities ?? agent.capabilities.map((one) => one.text);
    const goal = goals.get(change.space ?? '') ?? '';
    const relevance = scoreRelevance(change.text, { goal, capabilities }, similarity);
    const { id, isPinned } = change;
    waiting.set(id, { ...change, relevance });
    for (const effect of queue.step({ type: 'noticed', id, relevance, isPinned, atMs: Date.now() }))
      if (effect.type === 'drop') waiting.delete(effect.id);
    for (const listener of listeners) listener();
  }

  function take(count = Number.MAX_SAFE_INTEGER): Taken {
    const changes: ContextChange[] = [];
    for (const effect of queue.step({ type: 'wanted', count, atMs: Date.now() })) {
      if (effect.type !== 'attend') continue;
      for (const id of effect.ids) {
        changes.push(waiting.get(id)!);
        waiting.delete(id);
      }
    }
    const droppedCount = queue.droppedCount - toldCount;
    toldCount = queue.droppedCount;
    return { changes, droppedCount };
  }

  function followClaims(space: string): void {
    const end = agent.subscribe({ topic: 'graph', space }, (event) => {
      for (const change of (event.changes ?? []) as { readonly id: string; readonly entity?: unknown }[]) {
        const text = JSON.stringify(change.entity ?? change).slice(0, textMax);
        notice({ id: change.id, space, kind: 'claim', text, isPinned: false, message: undefined });
      }
    });
    endings.push(end);
  }

  const endings = [
    agent.on('message', hear),
    agent.on('sent', (message) => {
      keep(own, message.id);
      if (!endsTask.has(message.type) || !('task' in message)) return;
      own.delete(message.task);
    }),
  ];
  return {
    get size() {
      return queue.size;
    },
    get droppedCount() {
      return queue.droppedCount;
    },
    take,
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    followClaims,
    stop() {
      for (const end of endings) end();
      listeners.clear();
    },
  };
}

/** Letters of a change that are ranked. */
const textMax = 4_096;
const endsTask = new Set<string>(['result', 'failure', 'decline']);

function textOf(message: Delivered): string {
  const said = 'content' in message ? message.content : 'query' in message ? message.query : undefined;
  return (typeof said === 'string' ? said : JSON.stringify(said ?? '')).slice(0, textMax);
}

/** It answers, doubts or judges something of this agent's, or belongs to a task that it is at. */
function isAboutOwn(message: Delivered, own: ReadonlySet<string>): boolean {
  const { parent, references, of, supersedes, concern, task } = message as Readonly<Record<string, unknown>>;
  const named = [parent, of, supersedes, concern, task, ...((references as unknown[] | undefined) ?? [])];
  return named.some((id) => typeof id === 'string' && own.has(id));
}

function keep(ids: Set<string>, id: string): void {
  ids.delete(id);
  ids.add(id);
  if (ids.size > ownMax) ids.delete(ids.values().next().value!);
}

function remember(goals: Map<string, string>, space: string, goal: string): void {
  goals.set(space, goal);
  if (goals.size > goalsMax) goals.delete(goals.keys().next().value!);
}
