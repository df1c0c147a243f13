/** What is said carries its context, and every message can be asked why it was said. On real nodes. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  type Agent,
  connectAgent,
  connectSpace,
  followSpace,
  inviteTo,
  runExpert,
  type Space,
} from '../../client/index.ts';
import { hashOfEntry } from '../../client/space.ts';
import type { ContextDigest } from '../../protocol/context/index.ts';
import { startNodes, type TestNodes, until, untilKnown } from './nodes.ts';

const run = promisify(execFile);
let mesh: TestNodes;
let asker: Agent;
let worker: Agent;
let hosted: Agent;
let space: Space;
let seen: Space;
let goal: string;
beforeAll(async () => {
  mesh = await startNodes(2);
  asker = await mesh.attach(0, 'asker');
  worker = await mesh.attach(1, 'worker');
  const { agentUrl: url, token } = mesh.nodes[1]!;
  hosted = await connectAgent({ nodes: [{ url, token }], name: 'hosted' });
  await untilKnown(asker, [worker, hosted]);
  for (const agent of [worker, hosted])
    agent.on('message', (message) => {
      if (message.type !== 'invite') return;
      if (agent === worker) seen = followSpace(worker, message.space!);
      void agent.send({
        type: 'accept',
        to: message.from,
        space: message.space,
        invitation: message.id,
      } as never);
    });
  ({ space } = await connectSpace(asker, [worker.did, hosted.did], {
    goal: 'a guide to the city',
    requirements: [{ id: 'map', text: 'a map' }],
  }));
  await until(() => seen?.view().goalId !== undefined && seen.members().length === 3);
  goal = seen.view().goalId!;
}, 60_000);
afterAll(async () => {
  hosted.close();
  await mesh.stop();
}, 20_000);

const digestOf = (id: string) =>
  space.entries().find((entry) => entry.id === id)?.context?.digest as ContextDigest | undefined;

test('a signed message carries the digest of its context, with the hash of each entry it refers to', async () => {
  const id = await seen.post({ type: 'proposal', content: { map: 1 }, meets: ['map'], parent: goal });
  await until(() => digestOf(id) !== undefined);
  const entry = space.entries().find((one) => one.id === goal)!;
  expect(digestOf(id)).toMatchObject({
    space: space.id,
    parent: goal,
    goal: 'a guide to the city',
    open: [{ id: 'map', text: 'a map' }],
    entries: [{ id: goal, author: asker.did, type: 'broadcast', hash: await hashOfEntry(entry) }],
  });
});

test("a hosted agent's message gets its digest from the node, and an unknown reference is named", async () => {
  const unknown = '0197f6a0-0000-7000-8000-000000000000';
  const named = Promise.withResolvers<unknown>();
  hosted.on('error', (error) => named.resolve(error.facts));
  const id = await hosted.send({
    type: 'question',
    content: 'which city?',
    space: space.id,
    references: [goal, unknown],
  });
  expect(await named.promise).toMatchObject({ unknown: [unknown] });
  await until(() => digestOf(id) !== undefined);
  expect(digestOf(id)?.entries.map((one) => one.id)).toEqual([goal]);
  expect(digestOf(id)?.members).toBeGreaterThan(1);
});

test('`why` prints the chain that led to a message, across nodes, and `events --job` replays the job', async () => {
  const map = seen.view().contributions[0]!.id;
  const concern = await space.post({ type: 'concern', content: 'no scale', parent: map, references: [map] });
  await until(() => seen.entries().some((entry) => entry.id === concern));
  const revision = await seen.post({ type: 'revise', content: { map: 2 }, supersedes: map, concern });
  await until(() => space.entries().some((entry) => entry.id === revision));
  const ask = async (...args: string[]) => {
    const { agentUrl, token } = mesh.nodes[0]!;
    const { stdout } = await run(process.execPath, [
      join(import.meta.dirname, '../../cli/ampmesh.js'),
      ...args,
      ...['--node', agentUrl, '--token', token],
    ]);
    return stdout.trim().split('\n');
  };
  const chain = (await ask('why', revision, '--json')).map(
    (line) => JSON.parse(line) as Record<string, unknown>,
  );
  expect(chain.map((one) => [one.as, one.depth, one.type])).toEqual([
    ['asked', 0, 'revise'],
    ['concern', 1, 'concern'],
    ['parent', 2, 'proposal'],
    ['parent', 3, 'broadcast'],
    ['supersedes', 1, 'proposal'],
  ]);
  expect((await ask('why', revision))[1]).toMatch(/^└ concern: asker concern .*no scale$/);
  const timeline = (await ask('events', '--job', space.id)).join('\n');
  expect(timeline).toMatch(/states the goal[\s\S]*proposes[\s\S]*raises a concern[\s\S]*revises/);
}, 30_000);

test('a newcomer is told the job in short before it hears any entry, and acts once it has heard all of that', async () => {
  const concern = await space.post({ type: 'concern', content: 'no legend', references: [goal] });
  const newcomer = await mesh.attach(1, 'newcomer');
  await untilKnown(asker, [newcomer]);
  const heard: string[] = [];
  let told: ContextDigest | undefined;
  newcomer.on('message', (message) => {
    if (message.space !== space.id) return;
    heard.push(message.id);
    if (message.type === 'invite') told = message.context?.digest as ContextDigest;
  });
  /** How much of what it was told it had not heard, at each look. */
  const looks: number[] = [];
  const end = runExpert(newcomer, {
    judge: () => undefined,
    contribute({ view }) {
      const known = new Set([...view.contributions, ...view.concerns].map((one) => one.id));
      const missing = told!.entries.filter((one) => one.type !== 'broadcast' && !known.has(one.id));
      looks.push(missing.length);
      return [];
    },
  });
  const standing = space.view().contributions.filter((one) => one.supersededBy === undefined);
  await inviteTo(asker, space.id, newcomer.did, {
    goal: 'a guide to the city',
    digest: await space.digest(),
  });
  await until(() => looks.length > 0 && heard.length > 3);
  end();
  expect(looks.every((missingCount) => missingCount === 0)).toBe(true);
  // Goal first, then the open ends of its threads, the newest first.
  expect(told?.entries.map((one) => one.id)).toEqual([goal, concern, ...standing.map((one) => one.id)]);
  expect(told).toMatchObject({ goal: 'a guide to the city', space: space.id });
  const entries = heard.filter((id) => space.entries().some((entry) => entry.id === id));
  expect(entries.length).toBeGreaterThan(3);
  expect(heard.indexOf(entries[0]!)).toBeGreaterThan(0);
}, 30_000);
