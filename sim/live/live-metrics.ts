/** A live run in the words of the gossip model, as far as real nodes can be watched from outside. */
import { quantileOf } from '../scenario/statistics.ts';
import type { LiveGossipRun } from './live-gossip.ts';
import type { LivePlan } from './live-plan.ts';

/** Names and meanings as in `scenario/gossip-model.ts`. Not here: what only the inside of a router knows. */
export type LiveMetric =
  | 'reach'
  | 'sendsPerDelivery'
  | 'duplicatesPerDelivery'
  | 'delayP50Ms'
  | 'delayP95Ms'
  | 'delayP99Ms'
  | 'meshDegree';

export function measureLiveRun(plan: LivePlan, run: LiveGossipRun): Readonly<Record<LiveMetric, number>> {
  const { deliveries } = run;
  const delays = deliveries.map(({ delayMs }) => delayMs).sort((a, b) => a - b);
  const per = (count: number) => (deliveries.length === 0 ? 0 : count / deliveries.length);
  const delayMs = (share: number) => (delays.length === 0 ? 0 : quantileOf(delays, share));
  return {
    reach: deliveries.length / (plan.messageCount * (plan.peerCount - 1)),
    sendsPerDelivery: per(run.sends),
    duplicatesPerDelivery: per(run.arrivals - deliveries.length),
    delayP50Ms: delayMs(0.5),
    delayP95Ms: delayMs(0.95),
    delayP99Ms: delayMs(0.99),
    meshDegree: run.meanMeshDegree,
  };
}
