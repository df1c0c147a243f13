/** Five node processes, and team agents as processes of their own on them. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { type DemoMesh, startDemoMesh } from '../../cli/demo/demo-mesh.ts';
import { type Agent, type AgentKey, connectAgent, createAgentKey } from '../../client/index.ts';
import type { Did } from '../../protocol/brand.ts';

export type Fact = Readonly<Record<string, unknown>> & { readonly stage: string };

export interface TeamProcess {
  readonly name: string;
  readonly did: Did;
  readonly process: ChildProcess;
  readonly facts: readonly Fact[];
  /** The first fact that matches, those of the past included. */
  until(stage: string): Promise<Fact>;
}

export interface TeamProcesses {
  readonly mesh: DemoMesh;
  readonly folder: string;
  /** An agent as a process on node `number`, from 1. */
  start(number: number, name: string, args: Readonly<Record<string, string>>): Promise<TeamProcess>;
  /** An agent of this process on node `number`. */
  attach(number: number, name: string, skills?: readonly string[], key?: AgentKey): Promise<Agent>;
  killNode(number: number): void;
  /** Wait until the node of `agent` knows the capabilities of these. */
  untilKnown(agent: Agent, names: readonly string[]): Promise<void>;
  stop(): Promise<void>;
}

const program = fileURLToPath(new URL('./team-agent.ts', import.meta.url));

export async function startTeamProcesses(): Promise<TeamProcesses> {
  const folder = mkdtempSync(join(tmpdir(), 'ampmesh-teams-'));
  const mesh = await startDemoMesh({ folder, nodeCount: 5, mesh: `teams-${process.pid}`, pace: 1 });
  const processes: ChildProcess[] = [];
  const agents: Agent[] = [];
  const addressOf = (number: number) => {
    const { agentUrl: url, token } = mesh.nodes[number - 1]!;
    return { url, token };
  };

  return {
    mesh,
    folder,
    async start(number, name, args) {
      const flags = Object.entries(args).flatMap(([key, value]) => [`--${key}`, value]);
      const child = spawn(process.execPath, [program, '--name', name, ...flags], {
        stdio: ['ignore', 'pipe', 'inherit'],
        env: { ...process.env, AMPMESH_NODES: JSON.stringify([addressOf(number)]) },
      });
      processes.push(child);
      const facts: Fact[] = [];
      const waiting = new Set<() => void>();
      createInterface({ input: child.stdout! }).on('line', (line) => {
        facts.push(JSON.parse(line) as Fact);
        if (process.env.TEAMS_SAY) console.log(line);
        for (const check of waiting) check();
      });
      const until = (stage: string) =>
        new Promise<Fact>((resolve) => {
          const check = (): void => {
            const found = facts.find((fact) => fact.stage === stage);
            if (found === undefined) return;
            waiting.delete(check);
            resolve(found);
          };
          waiting.add(check);
          check();
        });
      const { did } = await until('up');
      return { name, did: did as Did, process: child, facts, until };
    },
    async attach(number, name, skills = [], key) {
      const agent = await connectAgent({
        nodes: [addressOf(number)],
        ...{ name, key: key ?? (await createAgentKey()), threshold: 1, reconnectMs: 1_000 },
        capabilities: skills.map((text, at) => ({ text, capability: `skill-${at}` })),
      });
      agents.push(agent);
      return agent;
    },
    killNode: (number) => void mesh.nodes[number - 1]!.process.kill('SIGKILL'),
    async untilKnown(agent, names) {
      const known = async (): Promise<Set<string>> => {
        const { items } = await agent.query('agents');
        const found = items as { name: string; capabilities: string[]; isOnline: boolean }[];
        return new Set(
          found.filter((one) => one.isOnline && one.capabilities.length > 0).map((one) => one.name),
        );
      };
      for (const untilMs = Date.now() + 30_000; ; ) {
        const found = await known();
        const missing = names.filter((name) => !found.has(name));
        if (missing.length === 0) return;
        if (Date.now() > untilMs) throw new Error(`${missing.join(', ')} are not known`);
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    },
    async stop() {
      for (const agent of agents) agent.close();
      for (const child of processes) child.kill('SIGKILL');
      await mesh.stop();
      rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}
