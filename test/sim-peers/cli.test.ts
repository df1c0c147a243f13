import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';

const command = resolve(import.meta.dirname, '../../cli/ampmesh.js');
const folder = mkdtempSync(join(tmpdir(), 'ampmesh-sim-'));

function sim(...args: readonly string[]) {
  return spawnSync(process.execPath, [command, 'sim', ...args], { cwd: folder, encoding: 'utf8' });
}

test('a swarm written by `sim new` is well formed, runs, and its behaviour is under 40 lines', {
  timeout: 60_000,
}, () => {
  expect(sim('new', 'rumour').status).toBe(0);
  expect(readFileSync(join(folder, 'rumour.ts'), 'utf8').split('\n').length).toBeLessThan(40);
  const run = sim('run', 'rumour.yaml', '--seeds', '1', '-j', '1', '--json');
  expect(run.status).toBe(0);
  const summary = JSON.parse(run.stdout) as { points: { metrics: { score: { mean: number } } }[] };
  expect(summary.points[0]!.metrics.score.mean).toBeGreaterThan(1);
});

test('a failed threshold exits with 99 and prints the command that replays the seed', {
  timeout: 60_000,
}, () => {
  const strict = `name: strict
question: Does agreement bear too many liars?
model: agreement
members: 4
byzantineShare: 0.5
splitDelays: 60
patienceDelays: 100
seeds: 1
metrics: [safety]
thresholds: [{ metric: safety, atLeast: 1 }]
`;
  writeFileSync(join(folder, 'strict.yaml'), strict);
  const run = sim('run', 'strict.yaml', '-j', '1');
  expect(run.status).toBe(99);
  expect(run.stderr).toContain('ampmesh sim replay strict.yaml --seed 1');
});
