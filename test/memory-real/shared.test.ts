/** What members share beside the graph, over two real nodes: counted, held, collected, and written together. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import * as Y from 'yjs';
import { type Agent, connectSpace, type Delivered, type Memory, openMemory } from '../../client/index.ts';
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
  const { space } = await connectSpace(ann, [ben.did], { goal: 'share' });
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

test('a need asks the mesh for help by itself, and the contribution that meets it closes it on every node', {
  timeout: 30_000,
}, async () => {
  const helper = await mesh.attach(1, 'helper', [{ text: 'Translates Finnish contracts into English' }]);
  const asked: Delivered[] = [];
  helper.on('message', (message) => asked.push(message));
  await until(async () => {
    const { items } = await ann.query('discover', 'Translate a Finnish contract into English');
    return JSON.stringify(items).includes(helper.did);
  });
  const need = await mine.claim({
    type: 'need',
    text: 'The contract is in Finnish',
    capability: 'Translate a Finnish contract into English',
  });
  await until(() => asked.some((one) => one.type === 'broadcast'));
  expect(asked).toMatchObject([{ type: 'broadcast', from: ann.did, context: { space: mine.space, need } }]);
  await until(async () => (await theirs.open()).some((one) => one.id === need));
  const text = await theirs.claim({
    type: 'solution',
    text: 'The contract in English: delivery takes ten days',
  });
  await theirs.relate('meets', text, need);
  for (const memory of [mine, theirs])
    await until(async () => !(await memory.open()).some((one) => one.id === need));
  // Whoever has the same problem finds the solution instead of working again.
  for (const memory of [mine, theirs]) {
    const known = await memory.isKnown('The English contract says how long delivery takes', 0.3);
    expect(known[0]).toMatchObject({ id: text });
    expect(await memory.isKnown('Bananas ripen next to apples', 0.8)).toEqual([]);
  }
  expect(asked).toHaveLength(1);
});

test('both count, set and collect at once, and both nodes come to the same values', {
  timeout: 30_000,
}, async () => {
  const counters = [mine.counter('pages'), theirs.counter('pages')] as const;
  await Promise.all([
    ...Array.from({ length: 10 }, () => counters[0].add(2)),
    ...Array.from({ length: 10 }, () => counters[1].add(-1)),
  ]);
  const tags = [mine.set('tags'), theirs.set('tags')] as const;
  await Promise.all([tags[0].add('red'), tags[1].add('blue')]);
  await until(async () => (await tags[1].values()).includes('red'));
  await Promise.all([tags[1].remove('red'), mine.set('seen', 'last-writer').add('a')]);
  await mine.register<{ city: string }>('place').set({ city: 'Turku' });
  await until(async () => (await theirs.register<{ city: string }>('place').get())?.city === 'Turku');
  for (const one of counters) await until(async () => (await one.value()) === 10);
  for (const one of tags) await until(async () => JSON.stringify(await one.values()) === '["blue"]');
  await until(async () => (await theirs.set('seen', 'last-writer').values()).length === 1);
});

test('a lease has one holder, and the next one acts under a higher fence', { timeout: 30_000 }, async () => {
  const [first, second] = [mine.lease('press'), theirs.lease('press')];
  const held = await first.claim(60_000);
  expect(held.holder).toBe(ann.did);
  await until(async () => (await second.holder())?.holder === ann.did);
  await expect(second.claim(1_000)).rejects.toMatchObject({ code: 'AMP-1720' });
  await expect(second.release()).rejects.toMatchObject({ code: 'AMP-1720' });
  await first.release();
  await until(async () => (await second.holder()) === undefined);
  const next = await second.claim(60_000);
  expect(next).toMatchObject({ holder: ben.did });
  expect(next.fence).toBeGreaterThan(held.fence);
});

test('two editors bind to one document: texts, maps and a paste of 100 kB come together, through a killed node', {
  timeout: 60_000,
}, async () => {
  const before = new Y.Doc();
  before.getText('body').insert(0, 'Written before it was bound. ');
  const left = mine.document('report', { doc: before });
  const right = theirs.document('report');
  await Promise.all([left.ready, right.ready]);
  const textOf = (doc: Y.Doc) => doc.getText('body').toString();
  await until(() => textOf(right.doc).startsWith('Written before'));
  right.doc.getText('body').insert(0, 'Right. ');
  left.doc.getMap('facts').set('pages', 3);
  left.doc.getText('body').insert(0, 'x'.repeat(100_000));
  await Promise.all([left.settled(), right.settled()]);
  await until(() => textOf(left.doc) === textOf(right.doc) && textOf(left.doc).length > 100_000);
  await until(() => right.doc.getMap('facts').get('pages') === 3);

  // What is written while the node is gone arrives once it is back.
  const { port } = new URL(mesh.nodes[0]!.agentUrl);
  await mesh.nodes[0]!.kill();
  left.doc.getText('body').insert(0, 'In the dark. ');
  right.doc.getText('body').insert(0, 'Meanwhile. ');
  await mesh.restart(0, Number(port));
  await until(
    () =>
      textOf(right.doc).includes('In the dark. ') &&
      textOf(left.doc).includes('Meanwhile. ') &&
      textOf(left.doc) === textOf(right.doc),
  );
  // Many small changes do not pile up: the author merges its own.
  for (let i = 0; i < 150; i += 1) {
    left.doc.getText('body').insert(0, `${i} `);
    await left.settled();
  }
  const [{ updates }] = (await ann.query('documents', undefined, { space: mine.space })).items as [
    { updates: number },
  ];
  expect(updates).toBeLessThan(100);
  const late = theirs.document('report');
  await late.ready;
  await until(() => textOf(late.doc) === textOf(left.doc));
});
