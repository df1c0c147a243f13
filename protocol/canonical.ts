/**
 * Canonical JSON (RFC 8785) and the bytes that are signed and hashed. Each kind of signed object has a domain
 * tag, so that a signature over one kind can never be shown as a signature over another.
 */
import canonicalize from 'canonicalize';
import { utf8 } from './bytes.ts';

/** What is signed, in words that appear before the canonical bytes. */
export type SignatureDomain = `amp/1/${string}`;

/**
 * RFC 8785 text of a JSON value. Keys whose value is `undefined` are left out.
 * @throws Error on values that have no JSON form (NaN, lone surrogates, cycles): decoders refuse these first.
 */
export function toCanonicalJson(value: unknown): string {
  const text = canonicalize(value);
  if (text === undefined) throw new TypeError('undefined has no canonical JSON');
  return text;
}

/** The bytes to sign: the domain tag, a line feed, the canonical JSON of the object without its `sig`. */
export function signingBytes(domain: SignatureDomain, object: Readonly<Record<string, unknown>>): Uint8Array {
  const { sig: _, ...unsigned } = object;
  return utf8(`${domain}\n${toCanonicalJson(unsigned)}`);
}
