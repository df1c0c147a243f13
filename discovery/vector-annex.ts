/**
 * A dense vector of a capability's text, computed by the announcing node in the space of the mesh's chosen
 * model, and signed by that node. Readers compare it only with vectors of the same space.
 */
import * as z from 'zod';
import type { Did } from '../protocol/brand.ts';
import { fromBase64Url, toBase64Url } from '../protocol/bytes.ts';
import { accept, type Checked, refuse } from '../protocol/errors.ts';
import { limits } from '../protocol/limits.ts';
import * as f from '../protocol/message-fields.ts';
import type { Keys } from '../protocol/ports.ts';
import type { Verified } from '../protocol/signing.ts';
import { discoveryLimits } from './limits.ts';
import {
  isSignedBy,
  type ReadContext,
  type RecordForm,
  readRecord,
  type Sealed,
  sealRecord,
} from './signed-record.ts';

export const annexSchema = z.strictObject({
  record: z.literal('annex'),
  mesh: f.name,
  /** The announcing node, which vouches that the model gave this vector for the record's text. */
  node: f.did,
  /** The hash of the capability record that the vector belongs to. */
  of: f.sha256,
  agent: f.did,
  capability: f.name,
  /** The embedding space: model, version and pooling in one name. */
  space: f.name,
  /** Base64url of one signed byte per dimension. */
  vector: f.base64url.max(Math.ceil((discoveryLimits.annexDimensionsMax * 4) / 3)),
  createdAt: f.unixMs,
  expiresAt: f.unixMs,
  sig: z.string().regex(/^[A-Za-z0-9_-]{86}$/, 'is no base64url of 64 bytes'),
});
export type AnnexRecord = z.infer<typeof annexSchema>;
export type SealedAnnex = Sealed<AnnexRecord>;

export const annexForm: RecordForm<AnnexRecord> = {
  domain: 'amp/1/annex',
  schema: annexSchema,
  bytesMax: discoveryLimits.annexBytesMax,
};

export interface AnnexContext extends ReadContext {
  readonly mesh: string;
  readonly nowMs: number;
}

/** Read and check an annex from untrusted bytes. Total. */
export function decodeAnnex(bytes: Uint8Array, context: AnnexContext): Checked<Verified<SealedAnnex>> {
  const sealed = readRecord(annexForm, bytes, context.keys.hash);
  return sealed.ok ? checkAnnex(sealed.value, context) : sealed;
}

/** What the form alone cannot say: mesh, time and signature. */
export function checkAnnex(sealed: SealedAnnex, context: AnnexContext): Checked<Verified<SealedAnnex>> {
  const { body } = sealed;
  if (body.mesh !== context.mesh) return refuse('AMP-1105', `The annex is for mesh ${body.mesh}.`, 'mesh');
  if (body.createdAt > context.nowMs + limits.clockSkewMs)
    return refuse('AMP-1012', 'The annex is from the future.', 'createdAt');
  const isOver = body.expiresAt <= context.nowMs;
  if (isOver || body.expiresAt - body.createdAt > discoveryLimits.recordLifetimeMs)
    return refuse('AMP-1602', 'The annex has expired or lives longer than 24 h.', 'expiresAt');
  if (readVector(body.vector) === undefined)
    return refuse('AMP-1601', 'The vector is no list of signed bytes, or is all zero.', 'vector');
  if (!isSignedBy(context, body.node as Did, annexForm.domain, body))
    return refuse('AMP-1101', 'The signature of the annex is wrong.', 'sig');
  return accept(sealed as Verified<SealedAnnex>);
}

/** @throws AmpError AMP-1102 when the node's key is not here. */
export function sealAnnex(
  draft: Omit<AnnexRecord, 'sig'>,
  keys: Pick<Keys, 'sign' | 'hash'>,
): Verified<SealedAnnex> {
  return sealRecord(annexForm, draft, keys, draft.node as Did) as Verified<SealedAnnex>;
}

export function writeVector(vector: Int8Array): string {
  return toBase64Url(new Uint8Array(vector.buffer, vector.byteOffset, vector.byteLength));
}

/** The signed bytes, or `undefined` for text that is none or a vector without a direction. */
export function readVector(text: string): Int8Array | undefined {
  const bytes = fromBase64Url(text);
  if (bytes === undefined || bytes.length === 0 || bytes.every((byte) => byte === 0)) return undefined;
  return new Int8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
