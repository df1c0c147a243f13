/**
 * The bytes that are signed. They equal `signingBytes` of protocol/canonical.ts; writing the keys in sorted order
 * here lets the engine's own JSON writer do the work (RFC 8785 and ECMAScript agree on strings and integers).
 * A test holds the two together.
 */
import type { Did } from '../brand.ts';
import { toBase64Url, utf8 } from '../bytes.ts';
import type { SignatureDomain } from '../canonical.ts';
import type { Keys } from '../ports.ts';
import type { UnsignedProposal, UnsignedUndecided, UnsignedVote } from './records.ts';

export const voteDomain: SignatureDomain = 'amp/1/vote';
export const proposalDomain: SignatureDomain = 'amp/1/vote-proposal';
export const undecidedDomain: SignatureDomain = 'amp/1/undecided';

export function voteBytes(vote: UnsignedVote): Uint8Array {
  const { instance, mesh, record, roster, round, space, type, validRound, value, voter } = vote;
  const sorted = { instance, mesh, record, roster, round, space, type, validRound, value, voter };
  return utf8(`${voteDomain}\n${JSON.stringify(sorted)}`);
}

export function proposalBytes(proposal: UnsignedProposal): Uint8Array {
  const { instance, mesh, proposer, record, roster, round, space, validRound, value } = proposal;
  const sorted = { instance, mesh, proposer, record, roster, round, space, validRound, value };
  return utf8(`${proposalDomain}\n${JSON.stringify(sorted)}`);
}

export function undecidedBytes(undecided: UnsignedUndecided): Uint8Array {
  const { instance, lockedRound, lockedValue, member, mesh, reason, record, roster, round, space } =
    undecided;
  const sorted = { instance, lockedRound, lockedValue, member, mesh, reason, record, roster, round, space };
  return utf8(`${undecidedDomain}\n${JSON.stringify(sorted)}`);
}

type Unsigned = UnsignedVote | UnsignedProposal | UnsignedUndecided;

/** The bytes of any record that a machine asks to be signed. */
export function recordBytes(record: Unsigned): Uint8Array {
  if (record.record === 'vote') return voteBytes(record);
  return record.record === 'vote-proposal' ? proposalBytes(record) : undecidedBytes(record);
}

/**
 * Answer a `sign` effect: `signer` is the member's key in the roster.
 * @throws AmpError AMP-1102 when the key is not here.
 */
export function signRecord<T extends Unsigned>(
  keys: Pick<Keys, 'sign'>,
  signer: Did,
  record: T,
): T & { sig: string } {
  return { ...record, sig: toBase64Url(keys.sign(signer, recordBytes(record))) };
}
