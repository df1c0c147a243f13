/**
 * From vectors to bucket keys: similar vectors should share a bucket, so that a few buckets hold most of what
 * a query wants. Two ways, behind one interface; README.md shows what each costs and finds.
 */
import { toHex, utf8 } from '../../protocol/bytes.ts';
import type { Keys } from '../../protocol/ports.ts';

export interface BucketKeys {
  /** Where a record with this vector is kept, best bucket first. */
  bucketsOf(vector: Float32Array): readonly string[];
  /** Where to look for neighbours of this vector, most promising bucket first, at most `count`. */
  probesFor(vector: Float32Array, count: number): readonly string[];
}

/** The 32 bytes that Kademlia routes a bucket by. Mesh and embedding space are part of it. */
export function bucketKey(hash: Keys['hash'], mesh: string, space: string, bucket: string): Uint8Array {
  return hash(utf8(`amp/1/bucket\n${mesh}\n${space}\n${bucket}`));
}

/**
 * A codebook: each bucket is a direction, and a record is kept with the `copyCount` directions that it points
 * to most. Every node must use the same directions in the same order.
 */
export function createCodebookKeys(codebook: readonly Float32Array[], copyCount: number): BucketKeys {
  const nearest = (vector: Float32Array, count: number) => {
    const scored = codebook.map((direction, at) => ({ at, similarity: dot(direction, vector) }));
    return scored
      .sort((a, b) => b.similarity - a.similarity || a.at - b.at)
      .slice(0, count)
      .map(({ at }) => `c${at}`);
  };
  return {
    bucketsOf: (vector) => nearest(vector, copyCount),
    probesFor: nearest,
  };
}

export interface HyperplaneInit {
  readonly dimensions: number;
  readonly tableCount: number;
  /** At most 24. */
  readonly bitCount: number;
  /** Uniform numbers from [0, 1), the same on every node. */
  readonly random: () => number;
}

/**
 * Random hyperplanes: in each table a bucket is the side of `bitCount` planes on which a vector lies. Probes
 * beyond the first flip the bits whose planes are nearest.
 *
 * @see Charikar 2002, Similarity estimation techniques from rounding algorithms; Lv et al. 2007, Multi-probe LSH
 */
export function createHyperplaneKeys(init: HyperplaneInit): BucketKeys {
  const { dimensions, tableCount, bitCount, random } = init;
  const planes = Array.from({ length: tableCount * bitCount }, () => drawDirection(dimensions, random));
  const nameOf = (table: number, code: number) =>
    `h${table}.${toHex(Uint8Array.of(code >> 16, code >> 8, code))}`;
  const project = (vector: Float32Array, table: number) => {
    const distances = planes
      .slice(table * bitCount, (table + 1) * bitCount)
      .map((plane) => dot(plane, vector));
    return { distances, code: distances.reduce((code, at, bit) => (at > 0 ? code | (1 << bit) : code), 0) };
  };
  const tables = Array.from({ length: tableCount }, (_, table) => table);
  return {
    bucketsOf: (vector) => tables.map((table) => nameOf(table, project(vector, table).code)),
    probesFor(vector, count) {
      const probes = tables.flatMap((table) => {
        const { distances, code } = project(vector, table);
        return flipsOf(distances).map(({ cost, mask }) => ({ cost, name: nameOf(table, code ^ mask) }));
      });
      return probes
        .sort((a, b) => a.cost - b.cost || (a.name < b.name ? -1 : 1))
        .slice(0, count)
        .map((probe) => probe.name);
    },
  };
}

/** All subsets of the seven nearest planes, and how far a vector would have to move to be on their other side. */
function flipsOf(distances: readonly number[]): { cost: number; mask: number }[] {
  const nearest = distances
    .map((distance, bit) => ({ cost: distance * distance, mask: 1 << bit }))
    .sort((a, b) => a.cost - b.cost)
    .slice(0, 7);
  let flips = [{ cost: 0, mask: 0 }];
  for (const one of nearest)
    flips = [...flips, ...flips.map((flip) => ({ cost: flip.cost + one.cost, mask: flip.mask | one.mask }))];
  return flips;
}

/** A direction drawn evenly: sums of twelve uniforms are close enough to a normal distribution. */
export function drawDirection(dimensions: number, random: () => number): Float32Array {
  const vector = Float32Array.from({ length: dimensions }, () => {
    let sum = -6;
    for (let i = 0; i < 12; i++) sum += random();
    return sum;
  });
  return toUnit(vector);
}

export function toUnit(vector: Float32Array): Float32Array {
  const length = Math.sqrt(dot(vector, vector));
  return length === 0 ? vector : vector.map((value) => value / length);
}

export function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
