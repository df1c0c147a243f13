/** The event log of a node: what happened, for people, timelines and `why`; bounded, and kept over a restart. */
import type { Clock, Store } from '../../protocol/ports.ts';
import type { Turn } from './turn.ts';

/** One thing that happened. `kind` is a stable word; the other fields depend on it and are documented in the README. */
export interface MeshEventBody {
  readonly kind: string;
  readonly [fact: string]: unknown;
}

export interface MeshEvent extends MeshEventBody {
  /** Rises by one with each event of this node. */
  readonly seq: number;
  /** Integer Unix ms. */
  readonly atMs: number;
  /** Display name of the node. */
  readonly node: string;
}

export const eventsBucket = 'events';

export interface EventLogComponents {
  readonly store: Store;
  readonly turn: Turn;
  readonly clock: Pick<Clock, 'nowMs'>;
}

export interface EventLogInit {
  readonly nodeName: string;
  /** Events kept; the oldest give way. @default 20,000 */
  readonly eventsMax?: number | undefined;
}

/** Who hears every event: the desks of the peer itself. */
export interface EventListener {
  onEvent(event: MeshEvent): void;
}

export interface EventLog {
  note(body: MeshEventBody): void;
  /** Events with a higher `seq`, oldest first, at most `limit`. */
  since(seq: number, limit: number): readonly MeshEvent[];
  /** Hear each event from now on; the answer ends it. */
  watch(listener: (event: MeshEvent) => void): () => void;
  /** Hear each event before those who watch; one listener, for good. */
  serve(listener: EventListener): void;
}

export function createEventLog(parts: EventLogComponents, init: EventLogInit): EventLog {
  return new StoredEvents(parts, init);
}

class StoredEvents implements EventLog {
  readonly #parts: EventLogComponents;
  readonly #nodeName: string;
  readonly #eventsMax: number;
  #own: EventListener | undefined;
  #watching: Set<(event: MeshEvent) => void> | undefined;
  #first: number;
  #seq: number;
  /** Not on disk yet. */
  #fresh: MeshEvent[] | undefined;

  constructor(parts: EventLogComponents, init: EventLogInit) {
    this.#parts = parts;
    this.#nodeName = init.nodeName;
    this.#eventsMax = init.eventsMax ?? 20_000;
    const { firstSeq, lastSeq } = readRange(parts.store);
    this.#first = firstSeq;
    this.#seq = lastSeq;
  }

  note(body: MeshEventBody): void {
    this.#seq += 1;
    const atMs = this.#parts.clock.nowMs();
    const event: MeshEvent = { seq: this.#seq, atMs, node: this.#nodeName, ...body };
    this.#keep(event);
    this.#parts.turn.persist(eventsBucket, keyOf(this.#seq), JSON.stringify(event));
    if (this.#seq - this.#first + 1 > this.#eventsMax) this.#dropOldest();
    this.#own?.onEvent(event);
    if (this.#watching !== undefined) for (const listener of this.#watching) listener(event);
  }

  #keep(event: MeshEvent): void {
    if (this.#fresh !== undefined) return void this.#fresh.push(event);
    this.#fresh = [event];
    this.#parts.turn.afterCommit(() => {
      this.#fresh = undefined;
    });
  }

  #dropOldest(): void {
    const end = this.#first + Math.ceil(this.#eventsMax / 20);
    for (; this.#first < end; this.#first++) this.#parts.turn.persist(eventsBucket, keyOf(this.#first), null);
  }

  since(after: number, limit: number): readonly MeshEvent[] {
    const from = Math.max(this.#first, after + 1);
    const rows = this.#parts.store.scan(eventsBucket, keyOf(from), '', limit);
    const stored = rows.map((row) => JSON.parse(row.value as string) as MeshEvent);
    const known = stored.at(-1)?.seq ?? 0;
    const rest = (this.#fresh ?? []).filter((event) => event.seq > known && event.seq >= from);
    return [...stored, ...rest].slice(0, limit);
  }

  watch(listener: (event: MeshEvent) => void): () => void {
    this.#watching ??= new Set();
    this.#watching.add(listener);
    return () => this.#watching?.delete(listener);
  }

  serve(listener: EventListener): void {
    this.#own = listener;
  }
}

/** The first and the last event on disk; 1 and 0 when there are none. */
function readRange(store: Store): { firstSeq: number; lastSeq: number } {
  const keys = store.scan(eventsBucket, '', '', Number.MAX_SAFE_INTEGER).map((row) => Number(row.key));
  return { firstSeq: keys[0] ?? 1, lastSeq: keys.at(-1) ?? 0 };
}

function keyOf(seq: number): string {
  return String(seq).padStart(14, '0');
}
