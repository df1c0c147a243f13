/** Must-show of finding: five real nodes, one of them a process of its own that is killed. */
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type NodeProcess, spawnNode } from '../../cli/bench/spawn-node.ts';
import { type Agent, connectAgent, createAgentKey } from '../../client/index.ts';
import { beaconIntervalMinMs, leaseIntervals } from '../../discovery/presence.ts';
import { createRealNodes, discover, msUntil } from './real-nodes.ts';

/** What the beacons of a small mesh state. */
const leaseMs = beaconIntervalMinMs * leaseIntervals;
/** A look takes its time on a busy machine. */
const lookMs = 500;

const mesh = createRealNodes();
/** One agent that only looks, on each of the five. */
const seekers: Agent[] = [];
let child: NodeProcess;
let inChild: Agent;

beforeAll(async () => {
  for (let at = 0; at < 4; at += 1) await mesh.start();
  child = await spawnNode({
    ...{ name: 'child', data: join(mesh.folder, 'child'), mesh: mesh.mesh },
    bootstrap: mesh.nodes.flatMap((node) => [...node.transport.addresses()]),
  });
  for (const node of mesh.nodes) seekers.push(await mesh.attach(node, 'seeker'));
  const access = { url: child.agentUrl, token: child.token };
  inChild = await connectAgent({
    ...{ nodes: [access], name: 'glazier', key: await createAgentKey() },
    capabilities: [{ text: 'repair broken window glass' }],
  });
  await msUntil(() => mesh.nodes.every((node) => node.peer.peers().length === 4));
}, 60_000);

afterAll(async () => {
  inChild?.close();
  await child?.kill();
  await mesh.stop();
}, 30_000);

async function isFoundBy(seeker: Agent, text: string, agent: string): Promise<boolean> {
  const { hits } = await discover(seeker, text, { similarityMin: 0.3 });
  return hits.some((hit) => hit.agent === agent);
}

/** The slowest of all seekers. */
async function msUntilAll(holds: (seeker: Agent) => Promise<boolean>): Promise<number> {
  return Math.max(...(await Promise.all(seekers.map((seeker) => msUntil(() => holds(seeker))))));
}

test('an agent announced on one node is found from every other within 2 s', async () => {
  const agent = await mesh.attach(mesh.nodes[1]!, 'tuner', [{ text: 'tune pianos and other instruments' }]);
  const ms = await msUntilAll((seeker) => isFoundBy(seeker, 'my piano is out of tune', agent.did));
  process.stdout.write(`announced: found from all after ${Math.round(ms)} ms\n`);
  expect(ms).toBeLessThan(2_000);
  agent.close();
  const goneMs = await msUntilAll(async (seeker) => !(await isFoundBy(seeker, 'tune a piano', agent.did)));
  process.stdout.write(`its connection closed: gone after ${Math.round(goneMs)} ms\n`);
  expect(goneMs).toBeLessThan(leaseMs + lookMs);
});

test('a withdrawn capability is gone from all answers within the lease', async () => {
  const agent = await mesh.attach(mesh.nodes[2]!, 'baker', [
    { text: 'bake sourdough bread', capability: 'bread' },
  ]);
  await msUntilAll((seeker) => isFoundBy(seeker, 'bake a loaf of bread', agent.did));
  agent.withdraw('bread');
  const ms = await msUntilAll(
    async (seeker) => !(await isFoundBy(seeker, 'bake a loaf of bread', agent.did)),
  );
  process.stdout.write(`withdrawn: gone after ${Math.round(ms)} ms\n`);
  expect(ms).toBeLessThan(leaseMs);
});

test('after kill -9 of its node an agent is gone from all answers within the lease', async () => {
  await msUntilAll((seeker) => isFoundBy(seeker, 'a window pane is broken', inChild.did));
  await child.kill();
  const ms = await msUntilAll(
    async (seeker) => !(await isFoundBy(seeker, 'a window pane is broken', inChild.did)),
  );
  process.stdout.write(`killed: gone after ${Math.round(ms)} ms, lease ${leaseMs} ms\n`);
  expect(ms).toBeLessThan(leaseMs + lookMs);
});
