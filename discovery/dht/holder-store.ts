/** What a node keeps for others: signed records by bucket; bounded, expiring, never going back in a line. */
import { CompactMap } from '../../protocol/compact-map.ts';
import type { CapabilityRecord } from '../capability-record.ts';
import type { OpenedEntry } from '../index-messages.ts';
import { shortIdLength } from '../index-messages.ts';
import { passesFilter, type QueryFilter } from '../query.ts';
import { cosine } from '../vector-index.ts';
import type { DhtSettings } from './dht-settings.ts';

class Held {
  readonly capability: OpenedEntry['capability'];
  readonly annex: OpenedEntry['annex'];
  readonly vector: Int8Array;
  readonly untilMs: number;

  constructor({ capability, annex }: OpenedEntry, vector: Int8Array, untilMs: number) {
    this.capability = capability;
    this.annex = annex;
    this.vector = vector;
    this.untilMs = untilMs;
  }

  get entry(): OpenedEntry {
    const { capability, annex } = this;
    return annex === undefined ? { capability } : { capability, annex };
  }
}

export type PutVerdict = 'taken' | 'full' | 'quota' | 'old' | 'expired';

export interface HolderQuery {
  readonly bucket: string;
  readonly vector: Int8Array;
  readonly limit: number;
  readonly similarityMin: number;
  /** Short hashes of records that the asker has already. */
  readonly have: ReadonlySet<string>;
  readonly filter?: QueryFilter | undefined;
}

export interface RankedEntry {
  readonly entry: OpenedEntry;
  readonly similarity: number;
}

export class HolderStore {
  /** One record of each capability in a bucket, in the order in which they came: lists of their exact length. */
  readonly #buckets = new CompactMap<string, readonly Held[]>();
  readonly #settings: DhtSettings;
  #recordsMax: number;
  #recordCount = 0;

  constructor(settings: DhtSettings) {
    this.#settings = settings;
    this.#recordsMax = settings.holderRecordsMax;
  }

  get recordCount(): number {
    return this.#recordCount;
  }

  /** Keep a checked record. A lower number than the one held is refused; a withdrawal stays as a tombstone. */
  put(bucket: string, entry: OpenedEntry, vector: Int8Array, nowMs: number): PutVerdict {
    const { body, id } = entry.capability;
    const untilMs = Math.min(body.expiresAt, nowMs + this.#settings.holdMs);
    if (untilMs <= nowMs) return 'expired';
    const held = new Held(entry, vector, untilMs);
    const records = this.#buckets.get(bucket) ?? [];
    const place = records.findIndex(({ capability }) => isSameLine(capability.body, body));
    if (place >= 0) {
      if (isOlder(body, id, records[place]!)) return 'old';
      this.#buckets.set(bucket, records.with(place, held));
      return 'taken';
    }
    const refusal = this.#refusalFor(bucket, body, nowMs);
    if (refusal !== undefined) return refusal;
    this.#recordCount += 1;
    this.#buckets.set(bucket, (this.#buckets.get(bucket) ?? []).concat(held));
    return 'taken';
  }

  query(query: HolderQuery, nowMs: number): readonly RankedEntry[] {
    const ranked: RankedEntry[] = [];
    for (const held of this.#buckets.get(query.bucket) ?? []) {
      const { vector, untilMs } = held;
      const { body, id } = held.capability;
      if (untilMs <= nowMs || vector.length !== query.vector.length) continue;
      if (query.have.has(id.slice(0, shortIdLength)) || !passesFilter(body, 0, query.filter)) continue;
      const similarity = cosine(query.vector, vector);
      if (similarity >= query.similarityMin) ranked.push({ entry: held.entry, similarity });
    }
    const byRank = (a: RankedEntry, b: RankedEntry) =>
      b.similarity - a.similarity || (a.entry.capability.id < b.entry.capability.id ? -1 : 1);
    return ranked.sort(byRank).slice(0, query.limit);
  }

  /** Whether new records of this bucket are turned away. */
  isFull(bucket: string): boolean {
    const heldCount = this.#buckets.get(bucket)?.length ?? 0;
    return heldCount >= this.#settings.bucketRecordsMax || this.#recordCount >= this.#recordsMax;
  }

  /** Take no more than this many records in all; what is held already stays until it is over. */
  limitTo(recordsMax: number): void {
    this.#recordsMax = recordsMax;
  }

  /** Drop what is over. Answers with the moment when the next record will be, or infinity. */
  purge(nowMs: number): number {
    let nextAtMs = Number.POSITIVE_INFINITY;
    for (const [bucket, records] of this.#buckets) {
      const kept = records.filter(({ untilMs }) => untilMs > nowMs);
      for (const { untilMs } of kept) nextAtMs = Math.min(nextAtMs, untilMs);
      this.#recordCount -= records.length - kept.length;
      if (kept.length === 0) this.#buckets.delete(bucket);
      else if (kept.length < records.length) this.#buckets.set(bucket, kept);
    }
    return nextAtMs;
  }

  #refusalFor(bucket: string, body: CapabilityRecord, nowMs: number): PutVerdict | undefined {
    const { agentRecordsMax, nodeRecordsMax } = this.#settings;
    if (this.isFull(bucket)) this.purge(nowMs);
    if (this.isFull(bucket)) return 'full';
    let ofAgent = 0;
    let ofNode = 0;
    for (const { capability } of this.#buckets.get(bucket) ?? []) {
      if (capability.body.agent === body.agent) ofAgent += 1;
      if (capability.body.node === body.node) ofNode += 1;
    }
    return ofAgent >= agentRecordsMax || ofNode >= nodeRecordsMax ? 'quota' : undefined;
  }
}

/** Records of one capability of one agent: the newest counts. */
function isSameLine(a: CapabilityRecord, b: CapabilityRecord): boolean {
  return a.agent === b.agent && a.capability === b.capability;
}

function isOlder(body: CapabilityRecord, id: string, { capability: known }: Held): boolean {
  if (body.seq !== known.body.seq) return body.seq < known.body.seq;
  return id < known.id;
}
