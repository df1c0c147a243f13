/**
 * One member of one Byzantine agreement: inputs are shared out among the parts, effects collected from them.
 * `rounds.ts` holds the algorithm, `intake.ts` what comes in, `outcome.ts` what comes of it.
 */
import type { Did } from '../brand.ts';
import { ignore, type Machine } from '../machine.ts';
import { Intake } from './intake.ts';
import type { ConsensusComponents, ConsensusEffect, ConsensusInit, ConsensusInput } from './machine-types.ts';
import { Member } from './member.ts';
import { type LogRow, restorePlace } from './memory.ts';
import { isNews, type NewsView } from './news.ts';
import { Outcome } from './outcome.ts';
import type { ConsensusMessage, Proposal, Undecided, Vote } from './records.ts';
import { Rounds } from './rounds.ts';
import { UndecidedLog } from './undecided-log.ts';

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
  readonly #member: Member;
  readonly #intake: Intake;
  readonly #rounds: Rounds;
  readonly #outcome: Outcome;
  readonly #undecided: UndecidedLog;

  readonly #view: NewsView;

  constructor(components: ConsensusComponents, init: ConsensusInit) {
    this.#member = new Member(components, init);
    this.#intake = new Intake(this.#member, () => this.#rounds.round);
    this.#outcome = new Outcome(this.#member, () => this.#intake.evidence());
    this.#undecided = new UndecidedLog(init.instance);
    this.#rounds = new Rounds(components, this.#member, {
      onDecision: (certificate, proposed) => {
        this.#rounds.end('decided');
        this.#outcome.decide(certificate, proposed);
      },
      onRoundLimit: () => this.#stop('round-limit'),
      takeOwnVote: (vote) => this.#intake.takeVote(vote, true),
      takeOwnProposal: (proposed) => this.#intake.takeProposal(proposed),
    });
    this.#view = {
      instance: init.instance,
      log: this.#member.log,
      proposals: this.#member.proposals,
      undecided: this.#undecided,
      rounds: this.#rounds,
      outcome: this.#outcome,
      intake: this.#intake,
    };
  }

  isNews(from: Did, message: ConsensusMessage, atMs: number): boolean {
    return isNews(this.#view, from, message, atMs);
  }

  step(input: ConsensusInput): readonly ConsensusEffect[] {
    const effects = this.#member.begin(input.atMs);
    const reason = this.#dispatch(input);
    return reason !== undefined && effects.length === 0 ? ignore(reason) : effects;
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
    const { timers, init } = this.#member;
    if (timers.count > 0) return 'already-started';
    const { memory, limits } = init;
    if (memory.type === 'restored') this.#restore(memory.rows);
    else this.#member.write({ type: 'opened', abstains: memory.type === 'lost' });
    if (this.#outcome.decision !== undefined) {
      // The crash may have come before anybody heard.
      this.#outcome.announce(this.#outcome.decision);
      return undefined;
    }
    timers.start('resend', this.#member.atMs + limits.resendMs);
    if (this.#rounds.step === 'stopped') return this.#continueStopped();
    if (Number.isFinite(limits.deadlineAtMs)) timers.start('deadline', limits.deadlineAtMs);
    if (this.#rounds.step === 'propose') this.#rounds.startRound(this.#rounds.round);
    if (memory.type === 'restored') this.#rounds.resend();
    this.#rounds.advance();
    return undefined;
  }

  #continueStopped(): undefined {
    this.#member.timers.start('retention', this.#member.atMs + this.#member.init.limits.retentionMs);
    this.#resend();
    this.#reportUndecided();
  }

  /** Read the promises back (S3): votes, locks and outcomes are those of the log, never new ones. */
  #restore(rows: readonly LogRow[]): void {
    this.#rounds.restore(restorePlace(rows));
    this.#member.rowCount = rows.length;
    for (const row of rows) {
      this.#restoreRow(row);
      this.#rounds.restoreRow(row);
      this.#outcome.restoreRow(row);
    }
  }

  #restoreRow(row: LogRow): void {
    switch (row.type) {
      case 'opened':
        this.#member.mayVote &&= !row.abstains;
        break;
      case 'vote':
        this.#intake.takeVote(row.vote, true);
        break;
      case 'proposal':
        this.#intake.takeProposal(row.proposed);
        break;
      case 'polka':
        this.#intake.takeProposal(row.proposed);
        this.#member.proposals.keepValue(row.proposed);
        this.#intake.takeVotes(row.polka);
        break;
      case 'round':
        this.#intake.takeVotes(row.certificate);
        break;
      case 'undecided':
        this.#undecided.take(row.undecided);
        this.#rounds.end('stopped');
        this.#member.mayVote = false;
        break;
      case 'decision':
        this.#intake.takeVotes(row.decision.certificate);
        this.#rounds.end('decided');
        break;
      case 'alarm':
        break;
    }
  }

  // ---- inputs

  #receive(from: Did, message: ConsensusMessage): string | undefined {
    const reason = this.#takeMessage(message);
    if (this.#outcome.decision === undefined) {
      this.#rounds.advance();
      return reason;
    }
    this.#outcome.checkAlarm();
    if (reason === undefined || laggardReasons.has(reason)) this.#outcome.answerLaggard(from, message);
    return reason;
  }

  #takeMessage(message: ConsensusMessage): string | undefined {
    switch (message.type) {
      case 'vote':
        this.#intake.takePolkas(message.polkas);
        return this.#intake.takeVote(message.vote, false);
      case 'proposal':
        this.#intake.takePolkas(message.polkas);
        return this.#intake.takeProposal({ proposal: message.proposal, value: message.value });
      case 'certificate':
        this.#intake.takePolkas(message.polkas);
        return this.#intake.takeCertificate(message.certificate, message.proposed);
      case 'evidence':
        return this.#intake.takeEvidence(message.evidence);
      case 'undecided':
        return this.#takeUndecided(message.undecided);
    }
  }

  #takeSigned(record: Vote | Proposal | Undecided): string | undefined {
    switch (record.record) {
      case 'vote':
        return this.#rounds.takeSignedVote(record);
      case 'vote-proposal':
        return this.#rounds.takeSignedProposal(record);
      case 'undecided':
        return this.#takeSignedUndecided(record);
    }
  }

  #fire(timer: string): string | undefined {
    const kind = this.#member.timers.fire(timer);
    switch (kind) {
      case undefined:
        return 'stale-timer';
      case 'propose':
      case 'prevote':
      case 'precommit':
        this.#rounds.timeOut(kind);
        break;
      case 'resend':
        this.#resend();
        break;
      case 'deadline':
        if (this.#rounds.step !== 'stopped') this.#stop('deadline');
        break;
      case 'retention':
        this.#member.timers.cancelAll();
        this.#member.emit({ type: 'finish' });
        return undefined;
    }
    this.#rounds.advance();
    return undefined;
  }

  /** L6 d: whatever this member last had to say. */
  #resend(): void {
    if (this.#outcome.decision !== undefined) {
      this.#outcome.resend();
      return;
    }
    const own = this.#undecided.of(this.#member.self);
    if (own !== undefined) this.#member.send({ type: 'undecided', undecided: own });
    if (this.#rounds.step !== 'stopped') this.#rounds.resend();
    this.#member.timers.start('resend', this.#member.atMs + this.#member.init.limits.resendMs);
  }

  // ---- undecided

  /** L9: stop for good, and say so under signature. Nothing is signed in this instance afterwards. */
  #stop(reason: Undecided['reason']): void {
    const { timers, init } = this.#member;
    timers.cancelSteps(this.#rounds.round);
    this.#rounds.end('stopped');
    this.#member.forgetUnsigned();
    const { round: lockedRound, value: lockedValue } = this.#rounds.lock;
    this.#member.sign('undecided', {
      record: 'undecided',
      ...this.#member.name(),
      round: this.#rounds.round,
      lockedRound,
      lockedValue,
      reason,
      member: init.self,
    });
    timers.start('retention', this.#member.atMs + init.limits.retentionMs);
    if (!this.#member.mayVote) this.#reportUndecided();
    this.#member.mayVote = false;
  }

  #takeSignedUndecided(undecided: Undecided): string | undefined {
    if (!this.#member.takeSigned('undecided', (asked) => asked.record === 'undecided')) return 'not-asked';
    this.#member.write({ type: 'undecided', undecided });
    this.#undecided.take(undecided);
    this.#member.send({ type: 'undecided', undecided });
    this.#reportUndecided();
    return undefined;
  }

  #takeUndecided(undecided: Undecided): string | undefined {
    const reason = this.#undecided.take(undecided);
    if (reason === undefined && this.#rounds.step === 'stopped') this.#reportUndecided();
    return reason;
  }

  #reportUndecided(): void {
    const report = this.#undecided.report();
    if (report !== undefined) this.#member.emit(report);
  }
}

/** What the honest talk of a member that lags is ignored for; anything else deserves no answer. */
const laggardReasons: ReadonlySet<string> = new Set(['duplicate', 'old-nil', 'too-far-ahead']);
