/** Proofs that an asker did not keep the rules, checkable by anyone, offline, from signed objects alone. */
import type { Did } from '../brand.ts';
import type { Keys } from '../ports.ts';
import { type Attachment, attachmentSignature, type Receipts, receiptsSignature } from '../records.ts';
import { checkSignature, type SignatureClaim } from '../signing.ts';
import { hashBid, readBidForm } from './bid-hash.ts';
import type { Award, Bid, Cfp } from './bodies.ts';

/** As much of an envelope as a proof reads; its signature covers the rest. */
export interface SignedHead {
  readonly id: string;
  readonly from: string;
}

/** All that a loser needs; each part is signed by somebody else than the one who shows it, but for its own bid. */
export interface OmissionProof<Envelope extends SignedHead = SignedHead> {
  readonly cfp: Envelope & Cfp;
  readonly bid: Envelope & Bid;
  readonly award: Envelope & Award;
  /** The asker's node vouches that it had the bid. Without it a lost message would look like an omission. */
  readonly receipts: Receipts;
  /** The asker says that this node speaks for it. */
  readonly attachment: Attachment;
}

export interface EvidenceContext<Envelope extends SignedHead = SignedHead> {
  readonly keys: Pick<Keys, 'hash' | 'verify'>;
  /** The signatures that an envelope stands on (`listSignatures` of the message decoder). */
  readonly listSignatures: (envelope: Envelope) => readonly SignatureClaim[];
}

export type OmissionVerdict =
  | { readonly proven: true; readonly asker: Did; readonly bidder: Did }
  | {
      readonly proven: false;
      readonly why:
        | 'bad-signature'
        | 'other-asker'
        | 'other-task'
        | 'no-receipt'
        | 'receipt-by-a-stranger'
        | 'late-bid'
        | 'wrong-form'
        | 'call-was-full'
        | 'bid-is-listed';
    };

/**
 * Judge whether the award hides a bid that was received in time. A bid that the award lists under another hash
 * counts as hidden too: the asker changed it. The receipt's time is the receiving node's own, so an asker can
 * only shorten its own call.
 */
export function proveOmission<Envelope extends SignedHead>(
  context: EvidenceContext<Envelope>,
  proof: OmissionProof<Envelope>,
): OmissionVerdict {
  const { cfp, bid, award, receipts, attachment } = proof;
  const no = (why: (OmissionVerdict & { proven: false })['why']): OmissionVerdict => ({ proven: false, why });
  const claims = [
    ...[cfp, bid, award].flatMap((envelope) => context.listSignatures(envelope)),
    receiptsSignature(receipts),
    attachmentSignature(attachment),
  ];
  if (!claims.every((claim) => checkSignature(context.keys as Keys, claim))) return no('bad-signature');
  if (cfp.from !== award.from || attachment.agent !== cfp.from) return no('other-asker');
  if (bid.task !== cfp.task || award.task !== cfp.task) return no('other-task');
  const named = receipts.receipts.find((receipt) => receipt.id === bid.id && receipt.receiver === cfp.from);
  if (!named || named.level === 'dead') return no('no-receipt');
  if (receipts.node !== attachment.node || receipts.at >= attachment.expiresAt)
    return no('receipt-by-a-stranger');
  if (receipts.at >= cfp.deadlineAt) return no('late-bid');
  if (readBidForm(bid) !== (cfp.openUntil === undefined ? 'open' : 'sealed')) return no('wrong-form');
  if (award.bids.length >= cfp.bidsMax) return no('call-was-full');
  const hash = hashBid(context.keys, bid.from as Did, bid);
  if (award.bids.some((seen) => seen.bidder === bid.from && seen.bid === hash)) return no('bid-is-listed');
  return { proven: true, asker: award.from as Did, bidder: bid.from as Did };
}

/** Two awards of one asker with one task and one fencing number but different winners. */
export function proveDoubleAward<Envelope extends SignedHead>(
  context: EvidenceContext<Envelope>,
  first: Envelope & Award,
  second: Envelope & Award,
): boolean {
  const isOneSlot =
    first.from === second.from && first.task === second.task && first.fencing === second.fencing;
  return (
    isOneSlot &&
    (first.winner !== second.winner || first.bid !== second.bid) &&
    [first, second].every((envelope) =>
      context.listSignatures(envelope).every((claim) => checkSignature(context.keys as Keys, claim)),
    )
  );
}
