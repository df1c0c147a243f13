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
  const { firstSeq, lastSeq } = readRange(store);
  const listeners = new Set<(event: MeshEvent) => void>();
  let first = firstSeq;
  let seq = lastSeq;
  /** Not on disk yet. */
  let fresh: MeshEvent[] = [];

  function note(body: MeshEventBody): void {
    seq += 1;
    const event: MeshEvent = { seq, atMs: nowMs(), node: init.nodeName, ...body };
    if (fresh.length === 0) turn.afterCommit(forgetFresh);
    fresh.push(event);
    turn.persist(eventsBucket, keyOf(seq), JSON.stringify(event));
    if (seq - first + 1 > eventsMax) dropOldest();
    for (const listener of listeners) listener(event);
  }

  function forgetFresh(): void {
    fresh = [];
  }

  function dropOldest(): void {
    const end = first + Math.ceil(eventsMax / 20);
    for (; first < end; first++) turn.persist(eventsBucket, keyOf(first), null);
  }

  return {
    note,
    since(after, limit) {
      const from = Math.max(first, after + 1);
      const rows = store.scan(eventsBucket, keyOf(from), '', limit);
      const stored = rows.map((row) => JSON.parse(row.value as string) as MeshEvent);
      const known = stored.at(-1)?.seq ?? 0;
      const rest = fresh.filter((event) => event.seq > known && event.seq >= from);
      return [...stored, ...rest].slice(0, limit);
    },
    watch(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** The first and the last event on disk; 1 and 0 when there are none. */
function readRange(store: Store): { firstSeq: number; lastSeq: number } {
  const keys = store.scan(eventsBucket, '', '', Number.MAX_SAFE_INTEGER).map((row) => Number(row.key));
  return { firstSeq: keys[0] ?? 1, lastSeq: keys.at(-1) ?? 0 };
}

function keyOf(seq: number): string {
  return String(seq).padStart(14, '0');
}
