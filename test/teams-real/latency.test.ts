/** Five real nodes, five agents, one of them a liar with a lying node: the incident job, twice, with kills. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type LatencyJob, type LatencyReport, startLatencyJob } from '../../cli/demo/latency-job.ts';

const bin = fileURLToPath(new URL('../../cli/ampmesh.js', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'ampmesh-latency-'));
let job: LatencyJob;

beforeAll(async () => {
  job = await startLatencyJob({ folder, say: (line) => process.env.TEAMS_SAY && console.log(line) });
}, 60_000);
afterAll(async () => {
  await job?.stop();
  rmSync(folder, { recursive: true, force: true });
}, 20_000);

function verify(report: LatencyReport): Record<string, unknown> {
  const file = join(folder, 'certificate.json');
  writeFileSync(file, JSON.stringify(report.certificate));
  const out = execFileSync(process.execPath, [bin, 'certificate', 'verify', file, '--json'], {
    encoding: 'utf8',
  });
  return JSON.parse(out) as Record<string, unknown>;
}

const stage = (report: LatencyReport, name: string) => report.facts.filter((fact) => fact.stage === name);

/** The worker died at its work, and the next best bidder did it under a higher fencing number. */
function expectReAward(report: LatencyReport): void {
  expect(stage(report, 'awarded')).toMatchObject([
    { to: 'cache', fencing: 1 },
    { to: 'database', fencing: 2 },
  ]);
  expect(stage(report, 'fault')).toMatchObject([{ about: 'cache', fault: 'went-silent' }]);
  expect(stage(report, 'repaired')).toMatchObject([{ by: 'database', fencing: 2, isRepaired: true }]);
  expect(report.facts.at(-1)?.stage).toBe('dissolved');
}

describe('API latency increased tenfold', () => {
  test('the right three team up, four honest of five agree on the cause, the worker dies and its work is done', async () => {
    const report = await job.runDecided();
    expect(stage(report, 'teamed')).toMatchObject([
      { team: ['cache', 'database', 'monitoring'], found: 'cache ttl too short' },
    ]);
    expect(stage(report, 'decided')).toMatchObject([{ outcome: 'cache ttl too short' }]);
    expect(verify(report)).toMatchObject({
      ok: true,
      type: 'decision',
      label: 'byzantine',
      memberCount: 5,
      faultMax: 1,
      outcome: { type: 'decided', option: 'cache ttl too short' },
    });
    expectReAward(report);
  }, 60_000);

  test('with a voter killed during the ballot it ends in a signed `undecided`, and a person decides', async () => {
    const report = await job.runUndecided('cache ttl too short');
    expect(stage(report, 'decided')).toMatchObject([{ outcome: 'undecided' }]);
    expect(verify(report)).toMatchObject({ ok: true, type: 'undecided', memberCount: 5, faultMax: 1 });
    expect(['witnessed', 'conclusive']).toContain(verify(report).level);
    expect(stage(report, 'approved')).toMatchObject([{ verdict: 'approve', option: 'cache ttl too short' }]);
    expectReAward(report);
  }, 60_000);

  test('a changed certificate is refused with its reason and exit code 1', () => {
    const file = join(folder, 'changed.json');
    const good = readFileSync(join(folder, 'certificate.json'), 'utf8');
    writeFileSync(file, good.replace(/"round":\d+/, '"round":77'));
    const { status, stderr } = spawnSync(process.execPath, [bin, 'certificate', 'verify', file], {
      encoding: 'utf8',
    });
    expect(stderr).toMatch(/^ampmesh: AMP-1(101|852)/);
    expect(status).toBe(1);
  });
});
