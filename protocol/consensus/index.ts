/**
 * Byzantine agreement: members of a roster decide on one value by signed votes, although up to a third of them
 * lie, and anybody can check the outcome later without trusting a single one of them.
 *
 * ```ts
 * const roster = selectRoster(keys, facts);
 * const instance = openInstance(keys, roster);
 * const machine = createConsensusMachine({ valueIdOf, isValid }, { instance, self, candidate, limits, memory });
 * for (const effect of machine.step({ type: 'start', atMs })) shell.apply(effect);
 * ```
 */
export { checkCertificate, claimOf, listConsensusSignatures } from './certificate.ts';
export { type ConsensusMachine, createConsensusMachine } from './consensus-machine.ts';
export { decodeConsensusMessage, encodeConsensusMessage } from './decode.ts';
export { checkEvidence, culpritOf } from './evidence.ts';
export { type ConsensusInstance, type InstanceName, openInstance, proposerIndex } from './instance.ts';
export type {
  ConsensusComponents,
  ConsensusEffect,
  ConsensusInit,
  ConsensusInput,
  ConsensusLimits,
  UndecidedLevel,
} from './machine-types.ts';
export {
  type ConsensusMemory,
  consensusBucket,
  type Decision,
  type LogRow,
  readMemory,
  rowRange,
} from './memory.ts';
export { bitCount, faultMax, quorum, rosterMax, rosterMin } from './quorum.ts';
export {
  type Certificate,
  type ConsensusMessage,
  consensusMessageSchema,
  type Evidence,
  evidenceSchema,
  type Proposal,
  type ProposedValue,
  roundMax,
  type Undecided,
  type UnsignedProposal,
  type UnsignedUndecided,
  type UnsignedVote,
  type Vote,
  valueLengthMax,
} from './records.ts';
export { checkRoster, type Roster, type RosterCandidate, type RosterRecord, selectRoster } from './roster.ts';
export { recordBytes, signRecord } from './sign-bytes.ts';
export { type Timeouts, timeoutsForDelay } from './timeouts.ts';
export { type AgreementFile, type VerifiedAgreement, verifyAgreement } from './verify.ts';
