import { expect, test } from 'vitest';
import { runDhtBench } from '../../cli/bench/discovery-dht.ts';

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
