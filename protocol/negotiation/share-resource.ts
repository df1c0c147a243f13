/**
 * Who gets a scarce resource, and what do the others get for it? Bids state utility; the winners pay what their
 * winning costs the others, and most of that is paid out again, so that losing is compensated.
 *
 * Truth is the best bid whatever the others do: payment and rebate of an agent never depend on its own bid. The
 * rebates never exceed the payments, and what is left over is burnt (a credit in nobody's favour).
 * @see Vickrey 1961, Clarke 1971, Groves 1973; R. Cavallo, Optimal decision-making with minimal waste, 2006
 */
import type { Did } from '../brand.ts';
import { compareText } from '../bytes.ts';

export interface UtilityBid {
  readonly agent: Did;
  /** What one unit is worth to it, in whole credits. */
  readonly utility: number;
}

export interface ResourceShare {
  readonly agent: Did;
  readonly wins: boolean;
  readonly pays: number;
  /** Its part of what the winners pay: the compensation of those who lose. */
  readonly rebate: number;
}

/** `units` identical units, at most one each. Ties go to the smaller DID. Shares come in the order of rank. */
export function shareResource(bids: readonly UtilityBid[], units: number): readonly ResourceShare[] {
  const ranked = [...bids].sort((a, b) => b.utility - a.utility || compareText(a.agent, b.agent));
  const price = ranked[units]?.utility ?? 0;
  return ranked.map(({ agent }, rank) => {
    const others = ranked.filter((bid) => bid.agent !== agent);
    // What the others would pay among themselves: `units` times the first price that loses.
    const revenueWithout = Math.min(units, others.length) * (others[units]?.utility ?? 0);
    const wins = rank < units;
    return { agent, wins, pays: wins ? price : 0, rebate: Math.floor(revenueWithout / ranked.length) };
  });
}
