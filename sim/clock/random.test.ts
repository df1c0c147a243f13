import { xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus';
import { describe, expect, it } from 'vitest';
import { RunDigest } from './digest.ts';
import { RandomStream } from './random.ts';
import { Xoroshiro128Plus } from './xoroshiro.ts';

describe('Xoroshiro128Plus', () => {
  it('draws what pure-rand draws', () => {
    const state = [0x6a09e667 | 0, 0xbb67ae85 | 0, -7, 0] as const;
    const [own, theirs] = [new Xoroshiro128Plus(...state), xoroshiro128plusFromState([...state])];
    for (let i = 0; i < 10_000; i++) expect(own.next()).toBe(theirs.next());
  });
});

describe('seeded streams', () => {
  it('give the same numbers for the same seed and path, whatever was drawn from the parent', () => {
    const left = RandomStream.fromSeed(42);
    const right = RandomStream.fromSeed(42);
    left.uint32();
    left.uint32();
    const a = left.split('peer', 17, 'mesh');
    const b = right.split('peer', 17, 'mesh');
    for (let i = 0; i < 100; i++) expect(a.uint32()).toBe(b.uint32());
  });

  it('give the numbers that they gave before: recorded runs stay replayable', () => {
    const stream = RandomStream.fromSeed(1).split('peer', 2);
    expect([stream.uint32(), stream.uint32(), stream.uint32()]).toMatchInlineSnapshot(`
      [
        3033690029,
        782135434,
        7103728,
      ]
    `);
  });

  it('differ between seeds, names, numbers and depths', () => {
    const root = RandomStream.fromSeed(1);
    const firsts = [
      root,
      RandomStream.fromSeed(2),
      RandomStream.fromSeed(2 ** 40 + 1),
      root.split('a'),
      root.split('b'),
      root.split('a', 'b'),
      root.split('ab'),
      root.split(97),
      ...Array.from({ length: 1000 }, (_, i) => root.split('peer', i)),
    ].map((stream) => stream.split('first').uint32());
    expect(new Set(firsts).size).toBe(firsts.length);
  });

  it('are uniform, normal and exponential where they say so', () => {
    const stream = RandomStream.fromSeed(5);
    const count = 100_000;
    const mean = (draw: () => number) =>
      Array.from({ length: count }, draw).reduce((a, b) => a + b, 0) / count;
    expect(mean(() => stream.unit())).toBeCloseTo(0.5, 2);
    expect(mean(() => stream.normal() ** 2)).toBeCloseTo(1, 1);
    expect(mean(() => stream.exponential(3))).toBeCloseTo(3, 1);
    const faces = new Array<number>(6).fill(0);
    for (let i = 0; i < count; i++) faces[stream.below(6)]!++;
    for (const face of faces) expect(Math.abs(face - count / 6)).toBeLessThan(5 * Math.sqrt(count / 6));
  });

  it('are independent of their neighbours: peers 1 to 1,000 draw like one generator', () => {
    const root = RandomStream.fromSeed(9);
    const draws = Array.from({ length: 1000 }, (_, i) => root.split('peer', i).unit());
    const mean = draws.reduce((a, b) => a + b, 0) / draws.length;
    let lagged = 0;
    for (let i = 1; i < draws.length; i++) lagged += (draws[i]! - mean) * (draws[i - 1]! - mean);
    expect(Math.abs(lagged / draws.length / (1 / 12))).toBeLessThan(0.1);
  });
});

describe('the run digest', () => {
  it('changes with any event, any order and any tick', () => {
    const digestOf = (...events: [number, number, number][]) => {
      const digest = new RunDigest();
      for (const event of events) digest.add(...event);
      return digest.toString();
    };
    const texts = [
      digestOf(),
      digestOf([0, 0, 0]),
      digestOf([0, 0, 0], [0, 0, 0]),
      digestOf([1, 2, 3]),
      digestOf([1, 3, 2]),
      digestOf([2, 1, 3]),
      digestOf([1, 2, 3], [4, 5, 6]),
      digestOf([4, 5, 6], [1, 2, 3]),
    ];
    expect(new Set(texts).size).toBe(texts.length);
    for (const text of texts) expect(text).toMatch(/^[0-9a-f]{16}$/);
  });

  it('tells apart a hundred thousand runs that differ in one event', () => {
    const texts = new Set<string>();
    for (let i = 0; i < 100_000; i++) {
      const digest = new RunDigest();
      digest.add(1, i, 2);
      digest.add(3, 4, 5);
      texts.add(digest.toString());
    }
    expect(texts.size).toBe(100_000);
  });
});
