import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { readProjectVersion } from '../../sim/scenario/code-version.ts';

const command = resolve(import.meta.dirname, '../../cli/ampmesh.js');
const folder = mkdtempSync(join(tmpdir(), 'ampmesh-sim-'));

function sim(...args: readonly string[]) {
  return spawnSync(process.execPath, [command, 'sim', ...args], { cwd: folder, encoding: 'utf8' });
}

test('a swarm written by `sim new` is well formed, runs, and its behaviour is under 40 lines', {
  timeout: 60_000,
}, () => {
  expect(sim('new', 'rumour').status).toBe(0);
  for (const file of ['rumour.yaml', 'rumour.ts']) {
    const lines = readFileSync(join(folder, file), 'utf8').trimEnd().split('\n');
    expect(lines.length).toBeLessThan(40);
    // Line by line: what stands alone is explained above or beside it.
    const bare = lines.filter((line, at) => {
      const isWords = /^\s*(#|\/\/)/.test(line) || line.trim() === '' || /^[\s{}();,]*$/.test(line);
      const isOpening =
        /^name:|^\s*(return \{|on\(|function spread|- \{)/.test(line) || / start\(/.test(lines[at - 1] ?? '');
      return !isWords && !isOpening && !/^\s*(#|\/\/)/.test(lines[at - 1] ?? '');
    });
    expect(bare).toEqual([]);
  }
  const run = sim('run', 'rumour.yaml', '--seeds', '1', '-j', '1', '--json');
  expect(run.status).toBe(0);
  const summary = JSON.parse(run.stdout) as { points: { metrics: { score: { mean: number } } }[] };
  expect(summary.points[0]!.metrics.score.mean).toBeGreaterThan(1);
});

test('a run that was finished is not run again, until its behaviour is another', { timeout: 60_000 }, () => {
  const again = () => {
    const { status, stdout, stderr } = sim(
      'run',
      'gossips.yaml',
      '--set',
      'peers=4',
      '--seeds',
      '1',
      '-j',
      '1',
      '--json',
    );
    expect(status, stderr).toBe(0);
    const summary = JSON.parse(stdout) as { points: { metrics: { score: { mean: number } } }[] };
    return { score: summary.points[0]!.metrics.score.mean, isOther: stderr.includes('has changed since') };
  };
  sim('new', 'gossips');
  const kept = readFileSync(join(folder, 'gossips.ts'), 'utf8');
  again();
  expect(again()).toEqual({ score: 4, isOther: false });
  const manifest = JSON.parse(readFileSync(join(folder, 'sim-out/gossips/manifest.json'), 'utf8')) as object;
  expect(manifest).toMatchObject({
    version: readProjectVersion(),
    code: expect.stringMatching(/^[0-9a-f]{16}$/),
    wallMs: expect.any(Number),
    machine: expect.anything(),
  });
  writeFileSync(join(folder, 'gossips.ts'), kept.replace("context.count('score');", ''));
  expect(again()).toEqual({ score: 0, isOther: true });
  expect(again()).toEqual({ score: 0, isOther: false });
  // What other code made can be reported, and not be mixed with it.
  expect(sim('report', 'sim-out/gossips').status).toBe(0);
  cpSync(join(folder, 'sim-out/gossips'), join(folder, 'other'), { recursive: true });
  const path = join(folder, 'other/experiment.json');
  writeFileSync(path, readFileSync(path, 'utf8').replace(/"code": "[^"]*"/, '"code": "elsewhere"'));
  const merged = sim('merge', 'sim-out/gossips', 'other', '--out', 'mixed');
  expect(merged.status).toBe(1);
  expect(merged.stderr).toContain('other was made by other code than sim-out/gossips');
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
