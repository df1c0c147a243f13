/**
 * The signed record in which an agent says what it can do. It holds text, never vectors: each reader computes
 * the vector itself, so nobody can claim a meaning that the words do not have.
 */
import * as z from 'zod';
import type { Did } from '../protocol/brand.ts';
import { accept, type Checked, refuse } from '../protocol/errors.ts';
import { limits } from '../protocol/limits.ts';
import * as f from '../protocol/message-fields.ts';
import type { Keys } from '../protocol/ports.ts';
import { attachmentSchema } from '../protocol/records.ts';
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

const label = z.string().min(1).max(64);
const labels = (countMax: number) => z.array(label).max(countMax);
const schemaObject = z.record(z.string(), z.unknown());

export const capabilitySchema = z.strictObject({
  record: z.literal('capability'),
  mesh: f.name,
  agent: f.did,
  /** Where the agent was attached when it signed: a hint, and whose beacon says that it lives. */
  node: f.did,
  /** The agent's own name for the capability. (agent, capability) names a line of records. */
  capability: f.name,
  /** Rises with every record of the line. */
  seq: z.int().min(1).max(Number.MAX_SAFE_INTEGER),
  /** True in the record that takes the capability back; such a record needs nothing else. */
  withdrawn: z.literal(true).optional(),
  /** What the agent can do, in its own words. */
  text: z.string().max(2_000),
  /** BCP 47, for example `en`. */
  lang: z.string().min(2).max(16).optional(),
  tags: labels(32).optional(),
  /** JSON Schemas of what goes in and what comes out; a result that breaks `output` counts as a failure. */
  input: schemaObject.optional(),
  output: schemaObject.optional(),
  resources: z
    .strictObject({
      gpuMemoryMiB: f.count.optional(),
      models: labels(16).optional(),
      tools: labels(32).optional(),
    })
    .optional(),
  maxTimeMs: f.durationMs.optional(),
  guarantees: labels(16).optional(),
  cost: z.strictObject({ amount: z.number().min(0).max(1e12), unit: label }).optional(),
  /** Tasks that the agent takes on at once. */
  capacity: z.int().min(1).max(10_000).optional(),
  /** Who may see the record: everyone, or the named spaces and agents. Enforced where the record starts. */
  audience: z.union([
    z.literal('mesh'),
    z
      .array(z.union([f.did, f.spaceId]))
      .min(1)
      .max(32),
  ]),
  /** One of several versions of a service; `trafficShare` is the share of queries it wants to be found by. */
  version: z.strictObject({ name: label, trafficShare: f.share }).optional(),
  createdAt: f.unixMs,
  /** At most 24 h after `createdAt`. */
  expiresAt: f.unixMs,
  /** The session key that signed, when it was not the agent itself; `attachment` then shows its right. */
  key: f.did.optional(),
  attachment: attachmentSchema.optional(),
  sig: z.string().regex(/^[A-Za-z0-9_-]{86}$/, 'is no base64url of 64 bytes'),
});

export type CapabilityRecord = z.infer<typeof capabilitySchema>;
export type CapabilityDraft = Omit<CapabilityRecord, 'sig'>;
export type SealedCapability = Sealed<CapabilityRecord>;

export const capabilityForm: RecordForm<CapabilityRecord> = {
  domain: 'amp/1/capability',
  schema: capabilitySchema,
  bytesMax: discoveryLimits.capabilityBytesMax,
};

export interface CapabilityContext extends ReadContext {
  readonly mesh: string;
  readonly nowMs: number;
  /**
   * Whose key must have signed: the agent's own, or a session key that the agent attached with the scope
   * `records`. `undefined` means that nobody may sign this. {@link ownKeyOnly} is the strictest answer.
   */
  checkAuthority(record: CapabilityRecord): Did | undefined;
}

/** Authority for meshes without session keys: only the agent itself signs. */
export function ownKeyOnly(record: CapabilityRecord): Did | undefined {
  return record.key === undefined ? (record.agent as Did) : undefined;
}

/** Read and check a record from untrusted bytes. Total: refuses with a reason and never throws. */
export function decodeCapability(
  bytes: Uint8Array,
  context: CapabilityContext,
): Checked<Verified<SealedCapability>> {
  const sealed = readRecord(capabilityForm, bytes, context.keys.hash);
  return sealed.ok ? checkSealedCapability(sealed.value, context) : sealed;
}

/** What the form alone cannot say: mesh, time, authority and signature. */
export function checkSealedCapability(
  sealed: SealedCapability,
  context: CapabilityContext,
): Checked<Verified<SealedCapability>> {
  const times = checkCapability(sealed.body, context);
  if (!times.ok) return times;
  const signer = context.checkAuthority(sealed.body);
  if (signer === undefined) return refuse('AMP-1603', 'The key in `key` may not sign for this agent.', 'key');
  if (!isSignedBy(context, signer, capabilityForm.domain, sealed.body)) {
    return refuse('AMP-1101', 'The signature of the capability record is wrong.', 'sig');
  }
  return accept(sealed as Verified<SealedCapability>);
}

/** What the form alone cannot say: mesh, time, lifetime. Expiry counts from the earlier of signed and received. */
export function checkCapability(
  record: CapabilityRecord,
  context: Pick<CapabilityContext, 'mesh' | 'nowMs'>,
): Checked<CapabilityRecord> {
  if (record.mesh !== context.mesh)
    return refuse('AMP-1105', `The record is for mesh ${record.mesh}.`, 'mesh');
  if (record.createdAt > context.nowMs + limits.clockSkewMs)
    return refuse('AMP-1012', 'The record is from the future.', 'createdAt');
  const lifetimeMs = record.expiresAt - record.createdAt;
  if (lifetimeMs <= 0 || lifetimeMs > discoveryLimits.recordLifetimeMs)
    return refuse('AMP-1602', 'The record must live more than 0 ms and at most 24 h.', 'expiresAt');
  if (record.expiresAt <= context.nowMs) return refuse('AMP-1602', 'The record has expired.', 'expiresAt');
  if (record.withdrawn === undefined && record.text.trim() === '')
    return refuse('AMP-1601', 'A capability needs a text.', 'text');
  return accept(record);
}

/**
 * Sign a record with the agent's key, or with the session key that the draft's `key` names.
 * @throws AmpError AMP-1102 when the key is not here.
 */
export function sealCapability(
  draft: CapabilityDraft,
  keys: Pick<Keys, 'sign' | 'hash'>,
): Verified<SealedCapability> {
  const sealed = sealRecord(capabilityForm, draft, keys, (draft.key ?? draft.agent) as Did);
  return sealed as Verified<SealedCapability>;
}

/** The record that takes a capability back: next in its line, and remembered until nothing older can be valid. */
export function withdrawalOf(record: CapabilityRecord, nowMs: number): CapabilityDraft {
  const { record: kind, mesh, agent, node, capability, seq, audience, key, attachment } = record;
  const signer = key === undefined ? {} : { key, ...(attachment === undefined ? {} : { attachment }) };
  return {
    ...{ record: kind, mesh, agent, node, capability, audience, ...signer },
    seq: seq + 1,
    withdrawn: true,
    text: '',
    createdAt: nowMs,
    expiresAt: nowMs + discoveryLimits.recordLifetimeMs,
  };
}

/** Names a line of records. */
export function capabilityKey(record: Pick<CapabilityRecord, 'agent' | 'capability'>): string {
  return `${record.agent} ${record.capability}`;
}

/** What the vector is computed from. */
export function capabilityText(record: Pick<CapabilityRecord, 'text' | 'tags'>): string {
  return record.tags === undefined ? record.text : `${record.text} ${record.tags.join(' ')}`;
}
