import { expect, test } from 'vitest';
import { runBucketKeysBench, runDhtBench } from '../../cli/bench/discovery-dht.ts';

/** 1,000 in the long run; CI takes a slice. */
const nodeCount = Number(process.env.AMPMESH_DHT_NODES ?? 200);
const queryCount = Number(process.env.AMPMESH_DHT_QUERIES ?? 60);

test(`${nodeCount} nodes, a tenth replaced a minute, a tenth lying: the DHT finds what exhaustive search finds`, {
  timeout: 300_000,
}, async () => {
  const { figures, goals } = await runDhtBench({ nodeCounts: [nodeCount], queryCount });
  expect(goals.filter((goal) => !goal.ok)).toEqual([]);
  expect(figures[`n${nodeCount}.refused.mean`]).toBeGreaterThan(0);
  expect(figures[`n${nodeCount}.deadShare`]).toBeLessThan(0.05);
});

test('with nearly every holder lying little is found, and what they forge is refused', {
  timeout: 60_000,
}, async () => {
  const { figures } = await runDhtBench({
    nodeCounts: [40],
    queryCount: 15,
    liarShare: 0.97,
    replacedPerMinute: 0,
  });
  expect(figures['n40.recall']).toBeLessThan(0.6);
  expect(figures['n40.refused.mean']).toBeGreaterThan(5);
});

test('on capability texts a codebook finds with 4 lookups what hyperplanes do not find with 16', async () => {
  const { figures } = await runBucketKeysBench({ vectorCount: 1_500, queryCount: 60 });
  expect(figures['texts.codebook3.recall.4']).toBeGreaterThanOrEqual(0.9);
  for (const scheme of ['lsh1x8', 'lsh4x8', 'lsh8x6'])
    expect(figures[`texts.${scheme}.recall.16`]).toBeLessThan(figures['texts.codebook3.recall.4']!);
});
