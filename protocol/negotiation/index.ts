/**
 * Conflicts, settled where that is safe and escalated where it is not: resources by utility with compensation, aims,
 * priorities and facts by decision, urgency, evidence or an arbiter, packages by alternating offers, and queues in
 * which nobody starves.
 *
 * @example
 * settleConflict({ kind: 'information', opinions }); // { settled: true, by: 'evidence', option, confidence: 0.93 }
 */
export {
  type BargainerEffect,
  type BargainerInit,
  type BargainerInput,
  createBargainer,
  type Package,
  packagesMax,
} from './alternate-offers.ts';
export { type Clash, clashesMax, foreseeClashes, type Intention } from './foresee-clashes.ts';
export {
  agingPerMs,
  createResourceQueue,
  type QueueEffect,
  type QueueInit,
  type QueueInput,
  utilityMax,
  waitersMax,
} from './resource-queue.ts';
export {
  type Claimed,
  type Conflict,
  confidenceMin,
  type Opinion,
  type Settlement,
  settleConflict,
  weighEvidence,
} from './settle-conflict.ts';
export { type ResourceShare, shareResource, type UtilityBid } from './share-resource.ts';
