/** The proposals of one instance, one per round, and the values that are known with their ids. */

import type { Sha256 } from '../brand.ts';
import { CompactMap } from '../compact-map.ts';
import { isDoubleProposal } from './evidence.ts';
import { type ConsensusInstance, isOfInstance, proposerIndex } from './instance.ts';
import type { ConsensusComponents } from './machine-types.ts';
import type { Evidence, Proposal, ProposedValue, UnsignedProposal } from './records.ts';
import { futureRoundsMax } from './vote-log.ts';

/** A value that hashes to its id (S13), and whether the application takes it (S12). */
export interface KnownValue {
  readonly proposed: ProposedValue;
  readonly isValid: boolean;
}

export type TakeResult =
  | { readonly type: 'added' }
  | { readonly type: 'refused'; readonly reason: string }
  | { readonly type: 'conflict'; readonly evidence: Evidence };

export class ProposalLog {
  readonly #components: ConsensusComponents;
  readonly #instance: ConsensusInstance;
  readonly #proposals = new CompactMap<number, ProposedValue>();
  readonly #values = new CompactMap<Sha256, KnownValue>();

  constructor(components: ConsensusComponents, instance: ConsensusInstance) {
    this.#components = components;
    this.#instance = instance;
  }

  /** S4: only from the round's proposer. S13: only with the value it names. */
  take(proposed: ProposedValue, currentRound: number): TakeResult {
    const { proposal } = proposed;
    if (!isOfInstance(this.#instance, proposal)) return refused('foreign-instance');
    const index = this.#instance.indexes.get(proposal.proposer);
    if (index === undefined) return refused('not-in-roster');
    if (index !== proposerIndex(this.#instance, proposal.round)) return refused('not-the-proposer');
    const held = this.#proposals.get(proposal.round);
    if (held !== undefined) return compare(held, proposed);
    if (this.#components.valueIdOf(proposed.value) !== proposal.value) return refused('wrong-value-id');
    if (!this.#keepAhead(proposal, currentRound)) return refused('too-far-ahead');
    this.#proposals.set(proposal.round, proposed);
    this.keepValue(proposed);
    return { type: 'added' };
  }

  /** A value that a quorum voted for is kept wherever its proposal came from. */
  keepValue(proposed: ProposedValue): void {
    const id = proposed.proposal.value;
    if (this.#values.has(id) || this.#components.valueIdOf(proposed.value) !== id) return;
    this.#values.set(id, { proposed, isValid: this.#components.isValid(proposed.value) });
  }

  ofRound(round: number): ProposedValue | undefined {
    return this.#proposals.get(round);
  }

  value(id: Sha256): KnownValue | undefined {
    return this.#values.get(id);
  }

  /** L8: a proposer's proposals for rounds ahead, the highest two of them. */
  #keepAhead(proposal: Proposal, currentRound: number): boolean {
    if (proposal.round <= currentRound) return true;
    const ahead = [...this.#proposals.values()]
      .map((proposed) => proposed.proposal)
      .filter((other) => other.round > currentRound && other.proposer === proposal.proposer)
      .map((other) => other.round);
    if (ahead.length < futureRoundsMax) return true;
    const lowest = Math.min(...ahead);
    if (proposal.round < lowest) return false;
    this.#proposals.delete(lowest);
    return true;
  }
}

function refused(reason: string): TakeResult {
  return { type: 'refused', reason };
}

function compare(held: ProposedValue, other: ProposedValue): TakeResult {
  if (!isDoubleProposal(held.proposal, other.proposal)) return refused('duplicate');
  const evidence: Evidence = { kind: 'double-proposal', first: held.proposal, second: other.proposal };
  return { type: 'conflict', evidence };
}

export function isSameProposal(a: UnsignedProposal | undefined, b: UnsignedProposal): boolean {
  return a !== undefined && a.round === b.round && a.value === b.value && a.validRound === b.validRound;
}
