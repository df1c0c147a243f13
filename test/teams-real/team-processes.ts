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
  /** Wait until the node knows the capabilities of so many agents. */
  untilKnown(agent: Agent, count: number): Promise<void>;
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
    async untilKnown(agent, count) {
      const known = async (): Promise<number> =>
        ((await agent.query('agents')).items as { capabilities: string[]; isOnline: boolean }[]).filter(
          (one) => one.isOnline && one.capabilities.length > 0,
        ).length;
      for (const untilMs = Date.now() + 30_000; (await known()) < count; ) {
        if (Date.now() > untilMs) throw new Error(`fewer than ${count} agents are known`);
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
