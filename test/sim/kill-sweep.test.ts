/** A sweep killed in the middle by SIGKILL, gone on with, split over three folders and merged: the same summary. */
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, watch } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';

const command = fileURLToPath(new URL('../../cli/ampmesh.js', import.meta.url));
const sweep = ['sim', 'sweep', 'agreement-byzantine', '--seeds', '1..6', '-j', '1'];
const grid = ['--set', 'members=10', '--set', 'byzantineShare=0,0.2,0.3,0.4'];
const folder = mkdtempSync(join(tmpdir(), 'ampmesh-kill-'));
afterAll(() => rmSync(folder, { recursive: true }));

function run(args: readonly string[]): void {
  const done = spawnSync(process.execPath, [command, ...args], { encoding: 'utf8' });
  expect(done.status, done.stderr).toBe(0);
}

const runsIn = (out: string): readonly string[] =>
  readdirSync(join(out, 'runs')).filter((name) => name.endsWith('.json'));

/** Kill it as soon as a few runs are on disk; how many there were then. */
async function killInTheMiddle(out: string): Promise<number> {
  const runs = join(out, 'runs');
  // The folder is there first, so that its first file can be seen.
  spawnSync('mkdir', ['-p', runs]);
  const child = spawn(process.execPath, [command, ...sweep, ...grid, '--out', out], { stdio: 'ignore' });
  const seen = watch(runs, () => {
    if (runsIn(out).length >= 3) child.kill('SIGKILL');
  });
  const signal = await new Promise((resolve) => child.once('exit', (_code, by) => resolve(by)));
  seen.close();
  expect(signal).toBe('SIGKILL');
  return runsIn(out).length;
}

test('killed, resumed, sharded in three and merged: the same summary bytes as undisturbed', {
  timeout: 120_000,
}, async () => {
  const [whole, killed, all] = ['whole', 'killed', 'all'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  run([...sweep, ...grid, '--out', whole]);
  const summary = readFileSync(join(whole, 'summary.json'), 'utf8');
  const finished = await killInTheMiddle(killed);
  expect(finished).toBeGreaterThanOrEqual(3);
  expect(finished).toBeLessThan(runsIn(whole).length);
  run([...sweep, ...grid, '--out', killed]);
  expect(readFileSync(join(killed, 'summary.json'), 'utf8')).toBe(summary);
  const shards = [1, 2, 3].map((i) => join(folder, `shard-${i}`));
  shards.forEach((shard, i) => {
    run([...sweep, ...grid, '--shard', `${i + 1}/3`, '--out', shard]);
  });
  run(['sim', 'merge', ...shards, '--out', all]);
  expect(readFileSync(join(all, 'summary.json'), 'utf8')).toBe(summary);
  expect(readFileSync(join(all, 'report.html'), 'utf8')).toBe(
    readFileSync(join(whole, 'report.html'), 'utf8'),
  );
  // Every run left what happened in it.
  expect(readdirSync(join(all, 'runs')).filter((name) => name.endsWith('.events.jsonl'))).toHaveLength(24);
});
