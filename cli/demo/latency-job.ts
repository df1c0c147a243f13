/**
 * The job "API latency increased tenfold" on five real nodes with five agents, of which one lies, node and all. The
 * agent that repairs is killed at work. In the second run a voter is killed during the ballot as well, node and all.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Role } from '../../examples/teams/incident.ts';
import { AmpError } from '../../protocol/errors.ts';
import { request } from '../node-client.ts';
import { type DemoMesh, type DemoNode, startDemoMesh } from './demo-mesh.ts';

/** One thing that happened, as an agent printed it. */
export type Fact = Readonly<Record<string, unknown>> & { readonly stage: string };

export interface LatencyReport {
  readonly facts: readonly Fact[];
  /** A file for `ampmesh certificate verify`. */
  readonly certificate: unknown;
  readonly durationMs: number;
}

export interface LatencyJob {
  readonly mesh: DemoMesh;
  /** All vote; the worker is killed. */
  runDecided(): Promise<LatencyReport>;
  /** A voter is killed during the ballot as well; a person chooses `option`. */
  runUndecided(option: string): Promise<LatencyReport>;
  stop(): Promise<void>;
}

export interface LatencyJobInit {
  readonly folder: string;
  readonly say: (line: string) => void;
}

const program = fileURLToPath(new URL('../../examples/teams/incident-agent.ts', import.meta.url));
const dataFile = (name: string) =>
  fileURLToPath(new URL(`../../examples/teams/data/${name}`, import.meta.url));
const lyingNode = fileURLToPath(new URL('./lying-node.ts', import.meta.url));
/** Which node each agent is attached to; the fifth node lies, and so does its agent. */
const homeOf: Readonly<Record<Role, number>> = {
  monitoring: 1,
  database: 2,
  cache: 3,
  network: 4,
  security: 5,
};
const runMs = 60_000;

interface RunningAgent {
  readonly process: ChildProcess;
  readonly hear: (listener: (fact: Fact) => void) => void;
}

export async function startLatencyJob({ folder, say }: LatencyJobInit): Promise<LatencyJob> {
  const mesh = await startDemoMesh({
    folder,
    nodeCount: 5,
    mesh: `latency-${process.pid}`,
    pace: 1,
    programOf: (number) => (number === homeOf.security ? lyingNode : undefined),
  });
  const agents = new Map<Role, RunningAgent>();

  async function start(role: Role, args: readonly string[] = []): Promise<RunningAgent> {
    const running = spawnAgent(role, mesh.nodes[homeOf[role] - 1]!, args);
    agents.set(role, running);
    await new Promise<void>((resolve, reject) => {
      running.hear((fact) => fact.stage === 'up' && resolve());
      running.process.once('exit', (code) => reject(new Error(`${role} ended with code ${code}`)));
    });
    return running;
  }

  async function startHelpers(networkArgs: readonly string[]): Promise<void> {
    for (const running of agents.values()) running.process.kill('SIGKILL');
    await Promise.all([
      start('database'),
      start('cache'),
      start('network', networkArgs),
      start('security', ['--lie']),
    ]);
  }

  async function run(deadlineMs: number, onFact: (fact: Fact) => void): Promise<LatencyReport> {
    const startedAtMs = Date.now();
    const files = ['--metrics', dataFile('metrics.csv'), '--log', dataFile('incident.log')];
    const facts: Fact[] = [];
    const args = [...files, '--config', dataFile('service.json'), '--deadline-ms', String(deadlineMs)];
    const monitoring = spawnAgent('monitoring', mesh.nodes[0]!, args);
    agents.set('monitoring', monitoring);
    const problems: string[] = [];
    monitoring.process.stderr!.on('data', (chunk: Buffer) => problems.push(chunk.toString()));
    await new Promise<void>((resolve, reject) => {
      const fail = (why: string): void => {
        const last = facts.at(-1)?.stage ?? 'the start';
        reject(
          new AmpError('AMP-1505', `The job ${why} after "${last}". ${problems.join('').slice(-800)}`, {
            facts,
          }),
        );
      };
      const timer = setTimeout(() => fail('did not end'), runMs);
      monitoring.hear((fact) => {
        facts.push(fact);
        say(describeFact(fact));
        // A person and whoever kills look on; neither is part of the team.
        if (fact.stage === 'awarded' && fact.fencing === 1)
          kill(agents.get(fact.to as Role)!.process, `the ${fact.to} agent, at work`);
        onFact(fact);
        if (fact.stage === 'dissolved') resolve();
      });
      monitoring.process.once('exit', (code) => {
        clearTimeout(timer);
        if (code !== 0) fail(`ended with code ${code}`);
      });
    });
    const certificate = facts.find((fact) => fact.stage === 'decided')?.certificate;
    return { facts, certificate, durationMs: Date.now() - startedAtMs };
  }

  function kill(child: ChildProcess, what: string): void {
    child.kill('SIGKILL');
    say(`           killed ${what}`);
  }

  return {
    mesh,
    async runDecided() {
      await startHelpers([]);
      return run(15_000, () => undefined);
    },
    async runUndecided(option) {
      // The voter that is killed has not made up its mind by then.
      await startHelpers(['--think-ms', '60000']);
      return run(6_000, (fact) => {
        if (fact.stage === 'asked') {
          kill(mesh.nodes[homeOf.network - 1]!.process, 'a voter’s node, during the ballot');
          kill(agents.get('network')!.process, 'the voter');
        }
        if (fact.stage === 'escalated')
          void approve(mesh.nodes[0]!, String(fact.decision), option).catch((error: unknown) =>
            say(String(error)),
          );
      });
    },
    async stop() {
      for (const running of agents.values()) running.process.kill('SIGKILL');
      await mesh.stop();
    },
  };
}

/** What `ampmesh approvals approve <id> --option …` does. */
async function approve(node: DemoNode, id: string, option: string): Promise<void> {
  await request(node, `/approvals/${id}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ verdict: 'approve', option, reason: 'the graphs say so' }),
  });
}

function spawnAgent(role: Role, node: DemoNode, args: readonly string[]): RunningAgent {
  const child = spawn(process.execPath, [program, '--role', role, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, AMPMESH_NODES: JSON.stringify([{ url: node.agentUrl, token: node.token }]) },
  });
  const lines = createInterface({ input: child.stdout! });
  const facts: Fact[] = [];
  const listeners = new Set<(fact: Fact) => void>();
  lines.on('line', (line) => {
    const fact = JSON.parse(line) as Fact;
    facts.push(fact);
    for (const listener of listeners) listener(fact);
  });
  return {
    process: child,
    hear(listener) {
      for (const fact of facts) listener(fact);
      listeners.add(listener);
    },
  };
}

function describeFact(fact: Fact): string {
  const { stage, certificate: _, config: __, ...rest } = fact;
  const text = Object.entries(rest)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${key} ${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(', ');
  return `${stage.padEnd(10)} ${text}`;
}
