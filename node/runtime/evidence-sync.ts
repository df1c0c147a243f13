/**
 * Brings to a late joiner the evidence that was gossiped before it came: outcomes and plays. Both are sets of signed
 * records named by their hash. When two nodes meet, and once a minute with the next neighbour, each tells a digest by
 * bucket; who sees a difference lists what it holds there, and gets what it lacks.
 * @see Demers et al. 1987, Epidemic Algorithms for Replicated Database Maintenance (anti-entropy)
 */

import * as z from 'zod';
import type { NodeId } from '../../protocol/brand.ts';
import { fromBase64Url, toBase64Url } from '../../protocol/bytes.ts';
import { CompactMap } from '../../protocol/compact-map.ts';
import { matchSchema } from '../../protocol/decode.ts';
import { type Checked, refuse } from '../../protocol/errors.ts';
import type { JsonObject } from '../../protocol/json.ts';
import { encodePacket } from './packets.ts';
import type { PeerCore } from './peer-core.ts';
import type { TimerOwner } from './timers.ts';

/** One kind of evidence. Its rows are keyed by the record's SHA-256 in hexadecimal. */
export interface EvidenceSyncComponents {
  readonly core: PeerCore;
  /** Where the records of each source lie. */
  readonly evidenceBuckets: Readonly<Record<string, string>>;
  /** Take a record from elsewhere; refused when it is not what it says. Duplicates are accepted. */
  readonly takeEvidence: (source: string, bytes: Uint8Array) => Checked<unknown>;
}

export interface EvidenceSync {
  /** A record is held now, or not any more. */
  noted(source: string, id: string, isHeld: boolean): void;
  greet(node: NodeId): void;
  takeDirect(from: NodeId, body: JsonObject): void;
  start(): void;
}

const bucketCount = 32;
/** Digits of a record's id that name it between two nodes: 48 bits, among at most 100,000 records. */
const shortIdLength = 12;
const heldMax = 4_000;
const recordsMax = 20;
const compareEveryMs = 60_000;
/** What one neighbour may fetch in a minute. */
const servedMax = 2_000;

const shortId = z.string().regex(/^[0-9a-f]{12}$/, 'is no id of 12 hexadecimal digits');
const bodySchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('digest'),
    source: z.string().max(64),
    buckets: z.array(shortId).length(bucketCount),
  }),
  /** All that is held in the buckets that differ; what is missing here may be sent. */
  z.strictObject({
    kind: z.literal('held'),
    source: z.string().max(64),
    buckets: z
      .array(
        z
          .int()
          .min(0)
          .max(bucketCount - 1),
      )
      .max(bucketCount),
    ids: z.array(shortId).max(heldMax),
  }),
  z.strictObject({
    kind: z.literal('records'),
    source: z.string().max(64),
    records: z.array(z.string().max(20_000)).max(recordsMax),
  }),
]);
type Body = z.infer<typeof bodySchema>;

/** The ids of one source, with the sum of each bucket kept up to date: comparing costs nothing until it differs. */
interface Held {
  /** Whole ids by short ones. */
  readonly ids: Map<string, string>;
  /** By bucket: exclusive or of the short ids, as two numbers of 24 bits. */
  readonly sums: Int32Array;
}

export function createEvidenceSync(parts: EvidenceSyncComponents): EvidenceSync {
  return new ComparedEvidence(parts);
}

class ComparedEvidence implements EvidenceSync, TimerOwner {
  readonly #parts: EvidenceSyncComponents;
  readonly #core: PeerCore;
  /** By source, from its first record on. */
  readonly #held = new CompactMap<string, Held>();
  readonly #served = new CompactMap<NodeId, number>();
  #turn = 0;

  constructor(parts: EvidenceSyncComponents) {
    this.#parts = parts;
    this.#core = parts.core;
  }

  noted(source: string, id: string, isHeld: boolean): void {
    const { ids, sums } = this.#heldOf(source);
    const short = id.slice(0, shortIdLength);
    if (ids.has(short) === isHeld) return;
    if (isHeld) ids.set(short, id);
    else ids.delete(short);
    const at = 2 * bucketOf(id);
    sums[at] = sums[at]! ^ Number.parseInt(short.slice(0, 6), 16);
    sums[at + 1] = sums[at + 1]! ^ Number.parseInt(short.slice(6), 16);
  }

  #heldOf(source: string): Held {
    const known = this.#held.get(source) ?? { ids: new Map(), sums: new Int32Array(2 * bucketCount) };
    this.#held.set(source, known);
    return known;
  }

  greet(node: NodeId): void {
    for (const [source, known] of this.#held) {
      if (known.ids.size > 0) this.#send(node, { kind: 'digest', source, buckets: printSums(known) });
    }
  }

  takeDirect(from: NodeId, object: JsonObject): void {
    const read = matchSchema(bodySchema, object);
    if (!read.ok) return this.#core.countIgnored('evidence', read.refusal.code);
    const body = read.value;
    if (!Object.hasOwn(this.#parts.evidenceBuckets, body.source))
      return this.#core.countIgnored('evidence', 'unknown-source');
    const known = this.#heldOf(body.source);
    if (body.kind === 'digest') return this.#compare(from, body, known);
    if (body.kind === 'held') return this.#serve(from, body, known);
    for (const record of body.records) {
      const bytes = fromBase64Url(record);
      const taken =
        bytes === undefined
          ? refuse('AMP-1601', 'No base64url.')
          : this.#parts.takeEvidence(body.source, bytes);
      if (!taken.ok) this.#core.countIgnored('evidence', taken.refusal.code);
    }
  }

  #compare(from: NodeId, { source, buckets }: Extract<Body, { kind: 'digest' }>, known: Held): void {
    const sums = printSums(known);
    const different = buckets.flatMap((sum, at) => (sum === sums[at] ? [] : [at]));
    if (different.length === 0) return;
    const byBucket = sortByBucket(known);
    // As many whole buckets as one message holds; the next comparison does the rest.
    const asked: number[] = [];
    const ids: string[] = [];
    for (const at of different) {
      const inBucket = byBucket.get(at) ?? [];
      if (ids.length + inBucket.length > heldMax) break;
      asked.push(at);
      ids.push(...inBucket);
    }
    if (asked.length < different.length) this.#core.countIgnored('evidence', 'compared-in-part');
    this.#send(from, { kind: 'held', source, buckets: asked, ids });
  }

  #serve(from: NodeId, { source, buckets, ids }: Extract<Body, { kind: 'held' }>, known: Held): void {
    const theirs = new Set(ids);
    const byBucket = sortByBucket(known);
    const missing = [...new Set(buckets)].flatMap((at) =>
      (byBucket.get(at) ?? []).flatMap((short) => (theirs.has(short) ? [] : [known.ids.get(short)!])),
    );
    const already = this.#served.get(from) ?? 0;
    const allowed = missing.slice(0, Math.max(0, servedMax - already));
    if (allowed.length < missing.length) this.#core.countIgnored('evidence', 'served-in-part');
    this.#served.set(from, already + allowed.length);
    for (let at = 0; at < allowed.length; at += recordsMax) {
      const records = allowed.slice(at, at + recordsMax).flatMap((id) => {
        const bytes = this.#core.store.get(this.#parts.evidenceBuckets[source]!, id);
        return bytes instanceof Uint8Array ? [toBase64Url(bytes)] : [];
      });
      this.#send(from, { kind: 'records', source, records });
    }
  }

  #send(to: NodeId, body: Body): void {
    this.#core.turn.afterCommit(() =>
      this.#core.transport.send(
        to,
        encodePacket({ packet: 'machine', machine: 'evidence', body: { ...body } }),
      ),
    );
  }

  onTimer(): void {
    this.#served.clear();
    const peers = this.#core.transport.peers();
    const next = peers[this.#turn++ % Math.max(1, peers.length)];
    if (next !== undefined) this.greet(next);
    this.#setTimer();
  }

  #setTimer(): void {
    const dueAtMs = this.#core.clock.nowMs() + compareEveryMs;
    this.#core.timers.apply('evidence', { type: 'set-timer', timer: 'compare', dueAtMs }, this);
  }

  start(): void {
    for (const [name, bucket] of Object.entries(this.#parts.evidenceBuckets))
      for (const { key } of this.#core.store.scan(bucket, '', '', Number.MAX_SAFE_INTEGER))
        this.noted(name, key, true);
    this.#setTimer();
  }
}

/** Short ids by bucket. */
function sortByBucket({ ids }: Held): ReadonlyMap<number, readonly string[]> {
  const sorted = new Map<number, string[]>();
  for (const short of ids.keys()) {
    const inBucket = sorted.get(bucketOf(short));
    if (inBucket === undefined) sorted.set(bucketOf(short), [short]);
    else inBucket.push(short);
  }
  return sorted;
}

function bucketOf(id: string): number {
  return Number.parseInt(id.slice(0, 2), 16) % bucketCount;
}

function printSums({ sums }: Held): string[] {
  const print = (part: number) => part.toString(16).padStart(6, '0');
  return Array.from({ length: bucketCount }, (_, at) => print(sums[2 * at]!) + print(sums[2 * at + 1]!));
}
