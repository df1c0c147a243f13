/** Shared memory over two real nodes: processes, sockets, SQLite and `kill -9`. */

import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Agent, connectSpace, type MemoryChange, openMemory } from '../../client/index.ts';
import type { AmpError } from '../../protocol/errors.ts';
import { startNodes, type TestNodes, until, untilKnown } from '../collaboration/nodes.ts';

let mesh: TestNodes;
let ann: Agent;
let ben: Agent;

beforeAll(async () => {
  mesh = await startNodes(2);
  ann = await mesh.attach(0, 'ann');
  ben = await mesh.attach(1, 'ben');
  await Promise.all([untilKnown(ann, [ben]), untilKnown(ben, [ann])]);
}, 60_000);
afterAll(() => mesh.stop(), 60_000);

test('what one agent claims the other knows, attests and hears change; a killed node keeps what it acknowledged', {
  timeout: 60_000,
}, async () => {
  ben.on('message', (message) => {
    if (message.type !== 'invite') return;
    void ben.send({ type: 'accept', space: message.space!, invitation: message.id, to: message.from });
  });
  const { space, accepted } = await connectSpace(ann, [ben.did], {
    goal: 'know together',
    policy: { memory: { quorum: { by: 'count', min: 1 } } },
  });
  expect(accepted).toEqual([ben.did]);
  const mine = openMemory(ann, space.id);
  const theirs = openMemory(ben, space.id);
  await until(() =>
    theirs.query().then(
      () => true,
      () => false,
    ),
  );
  const heard: MemoryChange[] = [];
  theirs.subscribe({ types: ['hypothesis'] }, (change) => heard.push(change));
  const id = await mine.claim({ type: 'hypothesis', text: 'The valve on line 3 leaks' });
  await until(async () => (await theirs.query({ ids: [id] })).length === 1);
  await theirs.attest(id, 'support');
  await until(async () => (await mine.query({ statuses: ['fact'] })).length === 1);
  expect((await mine.query({ text: 'leaking valve' }))[0]).toMatchObject({
    id,
    author: ann.did,
    status: 'fact',
  });
  await until(() => heard.some((change) => change.status === 'fact'));
  await theirs.deposit({ location: 'line/3', kind: 'checked', amount: 5, halfLifeMs: 3_600_000 });
  await until(async () => (await mine.sense('line/', true)).length === 1);
  await expect(theirs.retract(id)).rejects.toMatchObject({ code: 'AMP-1706' });

  // The owner takes a right away: what was written by it stands, at both nodes.
  await theirs.claim({ type: 'question', text: 'Who has a spare valve?', id: 'spare' });
  await until(async () => (await mine.query({ types: ['question'] })).length === 1);
  await mine.setScopes({ [ben.did]: { write: ['entity/pump'] } });
  await until(() =>
    theirs.claim({ type: 'question', text: 'And a gasket?', id: 'gasket' }).then(
      () => false,
      (error: AmpError) => error.code === 'AMP-1721',
    ),
  );
  await theirs.claim({ type: 'goal', text: 'The pump runs on Friday', id: 'pump.1' });
  await until(async () => (await mine.query({ types: ['goal'] })).length === 1);
  for (const memory of [mine, theirs])
    expect(await memory.query({ ids: [`${ben.did}/spare`] })).toHaveLength(1);

  const last = await mine.claim({ type: 'fact', text: 'Said just before the end' });
  await mesh.nodes[0]!.kill();
  const { httpUrl, token } = await mesh.restart(0);
  const response = await fetch(`${httpUrl}/memory`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ what: 'graph', filter: { space: space.id } }),
  });
  const { items } = (await response.json()) as { items: { id: string; status: string }[] };
  expect(items.map((one) => one.id)).toEqual(expect.arrayContaining([id, last, `${ben.did}/spare`]));
  expect(items.find((one) => one.id === id)!.status).toBe('fact');
});
