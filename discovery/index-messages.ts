/** What the indexes of two nodes say to each other, over `/amp/<mesh>/index/1`: schemas, reading, writing. */
import * as z from 'zod';
import { readUtf8, toBase64Url, utf8 } from '../protocol/bytes.ts';
import { matchSchema } from '../protocol/decode.ts';
import { type Checked, refuse } from '../protocol/errors.ts';
import { type JsonObject, readJsonObject } from '../protocol/json.ts';
import * as f from '../protocol/message-fields.ts';
import type { Verified } from '../protocol/signing.ts';
import {
  type CapabilityContext,
  capabilityForm,
  checkSealedCapability,
  type SealedCapability,
} from './capability-record.ts';
import { discoveryLimits } from './limits.ts';
import { type BeaconContext, beaconForm, checkBeacon, type SealedBeacon } from './presence.ts';
import { filterSchema } from './query.ts';
import { readRecordText } from './signed-record.ts';
import { annexForm, checkAnnex, type SealedAnnex } from './vector-annex.ts';

/** Nodes are spread over this many buckets, so that two nodes find out cheaply where they differ. */
export const syncBucketCount = 64;
/** The first 16 hexadecimal digits of a SHA-256 are enough to tell two records of one node apart. */
export const shortIdLength = 16;

const shortId = z.string().regex(/^[0-9a-f]{16}$/);
const bytesText = (bytesMax: number) => f.base64url.min(1).max(Math.ceil((bytesMax * 4) / 3));
const entry = z.strictObject({
  record: bytesText(capabilityForm.bytesMax),
  annex: bytesText(annexForm.bytesMax).optional(),
});
const request = z.string().min(1).max(32);

export const indexMessageSchema = z.discriminatedUnion('kind', [
  /** "Here is what I hold, by bucket. Send me the beacons of the buckets where you differ." */
  z.strictObject({
    kind: z.literal('sync'),
    buckets: z.array(z.union([shortId, z.literal('')])).length(syncBucketCount),
  }),
  z.strictObject({
    kind: z.literal('beacons'),
    beacons: z
      .array(
        z.strictObject({
          bytes: bytesText(discoveryLimits.beaconBytesMax),
          remainingMs: f.durationMs,
        }),
      )
      .max(1_000),
    isLast: z.boolean(),
  }),
  /** "Send me the records of these nodes that I do not have yet." */
  z.strictObject({
    kind: z.literal('pull'),
    wants: z
      .array(
        z.strictObject({
          node: f.did,
          /** Only records whose hash, modulo `partCount`, is this: large sets are pulled in parts. */
          part: z.int().min(0).max(255),
          partCount: z.int().min(1).max(256),
          have: z.array(shortId).max(2_000),
        }),
      )
      .min(1)
      .max(discoveryLimits.pullNodesMax),
  }),
  z.strictObject({ kind: z.literal('records'), records: z.array(entry).max(500), isLast: z.boolean() }),
  /** DHT index: keep these records under this bucket key. */
  z.strictObject({
    kind: z.literal('put'),
    request,
    bucket: z.string().min(1).max(64),
    records: z.array(entry).min(1).max(100),
  }),
  z.strictObject({ kind: z.literal('put-done'), request, takenCount: f.count, refusedCount: f.count }),
  /** DHT index: "your `limit` best of these buckets for this vector, but not those that I have." */
  z.strictObject({
    kind: z.literal('query'),
    request,
    buckets: z.array(z.string().min(1).max(64)).min(1).max(64),
    space: f.name,
    vector: bytesText(discoveryLimits.annexDimensionsMax),
    limit: z.int().min(1).max(100),
    similarityMin: z.number().min(-1).max(1),
    have: z.array(shortId).max(500),
    filter: filterSchema.optional(),
  }),
  z.strictObject({
    kind: z.literal('ranked'),
    request,
    records: z.array(entry).max(100),
    /** The holder turned records of this bucket away: there may be more one ring outward. */
    isFull: z.boolean(),
  }),
  z.strictObject({ kind: z.literal('probe'), request, agents: z.array(f.did).max(100) }),
  /** Which of the probed agents are attached here now, and how busy they are. */
  z.strictObject({
    kind: z.literal('alive'),
    request,
    agents: z.array(z.strictObject({ agent: f.did, load: f.share })).max(100),
  }),
]);

export type IndexMessage = z.infer<typeof indexMessageSchema>;
export type IndexMessageOf<Kind extends IndexMessage['kind']> = Extract<IndexMessage, { kind: Kind }>;
export type RecordEntry = z.infer<typeof entry>;

/** Read an index message from untrusted bytes. Total. The records inside are still unchecked. */
export function readIndexMessage(bytes: Uint8Array): Checked<IndexMessage> {
  if (bytes.length > indexMessageBytesMax)
    return refuse('AMP-1002', `The index message has more than ${indexMessageBytesMax} bytes.`);
  const text = readUtf8(bytes);
  if (text === undefined) return refuse('AMP-1001', 'The index message is no UTF-8.');
  const json = readJsonObject(text, indexMessageBytesMax);
  if (!json.ok) return json;
  return matchIndexMessage(json.value);
}

/** The form of an index message, of parsed JSON. */
export function matchIndexMessage(body: JsonObject): Checked<IndexMessage> {
  return matchSchema(indexMessageSchema as unknown as z.ZodType<IndexMessage>, body);
}

/** What is read; what is written stays well below, because one large beacon may be alone in a message. */
const indexMessageBytesMax = 128 * 1024;

export function writeIndexMessage(message: IndexMessage): Uint8Array {
  return utf8(JSON.stringify(message));
}

/** A record as it was checked, with the dense vector that came beside it. */
export interface OpenedEntry {
  readonly capability: Verified<SealedCapability>;
  readonly annex?: Verified<SealedAnnex>;
}

/** Check every record of a list. Wrong ones are counted, and their reasons kept, beside the good ones. */
export function openEntries(
  entries: readonly RecordEntry[],
  context: CapabilityContext,
): { readonly opened: readonly OpenedEntry[]; readonly refusals: readonly string[] } {
  const opened: OpenedEntry[] = [];
  const refusals: string[] = [];
  for (const packed of entries) {
    const read = readRecordText(capabilityForm, packed.record, context);
    const capability = read.ok ? checkSealedCapability(read.value, context) : read;
    if (!capability.ok) {
      refusals.push(capability.refusal.code);
      continue;
    }
    const annex = packed.annex === undefined ? undefined : openAnnex(packed.annex, context);
    if (annex?.ok === false) refusals.push(annex.refusal.code);
    opened.push({ capability: capability.value, ...(annex?.ok === true ? { annex: annex.value } : {}) });
  }
  return { opened, refusals };
}

export interface OpenedBeacon {
  readonly beacon: Verified<SealedBeacon>;
  readonly remainingMs: number;
}

/** Check every beacon of a list. */
export function openBeacons(
  packed: IndexMessageOf<'beacons'>['beacons'],
  context: CapabilityContext,
): { readonly opened: readonly OpenedBeacon[]; readonly refusals: readonly string[] } {
  const opened: OpenedBeacon[] = [];
  const refusals: string[] = [];
  for (const { bytes, remainingMs } of packed) {
    const beacon = openBeacon(bytes, context);
    if (beacon.ok) opened.push({ beacon: beacon.value, remainingMs });
    else refusals.push(beacon.refusal.code);
  }
  return { opened, refusals };
}

/** Read and check one beacon from base64url text. Total. */
export function openBeacon(text: string, context: BeaconContext): Checked<Verified<SealedBeacon>> {
  const read = readRecordText(beaconForm, text, context);
  return read.ok ? checkBeacon(read.value, context) : read;
}

function openAnnex(text: string, context: CapabilityContext): Checked<Verified<SealedAnnex>> {
  const read = readRecordText(annexForm, text, context);
  return read.ok ? checkAnnex(read.value, context) : read;
}

export function packEntry(capability: SealedCapability, annex?: SealedAnnex): RecordEntry {
  const record = toBase64Url(capability.bytes);
  return annex === undefined ? { record } : { record, annex: toBase64Url(annex.bytes) };
}

/** Cut a list into messages of at most {@link discoveryLimits.indexMessageBytesMax}; at least one, maybe empty. */
export function cutIntoPages<T>(
  items: readonly T[],
  bytesOf: (item: T) => number,
): readonly (readonly T[])[] {
  const pages: T[][] = [[]];
  let bytes = 0;
  for (const item of items) {
    const size = bytesOf(item);
    const page = pages[pages.length - 1]!;
    if (page.length > 0 && (bytes + size > discoveryLimits.indexMessageBytesMax || page.length >= 400)) {
      pages.push([item]);
      bytes = size;
    } else {
      page.push(item);
      bytes += size;
    }
  }
  return pages;
}

export function entryBytes(packed: RecordEntry): number {
  return packed.record.length + (packed.annex?.length ?? 0) + 32;
}
