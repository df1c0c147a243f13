/** How long peers stay and stay away. */
import type { RandomStream } from '../clock/random.ts';

/**
 * A distribution of lengths of time. Measured session lengths have heavy tails.
 * @see Stutzbach and Rejaie 2006, "Understanding Churn in Peer-to-Peer Networks" (Weibull sessions)
 */
export type Lengths =
  | { readonly kind: 'constant'; readonly ms: number }
  | { readonly kind: 'exponential'; readonly meanMs: number }
  | { readonly kind: 'weibull'; readonly scaleMs: number; readonly shape: number }
  | { readonly kind: 'pareto'; readonly minMs: number; readonly shape: number }
  | { readonly kind: 'lognormal'; readonly medianMs: number; readonly sigma: number };

export interface ChurnSettings {
  /** Share of the peers that come and go; the others stay. */
  readonly share: number;
  readonly session: Lengths;
  readonly absence: Lengths;
}

/** No session is shorter: a peer that starts does at least something. */
const shortestMs = 1;

export function drawLengthMs(lengths: Lengths, random: RandomStream): number {
  return Math.max(shortestMs, draw(lengths, random));
}

function draw(lengths: Lengths, random: RandomStream): number {
  switch (lengths.kind) {
    case 'constant':
      return lengths.ms;
    case 'exponential':
      return random.exponential(lengths.meanMs);
    case 'weibull':
      return lengths.scaleMs * (-Math.log(1 - random.unit())) ** (1 / lengths.shape);
    case 'pareto':
      return lengths.minMs / (1 - random.unit()) ** (1 / lengths.shape);
    case 'lognormal':
      return lengths.medianMs * Math.exp(lengths.sigma * random.normal());
  }
}

/** Clock errors of peers, ms: normal around zero, as of machines that a time service keeps. */
export function drawSkewsMs(peerCount: number, deviationMs: number, random: RandomStream): Float64Array {
  return Float64Array.from({ length: peerCount }, () => Math.round(random.normal() * deviationMs));
}
