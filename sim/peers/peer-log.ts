/**
 * What a run of full peers leaves for its reader: what agents said and heard, conversation by conversation, which of
 * these were slowest, who was connected and who hosted whom. Bounded: when the events are too many, every other
 * conversation is forgotten, and again, so that those that are kept are whole and spread over the run. The first event
 * says how many were kept.
 */
import type { Heard } from '../../protocol/behaviour.ts';
import type { NodeId } from '../../protocol/brand.ts';
import type { RunEvent, RunResult, Topology } from '../scenario/model.ts';
import { conversationsMax, drawnEdgesMax, drawnNodesMax } from '../small-world/run-log.ts';
import type { PeerWorld } from './peer-world.ts';
import type { SimAgent, Witness } from './sim-agent.ts';

/** A run of full peers takes seconds at least, so it may leave more than one of bare models: about 1 MB. */
const eventsMax = 8_000;
/** Ids whose conversation is remembered; an answer that comes later begins its own. */
const idsMax = 50_000;

interface Talk {
  readonly number: number;
  readonly name: string;
  /** Virtual ms since the start. */
  readonly startMs: number;
  endMs: number;
  messageCount: number;
  readonly agents: Set<number>;
}

/** `conversation` is -1 for what is always kept. */
type Line = RunEvent & { readonly conversation: number };

/** What a message names of an earlier one, the strongest word first. */
const threadKeys = ['parent', 'invitation', 'decision', 'request'] as const;
/** Types that form or close a space: all of one space are one conversation. What is said in it is not. */
const formingTypes = new Set(['invite', 'accept', 'dissolve']);

export class PeerLog implements Pick<Required<Witness>, 'said' | 'heard' | 'crashed' | 'sent'> {
  readonly #world: PeerWorld;
  readonly #startMs: number;
  readonly #talks: Talk[] = [];
  readonly #talkOf = new Map<string, Talk>();
  #lines: Line[] = [];
  #lineCount = 0;
  /** Conversations whose number divides by this one are kept. */
  #every = 1;
  /** Of the places that are drawn. */
  readonly #placeOf: ReadonlyMap<NodeId, number>;
  /** Direct packets between two of them: smaller × {@link drawnNodesMax} + larger. */
  readonly #packets = new Map<number, number>();
  readonly #crashed = new Set<number>();

  constructor(world: PeerWorld) {
    this.#world = world;
    this.#startMs = world.nowMs;
    this.#placeOf = new Map(world.places.slice(0, drawnNodesMax).map(({ node, index }) => [node, index]));
  }

  said(agent: SimAgent, message: Heard & { readonly id: string }): void {
    const talk = this.#find(message) ?? this.#begin(agent, message.type);
    talk.messageCount++;
    this.#remember(message, talk);
    this.#note(agent, 'says', message, talk);
  }

  heard(agent: SimAgent, message: Heard): void {
    const talk = this.#find(message);
    if (talk === undefined) return;
    this.#remember(message, talk);
    this.#note(agent, 'hears', message, talk);
  }

  crashed(place: number): void {
    if (this.#placeOf.size > place) this.#crashed.add(place);
    this.#keep({ atMs: this.#nowMs, what: 'crashes', node: `n${place}`, conversation: -1 });
  }

  sent(place: number, to: NodeId): void {
    if (place >= drawnNodesMax) return;
    const other = this.#placeOf.get(to);
    if (other === undefined) return;
    const pair = Math.min(place, other) * drawnNodesMax + Math.max(place, other);
    this.#packets.set(pair, (this.#packets.get(pair) ?? 0) + 1);
  }

  get #nowMs(): number {
    return this.#world.nowMs - this.#startMs;
  }

  #find(message: Heard): Talk | undefined {
    const own = this.#talkOf.get(idOf(message));
    if (own !== undefined) return own;
    const facts = message.type === 'event' ? (message.event as Readonly<Record<string, unknown>>) : message;
    for (const key of threadKeys) {
      const id = facts[key];
      const talk = typeof id === 'string' ? this.#talkOf.get(id) : undefined;
      if (talk !== undefined) return talk;
    }
    return formingTypes.has(message.type) ? this.#talkOf.get(String(message.space)) : undefined;
  }

  #begin(agent: SimAgent, type: string): Talk {
    const number = this.#talks.length;
    const name = `${number}: ${type === 'invite' ? 'space opened' : type} by ${agent.name}`;
    const startMs = this.#nowMs;
    const talk = { number, name, startMs, endMs: startMs, messageCount: 0, agents: new Set<number>() };
    this.#talks.push(talk);
    return talk;
  }

  #remember(message: Heard, talk: Talk): void {
    this.#name(idOf(message), talk);
    if (message.type === 'query' || message.type === 'claim' || message.type === 'deposit')
      this.#name(message.request, talk);
    if (message.type === 'decide') this.#name(message.decision, talk);
    if (message.type === 'invite') this.#name(message.space, talk);
  }

  #name(id: unknown, talk: Talk): void {
    if (typeof id !== 'string' || id === '' || this.#talkOf.has(id)) return;
    this.#talkOf.set(id, talk);
    if (this.#talkOf.size > idsMax) this.#talkOf.delete(this.#talkOf.keys().next().value!);
  }

  #note(agent: SimAgent, what: 'says' | 'hears', message: Heard, talk: Talk): void {
    const atMs = this.#nowMs;
    talk.endMs = atMs;
    talk.agents.add(agent.index);
    if (talk.number % this.#every !== 0) {
      this.#lineCount++;
      return;
    }
    const { type, level } = message;
    const more = typeof level === 'string' ? { level } : {};
    const id = idOf(message).slice(-12);
    this.#keep({ atMs, what, agent: agent.name, type, ...more, id, conversation: talk.number });
  }

  #keep(line: Line): void {
    this.#lineCount++;
    this.#lines.push(line);
    while (this.#lines.length > eventsMax && this.#every < 2 ** 30) {
      this.#every *= 2;
      this.#lines = this.#lines.filter(
        ({ conversation }) => conversation < 0 || conversation % this.#every === 0,
      );
    }
  }

  result(): Required<Pick<RunResult, 'events' | 'conversations' | 'topology'>> {
    const kept = Math.ceil(this.#talks.length / this.#every);
    const header: RunEvent = {
      atMs: 0,
      what: 'sampled',
      conversations: `${kept} of ${this.#talks.length}`,
      events: `${this.#lines.length} of ${this.#lineCount}`,
    };
    const slowest = this.#talks
      .map(({ name, startMs, endMs, messageCount, agents }) => ({
        name,
        startMs,
        durationMs: endMs - startMs,
        messageCount,
        participantCount: agents.size,
      }))
      .sort((a, b) => b.durationMs - a.durationMs || a.startMs - b.startMs)
      .slice(0, conversationsMax);
    return { events: [header, ...this.#lines], conversations: slowest, topology: this.#draw() };
  }

  #draw(): Topology {
    const { places, agents } = this.#world;
    const shown = places.slice(0, drawnNodesMax);
    const nodes = shown.map(({ index }) => {
      const hosted = agents.filter(({ home }) => home === index);
      const isCrashed = this.#crashed.has(index);
      const words = hosted.map(({ name, capability }) => (capability ? `${name} (${capability})` : name));
      return {
        name: `n${index}`,
        kind: `${isCrashed ? 'crashed and came back' : 'ran throughout'}, ${describeCount(hosted.length)}`,
        ...(words.length === 0 ? {} : { note: words.join(', ') }),
      };
    });
    const edges = shown.flatMap(({ index, peer }) =>
      (peer?.peers() ?? []).flatMap((node): (readonly [number, number, number])[] => {
        const other = this.#placeOf.get(node);
        if (other === undefined || other <= index) return [];
        return [[index, other, 1 + (this.#packets.get(index * drawnNodesMax + other) ?? 0)]];
      }),
    );
    edges.sort((x, y) => y[2] - x[2] || x[0] - y[0] || x[1] - y[1]);
    const cutNodes =
      shown.length < places.length ? ` The first ${shown.length} of ${places.length} nodes.` : '';
    const cutEdges = edges.length > drawnEdgesMax ? ` The ${drawnEdgesMax} busiest of ${edges.length}.` : '';
    return {
      about: `Connections between nodes at the end; the thicker, the more was sent directly.${cutNodes}${cutEdges}`,
      nodes,
      edges: edges.slice(0, drawnEdgesMax),
    };
  }
}

/** A receipt is about the first message that it names. */
function idOf(message: Heard): string {
  return String(message.type === 'receipt' ? (message.ids as readonly string[])[0] : (message.id ?? ''));
}

function describeCount(count: number): string {
  return count === 0 ? 'hosts nobody' : count === 1 ? 'hosts an agent' : `hosts ${count} agents`;
}
