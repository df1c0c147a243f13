/** What comes in, checked against the instance and put where it counts; lies become evidence on the way. */

import type { Did } from '../brand.ts';
import { CompactMap } from '../compact-map.ts';
import { checkCertificate } from './certificate.ts';
import { checkEvidence, culpritOf, findAmnesia } from './evidence.ts';
import { isOfInstance } from './instance.ts';
import type { Member } from './member.ts';
import type { ProposalLog } from './proposal-log.ts';
import type { Certificate, Evidence, ProposedValue, Vote } from './records.ts';
import type { VoteLog } from './vote-log.ts';

/** Each `take` answers with why its record was ignored, or undefined. */
export class Intake {
  readonly #member: Member;
  readonly #log: VoteLog;
  readonly #proposals: ProposalLog;
  readonly #currentRound: () => number;
  readonly #accused = new CompactMap<Did, Evidence>();

  constructor(member: Member, currentRound: () => number) {
    this.#member = member;
    this.#log = member.log;
    this.#proposals = member.proposals;
    this.#currentRound = currentRound;
  }

  isAccused(did: Did): boolean {
    return this.#accused.has(did);
  }

  evidence(): Iterable<Evidence> {
    return this.#accused.values();
  }

  /** S2: one vote per member, round and type counts. L5: old votes are taken, old nils are useless. */
  takeVote(vote: Vote, inQuorum: boolean): string | undefined {
    if (!isOfInstance(this.#member.init.instance, vote)) return 'foreign-instance';
    const index = this.#member.init.instance.indexes.get(vote.voter);
    if (index === undefined) return 'not-in-roster';
    if (vote.round >= this.#member.init.limits.roundLimit) return 'beyond-round-limit';
    if (!inQuorum && vote.round < this.#currentRound() && vote.value === null) return 'old-nil';
    const result = this.#log.add(index, vote, this.#currentRound(), inQuorum);
    if (result.type === 'conflict') {
      this.#accuse({ kind: 'double-vote', first: result.other, second: vote });
      return inQuorum ? undefined : 'equivocation';
    }
    if (result.type !== 'added') return result.type === 'known' ? 'duplicate' : 'too-far-ahead';
    if (vote.value !== null) this.#checkAmnesia(index, vote);
    return undefined;
  }

  #checkAmnesia(index: number, vote: Vote): void {
    if (this.#log.rounds().length < 2) return;
    const earlier = this.#log.votesOf(index, vote.type === 'prevote' ? 'precommit' : 'prevote');
    const evidence = findAmnesia(vote, earlier);
    if (evidence !== undefined) this.#accuse(evidence);
  }

  takePolkas(polkas: readonly Certificate[] | undefined): void {
    for (const polka of polkas ?? []) {
      if (polka.kind === 'polka' && checkCertificate(this.#member.init.instance, polka).ok)
        this.takeVotes(polka);
    }
  }

  takeVotes(certificate: Certificate): void {
    for (const vote of certificate.votes) this.takeVote(vote, true);
  }

  takeCertificate(certificate: Certificate, proposed: ProposedValue | undefined): string | undefined {
    if (!checkCertificate(this.#member.init.instance, certificate).ok) return 'bad-certificate';
    if (certificate.round >= this.#member.init.limits.roundLimit) return 'beyond-round-limit';
    if (proposed !== undefined) {
      this.takeProposal(proposed);
      if (proposed.proposal.value === certificate.value) this.#proposals.keepValue(proposed);
    }
    this.takeVotes(certificate);
    return undefined;
  }

  takeProposal(proposed: ProposedValue): string | undefined {
    if (proposed.proposal.round >= this.#member.init.limits.roundLimit) return 'beyond-round-limit';
    const result = this.#proposals.take(proposed, this.#currentRound());
    if (result.type === 'refused') return result.reason;
    if (result.type === 'added') return undefined;
    this.#accuse(result.evidence);
    return 'equivocation';
  }

  takeEvidence(evidence: Evidence): string | undefined {
    if (!checkEvidence(this.#member.init.instance, evidence).ok) return 'bad-evidence';
    return this.#accuse(evidence) ? undefined : 'duplicate';
  }

  /** L10: one proof per culprit is kept, reported and passed on. */
  #accuse(evidence: Evidence): boolean {
    const culprit = culpritOf(evidence);
    if (this.#accused.has(culprit)) return false;
    this.#accused.set(culprit, evidence);
    this.#member.emit({ type: 'report-evidence', evidence, culprit });
    this.#member.send({ type: 'evidence', evidence });
    return true;
  }
}
