/**
 * Single-shot Tendermint: members of a roster agree on one value although up to f of them lie.
 *
 * The line numbers are those of Algorithm 1 in arXiv 1807.04938, S and L numbers those of the README.
 */
import type { Did, Sha256 } from '../brand.ts';
import { ignore, type Machine } from '../machine.ts';
import { checkCertificate } from './certificate.ts';
import { checkEvidence, culpritOf, findAmnesia } from './evidence.ts';
import { isOfInstance, proposerIndex } from './instance.ts';
import type { ConsensusComponents, ConsensusEffect, ConsensusInit, ConsensusInput } from './machine-types.ts';
import { consensusBucket, type Decision, type LogRow, restorePlace, rowKey } from './memory.ts';
import { polkaMessage, provedProposal, provedVote } from './messages.ts';
import { isNews, type NewsView } from './news.ts';
import { isSameProposal, ProposalLog } from './proposal-log.ts';
import type {
  Certificate,
  ConsensusMessage,
  Evidence,
  Proposal,
  ProposedValue,
  Undecided,
  UnsignedProposal,
  UnsignedUndecided,
  UnsignedVote,
  Vote,
  VoteType,
} from './records.ts';
import { choosePrevote } from './rules.ts';
import type { TimedStep } from './timeouts.ts';
import { Timers } from './timers.ts';
import { UndecidedLog } from './undecided-log.ts';
import { isSameVote, VoteLog } from './vote-log.ts';

type Step = 'propose' | 'prevote' | 'precommit' | 'stopped' | 'decided';

export interface ConsensusMachine extends Machine<ConsensusInput, ConsensusEffect> {
  /** Whether a message could change anything: ask before its signatures are checked. Changes nothing itself. */
  isNews(from: Did, message: ConsensusMessage, atMs: number): boolean;
}

/** Make the machine of one member for one instance. Its first input is `start`. */
export function createConsensusMachine(
  components: ConsensusComponents,
  init: ConsensusInit,
): ConsensusMachine {
  return new Tendermint(components, init);
}

class Tendermint implements ConsensusMachine {
  readonly #components: ConsensusComponents;
  readonly #init: ConsensusInit;
  /** -1 for a listener outside of the roster. */
  readonly #self: number;
  readonly #log: VoteLog;
  readonly #proposals: ProposalLog;
  readonly #ownVotes: Vote[] = [];
  /** What was handed out to be signed, by slot; anything else that comes back is not ours to send. */
  readonly #unsigned = new Map<string, UnsignedVote | UnsignedProposal | UnsignedUndecided>();
  readonly #timers: Timers;
  readonly #accused = new Map<Did, Evidence>();
  readonly #undecided: UndecidedLog;
  readonly #answeredAtMs: number[];

  #step: Step = 'propose';
  #round = 0;
  #lockedRound = -1;
  #lockedValue: Sha256 | null = null;
  #validRound = -1;
  #validValue: Sha256 | null = null;
  /** A member that abstains listens, follows and learns the outcome, but signs nothing. */
  #mayVote: boolean;
  #roundProof: Certificate | undefined;
  #decision: Decision | undefined;
  /** Doubles once decided: outcomes are told again ever more seldom, so that two of them would meet. */
  #resendPeriodMs = 0;
  #isAlarmed = false;
  #seq = 0;
  #atMs = 0;
  #effects: ConsensusEffect[] = [];

  constructor(components: ConsensusComponents, init: ConsensusInit) {
    this.#components = components;
    this.#init = init;
    this.#self = init.instance.indexes.get(init.self) ?? -1;
    this.#mayVote = this.#self >= 0 && init.memory.type !== 'lost';
    this.#log = new VoteLog(init.instance);
    this.#proposals = new ProposalLog(components, init.instance);
    this.#undecided = new UndecidedLog(init.instance);
    this.#timers = new Timers(init.instance.instance, init.limits.timeouts, (effect) => {
      this.#effects.push(effect);
    });
    this.#answeredAtMs = init.instance.members.map(() => Number.NEGATIVE_INFINITY);
  }

  isNews(from: Did, message: ConsensusMessage, atMs: number): boolean {
    const view: NewsView = {
      instance: this.#init.instance,
      log: this.#log,
      proposals: this.#proposals,
      undecided: this.#undecided,
      round: this.#round,
      isPastPrevote: this.#step === 'precommit',
      settled: this.#isAlarmed ? undefined : this.#decision,
      isAccused: (member) => this.#accused.has(member),
      mayAnswer: (index) => this.#mayAnswer(index, atMs),
    };
    return isNews(view, from, message);
  }

  #indexOf(did: string): number {
    return this.#init.instance.indexes.get(did) ?? -1;
  }

  step(input: ConsensusInput): readonly ConsensusEffect[] {
    this.#effects = [];
    this.#atMs = input.atMs;
    const reason = this.#dispatch(input);
    return reason !== undefined && this.#effects.length === 0 ? ignore(reason) : this.#effects;
  }

  #dispatch(input: ConsensusInput): string | undefined {
    switch (input.type) {
      case 'start':
        return this.#start();
      case 'message-received':
        return this.#receive(input.from, input.message);
      case 'signed':
        return this.#takeSigned(input.record);
      case 'timer-fired':
        return this.#fire(input.timer);
    }
  }

  // ---- start and restart

  #start(): string | undefined {
    if (this.#timers.count > 0) return 'already-started';
    const { memory, limits } = this.#init;
    if (memory.type === 'restored') this.#restore(memory.rows);
    else this.#write({ type: 'opened', abstains: memory.type === 'lost' });
    if (this.#decision !== undefined) {
      // The crash may have come before anybody heard.
      this.#announceDecision(this.#decision);
      return undefined;
    }
    this.#resendPeriodMs = limits.resendMs;
    this.#timers.start('resend', this.#atMs + limits.resendMs);
    if (this.#step === 'stopped') return this.#continueStopped();
    if (Number.isFinite(limits.deadlineAtMs)) this.#timers.start('deadline', limits.deadlineAtMs);
    if (this.#step === 'propose') this.#startRound(this.#round);
    if (memory.type === 'restored') this.#resend();
    this.#advance();
    return undefined;
  }

  #continueStopped(): undefined {
    this.#timers.start('retention', this.#atMs + this.#init.limits.retentionMs);
    this.#resend();
    this.#reportUndecided();
  }

  /** Read the promises back (S3): votes, locks and outcomes are those of the log, never new ones. */
  #restore(rows: readonly LogRow[]): void {
    const place = restorePlace(rows);
    this.#round = place.round;
    this.#step = place.step;
    this.#lockedRound = place.lockedRound;
    this.#lockedValue = place.lockedValue;
    this.#seq = rows.length;
    for (const row of rows) this.#restoreRow(row);
  }

  #restoreRow(row: LogRow): void {
    switch (row.type) {
      case 'opened':
        this.#mayVote &&= !row.abstains;
        break;
      case 'vote':
        this.#ownVotes.push(row.vote);
        this.#takeVote(row.vote, true);
        break;
      case 'proposal':
        this.#takeProposal(row.proposed);
        break;
      case 'polka':
        this.#takeProposal(row.proposed);
        this.#proposals.keepValue(row.proposed);
        this.#takeVotes(row.polka);
        this.#validRound = row.polka.round;
        this.#validValue = row.polka.value;
        break;
      case 'round':
        this.#takeVotes(row.certificate);
        this.#roundProof = row.certificate;
        break;
      case 'undecided':
        this.#undecided.take(row.undecided);
        this.#step = 'stopped';
        this.#mayVote = false;
        break;
      case 'decision':
        this.#decision = row.decision;
        this.#takeVotes(row.decision.certificate);
        this.#step = 'decided';
        break;
      case 'alarm':
        this.#isAlarmed = true;
        break;
    }
  }

  // ---- rounds and votes

  /** Lines 11 to 21. */
  #startRound(round: number): void {
    if (round >= this.#init.limits.roundLimit) {
      this.#stop('round-limit');
      return;
    }
    this.#timers.cancelSteps(this.#round);
    this.#round = round;
    this.#step = 'propose';
    this.#log.reachRound(round);
    if (this.#self >= 0 && proposerIndex(this.#init.instance, round) === this.#self) this.#propose();
    this.#setStepTimer('propose');
  }

  /** S4, L4: the valid value if there is one, else this member's candidate. */
  #propose(): void {
    const round = this.#round;
    const stored = this.#proposals.ofRound(round);
    if (stored !== undefined) {
      this.#send(provedProposal(this.#log, stored));
      return;
    }
    const isOld = this.#validRound >= 0 && this.#validRound < round;
    const value = isOld ? this.#proposals.value(this.#validValue!)!.proposed.value : this.#init.candidate;
    if (value === undefined) return;
    this.#sign(`proposal/${round}`, {
      record: 'vote-proposal',
      ...this.#name(),
      round,
      value: isOld ? this.#validValue! : this.#components.valueIdOf(value),
      validRound: isOld ? this.#validRound : -1,
      proposer: this.#init.self,
    });
  }

  #castVote(type: VoteType, value: Sha256 | null, validRound: number): void {
    this.#step = type;
    if (this.#self < 0 || this.#log.firstVote(this.#self, type, this.#round) !== undefined) return;
    this.#sign(`${type}/${this.#round}`, {
      record: 'vote',
      ...this.#name(),
      type,
      round: this.#round,
      value,
      validRound,
      voter: this.#init.self,
    });
  }

  #sign(slot: string, record: UnsignedVote | UnsignedProposal | UnsignedUndecided): void {
    // S3: a slot is handed out once, and only its own record comes back.
    if (!this.#mayVote || this.#unsigned.has(slot)) return;
    this.#unsigned.set(slot, record);
    this.#effects.push({ type: 'sign', record });
  }

  #takeSigned(record: Vote | Proposal | Undecided): string | undefined {
    switch (record.record) {
      case 'vote':
        return this.#takeSignedVote(record);
      case 'vote-proposal':
        return this.#takeSignedProposal(record);
      case 'undecided':
        return this.#takeSignedUndecided(record);
    }
  }

  #takeSignedVote(vote: Vote): string | undefined {
    const slot = `${vote.type}/${vote.round}`;
    const asked = this.#unsigned.get(slot);
    if (asked?.record !== 'vote' || !isSameVote(asked, vote)) return 'not-asked';
    this.#unsigned.delete(slot);
    // S3: on disk before anybody sees it.
    this.#write({ type: 'vote', vote });
    this.#ownVotes.push(vote);
    // A claim travels with its proof, unless the proposal brought it to everybody.
    const isProved = this.#proposals.ofRound(vote.round)?.proposal.validRound === vote.validRound;
    this.#send(isProved ? { type: 'vote', vote } : provedVote(this.#log, vote));
    this.#takeVote(vote, true);
    this.#advance();
    return undefined;
  }

  #takeSignedProposal(proposal: Proposal): string | undefined {
    const slot = `proposal/${proposal.round}`;
    const asked = this.#unsigned.get(slot);
    if (asked?.record !== 'vote-proposal' || !isSameProposal(asked, proposal)) return 'not-asked';
    this.#unsigned.delete(slot);
    const value = this.#proposals.value(proposal.value)?.proposed.value ?? this.#init.candidate;
    const proposed = { proposal, value };
    this.#write({ type: 'proposal', proposed });
    this.#send(provedProposal(this.#log, proposed));
    this.#takeProposal(proposed);
    this.#advance();
    return undefined;
  }

  /** Apply every rule that the present state allows, until none does. */
  #advance(): void {
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
    this.#castVote('prevote', prevote.value, prevote.validRound);
    return true;
  }

  /** S7, lines 36 to 43; S10, lines 44 to 46. */
  #tryPrecommit(): boolean {
    const value = this.#log.polkaValue(this.#round);
    if (value === null) {
      this.#castVote('precommit', null, -1);
      return true;
    }
    if (value !== undefined && this.#proposals.value(value)?.isValid === true) {
      this.#lockedRound = this.#round;
      this.#lockedValue = value;
      this.#sendPolka(this.#round, value);
      this.#castVote('precommit', value, -1);
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
      for (const proof of this.#log.proofs(polka)) this.#write({ type: 'polka', polka: proof, proposed });
      this.#write({ type: 'polka', polka, proposed });
    }
  }

  /** L1, lines 47 and 48: a quorum of precommits ends the round soon, of nil precommits at once. */
  #tryEndRound(): boolean {
    if (this.#log.anyCount('precommit', this.#round) < this.#quorum) return false;
    if (this.#log.precommitQuorum(this.#round) === null) {
      this.#leaveRound();
      return true;
    }
    this.#setStepTimer('precommit');
    return false;
  }

  #leaveRound(): void {
    this.#roundProof = this.#log.roundCertificate(this.#round);
    this.#write({ type: 'round', certificate: this.#roundProof });
    this.#startRound(this.#round + 1);
  }

  /** L3, lines 55 and 56. Locks and valid values stay. */
  #trySkip(): boolean {
    const round = this.#log.skipRound();
    if (round <= this.#round) return false;
    this.#roundProof = undefined;
    this.#startRound(round);
    return true;
  }

  /** S11, lines 49 to 54: a quorum of precommits for one valid value in any one round. */
  #tryDecide(): boolean {
    for (const round of this.#log.rounds()) {
      const value = this.#log.precommitQuorum(round);
      if (value === undefined || value === null) continue;
      const known = this.#proposals.value(value);
      if (known?.isValid !== true) continue;
      this.#decide(this.#log.certificate('decision', round, value), known.proposed);
      return true;
    }
    return false;
  }

  #decide(certificate: Certificate, proposed: ProposedValue): void {
    this.#decision = { certificate, proposed };
    this.#step = 'decided';
    this.#unsigned.clear();
    this.#timers.cancelAll();
    this.#write({ type: 'decision', decision: this.#decision });
    this.#announceDecision(this.#decision);
  }

  /** L6 c: tell the application, then everybody. */
  #announceDecision(decision: Decision): void {
    this.#effects.push({ type: 'report-decision', decision });
    this.#answeredAtMs.fill(this.#atMs);
    this.#send({ type: 'certificate', ...decision });
    this.#timers.start('retention', this.#atMs + this.#init.limits.retentionMs);
    this.#resendPeriodMs = this.#init.limits.resendMs;
    this.#timers.start('resend', this.#atMs + this.#resendPeriodMs);
  }

  // ---- taking in messages

  #receive(from: Did, message: ConsensusMessage): string | undefined {
    const reason = this.#takeMessage(message);
    if (this.#decision !== undefined) {
      this.#checkAlarm();
      if (reason === undefined || laggardReasons.has(reason)) this.#answerLaggard(from, message);
    } else {
      this.#advance();
    }
    return reason;
  }

  #takeMessage(message: ConsensusMessage): string | undefined {
    switch (message.type) {
      case 'vote':
        this.#takePolkas(message.polkas);
        return this.#takeVote(message.vote, false);
      case 'proposal':
        this.#takePolkas(message.polkas);
        return this.#takeProposal({ proposal: message.proposal, value: message.value });
      case 'certificate':
        this.#takePolkas(message.polkas);
        return this.#takeCertificate(message.certificate, message.proposed);
      case 'evidence':
        return this.#takeEvidence(message.evidence);
      case 'undecided':
        return this.#takeUndecided(message.undecided);
    }
  }

  /** S2: one vote per member, round and type counts. L5: old votes are taken, old nils are useless. */
  #takeVote(vote: Vote, inQuorum: boolean): string | undefined {
    if (!isOfInstance(this.#init.instance, vote)) return 'foreign-instance';
    const index = this.#init.instance.indexes.get(vote.voter);
    if (index === undefined) return 'not-in-roster';
    if (vote.round >= this.#init.limits.roundLimit) return 'beyond-round-limit';
    if (!inQuorum && vote.round < this.#round && vote.value === null) return 'old-nil';
    const result = this.#log.add(index, vote, this.#round, inQuorum);
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

  #takePolkas(polkas: readonly Certificate[] | undefined): void {
    for (const polka of polkas ?? []) {
      if (polka.kind === 'polka' && checkCertificate(this.#init.instance, polka).ok) this.#takeVotes(polka);
    }
  }

  #takeVotes(certificate: Certificate): void {
    for (const vote of certificate.votes) this.#takeVote(vote, true);
  }

  #takeCertificate(certificate: Certificate, proposed: ProposedValue | undefined): string | undefined {
    if (!checkCertificate(this.#init.instance, certificate).ok) return 'bad-certificate';
    if (certificate.round >= this.#init.limits.roundLimit) return 'beyond-round-limit';
    if (proposed !== undefined) {
      this.#takeProposal(proposed);
      if (proposed.proposal.value === certificate.value) this.#proposals.keepValue(proposed);
    }
    this.#takeVotes(certificate);
    return undefined;
  }

  #takeProposal(proposed: ProposedValue): string | undefined {
    if (proposed.proposal.round >= this.#init.limits.roundLimit) return 'beyond-round-limit';
    const result = this.#proposals.take(proposed, this.#round);
    if (result.type === 'refused') return result.reason;
    if (result.type === 'added') return undefined;
    this.#accuse(result.evidence);
    return 'equivocation';
  }

  // ---- evidence and alarm

  #takeEvidence(evidence: Evidence): string | undefined {
    if (!checkEvidence(this.#init.instance, evidence).ok) return 'bad-evidence';
    return this.#accuse(evidence) ? undefined : 'duplicate';
  }

  /** L10: one proof per culprit is kept, reported and passed on. */
  #accuse(evidence: Evidence): boolean {
    const culprit = culpritOf(evidence);
    if (this.#accused.has(culprit)) return false;
    this.#accused.set(culprit, evidence);
    this.#effects.push({ type: 'report-evidence', evidence, culprit });
    this.#send({ type: 'evidence', evidence });
    return true;
  }

  /** S15: a second decision is never taken over. All polkas go out, so that everybody can find who lied. */
  #checkAlarm(): void {
    const decision = this.#decision!;
    if (this.#isAlarmed) return;
    const conflict = this.#log.findConflict(decision.certificate.value);
    if (conflict === undefined) return;
    this.#isAlarmed = true;
    const conflicting = this.#log.certificate('decision', conflict.round, conflict.value);
    this.#write({ type: 'alarm', certificate: conflicting });
    this.#effects.push({ type: 'raise-alarm', decision, conflicting });
    this.#sendOutcome();
    this.#resendPeriodMs = this.#init.limits.resendMs;
    this.#timers.start('resend', this.#atMs + this.#resendPeriodMs);
  }

  /** The decision; once agreement is broken, also everything that shows who broke it. */
  #sendOutcome(): void {
    this.#send({ type: 'certificate', ...this.#decision! });
    if (!this.#isAlarmed) return;
    for (const { round, value } of this.#log.polkas()) this.#sendPolka(round, value);
    for (const evidence of this.#accused.values()) this.#send({ type: 'evidence', evidence });
  }

  /** L6 d, L7: who still votes has not heard the outcome. */
  #answerLaggard(from: Did, message: ConsensusMessage): void {
    const index = this.#indexOf(from);
    if (!isOpenTalk(message) || !this.#mayAnswer(index, this.#atMs)) return;
    this.#answeredAtMs[index] = this.#atMs;
    this.#effects.push({
      type: 'send-to',
      member: from,
      message: { type: 'certificate', ...this.#decision! },
    });
  }

  #mayAnswer(index: number, atMs: number): boolean {
    return (
      index >= 0 && index !== this.#self && atMs - this.#answeredAtMs[index]! >= this.#init.limits.resendMs
    );
  }

  // ---- undecided

  /** L9: stop for good, and say so under signature. Nothing is signed in this instance afterwards. */
  #stop(reason: Undecided['reason']): void {
    this.#step = 'stopped';
    this.#timers.cancelSteps(this.#round);
    this.#unsigned.clear();
    const record: UnsignedUndecided = {
      record: 'undecided',
      ...this.#name(),
      round: this.#round,
      lockedRound: this.#lockedRound,
      lockedValue: this.#lockedValue,
      reason,
      member: this.#init.self,
    };
    this.#sign('undecided', record);
    this.#mayVote = false;
    this.#timers.start('retention', this.#atMs + this.#init.limits.retentionMs);
    if (this.#unsigned.size === 0) this.#reportUndecided();
  }

  #takeSignedUndecided(undecided: Undecided): string | undefined {
    if (!this.#unsigned.delete('undecided')) return 'not-asked';
    this.#write({ type: 'undecided', undecided });
    this.#undecided.take(undecided);
    this.#send({ type: 'undecided', undecided });
    this.#reportUndecided();
    return undefined;
  }

  #takeUndecided(undecided: Undecided): string | undefined {
    const reason = this.#undecided.take(undecided);
    if (reason === undefined && this.#step === 'stopped') this.#reportUndecided();
    return reason;
  }

  #reportUndecided(): void {
    const report = this.#undecided.report();
    if (report !== undefined) this.#effects.push(report);
  }

  // ---- sending

  #send(message: ConsensusMessage): void {
    if (this.#self >= 0) this.#effects.push({ type: 'send-to-roster', message });
  }

  #sendPolka(round: number, value: Sha256): void {
    this.#send(polkaMessage(this.#log, this.#proposals, round, value));
  }

  /** L6 d: own votes of the last round voted in, the proofs of that round and of the valid value. */
  #resend(): void {
    if (this.#decision !== undefined) {
      this.#sendOutcome();
      return;
    }
    const own = this.#undecided.of(this.#self);
    if (this.#step === 'stopped') {
      if (own !== undefined) this.#send({ type: 'undecided', undecided: own });
      return;
    }
    if (this.#roundProof !== undefined) this.#send({ type: 'certificate', certificate: this.#roundProof });
    if (this.#validValue !== null) this.#sendPolka(this.#validRound, this.#validValue);
    const proposed = this.#proposals.ofRound(this.#round);
    if (proposed?.proposal.proposer === this.#init.self) this.#send(provedProposal(this.#log, proposed));
    const lastRound = this.#ownVotes.at(-1)?.round;
    for (const vote of this.#ownVotes) {
      if (vote.round === lastRound) this.#send(provedVote(this.#log, vote));
    }
  }

  // ---- timers

  #fire(timer: string): string | undefined {
    switch (this.#timers.fire(timer)) {
      case undefined:
        return 'stale-timer';
      case 'propose':
        // L1, lines 57 to 60.
        if (this.#step === 'propose') this.#castVote('prevote', null, -1);
        break;
      case 'prevote':
        // S10, lines 61 to 64: the lock stays (S9).
        if (this.#step === 'prevote') this.#castVote('precommit', null, -1);
        break;
      case 'precommit':
        // Lines 65 to 67, and L6 b: whoever lags can leave the round too.
        this.#leaveRound();
        if (this.#roundProof !== undefined)
          this.#send({ type: 'certificate', certificate: this.#roundProof });
        break;
      case 'resend':
        this.#resend();
        if (this.#decision !== undefined) this.#resendPeriodMs *= 2;
        this.#timers.start('resend', this.#atMs + this.#resendPeriodMs);
        break;
      case 'deadline':
        if (this.#step !== 'stopped') this.#stop('deadline');
        break;
      case 'retention':
        return this.#finish();
    }
    this.#advance();
    return undefined;
  }

  #finish(): undefined {
    this.#timers.cancelAll();
    this.#effects.push({ type: 'finish' });
  }

  #setStepTimer(step: TimedStep): void {
    this.#timers.startStep(step, this.#round, this.#atMs);
  }

  // ---- small things

  get #quorum(): number {
    return this.#init.instance.quorum;
  }

  #name() {
    const { mesh, space, instance, roster } = this.#init.instance;
    return { mesh, space, instance, roster };
  }

  #write(row: LogRow): void {
    if (this.#self < 0) return;
    const key = rowKey(this.#init.instance.instance, this.#seq++);
    this.#effects.push({ type: 'persist', bucket: consensusBucket, key, value: JSON.stringify(row) });
  }
}

/** What the honest talk of a member that lags is ignored for; anything else deserves no answer. */
const laggardReasons: ReadonlySet<string> = new Set(['duplicate', 'old-nil', 'too-far-ahead']);

/** Talk of a member that has not decided. */
function isOpenTalk(message: ConsensusMessage): boolean {
  if (message.type === 'evidence') return false;
  return message.type !== 'certificate' || message.certificate.kind !== 'decision';
}
