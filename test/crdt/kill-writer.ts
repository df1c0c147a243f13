/**
 * The process that `kill.test.ts` kills: a writer over SQLite that prints a line for each claim once it is
 * durable. Arguments: database file, claims until it ends by itself.
 */
import { randomBytes } from 'node:crypto';
import { writeSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { createReplica, type ReplicaEffect, type ReplicaInput } from '../../crdt/index.ts';
import { toHex } from '../../protocol/bytes.ts';
import type { StoredRow } from '../../protocol/ports.ts';
import { didOf, everyoneMayWrite, hash, members, mesh, signFrame, space } from './harness.ts';

const [, , file, claimCount] = process.argv;
const author = didOf('killed');
const database = new DatabaseSync(file!);
database.exec('PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;');
database.exec(
  'CREATE TABLE IF NOT EXISTS rows (bucket TEXT, key TEXT, value BLOB, PRIMARY KEY (bucket, key)) WITHOUT ROWID',
);
const put = database.prepare('INSERT OR REPLACE INTO rows VALUES (?, ?, ?)');
const remove = database.prepare('DELETE FROM rows WHERE bucket = ? AND key = ?');
const scan = database.prepare(
  'SELECT key, value FROM rows WHERE bucket = ? AND key >= ? AND key < ? ORDER BY key LIMIT ?',
);

const replica = createReplica({ hash, membership: everyoneMayWrite }, { mesh, space });
const clock = { atMs: 1_000_000 };

/** As the runtime does: what must be durable is committed before anything later leaves. */
function give(input: Record<string, unknown>): void {
  clock.atMs += 1;
  const questions: ReplicaEffect[] = [];
  let isOpen = false;
  const commit = () => {
    if (isOpen) database.exec('COMMIT');
    isOpen = false;
  };
  for (const effect of replica.step({ ...input, atMs: clock.atMs } as unknown as ReplicaInput)) {
    if (effect.type === 'persist') {
      if (!isOpen) database.exec('BEGIN');
      isOpen = true;
      if (effect.value === null) remove.run(effect.bucket, effect.key);
      else put.run(effect.bucket, effect.key, effect.value);
      continue;
    }
    commit();
    if (effect.type === 'publish-frame') {
      const { epoch, seq, hash: name } = effect.frame;
      writeSync(1, `published ${epoch} ${seq} ${toHex(name)}\n`);
    } else if (effect.type === 'edited') writeSync(1, `acknowledged ${effect.request}\n`);
    else if (effect.type === 'edit-refused') writeSync(1, `refused ${effect.reason}\n`);
    else questions.push(effect);
  }
  commit();
  for (const effect of questions) answer(effect);
}

function answer(effect: ReplicaEffect): void {
  if (effect.type === 'load') {
    const rows = scan.all(
      effect.bucket,
      effect.fromKey,
      effect.toKey,
      effect.limit,
    ) as unknown as StoredRow[];
    give({ type: 'loaded', request: effect.request, rows });
  } else if (effect.type === 'sign-frame') {
    give({ type: 'frame-signed', request: effect.request, frame: signFrame(effect.content) });
  }
}

give({ type: 'start' });
give({ type: 'open-writer', author, freshEpoch: toHex(randomBytes(16)) });
for (let i = 0; i < Number(claimCount); i++) {
  const key = `claim-${process.pid}-${i}`;
  give({
    type: 'local-edit',
    author,
    request: key,
    members,
    edits: [{ key, value: { text: `claim ${i}` } }],
  });
}
give({ type: 'close-writer', author });
