/** Which bids may win, and which of them is best. No state: bids in, order out. */
import type { Did, Sha256 } from '../brand.ts';
import { amountKinds, fitsCeiling } from '../budget/amount.ts';
import { compareText } from '../bytes.ts';
import type { Cfp, Offer } from './bodies.ts';

export interface RankedBid {
  readonly bidder: Did;
  readonly hash: Sha256;
  readonly offer: Offer;
  /** 0 to 1, from signed outcomes; 0.5 for a stranger. */
  readonly reputation: number;
}

export type UnfitReason = 'over-budget' | 'missing-skill' | 'low-confidence';

/** Why the offer cannot win this call; `undefined` when it can. */
export function findUnfitReason(cfp: Cfp, offer: Offer): UnfitReason | undefined {
  if (!fitsCeiling(offer.cost, cfp.ceiling)) return 'over-budget';
  if (!cfp.skills.every((skill) => offer.skills.includes(skill))) return 'missing-skill';
  if (offer.confidence < cfp.minConfidence) return 'low-confidence';
  return undefined;
}

/**
 * Fit bids, best first. Ties fall to the higher reputation, then to the hash of the bid.
 * Cost and time count relative to the dearest fit bid, so that no unit outweighs another by its size.
 */
export function rankBids(cfp: Cfp, bids: readonly RankedBid[]): readonly RankedBid[] {
  const fit = bids.filter((bid) => findUnfitReason(cfp, bid.offer) === undefined);
  const score = scoreBy(cfp, fit);
  return fit
    .map((bid) => ({ bid, score: score(bid) }))
    .sort(
      (a, b) =>
        b.score - a.score || b.bid.reputation - a.bid.reputation || compareText(a.bid.hash, b.bid.hash),
    )
    .map((entry) => entry.bid);
}

function scoreBy(cfp: Cfp, fit: readonly RankedBid[]): (bid: RankedBid) => number {
  const maxima = new Map(
    amountKinds.map((kind) => [kind, Math.max(1, ...fit.map((b) => b.offer.cost[kind]))]),
  );
  const thrift = (bid: RankedBid) =>
    1 -
    (bid.offer.cost.tokens / maxima.get('tokens')! +
      bid.offer.cost.moneyMicros / maxima.get('moneyMicros')!) /
      2;
  const speed = (bid: RankedBid) => 1 - bid.offer.cost.timeMs / maxima.get('timeMs')!;
  const quality = (bid: RankedBid) => bid.offer.quality * bid.offer.confidence * bid.reputation;
  const weights = cfp.criteria.weights ?? { cost: 1, time: 1, quality: 1 };
  switch (cfp.criteria.rule) {
    case 'cost':
      return thrift;
    case 'time':
      return speed;
    case 'quality':
      return quality;
    case 'weighted':
      return (bid) => weights.cost * thrift(bid) + weights.time * speed(bid) + weights.quality * quality(bid);
  }
}
