/**
 * Every vote of one instance that may still matter, and what quorums they make.
 *
 * A member's first vote of a (round, type) counts toward thresholds; a different second one is evidence, and
 * counts for its value only inside a certificate (S14). A prevote that claims to rest on a polka counts toward a
 * polka only once that polka is here too; so every polka held by an honest member rests on true ones (L10).
 */

import type { Sha256 } from '../brand.ts';
import { CompactMap } from '../compact-map.ts';
import type { ConsensusInstance } from './instance.ts';
import { bitCount } from './quorum.ts';
import type { Certificate, UnsignedVote, Vote, VoteType } from './records.ts';

/** Rounds beyond the current one that are kept per member (L8). */
export const futureRoundsMax = 2;

/** Votes of one (round, type) for the same value with the same claim. `votes` is sparse, by member index. */
interface Tally {
  readonly value: Sha256 | null;
  readonly validRound: number;
  mask: number;
  readonly votes: (Vote | undefined)[];
}

interface TypeLog {
  /** The first vote of each member, by index. */
  readonly first: (Vote | undefined)[];
  anyMask: number;
  readonly tallies: Tally[];
}

interface RoundLog {
  readonly prevote: TypeLog;
  readonly precommit: TypeLog;
  /** Values whose polka in this round is complete. */
  readonly polkas: (Sha256 | null)[];
}

/** `conflict`: the member signed something else before; `other` is that vote. */
export type AddResult =
  | { readonly type: 'added' }
  | { readonly type: 'known' }
  | { readonly type: 'too-far-ahead' }
  | { readonly type: 'conflict'; readonly other: Vote };

const added: AddResult = { type: 'added' };
const known: AddResult = { type: 'known' };
const tooFarAhead: AddResult = { type: 'too-far-ahead' };

export class VoteLog {
  readonly #instance: ConsensusInstance;
  readonly #rounds = new CompactMap<number, RoundLog>();
  #sortedRounds: readonly number[] = [];
  /** Rounds ahead of the current one in which a member's own votes are kept (L8). */
  readonly #futureRounds: number[][];
  /** The highest round each member voted in, by index. */
  readonly #highest: number[];

  constructor(instance: ConsensusInstance) {
    this.#instance = instance;
    this.#futureRounds = instance.members.map(() => []);
    this.#highest = instance.members.map(() => -1);
  }

  /** Take in one vote of a roster member; `inQuorum` when it came inside a full certificate. */
  add(index: number, vote: Vote, currentRound: number, inQuorum: boolean): AddResult {
    if (vote.round > currentRound && !inQuorum && !this.#keepAhead(index, vote.round)) return tooFarAhead;
    const round = this.#openRound(vote.round);
    const log = round[vote.type];
    const first = log.first[index];
    if (vote.round > this.#highest[index]!) this.#highest[index] = vote.round;
    if (first === undefined) {
      log.first[index] = vote;
      log.anyMask |= 1 << index;
      count(log, index, vote);
      return added;
    }
    if (isSameVote(first, vote)) return known;
    if (inQuorum) count(log, index, vote);
    return { type: 'conflict', other: first };
  }

  /** Whether this very vote, or one of the same content, is counted already. */
  holds(index: number, vote: Vote): boolean {
    const log = this.#rounds.get(vote.round)?.[vote.type];
    if (log === undefined) return false;
    const tally = findTally(log, vote.value, vote.validRound);
    return tally !== undefined && (tally.mask & (1 << index)) !== 0;
  }

  /** The member's first vote of a (round, type). */
  firstVote(index: number, type: VoteType, round: number): Vote | undefined {
    return this.#rounds.get(round)?.[type].first[index];
  }

  /** How many members voted in a (round, type), whatever they voted. */
  anyCount(type: VoteType, round: number): number {
    const log = this.#rounds.get(round);
    return log === undefined ? 0 : bitCount(log[type].anyMask);
  }

  /** The value (or nil) with a quorum of precommits in `round`; undefined when there is none. */
  precommitQuorum(round: number): Sha256 | null | undefined {
    let found: null | undefined;
    for (const { value, mask } of this.#rounds.get(round)?.precommit.tallies ?? []) {
      if (bitCount(mask) < this.#instance.quorum) continue;
      if (value !== null) return value;
      found = null;
    }
    return found;
  }

  /** A quorum of precommits for a value other than the decided one: agreement is broken (S15). */
  findConflict(decided: Sha256 | null): { readonly round: number; readonly value: Sha256 } | undefined {
    for (const round of this.rounds()) {
      for (const { value, mask } of this.#rounds.get(round)!.precommit.tallies) {
        if (value === null || value === decided || bitCount(mask) < this.#instance.quorum) continue;
        return { round, value };
      }
    }
    return undefined;
  }

  /** All polkas for values that are complete here, lowest round first. */
  polkas(): { readonly round: number; readonly value: Sha256 }[] {
    const found: { round: number; value: Sha256 }[] = [];
    for (const round of this.rounds()) {
      const values = new Set(this.#rounds.get(round)!.prevote.tallies.map((tally) => tally.value));
      for (const value of values) {
        if (value !== null && this.hasPolka(round, value)) found.push({ round, value });
      }
    }
    return found;
  }

  /** The value (or nil) with a polka in `round`; undefined when there is none. */
  polkaValue(round: number): Sha256 | null | undefined {
    const log = this.#rounds.get(round);
    if (log === undefined) return undefined;
    if (log.polkas.length > 0) return log.polkas[0];
    for (const tally of log.prevote.tallies) {
      if (this.hasPolka(round, tally.value)) return tally.value;
    }
    return undefined;
  }

  /** Whether a quorum of members prevoted `value` in `round`, each claim of them proved. */
  hasPolka(round: number, value: Sha256 | null): boolean {
    const log = this.#rounds.get(round);
    if (log === undefined) return false;
    if (log.polkas.includes(value)) return true;
    let mask = 0;
    for (const tally of log.prevote.tallies) {
      if (tally.value === value && this.#isProved(tally)) mask |= tally.mask;
    }
    if (bitCount(mask) < this.#instance.quorum) return false;
    log.polkas.push(value);
    return true;
  }

  /** The highest round that f + 1 distinct members have reached: at least one of them is honest (L3). */
  skipRound(): number {
    const ranked = [...this.#highest].sort((a, b) => b - a);
    return ranked[this.#instance.faultMax]!;
  }

  /** Rounds with any vote, ascending. Asked at every step, so sorted only when one came or went. */
  rounds(): readonly number[] {
    if (this.#sortedRounds.length !== this.#rounds.size)
      this.#sortedRounds = [...this.#rounds.keys()].sort((a, b) => a - b);
    return this.#sortedRounds;
  }

  /** All different votes held of a member, ascending by round. */
  votesOf(index: number, type: VoteType): Vote[] {
    const votes: Vote[] = [];
    for (const round of this.rounds()) {
      for (const tally of this.#rounds.get(round)![type].tallies) {
        const vote = tally.votes[index];
        if (vote !== undefined) votes.push(vote);
      }
    }
    return votes;
  }

  /** The certificate of a quorum that is here, with the fewest claims. */
  certificate(kind: 'polka' | 'decision', round: number, value: Sha256 | null): Certificate {
    const log = this.#rounds.get(round)![kind === 'polka' ? 'prevote' : 'precommit'];
    const tallies = log.tallies
      .filter((tally) => tally.value === value && this.#isProved(tally))
      .sort((a, b) => a.validRound - b.validRound);
    return { kind, round, value, votes: this.#pick(tallies.map((tally) => tally.votes)) };
  }

  /** The first precommits of a round, whatever they are for: proof that the round may end. */
  roundCertificate(round: number): Certificate {
    return {
      kind: 'round',
      round,
      value: null,
      votes: this.#pick([this.#rounds.get(round)!.precommit.first]),
    };
  }

  /** The polkas that the votes of `certificate` rest on, and those rest on, lowest round first. */
  proofs(certificate: Certificate): Certificate[] {
    const found = new Map<number, Certificate>();
    const visit = (votes: readonly Vote[]) => {
      for (const vote of votes) {
        if (vote.validRound < 0 || vote.type === 'precommit' || found.has(vote.validRound)) continue;
        const polka = this.certificate('polka', vote.validRound, vote.value);
        found.set(vote.validRound, polka);
        visit(polka.votes);
      }
    };
    visit(certificate.votes);
    return [...found.values()].sort((a, b) => a.round - b.round);
  }

  #isProved(tally: Tally): boolean {
    return tally.validRound < 0 || this.hasPolka(tally.validRound, tally.value);
  }

  #pick(lists: readonly (readonly (Vote | undefined)[])[]): Vote[] {
    const picked: Vote[] = [];
    let mask = 0;
    for (const votes of lists) {
      for (let index = 0; index < votes.length; index++) {
        const vote = votes[index];
        if (vote === undefined || (mask & (1 << index)) !== 0) continue;
        if (picked.length === this.#instance.quorum) return picked;
        mask |= 1 << index;
        picked.push(vote);
      }
    }
    return picked;
  }

  /** Make room for a vote in a round ahead: the two highest rounds of each member are kept. */
  #keepAhead(index: number, round: number): boolean {
    const kept = this.#futureRounds[index]!;
    if (kept.includes(round)) return true;
    if (kept.length < futureRoundsMax) {
      kept.push(round);
      return true;
    }
    const lowest = Math.min(...kept);
    if (round < lowest) return false;
    kept[kept.indexOf(lowest)] = round;
    this.#forget(index, lowest);
    return true;
  }

  /** The member moved far ahead: its votes in a round that was never reached make room. */
  #forget(index: number, round: number): void {
    const log = this.#rounds.get(round);
    if (log === undefined || log.polkas.length > 0) return;
    for (const side of [log.prevote, log.precommit]) {
      side.first[index] = undefined;
      side.anyMask &= ~(1 << index);
      for (const tally of side.tallies) {
        tally.mask &= ~(1 << index);
        tally.votes[index] = undefined;
      }
    }
    if (log.prevote.anyMask !== 0 || log.precommit.anyMask !== 0) return;
    this.#rounds.delete(round);
    this.#sortedRounds = [];
  }

  /** Rounds up to `currentRound` are no longer ahead: their votes are kept for good. */
  reachRound(currentRound: number): void {
    for (let index = 0; index < this.#futureRounds.length; index++) {
      const kept = this.#futureRounds[index]!;
      if (kept.length > 0) this.#futureRounds[index] = kept.filter((round) => round > currentRound);
    }
  }

  #openRound(round: number): RoundLog {
    let log = this.#rounds.get(round);
    if (log === undefined) {
      log = { prevote: emptyTypeLog(), precommit: emptyTypeLog(), polkas: [] };
      this.#rounds.set(round, log);
      this.#sortedRounds = [];
    }
    return log;
  }
}

function emptyTypeLog(): TypeLog {
  return { first: [], anyMask: 0, tallies: [] };
}

function findTally(log: TypeLog, value: Sha256 | null, validRound: number): Tally | undefined {
  for (const tally of log.tallies) {
    if (tally.value === value && tally.validRound === validRound) return tally;
  }
  return undefined;
}

function count(log: TypeLog, index: number, vote: Vote): void {
  let tally = findTally(log, vote.value, vote.validRound);
  if (tally === undefined) {
    tally = { value: vote.value, validRound: vote.validRound, mask: 0, votes: [] };
    log.tallies.push(tally);
  }
  tally.mask |= 1 << index;
  tally.votes[index] = vote;
}

/** Same slot, same content: the same statement, however it was signed. */
export function isSameVote(a: UnsignedVote, b: UnsignedVote): boolean {
  return a.value === b.value && a.validRound === b.validRound && a.round === b.round && a.type === b.type;
}
