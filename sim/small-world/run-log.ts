/** What a run leaves for its reader: events, the slowest conversations, and who talked with whom. All bounded. */
import type { Conversation, RunEvent, RunResult, Topology } from '../scenario/model.ts';

/** Kept of one run; how many more there were is its last line. A sweep of 1,000 runs stays below 100 MB. */
export const eventsMax = 1_000;
export const conversationsMax = 10;
/** More nodes than this are a cloud, not a picture: the first ones are drawn. */
export const drawnNodesMax = 60;
export const drawnEdgesMax = 240;

/** A message from one to another, as part of a conversation. */
export interface Passed {
  readonly from: number;
  readonly to: number;
  readonly type: string;
  readonly thread: string;
}

interface Talk {
  readonly startMs: number;
  endMs: number;
  messageCount: number;
  readonly participants: Set<number>;
}

export class RunLog {
  readonly #events: RunEvent[] = [];
  #eventCount = 0;
  readonly #talks = new Map<string, Talk>();
  /** Letters by pair: smaller index × agents + larger index. */
  readonly #pairs = new Map<number, number>();
  readonly #kinds: string[];
  readonly #told: Conversation[] = [];

  constructor(agentCount: number) {
    this.#kinds = Array.from({ length: agentCount }, () => 'agent');
  }

  /** What an agent is, for the picture: `liar`, `coordinator`. */
  name(agent: number, kind: string): void {
    this.#kinds[agent] = kind;
  }

  note(atMs: number, what: string, facts: Readonly<Record<string, string | number | boolean>> = {}): void {
    this.#eventCount++;
    if (this.#events.length < eventsMax) this.#events.push({ atMs, what, ...facts });
  }

  said({ from, to, type, thread }: Passed, atMs: number): void {
    this.note(atMs, 'said', { from, to, type, thread });
    const talk = this.#talks.get(thread) ?? {
      startMs: atMs,
      endMs: atMs,
      messageCount: 0,
      participants: new Set<number>(),
    };
    this.#talks.set(thread, talk);
    talk.messageCount++;
    talk.participants.add(from).add(to);
    this.passed(from, to);
  }

  /** Something went from one to another that belongs to no conversation. */
  passed(from: number, to: number): void {
    const pair = Math.min(from, to) * this.#kinds.length + Math.max(from, to);
    this.#pairs.set(pair, (this.#pairs.get(pair) ?? 0) + 1);
  }

  /** A conversation that is not made of letters. */
  tell(conversation: Conversation): void {
    this.#told.push(conversation);
  }

  heard({ thread }: Pick<Passed, 'thread'>, atMs: number): void {
    const talk = this.#talks.get(thread)!;
    talk.endMs = Math.max(talk.endMs, atMs);
  }

  result(): Required<Pick<RunResult, 'events' | 'conversations' | 'topology'>> {
    const left = this.#eventCount - this.#events.length;
    const last = this.#events.at(-1)?.atMs ?? 0;
    const cut: RunEvent[] = left > 0 ? [{ atMs: last, what: 'left-out', count: left }] : [];
    return {
      events: [...this.#events, ...cut],
      conversations: this.#slowest(),
      topology: this.#draw(),
    };
  }

  #slowest(): readonly Conversation[] {
    const talks = [...this.#talks].map(([name, { startMs, endMs, messageCount, participants }]) => ({
      name,
      startMs,
      durationMs: endMs - startMs,
      messageCount,
      participantCount: participants.size,
    }));
    return [...talks, ...this.#told]
      .sort((a, b) => b.durationMs - a.durationMs || (a.name < b.name ? -1 : 1))
      .slice(0, conversationsMax);
  }

  #draw(): Topology {
    const count = this.#kinds.length;
    const shown = Math.min(count, drawnNodesMax);
    const edges = [...this.#pairs]
      .map(([pair, weight]) => [Math.floor(pair / count), pair % count, weight] as const)
      .filter(([a, b]) => a < shown && b < shown && a !== b)
      .sort((x, y) => y[2] - x[2] || x[0] - y[0] || x[1] - y[1]);
    const cut = shown < count ? ` The first ${shown} of ${count} agents.` : '';
    return {
      about: `Messages between agents; the thicker, the more.${cut}`,
      nodes: this.#kinds.slice(0, shown).map((kind, i) => ({ name: String(i), kind })),
      edges: edges.slice(0, drawnEdgesMax),
    };
  }
}
