/**
 * The public asks that are in flight, as far as this node heard: so that whoever asks the same can join. Kept in
 * memory only; an ask is over when its asker says so (`cancel`), or when its time to live is.
 */

import { toHex } from '../../protocol/bytes.ts';
import { CompactMap } from '../../protocol/compact-map.ts';
import { askBytes, isMergeable } from '../../protocol/job/equal-ask.ts';
import type { Envelope } from '../../protocol/messages.ts';
import type { Keys } from '../../protocol/ports.ts';

export interface OpenAsk {
  readonly id: string;
  readonly from: string;
  /** Integer Unix ms. */
  readonly at: number;
  /** Integer Unix ms; when the asker stops waiting. */
  readonly endsAt: number;
}

export interface OpenAsks {
  /** Something was said to the whole mesh. */
  see(envelope: Envelope, nowMs: number): void;
  /** Asks with this key (SHA-256, hexadecimal) that run, the earliest first; the same order on every node. */
  list(key: string, nowMs: number): readonly OpenAsk[];
}

/** Asks kept; beyond it the oldest gives way, and is merely not merged. Judgement. */
const asksMax = 4_096;

/** By envelope: peers of one process that heard the same object share its key. */
const keyOfAsk = new WeakMap<object, string>();

export function createOpenAsks(keys: Pick<Keys, 'hash'>): OpenAsks {
  return new RecentAsks(keys);
}

class RecentAsks implements OpenAsks {
  readonly #keys: Pick<Keys, 'hash'>;
  readonly #asks = new CompactMap<string, OpenAsk & { readonly key: string }>();

  constructor(keys: Pick<Keys, 'hash'>) {
    this.#keys = keys;
  }

  see(envelope: Envelope, nowMs: number): void {
    if (envelope.type === 'cancel' && this.#asks.get(envelope.task)?.from === envelope.from)
      this.#asks.delete(envelope.task);
    if (!isMergeable(envelope) || this.#asks.has(envelope.id)) return;
    const { id, from, at, ttlMs, query, attachments, context } = envelope;
    const key =
      keyOfAsk.get(envelope) ?? toHex(this.#keys.hash(askBytes({ query, files: attachments, context })));
    keyOfAsk.set(envelope, key);
    this.#asks.set(id, { id, from, at, endsAt: Math.min(at, nowMs) + ttlMs, key });
    if (this.#asks.size > asksMax) this.#asks.delete(this.#asks.keys().next().value!);
  }

  list(key: string, nowMs: number): readonly OpenAsk[] {
    for (const [id, ask] of this.#asks) if (ask.endsAt <= nowMs) this.#asks.delete(id);
    return [...this.#asks.values()]
      .filter((ask) => ask.key === key)
      .sort((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1))
      .map(({ key: _key, ...ask }) => ask);
  }
}
