import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Agent, ask, runExpert } from '../../client/index.ts';
import { startNodes, type TestNodes, untilKnown } from './nodes.ts';

let mesh: TestNodes;
let asker: Agent;
let judgedCount = 0;
let end: () => void;
beforeAll(async () => {
  mesh = await startNodes(1);
  asker = await mesh.attach(0, 'asker');
  const worker = await mesh.attach(0, 'worker', [{ text: 'draws city maps' }]);
  await untilKnown(asker, [worker]);
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
          mine.length > 0 || agent !== worker
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
