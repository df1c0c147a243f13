/** `why` goes back from a result to what led to it, over direct messages and over the nodes that hold a part. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeStep, gatherWhy } from '../../cli/commands/why.ts';
import type { NodeAccess } from '../../cli/local-nodes.ts';
import { type Agent, acceptChannels, collaborate, requestTask, serveTasks } from '../../client/index.ts';
import { newTaskId } from '../../client/tasks.ts';
import { startNodes, type TestNodes, until, untilKnown } from './nodes.ts';

let mesh: TestNodes;
let asker: Agent;
let worker: Agent;
let helper: Agent;
beforeAll(async () => {
  mesh = await startNodes(3);
  asker = await mesh.attach(0, 'asker');
  worker = await mesh.attach(1, 'worker');
  helper = await mesh.attach(2, 'helper');
  await untilKnown(asker, [worker, helper]);
  await untilKnown(worker, [asker, helper]);
  await untilKnown(helper, [asker, worker]);
}, 60_000);
afterAll(() => mesh.stop(), 20_000);

function access(...at: number[]): readonly NodeAccess[] {
  return at.map((one) => mesh.nodes[one]!);
}

/** What was said, the latest first, with what it was to the line above. */
async function chainOf(id: string, ...at: number[]): Promise<readonly string[]> {
  const { steps } = await gatherWhy(access(...at), id);
  return steps.map(({ as, depth, event }) =>
    `${depth} ${as} ${event?.type ?? 'unknown'} ${event?.name ?? ''}`.trim(),
  );
}

test('a result leads back over its progress to the award, and over a task given on to another node', async () => {
  const helping = serveTasks(helper, async (_task, context) => {
    await context.progress(0.5);
    return 'half of it';
  });
  const working = serveTasks(worker, async (task, context) => {
    await context.progress(0.1, 'gives a part on');
    const part = await requestTask(worker, helper.did, 'a part', { task: task.id });
    return `whole, with ${JSON.stringify(part.content)}`;
  });
  const results: string[] = [];
  asker.on('message', (message) => void (message.type === 'result' && results.push(message.id)));
  const { task } = await requestTask(asker, worker.did, 'the whole');
  await until(() => results.length === 1);
  const chain = [
    '0 asked result worker',
    '1 parent award asker',
    '1 after progress worker',
    '2 parent award asker',
  ];
  expect(await chainOf(results[0]!, 0, 1)).toEqual(chain);
  // The task's id stands for the last word on it.
  expect(await chainOf(task, 0, 1, 2)).toEqual(chain);
  const { steps, missing } = await gatherWhy(access(1), results[0]!);
  expect(steps.map(describeStep)[2]).toMatch(/^└ after: worker progress to ….{8} .* gives a part on$/);
  expect(missing).toEqual([
    `The node …${mesh.nodes[0]!.did.slice(-8)} of asker was not asked: the chain may be incomplete.`,
  ]);
  helping.stop();
  working.stop();
}, 30_000);

test('a concern about an award, an answer to it and the award lie on three nodes; a dead one is named', async () => {
  const award = await asker.send({
    type: 'award',
    to: worker.did,
    task: newTaskId(),
    fencing: 1,
    content: 'x',
  });
  const concern = await worker.send({ type: 'concern', to: helper.did, content: 'why x?', parent: award });
  await until(async () => (await chainOf(concern, 2).catch(() => [])).length > 0);
  const answer = await helper.send({ type: 'answer', to: asker.did, content: 'because', parent: concern });
  const whole = ['0 asked answer helper', '1 parent concern worker', '2 parent award asker'];
  expect(await chainOf(answer, 0, 1, 2)).toEqual(whole);
  // The helper's node never saw the award.
  expect(await chainOf(answer, 2)).toEqual([...whole.slice(0, 2), '2 parent unknown']);
  await mesh.nodes[1]!.kill();
  const { steps, missing } = await gatherWhy(access(0, 1, 2), answer);
  expect(steps.map((step) => step.event?.type)).toEqual(['answer', 'concern', 'award']);
  expect(missing).toContain('n1 does not answer: the chain may be incomplete.');
  await mesh.restart(1);
  // What a node wrote down outlives it.
  expect(await chainOf(concern, 1)).toEqual(['0 asked concern worker', '1 parent award asker']);
}, 40_000);

test('a contract leads back from its result over award, bid and call', async () => {
  const task = newTaskId();
  const deadlineAt = Date.now() + 60_000;
  const to = helper.did;
  await asker.send({ type: 'cfp', to, task, content: 'who does it?', deadlineAt });
  const steps = [
    () => helper.send({ type: 'bid', to: asker.did, task, confidence: 0.9 }),
    () => asker.send({ type: 'award', to, task, fencing: 1 }),
    () => helper.send({ type: 'result', to: asker.did, task, fencing: 1, content: 'done' }),
  ];
  let last = '';
  for (const say of steps) {
    last = await say();
    await until(
      async () => (await chainOf(task, 0)).length > 0 && (await chainOf(last, 2).catch(() => [])).length > 0,
    );
  }
  expect(await chainOf(last, 2)).toEqual([
    '0 asked result helper',
    '1 after award asker',
    '2 after bid helper',
    '3 after cfp asker',
  ]);
}, 20_000);

test('a channel is found by its id: who opened it to whom', async () => {
  await untilKnown(asker, [helper]);
  acceptChannels(helper, () => undefined);
  const channel = await collaborate(asker, helper.did);
  for (const at of [0, 2]) {
    const { steps } = await gatherWhy(access(at), channel.id);
    expect(steps.map(describeStep)).toEqual([
      expect.stringMatching(new RegExp(`^asker channel open to …${helper.did.slice(-8)}`)),
    ]);
  }
  channel.close();
}, 20_000);
