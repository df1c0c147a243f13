/**
 * Keeps this node's records where others will look for them: for each bucket of each record, find the nodes
 * closest to the key, put the record there, go one ring outward when they are full, and do it again in time.
 */

import type { NodeId } from '../../protocol/brand.ts';
import { CompactMap } from '../../protocol/compact-map.ts';
import type { SendIndexMessage } from '../anti-entropy.ts';
import { capabilityKey, capabilityText } from '../capability-record.ts';
import { type IndexMessageOf, type OpenedEntry, packEntry } from '../index-messages.ts';
import { bucketOf } from '../record-table.ts';
import type { VectorSource } from '../vector-source.ts';
import type { BucketKeys } from './bucket-keys.ts';
import type { DhtSettings } from './dht-settings.ts';

export interface FindClosest {
  readonly type: 'find-closest';
  readonly request: string;
  /** 32 bytes. */
  readonly key: Uint8Array;
  readonly count: number;
}

export interface AnnouncerComponents {
  readonly settings: DhtSettings;
  readonly vectors: VectorSource;
  readonly buckets: BucketKeys;
  readonly self: NodeId;
  keyOf(bucket: string): Uint8Array;
  nextRequest(): string;
  /** This node is among the closest: it keeps the record like any other holder, and says whether it took it. */
  keepHere(bucket: string, entry: OpenedEntry, nowMs: number): boolean;
}

const nobody: readonly NodeId[] = [];

/** One record in one bucket. */
class Placement {
  readonly key: string;
  readonly bucket: string;
  ring = 0;
  state: 'resting' | 'looking' | 'putting' = 'resting';
  dueAtMs = 0;
  /** `undefined` while it rests. */
  request: string | undefined = undefined;
  /** Holders that have not answered yet. */
  waiting: readonly NodeId[] = nobody;
  takenCount = 0;
  fullCount = 0;
  /** A bucket of an older text: it hears of the change for as long as it may hold the old record. */
  lastRoundAtMs = Number.POSITIVE_INFINITY;

  constructor(key: string, bucket: string) {
    this.key = key;
    this.bucket = bucket;
  }
}

export type AnnouncerEffect = FindClosest | SendIndexMessage;

export class Announcer {
  readonly #components: AnnouncerComponents;
  readonly #entries = new CompactMap<string, OpenedEntry>();
  /** A few for each record of this node's agents. */
  #placements: readonly Placement[] = [];

  constructor(components: AnnouncerComponents) {
    this.#components = components;
  }

  /** Records that are being kept in the mesh. */
  get recordCount(): number {
    return this.#entries.size;
  }

  /** The buckets of a record that is announced here. */
  bucketsOf(entry: OpenedEntry): readonly string[] {
    const { vectors, buckets } = this.#components;
    return buckets.bucketsOf(vectors.embed(capabilityText(entry.capability.body)));
  }

  /** Start to keep a record, a new version of it, or its withdrawal. */
  announce(entry: OpenedEntry, nowMs: number): readonly AnnouncerEffect[] {
    const { body } = entry.capability;
    const key = capabilityKey(body);
    const isWithdrawn = body.withdrawn === true;
    const buckets = new Set(isWithdrawn ? [] : this.bucketsOf(entry));
    const lastRoundAtMs = nowMs + this.#components.settings.holdMs;
    for (const placement of this.#placements) {
      if (placement.key !== key || buckets.has(placement.bucket)) continue;
      placement.lastRoundAtMs = lastRoundAtMs;
      this.#rest(placement, nowMs);
    }
    this.#entries.set(key, entry);
    for (const bucket of buckets) {
      let placement = this.#placements.find((one) => one.key === key && one.bucket === bucket);
      if (placement === undefined) {
        placement = new Placement(key, bucket);
        this.#placements = this.#placements.concat(placement);
      }
      placement.lastRoundAtMs = Number.POSITIVE_INFINITY;
      this.#rest(placement, nowMs);
    }
    return this.wake(nowMs);
  }

  /** Look for the holders of every record anew: the mesh is much larger than it was. */
  again(nowMs: number): readonly AnnouncerEffect[] {
    for (const placement of this.#placements) if (placement.state === 'resting') this.#rest(placement, nowMs);
    return this.wake(nowMs);
  }

  get dueAtMs(): number {
    let dueAtMs = Number.POSITIVE_INFINITY;
    for (const placement of this.#placements) dueAtMs = Math.min(dueAtMs, placement.dueAtMs);
    return dueAtMs;
  }

  /** Do what is due: begin rounds, and judge puts and lookups that had their time. */
  wake(nowMs: number): readonly AnnouncerEffect[] {
    const effects: AnnouncerEffect[] = [];
    for (const placement of this.#placements) {
      if (placement.dueAtMs > nowMs) continue;
      const isOver = placement.state === 'resting' && placement.lastRoundAtMs <= nowMs;
      if (isOver || this.#isExpired(placement.key, nowMs)) this.#drop(placement);
      else if (placement.state === 'resting') effects.push(this.#look(placement, 0, nowMs));
      else effects.push(...this.#judge(placement, nowMs));
    }
    return effects;
  }

  closestFound(request: string, nodes: readonly NodeId[], nowMs: number): readonly AnnouncerEffect[] {
    const placement = this.#placements.find((one) => one.request === request);
    if (placement === undefined || placement.state !== 'looking') return [];
    const { ringSize, answerMs } = this.#components.settings;
    const ring = nodes.slice(placement.ring * ringSize, (placement.ring + 1) * ringSize);
    placement.state = 'putting';
    placement.dueAtMs = nowMs + answerMs;
    const { self } = this.#components;
    const others = ring.filter((node) => node !== self);
    const entry = this.#entries.get(placement.key)!;
    placement.waiting = others;
    if (ring.includes(self)) {
      if (this.#components.keepHere(placement.bucket, entry, nowMs)) placement.takenCount += 1;
      else placement.fullCount += 1;
    }
    if (others.length === 0) return this.#judge(placement, nowMs);
    const records = [packEntry(entry.capability, entry.annex)];
    return others.map((to) => {
      const message = { kind: 'put' as const, request, bucket: placement.bucket, records };
      return { type: 'send-index-message', to, message };
    });
  }

  putDone(from: NodeId, message: IndexMessageOf<'put-done'>, nowMs: number): readonly AnnouncerEffect[] {
    const placement = this.#placements.find((one) => one.request === message.request);
    if (placement?.waiting.includes(from) !== true) return [];
    placement.waiting = placement.waiting.filter((node) => node !== from);
    if (message.takenCount > 0) placement.takenCount += 1;
    else placement.fullCount += 1;
    return placement.waiting.length === 0 ? this.#judge(placement, nowMs) : [];
  }

  #judge(placement: Placement, nowMs: number): readonly AnnouncerEffect[] {
    const { ringsMax, republishMs, retryMs } = this.#components.settings;
    const isKept = placement.takenCount >= 2 || (placement.takenCount === 1 && placement.fullCount === 0);
    if (!isKept && placement.fullCount > 0 && placement.ring + 1 < ringsMax)
      return [this.#look(placement, placement.ring + 1, nowMs)];
    const waitMs = placement.takenCount > 0 ? republishMs : retryMs;
    // Spread over a fifth of the period by name, so that rounds of one node do not march in step.
    const spreadMs = Math.floor((bucketOf(`${placement.key} ${placement.bucket}`, 1_000) * waitMs) / 5_000);
    this.#rest(placement, nowMs + waitMs - spreadMs);
    return [];
  }

  #look(placement: Placement, ring: number, nowMs: number): FindClosest {
    const { ringSize, answerMs } = this.#components.settings;
    if (ring === 0) placement.takenCount = 0;
    placement.fullCount = 0;
    placement.ring = ring;
    placement.state = 'looking';
    placement.request = this.#components.nextRequest();
    // A lookup takes several round trips.
    placement.dueAtMs = nowMs + 10 * answerMs;
    const key = this.#components.keyOf(placement.bucket);
    return { type: 'find-closest', request: placement.request, key, count: ringSize * (ring + 1) };
  }

  #rest(placement: Placement, dueAtMs: number): void {
    placement.request = undefined;
    placement.waiting = nobody;
    placement.state = 'resting';
    placement.dueAtMs = dueAtMs;
  }

  #isExpired(key: string, nowMs: number): boolean {
    return (this.#entries.get(key)?.capability.body.expiresAt ?? 0) <= nowMs;
  }

  #drop(placement: Placement): void {
    placement.request = undefined;
    this.#placements = this.#placements.filter((one) => one !== placement);
    if (!this.#placements.some((one) => one.key === placement.key)) this.#entries.delete(placement.key);
  }
}
