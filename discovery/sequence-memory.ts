/**
 * Remembers the highest sequence number ever seen of each line of records, so that an old record cannot come
 * back: not after an update, not after a withdrawal, not after a restart.
 */

import { compareText } from '../protocol/bytes.ts';
import type { Persist } from '../protocol/machine.ts';
import type { StoredRow } from '../protocol/ports.ts';
import { discoveryLimits } from './limits.ts';

export interface SequenceEntry {
  readonly seq: number;
  /** Of two records with one sequence number the one with the larger hash wins, so that all readers agree. */
  readonly id: string;
  /** After this moment nothing older can still be valid, so the entry may go. Unix ms. */
  readonly forgetAtMs: number;
}

/** `new`: take it. `same`: known. `old`: a rollback. `fork`: one sequence number was signed twice. `full`: no room. */
export type SequenceVerdict = 'new' | 'same' | 'old' | 'fork' | 'full';

export class SequenceMemory {
  readonly #entries = new Map<string, SequenceEntry>();
  readonly #bucket: string;
  readonly #entriesMax: number;

  constructor(bucket: string, entriesMax: number = discoveryLimits.sequencesMax) {
    this.#bucket = bucket;
    this.#entriesMax = entriesMax;
  }

  /** What a record with this number is to this reader. A `fork` that wins the tie answers `new`. */
  judge(key: string, seq: number, id: string): SequenceVerdict {
    const known = this.#entries.get(key);
    if (known === undefined) return this.#entries.size < this.#entriesMax ? 'new' : 'full';
    if (seq > known.seq) return 'new';
    if (seq < known.seq) return 'old';
    if (id === known.id) return 'same';
    return compareText(id, known.id) > 0 ? 'new' : 'fork';
  }

  /** Remember a record until its own expiry plus the longest life that an older one can have. */
  remember(key: string, seq: number, id: string, expiresAtMs: number): Persist {
    const known = this.#entries.get(key);
    const forgetAtMs = Math.max(expiresAtMs + discoveryLimits.recordLifetimeMs, known?.forgetAtMs ?? 0);
    this.#entries.set(key, { seq, id, forgetAtMs });
    return { type: 'persist', bucket: this.#bucket, key, value: JSON.stringify([seq, id, forgetAtMs]) };
  }

  /** Drop entries that protect against nothing any more. */
  purge(nowMs: number): readonly Persist[] {
    const gone: Persist[] = [];
    for (const [key, entry] of this.#entries) {
      if (entry.forgetAtMs > nowMs) continue;
      this.#entries.delete(key);
      gone.push({ type: 'persist', bucket: this.#bucket, key, value: null });
    }
    return gone;
  }

  /** Take in what a former run persisted; rows that are no entries are left out. */
  load(rows: readonly StoredRow[]): void {
    for (const row of rows) {
      const entry = readEntry(row);
      if (entry !== undefined) this.#entries.set(row.key, entry);
    }
  }

  get size(): number {
    return this.#entries.size;
  }

  highest(key: string): number {
    return this.#entries.get(key)?.seq ?? 0;
  }
}

function readEntry(row: StoredRow): SequenceEntry | undefined {
  if (typeof row.value !== 'string') return undefined;
  try {
    const [seq, id, forgetAtMs] = JSON.parse(row.value) as [unknown, unknown, unknown];
    const isEntry = Number.isSafeInteger(seq) && typeof id === 'string' && Number.isSafeInteger(forgetAtMs);
    return isEntry ? { seq: seq as number, id: id as string, forgetAtMs: forgetAtMs as number } : undefined;
  } catch {
    return undefined;
  }
}
