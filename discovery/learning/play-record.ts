/** The signed record of one team that did one task: what the playbook learns from, anywhere in the mesh. */
import * as z from 'zod';
import type { Did } from '../../protocol/brand.ts';
import { type SignatureDomain, signingBytes } from '../../protocol/canonical.ts';
import * as f from '../../protocol/message-fields.ts';
import type { SignatureClaim } from '../../protocol/signing.ts';

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
  sig: z.string().regex(/^[A-Za-z0-9_-]{86}$/, 'is no base64url of 64 bytes'),
});
export type Play = Readonly<z.infer<typeof playSchema>>;

export const playDomain: SignatureDomain = 'amp/1/play';

export function playSignature(record: Play): SignatureClaim {
  return { signer: record.asker as Did, bytes: signingBytes(playDomain, record), sig: record.sig };
}
