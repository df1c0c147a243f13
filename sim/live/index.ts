/**
 * Live mode: gossip and decisions on real libp2p nodes in worker processes, a scenario's link delays added to their
 * connections.
 *
 * @example
 * const run = await runLiveGossip(plan, { workerCount: 2 });
 * console.log(run.sends / run.deliveries.length);
 */
export {
  answerAsMember,
  askerOf,
  checkDecisionPlan,
  countDecisions,
  crashingMember,
  type DecisionPlan,
  decisionLimitMs,
  type HeardDecision,
  meanLinkMs,
  newsLimitMs,
  questionOf,
  readDecision,
  type Situation,
  silenceFirstProposer,
  situations,
  warmUpCount,
} from './decision-plan.ts';
export { type LiveDecisions, type LiveDecisionsInit, runLiveDecisions } from './live-decisions.ts';
export { type Delivery, type LiveGossipInit, type LiveGossipRun, runLiveGossip } from './live-gossip.ts';
export type { LiveLateness } from './live-lateness.ts';
export { type LiveMetric, measureLiveRun } from './live-metrics.ts';
export type { LivePlan } from './live-plan.ts';
