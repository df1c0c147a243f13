/** Models of single mechanisms: deterministic, sensitive to what they are about, and compared honestly. */
import { expect, test } from 'vitest';
import { allocationModel, tracesModel, trustModel, votesModel } from '../../sim/models/index.ts';
import { openScenario } from '../../sim/scenario/built-in.ts';
import { compareExperiments } from '../../sim/scenario/compare.ts';
import { planRuns } from '../../sim/scenario/run-task.ts';
import { runTasks } from '../../sim/scenario/runner.ts';
import { meanOf } from '../../sim/scenario/statistics.ts';

const votes = { voters: 31, options: 2, competence: 0.6, correlation: 0, elections: 300, rule: 'majority' };
const network = { latency: { kind: 'constant', ms: 50 } };
const traces = { agents: 6, tasks: 24, network, workMs: 10_000, halfLifeMs: 30_000, traces: 'on' };
const trust = {
  good: 20,
  trusted: 2,
  bad: 6,
  lieShare: 0.9,
  baitShare: 0.2,
  usesTrust: true,
  returnShare: 0.5,
};
const allocation = { agents: 20, tasks: 10, method: 'auction' };

test('equal settings and seed give equal runs, another seed another digest', () => {
  for (const [model, settings] of [
    [votesModel, votes],
    [tracesModel, traces],
    [trustModel, trust],
    [allocationModel, allocation],
  ] as const) {
    const first = model.run(settings, 1);
    expect(model.run(settings, 1)).toEqual(first);
    expect(model.run(settings, 2).digest).not.toBe(first.digest);
    expect(Object.keys(first.metrics)).toEqual(Object.keys(model.metrics));
  }
});

test('shared errors cost a majority what it gains by size, and liars below half do not win alone', () => {
  const right = (change: object) => votesModel.run({ ...votes, ...change }, 1).metrics.right!;
  expect(right({ voters: 101 })).toBeGreaterThan(right({ voters: 3 }) + 0.2);
  expect(right({ voters: 101, correlation: 0.6 })).toBeLessThan(right({ voters: 3, correlation: 0.6 }) + 0.1);
  expect(right({ liarShare: 0.6 })).toBe(0);
  expect(right({ competence: 1, liarShare: 0.4 })).toBe(1);
});

test('marks beat their absence, and marks at random places are no help', () => {
  const mean = (change: object, metric: string) =>
    meanOf([1, 2, 3].map((seed) => tracesModel.run({ ...traces, ...change }, seed).metrics[metric]!));
  expect(mean({}, 'doubleWork')).toBeLessThan(0.5 * mean({ traces: 'off' }, 'doubleWork'));
  expect(mean({}, 'speedup')).toBeGreaterThan(mean({ traces: 'off' }, 'speedup'));
  expect(mean({ traces: 'random' }, 'speedup')).toBeLessThan(mean({ traces: 'off' }, 'speedup'));
  expect(mean({ agents: 1 }, 'speedup')).toBeLessThanOrEqual(1);
});

test('trust spares what lies would spoil', () => {
  const spoiled = (change: object) => trustModel.run({ ...trust, ...change }, 1).metrics.spoiled!;
  expect(spoiled({})).toBeLessThan(0.6 * spoiled({ usesTrust: false }));
});

test('bids awarded together reach the optimum, by lot half of it', () => {
  const reach = (change: object) => allocationModel.run({ ...allocation, ...change }, 1).metrics.ofOptimum!;
  expect(reach({})).toBeGreaterThan(0.99);
  expect(reach({ method: 'one-by-one' })).toBeLessThan(reach({}));
  expect(reach({ method: 'random' })).toBeLessThan(0.7);
});

test('two sweeps that differ in one parameter are judged as an independent bootstrap judges them', async () => {
  const file = openScenario('allocation-optimum');
  const seeds = Array.from({ length: 12 }, (_, i) => i + 1);
  const sweep = (method: string) => runTasks(planRuns(file, { method: [method], boasters: [0, 0.2] }, seeds));
  const [left, right] = [await sweep('one-by-one'), await sweep('auction')];
  for (const [other, isHigher] of [
    [right, true],
    [left, false],
  ] as const) {
    const found = compareExperiments(left, other, 'ofOptimum');
    const differences = left.map(
      (run, i) => other[i]!.result.metrics.ofOptimum! - run.result.metrics.ofOptimum!,
    );
    const { low, high } = bootstrap(differences);
    expect(found.pairCount).toBe(24);
    expect(found.isClear).toBe(low > 0 || high < 0);
    expect(found.isClear).toBe(isHigher);
    const width = high - low;
    expect(Math.abs(found.interval.low - low)).toBeLessThanOrEqual(0.1 * width);
    expect(Math.abs(found.interval.high - high)).toBeLessThanOrEqual(0.1 * width);
    expect(found.verdict).toMatch(isHigher ? /^ofOptimum is higher/ : /^No clear difference/);
  }
});

/** Of the mean, by another generator than the simulator's (Park and Miller 1988) and plain loops. */
function bootstrap(values: readonly number[]): { low: number; high: number } {
  let state = 271_828;
  const draw = () => {
    state = (state * 48_271) % 2_147_483_647;
    return Math.floor((state / 2_147_483_647) * values.length);
  };
  const means = Array.from({ length: 10_000 }, () => {
    let sum = 0;
    for (let i = 0; i < values.length; i++) sum += values[draw()]!;
    return sum / values.length;
  }).sort((a, b) => a - b);
  return { low: means[249]!, high: means[9749]! };
}
