/**
 * What a member writes down before it speaks, and how it finds its place again after a crash. The log of an
 * instance is append-only; a member whose log is lost or has a hole abstains, for it may have voted before.
 */
import type { Sha256 } from '../brand.ts';
import type { Certificate, ProposedValue, Undecided, Vote } from './records.ts';

export const consensusBucket = 'consensus';

/** One row of the log. Own votes and proposals are the promises; polkas and rounds let others catch up. */
export type LogRow =
  /** First of all rows. Who abstains once, because its log was lost, abstains after the next restart too. */
  | { readonly type: 'opened'; readonly abstains: boolean }
  | { readonly type: 'vote'; readonly vote: Vote }
  | { readonly type: 'proposal'; readonly proposed: ProposedValue }
  | { readonly type: 'polka'; readonly polka: Certificate; readonly proposed: ProposedValue }
  | { readonly type: 'round'; readonly certificate: Certificate }
  | { readonly type: 'undecided'; readonly undecided: Undecided }
  | { readonly type: 'decision'; readonly decision: Decision }
  | { readonly type: 'alarm'; readonly certificate: Certificate };

/** A final outcome with its proof. */
export interface Decision {
  readonly certificate: Certificate;
  readonly proposed: ProposedValue;
}

/** `fresh`: never took part; `restored`: the rows that were found; `lost`: took part or may have, log gone. */
export type ConsensusMemory =
  | { readonly type: 'fresh' }
  | { readonly type: 'restored'; readonly rows: readonly LogRow[] }
  | { readonly type: 'lost' };

/** Rows sort by key; six digits hold far more than `roundMax` rounds can write. */
export function rowKey(instance: string, seq: number): string {
  return `${instance}/${String(seq).padStart(6, '0')}`;
}

/** The bounds for `Store.scan` over the log of one instance ("0" follows "/"). */
export function rowRange(instance: string): { readonly fromKey: string; readonly toKey: string } {
  return { fromKey: `${instance}/`, toKey: `${instance}0` };
}

export interface MemoryFacts {
  readonly instance: string;
  readonly rows: readonly { readonly key: string; readonly value: string | Uint8Array }[];
  /** When the asker opened the instance, integer Unix ms. */
  readonly openedAtMs: number;
  /** When this node's store was created: a younger store may have forgotten votes. */
  readonly storeCreatedAtMs: number;
}

/** Decide what the log says. A hole, an unreadable row or a store younger than the instance means `lost`. */
export function readMemory(facts: MemoryFacts): ConsensusMemory {
  if (facts.rows.length === 0) {
    return facts.storeCreatedAtMs > facts.openedAtMs ? { type: 'lost' } : { type: 'fresh' };
  }
  const rows: LogRow[] = [];
  for (const [seq, stored] of facts.rows.entries()) {
    const row = readRow(stored.value);
    if (stored.key !== rowKey(facts.instance, seq) || row === undefined) return { type: 'lost' };
    rows.push(row);
  }
  return { type: 'restored', rows };
}

/** The store is our own and transactional: only a torn or foreign row is not JSON. */
function readRow(value: string | Uint8Array): LogRow | undefined {
  if (typeof value !== 'string') return undefined;
  try {
    return JSON.parse(value) as LogRow;
  } catch {
    return undefined;
  }
}

/** Where a member stands according to its own votes. A lock is its newest precommit for a value (S7). */
export interface RestoredPlace {
  readonly round: number;
  readonly step: 'propose' | 'prevote' | 'precommit';
  readonly lockedRound: number;
  readonly lockedValue: Sha256 | null;
}

export function restorePlace(rows: readonly LogRow[]): RestoredPlace {
  let place: RestoredPlace = { round: 0, step: 'propose', lockedRound: -1, lockedValue: null };
  for (const row of rows) {
    if (row.type === 'round') place = moveTo(place, row.certificate.round + 1, 'propose');
    if (row.type === 'proposal') place = moveTo(place, row.proposed.proposal.round, 'propose');
    if (row.type === 'vote') place = moveTo(lockBy(place, row.vote), row.vote.round, row.vote.type);
  }
  return place;
}

function lockBy(place: RestoredPlace, vote: Vote): RestoredPlace {
  const isLock = vote.type === 'precommit' && vote.value !== null && vote.round > place.lockedRound;
  return isLock ? { ...place, lockedRound: vote.round, lockedValue: vote.value } : place;
}

const stepOrder = { propose: 0, prevote: 1, precommit: 2 } as const;

function moveTo(place: RestoredPlace, round: number, step: RestoredPlace['step']): RestoredPlace {
  const isForward = round > place.round || (round === place.round && stepOrder[step] > stepOrder[place.step]);
  return isForward ? { ...place, round, step } : place;
}
