import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createAttention, scoreRelevance, volunteerDelayMs, wordSimilarity } from './index.ts';

const noticed = fc.array(fc.record({ id: fc.nat(60), relevance: fc.integer({ min: 0, max: 10 }) }), {
  maxLength: 120,
});

test('the inbox keeps the most relevant, never more than its size, and counts all that falls out', () => {
  fc.assert(
    fc.property(noticed, fc.integer({ min: 1, max: 12 }), (all, capacity) => {
      const inbox = createAttention({ capacity });
      const best = new Map<string, number>();
      let fellOut = 0;
      let lastSize = 0;
      all.forEach(({ id, relevance }, atMs) => {
        const effects = inbox.step({ type: 'noticed', id: `${id}`, relevance: relevance / 10, atMs });
        fellOut += effects.filter((one) => one.type === 'drop').length;
        best.set(`${id}`, Math.max(best.get(`${id}`) ?? 0, relevance / 10));
        expect(inbox.size).toBeLessThanOrEqual(capacity);
        lastSize = inbox.size;
      });
      expect(inbox.droppedCount).toBe(fellOut);
      const [effect] = inbox.step({ type: 'wanted', count: capacity, atMs: 1_000 });
      const kept = effect?.type === 'attend' ? effect.ids : [];
      expect(kept.length).toBe(lastSize);
      // What was kept is at least as relevant as the most relevant that was not.
      const left = [...best].filter(([id]) => !kept.includes(id)).map(([, relevance]) => relevance);
      for (const id of kept) expect(best.get(id)).toBeGreaterThanOrEqual(Math.max(0, ...left));
      const order = kept.map((id) => best.get(id)!);
      expect(order).toEqual([...order].sort((a, b) => b - a));
    }),
    { numRuns: 200, seed: 3 },
  );
});

test('what is settled waits no longer, and what is irrelevant never did', () => {
  const inbox = createAttention({ relevanceMin: 0.3 });
  inbox.step({ type: 'noticed', id: 'a', relevance: 0.5, atMs: 1 });
  expect(inbox.step({ type: 'noticed', id: 'b', relevance: 0.2, atMs: 2 })).toEqual([
    { type: 'drop', id: 'b', reason: 'irrelevant' },
  ]);
  inbox.step({ type: 'settled', id: 'a', atMs: 3 });
  expect(inbox.step({ type: 'wanted', count: 5, atMs: 4 })).toEqual([
    { type: 'ignored', reason: 'nothing-waits' },
  ]);
  expect(inbox.droppedCount).toBe(0);
});

test('what one can do counts for more than what the job is about, and a bad similarity for nothing', () => {
  const facts = { goal: 'goal', capabilities: ['maps', 'food'] };
  const near = (to: string) => (_text: string, other: string) => (other === to ? 1 : 0);
  expect(scoreRelevance('x', facts, near('goal'))).toBeCloseTo(0.4);
  expect(scoreRelevance('x', facts, near('food'))).toBeCloseTo(0.6);
  expect(scoreRelevance('x', facts, () => Number.NaN)).toBe(0);
});

test('the fitter waits less, equals are spread out, and everybody can compute it', () => {
  const delays = Array.from({ length: 50 }, (_, at) => volunteerDelayMs(0.5, `agent ${at}`, 'map'));
  expect(new Set(delays).size).toBeGreaterThan(35);
  expect(volunteerDelayMs(1, 'a', 'map')).toBeLessThan(300);
  expect(volunteerDelayMs(0, 'a', 'map')).toBe(volunteerDelayMs(1, 'a', 'map') + 400);
});

test('what is pinned comes first and never falls out, however relevant the flood is', () => {
  const inbox = createAttention({ capacity: 4, relevanceMin: 0.5 });
  inbox.step({ type: 'noticed', id: 'award', relevance: 0, isPinned: true, atMs: 1 });
  inbox.step({ type: 'noticed', id: 'late', relevance: 0.6, atMs: 2 });
  for (let at = 0; at < 100; at += 1)
    inbox.step({ type: 'noticed', id: `flood ${at}`, relevance: 1, atMs: 3 + at });
  // It was one of many, and fell out; now it is known to be about this agent's work.
  inbox.step({ type: 'noticed', id: 'late', relevance: 0.1, isPinned: true, atMs: 200 });
  expect([inbox.size, inbox.droppedCount]).toEqual([6, 97]);
  const [effect] = inbox.step({ type: 'wanted', count: 3, atMs: 300 });
  expect(effect).toEqual({ type: 'attend', ids: ['late', 'award', 'flood 0'] });
});

test('words in common make texts near, whatever their endings', () => {
  expect(wordSimilarity('draws city maps', 'who maps the city?')).toBeGreaterThan(0.6);
  expect(wordSimilarity('draws city maps', 'bakes bread')).toBe(0);
  expect(wordSimilarity('', 'bread')).toBe(0);
});
