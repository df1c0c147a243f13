/** Real processes on this machine, killed in the middle of a job. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type DemoMesh, startDemoMesh } from '../../cli/demo/demo-mesh.ts';
import { runAsk } from '../../cli/run-ask.ts';

const sales = fileURLToPath(new URL('../../examples/data/sales.csv', import.meta.url));
const team = [
  'csv-profile',
  'statistics',
  'outliers',
  'trends',
  'groups',
  'correlations',
  'charts',
  'report-writer',
];
const folder = mkdtempSync(join(tmpdir(), 'ampmesh-kill-'));
let mesh: DemoMesh;

beforeAll(async () => {
  mesh = await startDemoMesh({ folder, nodeCount: 5, mesh: `kill-${process.pid}`, pace: 0 });
  await mesh.startAgents(team);
}, 120_000);

afterAll(async () => {
  await mesh?.stop();
  rmSync(folder, { recursive: true, force: true });
}, 30_000);

/** Run the data job through `nodes`; once the first contribution shows, kill `victim`. */
async function runAndKill(nodes: DemoMesh['nodes'], victim: DemoMesh['nodes'][number], out: string) {
  const lines: string[] = [];
  let isKilled = false;
  const outcome = await runAsk({
    intent: 'What stands out in this data? Write a report with charts.',
    attach: [sales],
    out,
    deadlineMs: 60_000,
    nodes,
    isColoured: false,
    write(line) {
      lines.push(line);
      if (isKilled || !line.includes(' proposes ')) return;
      isKilled = true;
      victim.process.kill('SIGKILL');
    },
  });
  expect(isKilled).toBe(true);
  expect(outcome.result.end, lines.join('\n')).toBe('complete');
  return { ...outcome, lines };
}

function expectReport(
  out: string,
  result: { end: string; contributions: readonly { authorName: string | undefined }[] },
): void {
  expect(result.end).toBe('complete');
  expect(new Set(result.contributions.map((one) => one.authorName)).size).toBeGreaterThanOrEqual(team.length);
  expect(existsSync(join(out, 'sales-report.md'))).toBe(true);
  expect(readFileSync(join(out, 'sales-report.md'), 'utf8')).toContain('revenue');
}

test('kill -9 of a node that hosts contributing agents: the job completes and the timeline says what happened', async () => {
  const home = mesh.agents.find((agent) => agent.name === 'outliers')!.home;
  const victim = mesh.nodes.find((node) => node.name === home)!;
  const out = join(folder, 'out-1');
  const { result, lines } = await runAndKill(
    mesh.nodes.filter((node) => node !== victim).concat(victim),
    victim,
    out,
  );
  expectReport(out, result);
  expect(
    lines.some((line) => line.includes(home) && line.includes('does not answer any more')),
    lines.join('\n'),
  ).toBe(true);
}, 90_000);

test("kill -9 of the asker's own node: the asker goes to another one and the job completes", async () => {
  const alive = mesh.nodes.filter(
    (node) => node.process.exitCode === null && node.process.signalCode === null,
  );
  const [victim] = alive;
  const out = join(folder, 'out-2');
  const { result, lines } = await runAndKill(alive, victim!, out);
  expectReport(out, result);
  expect(lines.some((line) => line.includes('asker') && line.includes('lost its node'))).toBe(true);
  expect(lines.some((line) => line.includes('asker') && line.includes('attached to a node again'))).toBe(
    true,
  );
}, 90_000);
