/** The beacon in which a node says that it lives, how busy its agents are, and which records it vouches for. */
import * as z from 'zod';
import type { Did } from '../protocol/brand.ts';
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

/** The shortest interval between two beacons of a node. Judgement: a small mesh notices a death in 6 s. */
export const beaconIntervalMinMs = 2_000;
/** What a mesh may spend on beacons, as published. */
export const beaconsPerSecondMax = 10;
/**
 * The longest interval that a beacon may state: 12,000 nodes. The first beacon of a node that hears of everybody states
 * it too, for its sender does not know yet how large the mesh is: whoever reads it goes by the size that he knows.
 */
export const beaconIntervalMaxMs = 1_200_000;
/** A lease lasts this many intervals, so that two lost beacons in a row do not look like a death. */
export const leaseIntervals = 3;

/** Ms between two beacons of one node, so that `nodeCount` nodes together send at most 10 a second. */
export function beaconIntervalMs(nodeCount: number): number {
  const shared = Math.ceil((Math.max(1, nodeCount) * 1_000) / beaconsPerSecondMax);
  return Math.min(beaconIntervalMaxMs, Math.max(beaconIntervalMinMs, shared));
}

/**
 * Ms between two beacons of a node that tells its neighbours alone: it hears about one a second, for what it wants to
 * know first, that a neighbour is gone, its connection tells as well.
 */
export function neighbourBeaconIntervalMs(neighbourCount: number): number {
  return Math.min(beaconIntervalMaxMs, Math.max(beaconIntervalMinMs, neighbourCount * 1_000));
}

export const beaconSchema = z.strictObject({
  record: z.literal('presence'),
  mesh: f.name,
  node: f.did,
  /** Rises with every beacon of the node, across restarts too. */
  seq: z.int().min(1).max(Number.MAX_SAFE_INTEGER),
  at: f.unixMs,
  /** Until the next beacon; the lease is three of these. */
  intervalMs: z.int().min(beaconIntervalMinMs).max(beaconIntervalMaxMs),
  /** True in the last beacon of a node that stops in order. */
  leaving: z.literal(true).optional(),
  /** Agents with something to do, and how much of their capacity is taken. Agents not named are idle. */
  busy: z
    .array(z.strictObject({ agent: f.did, load: f.share }))
    .max(discoveryLimits.beaconAgentsMax)
    .optional(),
  /** Agents whose records name this node but that are not attached now. */
  away: z.array(f.did).max(discoveryLimits.beaconAgentsMax).optional(),
  /** The public records that name this node: how many, and the SHA-256 over their sorted hashes. */
  records: z.strictObject({ count: f.count, hash: f.sha256 }),
  sig: z.string().regex(/^[A-Za-z0-9_-]{86}$/, 'is no base64url of 64 bytes'),
});
export type Beacon = z.infer<typeof beaconSchema>;
export type BeaconDraft = Omit<Beacon, 'sig'>;
export type SealedBeacon = Sealed<Beacon>;

export const beaconForm: RecordForm<Beacon> = {
  domain: 'amp/1/presence',
  schema: beaconSchema,
  bytesMax: discoveryLimits.beaconBytesMax,
};

export interface BeaconContext extends ReadContext {
  readonly mesh: string;
  readonly nowMs: number;
}

/** Read and check a beacon from untrusted bytes. Total. A beacon is stale when its lease and a clock skew are over. */
export function decodeBeacon(bytes: Uint8Array, context: BeaconContext): Checked<Verified<SealedBeacon>> {
  const sealed = readRecord(beaconForm, bytes, context.keys.hash);
  return sealed.ok ? checkBeacon(sealed.value, context) : sealed;
}

/** What the form alone cannot say: mesh, time and signature. */
export function checkBeacon(sealed: SealedBeacon, context: BeaconContext): Checked<Verified<SealedBeacon>> {
  const { body } = sealed;
  if (body.mesh !== context.mesh) return refuse('AMP-1105', `The beacon is for mesh ${body.mesh}.`, 'mesh');
  if (body.at > context.nowMs + limits.clockSkewMs)
    return refuse('AMP-1012', 'The beacon is from the future.', 'at');
  if (body.at + leaseMsOf(body) + limits.clockSkewMs <= context.nowMs)
    return refuse('AMP-1602', 'The lease of the beacon is over.', 'at');
  if (!isSignedBy(context, body.node as Did, beaconForm.domain, body))
    return refuse('AMP-1101', 'The signature of the beacon is wrong.', 'sig');
  return accept(sealed as Verified<SealedBeacon>);
}

/** @throws AmpError AMP-1102 when the node's key is not here. */
export function sealBeacon(draft: BeaconDraft, keys: Pick<Keys, 'sign' | 'hash'>): Verified<SealedBeacon> {
  return sealRecord(beaconForm, draft, keys, draft.node as Did) as Verified<SealedBeacon>;
}

/** How long a node counts as alive after its beacon at most, in ms. */
export function leaseMsOf(beacon: Pick<Beacon, 'intervalMs'>): number {
  return beacon.intervalMs * leaseIntervals;
}

/** The same for a reader who knows so many nodes: of whoever states no interval of his own it expects the mesh's. */
export function leaseMsAmong(nodeCount: number, beacon: Pick<Beacon, 'intervalMs'>): number {
  const isOwn = beacon.intervalMs < beaconIntervalMaxMs;
  return leaseIntervals * (isOwn ? beacon.intervalMs : beaconIntervalMs(nodeCount));
}
