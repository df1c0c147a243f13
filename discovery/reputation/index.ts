/**
 * @packageDocumentation
 * What a node knows of agents from experience, told by signed outcomes: reputation, whose judgement counts,
 * what a claimed confidence is worth, and who works well together.
 *
 * @example
 * ```ts
 * const book = new StandingBook({ trusted: [me] });
 * book.step({ type: 'outcome-received', atMs, outcome });
 * const standing = book.standingFor(me, nowMs);
 * index.search({ query: { text: 'plan a trip' }, nowMs, viewer: { agent: me }, standing });
 * ```
 */
export { type BrierScores, Calibration } from './calibration.ts';
export {
  decodeOutcome,
  type OutcomeContext,
  type OutcomeDraft,
  type OutcomeRecord,
  outcomeAgeMaxMs,
  outcomeForm,
  outcomeSchema,
  type SealedOutcome,
  sealOutcome,
} from './outcome-record.ts';
export {
  outcomeBucket,
  type Reputation,
  StandingBook,
  type StandingEffect,
  type StandingInit,
  type StandingInput,
  standingDefaults,
} from './standing-book.ts';
export { computeTrust, type TrustEdge, trustDefaults } from './trust.ts';
