/** What a person sees when agents cannot or may not decide, and how the answer is checked. */
import type { Did } from '../brand.ts';
import { accept, type Checked, refuse } from '../errors.ts';
import type { BallotCertificate } from './decision-certificate.ts';
import type { Approval, DecisionRecord } from './records.ts';

/** One option with what was said for it. */
export interface EscalatedOption {
  readonly option: string;
  readonly voterCount: number;
  readonly weight: number;
  readonly opinions: readonly { readonly voter: Did; readonly opinion: string }[];
}

export interface Escalation {
  readonly decision: string;
  readonly question: string;
  readonly why: string;
  /** Most supported first. */
  readonly options: readonly EscalatedOption[];
}

/** Gather options and opinions from the ballots. */
export function gatherEscalation(
  certificate: BallotCertificate,
  decisionHash: string,
  why: string,
): Escalation {
  const { decision, ballots } = certificate;
  const weights = new Map(decision.voters.map((voter) => [voter.did, voter.weight]));
  const options = decision.options.map((option) => {
    const own = ballots.filter((ballot) => ballot.choice[0] === option);
    return {
      option,
      voterCount: own.length,
      weight: own.reduce((sum, ballot) => sum + (weights.get(ballot.voter) ?? 0), 0),
      opinions: own.flatMap(({ voter, opinion }) =>
        opinion === undefined ? [] : [{ voter: voter as Did, opinion }],
      ),
    };
  });
  options.sort(
    (a, b) => b.weight - a.weight || decision.options.indexOf(a.option) - decision.options.indexOf(b.option),
  );
  return { decision: decisionHash, question: decision.question, why, options };
}

/** Whether a signed approval answers this decision and comes from one who may. */
export function checkApproval(
  decision: DecisionRecord,
  decisionHash: string,
  persons: ReadonlySet<string>,
  approval: Approval,
): Checked<Approval> {
  if (approval.decision !== decisionHash)
    return refuse('AMP-1855', 'The approval answers another question.', 'decision');
  if (!decision.options.includes(approval.option))
    return refuse('AMP-1855', 'The approval names an option that was not offered.', 'option');
  if (!persons.has(approval.person)) return refuse('AMP-1106', 'The signer may not approve.', 'person');
  return accept(approval);
}
