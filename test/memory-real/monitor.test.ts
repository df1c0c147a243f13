/** The monitor–contribute loop, over one real node: relevant, not redundant, within cool-down and budget. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  type Agent,
  connectSpace,
  type Memory,
  monitorMemory,
  openMemory,
  type Plan,
} from '../../client/index.ts';
import { createBuiltinVectors } from '../../discovery/builtin-vectors.ts';
import { startNodes, type TestNodes, until } from '../collaboration/nodes.ts';

const vectors = createBuiltinVectors();
const similarity = (a: string, b: string) => {
  const [one, other] = [vectors.embed(a), vectors.embed(b)];
  return one.reduce((sum, value, at) => sum + value * other[at]!, 0);
};
let mesh: TestNodes;
let agents: Agent[];
let memories: Memory[];

beforeAll(async () => {
  mesh = await startNodes(1);
  agents = await Promise.all(['asker', 'one', 'two'].map((name) => mesh.attach(0, name)));
  const [asker, ...others] = agents as [Agent, ...Agent[]];
  for (const agent of others)
    agent.on('message', (message) => {
      if (message.type !== 'invite') return;
      void agent.send({ type: 'accept', space: message.space!, invitation: message.id, to: message.from });
    });
  const { space } = await connectSpace(
    asker,
    others.map((one) => one.did),
    { goal: 'watch' },
  );
  memories = agents.map((agent) => openMemory(agent, space.id));
  for (const memory of memories)
    await until(() =>
      memory.open().then(
        () => true,
        () => false,
      ),
    );
}, 60_000);
afterAll(() => mesh.stop(), 60_000);

test('of two agents that could answer the same, one does; what concerns nobody is left alone; the budget ends it', {
  timeout: 60_000,
}, async () => {
  const problems: unknown[] = [];
  let worked = 0;
  const monitors = [1, 2].map((at) =>
    monitorMemory(
      {
        memory: memories[at]!,
        self: agents[at]!.did,
        similarity,
        onProblem: (error) => problems.push(error),
        plan(change): Plan | undefined {
          if (change.body.type !== 'need') return undefined;
          const text = `Translated contract: ${change.body.text}`;
          return {
            summary: text,
            async work() {
              worked += 1;
              return [{ claim: { type: 'solution', text }, relation: { kind: 'meets', to: change.id } }];
            },
          };
        },
      },
      {
        capabilities: ['Translate a Finnish contract into English'],
        relevanceMin: 0.3,
        coolDownMs: 100,
        settleMs: 400,
        budget: 1,
      },
    ),
  );
  const [asker] = memories as [Memory];
  const need = (text: string) =>
    asker.claim({ type: 'need', text, capability: 'Translate a Finnish contract into English' });
  await asker.claim({ type: 'hypothesis', text: 'Bananas ripen faster next to apples' });
  const first = await need('The rental contract of the harbour office');
  const closed = (id: string) => async () => (await asker.query({ ids: [id] }))[0]?.status === 'closed';
  await until(closed(first));
  await until(() => monitors.some(({ counts }) => counts.yielded + counts.redundant > 0));
  expect(worked).toBe(1);
  // The other has its budget still; the third need finds nobody.
  const second = await need('A purchase order of forty diesel engines');
  await until(closed(second));
  expect(worked).toBe(2);
  const third = await need('The lease of a crane in the summer months');
  await until(() => monitors.every(({ counts }) => counts.heard >= 5));
  expect((await asker.open()).map((one) => one.id)).toContain(third);
  expect(monitors.map(({ counts }) => counts.contributed).sort()).toEqual([1, 1]);
  for (const { counts } of monitors) expect(counts.irrelevant).toBeGreaterThan(0);
  // Announcements do not stay.
  await until(async () => {
    const open = await asker.query({ types: ['intention'] });
    return open.every((one) => one.status === 'retracted');
  });
  expect(problems).toEqual([]);
  for (const monitor of monitors) monitor.stop();
});
