import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { describe, expect, test } from 'vitest';
import { sha256 } from '../../test/discovery/fakes.ts';
import { createBuiltinVectors } from '../builtin-vectors.ts';
import {
  type BucketKeys,
  bucketKey,
  createCodebookKeys,
  createHyperplaneKeys,
  dot,
  drawDirection,
} from './bucket-keys.ts';
import { createConceptCodebook } from './concept-codebook.ts';
import { makeSample } from './sample-vectors.ts';

function createRandom(seed: number): () => number {
  const generator = xoroshiro128plus(seed);
  return () => (generator.next() >>> 0) / 2 ** 32;
}

const dimensions = 32;
const codebook = Array.from({ length: 20 }, (_, at) => drawDirection(dimensions, createRandom(at)));
const schemes: Record<string, BucketKeys> = {
  codebook: createCodebookKeys(codebook, 3),
  hyperplanes: createHyperplaneKeys({ dimensions, tableCount: 3, bitCount: 5, random: createRandom(9) }),
};

describe.each(Object.entries(schemes))('bucket keys by %s', (_, keys) => {
  test('send a vector and a question that equals it to the same buckets', () => {
    for (let seed = 0; seed < 50; seed++) {
      const vector = drawDirection(dimensions, createRandom(100 + seed));
      const held = keys.bucketsOf(vector);
      expect(held).toHaveLength(3);
      expect([...keys.probesFor(vector, 3)].sort()).toEqual([...held].sort());
    }
  });

  test('probe different buckets, the more the wider, always the same ones', () => {
    const vector = drawDirection(dimensions, createRandom(5));
    const wide = keys.probesFor(vector, 12);
    expect(new Set(wide).size).toBe(12);
    expect(keys.probesFor(vector, 4)).toEqual(wide.slice(0, 4));
  });
});

test('the key of a bucket is 32 bytes and differs between meshes, spaces and buckets', () => {
  const keys = [
    bucketKey(sha256, 'a', 's', 'c1'),
    bucketKey(sha256, 'b', 's', 'c1'),
    bucketKey(sha256, 'a', 't', 'c1'),
    bucketKey(sha256, 'a', 's', 'c2'),
  ];
  expect(keys.map((key) => key.length)).toEqual([32, 32, 32, 32]);
  expect(new Set(keys.map(String)).size).toBe(4);
});

test('the codebook of concepts is the same whenever it is built, and tells travel from medicine', () => {
  const vectors = createBuiltinVectors();
  const keys = createCodebookKeys(createConceptCodebook(vectors), 3);
  const again = createCodebookKeys(createConceptCodebook(createBuiltinVectors()), 3);
  const bucketsOf = (text: string) => keys.bucketsOf(vectors.embed(text));
  expect(bucketsOf('books flights')).toEqual(again.bucketsOf(vectors.embed('books flights')));
  const shared = (a: string, b: string) =>
    bucketsOf(a).filter((bucket) => bucketsOf(b).includes(bucket)).length;
  expect(shared('books flights', 'get me a cheap seat on a plane')).toBeGreaterThan(0);
  expect(shared('books flights', 'reads X-ray images of fractures')).toBe(0);
});

test('the sample generator states how near neighbours are, and ranks them exactly', () => {
  const cosinesOf = (kind: 'clustered' | 'diffuse') =>
    makeSample({ kind, dimensions: 64, vectorCount: 1_000, queryCount: 20, random: createRandom(1) });
  const clustered = cosinesOf('clustered');
  expect(clustered.neighbourCosines[1]).toBeGreaterThan(0.6);
  expect(cosinesOf('diffuse').neighbourCosines[1]).toBeLessThan(0.5);
  for (const [at, query] of clustered.queries.entries()) {
    const all = clustered.vectors.map((vector) => dot(vector, query)).sort((a, b) => b - a);
    expect(clustered.nearest[at]!.map((near) => dot(clustered.vectors[near]!, query))).toEqual(
      all.slice(0, 10),
    );
  }
});
