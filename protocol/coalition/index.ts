/**
 * A team formed by bidding: chosen by value within budget and size, led by a member, re-led and re-awarded when
 * somebody falls silent, dissolved with a signed outcome. Two pure machines, one for the asker, one for each member.
 *
 * @example
 * const asker = createAsker({ self, mesh, coalition, goal, items, budget, sizeMax: 5, leaseMs, itemMs, formingMs, endsAt });
 * asker.step({ type: 'form-team', atMs, candidates }); // persist, set-timer, open-grant …, send-invite …
 */
export { askerBucket, createAsker, formingRoundsMax, leaderlessLeases } from './asker.ts';
export type { AskerCandidate, AskerEffect, AskerInit, AskerInput } from './asker-types.ts';
export {
  type AcceptInvite,
  type CoalitionMember,
  coalitionBodies,
  coalitionSizeMax,
  type Dissolve,
  type Invite,
  type Outcome,
  outcomeDomain,
  outcomeSchema,
  outcomeSignature,
  type Review,
  type UnsignedOutcome,
  type WorkItem,
} from './bodies.ts';
export { type CoordinatorCandidate, rankCoordinators } from './choose-coordinator.ts';
export {
  chooseTeam,
  searchNodesMax,
  type TeamCandidate,
  type TeamChoice,
  type TeamRequest,
  teamSkillsMax,
} from './choose-team.ts';
export { awardsPerTerm, readTerm, termMax, toFencing } from './fencing.ts';
export { returnsPerItemMax } from './item-awards.ts';
export { beatsPerLease, createMember, memberBucket } from './member.ts';
export type { MemberEffect, MemberInit, MemberInput } from './member-types.ts';
export { type NestingPlan, nestingDepthMax, planNesting } from './nest-coalition.ts';
