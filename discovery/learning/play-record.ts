/** The signed record of one team that did one task: what the playbook learns from, anywhere in the mesh. */
import * as z from 'zod';
import type { Did } from '../../protocol/brand.ts';
import { accept, type Checked, refuse } from '../../protocol/errors.ts';
import { limits } from '../../protocol/limits.ts';
import * as f from '../../protocol/message-fields.ts';
import type { Keys } from '../../protocol/ports.ts';
import { attachmentSchema } from '../../protocol/records.ts';
import type { Verified } from '../../protocol/signing.ts';
import { discoveryLimits } from '../limits.ts';
import { isSignedBy, type RecordForm, readRecord, type Sealed, sealRecord } from '../signed-record.ts';

/** Plays older than this say nothing any more: with a half-life of 7 days a weight of 1/20 is left. */
export const playAgeMaxMs = 30 * 24 * 3_600_000;

export const playSchema = z.strictObject({
  record: z.literal('play'),
  mesh: f.name,
  /** Who asked for the work and judges it. */
  asker: f.did,
  /** The coalition's id; one asker tells of one coalition once. */
  coalition: f.messageId,
  /** What sort of task: the space's own words, for example `diagnose latency`. */
  kind: f.name,
  members: z
    .array(z.strictObject({ agent: f.did, skills: z.array(f.line).max(16) }))
    .min(1)
    .max(31),
  /** How they talked. */
  talk: z.enum(['broadcast', 'direct', 'shared-memory']),
  /** Whether proposals competed or were built together. */
  proposals: z.enum(['rival', 'shared']),
  score: f.share,
  /** Spent as a share of the budget. */
  cost: f.share,
  at: f.unixMs,
  /** Whose key signed for the asker, and its attachment: as in an outcome. */
  key: f.did.optional(),
  attachment: attachmentSchema.optional(),
  sig: z.string().regex(/^[A-Za-z0-9_-]{86}$/, 'is no base64url of 64 bytes'),
});
export type Play = Readonly<z.infer<typeof playSchema>>;

export type PlayDraft = Omit<Play, 'sig'>;
export type SealedPlay = Sealed<Play>;

export const playForm: RecordForm<Play> = {
  domain: 'amp/1/play',
  schema: playSchema,
  bytesMax: discoveryLimits.playBytesMax,
};

export interface PlayContext {
  readonly mesh: string;
  readonly nowMs: number;
  readonly keys: Pick<Keys, 'verify' | 'hash'>;
  /** Whose key must have signed for the asker; `undefined` when nobody may. */
  checkAuthority(record: Play): Did | undefined;
}

/** Read and check a play from untrusted bytes. Total. */
export function decodePlay(bytes: Uint8Array, context: PlayContext): Checked<Verified<SealedPlay>> {
  const sealed = readRecord(playForm, bytes, context.keys.hash);
  if (!sealed.ok) return sealed;
  const { body } = sealed.value;
  if (body.mesh !== context.mesh) return refuse('AMP-1105', `The play is for mesh ${body.mesh}.`, 'mesh');
  if (body.at > context.nowMs + limits.clockSkewMs)
    return refuse('AMP-1012', 'The play is from the future.', 'at');
  if (body.at + playAgeMaxMs <= context.nowMs)
    return refuse('AMP-1602', 'The play is older than 30 days.', 'at');
  if (body.members.some((member) => member.agent === body.asker))
    return refuse('AMP-1603', 'Nobody judges its own work.', 'members');
  const signer = context.checkAuthority(body);
  if (signer === undefined) return refuse('AMP-1603', 'The key in `key` may not sign for this asker.', 'key');
  if (!isSignedBy(context, signer, playForm.domain, body))
    return refuse('AMP-1101', 'The signature of the play is wrong.', 'sig');
  return accept(sealed.value as Verified<SealedPlay>);
}

/** @throws AmpError AMP-1102 when the signing key is not here. */
export function sealPlay(draft: PlayDraft, keys: Pick<Keys, 'sign' | 'hash'>): Verified<SealedPlay> {
  return sealRecord(playForm, draft, keys, (draft.key ?? draft.asker) as Did) as Verified<SealedPlay>;
}
