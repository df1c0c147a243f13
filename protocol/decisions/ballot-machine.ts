/**
 * Collects the ballots of one decision: closes when all have voted or at the deadline; asks the elected leader
 * once when there is a tie.
 */
import type { Did } from '../brand.ts';
import {
  type CancelTimer,
  type Ignored,
  ignore,
  type Machine,
  type MachineInput,
  type Persist,
  type SetTimer,
  type TimerFired,
} from '../machine.ts';
import type { Keys } from '../ports.ts';
import type { Verified } from '../signing.ts';
import { type BallotCertificate, checkBallot, closeDecision, hashDecision } from './decision-certificate.ts';
import { electLeader } from './leader.ts';
import type { Ballot, DecisionRecord, TieBreak } from './records.ts';

export type BallotInput =
  | (MachineInput & { readonly type: 'start' })
  | (MachineInput & { readonly type: 'ballot-received'; readonly ballot: Verified<Ballot> })
  | (MachineInput & { readonly type: 'tie-break-received'; readonly tieBreak: Verified<TieBreak> })
  | TimerFired;

export type BallotEffect =
  | Persist
  | SetTimer
  | CancelTimer
  /** Ask the leader to choose among the tied options. */
  | { readonly type: 'ask-leader'; readonly leader: Did; readonly options: readonly string[] }
  | { readonly type: 'report-outcome'; readonly certificate: BallotCertificate }
  | Ignored;

export interface BallotInit {
  readonly decision: DecisionRecord;
  /** How long the leader has to break a tie, in ms. */
  readonly tieBreakMs: number;
  /** Ballots that were stored before a restart. */
  readonly restored: readonly Ballot[];
}

export interface BallotMachine extends Machine<BallotInput, BallotEffect> {}

export const ballotBucket = 'ballots';

export function createBallotMachine(components: Pick<Keys, 'hash'>, init: BallotInit): BallotMachine {
  return new BallotCount(components, init);
}

class BallotCount implements BallotMachine {
  readonly #keys: Pick<Keys, 'hash'>;
  readonly #init: BallotInit;
  readonly #hash: string;
  readonly #ballots: Ballot[];
  #state: 'new' | 'open' | 'tied' | 'closed' = 'new';
  #leader: Did | undefined;
  #effects: BallotEffect[] = [];

  constructor(keys: Pick<Keys, 'hash'>, init: BallotInit) {
    this.#keys = keys;
    this.#init = init;
    this.#hash = hashDecision(keys, init.decision);
    this.#ballots = [...init.restored];
  }

  step(input: BallotInput): readonly BallotEffect[] {
    this.#effects = [];
    const reason = this.#dispatch(input);
    return reason === undefined ? this.#effects : ignore(reason);
  }

  #dispatch(input: BallotInput): string | undefined {
    switch (input.type) {
      case 'start':
        return this.#start(input.atMs);
      case 'ballot-received':
        return this.#take(input.ballot, input.atMs);
      case 'tie-break-received':
        return this.#breakTie(input.tieBreak);
      case 'timer-fired':
        return this.#fire(input);
    }
  }

  #start(atMs: number): string | undefined {
    if (this.#state !== 'new') return 'already-started';
    this.#state = 'open';
    this.#effects.push({
      type: 'set-timer',
      timer: this.#timer('close'),
      dueAtMs: this.#init.decision.closesAt,
    });
    this.#closeIfComplete(atMs);
    return undefined;
  }

  #take(ballot: Ballot, atMs: number): string | undefined {
    if (this.#state !== 'open') return 'closed';
    if (!checkBallot(this.#init.decision, this.#hash, ballot).ok) return 'bad-ballot';
    const own = this.#ballots.filter((other) => other.voter === ballot.voter);
    if (own.some((other) => other.sig === ballot.sig)) return 'duplicate';
    // Two different ballots prove a lie; a third proves nothing more.
    if (own.length > 1) return 'equivocation';
    this.#ballots.push(ballot);
    const key = `${this.#hash}/${ballot.voter}/${own.length}`;
    this.#effects.push({ type: 'persist', bucket: ballotBucket, key, value: JSON.stringify(ballot) });
    this.#closeIfComplete(atMs);
    return undefined;
  }

  /** Not before all have voted, even if the outcome seems clear: a second, different ballot would void the first. */
  #closeIfComplete(atMs: number): void {
    const voters = new Set(this.#ballots.map((ballot) => ballot.voter));
    if (voters.size === this.#init.decision.voters.length) this.#close(atMs);
  }

  #close(atMs: number): void {
    this.#effects.push({ type: 'cancel-timer', timer: this.#timer('close') });
    const certificate = closeDecision(this.#keys, { decision: this.#init.decision, ballots: this.#ballots });
    if (certificate.outcome.type !== 'tied') {
      this.#report(certificate);
      return;
    }
    this.#state = 'tied';
    this.#leader = electLeader(this.#keys, this.#init.decision, this.#hash, certificate.ballots);
    this.#effects.push({ type: 'ask-leader', leader: this.#leader, options: certificate.outcome.options });
    this.#effects.push({
      type: 'set-timer',
      timer: this.#timer('tie-break'),
      dueAtMs: atMs + this.#init.tieBreakMs,
    });
  }

  #breakTie(tieBreak: TieBreak): string | undefined {
    if (this.#state !== 'tied') return 'no-tie';
    if (tieBreak.leader !== this.#leader || tieBreak.decision !== this.#hash) return 'not-the-leader';
    const certificate = closeDecision(this.#keys, {
      decision: this.#init.decision,
      ballots: this.#ballots,
      tieBreak,
    });
    if (certificate.outcome.type !== 'decided') return 'option-not-tied';
    this.#effects.push({ type: 'cancel-timer', timer: this.#timer('tie-break') });
    this.#report(certificate);
    return undefined;
  }

  #fire(input: TimerFired): string | undefined {
    if (input.timer === this.#timer('close') && this.#state === 'open') {
      this.#close(input.atMs);
      return undefined;
    }
    if (input.timer !== this.#timer('tie-break') || this.#state !== 'tied') return 'stale-timer';
    this.#report(closeDecision(this.#keys, { decision: this.#init.decision, ballots: this.#ballots }));
    return undefined;
  }

  #report(certificate: BallotCertificate): void {
    this.#state = 'closed';
    this.#effects.push({ type: 'report-outcome', certificate });
  }

  #timer(kind: 'close' | 'tie-break'): string {
    return `ballot/${this.#init.decision.id}/${kind}`;
  }
}
