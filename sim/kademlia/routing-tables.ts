/**
 * The routing tables of all peers in one typed array: for each peer a bucket per prefix length, of at most k
 * contacts, least recently seen first.
 * @see Maymounkov and Mazières 2002, "Kademlia", §2.2 and §2.4
 */
import type { RandomStream } from '../clock/random.ts';
import { commonPrefix, compareDistance, readKey } from './key-space.ts';

export interface RoutingTablesInit {
  readonly peerCount: number;
  /** Contacts per bucket, Kademlia's k. Default 20. */
  readonly bucketSize?: number;
}

export class RoutingTables {
  readonly peerCount: number;
  readonly bucketSize: number;
  /** Buckets per peer; contacts with a longer common prefix share the last. */
  readonly bucketCount: number;
  readonly high: Uint32Array;
  readonly low: Uint32Array;

  readonly #contacts: Int32Array;
  readonly #counts: Uint8Array;
  readonly #scratch: number[] = [];

  constructor(init: RoutingTablesInit) {
    this.peerCount = init.peerCount;
    this.bucketSize = init.bucketSize ?? 20;
    // Beyond log2 n + 4 bits of prefix only one peer in sixteen has any contact.
    this.bucketCount = Math.min(64, Math.ceil(Math.log2(Math.max(2, init.peerCount))) + 4);
    this.high = new Uint32Array(init.peerCount);
    this.low = new Uint32Array(init.peerCount);
    this.#contacts = new Int32Array(init.peerCount * this.bucketCount * this.bucketSize);
    this.#counts = new Uint8Array(init.peerCount * this.bucketCount);
  }

  setKey(peer: number, high: number, low: number): void {
    this.high[peer] = high;
    this.low[peer] = low;
  }

  bucketOf(peer: number, high: number, low: number): number {
    const prefix = commonPrefix(this.high[peer]!, this.low[peer]!, high, low);
    return prefix < this.bucketCount ? prefix : this.bucketCount - 1;
  }

  /** Note that `contact` was heard of or answered; false when its bucket is full of others. */
  add(peer: number, contact: number): boolean {
    if (peer === contact) return false;
    const bucket = peer * this.bucketCount + this.bucketOf(peer, this.high[contact]!, this.low[contact]!);
    const first = bucket * this.bucketSize;
    const count = this.#counts[bucket]!;
    for (let i = first; i < first + count; i++) {
      if (this.#contacts[i] !== contact) continue;
      this.#contacts.copyWithin(i, i + 1, first + count);
      this.#contacts[first + count - 1] = contact;
      return true;
    }
    if (count === this.bucketSize) return false;
    this.#contacts[first + count] = contact;
    this.#counts[bucket] = count + 1;
    return true;
  }

  /** Forget a contact that does not answer. */
  remove(peer: number, contact: number): void {
    const bucket = peer * this.bucketCount + this.bucketOf(peer, this.high[contact]!, this.low[contact]!);
    const first = bucket * this.bucketSize;
    const count = this.#counts[bucket]!;
    for (let i = first; i < first + count; i++) {
      if (this.#contacts[i] !== contact) continue;
      this.#contacts.copyWithin(i, i + 1, first + count);
      this.#counts[bucket] = count - 1;
      return;
    }
  }

  hasContact(peer: number): boolean {
    const first = peer * this.bucketCount;
    for (let bucket = first; bucket < first + this.bucketCount; bucket++)
      if (this.#counts[bucket]! > 0) return true;
    return false;
  }

  clear(peer: number): void {
    this.#counts.fill(0, peer * this.bucketCount, (peer + 1) * this.bucketCount);
  }

  /** All contacts of a peer, bucket by bucket. */
  contactsOf(peer: number): number[] {
    const found: number[] = [];
    for (let bucket = 0; bucket < this.bucketCount; bucket++) this.#collect(peer, bucket, found);
    return found;
  }

  /**
   * The `count` contacts of `peer` closest to the target, closest first. The bucket that shares the peer's own
   * prefix with the target is closest, then all deeper ones together, then the shallower ones in turn.
   */
  closest(peer: number, targetHigh: number, targetLow: number, count: number): number[] {
    const found = this.#scratch;
    found.length = 0;
    const own = this.bucketOf(peer, targetHigh, targetLow);
    this.#collect(peer, own, found);
    if (found.length < count)
      for (let bucket = own + 1; bucket < this.bucketCount; bucket++) this.#collect(peer, bucket, found);
    for (let bucket = own - 1; bucket >= 0 && found.length < count; bucket--)
      this.#collect(peer, bucket, found);
    found.sort((a, b) => this.compare(a, b, targetHigh, targetLow));
    return found.slice(0, count);
  }

  compare(a: number, b: number, targetHigh: number, targetLow: number): number {
    const { high, low } = this;
    return compareDistance(high[a]!, low[a]!, high[b]!, low[b]!, targetHigh, targetLow);
  }

  /** How far a peer lies from a key of at least eight bytes, as a share of the key space, 0 to 1. */
  distanceShare(peer: number, key: Uint8Array): number {
    const { high, low } = readKey(key);
    return (((this.high[peer]! ^ high) >>> 0) * 2 ** 32 + ((this.low[peer]! ^ low) >>> 0)) / 2 ** 64;
  }

  get bytes(): number {
    return this.#contacts.byteLength + this.#counts.byteLength + this.high.byteLength * 2;
  }

  #collect(peer: number, bucket: number, into: number[]): void {
    const at = peer * this.bucketCount + bucket;
    const first = at * this.bucketSize;
    for (let i = first; i < first + this.#counts[at]!; i++) into.push(this.#contacts[i]!);
  }
}

/**
 * Fill every table as it is after long undisturbed running: each bucket holds up to k random peers of its range.
 * `peers` are those that run.
 */
export function fillTables(tables: RoutingTables, peers: readonly number[], random: RandomStream): void {
  const sorted = Int32Array.from(peers).sort((a, b) => tables.compare(a, b, 0, 0));
  for (const peer of peers) {
    let low = 0;
    let high = sorted.length;
    for (let bucket = 0; bucket < tables.bucketCount && high - low > 1; bucket++) {
      const middle = splitAt(tables, sorted, low, high, bucket);
      const isHigh = bitAt(tables, peer, bucket) === 1;
      const [otherLow, otherHigh] = isHigh ? [low, middle] : [middle, high];
      const isLast = bucket === tables.bucketCount - 1;
      fillBucket(tables, peer, sorted, isLast ? low : otherLow, isLast ? high : otherHigh, random);
      if (isHigh) low = middle;
      else high = middle;
    }
  }
}

/** First index in the sorted range, all of one prefix, whose bit number `bit` is set. */
function splitAt(tables: RoutingTables, sorted: Int32Array, low: number, high: number, bit: number): number {
  let from = low;
  let to = high;
  while (from < to) {
    const middle = (from + to) >> 1;
    if (bitAt(tables, sorted[middle]!, bit) === 0) from = middle + 1;
    else to = middle;
  }
  return from;
}

function bitAt(tables: RoutingTables, peer: number, bit: number): number {
  return bit < 32 ? (tables.high[peer]! >>> (31 - bit)) & 1 : (tables.low[peer]! >>> (63 - bit)) & 1;
}

/** All of the range where it is small, distinct random ones where it is large. */
function fillBucket(
  tables: RoutingTables,
  peer: number,
  sorted: Int32Array,
  low: number,
  high: number,
  random: RandomStream,
): void {
  const size = high - low;
  if (size <= tables.bucketSize * 2) {
    const all = random.shuffle(Array.from(sorted.subarray(low, high)));
    for (const contact of all) tables.add(peer, contact);
    return;
  }
  for (let added = 0; added < tables.bucketSize; ) {
    const before = sorted[low + random.below(size)]!;
    if (before !== peer && tables.add(peer, before)) added++;
  }
}
