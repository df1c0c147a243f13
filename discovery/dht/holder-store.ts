/** What a node keeps for others: signed records by bucket; bounded, expiring, never going back in a line. */
import { CompactMap } from '../../protocol/compact-map.ts';
import type { CapabilityRecord } from '../capability-record.ts';
import { capabilityKey } from '../capability-record.ts';
import type { OpenedEntry } from '../index-messages.ts';
import { shortIdLength } from '../index-messages.ts';
import { passesFilter, type QueryFilter } from '../query.ts';
import { cosine } from '../vector-index.ts';
import type { DhtSettings } from './dht-settings.ts';

interface Held {
  readonly entry: OpenedEntry;
  readonly vector: Int8Array;
  readonly untilMs: number;
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
  readonly #buckets = new CompactMap<string, CompactMap<string, Held>>();
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
    const records = this.#buckets.get(bucket) ?? new CompactMap<string, Held>();
    const key = capabilityKey(body);
    const known = records.get(key);
    if (known !== undefined && isOlder(body, id, known.entry)) return 'old';
    if (known === undefined) {
      const refusal = this.#refusalFor(records, body, nowMs);
      if (refusal !== undefined) return refusal;
      this.#recordCount += 1;
    }
    records.set(key, { entry, vector, untilMs });
    this.#buckets.set(bucket, records);
    return 'taken';
  }

  query(query: HolderQuery, nowMs: number): readonly RankedEntry[] {
    const ranked: RankedEntry[] = [];
    for (const { entry, vector, untilMs } of this.#buckets.get(query.bucket)?.values() ?? []) {
      const { body, id } = entry.capability;
      if (untilMs <= nowMs || vector.length !== query.vector.length) continue;
      if (query.have.has(id.slice(0, shortIdLength)) || !passesFilter(body, 0, query.filter)) continue;
      const similarity = cosine(query.vector, vector);
      if (similarity >= query.similarityMin) ranked.push({ entry, similarity });
    }
    const byRank = (a: RankedEntry, b: RankedEntry) =>
      b.similarity - a.similarity || (a.entry.capability.id < b.entry.capability.id ? -1 : 1);
    return ranked.sort(byRank).slice(0, query.limit);
  }

  /** Whether new records of this bucket are turned away. */
  isFull(bucket: string): boolean {
    const heldCount = this.#buckets.get(bucket)?.size ?? 0;
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
      for (const [key, { untilMs }] of records) {
        if (untilMs > nowMs) {
          nextAtMs = Math.min(nextAtMs, untilMs);
        } else {
          records.delete(key);
          this.#recordCount -= 1;
        }
      }
      if (records.size === 0) this.#buckets.delete(bucket);
    }
    return nextAtMs;
  }

  #refusalFor(
    records: ReadonlyMap<string, Held>,
    body: CapabilityRecord,
    nowMs: number,
  ): PutVerdict | undefined {
    const { bucketRecordsMax, agentRecordsMax, nodeRecordsMax } = this.#settings;
    const isFull = () => records.size >= bucketRecordsMax || this.#recordCount >= this.#recordsMax;
    if (isFull()) this.purge(nowMs);
    if (isFull()) return 'full';
    let ofAgent = 0;
    let ofNode = 0;
    for (const { entry } of records.values()) {
      if (entry.capability.body.agent === body.agent) ofAgent += 1;
      if (entry.capability.body.node === body.node) ofNode += 1;
    }
    return ofAgent >= agentRecordsMax || ofNode >= nodeRecordsMax ? 'quota' : undefined;
  }
}

function isOlder(body: CapabilityRecord, id: string, held: OpenedEntry): boolean {
  const known = held.capability;
  if (body.seq !== known.body.seq) return body.seq < known.body.seq;
  return id < known.id;
}
