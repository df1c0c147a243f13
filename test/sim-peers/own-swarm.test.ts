/** The file that `ampmesh sim new` writes, simulated and then run as it is on real nodes. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { describeHeard, describeSaid } from '../../cli/commands/agent.ts';
import { writeNewSwarm } from '../../cli/sim/new-swarm.ts';
import { defineBehaviour, runBehaviour } from '../../client/index.ts';
import { type RunningNode, startNode } from '../../node/start-node.ts';
import type { AmpError } from '../../protocol/errors.ts';
import { loadBehaviour } from '../../sim/peers/load-behaviour.ts';
import { PeerWorld } from '../../sim/peers/peer-world.ts';
import { Workload } from '../../sim/peers/workload.ts';

const command = resolve(import.meta.dirname, '../../cli/ampmesh.js');
const folder = mkdtempSync(join(tmpdir(), 'ampmesh-own-'));
const file = join(folder, 'rumour.ts');
const nodes: RunningNode[] = [];
const env = { PATH: process.env.PATH ?? '', HOME: folder, AMPMESH_HOME: folder, NO_COLOR: '1' };

const boot = (at: number, port: number) =>
  startNode({
    ...{ name: `n${at}`, data: join(folder, `n${at}`), mesh: folder.slice(-6), host: ['127.0.0.1'], port },
    ...{ listen: ['/ip4/127.0.0.1/tcp/0'], announce: [], mdns: false, relay: false, swarmKey: '' },
    bootstrap: nodes.filter((_, other) => other !== at).flatMap((node) => [...node.transport.addresses()]),
    ...{ hosts: [], origins: [], blobBytesMax: 2 ** 20, messagesPerSecondMax: 200, wakeThreshold: 0.2 },
    onFatal(error) {
      throw error;
    },
  });

beforeAll(async () => {
  const cwd = process.cwd();
  process.chdir(folder);
  writeNewSwarm('rumour');
  process.chdir(cwd);
  for (const at of [0, 1]) nodes.push(await boot(at, 0));
});
afterAll(async () => {
  await Promise.all(nodes.map((node) => node.stop()));
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
});

/** The timeline of four simulated agents in the words of `ampmesh agent run`, and what they counted. */
function simulate(): { readonly lines: readonly string[]; readonly score: number | undefined } {
  const lines: string[] = [];
  const rename = (text: string) => text.replaceAll(/\ba(\d)\b/g, 'rumour-$1');
  const world = new PeerWorld({
    seed: 1,
    peerCount: 4,
    link: { latency: { kind: 'uniform', minMs: 10, maxMs: 150 }, lossShare: 0 },
    behaviour: loadBehaviour(file),
    witness: {
      said: (agent, message) => void lines.push(rename(`${agent.name} says ${describeSaid(message)}`)),
      heard(agent, message) {
        const words = describeHeard(message);
        if (words !== undefined) lines.push(rename(`${agent.name} hears ${words}`));
      },
    },
  });
  new Workload(world).populate(2_000);
  world.run(10_000);
  return { lines, score: world.figures.get('score') };
}

/** Two agents of four in a process of their own. */
function spawnAgents(
  node: RunningNode,
  first: number,
): { child: ChildProcess; read(): string; out(): string } {
  const where = ['--node', node.agentUrl, '--token-file', node.tokenFile];
  const which = ['--first', String(first), '--count', '2', '--of', '4'];
  const child = spawn(process.execPath, [command, 'agent', 'run', file, ...where, ...which], { env });
  let errors = '';
  let output = '';
  child.stderr.on('data', (data) => {
    errors += String(data);
    child.emit('line');
  });
  child.stdout.on('data', (data) => {
    output += String(data);
  });
  return { child, read: () => errors, out: () => output };
}

const timelineOf = (text: string) => text.split('\n').filter((line) => / (says|hears) /.test(line));

/** All that was said, and what each heard from whomever: who answers a call is a matter of moments. */
function kindsOf(lines: readonly string[]): readonly string[] {
  const heard = lines
    .filter((line) => line.includes(' hears '))
    .map((line) => line.replace(/ from \S+:/, ':'));
  return [...lines.filter((line) => line.includes(' says ')), ...new Set(heard)].sort();
}

test('what `sim new` writes says and hears on two real nodes what it says and hears in simulation', {
  timeout: 30_000,
}, async () => {
  const { lines, score } = simulate();
  const simulated = kindsOf(lines);
  expect(simulated).toEqual(
    [0, 1, 2, 3].flatMap((i) => [
      `rumour-${i} hears question: Have you heard?`,
      `rumour-${i} says question to listens to rumours: Have you heard?`,
    ]),
  );
  expect(score).toBe(4);
  const halves = nodes.map((node, at) => spawnAgents(node, at * 2));
  const real = () => kindsOf(halves.flatMap(({ read }) => timelineOf(read())));
  await new Promise<void>((finish, fail) => {
    for (const { child, read } of halves) {
      child.on('line', () => real().length >= simulated.length && finish());
      child.once('exit', (code) => fail(new Error(`ended early with ${code}: ${read()}`)));
    }
  });
  const codes = halves.map(({ child }) => {
    child.removeAllListeners('exit');
    const ended = new Promise((end) => child.once('close', end));
    child.kill('SIGTERM');
    return ended;
  });
  expect(await Promise.all(codes)).toEqual([0, 0]);
  expect(real()).toEqual(simulated);
  for (const { out } of halves) expect(out()).toContain('counted: 2 score');
});

describe('a behaviour as a real agent', () => {
  const attach = (node: RunningNode) => ({
    nodes: [{ url: node.agentUrl, token: node.token }],
    ...{ index: 1, agentCount: 3 },
  });

  test('is started again after its node restarted, without the alarms from before', async () => {
    const node = await boot(2, 0);
    const words: string[] = [];
    const begun = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const late = Promise.withResolvers<void>();
    // The connection ends as soon as the node begins to stop: after 0.2 s on a busy machine.
    const forgottenMs = 1_500;
    let startCount = 0;
    let firstMs = 0;
    const behaviour = defineBehaviour((index, agentCount) => ({
      start(context) {
        expect([index, agentCount, context.index, context.agentCount]).toEqual([1, 3, 1, 3]);
        expect(context.self).toMatch(/^did:key:/);
        expect(context.random()).toBeLessThan(1);
        if (startCount === 0) {
          firstMs = performance.now();
          context.after(forgottenMs, 'forgotten');
        } else {
          // Rings after the other would have rung.
          context.after(Math.max(0, firstMs + forgottenMs + 50 - performance.now()), 'kept');
        }
        begun[startCount++]?.resolve();
      },
      on(message) {
        if (message.type !== 'alarm') return;
        words.push(String(message.word));
        late.resolve();
      },
    }))(1, 3);
    const agent = await runBehaviour({
      ...{ ...attach(node), name: 'restarted', behaviour },
      onEnd: (error) => late.reject(error),
    });
    await begun[0]!.promise;
    const { port } = new URL(node.agentUrl);
    await node.stop();
    const again = await boot(2, Number(port));
    await begun[1]!.promise;
    await late.promise;
    agent.stop();
    await again.stop();
    expect(words).toEqual(['kept']);
    expect(startCount).toBe(2);
  });

  test('ends its agent when it throws, and names the place', async () => {
    const path = join(folder, 'throws.ts');
    writeFileSync(path, 'export default () => ({\n  on() {},\n  start() {\n    null.speak();\n  },\n});\n');
    const ended = Promise.withResolvers<AmpError>();
    await runBehaviour({
      ...{ ...attach(nodes[0]!), name: 'thrower', behaviour: loadBehaviour(path)(1, 3) },
      onEnd: ended.resolve,
    });
    const error = await ended.promise;
    expect(error.code).toBe('AMP-1907');
    expect(error.message).toMatch(/The behaviour of thrower threw: Cannot read.*throws\.ts:4:\d+/);
  });

  test('says that no node answers, and how to start one', async () => {
    const behaviour = { on: () => undefined };
    const nowhere = { nodes: [{ url: 'ws://127.0.0.1:9/amp/mesh', token: '' }], index: 0, agentCount: 1 };
    const joining = runBehaviour({
      ...nowhere,
      name: 'alone',
      behaviour,
      reachMs: 1,
      onEnd: () => undefined,
    });
    await expect(joining).rejects.toThrow(/AMP-1503 No node answers at ws:\/\/127.*ampmesh node/);
  });
});

describe('a file with a behaviour', () => {
  test.each([
    ['that is missing', undefined, /There is no file .*bad\.ts/],
    ['without a default export', 'export const one = 1;\n', /bad\.ts has no default export/],
    [
      'that exports no function',
      'export default { on() {} };\n',
      /default export of .*bad\.ts is no function/,
    ],
    ['that is no TypeScript', 'export default (\n', /bad\.ts cannot be loaded: .*\(line \d+/],
    ['that makes nothing', 'export default () => {};\n', /bad\.ts makes nothing/],
    ['that makes an agent that cannot hear', 'export default () => ({ start() {} });\n', /`on` is missing/],
    [
      'that announces a number',
      'export default () => ({ on() {}, capability: 3 });\n',
      /`capability` is a number/,
    ],
  ])('%s is refused with what to write', (what, text, words) => {
    // Each in a folder of its own: a module is read once.
    const path = join(mkdtempSync(join(folder, 'bad-')), 'bad.ts');
    if (text !== undefined) writeFileSync(path, text);
    const load = () => loadBehaviour(path)(0, 1);
    expect(load, what).toThrow(/AMP-1506.*sim new/);
    expect(load, what).toThrow(words);
  });

  test('that is missing ends the command with 2, a number that is none too', async () => {
    const run = (...args: string[]) =>
      new Promise<{ code: unknown; stderr: string }>((end) => {
        execFile(process.execPath, [command, 'agent', 'run', ...args], { env }, (error, _out, stderr) =>
          end({ code: error?.code, stderr }),
        );
      });
    expect(await run('gone.ts')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('no file gone.ts'),
    });
    const many = await run(file, '--count', 'many');
    expect(many).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--count must be a whole number'),
    });
  });
});
