/** An agent in another language: the README's script, as it stands there, takes part in a job of a real node. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type NodeProcess, spawnNode } from '../../cli/bench/spawn-node.ts';
import { type Agent, connectAgent, createAgentKey, requestTask } from '../../client/index.ts';
import type { Did } from '../../protocol/brand.ts';

const python = '/usr/bin/python3';
const script = new URL('../../examples/python/agent.py', import.meta.url).pathname;
const readme = new URL('../../README.md', import.meta.url).pathname;
const source = readFileSync(script, 'utf8').trim();
const missing = findMissing();
if (missing !== undefined) process.stdout.write(`SKIPPED python client: ${missing}\n`);

function findMissing(): string | undefined {
  if (!existsSync(python)) return `there is no ${python}`;
  try {
    execFileSync(python, ['-c', 'import websockets'], { stdio: 'ignore' });
    return undefined;
  } catch {
    return 'install the package python3-websockets';
  }
}

describe.skipIf(missing !== undefined)('a plain Python client', () => {
  let folder: string;
  let node: NodeProcess;
  let agent: ChildProcess;
  let asker: Agent;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'ampmesh-python-'));
    node = await spawnNode({ name: 'node', data: folder, mesh: `python-test-${process.pid}` });
    agent = spawn(python, [script, node.agentUrl, node.token], { stdio: 'inherit' });
    const nodes = [{ url: node.agentUrl, token: node.token }];
    asker = await connectAgent({ nodes, name: 'asker', key: await createAgentKey() });
  });

  afterAll(async () => {
    agent.kill();
    asker.close();
    await node.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('joins, offers what it can do, is given the task, and answers with the result', async () => {
    const offer = Promise.withResolvers<{ from: string; confidence: number; offer?: unknown }>();
    asker.on('message', (message) => {
      if (message.type === 'capability_match') offer.resolve(message);
    });
    await joined(asker, 'python-counter');
    await asker.broadcast('Who counts the words of my text?');
    const { from, confidence, offer: said } = await offer.promise;
    expect([confidence, said]).toEqual([0.8, 'I count the words']);
    const { content } = await requestTask(asker, from as Did, 'one two three four', { deadlineMs: 10_000 });
    expect(content).toEqual({ words: 4 });
  });
});

describe('the script in the README', () => {
  it('has at most 20 lines', () => {
    expect(source.split('\n').length).toBeLessThanOrEqual(20);
  });

  const text = existsSync(readme) ? readFileSync(readme, 'utf8') : '';
  const [, shown = ''] = text.split(/<!-{2} \/?python -{2}>/);
  it('is the one that this test runs', () => {
    expect(shown).toContain(source);
  });
});

/** Until the node lists an agent of this name as attached. */
async function joined(agent: Agent, name: string): Promise<void> {
  for (;;) {
    const { items } = await agent.query('agents');
    if ((items as { name: string; isOnline: boolean }[]).some((one) => one.name === name && one.isOnline))
      return;
  }
}
