/** What lookups leave for their reader: the steps of some of them, the slowest of all, and who asked whom. */
import { answering, type LookupResult, type LookupStep } from '../kademlia/lookup.ts';
import { conversationsMax, drawnNodesMax, RunLog } from '../small-world/run-log.ts';
import type { RunResult, Topology } from './model.ts';

/** Lookups whose steps are events: about forty steps each. */
const tracedMax = 20;
/** Lookups of the picture: a handful can be told apart. */
const drawnLookups = 3;

export class LookupLog {
  readonly #log = new RunLog(0);
  readonly #answering: Uint8Array;
  readonly #every: number;
  readonly #askers: number[] = [];
  readonly #durationsMs: number[] = [];
  readonly #requestCounts: number[] = [];
  /** Peers of the picture, in the order in which they appear, and what each was. */
  readonly #drawn = new Map<number, string>();
  readonly #edges: [number, number][] = [];

  /** @param answers by peer: one of {@link answering}. */
  constructor(lookupCount: number, answers: Uint8Array) {
    this.#answering = answers;
    this.#every = Math.max(1, Math.ceil(lookupCount / tracedMax));
    this.#log.note(0, 'sampled', {
      lookups: this.#every === 1 ? 'all' : `0, ${this.#every}, ${2 * this.#every}…`,
      times: 'since the beginning of each lookup',
    });
  }

  /** Who hears the steps of a lookup that is about to begin; nobody for most. */
  follow(lookup: number, asker: number): ((step: LookupStep) => void) | undefined {
    if (lookup % this.#every !== 0) return undefined;
    const isDrawn = lookup / this.#every < drawnLookups;
    if (isDrawn) this.#drawn.set(asker, 'asks');
    return ({ what, peer, atMs }) => {
      this.#log.note(atMs, what, { lookup, asker, peer });
      if (isDrawn && what === 'ask') this.#draw(asker, peer);
    };
  }

  ended(lookup: number, asker: number, { durationMs, requestCount, closest, hops }: LookupResult): void {
    this.#askers.push(asker);
    this.#durationsMs.push(durationMs);
    this.#requestCounts.push(requestCount);
    if (lookup % this.#every !== 0) return;
    const [found] = closest;
    this.#log.note(durationMs, 'found', { lookup, asker, peer: found ?? -1, hops, requestCount });
    if (found !== undefined && this.#drawn.get(found) === 'answers') this.#drawn.set(found, 'closest found');
  }

  #draw(asker: number, peer: number): void {
    if (!this.#drawn.has(peer)) {
      if (this.#drawn.size >= drawnNodesMax) return;
      const how = this.#answering[peer];
      this.#drawn.set(
        peer,
        how === answering.silent ? 'has left' : how === answering.lying ? 'lies' : 'answers',
      );
    }
    this.#edges.push([asker, peer]);
  }

  result(): Required<Pick<RunResult, 'events' | 'conversations' | 'topology'>> {
    const slowest = Array.from(this.#durationsMs.keys())
      .sort((a, b) => this.#durationsMs[b]! - this.#durationsMs[a]! || a - b)
      .slice(0, conversationsMax);
    for (const lookup of slowest)
      this.#log.tell({
        name: `lookup ${lookup} by peer ${this.#askers[lookup]}`,
        startMs: 0,
        durationMs: this.#durationsMs[lookup]!,
        messageCount: this.#requestCounts[lookup]!,
        participantCount: this.#requestCounts[lookup]! + 1,
      });
    const { events, conversations } = this.#log.result();
    return { events, conversations, topology: this.#drawAll() };
  }

  #drawAll(): Topology {
    const places = new Map([...this.#drawn.keys()].map((peer, i) => [peer, i]));
    const lookups = [0, 1, 2].map((i) => i * this.#every).filter((one) => one < this.#askers.length);
    return {
      about: `Requests of the lookups ${lookups.join(', ')}, of ${this.#askers.length}: who asked whom.`,
      nodes: [...this.#drawn].map(([peer, kind]) => ({ name: String(peer), kind })),
      edges: this.#edges.map(([a, b]) => [places.get(a)!, places.get(b)!, 1] as const),
    };
  }
}
