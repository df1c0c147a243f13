/**
 * The DHT index at scale on a virtual network, judged by exhaustive search; and the two ways to make bucket keys,
 * judged on clustered vectors, diffuse vectors, and real capability texts.
 */
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { createBuiltinVectors } from '../../discovery/builtin-vectors.ts';
import {
  type BucketKeys,
  createCodebookKeys,
  createHyperplaneKeys,
  dot,
  toUnit,
} from '../../discovery/dht/bucket-keys.ts';
import { createConceptCodebook } from '../../discovery/dht/concept-codebook.ts';
import { type DhtSettings, dhtDefaults } from '../../discovery/dht/dht-settings.ts';
import { makeSample } from '../../discovery/dht/sample-vectors.ts';
import { askMany } from '../../sim/models/discovery/ask-many.ts';
import { makeCapabilityText, makeQuestion } from '../../sim/models/discovery/capability-texts.ts';
import { DhtSimulation, type QueryResult } from '../../sim/models/discovery/dht-simulation.ts';
import { atLeast, atMost, type BenchGoal, type BenchReport, describeMachine } from './report.ts';

export interface DhtBenchOptions {
  /** Sizes of the mesh, the largest last: the goals are taken there. */
  readonly nodeCounts?: readonly number[];
  readonly agentsPerNode?: number;
  readonly queryCount?: number;
  readonly liarShare?: number;
  readonly replacedPerMinute?: number;
  /** Virtual time before the first query. */
  readonly warmUpMs?: number;
  readonly settings?: Partial<DhtSettings>;
  readonly seed?: number;
}

export async function runDhtBench(options: DhtBenchOptions = {}): Promise<BenchReport> {
  const { nodeCounts = [100, 200, 500, 1_000] } = options;
  const figures: Record<string, number> = {};
  const runs = nodeCounts.map((nodeCount) => ({ nodeCount, run: simulate(nodeCount, options) }));
  for (const { nodeCount, run } of runs)
    for (const [name, value] of Object.entries(run)) figures[`n${nodeCount}.${name}`] = value;
  const { nodeCount, run: largest } = runs.at(-1)!;
  const first = runs[0]!;
  if (runs.length > 1) {
    // Messages grow like log n when this is about 1, like n when it is far above.
    const growth = largest['messages.mean']! / first.run['messages.mean']!;
    figures.messageGrowth = growth;
    figures.messageGrowthOverLog = growth / (Math.log(nodeCount) / Math.log(first.nodeCount));
  }
  const goals: BenchGoal[] = [
    atLeast('recall at 5', largest.recall!, 0.9),
    atMost('messages per query, worst', largest['messages.max']!, 200),
    atMost('bytes per query, worst', largest['bytes.max']!, 128 * 1024),
    atMost('fullest holder over mean', largest['holder.ratio']!, 5),
  ];
  return { bench: 'discovery-dht', machine: describeMachine(), figures, goals };
}

function simulate(nodeCount: number, options: DhtBenchOptions): Record<string, number> {
  const { agentsPerNode = 5, queryCount = 150, liarShare = 0.1, replacedPerMinute = 0.1, seed = 1 } = options;
  const random = createRandom(seed * 7_919 + nodeCount);
  const vectors = createBuiltinVectors();
  const settings = { ...dhtDefaults, ...options.settings };
  const buckets = createCodebookKeys(createConceptCodebook(vectors), settings.copyCount);
  const simulation = new DhtSimulation({
    ...{ nodeCount, agentsPerNode, liarShare, replacedPerMinute, vectors, buckets, settings },
    ...{ makeText: makeCapabilityText, random },
  });
  simulation.run(options.warmUpMs ?? 90_000);
  const before = { ...simulation.background };
  const startMs = simulation.nowMs;
  const { results, worstHolderRatio } = askMany(simulation, {
    queryCount,
    makeQuestion: () => makeQuestion(random),
  });
  const seconds = (simulation.nowMs - startMs) / 1_000;
  const mean = (pick: (result: QueryResult) => number) => {
    return results.reduce((sum, result) => sum + pick(result), 0) / results.length;
  };
  const max = (pick: (result: QueryResult) => number) => Math.max(...results.map(pick));
  return {
    recall: mean((result) => result.recall),
    'messages.mean': mean((result) => result.messageCount),
    'messages.max': max((result) => result.messageCount),
    'bytes.mean': mean((result) => result.byteCount),
    'bytes.max': max((result) => result.byteCount),
    'records.mean': mean((result) => result.recordCount),
    'refused.mean': mean((result) => result.refusedCount),
    'durationMs.mean': mean((result) => result.durationMs),
    deadShare: mean((result) => result.deadCount) / 5,
    'holder.ratio': worstHolderRatio,
    'holder.mean': simulation.holderLoad().mean,
    'background.messagesPerNodeSecond':
      (simulation.background.messageCount - before.messageCount) / nodeCount / seconds,
  };
}

export interface BucketKeysBenchOptions {
  readonly vectorCount?: number;
  readonly queryCount?: number;
  readonly seed?: number;
}

/** Recall at 10 for a number of buckets looked up, the records touched, and the fullest bucket over the mean. */
export async function runBucketKeysBench(options: BucketKeysBenchOptions = {}): Promise<BenchReport> {
  const { vectorCount = 5_000, queryCount = 200, seed = 1 } = options;
  const figures: Record<string, number> = {};
  for (const corpus of ['clustered', 'diffuse', 'texts'] as const) {
    const random = createRandom(seed);
    const sample = corpus === 'texts' ? sampleTexts(vectorCount, queryCount, random) : undefined;
    const dimensions = 256;
    const data =
      sample ?? makeSample({ kind: corpus as 'clustered', dimensions, vectorCount, queryCount, random });
    for (const [at, place] of ['first', 'fifth', 'tenth'].entries())
      figures[`${corpus}.cosine.${place}`] = data.neighbourCosines[at]!;
    const codebook = sample?.codebook ?? centroidsOf(data.vectors.slice(0, 2_000), 256);
    const schemes: Record<string, BucketKeys> = {
      codebook1: createCodebookKeys(codebook, 1),
      codebook3: createCodebookKeys(codebook, 3),
      lsh1x8: createHyperplaneKeys({ dimensions, tableCount: 1, bitCount: 8, random }),
      lsh4x8: createHyperplaneKeys({ dimensions, tableCount: 4, bitCount: 8, random }),
      lsh8x6: createHyperplaneKeys({ dimensions, tableCount: 8, bitCount: 6, random }),
    };
    for (const [name, keys] of Object.entries(schemes))
      for (const [figure, value] of Object.entries(measureKeys(keys, data)))
        figures[`${corpus}.${name}.${figure}`] = value;
  }
  return { bench: 'bucket-keys', machine: describeMachine(), figures, goals: [] };
}

interface Data {
  readonly vectors: readonly Float32Array[];
  readonly queries: readonly Float32Array[];
  readonly nearest: readonly (readonly number[])[];
  readonly neighbourCosines: readonly [number, number, number];
}

function measureKeys(keys: BucketKeys, data: Data): Record<string, number> {
  const held = new Map<string, number[]>();
  for (const [at, vector] of data.vectors.entries())
    for (const bucket of keys.bucketsOf(vector)) held.set(bucket, [...(held.get(bucket) ?? []), at]);
  const sizes = [...held.values()].map((records) => records.length);
  const copyCount = sizes.reduce((sum, size) => sum + size, 0);
  const figures: Record<string, number> = {
    fullestOverMean: Math.max(...sizes) / (copyCount / sizes.length),
  };
  for (const probeCount of [1, 4, 8, 16]) {
    let found = 0;
    let touched = 0;
    for (const [at, query] of data.queries.entries()) {
      const seen = new Set(keys.probesFor(query, probeCount).flatMap((bucket) => held.get(bucket) ?? []));
      touched += seen.size;
      // Equal texts are equally near: what counts is being as near as the tenth.
      const tenth = dot(query, data.vectors[data.nearest[at]![9]!]!);
      const near = [...seen].filter((other) => dot(query, data.vectors[other]!) >= tenth - 1e-6);
      found += Math.min(10, near.length);
    }
    figures[`recall.${probeCount}`] = found / data.queries.length / 10;
    figures[`touched.${probeCount}`] = touched / data.queries.length;
  }
  return figures;
}

function sampleTexts(
  vectorCount: number,
  queryCount: number,
  random: () => number,
): Data & { codebook: readonly Float32Array[] } {
  const source = createBuiltinVectors();
  const vectors = Array.from({ length: vectorCount }, () => source.embed(makeCapabilityText(random)));
  const queries = Array.from({ length: queryCount }, () => source.embed(makeQuestion(random)));
  const ranked = queries.map((query) =>
    vectors
      .map((vector, at) => ({ at, similarity: dot(query, vector) }))
      .sort((a, b) => b.similarity - a.similarity)
      .slice(0, 10),
  );
  const cosineAt = (place: number) =>
    ranked.reduce((sum, hits) => sum + hits[place]!.similarity, 0) / queryCount;
  return {
    ...{ vectors, queries, nearest: ranked.map((hits) => hits.map((hit) => hit.at)) },
    neighbourCosines: [cosineAt(0), cosineAt(4), cosineAt(9)],
    codebook: createConceptCodebook(source),
  };
}

/** Lloyd's k-means on the sphere: what a mesh could ship for a model that has no lexicon. */
function centroidsOf(vectors: readonly Float32Array[], count: number): readonly Float32Array[] {
  let centroids: readonly Float32Array[] = vectors.slice(0, count);
  for (let round = 0; round < 5; round++) {
    const sums = centroids.map((centroid) => new Float32Array(centroid.length));
    const keys = createCodebookKeys(centroids, 1);
    for (const vector of vectors) {
      const sum = sums[Number(keys.bucketsOf(vector)[0]!.slice(1))]!;
      for (let i = 0; i < sum.length; i++) sum[i]! += vector[i]!;
    }
    centroids = sums.map((sum, at) => (dot(sum, sum) > 0 ? toUnit(sum) : centroids[at]!));
  }
  return centroids;
}

function createRandom(seed: number): () => number {
  const generator = xoroshiro128plus(seed);
  return () => (generator.next() >>> 0) / 2 ** 32;
}
