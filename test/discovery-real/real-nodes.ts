/** Real nodes on loopback, in this process, with agents on their sockets. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Agent, type CapabilityAnnouncement, connectAgent, createAgentKey } from '../../client/index.ts';
import type { IndexChoice } from '../../node/runtime/capability-search.ts';
import { type NodeInit, type RunningNode, startNode } from '../../node/start-node.ts';

export interface RealNodes {
  readonly nodes: RunningNode[];
  readonly folder: string;
  readonly mesh: string;
  /** Start one more; it knows the addresses of all others. */
  start(index?: IndexChoice): Promise<RunningNode>;
  attach(node: RunningNode, name: string, capabilities?: readonly CapabilityAnnouncement[]): Promise<Agent>;
  /** Start a node that ran before again, on what it kept. */
  restart(at: number): Promise<RunningNode>;
  stop(): Promise<void>;
}

export function createRealNodes(init: Partial<NodeInit> = {}): RealNodes {
  const folder = mkdtempSync(join(tmpdir(), 'ampmesh-discovery-'));
  const mesh = `discovery-${folder.slice(-6)}`;
  const nodes: RunningNode[] = [];
  const agents: Agent[] = [];

  const boot = (at: number, index: IndexChoice = init.index ?? 'gossip') =>
    startNode({
      ...{ name: `n${at}`, data: join(folder, `n${at}`), mesh, host: ['127.0.0.1'], port: 0 },
      ...{ listen: ['/ip4/127.0.0.1/tcp/0'], announce: [], mdns: false, relay: false, swarmKey: '' },
      bootstrap: nodes.filter((_, other) => other !== at).flatMap((node) => [...node.transport.addresses()]),
      ...{ hosts: [], origins: [], blobBytesMax: 2 ** 20, messagesPerSecondMax: 20_000, wakeThreshold: 0.2 },
      onFatal(error) {
        throw error;
      },
      ...init,
      index,
    });

  return {
    nodes,
    folder,
    mesh,
    async start(index) {
      const node = await boot(nodes.length, index);
      nodes.push(node);
      return node;
    },
    async attach(node, name, capabilities = []) {
      const key = await createAgentKey();
      const agent = await connectAgent({
        ...{ nodes: [{ url: node.agentUrl, token: node.token }], name, key, capabilities },
      });
      agents.push(agent);
      return agent;
    },
    async restart(at) {
      const node = await boot(at);
      nodes[at] = node;
      return node;
    },
    async stop() {
      for (const agent of agents) agent.close();
      await Promise.all(nodes.map((node) => node.stop()));
      rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}

export interface FoundHit {
  readonly agent: string;
  readonly capability: string;
  readonly score: number;
  readonly factors: {
    readonly similarity: number;
    readonly reputation: number;
    readonly because: { readonly confidenceRaw?: number; readonly confidenceCalibrated?: number };
  };
  readonly record: { readonly text: string };
}

/** The hits of a search, best first, and how it was found. */
export async function discover(agent: Agent, text: string, filter: Record<string, unknown> = {}) {
  const { items, explain } = await agent.query('discover', text, filter);
  const [part] = items as { hits: FoundHit[] }[];
  return { hits: part?.hits ?? [], explain: (explain ?? {}) as Record<string, unknown> };
}

/** Look again until it holds, and say after how many ms it did; the test's own time limit ends it. */
export async function msUntil(holds: () => boolean | Promise<boolean>): Promise<number> {
  const startedAt = performance.now();
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 20));
  return performance.now() - startedAt;
}
