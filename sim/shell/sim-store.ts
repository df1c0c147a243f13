/**
 * `Store` on a virtual disk: a write-ahead log of whole commits. The disk outlives the process; a crash drops
 * what the process held and, on a disk that lies about syncing, the newest commits too.
 */
import assert from 'node:assert/strict';
import { compareBytes } from '../../protocol/bytes.ts';
import { AmpError } from '../../protocol/errors.ts';
import type { Rng, Store, StoredRow, StoreValue, Write } from '../../protocol/ports.ts';

/** What the disk does to the next commit. */
export type DiskFault =
  /** The commit throws AMP-1301 and nothing of it is on disk; so does every later one until the crash. */
  | 'refuse'
  /** The process dies before anything is written. */
  | 'crash-before'
  /** The process dies half way: the torn record fails its checksum and is dropped at the next open. */
  | 'crash-torn'
  /** The process dies after the sync and before it knows: the commit is there at the next open. */
  | 'crash-after';

/** Thrown out of `commit` to end the simulated process; the world catches it, restarts the node, reopens. */
export class SimCrash extends Error {
  override readonly name = 'SimCrash';
}

export interface SimDiskInit {
  /** Say "synced" when it is not: up to this many newest commits may be lost in a crash. Default 0, honest. */
  readonly unsyncedCommitsMax?: number;
  /** Makes what is kept out of what was given. Default a copy; disks of one world may share copies. */
  readonly keep?: (value: StoreValue) => StoreValue;
}

/** A disk survives its process. Open a store on it, crash it, open again. */
export interface SimDisk {
  /** Do `fault` to the commit after the next `skipCount` ones. */
  injectFault(fault: DiskFault, skipCount?: number): void;
  /** End the process: the open store is gone; on a lying disk `rng` chooses how much of the tail goes too. */
  crash(rng: Rng): { readonly lostCommitCount: number };
  /** @throws AmpError AMP-1302 while another store is open on the disk. */
  open(): Store;
  /** Commits acknowledged since the disk was made. */
  readonly commitCount: number;
}

/** Rows of one bucket. */
interface Table {
  readonly rows: Map<string, StoreValue>;
  /** In order; made anew when a scan follows a change of keys. */
  keys: readonly string[] | undefined;
}

export function createSimDisk({ unsyncedCommitsMax = 0, keep = copyValue }: SimDiskInit = {}): SimDisk {
  const tables = new Map<string, Table>();
  /** What would undo each commit that a lying disk has acknowledged and not yet written, oldest first. */
  const unsynced: (readonly Write[])[] = [];
  let openStore: symbol | undefined;
  let fault: { readonly kind: DiskFault; skipCount: number } | undefined;
  let commitCount = 0;
  let hasFailed = false;

  function commit(writes: readonly Write[]): void {
    for (const write of writes) checkWrite(write);
    if (writes.length === 0) return;
    const kind = takeFault();
    if (kind === 'refuse') hasFailed = true;
    if (hasFailed)
      throw new AmpError('AMP-1301', 'The virtual disk refused a commit.', { writeCount: writes.length });
    if (kind !== 'crash-before' && kind !== 'crash-torn') write(writes);
    if (kind !== undefined) throw new SimCrash(`the process died in a commit: ${kind}`);
    commitCount++;
  }

  function write(writes: readonly Write[]): void {
    const undo = writes.map((write) => applyWrite(tables, write, keep)).reverse();
    if (unsyncedCommitsMax === 0) return;
    unsynced.push(undo);
    if (unsynced.length > unsyncedCommitsMax) unsynced.shift();
  }

  function takeFault(): DiskFault | undefined {
    if (fault === undefined || fault.skipCount-- > 0) return undefined;
    const { kind } = fault;
    fault = undefined;
    return kind;
  }

  return {
    injectFault(kind, skipCount = 0) {
      fault = { kind, skipCount };
    },
    crash(rng) {
      // Lost from the end only: the log's checksums cut it at the first hole.
      const lostCommitCount = unsynced.length === 0 ? 0 : rng.uint32() % (unsynced.length + 1);
      for (let i = 0; i < lostCommitCount; i++)
        for (const write of unsynced.pop()!) applyWrite(tables, write);
      unsynced.length = 0;
      openStore = undefined;
      hasFailed = false;
      return { lostCommitCount };
    },
    open() {
      if (openStore !== undefined) throw new AmpError('AMP-1302', 'The virtual disk is in use.');
      const self = Symbol('store');
      openStore = self;
      const assertOpen = () => assert(openStore === self, 'the store is closed');
      return {
        get(bucket, key) {
          assertOpen();
          return copyValue(tables.get(bucket)?.rows.get(key));
        },
        scan(bucket, fromKey, toKey, limit) {
          assertOpen();
          return scanTable(tables.get(bucket), fromKey, toKey, limit);
        },
        commit(writes) {
          assertOpen();
          commit(writes);
        },
        close() {
          if (openStore === self) openStore = undefined;
        },
      };
    },
    get commitCount() {
      return commitCount;
    },
  };
}

/** The answer is the write that would undo this one. */
function applyWrite(
  tables: Map<string, Table>,
  { bucket, key, value }: Write,
  keep: (value: StoreValue) => StoreValue = copyValue,
): Write {
  let table = tables.get(bucket);
  if (table === undefined) {
    table = { rows: new Map(), keys: undefined };
    tables.set(bucket, table);
  }
  const old = table.rows.get(key);
  if ((old === undefined) !== (value === null)) table.keys = undefined;
  if (value === null) table.rows.delete(key);
  else table.rows.set(key, keep(value));
  return { bucket, key, value: old ?? null };
}

function scanTable(
  table: Table | undefined,
  fromKey: string,
  toKey: string,
  limit: number,
): readonly StoredRow[] {
  if (table === undefined) return [];
  table.keys ??= [...table.rows.keys()].sort(compareUtf8);
  const from = findKey(table.keys, fromKey);
  const to = toKey === '' ? table.keys.length : findKey(table.keys, toKey);
  const keys = table.keys.slice(from, Math.min(to, from + limit));
  return keys.map((key) => ({ key, value: copyValue(table.rows.get(key)!) }));
}

/**
 * For the disks of one world: the same bytes are copied once, however many disks keep them. Bytes that were changed
 * since are other bytes.
 */
export function createSharedKeep(): (value: StoreValue) => StoreValue {
  const copies = new WeakMap<Uint8Array, Uint8Array>();
  return (value) => {
    if (typeof value === 'string') return value;
    const known = copies.get(value);
    if (known !== undefined && compareBytes(known, value) === 0) return known;
    const copy = value.slice();
    copies.set(value, copy);
    return copy;
  };
}

/** Bytes are copied in and out, as a real disk does: nobody changes a stored value by changing an array. */
function copyValue<T extends StoreValue | undefined>(value: T): T {
  return value instanceof Uint8Array ? (value.slice() as T) : value;
}

/** Where `key` is, or would be. */
function findKey(keys: readonly string[], key: string): number {
  let low = 0;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (compareUtf8(keys[middle]!, key) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * Order of texts by their UTF-8 bytes, without encoding them: that of their code units, but surrogates (code
 * points above U+FFFF, four bytes) come after U+E000 to U+FFFF (three bytes).
 */
export function compareUtf8(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const left = a.charCodeAt(i);
    const right = b.charCodeAt(i);
    if (left !== right) return rankCodeUnit(left) - rankCodeUnit(right);
  }
  return a.length - b.length;
}

function rankCodeUnit(unit: number): number {
  if (unit < 0xd800) return unit;
  return unit < 0xe000 ? unit + 0x2000 : unit - 0x800;
}

/** The same refusal as on the real disk. */
function checkWrite({ bucket, key, value }: Write): void {
  const isWellFormed =
    bucket.isWellFormed() && key.isWellFormed() && (typeof value !== 'string' || value.isWellFormed());
  if (!isWellFormed)
    throw new AmpError('AMP-1304', `A write to bucket "${bucket.toWellFormed()}" holds a lone surrogate.`, {
      bucket: bucket.toWellFormed(),
      key: key.toWellFormed(),
    });
}
