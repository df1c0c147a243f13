/**
 * How long a packet takes from one peer to another, or that it never arrives.
 *
 * A link's base latency is a hash of its two ends, so that a million peers need no memory for their links and
 * the latency does not depend on which message crossed first. Jitter and loss are drawn per packet.
 */
import { hashPair, type RandomStream } from '../clock/random.ts';
import { ticksPerMs } from '../clock/ticks.ts';
import type { PeerPlaces } from './places.ts';

/** A packet that never arrives. */
export const lost = -1;

export interface LinkModel {
  /** Ticks until a packet of `bytes` sent now arrives, at least 1, or {@link lost}. */
  delayTicks(from: number, to: number, bytes: number, nowTick: number): number;
}

/** Base latency of a link, in ms, one way. */
export type Latency =
  | { readonly kind: 'constant'; readonly ms: number }
  | { readonly kind: 'uniform'; readonly minMs: number; readonly maxMs: number }
  | {
      readonly kind: 'normal';
      readonly meanMs: number;
      readonly deviationMs: number;
      readonly minMs?: number;
    }
  /** `sigma` is the deviation of the logarithm. */
  | { readonly kind: 'lognormal'; readonly medianMs: number; readonly sigma: number }
  /** Heavy tail: P(X > x) = (minMs / x)^shape. */
  | { readonly kind: 'pareto'; readonly minMs: number; readonly shape: number; readonly maxMs?: number }
  /** `ms[a][b]` between the regions of the two peers. */
  | { readonly kind: 'regions'; readonly ms: readonly (readonly number[])[] }
  /** Great-circle distance over the speed of light in fibre, plus a fixed cost of both access lines. */
  | { readonly kind: 'geographic'; readonly accessMs: number };

export interface LinkSettings {
  readonly latency: Latency;
  /**
   * Each packet takes longer than the base by a uniform share of it, up to this one. The base is the way; what
   * varies is the queueing on it, so jitter never makes a packet early. Default 0.
   */
  readonly jitterShare?: number;
  /** Share of packets that vanish, 0 to 1. Default 0. */
  readonly lossShare?: number;
  /** Each peer's uplink, bytes per second, packets in a queue. Default none. */
  readonly uplinkBytesPerSecond?: number;
}

/** Share of the speed of light in fibre, with the detours of real cables: about 100 km per ms one way. */
const fibreKmPerMs = 100;
/** Entries of the table that turns a link's hash into a quantile of a distribution. */
const quantileCount = 4096;

/**
 * @param places needed by `regions` and `geographic` latencies.
 * @throws RangeError when the latency needs places and there are none.
 */
export function createLinkModel(
  settings: LinkSettings,
  random: RandomStream,
  peerCount: number,
  places?: PeerPlaces,
): LinkModel {
  const base = createBaseLatency(settings.latency, random.uint32() | 0, places);
  const jitterTicks = (settings.jitterShare ?? 0) * ticksPerMs;
  const loss = settings.lossShare ?? 0;
  const jitterRandom = random.split('jitter');
  const lossRandom = random.split('loss');
  const uplink = createUplink(settings.uplinkBytesPerSecond, peerCount);
  return {
    delayTicks(from, to, bytes, nowTick) {
      if (loss > 0 && lossRandom.unit() < loss) return lost;
      const baseMs = base(from, to);
      let ticks = baseMs * ticksPerMs;
      if (jitterTicks > 0) ticks += baseMs * jitterTicks * jitterRandom.unit();
      if (uplink !== undefined) ticks += uplink(from, bytes, nowTick);
      return ticks < 1 ? 1 : Math.round(ticks);
    },
  };
}

type BaseLatency = (from: number, to: number) => number;

function createBaseLatency(latency: Latency, seed: number, places: PeerPlaces | undefined): BaseLatency {
  const hash = (from: number, to: number) =>
    from < to ? hashPair(seed, from, to) : hashPair(seed, to, from);
  switch (latency.kind) {
    case 'constant':
      return () => latency.ms;
    case 'uniform': {
      const scale = (latency.maxMs - latency.minMs) * 2 ** -32;
      return (from, to) => latency.minMs + hash(from, to) * scale;
    }
    case 'normal':
    case 'lognormal':
    case 'pareto': {
      const table = tabulate(latency);
      return (from, to) => table[hash(from, to) >>> 20]!;
    }
    case 'regions': {
      const { regions } = requirePlaces(places, latency.kind);
      const size = latency.ms.length;
      const flat = Float64Array.from(latency.ms.flat());
      return (from, to) => flat[regions[from]! * size + regions[to]!]!;
    }
    case 'geographic': {
      const at = requirePlaces(places, latency.kind);
      return (from, to) => latency.accessMs + at.distanceKm(from, to) / fibreKmPerMs;
    }
  }
}

function requirePlaces(places: PeerPlaces | undefined, kind: string): PeerPlaces {
  if (places === undefined) throw new RangeError(`${kind} latency needs the peers' places`);
  return places;
}

/** Queueing delay behind the packets that the peer sent before, in ticks. */
function createUplink(
  bytesPerSecond: number | undefined,
  peerCount: number,
): ((from: number, bytes: number, nowTick: number) => number) | undefined {
  if (bytesPerSecond === undefined) return undefined;
  const freeAt = new Float64Array(peerCount);
  const ticksPerByte = (1000 * ticksPerMs) / bytesPerSecond;
  return (from, bytes, nowTick) => {
    const start = Math.max(freeAt[from]!, nowTick);
    freeAt[from] = start + bytes * ticksPerByte;
    return freeAt[from]! - nowTick;
  };
}

type Tabulated = Extract<Latency, { kind: 'normal' | 'lognormal' | 'pareto' }>;

/** Quantiles at the middles of equal shares of probability. */
function tabulate(latency: Tabulated): Float64Array {
  const table = new Float64Array(quantileCount);
  for (let i = 0; i < quantileCount; i++)
    table[i] = Math.max(0.1, quantile(latency, (i + 0.5) / quantileCount));
  return table;
}

function quantile(latency: Tabulated, share: number): number {
  switch (latency.kind) {
    case 'normal':
      return Math.max(latency.minMs ?? 0.1, latency.meanMs + latency.deviationMs * normalQuantile(share));
    case 'lognormal':
      return latency.medianMs * Math.exp(latency.sigma * normalQuantile(share));
    case 'pareto':
      return Math.min(latency.maxMs ?? 60_000, latency.minMs / (1 - share) ** (1 / latency.shape));
  }
}

/** Inverse of the normal distribution by bisection of its integral; only tables use it. */
export function normalQuantile(share: number): number {
  let low = -9;
  let high = 9;
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (normalShare(middle) < share) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** Share of a standard normal below `x`: the series of the error integral (Marsaglia 2004, section 3). */
export function normalShare(x: number): number {
  if (x < -8) return 0;
  if (x > 8) return 1;
  let sum = x;
  let term = x;
  for (let i = 3; sum + term !== sum; i += 2) {
    term *= (x * x) / i;
    sum += term;
  }
  return 0.5 + (sum * Math.exp(-0.5 * x * x)) / Math.sqrt(2 * Math.PI);
}
