/**
 * The bodies of the contract net's messages: raw zod shapes, in the form in which the message table takes them.
 * The envelope around them (sender, id, time, signature) is not repeated. A machine receives a body only after
 * schema and signature were checked.
 * @see FIPA Contract Net Interaction Protocol, SC00029H, 2002
 */
import * as z from 'zod';
import type { Did, MessageId, Sha256 } from '../brand.ts';
import { amountSchema, ceilingSchema } from '../budget/amount.ts';
import * as f from '../message-fields.ts';

/** Judgement: a list of this many bids takes 40 KiB, well within one message. */
export const bidsPerCallMax = 256;
/** Judgement: more skills than this is not one task. */
export const skillsPerCallMax = 16;

/** Typed as branded strings; at run time plain string schemas, so that JSON Schema can be derived. */
export const didField = f.did as unknown as z.ZodType<Did>;
export const hashField = f.sha256 as unknown as z.ZodType<Sha256>;
/** Chosen by the asker; (asker, task) names one contract. */
export const taskField = f.messageId as unknown as z.ZodType<MessageId>;
/** Grows with each award of a task: no result with a lower one is accepted. */
export const fencingField = f.count.min(1);
const skills = z.array(f.line.min(1)).max(skillsPerCallMax);

const task = { task: taskField };
const fenced = { ...task, fencing: fencingField };

export const offerSchema = z.strictObject({
  /** What the bidder asks for; `timeMs` is its promise of duration. */
  cost: amountSchema,
  /** Expected quality of the result. */
  quality: f.share,
  /** How sure the bidder is that it will deliver. */
  confidence: f.share,
  skills,
  plan: f.content.optional(),
  /** How much of the task's context the bidder holds already, as it says: for the choice of a team's coordinator. */
  context: f.share.optional(),
});

export const contractBodies = {
  cfp: {
    ...task,
    content: f.content,
    skills,
    criteria: z.strictObject({
      rule: z.enum(['cost', 'time', 'quality', 'weighted']),
      /** For `weighted`; they need not sum to one. */
      weights: z.strictObject({ cost: f.share, time: f.share, quality: f.share }).optional(),
    }),
    ceiling: ceilingSchema,
    minConfidence: f.share,
    /** Present when the bids are for places in a team of up to so many: then `task` names the coalition. */
    team: f.count.min(1).optional(),
    /** The first so many bids are taken; a loser beyond them cannot claim omission. */
    bidsMax: z.int().min(1).max(bidsPerCallMax),
    /** Bids arrive before this moment of the asker's clock. */
    deadlineAt: f.unixMs,
    /** Present when bids are sealed: openings arrive before this moment. */
    openUntil: f.unixMs.optional(),
    /** A winner silent for longer loses the award. */
    leaseMs: f.durationMs.min(1),
    /** The asker gives up at this moment. */
    endsAt: f.unixMs,
  },
  /** Open: `offer`. Sealed: `seal` first, `offer` and `nonce` after the deadline. */
  bid: {
    ...task,
    offer: offerSchema.optional(),
    seal: hashField.optional(),
    nonce: z.string().min(16).max(64).optional(),
  },
  refuse: { ...task, reason: f.line },
  /** Goes to every bidder: to the winner as its award, to the others as the news that they lost. */
  award: {
    ...fenced,
    winner: didField,
    /** Hash of the winning bid. */
    bid: hashField,
    /** Every bid taken before the deadline. */
    bids: z.array(z.strictObject({ bidder: didField, bid: hashField })).max(bidsPerCallMax),
    /** Moved out of the asker's ledger. */
    grant: amountSchema,
  },
  /** A winner turns its award down. */
  decline: { ...fenced, reason: f.line },
  progress: { ...fenced, share: f.share, content: f.content.optional() },
  partial: { ...fenced, content: f.content },
  result: {
    ...fenced,
    content: f.content,
    spent: amountSchema,
    /** False when the work stopped early; then `reason` says why (for example `over-budget`). */
    complete: z.boolean(),
    reason: f.line.optional(),
  },
  failure: { ...fenced, reason: f.line, spent: amountSchema },
  /** The asker ends the contract for whoever receives it. */
  cancel: { ...task, reason: z.enum(['done', 'withdrawn', 'no-award', 'failed', 'expired']) },
} as const;

type Bodies = { [Type in keyof typeof contractBodies]: z.infer<z.ZodObject<(typeof contractBodies)[Type]>> };

export type Offer = Readonly<z.infer<typeof offerSchema>>;
export type Cfp = Readonly<Bodies['cfp']>;
export type Bid = Readonly<Bodies['bid']>;
export type Refuse = Readonly<Bodies['refuse']>;
export type Award = Readonly<Bodies['award']>;
export type Decline = Readonly<Bodies['decline']>;
export type Progress = Readonly<Bodies['progress']>;
export type Partial = Readonly<Bodies['partial']>;
export type Result = Readonly<Bodies['result']>;
export type Failure = Readonly<Bodies['failure']>;
export type Cancel = Readonly<Bodies['cancel']>;
export type Content = z.infer<typeof f.content>;
