/** Real nodes on loopback for the tests of collaboration, as processes of their own or in this one. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type NodeProcess, spawnNode } from '../../cli/bench/spawn-node.ts';
import { type Agent, type CapabilityAnnouncement, connectAgent, createAgentKey } from '../../client/index.ts';

/** What the long runs are asked for by; taken out of the environment, where nodes look for their settings. */
export const longRuns = {
  isBig: process.env.AMPMESH_BIG === '1',
  isBench: process.env.AMPMESH_BENCH === '1',
} as const;
delete process.env.AMPMESH_BIG;
delete process.env.AMPMESH_BENCH;

export interface TestNodes {
  readonly nodes: readonly NodeProcess[];
  /** Removed at the end. */
  readonly folder: string;
  readonly mesh: string;
  /** Attach an agent to one node only. */
  attach(at: number, name: string, capabilities?: readonly CapabilityAnnouncement[]): Promise<Agent>;
  /** `port` for the agents' socket, so that they find it where it was. */
  restart(at: number, port?: number): Promise<NodeProcess>;
  stop(): Promise<void>;
}

/** Start nodes that all know the first one. */
export async function startNodes(count: number): Promise<TestNodes> {
  const folder = mkdtempSync(join(tmpdir(), 'ampmesh-collaboration-'));
  const mesh = `collaboration-${process.pid}-${folder.slice(-6)}`;
  const nodes: NodeProcess[] = [];
  const agents: Agent[] = [];
  const start = (at: number, port?: number) =>
    spawnNode({
      ...(port === undefined ? {} : { port }),
      name: `n${at}`,
      data: join(folder, `n${at}`),
      mesh,
      bootstrap: nodes.flatMap((node, index) => (index === at ? [] : [...node.addresses])),
    });
  for (let at = 0; at < count; at += 1) nodes.push(await start(at));
  return {
    nodes,
    mesh,
    folder,
    async attach(at, name, capabilities = []) {
      const { agentUrl, token } = nodes[at]!;
      const agent = await connectAgent({
        nodes: [{ url: agentUrl, token }],
        name,
        key: await createAgentKey(),
        capabilities,
      });
      agents.push(agent);
      return agent;
    },
    async restart(at, port) {
      nodes[at] = await start(at, port);
      return nodes[at];
    },
    async stop() {
      for (const agent of agents) agent.close();
      await Promise.all(nodes.map((node) => (node.isAlive ? node.kill() : undefined)));
      rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}

/** Look again until it holds; the test's own time limit ends it. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 20));
}

/** Resolves once an agent's node knows where the others are attached. */
export function untilKnown(agent: Agent, others: readonly Agent[]): Promise<void> {
  return until(async () => {
    const { items } = await agent.query('agents');
    const known = new Set((items as { did: string }[]).map((one) => one.did));
    return others.every((other) => known.has(other.did));
  });
}
