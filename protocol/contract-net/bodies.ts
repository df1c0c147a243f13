/**
 * The bodies of the contract net's messages, one schema each. The envelope around them (sender, id, time,
 * signature) is not repeated here. A machine receives a body only after schema and signature were checked.
 * @see FIPA Contract Net Interaction Protocol, SC00029H, 2002
 */
import { z } from 'zod';
import type { Did, Sha256 } from '../brand.ts';
import { amountSchema, ceilingSchema } from '../budget/amount.ts';
import { didPattern } from '../did.ts';

/** Judgement: a list of bids of this length fits a 64 KiB message with room to spare. */
export const bidsPerCallMax = 256;
/** Judgement: more skills than this is not one task. */
export const skillsPerCallMax = 16;
/** Judgement: larger content goes into a blob. */
export const contentLengthMax = 16_384;

/** Typed as a branded DID; at run time a plain string schema, so that JSON Schema can be derived. */
export const didSchema = z.string().regex(didPattern) as unknown as z.ZodType<Did>;
export const hashSchema = z.string().regex(/^[0-9a-f]{64}$/) as unknown as z.ZodType<Sha256>;
/** Chosen by the asker; (asker, task) names one contract. */
export const taskSchema = z.string().min(1).max(64);
export const timeSchema = z.int().min(0);
export const shareSchema = z.number().min(0).max(1);
const skillSchema = z.string().min(1).max(128);
export const skillsSchema = z.array(skillSchema).max(skillsPerCallMax);
export const reasonSchema = z.string().min(1).max(512);
export const contentSchema = z.string().max(contentLengthMax);
/** Grows with each award of a task: no result with a lower one is accepted. */
export const fenceSchema = z.int().min(1);

export const cfpBody = z.strictObject({
  task: taskSchema,
  content: contentSchema,
  skills: skillsSchema,
  criteria: z.strictObject({
    rule: z.enum(['cost', 'time', 'quality', 'weighted']),
    /** For `weighted`; they need not sum to one. */
    weights: z.strictObject({ cost: shareSchema, time: shareSchema, quality: shareSchema }).optional(),
  }),
  ceiling: ceilingSchema,
  confidenceMin: shareSchema,
  /** The first so many bids are taken; a loser beyond them cannot claim omission. */
  bidsMax: z.int().min(1).max(bidsPerCallMax),
  /** Bids arrive before this moment of the asker's clock. */
  deadlineAt: timeSchema,
  /** Present when bids are sealed: openings arrive before this moment. */
  openUntil: timeSchema.optional(),
  /** A winner silent for longer loses the award. */
  leaseMs: z.int().min(1),
  /** The asker gives up at this moment. */
  endsAt: timeSchema,
});

export const offerSchema = z.strictObject({
  /** What the bidder asks for; `timeMs` is its promise of duration. */
  cost: amountSchema,
  /** Expected quality of the result. */
  quality: shareSchema,
  /** How sure the bidder is that it will deliver. */
  confidence: shareSchema,
  skills: skillsSchema,
  plan: contentSchema.optional(),
});

/** A bid is open, or sealed first (a commitment) and opened after the deadline. */
export const bidBody = z.discriminatedUnion('form', [
  z.strictObject({ form: z.literal('open'), task: taskSchema, offer: offerSchema }),
  z.strictObject({ form: z.literal('sealed'), task: taskSchema, commitment: hashSchema }),
  z.strictObject({
    form: z.literal('opening'),
    task: taskSchema,
    offer: offerSchema,
    nonce: z.string().min(16).max(64),
  }),
]);

export const refuseBody = z.strictObject({ task: taskSchema, reason: reasonSchema });

/** Goes to every bidder: to the winner as its award, to the others as the news that they lost. */
export const awardBody = z.strictObject({
  task: taskSchema,
  fence: fenceSchema,
  winner: didSchema,
  /** {@link hashBid} of the winning bid. */
  bid: hashSchema,
  /** Every bid seen before the deadline, by bidder. */
  bids: z.array(z.strictObject({ bidder: didSchema, bid: hashSchema })).max(bidsPerCallMax),
  /** Moved out of the asker's ledger. */
  grant: amountSchema,
});

/** A winner turns its award down. */
export const declineBody = z.strictObject({ task: taskSchema, fence: fenceSchema, reason: reasonSchema });

export const progressBody = z.strictObject({
  task: taskSchema,
  fence: fenceSchema,
  share: shareSchema,
  note: reasonSchema.optional(),
});

export const partialBody = z.strictObject({ task: taskSchema, fence: fenceSchema, content: contentSchema });

export const resultBody = z.strictObject({
  task: taskSchema,
  fence: fenceSchema,
  content: contentSchema,
  spent: amountSchema,
  /** False when the work stopped early; then `reason` says why (for example `over-budget`). */
  complete: z.boolean(),
  reason: reasonSchema.optional(),
});

export const failureBody = z.strictObject({
  task: taskSchema,
  fence: fenceSchema,
  reason: reasonSchema,
  spent: amountSchema,
});

/** The asker ends the contract for whoever receives it. */
export const cancelBody = z.strictObject({
  task: taskSchema,
  reason: z.enum(['done', 'withdrawn', 'no-award', 'failed', 'expired']),
});

export type Cfp = Readonly<z.infer<typeof cfpBody>>;
export type Offer = Readonly<z.infer<typeof offerSchema>>;
export type Bid = Readonly<z.infer<typeof bidBody>>;
export type Refuse = Readonly<z.infer<typeof refuseBody>>;
export type Award = Readonly<z.infer<typeof awardBody>>;
export type Decline = Readonly<z.infer<typeof declineBody>>;
export type Progress = Readonly<z.infer<typeof progressBody>>;
export type Partial = Readonly<z.infer<typeof partialBody>>;
export type Result = Readonly<z.infer<typeof resultBody>>;
export type Failure = Readonly<z.infer<typeof failureBody>>;
export type Cancel = Readonly<z.infer<typeof cancelBody>>;
