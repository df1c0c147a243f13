/**
 * `did:key` for Ed25519: the public key is the name, so nothing has to be looked up to check a signature.
 * @see W3C CCG, The did:key Method v0.7, Ed25519 (multicodec 0xed, base58btc)
 */
import { base58btc } from 'multiformats/bases/base58';
import type { Did } from './brand.ts';

const prefix = 'did:key:';
const ed25519Header = [0xed, 0x01] as const;
/** An Ed25519 public key, RFC 8032. */
export const publicKeyBytes = 32;

/** @throws RangeError when the key is not 32 bytes long (a caller's bug). */
export function encodeDid(publicKey: Uint8Array): Did {
  if (publicKey.length !== publicKeyBytes)
    throw new RangeError(`an Ed25519 public key has 32 bytes, not ${publicKey.length}`);
  return (prefix + base58btc.encode(Uint8Array.from([...ed25519Header, ...publicKey]))) as Did;
}

/** The 32 bytes of the public key, or `undefined` when the text is no DID of ours. */
export function decodeDid(did: string): Uint8Array | undefined {
  if (!did.startsWith(`${prefix}z6Mk`) || did.length > 64) return undefined;
  try {
    const bytes = base58btc.decode(did.slice(prefix.length));
    const isEd25519 =
      bytes.length === publicKeyBytes + 2 && bytes[0] === ed25519Header[0] && bytes[1] === ed25519Header[1];
    return isEd25519 ? bytes.slice(2) : undefined;
  } catch {
    return undefined;
  }
}

/** The form of a DID, cheap enough for every message; the key inside is checked with the signature. */
export const didPattern = /^did:key:z6Mk[1-9A-HJ-NP-Za-km-z]{44}$/;

export function isDid(text: string): text is Did {
  return didPattern.test(text);
}
