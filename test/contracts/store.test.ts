import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSqliteStore } from '../../node/adapters/index.ts';
import type { Store } from '../../protocol/ports.ts';
import { createSharedRows, createSimDisk, createSimRng, SimCrash } from '../../sim/shell/index.ts';
import { describeStoreContract } from './store-contract.ts';

/** Kill cycles; each starts a process. `AMPMESH_KILLS=1000` for the long run. */
const killCount = Number(process.env.AMPMESH_KILLS ?? 30);

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ampmesh-store-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

let nextFile = 0;
describeStoreContract('SQLite', () => {
  const file = join(folder, `contract-${nextFile++}.sqlite`);
  let store: Store | undefined;
  return {
    open() {
      const opened = openSqliteStore({ file });
      store = opened;
      return opened;
    },
    // A process cannot be killed from within; what is closed without a word is as near as it gets here.
    crash: () => store?.close(),
    dispose: () => store?.close(),
  };
});

describeStoreContract('sim', () => {
  const disk = createSimDisk();
  return { open: () => disk.open(), crash: () => disk.crash(createSimRng(1)), dispose: () => undefined };
});

describeStoreContract('sim, rows kept in the shared form', () => {
  const disk = createSimDisk({ form: createSharedRows() });
  return { open: () => disk.open(), crash: () => disk.crash(createSimRng(1)), dispose: () => undefined };
});

describe('SqliteStore', () => {
  it(`loses nothing that was acknowledged in ${killCount} kills, and tears no commit`, async () => {
    const file = join(folder, 'killed.sqlite');
    const rng = createSimRng('kills');
    let acknowledged = -1;
    for (let cycle = 0; cycle < killCount; cycle++) {
      acknowledged = await writeUntilKilled(file, acknowledged + 1, 1 + rng.below(40));
      const store = openSqliteStore({ file });
      const left = store.scan('left', '', '', 1e9);
      expect(store.scan('right', '', '', 1e9)).toEqual(left);
      const expected = Array.from({ length: left.length }, (_, number) => String(number).padStart(8, '0'));
      expect(left.map((row) => row.key)).toEqual(expected);
      // One commit may be on disk whose acknowledgement died with the process.
      expect(left.length - 1).toBeGreaterThanOrEqual(acknowledged);
      acknowledged = left.length - 1;
      store.close();
    }
  }, 600_000);

  it('names the process that holds the file', async () => {
    const file = join(folder, 'held.sqlite');
    const { child, lines } = startWriter(file, 0);
    await lines.next();
    expect(() => openSqliteStore({ file })).toThrow(
      expect.objectContaining({ code: 'AMP-1302', facts: { file, pid: child.pid } }),
    );
    await kill(child);
    openSqliteStore({ file }).close();
  });

  it('refuses every commit after the first that the disk refused, and keeps what was acknowledged', async () => {
    const file = join(folder, 'full.sqlite');
    // 200 blocks of 1,024 bytes: the write-ahead log hits the limit after some commits.
    const { child, lines } = startWriter(file, 0, 'ulimit -f 200;');
    let acknowledged = -1;
    let refusal = '';
    for await (const line of lines) {
      if (line.startsWith('refused')) refusal = line;
      else acknowledged = Number(line);
    }
    expect(refusal).toBe('refused AMP-1301');
    expect(acknowledged).toBeGreaterThan(5);
    await kill(child);
    const store = openSqliteStore({ file });
    expect(store.scan('left', '', '', 1e9).length).toBe(acknowledged + 1);
    store.close();
  });

  it('keeps the file and its log from other users', () => {
    const file = join(folder, 'deep', 'er', 'node.sqlite');
    const store = openSqliteStore({ file });
    store.commit([{ bucket: 'b', key: 'k', value: 'v' }]);
    for (const name of [file, `${file}-wal`]) expect(statSync(name).mode & 0o777).toBe(0o600);
    store.close();
  });

  it("refuses a damaged file, a stranger's database and one of a later version", () => {
    const damaged = join(folder, 'damaged.sqlite');
    const store = openSqliteStore({ file: damaged });
    const rows = Array.from({ length: 200 }, (_, i) => ({
      bucket: 'b',
      key: `${i}`,
      value: 'v'.repeat(500),
    }));
    store.commit(rows);
    store.close();
    truncateSync(damaged, 40_960);
    expect(() => openSqliteStore({ file: damaged })).toThrow(/AMP-1303/);

    const text = join(folder, 'text.sqlite');
    writeFileSync(text, 'no database at all, but long enough to be read as one'.repeat(40));
    expect(() => openSqliteStore({ file: text })).toThrow(/AMP-1303/);

    const foreign = join(folder, 'foreign.sqlite');
    const database = new DatabaseSync(foreign);
    database.exec('CREATE TABLE theirs (x)');
    database.close();
    expect(() => openSqliteStore({ file: foreign })).toThrow(/AMP-1303/);

    const later = join(folder, 'later.sqlite');
    openSqliteStore({ file: later }).close();
    const upgraded = new DatabaseSync(later);
    upgraded.exec('PRAGMA user_version = 2');
    upgraded.close();
    expect(() => openSqliteStore({ file: later })).toThrow(/AMP-1303/);
  });

  it('says which path cannot be used', () => {
    writeFileSync(join(folder, 'a-file'), '');
    expect(() => openSqliteStore({ file: join(folder, 'a-file', 'node.sqlite') })).toThrow(
      /AMP-1301.*a-file/,
    );
  });
});

describe('SimDisk', () => {
  const put = (store: Store, key: string) =>
    store.commit([
      { bucket: 'b', key, value: 'x' },
      { bucket: 'b', key: `${key}'`, value: 'x' },
    ]);
  const keys = (store: Store) => store.scan('b', '', '', 99).map((row) => row.key);

  it('drops a torn commit and keeps one that was synced before the crash', () => {
    for (const [fault, kept] of [
      ['crash-before', []],
      ['crash-torn', []],
      ['crash-after', ['two', "two'"]],
    ] as const) {
      const disk = createSimDisk();
      const store = disk.open();
      put(store, 'one');
      disk.injectFault(fault);
      expect(() => put(store, 'two')).toThrow(SimCrash);
      disk.crash(createSimRng(1));
      expect(keys(disk.open())).toEqual(['one', "one'", ...kept]);
    }
  });

  it('refuses for as long as the process lives once it has refused', () => {
    const disk = createSimDisk();
    const store = disk.open();
    disk.injectFault('refuse', 1);
    put(store, 'one');
    expect(() => put(store, 'two')).toThrow(/AMP-1301/);
    expect(() => put(store, 'three')).toThrow(/AMP-1301/);
    disk.crash(createSimRng(1));
    const reopened = disk.open();
    put(reopened, 'four');
    expect(keys(reopened)).toEqual(['four', "four'", 'one', "one'"]);
  });

  it('loses whole commits from the end when it lied about syncing, never more than it may', () => {
    const lostCounts = new Set<number>();
    for (let seed = 0; seed < 40; seed++) {
      const disk = createSimDisk({ unsyncedCommitsMax: 3 });
      const store = disk.open();
      for (const key of ['a', 'b', 'c', 'd', 'e']) put(store, key);
      store.commit([{ bucket: 'b', key: 'a', value: null }]);
      const { lostCommitCount } = disk.crash(createSimRng(seed));
      lostCounts.add(lostCommitCount);
      const names = ['a', 'b', 'c', 'd', 'e'].slice(0, 5 - Math.max(0, lostCommitCount - 1));
      const expected = names.flatMap((name) => [name, `${name}'`]);
      expect(keys(disk.open())).toEqual(lostCommitCount === 0 ? expected.slice(1) : expected);
    }
    expect([...lostCounts].sort()).toEqual([0, 1, 2, 3]);
  });

  it('gives back from the shared form what was put in: names, numbers, any text, any bytes', () => {
    const form = createSharedRows();
    const name = `did:key:z6Mk${'k7'.repeat(22)}`;
    const hex = '0123456789abcdef0123456789abcdef';
    const piece = fc.oneof(
      fc.constantFrom(
        name,
        `{"agent":"${name}","agents":[{"name":`,
        hex,
        hex.slice(1),
        ',"kind":"',
        '"',
        '\n',
      ),
      fc.uuid(),
      fc.uuid().map((uuid) => uuid.toUpperCase()),
      fc.string({ unit: 'binary' }),
      fc.string({ unit: 'binary-ascii' }),
    );
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        const text = pieces.join('').toWellFormed();
        expect(form.read(form.keep(text))).toBe(text);
        expect(form.keepKey(text)).toBe(text);
        const bytes = new TextEncoder().encode(text);
        expect(form.read(form.keep(bytes))).toEqual(bytes);
        expect(form.read(form.keep(bytes))).not.toBe(bytes);
      }),
      { seed: 7, numRuns: 300 },
    );
  });

  it.each([
    ['as it is', undefined],
    ['in the shared form', createSharedRows()],
  ])('does not let a caller change what is stored, %s', (_, form) => {
    const store = createSimDisk(form === undefined ? {} : { form }).open();
    const bytes = Uint8Array.of(1);
    store.commit([{ bucket: 'b', key: 'k', value: bytes }]);
    bytes[0] = 9;
    store.commit([{ bucket: 'b', key: 'other', value: bytes }]);
    expect(store.get('b', 'other')).toEqual(Uint8Array.of(9));
    (store.get('b', 'k') as Uint8Array)[0] = 9;
    expect(store.get('b', 'k')).toEqual(Uint8Array.of(1));
  });
});

function startWriter(
  file: string,
  first: number,
  prelude = '',
): { child: ChildProcess; lines: AsyncIterator<string> & AsyncIterable<string> } {
  const script = join(import.meta.dirname, 'store-writer.ts');
  const command = `${prelude} exec "$0" "$@"`;
  const child = spawn('bash', ['-c', command, process.execPath, script, file, String(first)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]() as AsyncIterator<string> &
    AsyncIterable<string>;
  return { child, lines };
}

/** Kill the writer after so many acknowledgements; the answer is the last number that it acknowledged. */
async function writeUntilKilled(file: string, first: number, count: number): Promise<number> {
  const { child, lines } = startWriter(file, first);
  let acknowledged = first - 1;
  for (let i = 0; i < count; i++) acknowledged = Number((await lines.next()).value);
  child.kill('SIGKILL');
  for await (const line of lines) acknowledged = Number(line);
  await kill(child);
  return acknowledged;
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  child.once('exit', () => resolve());
  child.kill('SIGKILL');
  await promise;
}
