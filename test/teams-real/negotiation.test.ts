/** Conflicts between agents on three real nodes, and a long thread summed up on request. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type Agent,
  announceIntention,
  bargain,
  connectSpace,
  expectClashes,
  followSpace,
  openMemory,
  requestResource,
  serveBargains,
  serveSummaries,
  settleOrAsk,
  stewardResource,
  summariseThread,
} from '../../client/index.ts';
import { createRealNodes, type RealNodes } from '../discovery-real/real-nodes.ts';

let world: RealNodes;
let agents: readonly [Agent, Agent, Agent];
let space: string;

beforeAll(async () => {
  world = createRealNodes();
  for (let at = 0; at < 3; at++) await world.start();
  const attach = (at: number, name: string, text?: string) =>
    world.attach(world.nodes[at]!, name, text === undefined ? [] : [{ text }]);
  agents = [
    await attach(0, 'ann'),
    await attach(1, 'bob'),
    await attach(2, 'cid', 'Summarises long threads of a team'),
  ];
  for (const agent of agents.slice(1))
    agent.on('message', (message) => {
      if (message.type !== 'invite' || message.space === undefined) return;
      followSpace(agent, message.space);
      void agent.send({ type: 'accept', to: message.from, space: message.space, invitation: message.id });
    });
  const room = await connectSpace(agents[0], [agents[1].did, agents[2].did], { goal: 'share one database' });
  expect(room.accepted.length).toBe(2);
  space = room.space.id;
}, 60_000);
afterAll(() => world?.stop(), 20_000);

describe('a resource', () => {
  test('goes to whoever it is worth most, its lease ends, and nobody is left out', async () => {
    const [ann, bob, cid] = agents;
    const end = stewardResource(cid, { resource: 'gpu', units: 1, leaseMs: 600 });
    const ask = (agent: Agent, utility: number) =>
      requestResource(agent, cid.did, { resource: 'gpu', utility, waitMs: 8_000 });
    const first = await ask(ann, 1);
    const dan = await world.attach(world.nodes[0]!, 'dan');
    const order: string[] = [];
    const waiting = [
      ask(bob, 5).then((held) => {
        order.push('bob');
        held.release();
      }),
      ask(dan, 90).then((held) => {
        order.push('dan');
        held.release();
      }),
    ];
    await new Promise((resolve) => first.lost.addEventListener('abort', resolve));
    await Promise.all(waiting);
    expect(order).toEqual(['dan', 'bob']);
    end();
  }, 20_000);

  test('clashes are foreseen from what members announce in the shared memory', async () => {
    const nowMs = Date.now();
    const hour = { fromMs: nowMs + 1_000, untilMs: nowMs + 3_600_000, leaseUntilMs: nowMs + 60_000 };
    const [ann, bob] = agents.map((agent) => openMemory(agent, space));
    await announceIntention(ann!, { resource: 'table sales', mode: 'write', ...hour });
    await announceIntention(bob!, { resource: 'table sales', mode: 'read', ...hour });
    await announceIntention(bob!, { resource: 'table people', mode: 'write', ...hour });
    for (const until = Date.now() + 10_000; Date.now() < until; ) {
      if ((await expectClashes(ann!)).length > 0) break;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    expect(await expectClashes(ann!)).toMatchObject([{ resource: 'table sales' }]);
    expect(await expectClashes(ann!, nowMs + 120_000), 'an announcement is a lease').toEqual([]);
  }, 20_000);
});

describe('a conflict', () => {
  test('is bargained out: each side gets what matters to it', async () => {
    const [ann, bob] = agents;
    const issues = [
      { name: 'price', options: ['low', 'high'] },
      { name: 'date', options: ['soon', 'late'] },
    ];
    // Ann cares for the price, Bob for the date.
    const over = Promise.withResolvers<unknown>();
    const end = serveBargains(
      bob,
      () => ({
        worths: [
          [0, 1],
          [0, 1],
        ],
        weights: [1, 3],
        reserve: 0.3,
      }),
      over.resolve,
    );
    const deal = await bargain(ann, bob.did, {
      ...{
        issues,
        worths: [
          [1, 0],
          [1, 0],
        ],
        weights: [3, 1],
        reserve: 0.3,
        deadlineMs: 2_000,
      },
    });
    expect(deal).toMatchObject({ kind: 'deal', deal: { price: 'low', date: 'late' } });
    expect(await over.promise).toMatchObject({ kind: 'deal', deal: { price: 'low', date: 'late' } });
    end();
  }, 20_000);

  test('is settled by its rule where that is sure enough, and by a person where it is not', async () => {
    const [ann] = agents;
    const opinion = (option: string, confidence: number) => ({
      ...{ agent: ann.did, option, confidence, reputation: 0.9 },
    });
    const sure = { kind: 'information', opinions: [opinion('up', 0.97), opinion('up', 0.95)] } as const;
    expect(await settleOrAsk(ann, 'Is it up?', sure)).toMatchObject({ option: 'up', by: 'evidence' });
    const unsure = { kind: 'information', opinions: [opinion('up', 0.6), opinion('down', 0.6)] } as const;
    const asked = settleOrAsk(ann, 'Is it up?', unsure);
    const { approvals } = world.nodes[0]!.peer;
    while (approvals.list().length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    const [waiting] = approvals.list();
    expect([...waiting!.options].sort()).toEqual(['down', 'up']);
    approvals.answer(waiting!.id, { verdict: 'approve', option: 'down' });
    expect(await asked).toEqual({ option: 'down', by: 'person', confidence: 1 });
  }, 20_000);
});

describe('a long thread', () => {
  test('is summed up on request by whoever can, and the summary says what it rests on', async () => {
    const [ann, , cid] = agents;
    const said = ['the index is missing', 'adding it takes an hour', 'let us add it tonight'];
    for (const content of said) await ann.send({ type: 'proposal', space: space as never, content });
    const end = serveSummaries(cid, ({ entries }) => {
      const words = entries.filter((entry) => entry.type === 'proposal').map((entry) => entry.text);
      return `${words.length} proposals, the last: ${words.at(-1)}`;
    });
    const summary = await summariseThread(ann, { space, by: { capability: 'summarises long threads' } });
    expect(summary).toMatchObject({ by: cid.did, text: '3 proposals, the last: let us add it tonight' });
    expect(summary.of.length).toBe(4);
    const memory = openMemory(ann, space);
    const [entity] = await memory.query({ ids: [summary.entity] });
    expect(entity).toMatchObject({ body: { tags: ['summary'], model: cid.did, value: { of: summary.of } } });
    const derived = await memory.query({ relation: { kind: 'derived-from', from: summary.entity } });
    expect(derived.map((one) => one.body.type)).toContain('thread');
    end();
  }, 20_000);
});
