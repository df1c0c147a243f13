/** A mesh of real processes on this machine: nodes, and agents spread over them. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { AmpError } from '../../protocol/errors.ts';
import type { NodeAccess } from '../local-nodes.ts';
import { readView } from '../node-client.ts';

export interface DemoNode extends NodeAccess {
  readonly did: string;
  readonly process: ChildProcess;
  readonly bootstrap: readonly string[];
}

export interface DemoAgent {
  readonly name: string;
  /** The node it started at; it goes to another one when that dies. */
  readonly home: string;
  readonly process: ChildProcess;
}

export interface DemoMesh {
  readonly nodes: readonly DemoNode[];
  readonly agents: readonly DemoAgent[];
  /** Start these example agents, each its own process, in turn on each node; resolves when the mesh knows them. */
  startAgents(names: readonly string[]): Promise<void>;
  /** End every process, agents first. */
  stop(): Promise<void>;
}

export interface DemoMeshInit {
  readonly folder: string;
  readonly nodeCount: number;
  readonly mesh: string;
  /** Times the agents' declared work times. */
  readonly pace: number;
  /** A process ended although nobody asked it to. */
  readonly onEnd?: (name: string) => void;
  /** Another program than `ampmesh node` for the node with this number, from 1. */
  readonly programOf?: (number: number) => string | undefined;
}

const bin = fileURLToPath(new URL('../ampmesh.js', import.meta.url));
const agentsFolder = fileURLToPath(new URL('../../examples/agents/', import.meta.url));
/** As the first line of `ampmesh.js` has it: V8 takes these only when a process starts. */
const nodeFlags = ['--max-semi-space-size=4', '--v8-pool-size=1'];
const startTimeoutMs = 60_000;

export async function startDemoMesh(init: DemoMeshInit): Promise<DemoMesh> {
  mkdirSync(init.folder, { recursive: true });
  const nodes: DemoNode[] = [];
  const agents: DemoAgent[] = [];
  let isStopping = false;
  const watch = (name: string, child: ChildProcess): void => {
    child.once('exit', () => {
      if (!isStopping) init.onEnd?.(name);
    });
  };

  async function startAgents(names: readonly string[]): Promise<void> {
    await Promise.all(
      names.map(async (name) => {
        const at = agents.length;
        const order = nodes.map((_, step) => nodes[(at + step) % nodes.length]!);
        const child = spawn(
          process.execPath,
          [join(agentsFolder, `${name}.ts`), '--quiet', '--pace', String(init.pace)],
          {
            stdio: ['ignore', 'pipe', 'pipe'],
            env: {
              ...process.env,
              // Thirty programs share most of their code: it is compiled once.
              NODE_COMPILE_CACHE: join(tmpdir(), 'ampmesh-compile-cache'),
              AMPMESH_NODES: JSON.stringify(order.map((node) => ({ url: node.agentUrl, token: node.token }))),
            },
          },
        );
        agents.push({ name, home: order[0]!.name, process: child });
        watch(name, child);
        await firstLine(name, child, child.stdout!, (line) =>
          line.startsWith('{"agent"') ? true : undefined,
        );
      }),
    );
    await knownEverywhere(
      nodes,
      agents.map((agent) => agent.name),
    );
  }

  async function stop(): Promise<void> {
    isStopping = true;
    await Promise.all(agents.map((agent) => end(agent.process)));
    await Promise.all(nodes.map((node) => end(node.process)));
  }

  try {
    const first = await startNodeProcess(init, 1, []);
    nodes.push(first);
    const rest = Array.from({ length: init.nodeCount - 1 }, (_, at) =>
      startNodeProcess(init, at + 2, first.bootstrap),
    );
    nodes.push(...(await Promise.all(rest)));
    for (const node of nodes) watch(node.name, node.process);
  } catch (error) {
    await stop();
    throw error;
  }
  return { nodes, agents, startAgents, stop };
}

async function startNodeProcess(
  init: DemoMeshInit,
  number: number,
  bootstrap: readonly string[],
): Promise<DemoNode> {
  const name = `n${number}`;
  const program = init.programOf?.(number);
  const args = [
    ...nodeFlags,
    ...(program === undefined ? [bin, 'node'] : [program]),
    '--name',
    name,
    '--data',
    join(init.folder, name),
    '--mesh',
    init.mesh,
    '--port',
    '0',
  ];
  const listen = ['--listen', '/ip4/127.0.0.1/tcp/0'];
  const child = spawn(
    process.execPath,
    [...args, ...listen, ...(bootstrap.length === 0 ? [] : ['--bootstrap', bootstrap.join(',')])],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  const ready = await firstLine(name, child, child.stderr!, readReady);
  child.stderr!.resume();
  const httpUrl = ready.agentUrl.replace(/^ws/, 'http').replace(/\/amp\/mesh$/, '');
  return {
    name,
    process: child,
    did: ready.did,
    agentUrl: ready.agentUrl,
    httpUrl,
    token: readFileSync(ready.tokenFile, 'utf8').trim(),
    bootstrap: ready.addresses,
  };
}

interface Ready {
  readonly did: string;
  readonly agentUrl: string;
  readonly tokenFile: string;
  readonly addresses: readonly string[];
}

function readReady(line: string): Ready | undefined {
  if (!line.startsWith('{')) return undefined;
  const entry = JSON.parse(line) as Ready & { readonly msg?: string };
  return entry.msg === 'ready' ? entry : undefined;
}

/** The first line that says what is awaited; what the process printed is in the error when it ends before. */
function firstLine<T>(
  name: string,
  child: ChildProcess,
  stream: NodeJS.ReadableStream,
  read: (line: string) => T | undefined,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const said: string[] = [];
    const lines = createInterface({ input: stream });
    const timer = setTimeout(
      () => fail(`did not come up within ${startTimeoutMs / 1_000} s`),
      startTimeoutMs,
    );
    const fail = (why: string): void => {
      clearTimeout(timer);
      reject(
        new AmpError('AMP-1505', `${name} ${why}: ${said.slice(-5).join(' | ').slice(0, 800)}`, { name }),
      );
    };
    lines.on('line', (line) => {
      said.push(line);
      const value = read(line);
      if (value === undefined) return;
      clearTimeout(timer);
      resolve(value);
    });
    child.stderr?.on('data', (chunk: Buffer) => void said.push(chunk.toString().slice(0, 400)));
    child.once('exit', (code) => fail(`ended with code ${code}`));
  });
}

/** Wait until every node lists all of these agents as online. */
async function knownEverywhere(nodes: readonly DemoNode[], names: readonly string[]): Promise<void> {
  const untilMs = Date.now() + startTimeoutMs;
  for (const node of nodes) {
    for (;;) {
      const agents = await readView<{ name: string; isOnline: boolean; capabilities: string[] }[]>(
        node,
        '/agents',
      );
      const online = new Set(
        agents.filter((agent) => agent.isOnline && agent.capabilities.length > 0).map((agent) => agent.name),
      );
      if (names.every((name) => online.has(name))) break;
      if (Date.now() > untilMs) {
        const missing = names.filter((name) => !online.has(name));
        throw new AmpError(
          'AMP-1505',
          `${node.name} does not know ${missing.join(', ')} after ${startTimeoutMs / 1_000} s.`,
          { missing },
        );
      }
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

function end(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve();
    const timer = setTimeout(() => child.kill('SIGKILL'), 5_000);
    child.once('exit', () => {
      clearTimeout(timer);
      resolve();
    });
    child.kill('SIGTERM');
  });
}
