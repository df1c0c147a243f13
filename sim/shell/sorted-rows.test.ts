import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { expect, test } from 'vitest';
import { compareUtf8, SortedRows } from './sorted-rows.ts';

test('rows of a virtual disk read as a sorted map does, whatever was set, deleted and read before', () => {
  const generator = xoroshiro128plus(11);
  const below = (bound: number) => (generator.next() >>> 0) % bound;
  const ends = ['', '', '', '\ue000', '\u{10000}'];
  for (let run = 0; run < 3; run++) {
    const rows = new SortedRows('bucket');
    const model = new Map<string, string>();
    for (let i = 0; i < 4_000; i++) {
      const key = `row ${below(900)}${ends[below(ends.length)]}`;
      const value = String(below(1e6));
      const act = below(400);
      if (act < 340) rows.set(key, value);
      else if (act < 360) rows.set(key, undefined);
      else if (act < 380) expect(rows.put(key, value)).toBe(model.get(key));
      if (act < 340 || (act >= 360 && act < 380)) model.set(key, value);
      else if (act < 360) model.delete(key);
      else if (act < 396) expect(rows.get(key)).toBe(model.get(key));
      else {
        const sorted = [...model].sort(([a], [b]) => compareUtf8(a, b));
        const want = sorted.map(([key, value]) => ({ key, value }));
        expect(rows.scan('', '', 1e9)).toEqual(want);
      }
    }
  }
});
