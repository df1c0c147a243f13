/**
 * The bytes that are signed. They equal `signingBytes` of protocol/canonical.ts; writing the keys in sorted order
 * here lets the engine's own JSON writer do the work (RFC 8785 and ECMAScript agree on strings and integers).
 * A test holds the two together.
 */
import { utf8 } from '../bytes.ts';
import type { SignatureDomain } from '../canonical.ts';
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
