/**
 * Whether a message could change anything, asked before its signatures are checked: most messages of a round
 * repeat what a quorum has said already, and a signature costs a hundred times more than this.
 */
import type { Did } from '../brand.ts';
import { culpritOf } from './evidence.ts';
import type { ConsensusInstance } from './instance.ts';
import type { Intake } from './intake.ts';
import type { Outcome } from './outcome.ts';
import { isSameProposal, type ProposalLog } from './proposal-log.ts';
import type { Certificate, ConsensusMessage, Vote } from './records.ts';
import type { Rounds } from './rounds.ts';
import type { UndecidedLog } from './undecided-log.ts';
import { isSameVote, type VoteLog } from './vote-log.ts';

/** What a machine knows, to compare with. */
export interface NewsView {
  readonly instance: ConsensusInstance;
  readonly log: VoteLog;
  readonly proposals: ProposalLog;
  readonly undecided: UndecidedLog;
  readonly rounds: Pick<Rounds, 'round' | 'step'>;
  readonly outcome: Pick<Outcome, 'settled' | 'mayAnswer'>;
  readonly intake: Pick<Intake, 'isAccused'>;
}

export function isNews(view: NewsView, from: Did, message: ConsensusMessage, atMs: number): boolean {
  if (message.type === 'evidence') return !view.intake.isAccused(culpritOf(message.evidence));
  const { settled } = view.outcome;
  if (settled !== undefined) {
    if (message.type === 'certificate' && message.certificate.kind === 'decision')
      return message.certificate.value !== settled.certificate.value;
    return isLie(view, message) || view.outcome.mayAnswer(indexOf(view, from), atMs);
  }
  if ('polkas' in message && message.polkas?.some((polka) => !view.log.hasPolka(polka.round, polka.value)))
    return true;
  switch (message.type) {
    case 'vote':
      return isNewsVote(view, message.vote);
    case 'proposal':
      return !isSameProposal(view.proposals.ofRound(message.proposal.round)?.proposal, message.proposal);
    case 'certificate':
      return isNewsCertificate(view, message.certificate);
    case 'undecided':
      return view.undecided.of(indexOf(view, message.undecided.member)) === undefined;
  }
}

function isNewsVote(view: NewsView, vote: Vote): boolean {
  const index = indexOf(view, vote.voter);
  if (index < 0) return true;
  if (view.log.holds(index, vote)) return false;
  if (view.log.firstVote(index, vote.type, vote.round) !== undefined) return true;
  if (vote.round < view.rounds.round && vote.value === null) return false;
  // Past the step that counts it, a prevote beyond a full polka changes nothing.
  const isPast =
    vote.round < view.rounds.round || (vote.round === view.rounds.round && view.rounds.step === 'precommit');
  return !(vote.type === 'prevote' && isPast && view.log.polkaValue(vote.round) !== undefined);
}

function isNewsCertificate(view: NewsView, certificate: Certificate): boolean {
  const { kind, round, value, votes } = certificate;
  if (kind === 'polka')
    return value !== null && !(view.log.hasPolka(round, value) && view.proposals.value(value) !== undefined);
  if (kind === 'round' && round < view.rounds.round) return false;
  return kind === 'decision' || !votes.every((vote) => view.log.holds(indexOf(view, vote.voter), vote));
}

/** Whether a vote differs from the first one of its slot. */
function isLie(view: NewsView, message: ConsensusMessage): boolean {
  if (message.type !== 'vote') return false;
  const { voter, type, round } = message.vote;
  const first = view.log.firstVote(indexOf(view, voter), type, round);
  return first !== undefined && !isSameVote(first, message.vote);
}

function indexOf(view: NewsView, did: string): number {
  return view.instance.indexes.get(did) ?? -1;
}
