/**
 * The trail of messages: what the agents of this node said and were given, with what each names as its causes, so
 * that `why` can go from a result back to what led to it. Kept on disk only, one row a turn; bounded.
 */
import type { Envelope } from '../../protocol/messages.ts';
import type { Clock, Store } from '../../protocol/ports.ts';
import { describeMessage } from './describe-message.ts';
import type { MeshEvent } from './events.ts';
import type { Turn } from './turn.ts';

export const trailBucket = 'trail';

export interface MessageTrailComponents {
  readonly store: Store;
  readonly turn: Turn;
  readonly clock: Pick<Clock, 'nowMs'>;
}

export interface MessageTrailInit {
  readonly nodeName: string;
  /** Messages kept; the oldest give way, a turn's worth at a time. 0: none are written down. */
  readonly messagesMax: number;
}

export interface MessageTrail {
  saw(envelope: Envelope, way: 'sent' | 'received'): void;
  /**
   * Messages with these ids, of these tasks and threads, and what led to them as far as this node knows; at most
   * `aboutMax`. Reads all that is kept: for people, not for programs in a loop.
   */
  about(ids: readonly string[]): readonly MeshEvent[];
}

const aboutMax = 1_000;

export function createMessageTrail(parts: MessageTrailComponents, init: MessageTrailInit): MessageTrail {
  return new StoredTrail(parts, init);
}

class StoredTrail implements MessageTrail {
  readonly #parts: MessageTrailComponents;
  readonly #init: MessageTrailInit;
  readonly #rows: { readonly key: string; readonly count: number }[] = [];
  #kept = 0;
  #seq: number;
  #gathered: MeshEvent[] = [];
  #lastSeen = '';

  constructor(parts: MessageTrailComponents, init: MessageTrailInit) {
    this.#parts = parts;
    this.#init = init;
    for (const { key, value } of this.#parts.store.scan(trailBucket, '', '', Number.MAX_SAFE_INTEGER))
      this.#addRow(key, (JSON.parse(value as string) as MeshEvent[]).length);
    this.#seq = Number(this.#rows.at(-1)?.key.split('-')[1] ?? 0);
  }

  saw(envelope: Envelope, way: 'sent' | 'received'): void {
    // One message to many agents of a node comes many times in a row.
    const identity = `${envelope.from} ${envelope.id}`;
    if (this.#init.messagesMax === 0 || identity === this.#lastSeen) return;
    this.#lastSeen = identity;
    if (this.#gathered.length === 0) this.#parts.turn.beforeCommit(() => this.#write());
    this.#seq += 1;
    const facts = describeMessage(envelope);
    this.#gathered.push({
      seq: this.#seq,
      atMs: this.#parts.clock.nowMs(),
      node: this.#init.nodeName,
      kind: 'message',
      way,
      ...facts,
      to: envelope.to,
    });
  }

  #write(): void {
    const key = `${padded(this.#gathered[0]!.seq)}-${padded(this.#seq)}`;
    this.#parts.turn.persist(trailBucket, key, JSON.stringify(this.#gathered));
    this.#addRow(key, this.#gathered.length);
    this.#gathered = [];
    while (this.#kept > this.#init.messagesMax && this.#rows.length > 1) {
      const oldest = this.#rows.shift()!;
      this.#kept -= oldest.count;
      this.#parts.turn.persist(trailBucket, oldest.key, null);
    }
  }

  #addRow(key: string, count: number): void {
    this.#rows.push({ key, count });
    this.#kept += count;
  }

  about(ids: readonly string[]): readonly MeshEvent[] {
    this.#parts.turn.flush();
    const all = this.#parts.store
      .scan(trailBucket, '', '', Number.MAX_SAFE_INTEGER)
      .flatMap((row) => JSON.parse(row.value as string) as MeshEvent[]);
    const byName = indexByName(all);
    const found = new Set<MeshEvent>();
    const wanted = [...new Set(ids)];
    const asked = new Set(wanted);
    for (let at = 0; at < wanted.length && found.size < aboutMax; at += 1) {
      for (const event of byName.get(wanted[at]!) ?? []) {
        found.add(event);
        for (const id of [...causeIdsOf(event), event.task]) {
          if (typeof id !== 'string' || asked.has(id)) continue;
          asked.add(id);
          wanted.push(id);
        }
      }
    }
    return [...found].slice(0, aboutMax);
  }
}

/** A message is found by its id, and by the task and the thread that it is about. */
function indexByName(events: readonly MeshEvent[]): ReadonlyMap<string, readonly MeshEvent[]> {
  const byName = new Map<string, MeshEvent[]>();
  for (const event of events) {
    for (const name of new Set([event.message, event.task, event.thread])) {
      if (typeof name !== 'string') continue;
      const known = byName.get(name) ?? [];
      byName.set(name, known);
      known.push(event);
    }
  }
  return byName;
}

/** Ids of messages that a message names as its causes. */
export function causeIdsOf(event: MeshEvent): readonly string[] {
  const named = [event.concern, event.supersedes, event.of, event.parent];
  const references = (event.references as readonly unknown[] | undefined) ?? [];
  return [...named, ...references].filter((id): id is string => typeof id === 'string');
}

function padded(seq: number): string {
  return String(seq).padStart(14, '0');
}
