/** What every record of this folder shares: one byte form, one name by content, a total decoder. */
import type * as z from 'zod';
import type { Did, Sha256 } from '../protocol/brand.ts';
import { compareBytes, fromBase64Url, readUtf8, toHex, utf8 } from '../protocol/bytes.ts';
import { type SignatureDomain, signingBytes, toCanonicalJson } from '../protocol/canonical.ts';
import { matchSchema } from '../protocol/decode.ts';
import { accept, type Checked, refuse } from '../protocol/errors.ts';
import { readJsonObject } from '../protocol/json.ts';
import type { Keys } from '../protocol/ports.ts';
import { checkSignature, signObject } from '../protocol/signing.ts';
import type { RecordMemo } from './record-memo.ts';

/** A record as it travels and is kept: what it says, its only byte form, and the SHA-256 of those bytes. */
export interface Sealed<Body> {
  readonly body: Body;
  readonly bytes: Uint8Array;
  readonly id: Sha256;
}

export interface RecordForm<Body> {
  readonly domain: SignatureDomain;
  readonly schema: z.ZodType<Body>;
  readonly bytesMax: number;
}

/**
 * Read the form of a record from untrusted bytes. The bytes must be exactly the canonical JSON of what they
 * say, so that a record has one hash. Signature, mesh and time are checked by the caller. Never throws.
 */
export function readRecord<Body>(
  form: RecordForm<Body>,
  bytes: Uint8Array,
  hash: Keys['hash'],
): Checked<Sealed<Body>> {
  if (bytes.length > form.bytesMax) {
    return refuse('AMP-1002', `The record has ${bytes.length} bytes, more than ${form.bytesMax}.`);
  }
  const text = readUtf8(bytes);
  if (text === undefined) return refuse('AMP-1001', 'The record is no UTF-8.');
  const json = readJsonObject(text, form.bytesMax);
  if (!json.ok) return json;
  if (compareBytes(utf8(toCanonicalJson(json.value)), bytes) !== 0) {
    return refuse('AMP-1601', 'The record is not in its canonical form (RFC 8785).');
  }
  const body = matchSchema(form.schema, json.value);
  return body.ok ? accept({ body: body.value, bytes, id: toHex(hash(bytes)) as Sha256 }) : body;
}

/** Sign a body and give it its byte form. The caller made the body, so a wrong form is the caller's bug. */
export function sealRecord<Body extends object>(
  form: RecordForm<Body & { sig: string }>,
  body: Body,
  keys: Pick<Keys, 'sign' | 'hash'>,
  signer: Did,
): Sealed<Body & { sig: string }> {
  const signed = signObject(keys as Keys, signer, form.domain, body);
  const bytes = utf8(toCanonicalJson(signed));
  return { body: signed, bytes, id: toHex(keys.hash(bytes)) as Sha256 };
}

/** What reading a record needs: `memo`, where there is one, spares reading the same text twice. */
export interface ReadContext {
  readonly keys: Pick<Keys, 'verify' | 'hash'>;
  readonly memo?: RecordMemo | undefined;
}

/** Like {@link readRecord}, from the base64url text in which records travel inside messages. */
export function readRecordText<Body>(
  form: RecordForm<Body>,
  text: string,
  { keys, memo }: ReadContext,
): Checked<Sealed<Body>> {
  const known = memo?.recall(form.domain, text);
  if (known !== undefined) return accept(known as Sealed<Body>);
  const bytes = fromBase64Url(text);
  if (bytes === undefined) return refuse('AMP-1601', 'The record is no base64url.');
  const sealed = readRecord(form, bytes, keys.hash);
  return sealed.ok && memo !== undefined ? accept(memo.keep(form.domain, text, sealed.value)) : sealed;
}

/** Whether `signer` signed this body under its domain tag. */
export function isSignedBy(
  { keys, memo }: Pick<ReadContext, 'memo'> & { readonly keys: Pick<Keys, 'verify'> },
  signer: Did,
  domain: SignatureDomain,
  body: { readonly sig: string },
): boolean {
  if (memo?.isSignedBy(body, signer) === true) return true;
  const claim = { signer, bytes: signingBytes(domain, body as Record<string, unknown> & { sig: string }) };
  const isSigned = checkSignature(keys as Keys, { ...claim, sig: body.sig });
  if (isSigned) memo?.rememberSigner(body, signer);
  return isSigned;
}
