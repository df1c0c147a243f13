import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { expect, test } from 'vitest';
import { MeshSize } from './mesh-size.ts';

const generator = xoroshiro128plus(11);
const random = () => (generator.next() >>> 0) / 2 ** 32;

/** The distances that a lookup for 20 nodes finds among `nodeCount` that lie where chance put them. */
function lookUp(nodeCount: number): readonly number[] {
  let distance = 0;
  return Array.from({ length: Math.min(20, nodeCount) }, () => {
    distance -= Math.log(1 - random()) / nodeCount;
    return distance;
  });
}

test('who has asked nobody knows of itself alone', () => {
  expect(new MeshSize()).toMatchObject({ nodeCount: 1, isCounted: true });
});

test('a mesh that one lookup finds whole is counted', () => {
  const size = new MeshSize();
  size.see(20, lookUp(13));
  expect(size).toMatchObject({ nodeCount: 13, isCounted: true });
});

test.each([50, 1_000, 10_000])('eight lookups estimate %i nodes without bias', (nodeCount) => {
  const runs = 100;
  let sum = 0;
  let squares = 0;
  for (let run = 0; run < runs; run++) {
    const size = new MeshSize();
    for (let i = 0; i < 8; i++) size.see(20, lookUp(nodeCount));
    expect(size.isCounted).toBe(false);
    sum += size.nodeCount / nodeCount;
    squares += (size.nodeCount / nodeCount - 1) ** 2;
  }
  expect(Math.abs(sum / runs - 1)).toBeLessThan(0.05);
  expect(Math.sqrt(squares / runs)).toBeLessThan(0.15);
});

test('a mesh that grew tenfold, or shrank, is seen at the next lookup', () => {
  const size = new MeshSize();
  for (let i = 0; i < 8; i++) size.see(20, lookUp(200));
  size.see(20, lookUp(5_000));
  expect(size.nodeCount).toBeGreaterThan(2_000);
  size.see(20, lookUp(9));
  expect(size).toMatchObject({ nodeCount: 9, isCounted: true });
});
