/**
 * `Store` on one SQLite file through `node:sqlite`: write-ahead log, every commit synced, one process at a time.
 *
 * When `commit` has returned, its writes survive `kill -9` and a power cut (as far as the disk tells the truth).
 */
import assert from 'node:assert/strict';
import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { AmpError } from '../../protocol/errors.ts';
import type { Store, StoredRow, StoreValue, Write } from '../../protocol/ports.ts';

/** Says whose file it is ("ampm"), so that a stranger's database is never written to. */
const applicationId = 0x61_6d_70_6d;
const schemaVersion = 1;
/** The log is cut back to this length after a checkpoint. Judgement: 64 commits of the largest message. */
const walBytesMax = 64 * 1024 * 1024;
/** SQLITE_BUSY, with SQLITE_LOCKED: somebody else holds the file. */
const busyCodes = new Set([5, 6]);
/** SQLITE_CORRUPT and SQLITE_NOTADB. */
const corruptCodes = new Set([11, 26]);

export interface SqliteStoreInit {
  /** Path of the database; its folder is made when missing. */
  readonly file: string;
  /** Read the whole file once at open and refuse a damaged one. Default true; about 1 s per GB. */
  readonly checkOnOpen?: boolean;
}

export interface SqliteStore extends Store {
  readonly file: string;
}

/**
 * Open or create the store.
 * @throws AmpError AMP-1302 when another process holds the file, AMP-1303 when it is damaged or not ours,
 * AMP-1301 when the disk refuses.
 */
export function openSqliteStore(init: SqliteStoreInit): SqliteStore {
  const database = openDatabase(init);
  const statements = prepareStatements(database);
  let isOpen = true;
  /** After a failed commit the file's state is unknown: nothing more is written by this process. */
  let failure: AmpError | undefined;

  function commit(writes: readonly Write[]): void {
    assert(isOpen, 'the store is closed');
    if (failure !== undefined) throw failure;
    for (const write of writes) checkWrite(write);
    if (writes.length === 0) return;
    try {
      statements.begin.run();
      for (const write of writes) applyWrite(statements, write);
      statements.commit.run();
    } catch (cause) {
      failure = storeFailed(init.file, cause);
      rollBack(database);
      throw failure;
    }
  }

  return {
    file: init.file,
    commit,
    get(bucket, key) {
      assert(isOpen, 'the store is closed');
      const row = reading(init.file, () => statements.get.get(bucket, key));
      return row === undefined ? undefined : (row.value as StoreValue);
    },
    scan(bucket, fromKey, toKey, limit) {
      assert(isOpen, 'the store is closed');
      const rows = reading(init.file, () =>
        toKey === ''
          ? statements.scanToEnd.all(bucket, fromKey, limit)
          : statements.scan.all(bucket, fromKey, toKey, limit),
      );
      return rows as unknown as readonly StoredRow[];
    },
    close() {
      if (!isOpen) return;
      isOpen = false;
      database.close();
    },
  };
}

function openDatabase(init: SqliteStoreInit): DatabaseSync {
  createPrivateFile(init.file);
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(init.file);
    // Exclusive before the first read: the operating system's lock is the lock, and it ends with the process.
    database.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
    database.exec(`PRAGMA journal_size_limit = ${walBytesMax}; BEGIN IMMEDIATE; COMMIT`);
    if (init.checkOnOpen ?? true) checkIntegrity(database, init.file);
    createSchema(database, init.file);
    writeOwner(init.file);
    syncFolder(init.file);
    return database;
  } catch (cause) {
    database?.close();
    throw explainOpenFailure(init.file, cause);
  }
}

/** Only the node's own user may read keys and messages; SQLite gives the log file the same mode. */
function createPrivateFile(file: string): void {
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    closeSync(openSync(file, 'a', 0o600));
  } catch (cause) {
    throw storeFailed(file, cause);
  }
}

function checkIntegrity(database: DatabaseSync, file: string): void {
  const verdict = database.prepare('PRAGMA quick_check(1)').get()?.quick_check;
  if (verdict !== 'ok') throw new AmpError('AMP-1303', `${file} is damaged: ${verdict}.`, { file, verdict });
}

function createSchema(database: DatabaseSync, file: string): void {
  const owner = database.prepare('PRAGMA application_id').get()?.application_id;
  const version = database.prepare('PRAGMA user_version').get()?.user_version;
  if (owner === applicationId && version === schemaVersion) return;
  const tableCount = database.prepare('SELECT count(*) AS n FROM sqlite_schema').get()?.n;
  if (owner !== 0 || version !== 0 || tableCount !== 0) {
    const what = `${file} is not a store of this version (application ${owner}, version ${version}).`;
    throw new AmpError('AMP-1303', what, { file, owner, version });
  }
  database.exec(`BEGIN IMMEDIATE;
    CREATE TABLE kv (bucket TEXT NOT NULL, key TEXT NOT NULL, value NOT NULL, PRIMARY KEY (bucket, key))
      WITHOUT ROWID;
    PRAGMA application_id = ${applicationId};
    PRAGMA user_version = ${schemaVersion};
    COMMIT`);
}

/** A note for people beside the file; the lock itself is the operating system's. */
function writeOwner(file: string): void {
  writeFileSync(ownerFile(file), `${process.pid}\n`, { mode: 0o600 });
}

function ownerFile(file: string): string {
  return `${file}.pid`;
}

/** A new name is durable only when its folder is. */
function syncFolder(file: string): void {
  const folder = openSync(dirname(file), 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

function explainOpenFailure(file: string, cause: unknown): AmpError {
  if (cause instanceof AmpError) return cause;
  const code = sqliteCode(cause);
  if (busyCodes.has(code)) {
    const pid = readOwner(file);
    const who = pid === undefined ? 'another process' : `process ${pid}`;
    return new AmpError('AMP-1302', `${file} is in use by ${who}.`, { file, pid }, cause);
  }
  if (corruptCodes.has(code)) return new AmpError('AMP-1303', `${file} is damaged.`, { file }, cause);
  return storeFailed(file, cause);
}

/** The pid beside the file, if that process is alive. */
function readOwner(file: string): number | undefined {
  try {
    const pid = Number.parseInt(readFileSync(ownerFile(file), 'utf8'), 10);
    if (!Number.isSafeInteger(pid) || pid <= 0) return undefined;
    process.kill(pid, 0);
    return pid;
  } catch {
    return undefined;
  }
}

interface Statements {
  readonly begin: StatementSync;
  readonly commit: StatementSync;
  readonly put: StatementSync;
  readonly remove: StatementSync;
  readonly get: StatementSync;
  readonly scan: StatementSync;
  readonly scanToEnd: StatementSync;
}

/** SQLite compares text by its UTF-8 bytes, which is the order that the port promises. */
function prepareStatements(database: DatabaseSync): Statements {
  return {
    begin: database.prepare('BEGIN IMMEDIATE'),
    commit: database.prepare('COMMIT'),
    put: database.prepare(
      'INSERT INTO kv VALUES (?, ?, ?) ON CONFLICT (bucket, key) DO UPDATE SET value = excluded.value',
    ),
    remove: database.prepare('DELETE FROM kv WHERE bucket = ? AND key = ?'),
    get: database.prepare('SELECT value FROM kv WHERE bucket = ? AND key = ?'),
    scan: database.prepare(
      'SELECT key, value FROM kv WHERE bucket = ? AND key >= ? AND key < ? ORDER BY key LIMIT ?',
    ),
    scanToEnd: database.prepare(
      'SELECT key, value FROM kv WHERE bucket = ? AND key >= ? ORDER BY key LIMIT ?',
    ),
  };
}

function applyWrite(statements: Statements, { bucket, key, value }: Write): void {
  if (value === null) statements.remove.run(bucket, key);
  else statements.put.run(bucket, key, value);
}

/** A lone surrogate has no UTF-8 form: SQLite would store another text, and two keys could become one. */
function checkWrite({ bucket, key, value }: Write): void {
  const isWellFormed =
    bucket.isWellFormed() && key.isWellFormed() && (typeof value !== 'string' || value.isWellFormed());
  if (!isWellFormed)
    throw new AmpError('AMP-1304', `A write to bucket "${bucket.toWellFormed()}" holds a lone surrogate.`, {
      bucket: bucket.toWellFormed(),
      key: key.toWellFormed(),
    });
}

function reading<T>(file: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    throw storeFailed(file, cause);
  }
}

function rollBack(database: DatabaseSync): void {
  try {
    if (database.isTransaction) database.exec('ROLLBACK');
  } catch {
    // The connection is unusable after a disk error; `failure` already keeps every later commit out.
  }
}

function storeFailed(file: string, cause: unknown): AmpError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new AmpError('AMP-1301', `${file} could not be used: ${reason}.`, { file, reason }, cause);
}

function sqliteCode(cause: unknown): number {
  const code = (cause as { errcode?: unknown } | null)?.errcode;
  return typeof code === 'number' ? code & 0xff : 0;
}
