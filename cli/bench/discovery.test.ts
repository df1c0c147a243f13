import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import type { AmpError } from '../../protocol/errors.ts';
import { createBm25 } from './bm25.ts';
import { halfOf, judge, runDiscoveryBench } from './discovery.ts';
import type { BenchReport } from './report.ts';

const data = join(import.meta.dirname, '..', '..', 'test', 'data', 'agent-search');

let report: BenchReport;

beforeAll(async () => {
  report = await runDiscoveryBench({ data, halves: true, speedRounds: 5 });
});

test('the built-in embedder reaches its goals on the shipped set, on both halves of its queries', () => {
  const { figures } = report;
  for (const half of ['', 'half-a.', 'half-b.']) {
    expect(figures[`${half}ndcg5`]).toBeGreaterThanOrEqual(0.55);
    expect(figures[`${half}recall5.paraphrase`]).toBeGreaterThanOrEqual(0.4);
    expect(figures[`${half}ndcg5`]).toBeGreaterThan(figures[`${half}bm25.ndcg5`]! + 0.15);
  }
  expect(report.goals.filter(({ name }) => !name.startsWith('embed.')).every(({ ok }) => ok)).toBe(true);
});

test('BM25 comes out as the set says', () => {
  // The set states 0.343 and 0.148; stop words and suffix rules are not fixed there, hence the margin.
  expect(report.figures['bm25.ndcg5']).toBeGreaterThan(0.31);
  expect(report.figures['bm25.ndcg5']).toBeLessThan(0.38);
  expect(report.figures['bm25.recall5.paraphrase']).toBeLessThan(0.22);
});

test('every figure is there: overall, by kind, for both sides, and the speed', () => {
  for (const side of ['', 'bm25.']) {
    for (const metric of ['ndcg5', 'recall5', 'mrr']) {
      for (const kind of ['', '.paraphrase', '.lexical', '.multi', '.specific', '.vague']) {
        const value = report.figures[`${side}${metric}${kind}`];
        expect(value).toBeGreaterThanOrEqual(0);
        expect(value).toBeLessThanOrEqual(1);
      }
    }
  }
  expect(report.figures['embed.textsPerSecond']).toBeGreaterThan(5000);
});

test('a ranking is judged by gain 2^grade − 1 and discount log2(rank + 1)', () => {
  const query = { relevant: { a: 3, b: 2, c: 1, d: 0 } };
  expect(judge(query, ['a', 'b', 'c', 'd'])).toEqual({ ndcg5: 1, recall5: 1, mrr: 1 });
  const worse = judge(query, ['d', 'b', 'a']);
  const ideal = 7 + 3 / Math.log2(3) + 1 / 2;
  expect(worse.ndcg5).toBeCloseTo((3 / Math.log2(3) + 7 / 2) / ideal, 12);
  expect(worse).toMatchObject({ recall5: 1, mrr: 1 / 3 });
  expect(judge(query, [])).toEqual({ ndcg5: 0, recall5: 0, mrr: 0 });
  expect(judge({ relevant: { c: 1 } }, ['c'])).toEqual({ ndcg5: 1, recall5: Number.NaN, mrr: Number.NaN });
});

test('BM25 returns only agents that share a word, rare words first', () => {
  const index = createBm25(['red apples and green apples', 'green tea', 'a boat']);
  expect(index.rank('green apple')).toEqual([0, 1]);
  expect(index.rank('boats')).toEqual([2]);
  expect(index.rank('the of')).toEqual([]);
});

test('halves are even and fixed by the id', () => {
  const ids = Array.from({ length: 1000 }, (_, i) => `q${i}`);
  const a = ids.filter((id) => halfOf(id) === 'a').length;
  expect(a).toBeGreaterThan(400);
  expect(a).toBeLessThan(600);
  expect(halfOf('q001')).toBe(halfOf('q001'));
});

const agent = '{"id":"a","name":"A","description":"does a","tags":["x"],"domain":"d"}';
const query = '{"id":"q1","query":"a?","relevant":{"a":3},"kind":"lexical"}';

test.each([
  ['no JSON', `${agent}\n{oops`, query, 'agents.jsonl:2: not one JSON object'],
  ['a missing field', '{"id":"a","name":"A"}', query, 'agents.jsonl:1: description'],
  ['an id twice', `${agent}\n\n${agent}`, query, 'agents.jsonl:3: id "a" was used on line 1'],
  ['an unknown agent', agent, query.replace('"a":3', '"b":3'), 'queries.jsonl:1: "relevant" names "b"'],
  ['a grade that is no whole number', agent, query.replace('3}', '0.5}'), 'queries.jsonl:1: relevant.a'],
  ['no row', '\n', query, 'agents.jsonl:1: the file has no rows'],
])('data with %s is refused with file and line', async (_, agents, queries, reason) => {
  const folder = mkdtempSync(join(tmpdir(), 'ampmesh-bench-'));
  writeFileSync(join(folder, 'agents.jsonl'), agents);
  writeFileSync(join(folder, 'queries.jsonl'), queries);
  const error = (await runDiscoveryBench({ data: folder }).catch((cause: unknown) => cause)) as AmpError;
  expect(error.code).toBe('AMP-1590');
  expect(error.message).toContain(reason);
});

test('a folder without the files is refused by name', async () => {
  await expect(runDiscoveryBench({ data: '/nowhere' })).rejects.toThrow('Cannot read /nowhere/agents.jsonl');
});

test('another set needs neither kinds nor tags, and another embedder may answer later', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'ampmesh-bench-'));
  writeFileSync(join(folder, 'agents.jsonl'), '{"id":"a","name":"A","description":"boats"}\n');
  writeFileSync(join(folder, 'queries.jsonl'), '{"id":"q","query":"sail","relevant":{"a":3}}\n');
  const embedder = {
    space: 'test-1',
    dimensions: 2,
    embedAll: async (texts: readonly string[]) => texts.map(() => Float32Array.of(0.6, 0.8)),
  };
  const { figures } = await runDiscoveryBench({ data: folder, embedder, speedRounds: 1 });
  expect(figures).toMatchObject({ ndcg5: 1, 'ndcg5.any': 1, 'bm25.ndcg5': 0 });
});
