/** Sign and check objects through the {@link Keys} port. */
import type { Did } from './brand.ts';
import { fromBase64Url, toBase64Url, toHex, utf8 } from './bytes.ts';
import { type SignatureDomain, signingBytes, toCanonicalJson } from './canonical.ts';
import type { Keys } from './ports.ts';

/** A value whose signatures, nested ones too, have all been checked by the runtime. */
declare const verified: unique symbol;
export type Verified<T> = T & { readonly [verified]: true };

/** A claim that `signer` signed `bytes`. */
export interface SignatureClaim {
  readonly signer: Did;
  readonly bytes: Uint8Array;
  /** Base64url of 64 bytes. */
  readonly sig: string;
}

/** Add `sig`, base64url, made by `signer` over the object under its domain tag. */
export function signObject<T extends object>(
  keys: Keys,
  signer: Did,
  domain: SignatureDomain,
  object: T,
): T & { sig: string } {
  return {
    ...object,
    sig: toBase64Url(keys.sign(signer, signingBytes(domain, object as Record<string, unknown>))),
  };
}

export function checkSignature(keys: Pick<Keys, 'verify'>, claim: SignatureClaim): boolean {
  const signature = fromBase64Url(claim.sig);
  return signature?.length === 64 && keys.verify(claim.signer, claim.bytes, signature);
}

/** Lower-case hexadecimal SHA-256 of the canonical JSON: how records and messages are named by content. */
export function hashObject(keys: Pick<Keys, 'hash'>, object: unknown): string {
  return toHex(keys.hash(utf8(toCanonicalJson(object))));
}
