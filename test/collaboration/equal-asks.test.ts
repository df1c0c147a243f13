import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Agent, ask, runExpert, type Space } from '../../client/index.ts';
import { startNodes, type TestNodes, until, untilKnown } from './nodes.ts';

let mesh: TestNodes;
let asker: Agent;
let here: Agent;
let elsewhere: Agent;
/** While set, the worker does not finish. */
let isHeld = false;
let judgedCount = 0;
let end: () => void;
beforeAll(async () => {
  mesh = await startNodes(2);
  asker = await mesh.attach(0, 'asker');
  here = await mesh.attach(0, 'here');
  elsewhere = await mesh.attach(1, 'elsewhere');
  const worker = await mesh.attach(0, 'worker', [{ text: 'draws city maps' }]);
  await untilKnown(asker, [worker]);
  await untilKnown(asker, [here, elsewhere]);
  await untilKnown(elsewhere, [asker, here, worker]);
  const reviewer = await mesh.attach(0, 'reviewer', [{ text: 'reviews city maps' }]);
  const ends = [worker, reviewer].map((agent) =>
    runExpert(
      agent,
      {
        judge() {
          if (agent === worker) judgedCount += 1;
          return {
            confidence: 0.9,
            offer: 'a map',
            provides: agent === worker ? [{ id: 'map', text: 'a map' }] : [],
          };
        },
        contribute: ({ mine }) =>
          isHeld || mine.length > 0 || agent !== worker
            ? []
            : [{ type: 'proposal', content: 'the map', meets: ['map'] }],
      },
      { reviewGraceMs: 50 },
    ),
  );
  end = () => {
    for (const one of ends) one();
  };
}, 40_000);
afterAll(async () => {
  end();
  await mesh.stop();
}, 20_000);

test('equal asks in flight are one job, heard once and answered to both; another ask is another job', async () => {
  const init = { query: 'draw me a city map', offerWindowMs: 300, quietMs: 200, deadlineMs: 15_000 };
  const offers: string[] = [];
  const [first, second, other] = await Promise.all([
    ask(asker, init),
    ask(asker, { ...init, onOffer: (offer) => offers.push(offer.name) }),
    ask(asker, { ...init, query: 'draw me a city map of Rome' }),
  ]);
  expect([first.end, second.id, other.id === first.id]).toEqual(['complete', first.id, false]);
  expect(offers).toContain('worker');
  expect(judgedCount).toBe(2);
  // Not in flight any more: asked again, it is done again.
  const again = await ask(asker, init);
  expect([again.end, again.id === first.id, judgedCount]).toEqual(['complete', false, 3]);
}, 30_000);

const init = { offerWindowMs: 300, quietMs: 200, deadlineMs: 15_000 };

/** Ask, and tell when the team is together. */
function askUntilTeam(agent: Agent, query: string, more: Partial<Parameters<typeof ask>[1]> = {}) {
  const team = Promise.withResolvers<Space>();
  return { result: ask(agent, { ...init, ...more, query, onSpace: team.resolve }), team: team.promise };
}

test('equal asks of three agents at two nodes are one job; who joins reads the same answer, with receipts of its own', async () => {
  const query = 'draw me a city map of Paris';
  const before = judgedCount;
  isHeld = true;
  const first = askUntilTeam(asker, query);
  const space = await first.team;
  const joining = [here, elsewhere].map((agent) => {
    const receipts = new Map<string, Set<string>>();
    agent.on('receipt', ({ level, ids }) => {
      for (const id of ids) receipts.set(id, (receipts.get(id) ?? new Set()).add(level));
    });
    return { ...askUntilTeam(agent, query), receipts };
  });
  for (const { team } of joining) expect((await team).id).toBe(space.id);
  isHeld = false;
  await space.post({ type: 'question', content: 'Where is the map?' });
  const answer = await first.result;
  expect([answer.end, answer.joined, judgedCount - before]).toEqual(['complete', undefined, 1]);
  for (const { result, receipts } of joining) {
    const same = await result;
    expect([same.id, same.end, same.unmet]).toEqual([answer.id, 'complete', []]);
    expect(same.contributions.map((one) => one.id)).toEqual(answer.contributions.map((one) => one.id));
    expect(same.offers.map((one) => one.agent)).toEqual(answer.offers.map((one) => one.agent));
    expect(same.joined?.asker).toBe(asker.did);
    await until(() => receipts.get(same.joined!.request)?.has('delivered') === true);
  }
}, 40_000);

test('of two equal asks that start at one moment on two nodes the later one gives way', async () => {
  const before = judgedCount;
  const query = 'draw me a city map of Lima';
  const both = await Promise.all([ask(asker, { ...init, query }), ask(elsewhere, { ...init, query })]);
  expect(both.map((one) => one.end)).toEqual(['complete', 'complete']);
  expect(both[0].space).toBe(both[1].space);
  expect(both.filter((one) => one.joined !== undefined).length).toBe(1);
  expect(judgedCount - before).toBeLessThanOrEqual(2);
}, 40_000);

test('a private ask neither joins nor is joined, and a reader cannot write', async () => {
  const query = 'draw me a city map of Cairo';
  isHeld = true;
  const open = askUntilTeam(asker, query);
  const space = await open.team;
  const hidden = askUntilTeam(elsewhere, query, { isPrivate: true });
  expect((await hidden.team).id).not.toBe(space.id);
  const reading = askUntilTeam(here, query);
  const read = await reading.team;
  expect(read.id).toBe(space.id);
  await until(() => read.view().goalId !== undefined);
  expect(read.members()).not.toContain(here.did);
  await expect(read.post({ type: 'proposal', content: 'mine', meets: ['map'] })).rejects.toMatchObject({
    code: 'AMP-1401',
  });
  isHeld = false;
  for (const one of [space, await hidden.team]) await one.post({ type: 'question', content: 'Well?' });
  const ended = await Promise.all([open.result, hidden.result, reading.result]);
  expect(ended.map((one) => one.end)).toEqual(['complete', 'complete', 'complete']);
  expect(ended[1].joined).toBeUndefined();
}, 40_000);

test('who joins keeps its own deadline; when the first asker gives up, it goes on by itself', async () => {
  const query = 'draw me a city map of Oslo';
  isHeld = true;
  const stop = new AbortController();
  const first = askUntilTeam(asker, query, { signal: stop.signal });
  const space = await first.team;
  const impatient = askUntilTeam(here, query, { deadlineMs: 1_500 });
  const patient = askUntilTeam(elsewhere, query);
  expect((await impatient.team).id).toBe(space.id);
  expect((await patient.team).id).toBe(space.id);
  const early = await impatient.result;
  expect([early.end, early.joined?.asker]).toEqual(['deadline', asker.did]);
  isHeld = false;
  stop.abort();
  expect((await first.result).end).toBe('asker');
  const own = await patient.result;
  expect([own.end, own.joined, own.space === space.id]).toEqual(['complete', undefined, false]);
}, 40_000);
