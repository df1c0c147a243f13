/**
 * What stands between gossip and the runtime: a rate for each neighbour, a bound on messages that wait for a
 * verdict, and a deadline for it. What the gate drops is ignored, never rejected: overload is nobody's fault.
 */
import type { NodeId } from '../../protocol/brand.ts';
import type { Clock, GossipVerdict } from '../../protocol/ports.ts';
import { TokenBucket } from './token-bucket.ts';

/** Messages of one neighbour. Judgement: fifty times what fifty nodes on two cores publish together. */
const neighbourRate = { perSecond: 500, burst: 1_000 };
/** The same with the copies of what others brought already; each costs at most one signature check (0.1 ms). */
const arrivalRate = { perSecond: 1_000, burst: 2_000 };
const neighboursMax = 1_024;
const waitingCountMax = 1_024;
const waitingBytesMax = 16 * 1024 * 1024;
/** Gossipsub forgets an unjudged message after five heartbeats (5 s); a verdict is due in 100 ms. */
const verdictTimeoutMs = 2_000;

export interface GossipGateCounts {
  arrived: number;
  /** Dropped before the signature was looked at. */
  overArrivalRate: number;
  admitted: number;
  overRate: number;
  overQueue: number;
  /** Verdicts that came too late or not at all. */
  late: number;
}

export interface GossipGate {
  /** Whether a message may come in through this neighbour at all, before its signature is checked. */
  arrive(neighbour: NodeId): boolean;
  /** Whether a message of this length may come in through this neighbour now. */
  admit(neighbour: NodeId, bytes: number): boolean;
  /** Wait for the verdict on an admitted message. The answer takes it; `report` hears exactly one. */
  await(bytes: number, report: (verdict: GossipVerdict) => void): (verdict: GossipVerdict) => void;
  stop(): void;
  readonly counts: Readonly<GossipGateCounts>;
}

interface Waiting {
  readonly bytes: number;
  readonly dueAtMs: number;
  readonly report: (verdict: GossipVerdict) => void;
}

export function createGossipGate({ clock }: { readonly clock: Clock }): GossipGate {
  const neighbours = new Map<NodeId, { arrivals: TokenBucket; messages: TokenBucket }>();
  /** In the order of their deadlines, for all wait equally long. */
  const waiting = new Set<Waiting>();
  const counts: GossipGateCounts = {
    arrived: 0,
    overArrivalRate: 0,
    admitted: 0,
    overRate: 0,
    overQueue: 0,
    late: 0,
  };
  let waitingBytes = 0;
  let cancelTimer: (() => void) | undefined;

  function bucketsOf(neighbour: NodeId): { arrivals: TokenBucket; messages: TokenBucket } {
    const known = neighbours.get(neighbour);
    if (known !== undefined) return known;
    if (neighbours.size >= neighboursMax) neighbours.delete(neighbours.keys().next().value as NodeId);
    const nowMs = clock.nowMs();
    const buckets = {
      arrivals: new TokenBucket(arrivalRate, nowMs),
      messages: new TokenBucket(neighbourRate, nowMs),
    };
    neighbours.set(neighbour, buckets);
    return buckets;
  }

  function settle(entry: Waiting, verdict: GossipVerdict): boolean {
    if (!waiting.delete(entry)) return false;
    waitingBytes -= entry.bytes;
    entry.report(verdict);
    return true;
  }

  function watch(): void {
    const [first] = waiting;
    if (first === undefined || cancelTimer !== undefined) return;
    cancelTimer = clock.setTimer(first.dueAtMs, () => {
      cancelTimer = undefined;
      for (const entry of waiting) {
        if (entry.dueAtMs > clock.nowMs()) break;
        counts.late++;
        settle(entry, 'ignore');
      }
      watch();
    });
  }

  return {
    counts,
    arrive(neighbour) {
      const isInRate = bucketsOf(neighbour).arrivals.take(1, clock.nowMs());
      if (isInRate) counts.arrived++;
      else counts.overArrivalRate++;
      return isInRate;
    },
    admit(neighbour, bytes) {
      const isInRate = bucketsOf(neighbour).messages.take(1, clock.nowMs());
      const hasRoom = waiting.size < waitingCountMax && waitingBytes + bytes <= waitingBytesMax;
      if (!isInRate) counts.overRate++;
      else if (!hasRoom) counts.overQueue++;
      else counts.admitted++;
      return isInRate && hasRoom;
    },
    await(bytes, report) {
      const entry: Waiting = { bytes, dueAtMs: clock.nowMs() + verdictTimeoutMs, report };
      waiting.add(entry);
      waitingBytes += bytes;
      watch();
      return (verdict) => {
        settle(entry, verdict);
      };
    },
    stop() {
      cancelTimer?.();
      cancelTimer = undefined;
      waiting.clear();
      waitingBytes = 0;
    },
  };
}
