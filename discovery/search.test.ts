import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Did } from '../protocol/brand.ts';
import { createWordVectors, didOf, fakeNowMs, sealedOf } from '../test/discovery/fakes.ts';
import { chooseAwakened } from './broadcast.ts';
import type { CapabilityDraft } from './capability-record.ts';
import { type Query, queryDefaults } from './query.ts';
import { explainRank, scoreOf, weighCandidate } from './rank.ts';
import type { HeldRecord } from './record-table.ts';
import { neutralStanding, type SearchRequest, type Standing, searchRecords } from './search.ts';
import { FlatVectorIndex } from './vector-index.ts';

const vectors = createWordVectors(256);

interface Agent extends Partial<CapabilityDraft> {
  readonly says: string;
  /** `null`: away. */
  readonly load?: number | null;
}

function search(agents: readonly Agent[], query: Query, request: Partial<SearchRequest> = {}) {
  const index = new FlatVectorIndex<HeldRecord>(256);
  const loads = new Map<string, number | undefined>();
  for (const [number, { says, load, ...fields }] of agents.entries()) {
    const sealed = sealedOf(number, says, fields);
    index.set(String(number), vectors.quantize(vectors.embed(says)), { key: String(number), sealed });
    loads.set(sealed.body.agent, load === null ? undefined : (load ?? 0));
  }
  return searchRecords(
    { vectors, indexOf: () => index, loadOf: (held) => loads.get(held.sealed.body.agent) },
    { query, nowMs: fakeNowMs, viewer: {}, ...request },
    { via: 'gossip', reasons: [] },
  );
}

const found = (answer: ReturnType<typeof search>) =>
  answer.skills.map((part) => part.hits.map((hit) => hit.agent));

describe('a query', () => {
  test('for several skills covers each, and lists those that nobody has', () => {
    const agents = [
      { says: 'books flights' },
      { says: 'finds hotels' },
      { says: 'books flights and hotels' },
    ];
    const answer = search(agents, { skills: ['flights', 'hotels', 'heart surgery'] });
    expect(found(answer).map((part) => part.sort())).toEqual([
      [didOf(0), didOf(2)].sort(),
      [didOf(1), didOf(2)].sort(),
      [],
    ]);
    expect(answer.uncoveredSkills).toEqual(['heart surgery']);
    expect(answer.agents[0]).toMatchObject({ agent: didOf(2), skills: ['flights', 'hotels'] });
  });

  test('that asks for nothing says so instead of finding nobody', () => {
    expect(search([], { skills: ['  '] }).provenance.reasons).toEqual(['empty-query']);
  });

  test('can be narrowed by tags, cost, load, resources, time and language', () => {
    const agents: Agent[] = [
      { says: 'books flights', tags: ['travel', 'air'], cost: { amount: 2, unit: 'EUR' }, load: 0.9 },
      { says: 'books flights', tags: ['travel'], cost: { amount: 9, unit: 'EUR' }, lang: 'de' },
      { says: 'books flights', cost: { amount: 1, unit: 'USD' }, maxTimeMs: 60_000 },
      { says: 'books flights', resources: { gpuMemoryMiB: 8_000, tools: ['browser'], models: ['m'] } },
    ];
    const numbersFor = (filter: Query['filter']) => {
      const hits = found(search(agents, { text: 'flights', filter }))[0]!;
      return [0, 1, 2, 3].filter((number) => hits.includes(didOf(number)));
    };
    expect(numbersFor({ tags: ['travel'] })).toEqual([0, 1]);
    expect(numbersFor({ tags: ['travel', 'air'] })).toEqual([0]);
    expect(numbersFor({ cost: { amountMax: 5, unit: 'EUR' } })).toEqual([0, 3]);
    expect(numbersFor({ loadMax: 0.5 })).toEqual([1, 2, 3]);
    expect(numbersFor({ tools: ['browser'], models: ['m'], gpuMemoryMiBMin: 8_000 })).toEqual([3]);
    expect(numbersFor({ timeMsMax: 30_000 })).toEqual([0, 1, 3]);
    expect(numbersFor({ lang: 'en' })).toEqual([0, 2, 3]);
    expect(numbersFor({ without: [didOf(0), didOf(3)] })).toEqual([1, 2]);
  });

  test('finds only whom the asker may see, and nobody who is away', () => {
    const space = '01890000-0000-7000-8000-000000000000';
    const agents: Agent[] = [
      { says: 'flights', audience: [didOf(70)] },
      { says: 'flights', audience: [space] },
      { says: 'flights', load: null },
    ];
    expect(found(search(agents, { text: 'flights' }))).toEqual([[]]);
    expect(found(search(agents, { text: 'flights' }, { viewer: { agent: didOf(70) } }))).toEqual([
      [didOf(0)],
    ]);
    expect(found(search(agents, { text: 'flights' }, { viewer: { spaces: new Set([space]) } }))).toEqual([
      [didOf(1)],
    ]);
  });

  test('leaves out what is below its threshold', () => {
    const agents = [{ says: 'flights' }, { says: 'flights to far away cities with many other words' }];
    expect(found(search(agents, { text: 'flights', similarityMin: 0.9 }))).toEqual([[didOf(0)]]);
    expect(queryDefaults.similarityMin).toBeGreaterThan(0);
  });

  test('sees each version of a service by its share of the traffic', () => {
    const agents: Agent[] = [{ says: 'flights', version: { name: 'canary', trafficShare: 0.2 } }];
    const seen = Array.from(
      { length: 1_000 },
      (_, at) => found(search(agents, { text: 'flights' }, { trafficDraw: (at + 0.5) / 1_000 }))[0]!.length,
    );
    expect(seen.reduce((sum, count) => sum + count, 0)).toBe(200);
  });
});

describe('the rank', () => {
  const fact = fc.double({ min: 0, max: 1, noNaN: true });
  const facts = fc.record({ load: fact, reputation: fact, affinity: fact, confidence: fc.option(fact) });

  test('is the product of the factors that it shows, each between 0 and 1', () => {
    fc.assert(
      fc.property(fact, facts, (similarity, { confidence, ...known }) => {
        const sure = confidence === null ? undefined : { raw: 1, calibrated: confidence };
        const factors = explainRank(similarity, { ...known, confidence: sure });
        const weight = weighCandidate({ ...known, confidence: sure });
        expect(weight).toBeGreaterThanOrEqual(0);
        expect(weight).toBeLessThanOrEqual(1);
        expect(scoreOf(factors)).toBeCloseTo(similarity * weight, 12);
      }),
      { numRuns: 300, seed: 3 },
    );
  });

  test('falls with load and rises with reputation, calibrated confidence and affinity', () => {
    const base = { load: 0.5, reputation: 0.5, affinity: 0.5, confidence: { raw: 1, calibrated: 0.5 } };
    const weight = weighCandidate(base);
    expect(weighCandidate({ ...base, load: 0.9 })).toBeLessThan(weight);
    expect(weighCandidate({ ...base, load: undefined })).toBe(0);
    expect(weighCandidate({ ...base, reputation: 0.9 })).toBeGreaterThan(weight);
    expect(weighCandidate({ ...base, affinity: 0.9 })).toBeGreaterThan(weight);
    expect(weighCandidate({ ...base, confidence: { raw: 0, calibrated: 0.9 } })).toBeGreaterThan(weight);
  });

  test('of an answer is the same as in an exhaustive search, whatever the standings', () => {
    const standing: Standing = {
      ...neutralStanding,
      reputationOf: (agent: Did) => (agent.charCodeAt(20) % 7) / 7,
      affinityOf: (agent: Did) => (agent.charCodeAt(21) % 5) / 5,
    };
    const words = ['mail', 'sorts', 'reads', 'writes', 'fast', 'slow', 'big', 'small'];
    const agents = Array.from({ length: 200 }, (_, at) => ({
      ...{ says: `mail ${words[at % 8]} ${words[(at >> 3) % 8]} ${at}`, load: (at % 10) / 10 },
    }));
    const exhaustive = search(agents, { text: 'mail sorts', limit: 200, similarityMin: 0 }, { standing });
    const short = search(agents, { text: 'mail sorts', limit: 7, similarityMin: 0 }, { standing });
    const all = exhaustive.skills[0]!.hits;
    expect(short.skills[0]!.hits).toEqual(all.slice(0, 7));
    for (const hit of all) expect(hit.score).toBeCloseTo(scoreOf(hit.factors), 9);
    expect(all.map((hit) => hit.score)).toEqual(all.map((hit) => hit.score).sort((a, b) => b - a));
  });
});

describe('a broadcast query', () => {
  const vectorOf = (text: string) => vectors.quantize(vectors.embed(text));

  test('wakes only agents above their own threshold, each once, the closest first', () => {
    const listeners = [
      { agent: didOf(1), capability: 'a', vector: vectorOf('books flights') },
      { agent: didOf(1), capability: 'b', vector: vectorOf('flights') },
      { agent: didOf(2), capability: 'a', vector: vectorOf('books flights'), similarityMin: 0.99 },
      { agent: didOf(3), capability: 'a', vector: vectorOf('paints walls') },
      { agent: didOf(4), capability: 'a', vector: vectorOf('cheap flights') },
      { agent: didOf(5), capability: 'a', vector: Int8Array.of(1, 2) },
    ];
    const awake = chooseAwakened(vectorOf('flights'), listeners);
    expect(awake.map(({ agent, capability }) => [agent, capability])).toEqual([
      [didOf(1), 'b'],
      [didOf(4), 'a'],
    ]);
  });
});
