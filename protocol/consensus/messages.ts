/** Messages with the proofs that their claims need. */
import type { Sha256 } from '../brand.ts';
import type { ProposalLog } from './proposal-log.ts';
import type { Certificate, ConsensusMessage, ProposedValue, Vote } from './records.ts';
import type { VoteLog } from './vote-log.ts';

/** A vote whose claim is proved along with it: for whoever did not get the polka with the proposal. */
export function provedVote(log: VoteLog, vote: Vote): ConsensusMessage {
  const polkas = proofsOf(log, vote.validRound, vote.value);
  return { type: 'vote', vote, ...(polkas && { polkas }) };
}

export function provedProposal(log: VoteLog, proposed: ProposedValue): ConsensusMessage {
  const polkas = proofsOf(log, proposed.proposal.validRound, proposed.proposal.value);
  return { type: 'proposal', ...proposed, ...(polkas && { polkas }) };
}

/** L6 a: a polka with its value and what its own votes rest on. */
export function polkaMessage(
  log: VoteLog,
  proposals: ProposalLog,
  round: number,
  value: Sha256,
): ConsensusMessage {
  const certificate = log.certificate('polka', round, value);
  const polkas = log.proofs(certificate);
  const proposed = proposals.value(value)?.proposed;
  return {
    type: 'certificate',
    certificate,
    ...(proposed && { proposed }),
    ...(polkas.length > 0 && { polkas }),
  };
}

/** The polka that a claim names and what it rests on; after a restart it may be gone, others still have it. */
function proofsOf(log: VoteLog, round: number, value: Sha256 | null): Certificate[] | undefined {
  if (round < 0 || !log.hasPolka(round, value)) return undefined;
  const polka = log.certificate('polka', round, value);
  return [...log.proofs(polka), polka];
}
