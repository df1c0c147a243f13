/** The record of a team's outcome is checked as any certificate is: with its file alone. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { createEd25519Keys } from '../../node/adapters/ed25519-keys.ts';
import { outcomeDomain } from '../../protocol/coalition/index.ts';
import { signObject } from '../../protocol/signing.ts';

const folder = mkdtempSync(join(tmpdir(), 'ampmesh-outcome-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const bin = join(import.meta.dirname, '../../cli/ampmesh.js');

const rows = new Map<string, unknown>();
const store = {
  get: (bucket: string, key: string) => rows.get(`${bucket}/${key}`),
  scan: () => [],
  commit: (writes: { bucket: string; key: string; value: unknown }[]) => {
    for (const { bucket, key, value } of writes) rows.set(`${bucket}/${key}`, value);
  },
  close: () => undefined,
};
const keys = createEd25519Keys({
  store: store as never,
  rng: { uint32: () => 7, bytes: (count) => crypto.getRandomValues(new Uint8Array(count)) },
});
const asker = keys.create();
const worker = keys.create();
const outcome = signObject(keys, asker, outcomeDomain, {
  record: 'team-outcome',
  mesh: 'lab',
  coalition: '01890a5d-ac96-774b-bcce-b302099a8057',
  asker,
  goal: 'find why the API is slow',
  kind: 'result',
  reason: 'all items accepted',
  members: [worker],
  coordinators: [worker],
  items: [
    {
      task: '01890a5d-ac96-774b-bcce-b302099a8058',
      skill: 'reads database metrics',
      agent: worker,
      fencing: 2,
    },
  ],
  spent: { tokens: 120, moneyMicros: 0, timeMs: 900 },
  startedAt: 1_000,
  at: 3_500,
});

function verify(record: object) {
  const file = join(folder, 'outcome.json');
  writeFileSync(file, JSON.stringify(record));
  const { status, stdout, stderr } = spawnSync(process.execPath, [bin, 'certificate', 'verify', file], {
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

test('a team outcome verifies offline and says who did what, for how much, and on whose word', () => {
  const { status, stdout } = verify(outcome);
  expect(status).toBe(0);
  for (const said of [
    'find why the API is slow',
    'ended with result',
    'reads database metrics',
    '120 tokens',
    asker,
  ])
    expect(stdout).toContain(said);
  const file = join(folder, 'outcome.json');
  const json = execFileSync(process.execPath, [bin, 'certificate', 'verify', file, '--json'], {
    encoding: 'utf8',
  });
  expect(JSON.parse(json)).toMatchObject({ ok: true, type: 'team-outcome', asker, kind: 'result' });
}, 60_000);

test('a changed one, one that another signed, and one of a wrong form are refused with their reason', () => {
  const changed = verify({ ...outcome, kind: 'failure' });
  expect([changed.status, changed.stderr]).toEqual([1, expect.stringContaining('AMP-1101')]);
  expect(verify({ ...outcome, asker: worker }).stderr).toContain('AMP-1101');
  const { goal: _, ...rest } = outcome;
  expect(verify(rest).stderr).toContain('AMP-1005');
}, 60_000);
