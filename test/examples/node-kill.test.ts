/** Real processes: three nodes, nine agents in three processes, and a node killed in the middle of the job. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'vitest';
import { ask, connectAgent, createAgentKey, type JobResult } from '../../client/index.ts';

const root = join(import.meta.dirname, '../..');
const groups = [
  ['csv-profile', 'statistics', 'report-writer'],
  ['outliers', 'charts', 'convert'],
  ['trends', 'groups', 'correlations'],
] as const;

interface NodeProcess {
  readonly child: ChildProcess;
  readonly agentUrl: string;
  readonly tokenFile: string;
  readonly addresses: readonly string[];
}

test.concurrent('the job is done although the node of contributing agents is killed in the middle', async ({
  expect,
}) => {
  const result = await runAndKill(1);
  expect(result.end).toBe('complete');
  expect(result.contributions.length).toBe(9);
}, 90_000);

test.concurrent("the job is done although the asker's own node is killed in the middle, with the file on it", async ({
  expect,
}) => {
  const result = await runAndKill(0);
  expect(result.end).toBe('complete');
  expect(result.deliverable?.authorName).toBe('report-writer');
}, 90_000);

async function runAndKill(victim: number): Promise<JobResult> {
  const folder = mkdtempSync(join(tmpdir(), 'ampmesh-kill-'));
  const children: ChildProcess[] = [];
  try {
    const nodes: NodeProcess[] = [];
    for (let at = 0; at < 3; at += 1)
      nodes.push(
        await startNode(
          folder,
          at,
          nodes.flatMap((node) => node.addresses),
          children,
        ),
      );
    const from = (at: number) =>
      nodes
        .map((_, index) => nodes[(at + index) % nodes.length]!)
        .map(({ agentUrl, tokenFile }) => ({ url: agentUrl, tokenFile }));
    await Promise.all(groups.map((group, at) => startAgents(group, JSON.stringify(from(at)), children)));
    const asker = await connectAgent({
      nodes: from(0).map(({ url, tokenFile }) => ({ url, token: readFileSync(tokenFile, 'utf8').trim() })),
      name: 'asker',
      key: await createAgentKey(),
    });
    try {
      const bytes = new Uint8Array(readFileSync(join(root, 'examples/data/sales.csv')));
      const file = await asker.blobs.put('sales.csv', 'text/csv', bytes);
      return await ask(asker, {
        query: 'what stands out in this data?',
        files: [file],
        deadlineMs: 45_000,
        offerWindowMs: 1_500,
        onSpace: (space) => {
          // In the middle: somebody has begun, nobody is done.
          const ending = space.onChange(() => {
            if (space.view().intentions.length < 3) return;
            ending();
            setTimeout(() => nodes[victim]!.child.kill('SIGKILL'), 400);
          });
        },
      });
    } finally {
      asker.close();
    }
  } finally {
    for (const child of children) child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

function startNode(
  folder: string,
  at: number,
  bootstrap: readonly string[],
  children: ChildProcess[],
): Promise<NodeProcess> {
  const args = [
    'node',
    '--name',
    `n${at}`,
    '--data',
    join(folder, `${at}`),
    '--mesh',
    `kill-${process.pid}`,
    '--port',
    '0',
    '--listen',
    '/ip4/127.0.0.1/tcp/0',
  ];
  const child = spawn(
    process.execPath,
    [
      join(root, 'cli/ampmesh.js'),
      ...args,
      ...(bootstrap.length === 0 ? [] : ['--bootstrap', bootstrap.join(',')]),
    ],
    {
      env: { PATH: process.env.PATH, HOME: folder, AMPMESH_HOME: join(folder, 'home') },
    },
  );
  children.push(child);
  return new Promise((resolve, reject) => {
    let out = '';
    const read = (chunk: Buffer): void => {
      out += chunk.toString();
      const line = out.split('\n').find((each) => each.includes('"msg":"ready"') && each.endsWith('}'));
      if (line !== undefined) resolve({ child, ...(JSON.parse(line) as Omit<NodeProcess, 'child'>) });
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.once('exit', (code) => reject(new Error(`the node ended with ${code}: ${out}`)));
  });
}

function startAgents(names: readonly string[], nodes: string, children: ChildProcess[]): Promise<void> {
  const child = spawn(process.execPath, [join(root, 'examples/agents/many.ts'), ...names, '--quiet'], {
    env: { PATH: process.env.PATH, AMPMESH_NODES: nodes, AMPMESH_WORK_MS: '900' },
  });
  children.push(child);
  return new Promise((resolve, reject) => {
    let out = '';
    child.stdout.on('data', (chunk: Buffer) => {
      out += chunk.toString();
      if (out.trim().split('\n').length >= names.length) resolve();
    });
    child.once('exit', (code) => reject(new Error(`the agents ended with ${code}`)));
  });
}
