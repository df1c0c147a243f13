/**
 * How fast the gossip index searches 10,000 agents, rank and filters included, against an unrolled float32 scan
 * of the same matrix in the same run, which only computes the dot products.
 */
import { createHash } from 'node:crypto';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import type { SealedCapability } from '../../discovery/capability-record.ts';
import { type CapabilityRecord, capabilityForm } from '../../discovery/capability-record.ts';
import type { Query } from '../../discovery/query.ts';
import type { HeldRecord } from '../../discovery/record-table.ts';
import { type Searchable, type Standing, searchRecords } from '../../discovery/search.ts';
import { FlatVectorIndex } from '../../discovery/vector-index.ts';
import type { VectorSource } from '../../discovery/vector-source.ts';
import { encodeDid } from '../../protocol/did.ts';
import type { Verified } from '../../protocol/signing.ts';
import { atMost, type BenchReport, describeMachine, median, spread } from './report.ts';

export interface DiscoveryIndexBenchOptions {
  readonly agentCount?: number;
  readonly dimensions?: number;
  /** Interleaved pairs of one index query and one scan. */
  readonly pairCount?: number;
  readonly seed?: number;
}

interface Corpus {
  readonly matrix: Int8Array;
  readonly held: readonly HeldRecord[];
  readonly loads: ReadonlyMap<string, number>;
}

export async function runDiscoveryIndexBench(options: DiscoveryIndexBenchOptions = {}): Promise<BenchReport> {
  const { agentCount = 10_000, dimensions = 256, pairCount = 60, seed = 1 } = options;
  const random = createRandom(seed);
  const corpus = makeCorpus(agentCount, dimensions, random);
  const index = new FlatVectorIndex<HeldRecord>(dimensions);
  for (const [row, held] of corpus.held.entries())
    index.set(held.key, corpus.matrix.subarray(row * dimensions, (row + 1) * dimensions), held);
  const figures: Record<string, number> = { agentCount, dimensions };
  let worstRatio = 0;
  for (const [name, filter] of Object.entries(filters)) {
    const timed = timePairs({ corpus, index, dimensions, pairCount, random, filter });
    const ratio = median(timed.map((pair) => pair.queryMs / pair.scanMs));
    figures[`${name}.queryMs`] = median(timed.map((pair) => pair.queryMs));
    figures[`${name}.scanMs`] = median(timed.map((pair) => pair.scanMs));
    figures[`${name}.int8ScanMs`] = median(timed.map((pair) => pair.int8Ms));
    figures[`${name}.ratio`] = ratio;
    figures[`${name}.ratioSpread`] = spread(timed.map((pair) => pair.queryMs / pair.scanMs));
    worstRatio = Math.max(worstRatio, ratio);
  }
  figures.worstRatio = worstRatio;
  return {
    bench: 'discovery-index',
    machine: describeMachine(),
    figures,
    goals: [atMost('query over scan, worst filter', worstRatio, 1.5)],
  };
}

/** No filter; one that most records pass; one that few pass, so that the search cannot stop weighing early. */
const filters: Readonly<Record<string, Query['filter']>> = {
  none: undefined,
  most: { loadMax: 0.8, cost: { amountMax: 9, unit: 'EUR' } },
  few: { tags: ['t7'], loadMax: 0.8, cost: { amountMax: 5, unit: 'EUR' } },
};

interface PairSetting {
  readonly corpus: Corpus;
  readonly index: FlatVectorIndex<HeldRecord>;
  readonly dimensions: number;
  readonly pairCount: number;
  readonly random: () => number;
  readonly filter: Query['filter'];
}

function timePairs(setting: PairSetting) {
  const { corpus, index, dimensions, pairCount, random, filter } = setting;
  const floats = Float32Array.from(corpus.matrix);
  const out = new Float64Array(corpus.held.length);
  const standing = makeStanding();
  const pairs: { queryMs: number; scanMs: number; int8Ms: number }[] = [];
  for (let round = -10; round < pairCount; round++) {
    const query = corpus.matrix.slice(0, dimensions).map(() => Math.round((random() - 0.5) * 100));
    const near = Math.floor(random() * corpus.held.length) * dimensions;
    for (let i = 0; i < dimensions; i++) query[i] = Math.round((query[i]! + corpus.matrix[near + i]!) / 2);
    const floatQuery = Float32Array.from(query);
    const searchable: Searchable = {
      vectors: fixedVector(query),
      indexOf: () => index,
      loadOf: (held) => corpus.loads.get(held.sealed.body.agent),
    };
    const request = {
      query: { text: 'q', ...(filter === undefined ? {} : { filter }) },
      nowMs: 0,
      viewer: {},
    };
    const query1 = () => searchRecords(searchable, { ...request, standing }, { via: 'gossip', reasons: [] });
    const scan = () => scanFloat32(floats, floatQuery, dimensions, out);
    const int8Ms = time(() => scanInt8(corpus.matrix, query, dimensions, out));
    const isQueryFirst = round % 2 === 0;
    const first = time(isQueryFirst ? query1 : scan);
    const second = time(isQueryFirst ? scan : query1);
    const [queryMs, scanMs] = isQueryFirst ? [first, second] : [second, first];
    if (round >= 0) pairs.push({ queryMs, scanMs, int8Ms });
  }
  return pairs;
}

/** The yardstick: four sums, one pass, nothing else. */
function scanFloat32(matrix: Float32Array, query: Float32Array, dimensions: number, out: Float64Array): void {
  for (let row = 0; row < out.length; row++) {
    const start = row * dimensions;
    let a = 0;
    let b = 0;
    let c = 0;
    let d = 0;
    for (let i = 0; i < dimensions; i += 4) {
      a += matrix[start + i]! * query[i]!;
      b += matrix[start + i + 1]! * query[i + 1]!;
      c += matrix[start + i + 2]! * query[i + 2]!;
      d += matrix[start + i + 3]! * query[i + 3]!;
    }
    out[row] = a + b + c + d;
  }
}

/** The way not taken: int8 with integer arithmetic. */
function scanInt8(matrix: Int8Array, query: Int8Array, dimensions: number, out: Float64Array): void {
  for (let row = 0; row < out.length; row++) {
    const start = row * dimensions;
    let a = 0;
    let b = 0;
    let c = 0;
    let d = 0;
    for (let i = 0; i < dimensions; i += 4) {
      a = (a + Math.imul(matrix[start + i]!, query[i]!)) | 0;
      b = (b + Math.imul(matrix[start + i + 1]!, query[i + 1]!)) | 0;
      c = (c + Math.imul(matrix[start + i + 2]!, query[i + 2]!)) | 0;
      d = (d + Math.imul(matrix[start + i + 3]!, query[i + 3]!)) | 0;
    }
    out[row] = a + b + c + d;
  }
}

function time(run: () => unknown): number {
  const startMs = performance.now();
  run();
  return performance.now() - startMs;
}

function fixedVector(query: Int8Array): VectorSource {
  const vector = Float32Array.from(query);
  return { space: 'bench', dimensions: query.length, embed: () => vector, quantize: () => query };
}

function makeStanding(): Standing {
  return {
    reputationOf: (agent) => (agent.charCodeAt(20) % 10) / 10,
    affinityOf: (agent) => (agent.charCodeAt(21) % 10) / 10,
    confidenceOf: () => undefined,
  };
}

function makeCorpus(agentCount: number, dimensions: number, random: () => number): Corpus {
  const matrix = new Int8Array(agentCount * dimensions).map(() => Math.round((random() - 0.5) * 100));
  const loads = new Map<string, number>();
  const held = Array.from({ length: agentCount }, (_, number): HeldRecord => {
    const body = makeRecord(number, random);
    loads.set(body.agent, random());
    const sealed = {
      body,
      bytes: new Uint8Array(),
      id: String(number),
    } as unknown as Verified<SealedCapability>;
    return { key: String(number), sealed };
  });
  return { matrix, held, loads };
}

function makeRecord(number: number, random: () => number): CapabilityRecord {
  const hash = (text: string) => new Uint8Array(createHash('sha256').update(text).digest());
  return capabilityForm.schema.parse({
    ...{ record: 'capability', mesh: 'bench', agent: encodeDid(hash(`agent ${number}`)) },
    ...{ node: encodeDid(hash(`node ${number % 100}`)), capability: 'main', seq: 1, text: 'x' },
    tags: [`t${Math.floor(random() * 50)}`, `t${Math.floor(random() * 50)}`],
    cost: { amount: Math.floor(random() * 10), unit: 'EUR' },
    ...{ audience: 'mesh', createdAt: 0, expiresAt: 1, sig: 'A'.repeat(86) },
  });
}

function createRandom(seed: number): () => number {
  const generator = xoroshiro128plus(seed);
  return () => (generator.next() >>> 0) / 2 ** 32;
}
