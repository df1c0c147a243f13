import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { connectAgent, connectSpace, createAgentKey } from '../../client/index.ts';
import { catalog, teams } from '../../examples/agents/catalog.ts';
import type { Did } from '../../protocol/brand.ts';
import { startMesh, type TestMesh } from './mesh.ts';

const folder = join(import.meta.dirname, '../../examples/agents');
let mesh: TestMesh;
beforeAll(async () => {
  mesh = await startMesh({ nodes: 1, agents: [] });
});
afterAll(() => mesh.stop());

interface Program {
  readonly child: ChildProcess;
  /** The first line it printed. */
  readonly told: { agent: string; did: string };
}

function startProgram(args: readonly string[], env: Record<string, string> = {}): Promise<Program> {
  const child = spawn(process.execPath, args, { cwd: folder, env: { PATH: process.env.PATH, ...env } });
  return new Promise((resolve, reject) => {
    let errors = '';
    child.stderr.on('data', (chunk: Buffer) => {
      errors += chunk.toString();
    });
    child.stdout.once('data', (chunk: Buffer) =>
      resolve({ child, told: JSON.parse(chunk.toString().split('\n')[0]!) as Program['told'] }),
    );
    child.once('exit', (code) => reject(new Error(`ended with ${code}: ${errors}`)));
  });
}

function end(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve) => {
    child.once('exit', (code) => resolve(code));
    child.kill('SIGTERM');
  });
}

test('every agent of the catalogue is a small program of its own, named after it', () => {
  const programs = readdirSync(folder).filter(
    (name) => name.endsWith('.ts') && /runAgents\(\w+\);\n$/.test(readFileSync(join(folder, name), 'utf8')),
  );
  expect(programs.map((name) => name.replace(/\.ts$/, '')).sort()).toEqual([...catalog.keys()].sort());
  for (const name of Object.values(teams).flat()) expect(catalog.has(name), name).toBe(true);
  expect(teams.saas.length).toBe(15);
  expect(teams.data.length).toBe(15);
});

test('programs started by hand do the job, and end cleanly when told to', async () => {
  const [node] = mesh.addresses;
  const tokenFile = join(mesh.folder, 'token');
  writeFileSync(tokenFile, `${node!.token}\n`, { mode: 0o600 });
  const programs = await Promise.all([
    startProgram(['statistics.ts', '--node', node!.url, '--token-file', tokenFile, '--name', 'the counter']),
    startProgram(['many.ts', 'outliers', 'report-writer'], { AMPMESH_NODES: JSON.stringify([node]) }),
  ]);
  try {
    expect(programs.map((program) => program.told.agent)).toEqual(['the counter', 'outliers']);
    const bytes = new TextEncoder().encode(
      `n,m\n${Array.from({ length: 40 }, (_, i) => `${i === 7 ? 5000 : i},${i % 3}`).join('\n')}\n`,
    );
    const result = await mesh.ask(
      'what stands out in this data?',
      [{ name: 'any.csv', mediaType: 'text/csv', bytes }],
      { deadlineMs: 20_000 },
    );
    expect(result.end).toBe('complete');
    expect(result.contributions.map((one) => one.authorName).sort()).toEqual([
      'outliers',
      'report-writer',
      'the counter',
    ]);
  } finally {
    expect(await Promise.all(programs.map(({ child }) => end(child)))).toEqual([0, 0]);
  }
}, 60_000);

test('a program without a node, or with an unknown agent, says what to do', async () => {
  await expect(startProgram(['statistics.ts'])).rejects.toThrow(/AMP-1502|No node is named/);
  await expect(startProgram(['many.ts', 'nobody'])).rejects.toThrow(/No agent is called nobody/);
});

test('the watcher is a program: invited into a group it joins, watches, and ends cleanly', async () => {
  const watcher = await startProgram(['watch.ts'], { AMPMESH_NODES: JSON.stringify(mesh.addresses) });
  const [node] = mesh.addresses;
  const asker = await connectAgent({ nodes: [node!], name: 'asker', key: await createAgentKey() });
  const room = await connectSpace(asker, [watcher.told.did as Did], { goal: 'be watched', acceptMs: 10_000 });
  expect(room.accepted).toEqual([watcher.told.did]);
  asker.close();
  expect(await end(watcher.child)).toBe(0);
}, 60_000);
