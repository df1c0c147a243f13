/** An agent's own copy of a space, over real nodes: it follows, checks, answers without a node, and loses nothing. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { WebSocket as Socket, WebSocketServer } from 'ws';
import {
  type Agent,
  connectAgent,
  connectSpace,
  createAgentKey,
  followMemory,
  type Memory,
  openMemory,
} from '../../client/index.ts';
import { createCopyRows } from '../../client/memory/copy-records.ts';
import { createBuiltinVectors } from '../../discovery/builtin-vectors.ts';
import type { AmpError } from '../../protocol/errors.ts';
import { startNodes, type TestNodes, until, untilKnown } from '../collaboration/nodes.ts';

let mesh: TestNodes;
let ann: Agent;
let ben: Agent;
let mine: Memory;
let theirs: Memory;

beforeAll(async () => {
  mesh = await startNodes(2);
  ann = await mesh.attach(0, 'ann');
  ben = await mesh.attach(1, 'ben');
  await Promise.all([untilKnown(ann, [ben]), untilKnown(ben, [ann])]);
  ben.on('message', (message) => {
    if (message.type !== 'invite') return;
    void ben.send({ type: 'accept', space: message.space!, invitation: message.id, to: message.from });
  });
  const { space } = await connectSpace(ann, [ben.did], {
    goal: 'copy',
    policy: { memory: { quorum: { by: 'count', min: 1 } } },
  });
  mine = openMemory(ann, space.id);
  theirs = openMemory(ben, space.id);
  await until(() =>
    theirs.query().then(
      () => true,
      () => false,
    ),
  );
}, 60_000);
afterAll(() => mesh.stop(), 60_000);

test('a copy answers like its node, also while the node is dead, and sends what was written meanwhile once', {
  timeout: 60_000,
}, async () => {
  const first = await mine.claim({ type: 'hypothesis', text: 'The pump on deck 2 leaks', subject: 'pump' });
  await until(async () => (await theirs.query({ ids: [first] })).length === 1);
  await theirs.attest(first, 'support');
  await until(async () => (await mine.query({ statuses: ['fact'] })).length === 1);
  await mine.deposit({ location: 'deck/2', kind: 'seen', amount: 4, halfLifeMs: 3_600_000 });

  const problems: AmpError[] = [];
  const vectors = createBuiltinVectors();
  const store = createCopyRows();
  const copy = await mine.follow({ store, embed: vectors.embed, onProblem: (one) => problems.push(one) });
  await copy.untilCurrent();
  expect(copy.query()).toEqual(await mine.query());
  expect(copy.sense('deck/', true)).toMatchObject([{ location: 'deck/2', authors: [ann.did] }]);
  // What another node's agent writes comes in by itself.
  const second = await theirs.claim({ type: 'question', text: 'Who repairs pumps?' });
  await until(() => copy.open().some((one) => one.id === second));

  const { port } = new URL(mesh.nodes[0]!.agentUrl);
  await mesh.nodes[0]!.kill();
  await until(() => !ann.isUp);
  expect(copy.query({ text: 'leaking pump' })[0]).toMatchObject({ id: first, status: 'fact' });
  const said = [
    copy.claim({ type: 'solution', text: 'A new gasket stops the leak', id: 'gasket' }),
    copy.claim({ type: 'hypothesis', text: 'The gasket was old' }),
    copy.relate('answers', `${ann.did}/gasket`, second),
    copy.attest(second, 'support'),
  ];
  expect(copy.waitingCount).toBe(4);
  // Shown at once, as something that is in no chain yet.
  expect(copy.query({ types: ['solution'] })).toMatchObject([{ provenance: { seq: -1 } }]);
  expect(copy.open()).toEqual([]);
  const away = await theirs.claim({ type: 'hypothesis', text: 'Said while the other node was dead' });

  await mesh.restart(0, Number(port));
  await Promise.all(said);
  expect(copy.waitingCount).toBe(0);
  await until(() => copy.query({ ids: [away] }).length === 1);
  await until(async () => (await mine.query({ ids: [away] })).length === 1);
  await copy.untilCurrent();
  expect(copy.query()).toEqual(await mine.query());
  expect(copy.query({ types: ['solution'] })[0]!.provenance.seq).toBeGreaterThanOrEqual(0);
  expect((await mine.query()).filter((one) => one.body.text.includes('gasket'))).toHaveLength(2);
  expect(problems).toEqual([]);
  copy.close();

  // What was held is there again without a node's help.
  const again = await followMemory(ann, mine.space, { store });
  expect(again.query({ statuses: ['fact'] })).toMatchObject([{ id: first }]);
  again.close();
});

/** Between an agent and its node: words may be changed on their way to the agent. */
async function startLiar(target: string, change: (message: Record<string, unknown>) => void) {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1', handleProtocols: ([one]) => one! });
  await new Promise((resolve) => server.once('listening', resolve));
  server.on('connection', (client) => {
    const node = new Socket(target, ['amp.v1.json']);
    const early: string[] = [];
    client.on('message', (data) => {
      if (node.readyState === Socket.OPEN) node.send(String(data));
      else early.push(String(data));
    });
    node.on('open', () => {
      for (const one of early) node.send(one);
    });
    node.on('message', (data) => {
      const message = JSON.parse(String(data)) as Record<string, unknown>;
      change(message);
      client.send(JSON.stringify(message));
    });
    node.on('close', () => client.close());
    client.on('close', () => node.close());
  });
  const { port } = server.address() as { port: number };
  return {
    url: `ws://127.0.0.1:${port}/amp/mesh`,
    stop() {
      for (const client of server.clients) client.terminate();
      server.close();
    },
  };
}

test('a node that changes what others wrote is found out, and the copy keeps what they signed', {
  timeout: 30_000,
}, async () => {
  let isLying = true;
  const { agentUrl, token } = mesh.nodes[1]!;
  const liar = await startLiar(agentUrl, (message) => {
    const body = message.body as { kind?: string; run?: string } | undefined;
    if (!isLying || message.type !== 'sync' || body?.kind !== 'page') return;
    // One letter of what somebody claimed.
    const bytes = Buffer.from(body.run!, 'base64url');
    const at = bytes.indexOf('pump');
    if (at >= 0) bytes[at] = bytes[at]! ^ 1;
    body.run = bytes.toString('base64url');
  });
  const cat = await connectAgent({
    nodes: [{ url: liar.url, token }],
    name: 'cat',
    key: await createAgentKey(),
  });
  try {
    cat.on('message', (message) => {
      if (message.type !== 'invite') return;
      void cat.send({ type: 'accept', space: message.space!, invitation: message.id, to: message.from });
    });
    await untilKnown(ann, [cat]);
    await ann.send({ type: 'invite', space: mine.space, to: cat.did, goal: 'look on' });
    const hers = openMemory(cat, mine.space);
    await until(() =>
      hers.query().then(
        (found) => found.length > 0,
        () => false,
      ),
    );
    // The node's own answers are not checked by anybody: this is what a copy is for.
    const problems: AmpError[] = [];
    const copy = await hers.follow({ onProblem: (one) => problems.push(one) });
    await until(() => problems.length > 0);
    expect(problems[0]).toMatchObject({ code: 'AMP-1723', facts: { kind: 'page' } });
    expect(copy.query().filter((one) => one.author === ann.did && one.body.subject === 'pump')).toEqual([]);
    isLying = false;
    await copy.untilCurrent();
    expect(copy.query()).toEqual(await hers.query());
    copy.close();
  } finally {
    cat.close();
    liar.stop();
  }
});
