/**
 * Simple decisions: signed ballots counted by majority, weight, supermajority, unanimity, approval or rank, with
 * debate before, a leader for ties and a person at the end; the certificate can be counted again offline.
 *
 * ```ts
 * const machine = createBallotMachine(keys, { decision, tieBreakMs: 30_000, restored: [] });
 * machine.step({ type: 'ballot-received', atMs, ballot });
 * ```
 */
export {
  type BallotEffect,
  type BallotInit,
  type BallotInput,
  type BallotMachine,
  ballotBucket,
  createBallotMachine,
} from './ballot-machine.ts';
export {
  type Contribution,
  convergenceDefault,
  createDebateMachine,
  type DebateEffect,
  type DebateInit,
  type DebateInput,
  type DebateMachine,
} from './debate-machine.ts';
export {
  type BallotCertificate,
  checkBallot,
  closeDecision,
  hashDecision,
  type Outcome,
  verifyBallotCertificate,
} from './decision-certificate.ts';
export { checkApproval, type Escalation, gatherEscalation } from './escalation.ts';
export { electLeader } from './leader.ts';
export {
  type Approval,
  approvalSchema,
  type Ballot,
  ballotSchema,
  type DecisionRecord,
  type DecisionRule,
  decisionDomains,
  decisionSchema,
  decisionSignature,
  ruleSchema,
  type TieBreak,
  tieBreakSchema,
  type Voter,
} from './records.ts';
export { schulzeWinners } from './schulze.ts';
export { type Tally, tally } from './tally.ts';
export { planTier, type Tier, type TierEvent, type TierStep, tiers } from './tiers.ts';
