/** The forms of a bid, how a bid is named by content, and how a sealed one commits to its offer. */
import type { Did, MessageId, Sha256 } from '../brand.ts';
import type { Keys } from '../ports.ts';
import { hashObject } from '../signing.ts';
import type { Bid, Offer } from './bodies.ts';

export type BidForm = 'open' | 'sealed' | 'opening' | 'malformed';

export function readBidForm(bid: Bid): BidForm {
  const [offer, seal, nonce] = [bid.offer !== undefined, bid.seal !== undefined, bid.nonce !== undefined];
  if (offer && !seal) return nonce ? 'opening' : 'open';
  return seal && !offer && !nonce ? 'sealed' : 'malformed';
}

/**
 * The name of a bid in an award. A sealed bid keeps the name of its seal: opening it adds nothing to the list.
 */
export function hashBid(keys: Pick<Keys, 'hash'>, bidder: Did, bid: Bid): Sha256 {
  const { task, offer, nonce } = bid;
  const named = offer && nonce ? { task, seal: commitToOffer(keys, { bidder, task, offer, nonce }) } : bid;
  const { task: taskId, offer: openOffer, seal } = named as Bid;
  return hashObject(keys, { kind: 'bid', bidder, task: taskId, offer: openOffer, seal }) as Sha256;
}

/** Binds and hides: the nonce is at least 16 random characters; bidder and task stop a seal from being copied. */
export function commitToOffer(
  keys: Pick<Keys, 'hash'>,
  facts: { bidder: Did; task: MessageId; offer: Offer; nonce: string },
): Sha256 {
  return hashObject(keys, { kind: 'seal', ...facts }) as Sha256;
}
