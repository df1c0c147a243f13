/** A mesh that chose a model: annexes travel with records, queries are compared in the model's space, failures are loud. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Agent } from '../../client/index.ts';
import { createRealNodes, discover, msUntil } from './real-nodes.ts';

/** The model understands one thing that no shared word and no lexicon tells: what a zorblax is. */
function embed(text: string): readonly number[] {
  return /zorblax|unplug/i.test(text) ? [1, 0.1, 0] : [0.1, 1, 0.3];
}

let isBroken = false;
let service: Server;
let mesh: ReturnType<typeof createRealNodes>;
let seeker: Agent;
let plumber: Agent;

beforeAll(async () => {
  service = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (chunk: string) => {
      body += chunk;
    });
    request.on('end', () => {
      if (isBroken) return void response.writeHead(400).end('{}');
      const { input } = JSON.parse(body) as { input: string[] };
      const data = input.map((text, index) => ({ object: 'embedding', index, embedding: embed(text) }));
      response.setHeader('content-type', 'application/json').end(JSON.stringify({ data }));
    });
  });
  await new Promise<void>((resolve) => service.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(service.address() as AddressInfo).port}`;
  mesh = createRealNodes({ embedder: 'remote', embedderUrl: url, embedderModel: 'fake' });
  for (let at = 0; at < 2; at += 1) await mesh.start();
  plumber = await mesh.attach(mesh.nodes[0]!, 'plumber', [{ text: 'unplug drains and pipes' }]);
  await mesh.attach(mesh.nodes[0]!, 'poet', [{ text: 'write poems for birthdays' }]);
  seeker = await mesh.attach(mesh.nodes[1]!, 'seeker');
}, 30_000);

afterAll(async () => {
  await mesh.stop();
  service.closeAllConnections();
  service.close();
}, 30_000);

test("a query is compared in the model's space with vectors that the announcing node signed", async () => {
  const index = () => mesh.nodes[1]!.peer.capabilities.index;
  await msUntil(() => index().spaceOf(plumber.did, 'main') === 'remote:fake/3');
  const { hits, explain } = await discover(seeker, 'my zorblax is stuck', { similarityMin: 0.5 });
  expect(explain.space).toBe('remote:fake/3');
  expect(hits.map((hit) => hit.agent)).toEqual([plumber.did]);
  expect(hits[0]!.factors.similarity).toBeGreaterThan(0.99);
}, 20_000);

test('when the model fails the built-in space answers and says why', async () => {
  isBroken = true;
  const { hits, explain } = await discover(seeker, 'unplug a drain');
  isBroken = false;
  expect(explain.space).not.toBe('remote:fake/3');
  expect(explain.reasons).toContain('embedder-failed');
  expect(hits[0]!.agent).toBe(plumber.did);
  const events = mesh.nodes[1]!.peer.events.since(-1, 10_000).map((event) => event.kind);
  expect(events).toContain('embedder-failed');
}, 20_000);

test('a model that cannot be opened is no reason not to start, but it is told', async () => {
  const lone = createRealNodes({
    embedder: 'remote',
    embedderUrl: 'http://127.0.0.1:1',
    embedderModel: 'none',
  });
  try {
    const node = await lone.start();
    const told = node.peer.events.since(-1, 100).find((event) => event.kind === 'embedder-failed');
    expect(told).toMatchObject({ chosen: 'remote' });
  } finally {
    await lone.stop();
  }
}, 30_000);
