/** The signed record in which the agent that asked for work says how it went. Evidence for everybody. */
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

/** Outcomes older than this say nothing any more: with a half-life of 7 days a weight of 1/20 is left. */
export const outcomeAgeMaxMs = 30 * 24 * 3_600_000;

export const outcomeSchema = z.strictObject({
  record: z.literal('outcome'),
  mesh: f.name,
  /** Who asked for the work and judges it. */
  rater: f.did,
  /** Who did it. */
  agent: f.did,
  capability: f.name,
  /** The award or message that the work began with; one rater judges one agent once for it. */
  task: f.messageId,
  /** 0 failed, 1 did all that was asked. */
  score: f.share,
  /** True when the result broke the output schema that the capability record promised; the score is then 0. */
  isSchemaBreach: z.literal(true).optional(),
  /** What the agent had said about itself in its bid: the raw confidence that calibration compares with. */
  confidence: f.share.optional(),
  at: f.unixMs,
  key: f.did.optional(),
  attachment: attachmentSchema.optional(),
  sig: z.string().regex(/^[A-Za-z0-9_-]{86}$/, 'is no base64url of 64 bytes'),
});
export type OutcomeRecord = z.infer<typeof outcomeSchema>;
export type OutcomeDraft = Omit<OutcomeRecord, 'sig'>;
export type SealedOutcome = Sealed<OutcomeRecord>;

export const outcomeForm: RecordForm<OutcomeRecord> = {
  domain: 'amp/1/outcome',
  schema: outcomeSchema,
  bytesMax: discoveryLimits.outcomeBytesMax,
};

export interface OutcomeContext {
  readonly mesh: string;
  readonly nowMs: number;
  readonly keys: Pick<Keys, 'verify' | 'hash'>;
  /** Whose key must have signed for `rater`; `undefined` when nobody may. */
  checkAuthority(record: OutcomeRecord): Did | undefined;
}

/** Read and check an outcome from untrusted bytes. Total. */
export function decodeOutcome(bytes: Uint8Array, context: OutcomeContext): Checked<Verified<SealedOutcome>> {
  const sealed = readRecord(outcomeForm, bytes, context.keys.hash);
  if (!sealed.ok) return sealed;
  const { body } = sealed.value;
  if (body.mesh !== context.mesh) return refuse('AMP-1105', `The outcome is for mesh ${body.mesh}.`, 'mesh');
  if (body.at > context.nowMs + limits.clockSkewMs)
    return refuse('AMP-1012', 'The outcome is from the future.', 'at');
  if (body.at + outcomeAgeMaxMs <= context.nowMs)
    return refuse('AMP-1602', 'The outcome is older than 30 days.', 'at');
  if (body.rater === body.agent) return refuse('AMP-1603', 'Nobody judges its own work.', 'rater');
  if (body.isSchemaBreach === true && body.score !== 0)
    return refuse('AMP-1601', 'A result that broke its schema has the score 0.', 'score');
  const signer = context.checkAuthority(body);
  if (signer === undefined) return refuse('AMP-1603', 'The key in `key` may not sign for this rater.', 'key');
  if (!isSignedBy(context, signer, outcomeForm.domain, body))
    return refuse('AMP-1101', 'The signature of the outcome is wrong.', 'sig');
  return accept(sealed.value as Verified<SealedOutcome>);
}

/** @throws AmpError AMP-1102 when the signing key is not here. */
export function sealOutcome(draft: OutcomeDraft, keys: Pick<Keys, 'sign' | 'hash'>): Verified<SealedOutcome> {
  return sealRecord(outcomeForm, draft, keys, (draft.key ?? draft.rater) as Did) as Verified<SealedOutcome>;
}
