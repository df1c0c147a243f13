/** One plan, run on real nodes and on virtual time. */
import { AmpError } from '../../protocol/errors.ts';
import { checkDecisionPlan, type LiveGossipInit, type LivePlan, runLiveGossip } from '../live/index.ts';
import { calibrateDecisions, type DecisionComparison } from './compare-decisions.ts';
import { compareWithLive } from './compare-live.ts';

/** What a run says of itself. */
export interface Side {
  /** From publication to delivery, ms; the publisher's own left out. */
  readonly medianMs: number;
  readonly p95Ms: number;
  /** Whole messages sent for each delivery. */
  readonly sendsPerDelivery: number;
  readonly meshDegree: number;
  readonly ihaveCount: number;
  /** Means over all lookups. */
  readonly lookupHops: number | undefined;
  readonly lookupRequests: number | undefined;
}

export interface CalibrationGoal {
  readonly name: string;
  readonly live: number;
  readonly virtual: number;
  /** |virtual / live - 1| */
  readonly offShare: number;
  readonly goal: string;
  readonly ok: boolean;
}

export interface Calibration {
  readonly peerCount: number;
  readonly messageCount: number;
  /** Fitted: what a message costs at each peer that passes it on, ms, the lateness of timers included. */
  readonly processorMs: number;
  /** Medians of the half fitted to. */
  readonly fitted: { readonly liveMs: number; readonly virtualMs: number };
  /** `specification`: the model without what js-libp2p does differently, with the same processor time. */
  readonly sides: { readonly live: Side; readonly virtual: Side; readonly specification: Side };
  /** Largest gap of the cumulative delay distributions, of the messages not fitted to. */
  readonly delayGap: number;
  /** Deliveries on real nodes, of those that full reach would be. */
  readonly reach: number;
  readonly failedLookupCount: number;
  /** How much later than planned delayed bytes went on: a machine that was busy shows here. */
  readonly lateness: { readonly p50Ms: number; readonly p95Ms: number; readonly p99Ms: number };
  /** Cores that the real nodes kept busy. */
  readonly processorShare: number;
  /** For each size of roster. */
  readonly decisions: readonly DecisionComparison[];
  readonly goals: readonly CalibrationGoal[];
}

export interface CalibrationInit extends Omit<LiveGossipInit, 'lookups'> {
  /** Default 20. */
  readonly lookupCount?: number;
  /** Decisions in each situation, three times as many after a crash, among each size of roster; 0 for none. Default 8. */
  readonly decisionCount?: number;
  /** Default 4 and 7. */
  readonly rosters?: readonly number[];
}

/** Peers that a lookup wants. */
const closest = 3;
/** Between decisions, for what is left of the last one. */
const decisionPauseMs = 100;

/** @throws AmpError AMP-1903 for a plan that real nodes cannot follow, AMP-1906 when a worker fails. */
export async function runCalibration(plan: LivePlan, init: CalibrationInit = {}): Promise<Calibration> {
  if (plan.messageCount < 2)
    throw new AmpError(
      'AMP-1903',
      'One half of the messages is fitted to, one checked: publish at least two.',
    );
  const { lookupCount = 20, decisionCount = 8, rosters = [4, 7], ...live } = init;
  const decisionPlans = (decisionCount === 0 ? [] : rosters).map((memberCount) => ({
    seed: plan.seed,
    link: plan.link,
    memberCount,
    decisionCount,
    pauseMs: decisionPauseMs,
  }));
  decisionPlans.forEach(checkDecisionPlan);
  const run = await runLiveGossip(plan, {
    ...live,
    ...(lookupCount === 0 ? {} : { lookups: { count: lookupCount, closest } }),
  });
  init.progress?.('the same on virtual time');
  const calibration = compareWithLive(plan, run, closest);
  const decisions: DecisionComparison[] = [];
  for (const one of decisionPlans) decisions.push(await calibrateDecisions(one, live));
  return { ...calibration, decisions };
}
