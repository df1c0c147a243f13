/**
 * Single-shot Tendermint: members of a roster agree on one value although up to f of them lie.
 *
 * The line numbers are those of Algorithm 1 in arXiv 1807.04938, S and L numbers those of the README.
 */
import type { Did, Sha256 } from '../brand.ts';
import { ignore, type Machine } from '../machine.ts';
import { checkCertificate } from './certificate.ts';
import { checkEvidence, culpritOf, findAmnesia, isDoubleProposal } from './evidence.ts';
import { isOfInstance, proposerIndex } from './instance.ts';
import type {
  ConsensusComponents,
  ConsensusEffect,
  ConsensusInit,
  ConsensusInput,
  UndecidedLevel,
} from './machine-types.ts';
import { consensusBucket, type Decision, type LogRow, restorePlace, rowKey } from './memory.ts';
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
import { choosePrevote, undecidedLevel } from './rules.ts';
import { dueAtMs, type TimedStep } from './timeouts.ts';
import { futureRoundsMax, isSameVote, VoteLog } from './vote-log.ts';

type Step = 'propose' | 'prevote' | 'precommit' | 'stopped' | 'decided';

/** A value that hashes to its id (S13), and whether the application takes it (S12). */
interface KnownValue {
  readonly proposed: ProposedValue;
  readonly isValid: boolean;
}

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
  readonly #proposals = new Map<number, ProposedValue>();
  readonly #values = new Map<Sha256, KnownValue>();
  readonly #ownVotes: Vote[] = [];
  /** What was handed out to be signed, by slot; anything else that comes back is not ours to send. */
  readonly #unsigned = new Map<string, UnsignedVote | UnsignedProposal | UnsignedUndecided>();
  readonly #timers = new Set<string>();
  readonly #accused = new Map<Did, Evidence>();
  readonly #undecided: (Undecided | undefined)[] = [];
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
  #reportedLevel: UndecidedLevel | undefined;
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
    this.#answeredAtMs = init.instance.members.map(() => Number.NEGATIVE_INFINITY);
  }

  isNews(from: Did, message: ConsensusMessage, atMs: number): boolean {
    if (message.type === 'evidence') return !this.#accused.has(culpritOf(message.evidence));
    if (this.#decision !== undefined && !this.#isAlarmed) return this.#isNewsOnceDecided(from, message, atMs);
    if ('polkas' in message && message.polkas?.some((polka) => !this.#log.hasPolka(polka.round, polka.value)))
      return true;
    switch (message.type) {
      case 'vote':
        return this.#isNewsVote(message.vote);
      case 'proposal':
        return !isSameProposal(this.#proposals.get(message.proposal.round)?.proposal, message.proposal);
      case 'certificate':
        return this.#isNewsCertificate(message.certificate);
      case 'undecided':
        return this.#undecided[this.#indexOf(message.undecided.member)] === undefined;
    }
  }

  #isNewsVote(vote: Vote): boolean {
    const index = this.#indexOf(vote.voter);
    if (index < 0) return true;
    if (this.#log.holds(index, vote)) return false;
    if (this.#log.firstVote(index, vote.type, vote.round) !== undefined) return true;
    if (vote.round < this.#round && vote.value === null) return false;
    // Past the step that counts it, a prevote beyond a full polka changes nothing.
    const isPast = vote.round < this.#round || (vote.round === this.#round && this.#step === 'precommit');
    return !(vote.type === 'prevote' && isPast && this.#log.polkaValue(vote.round) !== undefined);
  }

  #isNewsCertificate(certificate: Certificate): boolean {
    const { kind, round, value, votes } = certificate;
    if (kind === 'polka')
      return value !== null && !(this.#log.hasPolka(round, value) && this.#values.has(value));
    if (kind === 'round' && round < this.#round) return false;
    return kind === 'decision' || !votes.every((vote) => this.#log.holds(this.#indexOf(vote.voter), vote));
  }

  #isNewsOnceDecided(from: Did, message: ConsensusMessage, atMs: number): boolean {
    if (message.type === 'certificate' && message.certificate.kind === 'decision')
      return message.certificate.value !== this.#decision!.certificate.value;
    if (message.type === 'vote') {
      const { voter, type, round } = message.vote;
      const first = this.#log.firstVote(this.#indexOf(voter), type, round);
      if (first !== undefined && !isSameVote(first, message.vote)) return true;
    }
    return this.#mayAnswer(this.#indexOf(from), atMs);
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
    if (this.#timers.size > 0) return 'already-started';
    const { memory, limits } = this.#init;
    if (memory.type === 'restored') this.#restore(memory.rows);
    else this.#write({ type: 'opened', abstains: memory.type === 'lost' });
    if (this.#decision !== undefined) {
      // The crash may have come before anybody heard.
      this.#announceDecision(this.#decision);
      return undefined;
    }
    this.#resendPeriodMs = limits.resendMs;
    this.#setTimer('resend', this.#atMs + limits.resendMs);
    if (this.#step === 'stopped') return this.#continueStopped();
    if (Number.isFinite(limits.deadlineAtMs)) this.#setTimer('deadline', limits.deadlineAtMs);
    if (this.#step === 'propose') this.#startRound(this.#round);
    if (memory.type === 'restored') this.#resend();
    this.#advance();
    return undefined;
  }

  #continueStopped(): undefined {
    this.#setTimer('retention', this.#atMs + this.#init.limits.retentionMs);
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
        this.#keepValue(row.proposed);
        this.#takeVotes(row.polka);
        this.#validRound = row.polka.round;
        this.#validValue = row.polka.value;
        break;
      case 'round':
        this.#takeVotes(row.certificate);
        this.#roundProof = row.certificate;
        break;
      case 'undecided':
        this.#undecided[this.#self] = row.undecided;
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
    this.#cancelStepTimers();
    this.#round = round;
    this.#step = 'propose';
    this.#log.reachRound(round);
    if (this.#self >= 0 && proposerIndex(this.#init.instance, round) === this.#self) this.#propose();
    this.#setStepTimer('propose');
  }

  /** S4, L4: the valid value if there is one, else this member's candidate. */
  #propose(): void {
    const round = this.#round;
    const stored = this.#proposals.get(round);
    if (stored !== undefined) {
      this.#sendProposal(stored);
      return;
    }
    const isOld = this.#validRound >= 0 && this.#validRound < round;
    const value = isOld ? this.#values.get(this.#validValue!)!.proposed.value : this.#init.candidate;
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
    this.#sendVote(vote, this.#proposals.get(vote.round)?.proposal.validRound !== vote.validRound);
    this.#takeVote(vote, true);
    this.#advance();
    return undefined;
  }

  #takeSignedProposal(proposal: Proposal): string | undefined {
    const slot = `proposal/${proposal.round}`;
    const asked = this.#unsigned.get(slot);
    if (asked?.record !== 'vote-proposal' || !isSameProposal(asked, proposal)) return 'not-asked';
    this.#unsigned.delete(slot);
    const value = this.#values.get(proposal.value)?.proposed.value ?? this.#init.candidate;
    const proposed = { proposal, value };
    this.#write({ type: 'proposal', proposed });
    this.#sendProposal(proposed);
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
    const proposal = this.#proposals.get(this.#round)?.proposal;
    if (proposal === undefined) return false;
    if (proposal.validRound >= 0 && !this.#log.hasPolka(proposal.validRound, proposal.value)) return false;
    const { isValid } = this.#values.get(proposal.value)!;
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
    if (value !== undefined && this.#values.get(value)?.isValid === true) {
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
      if (value === undefined || value === null || this.#values.get(value)?.isValid !== true) continue;
      this.#validRound = round;
      this.#validValue = value;
      const polka = this.#log.certificate('polka', round, value);
      const { proposed } = this.#values.get(value)!;
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
      const known = this.#values.get(value);
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
    for (const timer of [...this.#timers]) this.#cancelTimer(timer);
    this.#write({ type: 'decision', decision: this.#decision });
    this.#announceDecision(this.#decision);
  }

  /** L6 c: tell the application, then everybody. */
  #announceDecision(decision: Decision): void {
    this.#effects.push({ type: 'report-decision', decision });
    this.#answeredAtMs.fill(this.#atMs);
    this.#send({ type: 'certificate', ...decision });
    this.#setTimer('retention', this.#atMs + this.#init.limits.retentionMs);
    this.#resendPeriodMs = this.#init.limits.resendMs;
    this.#setTimer('resend', this.#atMs + this.#resendPeriodMs);
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
      if (proposed.proposal.value === certificate.value) this.#keepValue(proposed);
    }
    this.#takeVotes(certificate);
    return undefined;
  }

  /** S4: only from the round's proposer. S13: only with the value it names. */
  #takeProposal(proposed: ProposedValue): string | undefined {
    const { proposal } = proposed;
    if (!isOfInstance(this.#init.instance, proposal)) return 'foreign-instance';
    const index = this.#init.instance.indexes.get(proposal.proposer);
    if (index === undefined) return 'not-in-roster';
    if (proposal.round >= this.#init.limits.roundLimit) return 'beyond-round-limit';
    if (index !== proposerIndex(this.#init.instance, proposal.round)) return 'not-the-proposer';
    const held = this.#proposals.get(proposal.round);
    if (held !== undefined) return this.#compareProposals(held, proposed);
    if (this.#components.valueIdOf(proposed.value) !== proposal.value) return 'wrong-value-id';
    if (!this.#keepAhead(proposal)) return 'too-far-ahead';
    this.#proposals.set(proposal.round, proposed);
    this.#keepValue(proposed);
    return undefined;
  }

  #compareProposals(held: ProposedValue, other: ProposedValue): string {
    if (!isDoubleProposal(held.proposal, other.proposal)) return 'duplicate';
    this.#accuse({ kind: 'double-proposal', first: held.proposal, second: other.proposal });
    return 'equivocation';
  }

  /** L8: a proposer's proposals for rounds ahead, the highest two of them. */
  #keepAhead(proposal: Proposal): boolean {
    if (proposal.round <= this.#round) return true;
    const ahead = [...this.#proposals.values()]
      .map((proposed) => proposed.proposal)
      .filter((other) => other.round > this.#round && other.proposer === proposal.proposer)
      .map((other) => other.round);
    if (ahead.length < futureRoundsMax) return true;
    const lowest = Math.min(...ahead);
    if (proposal.round < lowest) return false;
    this.#proposals.delete(lowest);
    return true;
  }

  #keepValue(proposed: ProposedValue): void {
    const id = proposed.proposal.value;
    if (this.#values.has(id) || this.#components.valueIdOf(proposed.value) !== id) return;
    this.#values.set(id, { proposed, isValid: this.#components.isValid(proposed.value) });
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
    this.#setTimer('resend', this.#atMs + this.#resendPeriodMs);
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
    this.#effects.push({ type: 'send-to', member: from, message: this.#decisionMessage() });
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
    this.#cancelStepTimers();
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
    this.#setTimer('retention', this.#atMs + this.#init.limits.retentionMs);
    if (this.#unsigned.size === 0) this.#reportUndecided();
  }

  #takeSignedUndecided(undecided: Undecided): string | undefined {
    if (!this.#unsigned.delete('undecided')) return 'not-asked';
    this.#write({ type: 'undecided', undecided });
    this.#undecided[this.#self] = undecided;
    this.#send({ type: 'undecided', undecided });
    this.#reportUndecided();
    return undefined;
  }

  #takeUndecided(undecided: Undecided): string | undefined {
    if (!isOfInstance(this.#init.instance, undecided)) return 'foreign-instance';
    const index = this.#init.instance.indexes.get(undecided.member);
    if (index === undefined) return 'not-in-roster';
    if (this.#undecided[index] !== undefined) return 'duplicate';
    this.#undecided[index] = undecided;
    if (this.#step === 'stopped') this.#reportUndecided();
    return undefined;
  }

  /** Each time the word of others makes it weigh more. */
  #reportUndecided(): void {
    const records = this.#undecided.filter((record) => record !== undefined);
    const level = undecidedLevel(this.#init.instance, records);
    if (level === this.#reportedLevel) return;
    this.#reportedLevel = level;
    this.#effects.push({ type: 'report-undecided', level, records });
  }

  // ---- sending

  #send(message: ConsensusMessage): void {
    if (this.#self >= 0) this.#effects.push({ type: 'send-to-roster', message });
  }

  /** A claim travels with its proof, unless the proposal brought it to everybody. */
  #sendVote(vote: Vote, needsProof: boolean): void {
    const polkas = needsProof ? this.#proofsOf(vote.validRound, vote.value) : undefined;
    this.#send({ type: 'vote', vote, ...(polkas && { polkas }) });
  }

  #sendProposal(proposed: ProposedValue): void {
    const { validRound, value } = proposed.proposal;
    const polkas = this.#proofsOf(validRound, value);
    this.#send({ type: 'proposal', ...proposed, ...(polkas && { polkas }) });
  }

  /** The polka that a claim names and what it rests on; after a restart it may be gone, others still have it. */
  #proofsOf(round: number, value: Sha256 | null): Certificate[] | undefined {
    if (round < 0 || !this.#log.hasPolka(round, value)) return undefined;
    const polka = this.#log.certificate('polka', round, value);
    return [...this.#log.proofs(polka), polka];
  }

  /** L6 a: a lock that nobody can hide. */
  #sendPolka(round: number, value: Sha256): void {
    const certificate = this.#log.certificate('polka', round, value);
    const polkas = this.#log.proofs(certificate);
    const proposed = this.#values.get(value)?.proposed;
    this.#send({
      type: 'certificate',
      certificate,
      ...(proposed && { proposed }),
      ...(polkas.length > 0 && { polkas }),
    });
  }

  #decisionMessage(): ConsensusMessage {
    return { type: 'certificate', ...this.#decision! };
  }

  /** L6 d: own votes of the last round voted in, the proofs of that round and of the valid value. */
  #resend(): void {
    if (this.#decision !== undefined) {
      this.#sendOutcome();
      return;
    }
    const own = this.#undecided[this.#self];
    if (this.#step === 'stopped') {
      if (own !== undefined) this.#send({ type: 'undecided', undecided: own });
      return;
    }
    if (this.#roundProof !== undefined) this.#send({ type: 'certificate', certificate: this.#roundProof });
    if (this.#validValue !== null) this.#sendPolka(this.#validRound, this.#validValue);
    const proposed = this.#proposals.get(this.#round);
    if (proposed?.proposal.proposer === this.#init.self) this.#sendProposal(proposed);
    const lastRound = this.#ownVotes.at(-1)?.round;
    for (const vote of this.#ownVotes) {
      if (vote.round === lastRound) this.#sendVote(vote, true);
    }
  }

  // ---- timers

  #fire(timer: string): string | undefined {
    if (!this.#timers.delete(timer)) return 'stale-timer';
    const kind = timer.split('/').at(-2) as TimerKind;
    switch (kind) {
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
        this.#setTimer('resend', this.#atMs + this.#resendPeriodMs);
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
    for (const timer of [...this.#timers]) this.#cancelTimer(timer);
    this.#effects.push({ type: 'finish' });
  }

  /** L1: each step's timer once per round; its name holds the round, so an old one cannot act on a new round. */
  #setStepTimer(step: TimedStep): void {
    const timer = this.#timerName(step, this.#round);
    if (this.#timers.has(timer)) return;
    this.#timers.add(timer);
    this.#effects.push({
      type: 'set-timer',
      timer,
      dueAtMs: dueAtMs(this.#init.limits.timeouts, step, this.#round, this.#atMs),
    });
  }

  #setTimer(kind: 'resend' | 'deadline' | 'retention', dueAtMs: number): void {
    const timer = this.#timerName(kind, 0);
    this.#timers.add(timer);
    this.#effects.push({ type: 'set-timer', timer, dueAtMs });
  }

  #timerName(kind: TimerKind, round: number): string {
    return `consensus/${this.#init.instance.instance}/${kind}/${round}`;
  }

  #cancelStepTimers(): void {
    for (const kind of ['propose', 'prevote', 'precommit'] as const) {
      this.#cancelTimer(this.#timerName(kind, this.#round));
    }
  }

  #cancelTimer(timer: string): void {
    if (this.#timers.delete(timer)) this.#effects.push({ type: 'cancel-timer', timer });
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

function isSameProposal(a: UnsignedProposal | undefined, b: UnsignedProposal): boolean {
  return a !== undefined && a.round === b.round && a.value === b.value && a.validRound === b.validRound;
}

type TimerKind = TimedStep | 'resend' | 'deadline' | 'retention';

/** What the honest talk of a member that lags is ignored for; anything else deserves no answer. */
const laggardReasons: ReadonlySet<string> = new Set(['duplicate', 'old-nil', 'too-far-ahead']);

/** Talk of a member that has not decided. */
function isOpenTalk(message: ConsensusMessage): boolean {
  if (message.type === 'evidence') return false;
  return message.type !== 'certificate' || message.certificate.kind !== 'decision';
}
