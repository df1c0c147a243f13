/**
 * Seeded vectors to judge bucket keys on, of two kinds: clustered (many agents do nearly the same) and diffuse
 * (everybody is a little unlike everybody). The cosine of a query with its nearest neighbours says which kind
 * one's own data resembles.
 */
import { dot, drawDirection, toUnit } from './bucket-keys.ts';

export interface SampleInit {
  readonly kind: 'clustered' | 'diffuse';
  readonly dimensions: number;
  readonly vectorCount: number;
  readonly queryCount: number;
  /** Uniform numbers from [0, 1). */
  readonly random: () => number;
}

export interface Sample {
  readonly vectors: readonly Float32Array[];
  readonly queries: readonly Float32Array[];
  /** The exact nearest ten of each query, best first. */
  readonly nearest: readonly (readonly number[])[];
  /** Mean cosine of a query with its first, fifth and tenth neighbour. */
  readonly neighbourCosines: readonly [first: number, fifth: number, tenth: number];
}

const shapes = {
  /** 1 centre for 25 vectors; a vector lies at a cosine of about 0.8 to its centre. */
  clustered: { vectorsPerCentre: 25, centreShare: 0.8 },
  /** 1 centre for 2 vectors, at a cosine of about 0.45: neighbours are hardly nearer than others. */
  diffuse: { vectorsPerCentre: 2, centreShare: 0.45 },
} as const;

export function makeSample(init: SampleInit): Sample {
  const { kind, dimensions, vectorCount, queryCount, random } = init;
  const { vectorsPerCentre, centreShare } = shapes[kind];
  const centres = Array.from({ length: Math.ceil(vectorCount / vectorsPerCentre) }, () =>
    drawDirection(dimensions, random),
  );
  const drawNear = () => {
    const centre = centres[Math.floor(random() * centres.length)]!;
    return mix(centre, drawDirection(dimensions, random), centreShare);
  };
  const vectors = Array.from({ length: vectorCount }, drawNear);
  const queries = Array.from({ length: queryCount }, drawNear);
  const ranked = queries.map((query) => rank(query, vectors));
  const cosineAt = (place: number) => {
    const sum = ranked.reduce((total, hits) => total + hits[place]!.similarity, 0);
    return sum / queries.length;
  };
  return {
    ...{ vectors, queries, nearest: ranked.map((hits) => hits.map((hit) => hit.at)) },
    neighbourCosines: [cosineAt(0), cosineAt(4), cosineAt(9)],
  };
}

function mix(a: Float32Array, b: Float32Array, share: number): Float32Array {
  const rest = Math.sqrt(1 - share * share);
  return toUnit(a.map((value, i) => value * share + b[i]! * rest));
}

function rank(query: Float32Array, vectors: readonly Float32Array[]) {
  return vectors
    .map((vector, at) => ({ at, similarity: dot(vector, query) }))
    .sort((a, b) => b.similarity - a.similarity)
    .slice(0, 10);
}
