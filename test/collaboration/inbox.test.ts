/** A flooded agent sees what concerns it most, knows how much it did not see, and misses nothing meant for it. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  type Agent,
  type ContextInbox,
  connectSpace,
  followSpace,
  openInbox,
  openMemory,
  type Space,
} from '../../client/index.ts';
import { newTaskId } from '../../client/tasks.ts';
import { startNodes, type TestNodes, until, untilKnown } from './nodes.ts';

let mesh: TestNodes;
let asker: Agent;
let cook: Agent;
let space: Space;
let mine: string;
let inbox: ContextInbox;
beforeAll(async () => {
  mesh = await startNodes(2);
  asker = await mesh.attach(0, 'asker');
  cook = await mesh.attach(1, 'cook', [{ text: 'cooks vegetable soup' }]);
  await untilKnown(asker, [cook]);
  const joined = Promise.withResolvers<Space>();
  cook.on('message', (message) => {
    if (message.type !== 'invite') return;
    joined.resolve(followSpace(cook, message.space!));
    void cook.send({ type: 'accept', to: message.from, space: message.space!, invitation: message.id });
  });
  const opened = await connectSpace(asker, [cook.did], { goal: 'a dinner with friends' });
  space = opened.space;
  const seen = await joined.promise;
  inbox = openInbox(cook, { capacity: 32 });
  await until(() => seen.members().length === 2);
  mine = await seen.post({ type: 'proposal', content: 'soup' });
  await until(() => space.entries().some((entry) => entry.id === mine));
}, 60_000);
afterAll(() => mesh.stop(), 20_000);

test('of 400 changes the 32 most relevant are kept, the rest is counted and told, and what is meant for the agent is all there', async () => {
  inbox.take();
  let heardCount = 0;
  inbox.onChange(() => {
    heardCount += 1;
  });
  const task = newTaskId();
  const award = await asker.send({ type: 'award', to: cook.did, task, fencing: 1, content: 'zzz' });
  const concern = await space.post({ type: 'concern', content: 'qqq', references: [mine] });
  const toTask = await space.post({ type: 'concern', content: 'www', parent: award });
  const relevant: string[] = [];
  for (let at = 0; at < 400; at += 1) {
    const isRelevant = at % 20 === 0;
    const content = isRelevant ? `vegetable soup for friends, ${at}` : `numbers ${at}`;
    const id = await space.post({ type: 'question', content });
    if (isRelevant) relevant.push(id);
  }
  await until(() => heardCount === 403);
  expect([inbox.size, inbox.droppedCount]).toEqual([35, 368]);
  const first = inbox.take(3);
  expect(first.changes.map((one) => [one.id, one.isPinned])).toEqual(
    expect.arrayContaining([award, concern, toTask].map((id) => [id, true])),
  );
  expect(first.droppedCount).toBe(368);
  const rest = inbox.take();
  expect(rest.droppedCount).toBe(0);
  expect(
    rest.changes
      .slice(0, 20)
      .map((one) => one.id)
      .sort(),
  ).toEqual([...relevant].sort());
  expect(inbox.size).toBe(0);
}, 40_000);

test('claims of the shared memory go through the same queue', async () => {
  const inbox = openInbox(cook, { capacity: 8 });
  inbox.followClaims(space.id);
  const memory = openMemory(asker, space.id);
  await memory.claim({ type: 'hypothesis', text: 'the soup needs salt' });
  await until(() => inbox.size > 0);
  const [change] = inbox.take().changes;
  expect([change?.kind, change?.space]).toEqual(['claim', space.id]);
  expect(change?.relevance).toBeGreaterThan(0);
  inbox.stop();
}, 20_000);
