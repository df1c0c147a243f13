/**
 * Proofs that a member lied: two of its signed messages that no honest member signs both of.
 * @see Buchman, Guerraoui, Komatovic, Milosevic, Seredinschi, Zamfir 2022, "Revisiting Tendermint: Design
 *   Tradeoffs, Accountability, and Practical Use" (prevotes that name the round they rest on)
 */
import type { Did } from '../brand.ts';
import { accept, type Checked, refuse } from '../errors.ts';
import { type ConsensusInstance, isOfInstance } from './instance.ts';
import type { Evidence, Proposal, Vote } from './records.ts';
import { isSameVote } from './vote-log.ts';

/** The member that the evidence is against. */
export function culpritOf(evidence: Evidence): Did {
  return (evidence.kind === 'double-proposal' ? evidence.first.proposer : evidence.first.voter) as Did;
}

/** Whether the two records, whose signatures were checked before, prove a lie by one member of the roster. */
export function checkEvidence(instance: ConsensusInstance, evidence: Evidence): Checked<Evidence> {
  const { first, second } = evidence;
  if (!isOfInstance(instance, first) || !isOfInstance(instance, second)) return weak('of another instance');
  if (!instance.indexes.has(culpritOf(evidence))) return weak('against no member');
  const holds =
    evidence.kind === 'double-vote'
      ? isDoubleVote(evidence.first, evidence.second)
      : evidence.kind === 'double-proposal'
        ? isDoubleProposal(evidence.first, evidence.second)
        : isAmnesia(evidence.first, evidence.second);
  return holds ? accept(evidence) : weak('of two messages that an honest member may sign');
}

function weak(what: string): Checked<Evidence> {
  return refuse('AMP-1854', `The evidence is ${what}.`, 'evidence');
}

/** Two different votes of one member in the same round and of the same type (S3). */
export function isDoubleVote(a: Vote, b: Vote): boolean {
  return a.voter === b.voter && a.round === b.round && a.type === b.type && !isSameVote(a, b);
}

export function isDoubleProposal(a: Proposal, b: Proposal): boolean {
  const isSame = a.value === b.value && a.validRound === b.validRound;
  return a.proposer === b.proposer && a.round === b.round && !isSame;
}

/**
 * Locked on one value, the member prevoted another that rests on nothing newer than the lock. An honest prevote
 * names a round at or after its lock's unless it is for the locked value (S5, S6), so this frames nobody.
 */
export function isAmnesia(precommit: Vote, prevote: Vote): boolean {
  return (
    precommit.voter === prevote.voter &&
    precommit.type === 'precommit' &&
    prevote.type === 'prevote' &&
    precommit.value !== null &&
    prevote.value !== null &&
    precommit.value !== prevote.value &&
    prevote.round > precommit.round &&
    prevote.validRound < precommit.round
  );
}

/** What a new vote and the earlier votes of the same member prove together. */
export function findAmnesia(vote: Vote, earlier: readonly Vote[]): Evidence | undefined {
  for (const other of earlier) {
    const [first, second] = vote.type === 'precommit' ? [vote, other] : [other, vote];
    if (isAmnesia(first, second)) return { kind: 'amnesia', first, second };
  }
  return undefined;
}
