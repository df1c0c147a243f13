import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { JobResult, Space } from '../../client/index.ts';
import { teams } from '../../examples/agents/catalog.ts';
import { experts } from '../../examples/agents/saas/index.ts';
import { readHeard } from '../../examples/agents/wire.ts';
import type { OutputFile } from '../../examples/agents/work/index.ts';
import { leaseMs } from '../../protocol/job/coordination.ts';
import type { JobView } from '../../protocol/job/job-view.ts';
import { coordinate, holderOf } from '../../protocol/job/roles.ts';
import { horrors } from './horrors.ts';
import { startMesh, type TestMesh } from './mesh.ts';
import { runApp } from './run-app.ts';
import { acceptApp } from './saas-acceptance.ts';

const run = promisify(execFile);
const kindOf = (content: unknown): string => String((content as { kind?: string }).kind);

async function filesOf(mesh: TestMesh, result: JobResult, kind: string): Promise<readonly OutputFile[]> {
  const made = result.contributions.findLast((one) => kindOf(one.content) === kind);
  if (made === undefined) throw new Error(`nobody contributed ${kind}`);
  return (await readHeard(made, { read: (file) => mesh.asker.blobs.get(file) }, true)).files;
}

describe('data jobs on three nodes', () => {
  let mesh: TestMesh;
  beforeAll(async () => {
    mesh = await startMesh({ nodes: 3, agents: teams.data, pace: 0 });
  });
  afterAll(() => mesh.stop());

  test('a question about a table ends in one report that many agents made, with a doubt answered', async () => {
    const bytes = new Uint8Array(readFileSync(join(import.meta.dirname, '../../examples/data/sales.csv')));
    const result = await mesh.ask(
      'what stands out in this data?',
      [{ name: 'sales.csv', mediaType: 'text/csv', bytes }],
      { deadlineMs: 25_000 },
    );
    expect(result.end).toBe('complete');
    expect(result.deliverable?.authorName).toBe('report-writer');
    expect(new Set(result.contributions.map((one) => one.author)).size).toBeGreaterThanOrEqual(8);
    expect(result.offers.map((offer) => offer.name)).not.toContain('translator');
    expect(result.view.concerns.every((concern) => !concern.isOpen)).toBe(true);
    expect(result.contributions.find((one) => kindOf(one.content) === 'statistics')?.type).toBe('revise');
    const files = await filesOf(mesh, result, 'report');
    const report = new TextDecoder().decode(files.find((file) => file.name === 'sales-report.md')!.bytes);
    expect(report).toContain('277 in row 702');
    expect(report).toContain('2024-11 stands apart');
    expect(report).toContain('without the flagged rows');
    expect(files.filter((file) => file.name.endsWith('.svg')).length).toBeGreaterThanOrEqual(4);
  }, 40_000);

  test('tables that nobody prepared pass through the mesh as well, six jobs at the same time', async () => {
    const names = [
      'byte order mark and CRLF',
      'semicolons and decimal commas',
      'quoted line breaks, quotes and delimiters',
      'missing values in five spellings',
      'one column',
      'no rows',
    ];
    const results = await Promise.all(
      names.map((name) => {
        const { bytes } = horrors.find((horror) => horror.name === name)!;
        return mesh.ask(
          'what stands out in this data?',
          [{ name: 'any.csv', mediaType: 'text/csv', bytes }],
          {
            deadlineMs: 40_000,
          },
        );
      }),
    );
    results.forEach((result, at) => {
      expect(result.end, names[at]).toBe('complete');
      expect(result.deliverable?.authorName, names[at]).toBe('report-writer');
      expect(new Set(result.contributions.map((one) => one.author)).size, names[at]).toBeGreaterThanOrEqual(
        8,
      );
    });
  }, 60_000);
});

describe('apps on five nodes', () => {
  let mesh: TestMesh;
  beforeAll(async () => {
    mesh = await startMesh({
      nodes: 5,
      agents: teams.saas,
      pace: 0.05,
      patienceMs: 1_000,
    });
  });
  afterAll(() => mesh.stop());

  test('six build an app together that passes the acceptance test; nobody assigned anything', async () => {
    const result = await mesh.ask('Build me a SaaS app for task management', [], { deadlineMs: 25_000 });
    expect(result.end).toBe('complete');
    expect(result.offers.map((offer) => offer.name).sort()).toEqual([
      'architect',
      'backend',
      'database',
      'deployment',
      'frontend',
      'security',
    ]);
    const revised = result.contributions.find((one) => kindOf(one.content) === 'backend')!;
    expect(revised.type).toBe('revise');
    expect(result.view.concerns.some((concern) => concern.closedBy === revised.id)).toBe(true);
    const app = await runApp(await filesOf(mesh, result, 'deployment'));
    try {
      const checks = await acceptApp(app.url, {
        paths: ['tasks', 'projects'],
        page: true,
        restart: () => app.restart(),
      });
      expect(checks.filter((check) => !check.ok)).toEqual([]);
    } finally {
      await app.stop();
    }
  }, 60_000);

  test('a newcomer that joins while they work contributes to the app', async () => {
    let joined: Promise<unknown> | undefined;
    const result = await mesh.ask('Build me a SaaS app for task management', [], {
      deadlineMs: 25_000,
      quietMs: 4_000,
      onSpace: () => {
        joined = mesh.join('api-description', { pace: 0.04 });
      },
    });
    await joined;
    mesh.leave('api-description');
    expect(result.contributions.map((one) => kindOf(one.content))).toContain('api-description');
    expect((await filesOf(mesh, result, 'deployment')).map((file) => file.name)).toContain('openapi.json');
  }, 60_000);

  test('without the frontend the mesh says what is missing, and the API-only app works', async () => {
    mesh.leave('frontend');
    const result = await mesh.ask('Build me a SaaS app for task management', [], { deadlineMs: 25_000 });
    expect(result.end).toBe('incomplete');
    expect(result.unmet.map((one) => one.id)).toEqual(['frontend']);
    const app = await runApp(await filesOf(mesh, result, 'deployment'));
    try {
      const checks = await acceptApp(app.url, { paths: ['tasks'], page: false });
      expect(checks.filter((check) => !check.ok)).toEqual([]);
    } finally {
      await app.stop();
    }
  }, 60_000);

  /** Each of the six and whoever coordinates with AMPMESH_REMOVE=all; else whoever coordinates and one in turn. */
  const removed: readonly string[] =
    process.env.AMPMESH_REMOVE === 'all'
      ? ['coordinator', ...experts.map((expert) => expert.name)]
      : ['coordinator', experts[new Date().getUTCDate() % experts.length]!.name];

  test('whoever is cut off in mid-job, the coordinator included: the deliverable comes, or what is missing is named', async () => {
    for (const who of removed) {
      await mesh.joinMissing(teams.saas);
      const { result, gone, kind, coordinators } = await runWithout(mesh, who);
      const unmet = result.unmet.map((one) => one.id);
      console.log(
        `without ${who}${who === gone ? '' : ` (${gone})`}: ${result.end} in ${(result.durationMs / 1000).toFixed(1)} s, missing ${unmet.join(', ') || 'nothing'}, coordinated by ${coordinators.join(', then ')}`,
      );
      // Named, and soon: nobody waits for the deadline.
      expect(result.end, who).not.toBe('deadline');
      if (result.end === 'complete') expect(unmet).toEqual([]);
      else expect(unmet, who).toContain(kind);
      // Its lease ends by itself, and the next in context takes it.
      if (who === 'coordinator') expect(coordinators.at(-1)).not.toBe(gone);
      if (unmet.includes('deployment') || unmet.includes('database') || unmet.includes('backend')) continue;
      const app = await runApp(await filesOf(mesh, result, 'deployment'));
      const checks = await acceptApp(app.url, { paths: ['tasks'], page: !unmet.includes('frontend') });
      await app.stop();
      const allowed = unmet.includes('security') ? ['password guessing is stopped by a rate limit'] : [];
      expect(
        checks.filter((check) => !check.ok && !allowed.includes(check.name)),
        who,
      ).toEqual([]);
    }
  }, 400_000);

  test("the event log tells each agent's share: several do the work, nobody awards any", async () => {
    const job = finished.at(-1)!;
    const { agentUrl, token } = mesh.nodes[0]!;
    const { stdout } = await run(process.execPath, [
      join(import.meta.dirname, '../../cli/ampmesh.js'),
      ...['events', '--job', job.id, '--shares', '--json', '--node', agentUrl, '--token', token],
    ]);
    const shares = JSON.parse(stdout) as { name: string; messages: number; awards: number; share: number }[];
    console.log(shares.map((one) => `${one.name} ${(one.share * 100).toFixed(0)} %`).join(', '));
    expect(shares.every((one) => one.awards === 0)).toBe(true);
    expect(shares.length).toBeGreaterThanOrEqual(6);
    expect(Math.max(...shares.map((one) => one.share))).toBeLessThan(0.6);
  }, 30_000);
});

/** Jobs that ran, oldest first. */
const finished: JobResult[] = [];

/** Run the job, and cut the connection of one agent while it works: a name, or whoever coordinates. */
async function runWithout(mesh: TestMesh, who: string) {
  let gone = '';
  const watch = (space: Space): void => {
    const stop = space.onChange(() => {
      const view = space.view();
      const name = who === 'coordinator' ? nameOfHolder(mesh, view) : who;
      const kind = experts.find((expert) => expert.name === name)?.kind;
      const isAtWork =
        who === 'coordinator'
          ? name !== undefined && view.contributions.length >= 3
          : view.intentions.some((one) => one.about.includes(kind!));
      if (gone !== '' || !isAtWork) return;
      gone = name!;
      stop();
      mesh.leave(gone);
    });
  };
  const result = await mesh.ask(`Build me a SaaS app for task management`, [], {
    deadlineMs: 50_000,
    isPrivate: true,
    // Longer than the lease of a coordinator that says nothing more.
    ...(who === 'coordinator' ? { quietMs: leaseMs + 1_500 } : {}),
    onSpace: watch,
  });
  finished.push(result);
  const coordinators = result.view.intentions
    .filter((one) => one.about.includes(coordinate))
    .map((one) => result.names.get(one.agent) ?? one.agent);
  return {
    result,
    gone,
    kind: experts.find((expert) => expert.name === gone)?.kind,
    coordinators: coordinators.filter((name, at) => name !== coordinators[at - 1]),
  };
}

function nameOfHolder(mesh: TestMesh, view: JobView): string | undefined {
  const holder = holderOf(view, coordinate, Date.now());
  return experts.map((expert) => expert.name).find((name) => mesh.didOf(name) === holder);
}
