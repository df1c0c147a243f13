import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CompactMap, LongCompactMap } from './compact-map.ts';

const key = fc.constantFrom(...'abcdefghijklmnop');
const step = fc.oneof(
  fc.record({ type: fc.constant('set' as const), key, value: fc.integer() }),
  fc.record({ type: fc.constant('delete' as const), key }),
  fc.record({ type: fc.constant('clear' as const) }),
);
type Step = typeof step extends fc.Arbitrary<infer One> ? One : never;

function apply(map: Map<string, number> | CompactMap<string, number>, one: Step): unknown {
  if (one.type === 'clear') return map.clear();
  return one.type === 'delete' ? map.delete(one.key) : map.set(one.key, one.value) === map;
}

describe('CompactMap', () => {
  it('does what a map does, over any history', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (history) => {
        const [map, compact] = [new Map<string, number>(), new CompactMap<string, number>()];
        for (const one of history) {
          expect(apply(compact, one)).toEqual(apply(map, one));
          expect([...compact]).toEqual([...map]);
          expect([...compact.keys()]).toEqual([...map.keys()]);
          expect([...compact.values()]).toEqual([...map.values()]);
          expect([compact.size, compact.get('c'), compact.has('c')]).toEqual([
            map.size,
            map.get('c'),
            map.has('c'),
          ]);
        }
      }),
      { seed: 1, numRuns: 300 },
    );
  });

  it('is walked as a map is while it changes: sees what is added, and not what is removed', () => {
    const entries = fc.uniqueArray(fc.tuple(key, fc.integer()), { selector: ([one]) => one, maxLength: 12 });
    // A key that comes again after it was removed comes anew, in a map as well: no walk of either would end.
    const changes = fc.array(
      fc.record({ atStep: fc.nat(14), added: fc.constantFrom(...'qrstuvw'), removed: key }),
    );
    fc.assert(
      fc.property(entries, changes, (start, history) => {
        const walk = (map: Map<string, number> | CompactMap<string, number>) => {
          const seen: [string, number][] = [];
          for (const pair of map) {
            for (const { atStep, added, removed } of history) {
              if (atStep !== seen.length) continue;
              map.delete(removed);
              map.set(added, atStep);
            }
            seen.push(pair);
          }
          return [seen, [...map]];
        };
        expect(walk(new CompactMap(start))).toEqual(walk(new Map(start)));
      }),
      { seed: 2, numRuns: 500 },
    );
  });

  it('takes NaN and undefined as keys, as a map does', () => {
    const map = new CompactMap<unknown, string>([
      [Number.NaN, 'not a number'],
      [undefined, 'nothing'],
    ]);
    expect([map.get(Number.NaN), map.get(undefined), map.size]).toEqual(['not a number', 'nothing', 2]);
    expect(map.delete(Number.NaN)).toBe(true);
    expect(map.has(Number.NaN)).toBe(false);
  });

  it('holds hundreds in a long one as well, and loses none where the list becomes a map', () => {
    const [map, long] = [new Map<number, number>(), new LongCompactMap<number, number>()];
    for (let i = 0; i < 300; i++) {
      for (const one of [map, long]) {
        one.set(i, -i);
        if (i % 7 === 0) one.delete(i / 7);
      }
      expect([...long]).toEqual([...map]);
    }
    expect([long.size, long.get(299), long.get(0)]).toEqual([map.size, -299, undefined]);
  });
});
