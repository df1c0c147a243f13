/** The event log of a node: what happened, for people, timelines and `why`; bounded, and kept over a restart. */
import type { Store } from '../../protocol/ports.ts';
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
  readonly nowMs: () => number;
}

export interface EventLogInit {
  readonly nodeName: string;
  /** Events kept; the oldest give way. @default 20,000 */
  readonly eventsMax?: number;
}

export interface EventLog {
  note(body: MeshEventBody): void;
  /** Events with a higher `seq`, oldest first, at most `limit`. */
  since(seq: number, limit: number): readonly MeshEvent[];
  /** Hear each event from now on; the answer ends it. */
  watch(listener: (event: MeshEvent) => void): () => void;
}

export function createEventLog({ store, turn, nowMs }: EventLogComponents, init: EventLogInit): EventLog {
  const eventsMax = init.eventsMax ?? 20_000;
  const rows = store.scan(eventsBucket, '', '', Number.MAX_SAFE_INTEGER);
  const events = rows.map((row) => JSON.parse(row.value as string) as MeshEvent);
  const listeners = new Set<(event: MeshEvent) => void>();
  let seq = events.at(-1)?.seq ?? 0;

  function note(body: MeshEventBody): void {
    seq += 1;
    const event: MeshEvent = { seq, atMs: nowMs(), node: init.nodeName, ...body };
    events.push(event);
    turn.persist(eventsBucket, keyOf(seq), JSON.stringify(event));
    if (events.length > eventsMax) dropOldest();
    for (const listener of listeners) listener(event);
  }

  function dropOldest(): void {
    for (const event of events.splice(0, Math.ceil(eventsMax / 20)))
      turn.persist(eventsBucket, keyOf(event.seq), null);
  }

  return {
    note,
    since(after, limit) {
      const first = events[0]?.seq ?? 0;
      return events.slice(Math.max(0, after + 1 - first), Math.max(0, after + 1 - first) + limit);
    },
    watch(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

function keyOf(seq: number): string {
  return String(seq).padStart(14, '0');
}
