import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  type Agent,
  acceptChannels,
  type Channel,
  collaborate,
  connectAgent,
  createAgentKey,
} from '../../client/index.ts';
import type { Did } from '../../protocol/brand.ts';
import { longRuns, startNodes, type TestNodes, until, untilKnown } from './nodes.ts';

let mesh: TestNodes;
let left: Agent;
let right: Agent;
let neighbour: Agent;
beforeAll(async () => {
  mesh = await startNodes(3);
  left = await mesh.attach(1, 'left');
  right = await mesh.attach(2, 'right');
  neighbour = await mesh.attach(1, 'neighbour');
  await untilKnown(left, [right, neighbour]);
  await untilKnown(right, [left]);
}, 60_000);
afterAll(() => mesh.stop(), 20_000);

/** Open a channel and get both ends. */
async function openBoth(
  from: Agent,
  to: Agent,
  windowBytes?: number,
): Promise<{ readonly here: Channel; readonly there: Channel }> {
  const accepted = Promise.withResolvers<Channel>();
  const init = windowBytes === undefined ? {} : { windowBytes };
  const stop = acceptChannels(to, accepted.resolve, init);
  const here = await collaborate(from, to.did, init);
  const there = await accepted.promise;
  stop();
  return { here, there };
}

async function readAll(channel: Channel): Promise<unknown[]> {
  const all: unknown[] = [];
  for await (const content of channel) all.push(content);
  return all;
}

test('two agents at two nodes talk both ways, in order, until one closes', async () => {
  const { here, there } = await openBoth(left, right);
  const heardHere = readAll(here);
  const echoed: unknown[] = [];
  const echoing = (async () => {
    for await (const content of there) {
      echoed.push(content);
      await there.send({ echo: content as string });
    }
  })();
  for (let at = 0; at < 200; at += 1) await here.send(`word ${at} ${'y'.repeat(at)}`);
  await until(() => echoed.length === 200);
  await there.send('last');
  there.close('enough');
  expect((await heardHere).length).toBe(201);
  await echoing;
  expect(echoed).toEqual(Array.from({ length: 200 }, (_, at) => `word ${at} ${'y'.repeat(at)}`));
  expect(here.status).toEqual({ state: 'ended', path: 'direct', relay: undefined, reason: 'enough' });
  await expect(here.send('too late')).rejects.toMatchObject({ code: 'AMP-1410' });
}, 30_000);

test('two agents at one node talk without the network', async () => {
  const { here, there } = await openBoth(left, neighbour);
  await here.send('hello');
  here.close();
  expect(await readAll(there)).toEqual(['hello']);
  expect(here.status.path).toBe('local');
}, 20_000);

test('a reader that does not read stops the writer at its window, and nothing is lost', async () => {
  const { here, there } = await openBoth(left, right, 128 * 1024);
  let sentCount = 0;
  const sending = (async () => {
    for (let at = 0; at < 40; at += 1) {
      await here.send('z'.repeat(8_192));
      sentCount += 1;
    }
    here.close();
  })();
  await until(() => sentCount === 16);
  // A round trip on another channel: whatever could still come through would have by then.
  const second = await openBoth(left, right);
  await second.here.send('ping');
  for await (const _ of second.there) break;
  expect(sentCount).toBe(16);
  second.here.close();
  expect((await readAll(there)).length).toBe(40);
  await sending;
}, 30_000);

test('an unknown agent, one that takes no channels, and too large a content are refused by name', async () => {
  const stranger = `did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK` as Did;
  await expect(collaborate(left, stranger)).rejects.toMatchObject({
    code: 'AMP-1411',
    facts: { reason: 'agent-unknown' },
  });
  await expect(collaborate(left, right.did, { openTimeoutMs: 300 })).rejects.toMatchObject({
    code: 'AMP-1411',
    facts: { reason: 'open-timeout' },
  });
  const { here } = await openBoth(left, right);
  await expect(here.send('x'.repeat(64 * 1024 + 1))).rejects.toMatchObject({ code: 'AMP-1412' });
  here.close();
}, 20_000);

test('when the other agent goes away the channel ends, with the reason, and reading it throws', async () => {
  const leaver = await mesh.attach(2, 'leaver');
  await untilKnown(left, [leaver]);
  const { here } = await openBoth(left, leaver);
  const reading = readAll(here);
  leaver.close();
  await expect(reading).rejects.toMatchObject({ code: 'AMP-1410', facts: { reason: 'agent-gone' } });
}, 20_000);

/** A way to a node that can be cut: the socket drops, and the next one goes through again. */
async function startCut(node: { readonly agentUrl: string }) {
  const { port: nodePort, pathname } = new URL(node.agentUrl);
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect(Number(nodePort), '127.0.0.1');
    for (const one of [near, far]) {
      sockets.add(one);
      one.on('error', () => undefined);
    }
    near.pipe(far).pipe(near);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}${pathname}`,
    cut() {
      for (const one of sockets) one.destroy();
      sockets.clear();
    },
    stop: () => server.close(),
  };
}

test('a channel survives dropped sockets on both sides: every word once, in order, under flow control', async () => {
  const cuts = [await startCut(mesh.nodes[1]!), await startCut(mesh.nodes[2]!)];
  const [one, two] = await Promise.all(
    cuts.map(async ({ url }, at) =>
      connectAgent({
        nodes: [{ url, token: mesh.nodes[at + 1]!.token }],
        name: `cut ${at}`,
        key: await createAgentKey(),
      }),
    ),
  );
  await untilKnown(one!, [two!]);
  await untilKnown(two!, [one!]);
  const { here, there } = await openBoth(one!, two!, 128 * 1024);
  const count = 300;
  const heard: unknown[][] = [[], []];
  const say = async (channel: Channel, who: string): Promise<void> => {
    for (let at = 0; at < count; at += 1) await channel.send(`${who} ${at} ${'z'.repeat(2_000)}`);
  };
  const read = async (channel: Channel, into: unknown[]): Promise<void> => {
    for await (const content of channel) {
      into.push(String(content).split(' ').slice(0, 2).join(' '));
      if (into.length === count) break;
    }
  };
  const all = Promise.all([
    say(here, 'here'),
    say(there, 'there'),
    read(here, heard[0]!),
    read(there, heard[1]!),
  ]);
  for (let round = 1; round <= 4; round += 1) {
    await until(() => heard[0]!.length + heard[1]!.length > (round * 2 * count) / 6);
    // One side, the other, then both at once.
    for (const at of round < 3 ? [round - 1] : [0, 1]) cuts[at]!.cut();
  }
  await all;
  const expected = (who: string) => Array.from({ length: count }, (_, at) => `${who} ${at}`);
  expect(heard).toEqual([expected('there'), expected('here')]);
  expect([here.status.state, there.status.state]).toEqual(['open', 'open']);
  here.close();
  for (const end of [...cuts.map(({ stop }) => stop), one!.close, two!.close]) end();
}, 60_000);

test('an open channel goes on when every other node is killed', async () => {
  const more = await startNodes(5);
  try {
    const [one, two] = [await more.attach(3, 'one'), await more.attach(4, 'two')];
    await untilKnown(one, [two]);
    const { here, there } = await openBoth(one, two);
    const heard = readAll(there);
    await here.send('before');
    await Promise.all(more.nodes.slice(0, 3).map((node) => node.kill()));
    expect(more.nodes.filter((node) => node.isAlive).length).toBe(2);
    for (let at = 0; at < 100; at += 1) await here.send(`after ${at}`);
    await there.send('still here');
    for await (const content of here) {
      expect(content).toBe('still here');
      break;
    }
    here.close();
    expect((await heard).length).toBe(101);
  } finally {
    await more.stop();
  }
}, 60_000);

test.runIf(longRuns.isBench)(
  'throughput of one channel, in 32 KiB words',
  async () => {
    const { here, there } = await openBoth(left, right);
    const heard = readAll(there);
    const startedAtMs = performance.now();
    for (let at = 0; at < 1_000; at += 1) await here.send('z'.repeat(32 * 1024));
    here.close();
    expect((await heard).length).toBe(1_000);
    const seconds = (performance.now() - startedAtMs) / 1_000;
    process.stdout.write(`channel: ${(31.25 / seconds).toFixed(1)} MiB/s\n`);
  },
  60_000,
);
