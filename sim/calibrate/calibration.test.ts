/** The comparison itself, with the model in the part of the real nodes: then the truth is known. */
import { describe, expect, test } from 'vitest';
import type { DecisionPlan, LiveGossipRun, LivePlan } from '../live/index.ts';
import {
  compareDecisions,
  compareWithLive,
  fitProcessorMs,
  formatCalibration,
  runVirtualDecisions,
  runVirtualGossip,
} from './index.ts';

const plan: LivePlan = {
  seed: 2,
  peerCount: 30,
  dialCount: 8,
  link: { latency: { kind: 'uniform', minMs: 10, maxMs: 150 }, jitterShare: 0.1 },
  sourceCount: 5,
  messageCount: 20,
  messageIntervalMs: 1000,
  warmUpMs: 3000,
  lingerMs: 2000,
};
const js: LivePlan = { ...plan, settings: { implementation: 'js-libp2p' } };

/** One draw of the model, whose peers take `processorMs` for a message, as if it were real. */
function pretend(of: LivePlan, processorMs: number): LiveGossipRun {
  return {
    ...runVirtualGossip(of, processorMs, 1),
    arrivals: 0,
    iwant: 0,
    lateness: { p50Ms: 0, p95Ms: 0, p99Ms: 0 },
    processorMs: 0,
    wallMs: 1,
    places: [],
    lookups: [],
  };
}

test('the fit finds a processor time that it was not told', () => {
  const { deliveries } = runVirtualGossip(js, 7, 5);
  expect(fitProcessorMs(js, deliveries)).toBeCloseTo(7, 1);
});

test('the fit looks at one half of the messages alone', () => {
  const { deliveries } = runVirtualGossip(js, 3, 5);
  const disturbed = deliveries.map((one) =>
    one.publication % 2 === 1 ? { ...one, delayMs: one.delayMs * 3 } : one,
  );
  expect(fitProcessorMs(js, disturbed)).toBe(fitProcessorMs(js, deliveries));
});

test('a half that was not fitted to and lies far off fails the goal', () => {
  const live = pretend(js, 3);
  const slowed = live.deliveries.map((one) =>
    one.publication % 2 === 1 ? { ...one, delayMs: one.delayMs * 1.5 } : one,
  );
  const { goals, delayGap } = compareWithLive(plan, { ...live, deliveries: slowed }, 3);
  expect(goals.map(({ ok }) => ok)).toEqual([false, true]);
  expect(delayGap).toBeGreaterThan(0.3);
});

test('a network that sends more than the model fails the goal of its cost', () => {
  const live = pretend(js, 3);
  const { goals } = compareWithLive(plan, { ...live, sends: live.sends * 1.3 }, 3);
  expect(goals.map(({ ok }) => ok)).toEqual([true, false]);
});

test('a network by the book costs more than one of js-libp2p, and the comparison says so', () => {
  const calibration = compareWithLive(plan, pretend(plan, 3), 3);
  expect(calibration.goals[1]!.ok).toBe(false);
  expect(calibration.sides.specification.sendsPerDelivery).toBeGreaterThan(
    calibration.sides.virtual.sendsPerDelivery * 1.15,
  );
  expect(formatCalibration(calibration).at(-1)).toMatch(/^FAIL {2}sends per delivery: real /);
});

describe('decisions', () => {
  const decisions: DecisionPlan = {
    seed: 2,
    link: plan.link,
    memberCount: 4,
    decisionCount: 2,
    pauseMs: 100,
  };
  const heard = runVirtualDecisions(decisions, 1);
  const lateness = { p50Ms: 0, p95Ms: 0, p99Ms: 0 };

  test('a mesh lies nowhere from itself, and the same draws come again', () => {
    expect(runVirtualDecisions(decisions, 1)).toEqual(heard);
    for (const row of compareDecisions(decisions, { heard, lateness }, heard).rows)
      expect(row).toMatchObject({ roundsGap: 0, delaysGap: 0, medianRatio: 1 });
  });

  test('one that takes twice as long and a round more lies as far off as it does', () => {
    const slow = heard.map((one) => ({ ...one, tookMs: one.tookMs * 2, rounds: one.rounds + 1 }));
    const { rows } = compareDecisions(decisions, { heard: slow, lateness }, heard);
    for (const { roundsGap, medianRatio } of rows) {
      expect(roundsGap).toBe(1);
      expect(medianRatio).toBeCloseTo(0.5);
    }
    const calibration = compareWithLive(plan, pretend(js, 3), 3);
    const compared = { memberCount: 4, meanLinkMs: 75, lateness, rows };
    const lines = formatCalibration({ ...calibration, decisions: [compared] });
    expect(lines.find((line) => line.startsWith('first proposer silent'))).toMatch(/ 3 \/ 2 .* 0\.5$/);
  });

  test('all well takes one round, a silent or crashed first proposer two', () => {
    // So many that the crashed member is the first proposer of some and not of others.
    const many = runVirtualDecisions(decisions, 6);
    const { rows } = compareDecisions(decisions, { heard: many, lateness }, many);
    expect(Object.fromEntries(rows.map(({ situation, virtual }) => [situation, virtual.rounds]))).toEqual({
      'all well': 1,
      'first proposer silent': 2,
      'one crashed, not the first proposer': 1,
      'the first proposer crashed': 2,
    });
  });
});
