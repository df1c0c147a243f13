/**
 * The trail of messages: what the agents of this node said and were given, with what each names as its causes, so
 * that `why` can go from a result back to what led to it. Kept on disk only, one row a turn; bounded.
 */
import type { Envelope } from '../../protocol/messages.ts';
import type { Store } from '../../protocol/ports.ts';
import { describeMessage } from './describe-message.ts';
import type { MeshEvent } from './events.ts';
import type { Turn } from './turn.ts';

export const trailBucket = 'trail';

export interface MessageTrailComponents {
  readonly store: Store;
  readonly turn: Turn;
  readonly nowMs: () => number;
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

export function createMessageTrail(
  { store, turn, nowMs }: MessageTrailComponents,
  { nodeName, messagesMax }: MessageTrailInit,
): MessageTrail {
  const rows: { readonly key: string; readonly count: number }[] = [];
  let kept = 0;
  for (const { key, value } of store.scan(trailBucket, '', '', Number.MAX_SAFE_INTEGER))
    addRow(key, (JSON.parse(value as string) as MeshEvent[]).length);
  let seq = Number(rows.at(-1)?.key.split('-')[1] ?? 0);
  let gathered: MeshEvent[] = [];
  let lastSeen = '';

  function saw(envelope: Envelope, way: 'sent' | 'received'): void {
    // One message to many agents of a node comes many times in a row.
    const identity = `${envelope.from} ${envelope.id}`;
    if (messagesMax === 0 || identity === lastSeen) return;
    lastSeen = identity;
    if (gathered.length === 0) turn.beforeCommit(write);
    seq += 1;
    const facts = describeMessage(envelope);
    gathered.push({ seq, atMs: nowMs(), node: nodeName, kind: 'message', way, ...facts, to: envelope.to });
  }

  function write(): void {
    const key = `${padded(gathered[0]!.seq)}-${padded(seq)}`;
    turn.persist(trailBucket, key, JSON.stringify(gathered));
    addRow(key, gathered.length);
    gathered = [];
    while (kept > messagesMax && rows.length > 1) {
      const oldest = rows.shift()!;
      kept -= oldest.count;
      turn.persist(trailBucket, oldest.key, null);
    }
  }

  function addRow(key: string, count: number): void {
    rows.push({ key, count });
    kept += count;
  }

  function about(ids: readonly string[]): readonly MeshEvent[] {
    turn.flush();
    const all = store
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

  return { saw, about };
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
