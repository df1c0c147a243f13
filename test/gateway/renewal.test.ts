/** An agent with its own key stays attached for longer than an attachment holds. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Agent, connectAgent } from '../../client/index.ts';
import { createRealNodes } from '../discovery-real/real-nodes.ts';

/** A day, for this test. */
const attachmentLifetimeMs = 1_200;

const mesh = createRealNodes({ attachmentLifetimeMs });
let agent: Agent;
let other: Agent;
beforeAll(async () => {
  const node = await mesh.start();
  agent = await mesh.attach(node, 'own key');
  other = await connectAgent({ nodes: [{ url: node.agentUrl, token: node.token }], name: 'hosted' });
}, 20_000);
afterAll(async () => {
  other.close();
  await mesh.stop();
});

async function expiresAt(): Promise<number> {
  const { items } = await other.query('agents');
  return (items as { did: string; expiresAt: number }[]).find((one) => one.did === agent.did)?.expiresAt ?? 0;
}

test('its attachment is signed anew before it ends, on the same connection, and what it says then holds', async () => {
  let downCount = 0;
  agent.on('down', () => {
    downCount += 1;
  });
  const first = await expiresAt();
  expect(first).toBeGreaterThan(0);
  const heard = Promise.withResolvers<string>();
  other.on('message', (message) => heard.resolve(message.from));
  // Two lives later.
  while ((await expiresAt()) < first + 2 * attachmentLifetimeMs)
    await new Promise((resolve) => setTimeout(resolve, 50));
  await agent.send({ type: 'question', to: other.did, content: 'Am I still here?' });
  expect(await heard.promise).toBe(agent.did);
  expect(downCount).toBe(0);
}, 20_000);
