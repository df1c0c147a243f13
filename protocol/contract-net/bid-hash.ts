/** How bids are named by content, and how a sealed bid commits to its offer. */
import type { Did, Sha256 } from '../brand.ts';
import type { Keys } from '../ports.ts';
import { hashObject } from '../signing.ts';
import type { Bid, Offer } from './bodies.ts';

/**
 * The name of a bid in an award. A sealed bid keeps the name of its seal: opening it adds nothing to the list.
 */
export function hashBid(keys: Pick<Keys, 'hash'>, bidder: Did, bid: Bid): Sha256 {
  const named = bid.form === 'opening' ? sealedForm(keys, bidder, bid) : bid;
  return hashObject(keys, { kind: 'bid', bidder, bid: named }) as Sha256;
}

/** Binds and hides: the nonce is at least 16 random characters; bidder and task stop a seal from being copied. */
export function commitToOffer(
  keys: Pick<Keys, 'hash'>,
  facts: { bidder: Did; task: string; offer: Offer; nonce: string },
): Sha256 {
  return hashObject(keys, { kind: 'seal', ...facts }) as Sha256;
}

function sealedForm(keys: Pick<Keys, 'hash'>, bidder: Did, bid: Bid & { form: 'opening' }): Bid {
  const { task, offer, nonce } = bid;
  return { form: 'sealed', task, commitment: commitToOffer(keys, { bidder, task, offer, nonce }) };
}
