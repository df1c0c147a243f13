/** The voting rules of single-shot Tendermint as pure functions. @see Buchman, Kwon, Milosevic 2018, arXiv 1807.04938 */
import type { Sha256 } from '../brand.ts';
import type { ConsensusInstance } from './instance.ts';
import type { UndecidedLevel } from './machine-types.ts';
import { quorum } from './quorum.ts';
import type { Proposal, Undecided } from './records.ts';

/** The value a member precommitted last, and when; round -1 and null while unlocked. */
export interface Lock {
  readonly round: number;
  readonly value: Sha256 | null;
}

/** What to prevote, and the round of the polka that allows it (-1 when none is needed). */
export interface Prevote {
  readonly value: Sha256 | null;
  readonly validRound: number;
}

/** Lines 22 to 33. The polka of `proposal.validRound` is here when it names one. */
export function choosePrevote(lock: Lock, proposal: Proposal, isValid: boolean): Prevote {
  const isLockedValue = lock.value === proposal.value;
  // S5, lines 22-27: a fresh proposal is taken when nothing else is locked.
  const isFreeForFresh = proposal.validRound === -1 && (lock.value === null || isLockedValue);
  // S6, lines 28-33: an older polka beats a lock of the same round or an older one.
  const isFreeForOlder = proposal.validRound >= 0 && (lock.round <= proposal.validRound || isLockedValue);
  if (!isValid || !(isFreeForFresh || isFreeForOlder)) return { value: null, validRound: -1 };
  return {
    value: proposal.value,
    validRound: Math.max(proposal.validRound, isLockedValue ? lock.round : -1),
  };
}

/**
 * How much signed `undecided` records say (L9). A decision's quorum and a stopped quorum share n - 3f honest
 * members, locked on the decided value; if no value has so many locks, no decision exists, and the stopped
 * quorum leaves too few voters for a later one.
 */
export function undecidedLevel(instance: ConsensusInstance, records: readonly Undecided[]): UndecidedLevel {
  if (records.length < instance.faultMax + 1) return 'claimed';
  const n = instance.members.length;
  if (records.length < quorum(n)) return 'witnessed';
  const locks = new Map<Sha256, number>();
  for (const { lockedValue } of records) {
    if (lockedValue !== null) locks.set(lockedValue, (locks.get(lockedValue) ?? 0) + 1);
  }
  const mayBeDecided = [...locks.values()].some((count) => count >= n - 3 * instance.faultMax);
  return mayBeDecided ? 'witnessed' : 'conclusive';
}
