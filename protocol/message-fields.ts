/** The fields that message types share. */
import * as z from 'zod';
import { didPattern } from './did.ts';
import { limits } from './limits.ts';
import { messageIdPattern } from './message-id.ts';

export const did = z.string().regex(didPattern, 'is no did:key of an Ed25519 public key');
export const messageId = z.string().regex(messageIdPattern, 'is no UUID version 7');
/** Of a document that members of a space write together. */
export const documentName = z
  .string()
  .regex(/^[\w.:-]{1,128}$/, 'is no word of letters, digits, ".", ":", "_", "-"');
export const spaceId = z.union([z.literal('commons'), messageId]);
export const sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'is no SHA-256 in lower-case hexadecimal');
export const base64url = z.string().regex(/^[A-Za-z0-9_-]*$/, 'is no base64url');
/** Integer Unix ms. */
export const unixMs = z.int().min(0).max(Number.MAX_SAFE_INTEGER);
export const durationMs = z
  .int()
  .min(0)
  .max(30 * 24 * 3_600_000);
export const text = z.string().max(limits.stringLengthMax);
export const line = z.string().max(1_000);
export const name = z.string().min(1).max(limits.nameLengthMax);
export const share = z.number().min(0).max(1);
export const count = z.int().min(0).max(1_000_000_000);

/** Any JSON value: depth, keys and numbers were checked before the schema sees it. */
export const json: z.ZodType<unknown> = z.unknown();
export const jsonObject = z.record(z.string(), z.unknown());

/** What was said: prose, or structured data that the parties understand. */
export const content = z.union([text, jsonObject]);

/** A file that travels beside the message: fetched from a node by its hash. */
export const fileReference = z.strictObject({
  sha256,
  bytes: z
    .int()
    .min(0)
    .max(2 ** 40),
  mediaType: z.string().min(1).max(128),
  name: z.string().min(1).max(255),
});

export const budget = z.strictObject({
  tokens: count.optional(),
  money: z.strictObject({ amount: z.number().min(0), currency: z.string().length(3) }).optional(),
  timeMs: durationMs.optional(),
});

/** Addressing by meaning: `count` receivers (or all) whose capability is at least `min` similar to the text. */
export const capabilityAddress = z.strictObject({
  capability: z.string().min(1).max(1_000),
  min: share.optional(),
  count: z.union([z.int().min(1).max(limits.receiversMax), z.literal('all')]).optional(),
});

export const address = z.union([did, capabilityAddress, z.strictObject({ space: spaceId })]);

/** The id of an earlier message or entry. An unknown one is named in the answer, so any short text is taken. */
export const reference = z.string().min(1).max(256);
export const references = z.array(reference).max(limits.referencesMax);
export const requirementIds = z.array(name).max(limits.requirementsMax);

export const requirement = z.strictObject({ id: name, text: line });
