import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cosine, FlatVectorIndex } from './vector-index.ts';

const dimensions = 8;
const vector = fc.int8Array({ minLength: dimensions, maxLength: dimensions });
const change = fc.record({ key: fc.nat(40).map(String), vector, isGone: fc.boolean() });

describe('a flat vector index', () => {
  test('answers exactly as a naive search does, after any changes and with any weights', () => {
    const run = fc.property(
      fc.array(change, { maxLength: 120, size: 'max' }),
      vector,
      fc.integer({ min: 0, max: 4 }),
      (changes, query, limit) => {
        const index = new FlatVectorIndex<number>(dimensions);
        const naive = new Map<string, Int8Array>();
        for (const { key, vector, isGone } of changes) {
          if (isGone) {
            expect(index.delete(key)).toBe(naive.delete(key));
          } else {
            index.set(key, vector, Number(key));
            naive.set(key, vector);
          }
        }
        const weightOf = (key: number) => (key % 4) / 3;
        const expected = [...naive]
          .map(([key, row]) => ({ key, score: cosine(row, query) * weightOf(Number(key)) }))
          .filter((hit) => hit.score > 0)
          .sort((a, b) => b.score - a.score || (a.key < b.key ? -1 : 1))
          .slice(0, limit);
        const found = index.search(query, { limit, weigh: weightOf });
        expect(index.size).toBe(naive.size);
        expect(found.map((hit) => hit.key)).toEqual(expected.map((hit) => hit.key));
        for (const [at, hit] of found.entries()) expect(hit.score).toBeCloseTo(expected[at]!.score, 12);
        for (const [key, row] of naive) expect(index.vectorOf(key)).toEqual(row);
      },
    );
    fc.assert(run, { numRuns: 400, seed: 4 });
  });

  test('keeps two rows apart that share their numbers, at the largest values there are', () => {
    const wide = 2_000;
    const index = new FlatVectorIndex<string>(wide);
    index.set('low', new Int8Array(wide).fill(-128), 'low');
    index.set('high', new Int8Array(wide).fill(127), 'high');
    const found = index.search(new Int8Array(wide).fill(-128), { limit: 2 });
    expect(found.map((hit) => hit.key)).toEqual(['low']);
    expect(found[0]!.similarity).toBeCloseTo(1, 12);
  });

  test('weighs only rows that could still enter the answer', () => {
    const index = new FlatVectorIndex<number>(4);
    for (let i = 0; i < 100; i++) index.set(String(i), Int8Array.of(127, i, 0, 0), i);
    let weighed = 0;
    index.search(Int8Array.of(1, 0, 0, 0), { limit: 1, weigh: () => ++weighed && 1 });
    expect(weighed).toBe(1);
  });

  test('never finds a vector without a direction, nor for one', () => {
    const index = new FlatVectorIndex<number>(4);
    index.set('zero', new Int8Array(4), 1);
    index.set('one', Int8Array.of(1, 0, 0, 0), 2);
    expect(index.search(new Int8Array(4), { limit: 5 })).toEqual([]);
    expect(index.search(Int8Array.of(1, 0, 0, 0), { limit: 5 }).map((hit) => hit.key)).toEqual(['one']);
  });
});
