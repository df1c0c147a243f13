/**
 * Sudden ends. A real writer process over SQLite is killed again and again; a simulated disk loses and tears
 * what was not synced, since `kill -9` keeps the page cache. No acknowledged claim is lost, no seq is used twice.
 *
 * AMPMESH_KILLS=10000 runs the long one.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { StoredRow, StoreValue } from '../../protocol/ports.ts';
import { Draw, didOf, MemoryRows, settle, TestNode } from './harness.ts';

const killCount = Number(process.env.AMPMESH_KILLS ?? 200);
/** Kills of one writer over one file; then another begins. A writer reads all it wrote before at each start. */
const killsPerFile = 50;
/** Writers at a time: they wait for the disk most of the time. */
const writersAtOnce = 2;
const seedFrom = Number(process.env.AMPMESH_SEED_FROM ?? 0);
const folder = mkdtempSync(join(tmpdir(), 'ampmesh-kill-'));
const script = join(folder, 'kill-writer.mjs');
const author = didOf('killed');

beforeAll(async () => {
  // One file starts in a third of the time that the source tree takes.
  await build({
    entryPoints: [join(import.meta.dirname, 'kill-writer.ts')],
    bundle: true,
    platform: 'node',
    format: 'esm',
    outfile: script,
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
    logLevel: 'error',
  });
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** Run the writer and kill it once it has printed `lineCount` lines. Answers with all it printed. */
function runAndKill(file: string, lineCount: number): Promise<string[]> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [script, file, '1000000'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let text = '';
    child.stdout.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      if (text.split('\n').length > lineCount) child.kill('SIGKILL');
    });
    child.on('error', reject);
    child.on('exit', (_, signal) => {
      if (signal === 'SIGKILL') resolve(text.split('\n').slice(0, -1));
      else reject(new Error(`the writer ended by itself:\n${text.slice(-500)}`));
    });
  });
}

describe('kill -9', () => {
  test(`${killCount} kills of a writer process: no acknowledged claim is lost, no seq is used twice`, {
    timeout: 36_000_000,
  }, async () => {
    const shares = Array.from({ length: Math.ceil(killCount / killsPerFile) }, (_, i) =>
      Math.min(killsPerFile, killCount - i * killsPerFile),
    );
    let done = 0;
    const work = async () => {
      for (let i = shares.length; shares.length > 0; i = shares.length) {
        const kills = shares.pop()!;
        const killed = await killAgainAndAgain(
          join(folder, `node-${i}.sqlite`),
          kills,
          new Draw(5 + i + 1_000 * seedFrom),
        );
        done += killed;
        if (killCount > 200) console.log(`${done} of ${killCount} kills`);
      }
    };
    await Promise.all(Array.from({ length: writersAtOnce }, work));
    expect(done).toBe(killCount);
  });
});

/** Answers with how often the writer was killed. */
async function killAgainAndAgain(file: string, kills: number, draw: Draw): Promise<number> {
  const published = new Map<string, string>();
  const acknowledged = new Set<string>();
  for (let i = 0; i < kills; i++) {
    for (const line of await runAndKill(file, 1 + draw.int(30))) {
      const [word, first, seq, name] = line.split(' ');
      expect(word).not.toBe('refused');
      if (word === 'acknowledged') acknowledged.add(first!);
      if (word !== 'published') continue;
      const place = `${first}/${seq}`;
      expect(published.get(place) ?? name, `${place} names two frames`).toBe(name);
      published.set(place, name!);
    }
  }
  expect(acknowledged.size).toBeGreaterThan(kills);
  const node = new TestNode('n', { rows: readDatabase(file) });
  const held = new Set([...node.replica.entries()].map((entry) => entry.key));
  expect([...acknowledged].filter((key) => !held.has(key))).toEqual([]);
  const places = new Set(
    node.replica
      .heads()
      .flatMap((head) => Array.from({ length: head.seq + 1 }, (_, seq) => `${head.epoch}/${seq}`)),
  );
  expect([...published.keys()].filter((place) => !places.has(place))).toEqual([]);
  rmSync(file);
  return kills;
}

function readDatabase(file: string): MemoryRows {
  const rows = new MemoryRows();
  const database = new DatabaseSync(file);
  for (const row of database.prepare('SELECT bucket, key, value FROM rows').all() as unknown as (StoredRow & {
    bucket: string;
  })[]) {
    rows.write(row.bucket, row.key, row.value);
  }
  database.close();
  return rows;
}

/** A disk that keeps what was synced and, at a power cut, loses or tears any of the rest. */
class CuttableRows extends MemoryRows {
  private unsynced: { bucket: string; key: string; before: StoreValue | undefined }[] = [];

  override write(bucket: string, key: string, value: StoreValue | null): undefined {
    this.unsynced.push({ bucket, key, before: this.buckets.get(bucket)?.get(key) });
    super.write(bucket, key, value);
  }

  sync(): void {
    this.unsynced = [];
  }

  /** Undo a random part of what was not synced, newest first; tear one row. */
  cut(draw: Draw): void {
    for (const { bucket, key, before } of this.unsynced.reverse()) {
      const now = this.buckets.get(bucket)?.get(key);
      if (draw.chance(0.6)) super.write(bucket, key, before ?? null);
      else if (draw.chance(0.3) && now instanceof Uint8Array)
        super.write(bucket, key, now.slice(0, draw.int(now.length)));
    }
    this.unsynced = [];
  }
}

describe('power cuts on a simulated disk', () => {
  test('lost and torn unsynced rows: no acknowledged claim is lost, no published seq is used twice', () => {
    for (let seed = 0; seed < 40; seed++) {
      const draw = new Draw(seed);
      const rows = new CuttableRows();
      const published = new Map<string, string>();
      const acknowledged: string[] = [];
      for (let life = 0; life < 8; life++) {
        const node = new TestNode('n', { rows, nowMs: 1_000_000 + life * 1_000 });
        node.give({ type: 'open-writer', author, freshEpoch: draw.hex(32) });
        const count = 1 + draw.int(12);
        for (let i = 0; i < count; i++) {
          const key = `claim-${life}-${i}`;
          node.edit(author, [{ key, value: i }], key);
          // The last edits may be cut before the sync: then nothing of them has left the node.
          if (i < count - 2 || draw.chance(0.5)) rows.sync();
          else break;
          acknowledged.push(key);
          for (const { effect } of node.outbox.splice(0)) {
            if (effect.type !== 'publish-frame') continue;
            const place = `${effect.frame.epoch}/${effect.frame.seq}`;
            const name = Buffer.from(effect.frame.hash).toString('hex');
            expect(published.get(place) ?? name).toBe(name);
            published.set(place, name);
          }
        }
        rows.cut(draw);
      }
      const last = new TestNode('n', { rows });
      for (const key of acknowledged)
        expect(last.replica.find(author, key), `seed ${seed} ${key}`).toBeDefined();
    }
  });

  test('a disk that lies about sync: what was published comes back from peers, and no seq is used twice', () => {
    for (let seed = 0; seed < 40; seed++) {
      const draw = new Draw(1_000 + seed);
      const rows = new MemoryRows();
      let node = new TestNode('n', { rows });
      const peer = new TestNode('peer', { nowMs: 1_100_000 });
      const written: string[] = [];
      for (let life = 0; life < 6; life++) {
        node.give({ type: 'open-writer', author, freshEpoch: draw.hex(32) });
        for (let i = draw.int(8); i >= 0; i--) {
          const key = `claim-${life}-${i}`;
          written.push(key);
          for (const effect of node.edit(author, [{ key, value: i }])) {
            if (effect.type === 'publish-frame') peer.take(node, { effect });
          }
        }
        const frames = rows.buckets.get('frame')!;
        for (const key of [...frames.keys()]) if (draw.chance(0.2)) frames.delete(key);
        node = new TestNode('n', { rows, nowMs: 1_000_000 + life * 1_000 + 1_000 });
      }
      peer.nowMs = node.nowMs;
      peer.outbox.length = 0;
      settle([node, peer], 4);
      expect(node.replica.proofs()).toEqual([]);
      expect(node.replica.viewText()).toBe(peer.replica.viewText());
      for (const key of written) expect(node.replica.find(author, key)).toBeDefined();
    }
  });
});
