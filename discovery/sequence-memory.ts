/**
 * Remembers the highest sequence number ever seen of each line of records, so that an old record cannot come
 * back: not after an update, not after a withdrawal, not after a restart. A record that is held remembers itself, in
 * memory and on disk; an entry is kept from when it goes, or where an earlier record could outlive its protection.
 */

import { compareText } from '../protocol/bytes.ts';
import { CompactMap } from '../protocol/compact-map.ts';
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

/** The newest record of a line, where it is held. */
export interface HeldSequence {
  readonly seq: number;
  readonly id: string;
  readonly expiresAtMs: number;
}

/** Records that are held, by line. */
export interface HeldSequences {
  readonly size: number;
  sequenceOf(key: string): HeldSequence | undefined;
}

const holdsNone: HeldSequences = { size: 0, sequenceOf: () => undefined };

export class SequenceMemory {
  readonly #entries = new CompactMap<string, SequenceEntry>();
  readonly #bucket: string;
  readonly #held: HeldSequences;
  readonly #entriesMax: number;

  constructor(
    bucket: string,
    held: HeldSequences = holdsNone,
    entriesMax: number = discoveryLimits.sequencesMax,
  ) {
    this.#bucket = bucket;
    this.#held = held;
    this.#entriesMax = entriesMax;
  }

  /** What a record with this number is to this reader. A `fork` that wins the tie answers `new`. */
  judge(key: string, seq: number, id: string): SequenceVerdict {
    return this.judgeBeside(this.#held.sequenceOf(key), key, seq, id);
  }

  /** The same, where it is known what is held of the line. */
  judgeBeside(held: HeldSequence | undefined, key: string, seq: number, id: string): SequenceVerdict {
    const known = this.#newest(key, held);
    if (known === undefined) return this.size < this.#entriesMax ? 'new' : 'full';
    if (seq > known.seq) return 'new';
    if (seq < known.seq) return 'old';
    if (id === known.id) return 'same';
    return compareText(id, known.id) > 0 ? 'new' : 'fork';
  }

  /**
   * A new record is about to be held, and written to disk: from now on it remembers itself. What was remembered of
   * its line goes, unless it protects for longer than the record and its own memory will.
   */
  taken(
    key: string,
    { seq, id, expiresAtMs }: HeldSequence,
    before = this.#held.sequenceOf(key),
  ): readonly Persist[] {
    const entry = this.#entries.get(key);
    const protectedUntilMs = Math.max(entry?.forgetAtMs ?? 0, before === undefined ? 0 : forgetAt(before));
    if (protectedUntilMs > forgetAt({ expiresAtMs }))
      return [this.#keep(key, { seq, id, forgetAtMs: protectedUntilMs })];
    return entry === undefined ? [] : [this.#drop(key)];
  }

  /** Remember a record that is no longer held until its expiry plus the longest life that an older one can have. */
  remember(key: string, { seq, id, expiresAtMs }: HeldSequence): Persist {
    const known = this.#entries.get(key);
    const forgetAtMs = Math.max(forgetAt({ expiresAtMs }), known?.forgetAtMs ?? 0);
    const isNewest = known === undefined || isAfter({ seq, id }, known);
    return this.#keep(key, { ...(isNewest ? { seq, id } : { seq: known.seq, id: known.id }), forgetAtMs });
  }

  /** Drop entries that protect against nothing any more. */
  purge(nowMs: number): readonly Persist[] {
    const gone: Persist[] = [];
    for (const [key, entry] of this.#entries) {
      if (entry.forgetAtMs > nowMs) continue;
      gone.push(this.#drop(key));
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

  /** Lines that are remembered; one that is held and has an entry counts twice. */
  get size(): number {
    return this.#entries.size + this.#held.size;
  }

  highest(key: string): number {
    return this.#newest(key, this.#held.sequenceOf(key))?.seq ?? 0;
  }

  #newest(key: string, held: HeldSequence | undefined): Pick<HeldSequence, 'seq' | 'id'> | undefined {
    const entry = this.#entries.get(key);
    if (held === undefined || entry === undefined) return held ?? entry;
    return isAfter(entry, held) ? entry : held;
  }

  #keep(key: string, entry: SequenceEntry): Persist {
    this.#entries.set(key, entry);
    const value = JSON.stringify([entry.seq, entry.id, entry.forgetAtMs]);
    return { type: 'persist', bucket: this.#bucket, key, value };
  }

  #drop(key: string): Persist {
    this.#entries.delete(key);
    return { type: 'persist', bucket: this.#bucket, key, value: null };
  }
}

function forgetAt({ expiresAtMs }: Pick<HeldSequence, 'expiresAtMs'>): number {
  return expiresAtMs + discoveryLimits.recordLifetimeMs;
}

function isAfter(one: Pick<HeldSequence, 'seq' | 'id'>, other: Pick<HeldSequence, 'seq' | 'id'>): boolean {
  return one.seq === other.seq ? compareText(one.id, other.id) > 0 : one.seq > other.seq;
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
