/** A few real nodes on loopback and agents spread over them, in one process: what the end-to-end tests of the examples run on. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type Agent,
  type AskInit,
  ask,
  connectAgent,
  createAgentKey,
  type JobResult,
  type NodeAddress,
} from '../../client/index.ts';
import { catalog } from '../../examples/agents/catalog.ts';
import { createSimilarity, type StartedAgent, startAgent } from '../../examples/agents/start-agent.ts';
import type { Attachment } from '../../examples/agents/work/index.ts';
import { type RunningNode, startNode } from '../../node/start-node.ts';
import type { Did } from '../../protocol/brand.ts';

export interface TestMesh {
  readonly asker: Agent;
  readonly addresses: readonly NodeAddress[];
  /** Removed at the end. */
  readonly folder: string;
  /** What agents noted, in order: "statistics: offers: …". */
  readonly notes: readonly string[];
  ask(query: string, files?: readonly Attachment[], rest?: Partial<AskInit>): Promise<JobResult>;
  /** Start one more agent while the mesh runs. */
  join(name: string, told?: { pace?: number }): Promise<StartedAgent>;
  /** Its connection ends as if its process had been killed: it says nothing more. */
  leave(name: string): void;
  /** Start again those of them that left. */
  joinMissing(names: readonly string[]): Promise<void>;
  didOf(name: string): Did | undefined;
  /** A bare agent, attached to the next node in turn. */
  attach(name: string): Promise<Agent>;
  readonly nodes: readonly RunningNode[];
  stop(): Promise<void>;
}

/** An agent of one or several trades, under a name of its own. */
export interface TestAgent {
  readonly name: string;
  readonly trades: readonly string[];
}

/** Start nodes that know each other, and the named agents in turn on each. */
export async function startMesh(told: {
  nodes: number;
  /** Names of the catalog, or agents of several trades. */
  agents: readonly (string | TestAgent)[];
  pace?: number;
  patienceMs?: number;
  /** Longer than an asker's usual one: tests share their cores. */
  offerWindowMs?: number;
}): Promise<TestMesh> {
  const folder = mkdtempSync(join(tmpdir(), 'ampmesh-examples-'));
  const nodes: RunningNode[] = [];
  const similarity = createSimilarity();
  const notes: string[] = [];
  const agents = new Map<string, StartedAgent>();
  const bare: Agent[] = [];
  for (let at = 0; at < told.nodes; at += 1) {
    nodes.push(
      await startNode(
        settingsOf(at, { folder, bootstrap: nodes.flatMap((node) => [...node.transport.addresses()]) }),
      ),
    );
  }
  const addresses: NodeAddress[] = nodes.map((node) => ({ url: node.agentUrl, token: node.token }));
  const from = (at: number): NodeAddress[] =>
    addresses.map((_, index) => addresses[(at + index) % addresses.length]!);

  async function start(one: string | TestAgent, more: { pace?: number } = {}): Promise<StartedAgent> {
    const { name, trades } = typeof one === 'string' ? { name: one, trades: [one] } : one;
    const modules = trades.map((trade) => catalog.get(trade)!);
    const started = await startAgent(modules, {
      name,
      nodes: from(agents.size),
      similarity,
      ...(told.patienceMs === undefined ? {} : { patienceMs: told.patienceMs }),
      pace: more.pace ?? told.pace ?? 0,
      onNote: (agent, note) => notes.push(`${agent}: ${note}`),
    });
    agents.set(name, started);
    return started;
  }

  for (const one of told.agents) await start(one);
  const asker = await connectAgent({
    nodes: addresses,
    name: 'asker',
    key: await createAgentKey(),
    capabilities: [],
  });
  return {
    asker,
    addresses,
    folder,
    notes,
    async ask(query, files = [], rest = {}) {
      const kept = await Promise.all(
        files.map((file) =>
          asker.blobs.put(file.name, file.mediaType || 'application/octet-stream', file.bytes),
        ),
      );
      return ask(asker, { query, files: kept, offerWindowMs: told.offerWindowMs ?? 1_500, ...rest });
    },
    join: start,
    leave(name) {
      agents.get(name)?.stop();
      agents.delete(name);
    },
    async joinMissing(names) {
      const missing = names.filter((name) => !agents.has(name));
      for (const name of missing) await start(name);
      const dids = missing.map((name) => agents.get(name)!.agent.did);
      const isKnown = (items: readonly unknown[]) =>
        dids.every((did) => items.some((one) => (one as { did: string }).did === did));
      while (!isKnown((await asker.query('agents')).items))
        await new Promise((resolve) => setTimeout(resolve, 20));
    },
    didOf: (name) => agents.get(name)?.agent.did,
    async attach(name) {
      const key = await createAgentKey();
      const agent = await connectAgent({ nodes: from(bare.length), name, key, capabilities: [] });
      bare.push(agent);
      return agent;
    },
    nodes,
    async stop() {
      asker.close();
      for (const agent of bare) agent.close();
      for (const { stop } of agents.values()) stop();
      await Promise.all(nodes.map((node) => node.stop()));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function settingsOf(
  at: number,
  told: { folder: string; bootstrap: readonly string[] },
): Parameters<typeof startNode>[0] {
  return {
    name: `node-${at}`,
    data: join(told.folder, String(at)),
    mesh: `examples-test-${process.pid}`,
    host: ['127.0.0.1'],
    port: 0,
    listen: ['/ip4/127.0.0.1/tcp/0'],
    announce: [],
    bootstrap: told.bootstrap,
    mdns: false,
    relay: false,
    swarmKey: '',
    hosts: [],
    origins: [],
    blobBytesMax: 1024 ** 3,
    messagesPerSecondMax: 1000,
    wakeThreshold: 0,
    onFatal(error) {
      throw error;
    },
  };
}
