/**
 * A Kademlia network of bare peers: who runs, who lies, joins by lookup, leaves without a word, refreshes.
 * For populations up to a million, and under the {@link Directory} port in `kademlia-directory.ts`.
 */
import type { RandomStream } from '../clock/random.ts';
import type { LinkModel } from '../network/link-model.ts';
import { answering, type LookupInit, type LookupResult, type LookupWorld, runLookup } from './lookup.ts';
import { fillTables, RoutingTables } from './routing-tables.ts';

export interface KademliaComponents {
  readonly link: LinkModel;
  readonly random: RandomStream;
}

export interface KademliaInit {
  readonly peerCount: number;
  readonly bucketSize?: number;
  readonly lookup?: LookupInit;
}

/** Bytes of a lookup request and of an answer of twenty contacts, for bandwidth. */
const requestBytes = 100;

export class KademliaNetwork implements LookupWorld {
  readonly tables: RoutingTables;
  readonly answering: Uint8Array;
  readonly liars: number[] = [];
  readonly delayTicks: (from: number, to: number) => number;
  readonly #init: KademliaInit;
  readonly #random: RandomStream;
  /** Peers that run, unordered; and each one's place in the list, or -1. */
  readonly #running: number[] = [];
  readonly #places: Int32Array;

  constructor({ link, random }: KademliaComponents, init: KademliaInit) {
    this.#init = init;
    this.#random = random;
    this.tables = new RoutingTables(init);
    this.answering = new Uint8Array(init.peerCount).fill(answering.silent);
    this.#places = new Int32Array(init.peerCount).fill(-1);
    this.delayTicks = (from, to) => link.delayTicks(from, to, requestBytes, 0);
    const keys = random.split('keys');
    for (let peer = 0; peer < init.peerCount; peer++) this.tables.setKey(peer, keys.uint32(), keys.uint32());
  }

  get runningCount(): number {
    return this.#running.length;
  }

  isRunning(peer: number): boolean {
    return this.#places[peer] !== -1;
  }

  /** Start all of `peers` with the tables of a network that has run for long. */
  startConverged(peers: readonly number[]): void {
    for (const peer of peers) this.#start(peer);
    fillTables(this.tables, peers, this.#random);
  }

  /** Start a peer that knows one other, and let it look itself and its far buckets up, as §2.3 tells. */
  join(peer: number, bootstrap?: number): void {
    if (this.isRunning(peer)) return;
    const contact = bootstrap ?? this.randomPeer();
    this.tables.clear(peer);
    this.#start(peer);
    this.#meet(peer, contact);
  }

  #meet(peer: number, contact: number | undefined): void {
    if (contact === undefined || contact === peer) return;
    this.tables.add(peer, contact);
    this.lookup(peer, this.tables.high[peer]!, this.tables.low[peer]!);
    this.refresh(peer);
  }

  /** A peer that lost all its contacts, as behind a partition, asks one that it knows from outside. */
  rejoin(peer: number): void {
    if (this.isRunning(peer) && !this.tables.hasContact(peer)) this.#meet(peer, this.randomPeer());
  }

  /** Stop without telling anyone: others find out by timeouts. */
  leave(peer: number): void {
    const place = this.#places[peer]!;
    if (place === -1) return;
    const last = this.#running.pop()!;
    if (last !== peer) {
      this.#running[place] = last;
      this.#places[last] = place;
    }
    this.#places[peer] = -1;
    this.answering[peer] = answering.silent;
  }

  /** Look a random key of each of the peer's nearer ranges up. */
  refresh(peer: number): void {
    const depth = Math.min(this.tables.bucketCount, Math.ceil(Math.log2(Math.max(2, this.runningCount))));
    for (let bucket = 0; bucket < depth; bucket++) {
      const { high, low } = this.#keyInBucket(peer, bucket);
      this.lookup(peer, high, low);
    }
  }

  /** From now on these peers name only each other. */
  makeLiars(peers: readonly number[]): void {
    for (const peer of peers) {
      if (!this.isRunning(peer)) continue;
      this.answering[peer] = answering.lying;
      this.liars.push(peer);
    }
    this.liars.sort((a, b) => this.tables.compare(a, b, 0, 0));
  }

  lookup(asker: number, high: number, low: number, init: LookupInit = {}): LookupResult {
    return runLookup(this, asker, high, low, { ...this.#init.lookup, ...init });
  }

  /** The running peer closest to a key, by looking at all of them: the judge of a lookup. */
  trulyClosest(high: number, low: number, count: number): readonly number[] {
    const best: number[] = [];
    for (const peer of this.#running) {
      if (best.length === count && this.tables.compare(peer, best[count - 1]!, high, low) >= 0) continue;
      let place = best.length;
      while (place > 0 && this.tables.compare(peer, best[place - 1]!, high, low) < 0) place--;
      best.splice(place, 0, peer);
      if (best.length > count) best.pop();
    }
    return best;
  }

  randomPeer(): number | undefined {
    return this.#running.length === 0 ? undefined : this.#running[this.#random.below(this.#running.length)];
  }

  #start(peer: number): void {
    if (this.isRunning(peer)) return;
    this.#places[peer] = this.#running.length;
    this.#running.push(peer);
    this.answering[peer] = answering.honest;
  }

  /** A random key that shares exactly `bucket` leading bits with the peer's. */
  #keyInBucket(peer: number, bucket: number): { high: number; low: number } {
    const flip =
      bucket < 32 ? { high: 0x80000000 >>> bucket, low: 0 } : { high: 0, low: 0x80000000 >>> (bucket - 32) };
    const below =
      bucket < 32 ? { high: (flip.high - 1) >>> 0, low: 0xffffffff } : { high: 0, low: (flip.low - 1) >>> 0 };
    return {
      high: (this.tables.high[peer]! ^ flip.high ^ (this.#random.uint32() & below.high)) >>> 0,
      low: (this.tables.low[peer]! ^ flip.low ^ (this.#random.uint32() & below.low)) >>> 0,
    };
  }
}
