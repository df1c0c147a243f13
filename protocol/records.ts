/**
 * Records carry evidence: each has its own schema and domain tag, is signed once, and can be verified alone
 * and offline. Capability, frame, vote and certificate records live beside the machines that make them.
 */
import * as z from 'zod';
import type { Did } from './brand.ts';
import { type SignatureDomain, signingBytes } from './canonical.ts';
import { accept, type Checked, refuse } from './errors.ts';
import { limits } from './limits.ts';
import * as f from './message-fields.ts';
import type { SignatureClaim } from './signing.ts';

const signature = z.string().regex(/^[A-Za-z0-9_-]{86}$/, 'is no base64url of 64 bytes');

/** What a node may sign for an agent with the session key. */
export const attachmentScopes = ['envelopes', 'frames', 'votes', 'records'] as const;
export type AttachmentScope = (typeof attachmentScopes)[number];

/**
 * An agent says which node speaks for it, until when and for what. The highest `seq` wins; an epoch belongs to
 * one attachment and is 128 random bits, never a counter.
 */
export const attachmentSchema = z.strictObject({
  record: z.literal('attachment'),
  mesh: f.name,
  agent: f.did,
  node: f.did,
  epoch: z.string().regex(/^[0-9a-f]{32}$/),
  sessionKey: f.did,
  scopes: z.array(z.enum(attachmentScopes)).max(attachmentScopes.length),
  seq: f.unixMs,
  name: f.name.optional(),
  at: f.unixMs,
  expiresAt: f.unixMs,
  sig: signature,
});
export type Attachment = z.infer<typeof attachmentSchema>;

/** Who belongs to a space, at one version. Signed by an owner; each version names the hash of the one before. */
export const membersSchema = z.strictObject({
  record: z.literal('members'),
  mesh: f.name,
  space: f.spaceId,
  version: z.int().min(1).max(1_000_000),
  /** SHA-256 of the canonical JSON of the version before; empty for version 1. */
  prev: z.string().regex(/^([0-9a-f]{64})?$/),
  owners: z.array(f.did).min(1).max(16),
  members: z
    .array(
      z.strictObject({
        agent: f.did,
        joinedAt: f.unixMs,
        name: f.name.optional(),
        /** Reads along: what it says here is not taken in, but that it leaves. */
        reader: z.boolean().optional(),
      }),
    )
    .max(1_000),
  /** Removed authors and how much of what they wrote still counts. */
  removed: z
    .array(z.strictObject({ agent: f.did, lastHead: z.string().max(128) }))
    .max(1_000)
    .optional(),
  policy: f.jsonObject.optional(),
  closed: z.boolean().optional(),
  /** The owner who wrote this version. */
  signer: f.did,
  /** The session key that signed for the owner, with the attachment that shows its right. */
  key: f.did.optional(),
  attachment: attachmentSchema.optional(),
  at: f.unixMs,
  sig: signature,
});
export type Members = z.infer<typeof membersSchema>;

export const receiptLevels = ['stored', 'delivered', 'processed', 'dead'] as const;
export type ReceiptLevel = (typeof receiptLevels)[number];

/** A node vouches for what happened to messages that were sent to its agents. */
export const receiptsSchema = z.strictObject({
  record: z.literal('receipts'),
  mesh: f.name,
  node: f.did,
  receipts: z
    .array(
      z.strictObject({
        id: f.messageId,
        receiver: f.did,
        level: z.enum(receiptLevels),
        reason: f.line.optional(),
      }),
    )
    .min(1)
    .max(512),
  at: f.unixMs,
  sig: signature,
});
export type Receipts = z.infer<typeof receiptsSchema>;

export const recordDomains = {
  attachment: 'amp/1/attachment',
  members: 'amp/1/members',
  receipts: 'amp/1/receipts',
} as const satisfies Record<string, SignatureDomain>;

/** The one signature of an attachment: the agent's own. */
export function attachmentSignature(record: Attachment): SignatureClaim {
  return {
    signer: record.agent as Did,
    bytes: signingBytes(recordDomains.attachment, record),
    sig: record.sig,
  };
}

export function membersSignature(record: Members): SignatureClaim {
  return {
    signer: (record.key ?? record.signer) as Did,
    bytes: signingBytes(recordDomains.members, record),
    sig: record.sig,
  };
}

/** Whether the attachment inside a member record lets its session key sign for the owner. Signatures are checked apart. */
export function isMembersAuthorized(record: Members): boolean {
  if (record.key === undefined || record.key === record.signer) return true;
  const attachment = record.attachment;
  return (
    attachment?.agent === record.signer &&
    attachment.sessionKey === record.key &&
    attachment.scopes.includes('records')
  );
}

export function receiptsSignature(record: Receipts): SignatureClaim {
  return { signer: record.node as Did, bytes: signingBytes(recordDomains.receipts, record), sig: record.sig };
}

/** What an attachment's form alone cannot say: its mesh, its time, its length. */
export function checkAttachment(record: Attachment, mesh: string, nowMs: number): Checked<Attachment> {
  if (record.mesh !== mesh) return refuse('AMP-1105', `The attachment is for mesh ${record.mesh}.`, 'mesh');
  if (record.at > nowMs + limits.clockSkewMs)
    return refuse('AMP-1012', 'The attachment is from the future.', 'at');
  if (record.expiresAt <= nowMs) return refuse('AMP-1104', 'The attachment has expired.', 'expiresAt');
  if (record.expiresAt - record.at > limits.attachmentLifetimeMs) {
    return refuse('AMP-1104', 'The attachment lives longer than 24 h.', 'expiresAt');
  }
  return accept(record);
}
