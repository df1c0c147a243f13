/**
 * Live mode: a gossip scenario on real libp2p nodes in worker processes, its link delays added to their connections.
 *
 * @example
 * const run = await runLiveGossip(plan, { workerCount: 2 });
 * console.log(run.sends / run.deliveries.length);
 */
export { type Delivery, type LiveGossipInit, type LiveGossipRun, runLiveGossip } from './live-gossip.ts';
export { type LiveMetric, measureLiveRun } from './live-metrics.ts';
export type { LivePlan } from './live-plan.ts';
