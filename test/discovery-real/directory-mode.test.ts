/** Real nodes of a mesh that uses the directory: a message to an agent that its sender's node has never heard of. */
import { afterAll, expect, test } from 'vitest';
import { type Agent, connectAgent } from '../../client/index.ts';
import type { RunningNode } from '../../node/start-node.ts';
import { createRealNodes, msUntil } from './real-nodes.ts';

/** One more than a node tells a new neighbour of. */
const agentCount = 65;

const mesh = createRealNodes({ index: 'dht' });
const agents: Agent[] = [];

afterAll(async () => {
  for (const agent of agents) agent.close();
  await mesh.stop();
}, 30_000);

async function host(node: RunningNode, name: string): Promise<Agent> {
  const agent = await connectAgent({ nodes: [{ url: node.agentUrl, token: node.token }], name });
  agents.push(agent);
  return agent;
}

test('five real nodes: a message reaches an agent that its sender’s node has never heard of', async () => {
  for (let at = 0; at < 4; at += 1) await mesh.start();
  const far = mesh.nodes[3]!;
  for (let at = 0; at < agentCount; at += 1) await host(far, `agent-${at}`);
  const stranger = agents.at(-1)!;
  const heard: unknown[] = [];
  stranger.on('message', (message) => {
    if (message.type === 'question') heard.push(message.content);
  });

  const near = await mesh.start();
  await msUntil(() => near.peer.capabilities.nodeCount() === 5);
  await msUntil(() => near.peer.nodeOf(agents[0]!.did) !== undefined);
  expect(near.peer.nodeOf(stranger.did)).toBeUndefined();

  const sender = await host(near, 'sender');
  await sender.send({ type: 'question', to: stranger.did, content: 'Are you there?' });
  await msUntil(() => heard.length > 0);
  expect(heard).toEqual(['Are you there?']);
  expect(near.peer.nodeOf(stranger.did)).toBe(far.peer.self);
}, 60_000);
