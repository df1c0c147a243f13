/**
 * Work given out by bidding: an asker calls for proposals, chooses by a stated rule, awards with a fencing number,
 * and watches the winner. Both sides are pure machines.
 *
 * @example
 * const asker = createInitiator({ keys }, { self, cfp });
 * asker.step({ type: 'open-call', atMs }); // persist, two timers, send-cfp
 * asker.step({ type: 'bid-received', atMs, from, body }); // persist
 */
export { type Allocation, allocateTasks, priceStepShare } from './allocate-tasks.ts';
export { type BidForm, commitToOffer, hashBid, readBidForm } from './bid-hash.ts';
export {
  type Award,
  type Bid,
  bidsPerCallMax,
  type Cancel,
  type Cfp,
  contractBodies,
  type Decline,
  type Failure,
  type Offer,
  offerSchema,
  type Partial,
  type Progress,
  type Refuse,
  type Result,
} from './bodies.ts';
export { findUnfitReason, type RankedBid, rankBids, type UnfitReason } from './choose-winner.ts';
export {
  type EvidenceContext,
  type OmissionProof,
  type OmissionVerdict,
  proveDoubleAward,
  proveOmission,
} from './evidence.ts';
export {
  awardsPerCallMax,
  type ContractOutcome,
  createInitiator,
  type Fault,
  type InitiatorEffect,
  type InitiatorInit,
  type InitiatorInput,
  initiatorBucket,
} from './initiator.ts';
export {
  createParticipant,
  heartbeatsPerLease,
  type ParticipantEffect,
  type ParticipantInit,
  type ParticipantInput,
  participantBucket,
} from './participant.ts';
