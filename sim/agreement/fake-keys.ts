/**
 * Keys for thousands of runs: a signature is a keyed hash that only the holder of the secret can make, and the
 * harness hands secrets to nobody but their owners. A record that was checked once is not hashed again.
 */
import type { Did, Sha256 } from '../../protocol/brand.ts';
import type { SignedRecord } from '../../protocol/consensus/certificate.ts';
import type { UnsignedProposal, UnsignedUndecided, UnsignedVote } from '../../protocol/consensus/index.ts';
import type { Engine } from './engine.ts';

const alphabet = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';

/** A DID in the right form, ordered by number. */
export function didOf(number: number): Did {
  const digits = alphabet[Math.floor(number / 58)]! + alphabet[number % 58]!;
  return `did:key:z6Mk${digits}${'a'.repeat(42)}` as Did;
}

type Unsigned = UnsignedVote | UnsignedProposal | UnsignedUndecided;

export interface FakeKeys {
  sign<T extends Unsigned>(record: T): T & { sig: string };
  verify(record: SignedRecord): boolean;
}

export function createFakeKeys(engine: Engine): FakeKeys {
  const checked = new WeakSet<object>();
  const sigOf = (record: Unsigned) => hashText(`${ownerOf(record)}|secret`, engine.recordBytes(record));
  return {
    sign<T extends Unsigned>(record: T) {
      const signed: T & { sig: string } = { ...record, sig: sigOf(record) };
      checked.add(Object.freeze(signed));
      return signed;
    },
    verify(record) {
      if (checked.has(record)) return true;
      if (sigOf(record) !== record.sig) return false;
      checked.add(record);
      return true;
    },
  };
}

/** Whose signature the record asks for. */
export function ownerOf(record: Unsigned): string {
  if (record.record === 'vote') return record.voter;
  return record.record === 'vote-proposal' ? record.proposer : record.member;
}

/** FNV-1a in two lanes: enough to tell records apart, far from cryptography. */
function hashText(secret: string, bytes: Uint8Array): string {
  let a = 0x811c9dc5;
  let b = 0x01000193;
  for (let i = 0; i < secret.length; i++) a = Math.imul(a ^ secret.charCodeAt(i), 0x01000193);
  for (let i = 0; i < bytes.length; i++) {
    a = Math.imul(a ^ bytes[i]!, 0x01000193);
    b = Math.imul(b ^ a, 0x85ebca6b) + i;
  }
  return `${(a >>> 0).toString(36)}.${(b >>> 0).toString(36)}`;
}

/** The id of a test value, which is a short string: a stand-in for SHA-256 with the same property. */
export function valueIdOf(value: unknown): Sha256 {
  return `id:${String(value)}` as Sha256;
}
