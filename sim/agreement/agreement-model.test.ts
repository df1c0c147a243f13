import { describe, expect, test } from 'vitest';
import { agreementModel } from './agreement-model.ts';

const base = { members: 10, lossShare: 0.05, splitDelays: 60, patienceDelays: 300 };
const seeds = [1, 2, 3, 4, 5];

function runAll(byzantineShare: number) {
  return seeds.map((seed) => agreementModel.run({ ...base, byzantineShare }, seed).metrics);
}

describe('agreement against Byzantine share', () => {
  test('three liars of ten break neither safety nor liveness', () => {
    for (const metrics of runAll(0.3)) expect(metrics).toMatchObject({ liars: 3, safety: 1, liveness: 1 });
  });

  test('four liars of ten break both, and every honest member can name all four', () => {
    for (const metrics of runAll(0.4))
      expect(metrics).toMatchObject({ liars: 4, safety: 0, liveness: 0, liarsNamed: 4, promiseKept: 1 });
  });

  test('the same seed gives the same digest, another seed another', () => {
    const run = (seed: number) => agreementModel.run({ ...base, byzantineShare: 0.2 }, seed).digest;
    expect(run(7)).toBe(run(7));
    expect(run(7)).not.toBe(run(8));
  });
});
