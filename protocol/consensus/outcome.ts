/** The decision of one member: told to all, told again to who lags, and defended against a second one. */
import type { Did } from '../brand.ts';
import type { Member } from './member.ts';
import type { Decision, LogRow } from './memory.ts';
import type { Certificate, ConsensusMessage, Evidence, ProposedValue } from './records.ts';

export class Outcome {
  readonly #member: Member;
  readonly #evidence: () => Iterable<Evidence>;
  readonly #answeredAtMs: number[];
  #decision: Decision | undefined;
  #isAlarmed = false;
  /** Doubles: outcomes are told again ever more seldom, so that two of them would meet. */
  #resendPeriodMs = 0;

  constructor(member: Member, evidence: () => Iterable<Evidence>) {
    this.#member = member;
    this.#evidence = evidence;
    this.#answeredAtMs = member.init.instance.members.map(() => Number.NEGATIVE_INFINITY);
  }

  get decision(): Decision | undefined {
    return this.#decision;
  }

  /** The decision, unless broken agreement makes everything worth hearing again. */
  get settled(): Decision | undefined {
    return this.#isAlarmed ? undefined : this.#decision;
  }

  restoreRow(row: LogRow): void {
    if (row.type === 'decision') this.#decision = row.decision;
    if (row.type === 'alarm') this.#isAlarmed = true;
  }

  decide(certificate: Certificate, proposed: ProposedValue): void {
    this.#decision = { certificate, proposed };
    this.#member.forgetUnsigned();
    this.#member.timers.cancelAll();
    this.#member.write({ type: 'decision', decision: this.#decision });
    this.announce(this.#decision);
  }

  /** L6 c: tell the application, then everybody. */
  announce(decision: Decision): void {
    this.#member.emit({ type: 'report-decision', decision });
    this.#answeredAtMs.fill(this.#member.atMs);
    this.#member.send({ type: 'certificate', ...decision });
    this.#member.timers.start('retention', this.#member.atMs + this.#member.init.limits.retentionMs);
    this.#tellAgain(this.#member.init.limits.resendMs);
  }

  /** S15: a second decision is never taken over. All polkas go out, so that everybody can find who lied. */
  checkAlarm(): void {
    const decision = this.#decision!;
    if (this.#isAlarmed) return;
    const conflict = this.#member.log.findConflict(decision.certificate.value);
    if (conflict === undefined) return;
    this.#isAlarmed = true;
    const conflicting = this.#member.log.certificate('decision', conflict.round, conflict.value);
    this.#member.write({ type: 'alarm', certificate: conflicting });
    this.#member.emit({ type: 'raise-alarm', decision, conflicting });
    this.#sendOutcome();
    this.#tellAgain(this.#member.init.limits.resendMs);
  }

  /** The decision; once agreement is broken, also everything that shows who broke it. */
  #sendOutcome(): void {
    this.#member.send({ type: 'certificate', ...this.#decision! });
    if (!this.#isAlarmed) return;
    for (const { round, value } of this.#member.log.polkas()) this.#member.sendPolka(round, value);
    for (const evidence of this.#evidence()) this.#member.send({ type: 'evidence', evidence });
  }

  /** L6 d, L7: who still votes has not heard the outcome. */
  answerLaggard(from: Did, message: ConsensusMessage): void {
    const index = this.#member.init.instance.indexes.get(from) ?? -1;
    if (!isOpenTalk(message) || !this.mayAnswer(index, this.#member.atMs)) return;
    this.#answeredAtMs[index] = this.#member.atMs;
    this.#member.emit({
      type: 'send-to',
      member: from,
      message: { type: 'certificate', ...this.#decision! },
    });
  }

  mayAnswer(index: number, atMs: number): boolean {
    return (
      index >= 0 &&
      index !== this.#member.self &&
      atMs - this.#answeredAtMs[index]! >= this.#member.init.limits.resendMs
    );
  }

  /** The resend timer fired. */
  resend(): void {
    this.#sendOutcome();
    this.#tellAgain(2 * this.#resendPeriodMs);
  }

  #tellAgain(periodMs: number): void {
    this.#resendPeriodMs = periodMs;
    this.#member.timers.start('resend', this.#member.atMs + periodMs);
  }
}

/** Talk of a member that has not decided. */
function isOpenTalk(message: ConsensusMessage): boolean {
  if (message.type === 'evidence') return false;
  return message.type !== 'certificate' || message.certificate.kind !== 'decision';
}
