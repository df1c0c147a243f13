/** The DHT index over real kad-dht: twelve nodes and their agents, against exhaustive search over the same texts. */
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Agent } from '../../client/index.ts';
import { createBuiltinVectors } from '../../discovery/builtin-vectors.ts';
import { makeCapabilityText, makeQuestion } from '../../sim/models/discovery/capability-texts.ts';
import { createRealNodes, discover, msUntil } from './real-nodes.ts';

const nodeCount = 12;
/** Five in the long run: attaching one takes dozens of messages among twelve nodes on this machine. */
const agentsPerNode = Number(process.env.AMPMESH_TEST_DHT_AGENTS ?? 2);
const questionCount = 24;
const seed = 4;

const generator = xoroshiro128plus(seed);
const random = () => (generator.next() >>> 0) / 2 ** 32;
const vectors = createBuiltinVectors();
const mesh = createRealNodes({ index: 'dht' });
const agents: { readonly agent: Agent; readonly text: string }[] = [];

beforeAll(async () => {
  for (let at = 0; at < nodeCount; at += 1) await mesh.start();
  await msUntil(() => mesh.nodes.every(({ peer }) => peer.capabilities.nodeCount() === nodeCount));
  const texts = new Set<string>();
  while (texts.size < nodeCount * agentsPerNode) texts.add(makeCapabilityText(random));
  const attaching = [...texts].map(async (text, at) => {
    const agent = await mesh.attach(mesh.nodes[at % nodeCount]!, `agent-${at}`, [{ text }]);
    return { agent, text };
  });
  agents.push(...(await Promise.all(attaching)));
  // Every record lies with its holders, found by real lookups.
  await msUntil(() => heldCount() >= agents.length * 3);
}, 120_000);

afterAll(() => mesh.stop(), 30_000);

function heldCount(): number {
  return mesh.nodes.reduce((sum, { peer }) => sum + peer.capabilities.dhtSizes().heldCount, 0);
}

/** The five nearest of all agents but the asker, as one would find them who knows everything. */
function nearest(question: string): readonly string[] {
  const wanted = vectors.embed(question);
  return agents
    .map(({ agent, text }) => ({ did: agent.did as string, near: dot(wanted, vectors.embed(text)) }))
    .filter(({ near }) => near >= 0.1)
    .sort((a, b) => b.near - a.near)
    .slice(0, 5)
    .map(({ did }) => did);
}

function dot(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, value, at) => sum + value * b[at]!, 0);
}

test('twelve real nodes: the DHT finds at least 0.9 of what exhaustive search finds', async () => {
  let wanted = 0;
  let found = 0;
  const messages: number[] = [];
  const ms: number[] = [];
  for (let at = 0; at < questionCount; at += 1) {
    const question = makeQuestion(random);
    const asker = agents[Math.floor(random() * agents.length)]!.agent;
    const startedAt = performance.now();
    const { hits, explain } = await discover(asker, question, { limit: 5, via: 'dht' });
    ms.push(performance.now() - startedAt);
    expect(explain.via).toBe('dht');
    messages.push(explain.messageCount as number);
    const best = nearest(question);
    wanted += best.length;
    found += best.filter((did) => hits.some((hit) => hit.agent === did)).length;
  }
  const sorted = [...messages].sort((a, b) => a - b);
  const mean = messages.reduce((sum, one) => sum + one, 0) / messages.length;
  process.stdout.write(
    `DHT over ${nodeCount} real nodes, ${agents.length} agents: recall@5 ${(found / wanted).toFixed(3)} of ${wanted}, ` +
      `messages ${mean.toFixed(0)} mean, ${sorted.at(-1)} worst, ${Math.round(ms.sort((a, b) => a - b)[ms.length >> 1]!)} ms median\n`,
  );
  expect(found / wanted).toBeGreaterThanOrEqual(0.9);
  expect(sorted.at(-1)).toBeLessThanOrEqual(200);
}, 60_000);

test('what is withdrawn is gone from the DHT, and a node without it says so', async () => {
  const { agent, text } = agents[7]!;
  const seeker = agents[20]!.agent;
  const isFound = async () =>
    (await discover(seeker, text, { via: 'dht' })).hits.some((hit) => hit.agent === agent.did);
  expect(await isFound()).toBe(true);
  agent.withdraw('main');
  await msUntil(async () => !(await isFound()));
  const { explain } = await discover(seeker, text, { via: 'gossip' });
  expect(explain.reasons).toContain('only-own-records-here');
}, 30_000);
