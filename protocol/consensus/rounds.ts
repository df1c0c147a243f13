/**
 * The rounds of single-shot Tendermint: propose, prevote, precommit, and what moves a member between them.
 *
 * The line numbers are those of Algorithm 1 in arXiv 1807.04938, S and L numbers those of the README.
 */
import type { Sha256 } from '../brand.ts';
import { proposerIndex } from './instance.ts';
import type { ConsensusComponents } from './machine-types.ts';
import type { Member } from './member.ts';
import type { LogRow, RestoredPlace } from './memory.ts';
import { provedProposal, provedVote } from './messages.ts';
import { isSameProposal, type ProposalLog } from './proposal-log.ts';
import type { Certificate, Proposal, ProposedValue, Vote, VoteType } from './records.ts';
import { choosePrevote, type Lock } from './rules.ts';
import type { TimedStep } from './timeouts.ts';
import { isSameVote, type VoteLog } from './vote-log.ts';

type Step = 'propose' | 'prevote' | 'precommit' | 'stopped' | 'decided';

export interface RoundsHooks {
  readonly onDecision: (certificate: Certificate, proposed: ProposedValue) => void;
  readonly onRoundLimit: () => void;
  readonly takeOwnVote: (vote: Vote) => void;
  readonly takeOwnProposal: (proposed: ProposedValue) => void;
}

export class Rounds {
  readonly #components: ConsensusComponents;
  readonly #member: Member;
  readonly #log: VoteLog;
  readonly #proposals: ProposalLog;
  readonly #hooks: RoundsHooks;
  readonly #ownVotes: Vote[] = [];
  #step: Step = 'propose';
  #round = 0;
  #lockedRound = -1;
  #lockedValue: Sha256 | null = null;
  #validRound = -1;
  #validValue: Sha256 | null = null;
  /** The precommits that ended the round before, for whoever is still in it (L6 b). */
  #roundProof: Certificate | undefined;

  constructor(components: ConsensusComponents, member: Member, hooks: RoundsHooks) {
    this.#components = components;
    this.#member = member;
    this.#log = member.log;
    this.#proposals = member.proposals;
    this.#hooks = hooks;
  }

  get round(): number {
    return this.#round;
  }

  get step(): Step {
    return this.#step;
  }

  get lock(): Lock {
    return { round: this.#lockedRound, value: this.#lockedValue };
  }

  /** No vote of this member any more: it decided, or it stopped. */
  end(step: 'decided' | 'stopped'): void {
    this.#step = step;
  }

  /** Take the place back that the own votes of the log show (S3). */
  restore(place: RestoredPlace): void {
    this.#round = place.round;
    this.#step = place.step;
    this.#lockedRound = place.lockedRound;
    this.#lockedValue = place.lockedValue;
  }

  restoreRow(row: LogRow): void {
    if (row.type === 'vote') this.#ownVotes.push(row.vote);
    if (row.type === 'round') this.#roundProof = row.certificate;
    if (row.type !== 'polka') return;
    this.#validRound = row.polka.round;
    this.#validValue = row.polka.value;
  }

  /** Lines 11 to 21. */
  startRound(round: number): void {
    if (round >= this.#member.init.limits.roundLimit) {
      this.#hooks.onRoundLimit();
      return;
    }
    this.#member.timers.cancelSteps(this.#round);
    this.#round = round;
    this.#step = 'propose';
    this.#log.reachRound(round);
    if (this.#member.self >= 0 && proposerIndex(this.#member.init.instance, round) === this.#member.self)
      this.#propose();
    this.#setStepTimer('propose');
  }

  /** S4, L4: the valid value if there is one, else this member's candidate. */
  #propose(): void {
    const round = this.#round;
    const stored = this.#proposals.ofRound(round);
    if (stored !== undefined) {
      this.#member.send(provedProposal(this.#log, stored));
      return;
    }
    const isOld = this.#validRound >= 0 && this.#validRound < round;
    const value = isOld
      ? this.#proposals.value(this.#validValue!)!.proposed.value
      : this.#member.init.candidate;
    if (value === undefined) return;
    this.#member.sign(`proposal/${round}`, {
      record: 'vote-proposal',
      ...this.#member.name(),
      round,
      value: isOld ? this.#validValue! : this.#components.valueIdOf(value),
      validRound: isOld ? this.#validRound : -1,
      proposer: this.#member.init.self,
    });
  }

  castVote(type: VoteType, value: Sha256 | null, validRound: number): void {
    this.#step = type;
    if (this.#member.self < 0 || this.#log.firstVote(this.#member.self, type, this.#round) !== undefined)
      return;
    this.#member.sign(`${type}/${this.#round}`, {
      record: 'vote',
      ...this.#member.name(),
      type,
      round: this.#round,
      value,
      validRound,
      voter: this.#member.init.self,
    });
  }

  takeSignedVote(vote: Vote): string | undefined {
    const slot = `${vote.type}/${vote.round}`;
    const isSame = this.#member.takeSigned(
      slot,
      (asked) => asked.record === 'vote' && isSameVote(asked, vote),
    );
    if (!isSame) return 'not-asked';
    // S3: on disk before anybody sees it.
    this.#member.write({ type: 'vote', vote });
    this.#ownVotes.push(vote);
    // A claim travels with its proof, unless the proposal brought it to everybody.
    const isProved = this.#proposals.ofRound(vote.round)?.proposal.validRound === vote.validRound;
    this.#member.send(isProved ? { type: 'vote', vote } : provedVote(this.#log, vote));
    this.#hooks.takeOwnVote(vote);
    this.advance();
    return undefined;
  }

  takeSignedProposal(proposal: Proposal): string | undefined {
    const slot = `proposal/${proposal.round}`;
    const isSame = this.#member.takeSigned(
      slot,
      (asked) => asked.record === 'vote-proposal' && isSameProposal(asked, proposal),
    );
    if (!isSame) return 'not-asked';
    const value = this.#proposals.value(proposal.value)?.proposed.value ?? this.#member.init.candidate;
    const proposed = { proposal, value };
    this.#member.write({ type: 'proposal', proposed });
    this.#member.send(provedProposal(this.#log, proposed));
    this.#hooks.takeOwnProposal(proposed);
    this.advance();
    return undefined;
  }

  /** Apply every rule that the present state allows, until none does. */
  advance(): void {
    while (this.#step !== 'decided') {
      if (this.#tryDecide() || this.#step === 'stopped') return;
      if (this.#trySkip()) continue;
      if (this.#step === 'propose' && this.#tryPrevote()) continue;
      this.#updateValid();
      if (this.#step === 'prevote' && this.#tryPrecommit()) continue;
      if (!this.#tryEndRound()) return;
    }
  }

  /** S5 and S6, lines 22 to 33. */
  #tryPrevote(): boolean {
    const proposal = this.#proposals.ofRound(this.#round)?.proposal;
    if (proposal === undefined) return false;
    if (proposal.validRound >= 0 && !this.#log.hasPolka(proposal.validRound, proposal.value)) return false;
    const { isValid } = this.#proposals.value(proposal.value)!;
    const lock = { round: this.#lockedRound, value: this.#lockedValue };
    const prevote = choosePrevote(lock, proposal, isValid);
    this.castVote('prevote', prevote.value, prevote.validRound);
    return true;
  }

  /** S7, lines 36 to 43; S10, lines 44 to 46. */
  #tryPrecommit(): boolean {
    const value = this.#log.polkaValue(this.#round);
    if (value === null) {
      this.castVote('precommit', null, -1);
      return true;
    }
    if (value !== undefined && this.#proposals.value(value)?.isValid === true) {
      this.#lockedRound = this.#round;
      this.#lockedValue = value;
      this.#member.sendPolka(this.#round, value);
      this.castVote('precommit', value, -1);
      return true;
    }
    // L1, line 34: wait for a polka no longer than the prevote timeout.
    if (this.#log.anyCount('prevote', this.#round) >= this.#quorum) this.#setStepTimer('prevote');
    return false;
  }

  /** S8, line 42: the newest polka is what to propose again, also when it is too late to lock on it. */
  #updateValid(): void {
    for (const round of this.#log.rounds()) {
      if (round <= this.#validRound) continue;
      const value = this.#log.polkaValue(round);
      if (value === undefined || value === null || this.#proposals.value(value)?.isValid !== true) continue;
      this.#validRound = round;
      this.#validValue = value;
      const polka = this.#log.certificate('polka', round, value);
      const { proposed } = this.#proposals.value(value)!;
      for (const proof of this.#log.proofs(polka))
        this.#member.write({ type: 'polka', polka: proof, proposed });
      this.#member.write({ type: 'polka', polka, proposed });
    }
  }

  /** L1, lines 47 and 48: a quorum of precommits ends the round soon, of nil precommits at once. */
  #tryEndRound(): boolean {
    if (this.#log.anyCount('precommit', this.#round) < this.#quorum) return false;
    if (this.#log.precommitQuorum(this.#round) === null) {
      this.leaveRound();
      return true;
    }
    this.#setStepTimer('precommit');
    return false;
  }

  leaveRound(): void {
    this.#roundProof = this.#log.roundCertificate(this.#round);
    this.#member.write({ type: 'round', certificate: this.#roundProof });
    this.startRound(this.#round + 1);
  }

  /** L3, lines 55 and 56. Locks and valid values stay. */
  #trySkip(): boolean {
    const round = this.#log.skipRound();
    if (round <= this.#round) return false;
    this.#roundProof = undefined;
    this.startRound(round);
    return true;
  }

  /** S11, lines 49 to 54: a quorum of precommits for one valid value in any one round. */
  #tryDecide(): boolean {
    for (const round of this.#log.rounds()) {
      const value = this.#log.precommitQuorum(round);
      if (value === undefined || value === null) continue;
      const known = this.#proposals.value(value);
      if (known?.isValid !== true) continue;
      this.#hooks.onDecision(this.#log.certificate('decision', round, value), known.proposed);
      return true;
    }
    return false;
  }

  /** A step waited long enough; the lock stays (S9). */
  timeOut(step: TimedStep): void {
    switch (step) {
      case 'propose':
        // L1, lines 57 to 60.
        if (this.#step === 'propose') this.castVote('prevote', null, -1);
        break;
      case 'prevote':
        // S10, lines 61 to 64.
        if (this.#step === 'prevote') this.castVote('precommit', null, -1);
        break;
      case 'precommit':
        // Lines 65 to 67, and L6 b: whoever lags can leave the round too.
        this.leaveRound();
        this.#member.send({ type: 'certificate', certificate: this.#roundProof! });
        break;
    }
  }

  /** L6 d: own votes of the last round voted in, the proofs of that round and of the valid value. */
  resend(): void {
    if (this.#roundProof !== undefined)
      this.#member.send({ type: 'certificate', certificate: this.#roundProof });
    if (this.#validValue !== null) this.#member.sendPolka(this.#validRound, this.#validValue);
    const proposed = this.#proposals.ofRound(this.#round);
    if (proposed?.proposal.proposer === this.#member.init.self)
      this.#member.send(provedProposal(this.#log, proposed));
    const lastRound = this.#ownVotes.at(-1)?.round;
    for (const vote of this.#ownVotes) {
      if (vote.round === lastRound) this.#member.send(provedVote(this.#log, vote));
    }
  }

  #setStepTimer(step: TimedStep): void {
    this.#member.timers.startStep(step, this.#round, this.#member.atMs);
  }

  get #quorum(): number {
    return this.#member.init.instance.quorum;
  }
}
