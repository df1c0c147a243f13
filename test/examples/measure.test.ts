import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  correlation,
  correlationP,
  deviation,
  groupDifference,
  mean,
  medianDeviation,
  quantile,
  rankCorrelation,
  ranks,
  robustLine,
  skewness,
  sortedOf,
  sum,
  trendP,
} from '../../examples/agents/work/measure.ts';
import { chiSquaredTail, normalTail } from '../../examples/agents/work/probability.ts';

const lists = fc.array(fc.integer({ min: -1_000_000, max: 1_000_000 }), { minLength: 3, maxLength: 60 });

/** Exact integer arithmetic as the oracle. */
function exactVariance(values: readonly number[]): number {
  const n = BigInt(values.length);
  const total = values.reduce((sumSoFar, value) => sumSoFar + BigInt(value), 0n);
  const squares = values.reduce((sumSoFar, value) => sumSoFar + BigInt(value) ** 2n, 0n);
  return Number(n * squares - total * total) / Number(n * (n - 1n));
}

test('mean and deviation agree with exact integer arithmetic', () => {
  fc.assert(
    fc.property(lists, (values) => {
      expect(mean(values)).toBeCloseTo(Number(values.reduce((a, b) => a + b, 0)) / values.length, 6);
      expect(deviation(values) ** 2).toBeCloseTo(exactVariance(values), 2);
    }),
    { seed: 11, numRuns: 300 },
  );
});

test('a spread of one millionth survives an offset of a billion', () => {
  const values = Array.from({ length: 1000 }, (_, index) => 2 ** 30 + (index % 2) * 2 ** -20);
  expect(deviation(values)).toBeCloseTo(Math.sqrt(1000 / 999) * 2 ** -21, 15);
});

test('sums keep what cancellation hides', () => {
  expect(sum([1, 1e100, 1, -1e100])).toBe(2);
  expect(sum(new Array(10).fill(0.1))).toBe(1);
});

test('the median splits: as many below as above', () => {
  fc.assert(
    fc.property(lists, (values) => {
      const middle = quantile(sortedOf(values), 0.5);
      expect(values.filter((value) => value < middle).length).toBeLessThanOrEqual(values.length / 2);
      expect(values.filter((value) => value > middle).length).toBeLessThanOrEqual(values.length / 2);
    }),
    { seed: 12, numRuns: 300 },
  );
});

test('ranks with ties sum to n(n+1)/2, and equal values rank equal', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 50 }), (values) => {
      const got = ranks(values);
      expect(sum(got)).toBeCloseTo((values.length * (values.length + 1)) / 2, 9);
      values.forEach((left, i) => {
        const naive =
          values.filter((other) => other < left).length +
          (values.filter((other) => other === left).length + 1) / 2;
        expect(got[i]).toBe(naive);
      });
    }),
    { seed: 13, numRuns: 200 },
  );
});

test('figures agree with published tables', () => {
  // Standard normal and chi-squared tables; Anscombe's first data set (1973).
  expect(normalTail(1.959963984540054)).toBeCloseTo(0.025, 10);
  expect(normalTail(0)).toBeCloseTo(0.5, 12);
  expect(chiSquaredTail(3.841458820694124, 1)).toBeCloseTo(0.05, 10);
  expect(chiSquaredTail(18.307038053275146, 10)).toBeCloseTo(0.05, 10);
  const xs = [10, 8, 13, 9, 11, 14, 6, 4, 12, 7, 5];
  const ys = [8.04, 6.95, 7.58, 8.81, 8.33, 9.96, 7.24, 4.26, 10.84, 4.82, 5.68];
  expect(correlation(xs, ys)).toBeCloseTo(0.81642051634484, 12);
  expect(rankCorrelation(xs, ys)).toBeCloseTo(1 - (6 * 40) / (11 * 120), 12);
  expect(correlationP(0, 30)).toBeCloseTo(1, 9);
  expect(skewness([2, 8, 0, 4, 1, 9, 9, 0])).toBeCloseTo(0.3305821804, 8);
  expect(medianDeviation([1, 1, 2, 2, 4, 6, 9])).toBe(1);
});

test('a robust line is not bent by one wild point, and a trend test sees order only', () => {
  const ys = Array.from({ length: 20 }, (_, x) => 3 + 2 * x);
  ys[7] = 10_000;
  expect(robustLine([...ys.keys()], ys).slope).toBe(2);
  expect(trendP(Array.from({ length: 20 }, (_, x) => x ** 3))).toBeLessThan(1e-6);
  expect(trendP([5, 5, 5, 5, 5, 5])).toBe(1);
});

test('groups that are alike explain nothing, groups that are apart explain all', () => {
  expect(
    groupDifference([
      [1, 2, 3, 4, 5],
      [1, 2, 3, 4, 5],
    ]),
  ).toEqual({ etaSquared: 0, p: 1 });
  const apart = groupDifference([
    [1, 1.1, 0.9, 1, 1],
    [9, 9.1, 8.9, 9, 9],
  ]);
  expect(apart.etaSquared).toBeGreaterThan(0.99);
  expect(apart.p).toBeLessThan(0.02);
});
