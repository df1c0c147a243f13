/**
 * Debate in rounds: all propose, all criticise, all revise and say whose proposal they now stand behind; when
 * enough weight stands behind one, it has converged; after the last round a weighted ballot takes over.
 * @see Du, Li, Torralba, Tenenbaum, Mordatch 2023, "Improving Factuality and Reasoning in Language Models
 *   through Multiagent Debate"
 */
import type { Did } from '../brand.ts';
import {
  type CancelTimer,
  type Ignored,
  ignore,
  type Machine,
  type MachineInput,
  type SetTimer,
  type TimerFired,
} from '../machine.ts';
import type { Verified } from '../signing.ts';
import type { DecisionRule, Voter } from './records.ts';

export const debatePhases = ['propose', 'critique', 'revise'] as const;
export type DebatePhase = (typeof debatePhases)[number];

export interface Contribution {
  readonly phase: DebatePhase;
  /** 1 for the first round; proposals are made once, in round 1. */
  readonly round: number;
  readonly author: Did;
  readonly text: string;
  /** With `critique`: whose proposal; with `revise`: whose proposal the author now stands behind. */
  readonly of?: Did;
}

export interface DebateInit {
  readonly debate: string;
  readonly participants: readonly Pick<Voter, 'did' | 'weight'>[];
  readonly roundCount: number;
  /** How long each phase waits for all, in ms. */
  readonly phaseMs: number;
  /** Share of all weight behind one proposal that counts as converged. */
  readonly convergence: { readonly numerator: number; readonly denominator: number };
}

/** Judgement: as for a tactical ballot. */
export const convergenceDefault = { numerator: 2, denominator: 3 } as const;

export type DebateInput =
  | (MachineInput & { readonly type: 'start' })
  | (MachineInput & { readonly type: 'contribution-received'; readonly contribution: Verified<Contribution> })
  | TimerFired;

export type DebateEffect =
  /** Ask all participants; they see every contribution so far. */
  | {
      readonly type: 'ask-participants';
      readonly phase: DebatePhase;
      readonly round: number;
      readonly contributions: readonly Contribution[];
    }
  | { readonly type: 'report-converged'; readonly proposal: Contribution; readonly support: number }
  /** The proposals still supported, by author, most supported first; with one left there is nothing to count. */
  | { readonly type: 'open-ballot'; readonly rule: DecisionRule; readonly proposals: readonly Contribution[] }
  /** Nobody proposed anything. */
  | { readonly type: 'report-empty' }
  | SetTimer
  | CancelTimer
  | Ignored;

export interface DebateMachine extends Machine<DebateInput, DebateEffect> {}

export function createDebateMachine(init: DebateInit): DebateMachine {
  return new Debate(init);
}

class Debate implements DebateMachine {
  readonly #init: DebateInit;
  readonly #contributions: Contribution[] = [];
  #phase: DebatePhase | 'ended' | 'new' = 'new';
  #round = 1;
  #effects: DebateEffect[] = [];

  constructor(init: DebateInit) {
    this.#init = init;
  }

  step(input: DebateInput): readonly DebateEffect[] {
    this.#effects = [];
    const reason = this.#dispatch(input);
    return reason === undefined ? this.#effects : ignore(reason);
  }

  #dispatch(input: DebateInput): string | undefined {
    switch (input.type) {
      case 'start':
        return this.#phase === 'new' ? this.#open('propose', input.atMs) : 'already-started';
      case 'contribution-received':
        return this.#take(input.contribution, input.atMs);
      case 'timer-fired':
        return input.timer === this.#timer() ? this.#close(input.atMs) : 'stale-timer';
    }
  }

  #take(contribution: Contribution, atMs: number): string | undefined {
    const { phase, round, author, of } = contribution;
    if (!this.#init.participants.some(({ did }) => did === author)) return 'not-a-participant';
    if (phase !== this.#phase || round !== this.#round) return 'out-of-phase';
    if (this.#of(phase, round).some((other) => other.author === author)) return 'duplicate';
    if (phase !== 'propose' && this.#proposalOf(of) === undefined) return 'unknown-proposal';
    this.#contributions.push(contribution);
    if (this.#of(phase, round).length < this.#init.participants.length) return undefined;
    this.#effects.push({ type: 'cancel-timer', timer: this.#timer() });
    return this.#close(atMs);
  }

  #open(phase: DebatePhase, atMs: number): undefined {
    this.#phase = phase;
    const { round, contributions } = { round: this.#round, contributions: [...this.#contributions] };
    this.#effects.push({ type: 'ask-participants', phase, round, contributions });
    this.#effects.push({ type: 'set-timer', timer: this.#timer(), dueAtMs: atMs + this.#init.phaseMs });
  }

  #close(atMs: number): undefined {
    if (this.#phase === 'propose') return this.#closeProposals(atMs);
    if (this.#phase === 'critique') return this.#open('revise', atMs);
    if (this.#phase === 'revise') this.#closeRound(atMs);
  }

  #closeProposals(atMs: number): undefined {
    if (this.#of('propose', 1).length > 0) return this.#open('critique', atMs);
    this.#phase = 'ended';
    this.#effects.push({ type: 'report-empty' });
  }

  /** The convergence test, then the next round or the ballot. */
  #closeRound(atMs: number): void {
    const ranked = this.#supported();
    const total = this.#init.participants.reduce((sum, { weight }) => sum + weight, 0);
    const { numerator, denominator } = this.#init.convergence;
    const best = ranked[0];
    if (best !== undefined && best.support * denominator >= total * numerator) {
      this.#phase = 'ended';
      this.#effects.push({ type: 'report-converged', proposal: best.proposal, support: best.support });
    } else if (this.#round < this.#init.roundCount) {
      this.#round += 1;
      this.#open('critique', atMs);
    } else {
      this.#phase = 'ended';
      const proposals = ranked.map(({ proposal }) => proposal);
      this.#effects.push({ type: 'open-ballot', rule: { method: 'weighted' }, proposals });
    }
  }

  /** Proposals, as revised last, by the weight that stands behind them; each without a word stands by its own. */
  #supported(): { proposal: Contribution; support: number }[] {
    const support = new Map<Did, number>();
    for (const { did, weight } of this.#init.participants) {
      const target = this.#lastRevision(did)?.of ?? (this.#proposalOf(did as Did) && (did as Did));
      if (target !== undefined) support.set(target, (support.get(target) ?? 0) + weight);
    }
    return this.#of('propose', 1)
      .map(({ author }) => ({ proposal: this.#newestText(author), support: support.get(author) ?? 0 }))
      .filter((entry) => entry.support > 0)
      .sort((a, b) => b.support - a.support || (a.proposal.author < b.proposal.author ? -1 : 1));
  }

  /** An author that still stands by its own proposal may have rewritten it. */
  #newestText(author: Did): Contribution {
    const revised = this.#lastRevision(author);
    return revised?.of === author ? revised : this.#proposalOf(author)!;
  }

  #lastRevision(author: string): Contribution | undefined {
    return this.#contributions.findLast((entry) => entry.phase === 'revise' && entry.author === author);
  }

  #proposalOf(author: Did | undefined): Contribution | undefined {
    return this.#contributions.find((entry) => entry.phase === 'propose' && entry.author === author);
  }

  #of(phase: DebatePhase, round: number): Contribution[] {
    return this.#contributions.filter((entry) => entry.phase === phase && entry.round === round);
  }

  #timer(): string {
    return `debate/${this.#init.debate}/${this.#phase}/${this.#round}`;
  }
}
