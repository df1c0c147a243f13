/** What a gossip network counts: packets by kind, deliveries, and how long they took. */
import { ticksPerMs } from '../clock/ticks.ts';

/** Delays beyond a minute share the last bucket. */
const delayMsMax = 60_000;

export class GossipCounters {
  /** Whole messages sent from peer to peer: published, forwarded, or fetched. */
  sends = 0;
  /** Of these, answers to IWANT. */
  fetched = 0;
  ihave = 0;
  iwant = 0;
  graft = 0;
  prune = 0;
  dontWant = 0;
  published = 0;
  /** First arrivals, the publishers' own excluded. */
  deliveries = 0;
  duplicates = 0;
  /** Packets that the link or a fault rule lost. */
  lost = 0;
  rejected = 0;
  ignored = 0;
  /** Deliveries by whole milliseconds since publication. */
  readonly delays = new Float64Array(delayMsMax + 1);

  noteDelivery(delayTicks: number): void {
    this.deliveries++;
    const ms = Math.min(delayMsMax, Math.floor(delayTicks / ticksPerMs));
    this.delays[ms] = this.delays[ms]! + 1;
  }

  /** Smallest whole ms within which `share` of the deliveries came. */
  delayQuantileMs(share: number): number {
    let sum = 0;
    for (let ms = 0; ms <= delayMsMax; ms++) {
      sum += this.delays[ms]!;
      if (sum >= share * this.deliveries) return ms;
    }
    return delayMsMax;
  }

  /** Deliveries in buckets of `bucketMs`, up to the last that holds one. */
  histogram(bucketMs: number): number[] {
    const buckets: number[] = [];
    for (let ms = 0; ms <= delayMsMax; ms++) {
      if (this.delays[ms] === 0) continue;
      const bucket = Math.floor(ms / bucketMs);
      while (buckets.length <= bucket) buckets.push(0);
      buckets[bucket] = buckets[bucket]! + this.delays[ms]!;
    }
    return buckets;
  }
}
