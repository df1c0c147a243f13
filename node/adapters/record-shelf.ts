/** The records that a node keeps for others: bounded, expiring, the newest of each slot only. */
import { compareBytes, toHex } from '../../protocol/bytes.ts';
import type { RecordFacts, RecordValidator } from '../../protocol/ports.ts';

/** A capability record with its text and schema names; the notes' limit for anything kept for strangers. */
export const recordBytesMax = 4 * 1024;
/** Under one key. A bucket of similar capabilities holds more only in meshes above 10⁵ agents. */
export const recordsPerKeyMax = 64;
const shelfBytesMax = 16 * 1024 * 1024;
/** What an entry costs beside its bytes. */
const entryBytes = 256;
/** Whatever a record says of itself, a day later its author must have put it again. */
const lifeMsMax = 24 * 3_600_000;

interface Held extends RecordFacts {
  readonly bytes: Uint8Array;
}

export interface RecordShelf {
  /** Whether the record is kept now; an older one than is here, a bad one and one too many are refused. */
  put(key: Uint8Array, record: Uint8Array, nowMs: number): boolean;
  /** What is kept under the key, in the order of its bytes. */
  get(key: Uint8Array, nowMs: number): readonly Uint8Array[];
  readonly bytes: number;
}

export function createRecordShelf(validate: RecordValidator): RecordShelf {
  const keys = new Map<string, Map<string, Held>>();
  let bytes = 0;

  function put(key: Uint8Array, record: Uint8Array, nowMs: number): boolean {
    if (record.length > recordBytesMax) return false;
    const facts = validate(key, record);
    if (facts === undefined || facts.expiresAtMs <= nowMs) return false;
    const name = toHex(key);
    const slots = keys.get(name) ?? new Map<string, Held>();
    const old = slots.get(facts.slot);
    if (old !== undefined && isNewer(old, { ...facts, bytes: record })) return false;
    if (!hasRoom(slots, old, record, nowMs)) return false;
    keys.set(name, slots);
    drop(slots, facts.slot);
    const expiresAtMs = Math.min(facts.expiresAtMs, nowMs + lifeMsMax);
    slots.set(facts.slot, { ...facts, expiresAtMs, bytes: record });
    bytes += record.length + entryBytes;
    return true;
  }

  function hasRoom(
    slots: Map<string, Held>,
    old: Held | undefined,
    record: Uint8Array,
    nowMs: number,
  ): boolean {
    const isFull = () =>
      (old === undefined && slots.size >= recordsPerKeyMax) ||
      bytes + record.length + entryBytes > shelfBytesMax;
    if (isFull()) dropExpired(nowMs);
    return !isFull();
  }

  function drop(slots: Map<string, Held>, slot: string): void {
    const held = slots.get(slot);
    if (held === undefined) return;
    slots.delete(slot);
    bytes -= held.bytes.length + entryBytes;
  }

  function dropExpired(nowMs: number): void {
    for (const [name, slots] of keys) {
      for (const [slot, held] of slots) if (held.expiresAtMs <= nowMs) drop(slots, slot);
      if (slots.size === 0) keys.delete(name);
    }
  }

  return {
    put,
    get(key, nowMs) {
      const slots = keys.get(toHex(key));
      if (slots === undefined) return [];
      for (const [slot, held] of slots) if (held.expiresAtMs <= nowMs) drop(slots, slot);
      if (slots.size === 0) keys.delete(toHex(key));
      return [...slots.values()].map((held) => held.bytes).sort(compareBytes);
    },
    get bytes() {
      return bytes;
    },
  };
}

/** Two records of one slot and one number: the greater bytes win everywhere, so that holders agree. */
function isNewer(a: Held, b: Held): boolean {
  return a.seq > b.seq || (a.seq === b.seq && compareBytes(a.bytes, b.bytes) > 0);
}
