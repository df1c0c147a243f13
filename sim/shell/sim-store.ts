/**
 * `Store` on a virtual disk: a write-ahead log of whole commits. The disk outlives the process; a crash drops
 * what the process held and, on a disk that lies about syncing, the newest commits too.
 */
import assert from 'node:assert/strict';
import { AmpError } from '../../protocol/errors.ts';
import type { Rng, Store, StoredRow, StoreValue, Write } from '../../protocol/ports.ts';
import { plainRows, type RowForm } from './row-form.ts';
import { SortedRows } from './sorted-rows.ts';

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
  /** What becomes of a row in memory. Default a copy as it is; disks of one world may share what is equal. */
  readonly form?: RowForm;
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

export function createSimDisk(init: SimDiskInit = {}): SimDisk {
  return new MemoryDisk(init);
}

/** One row as it was: what would undo a write. */
interface Undo {
  readonly rows: SortedRows;
  readonly key: string;
  readonly kept: StoreValue | undefined;
}

class MemoryDisk implements SimDisk {
  commitCount = 0;
  readonly #form: RowForm;
  readonly #unsyncedCommitsMax: number;
  /** By bucket: a handful. */
  #tables: readonly SortedRows[] = [];
  /** What would undo each commit that a lying disk has acknowledged and not yet written, oldest first. */
  #unsynced: (readonly Undo[])[] | undefined;
  #openStore: Store | undefined;
  #fault: { readonly kind: DiskFault; skipCount: number } | undefined;
  #hasFailed = false;

  constructor({ unsyncedCommitsMax = 0, form = plainRows }: SimDiskInit) {
    this.#unsyncedCommitsMax = unsyncedCommitsMax;
    this.#form = form;
  }

  injectFault(kind: DiskFault, skipCount = 0): void {
    this.#fault = { kind, skipCount };
  }

  crash(rng: Rng): { readonly lostCommitCount: number } {
    const unsynced = this.#unsynced ?? [];
    // Lost from the end only: the log's checksums cut it at the first hole.
    const lostCommitCount = unsynced.length === 0 ? 0 : rng.uint32() % (unsynced.length + 1);
    for (let i = 0; i < lostCommitCount; i++)
      for (const { rows, key, kept } of unsynced.pop()!) rows.put(key, kept);
    this.#unsynced = undefined;
    this.#openStore = undefined;
    this.#hasFailed = false;
    return { lostCommitCount };
  }

  open(): Store {
    if (this.#openStore !== undefined) throw new AmpError('AMP-1302', 'The virtual disk is in use.');
    this.#openStore = new MemoryStore(this);
    return this.#openStore;
  }

  assertOpen(store: Store): void {
    assert(this.#openStore === store, 'the store is closed');
  }

  close(store: Store): void {
    if (this.#openStore === store) this.#openStore = undefined;
  }

  get(bucket: string, key: string): StoreValue | undefined {
    const kept = this.#rowsOf(bucket)?.get(key);
    return kept === undefined ? undefined : this.#form.read(kept);
  }

  scan(bucket: string, fromKey: string, toKey: string, limit: number): readonly StoredRow[] {
    const found = this.#rowsOf(bucket)?.scan(fromKey, toKey, limit) ?? [];
    return found.map(({ key, value }) => ({ key, value: this.#form.read(value) }));
  }

  commit(writes: readonly Write[]): void {
    for (const write of writes) checkWrite(write);
    if (writes.length === 0) return;
    const kind = this.#takeFault();
    if (kind === 'refuse') this.#hasFailed = true;
    if (this.#hasFailed)
      throw new AmpError('AMP-1301', 'The virtual disk refused a commit.', { writeCount: writes.length });
    if (kind !== 'crash-before' && kind !== 'crash-torn') this.#write(writes);
    if (kind !== undefined) throw new SimCrash(`the process died in a commit: ${kind}`);
    this.commitCount++;
  }

  #write(writes: readonly Write[]): void {
    if (this.#unsyncedCommitsMax === 0) {
      for (const { bucket, key, value } of writes)
        this.#rowsFor(bucket).set(
          this.#form.keepKey(key),
          value === null ? undefined : this.#form.keep(value),
        );
      return;
    }
    this.#unsynced ??= [];
    this.#unsynced.push(writes.map((write) => this.#apply(write)).reverse());
    if (this.#unsynced.length > this.#unsyncedCommitsMax) this.#unsynced.shift();
  }

  #apply({ bucket, key, value }: Write): Undo {
    const rows = this.#rowsFor(bucket);
    const keptKey = this.#form.keepKey(key);
    const kept = rows.put(keptKey, value === null ? undefined : this.#form.keep(value));
    return { rows, key: keptKey, kept };
  }

  /** New if there is none. */
  #rowsFor(bucket: string): SortedRows {
    let rows = this.#rowsOf(bucket);
    if (rows === undefined) {
      rows = new SortedRows(bucket);
      this.#tables = this.#tables.concat(rows);
    }
    return rows;
  }

  #rowsOf(bucket: string): SortedRows | undefined {
    for (const rows of this.#tables) if (rows.bucket === bucket) return rows;
    return undefined;
  }

  #takeFault(): DiskFault | undefined {
    const fault = this.#fault;
    if (fault === undefined || fault.skipCount-- > 0) return undefined;
    this.#fault = undefined;
    return fault.kind;
  }
}

/** What a process has in its hands of a disk, until it closes it or dies. */
class MemoryStore implements Store {
  readonly #disk: MemoryDisk;

  constructor(disk: MemoryDisk) {
    this.#disk = disk;
  }

  get(bucket: string, key: string): StoreValue | undefined {
    this.#disk.assertOpen(this);
    return this.#disk.get(bucket, key);
  }

  scan(bucket: string, fromKey: string, toKey: string, limit: number): readonly StoredRow[] {
    this.#disk.assertOpen(this);
    return this.#disk.scan(bucket, fromKey, toKey, limit);
  }

  commit(writes: readonly Write[]): void {
    this.#disk.assertOpen(this);
    this.#disk.commit(writes);
  }

  close(): void {
    this.#disk.close(this);
  }
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
