/**
 * The bodies of a coalition's messages, as raw zod shapes for the message table, and the outcome record. Work inside
 * a coalition speaks the contract net's words: `award`, `progress`, `result`, `failure`, `decline` and `review`.
 */
import * as z from 'zod';
import type { Did, MessageId } from '../brand.ts';
import { amountSchema } from '../budget/amount.ts';
import { type SignatureDomain, signingBytes } from '../canonical.ts';
import { didField, fencingField, taskField } from '../contract-net/bodies.ts';
import * as f from '../message-fields.ts';
import type { SignatureClaim } from '../signing.ts';

/** Judgement: above this a team needs teams inside. A Byzantine roster has at most 31 seats. */
export const coalitionSizeMax = 31;
export const itemsMax = 16;

const coalition = { coalition: taskField };

/** A part of the work: one needed skill. */
export const itemSchema = z.strictObject({
  task: taskField,
  skill: f.line.min(1),
  content: f.content.optional(),
});

export const memberSchema = z.strictObject({
  agent: didField,
  skills: z.array(f.line).max(64),
  /** For the choice of a coordinator. */
  context: f.share,
  reputation: f.share,
});

export const coalitionBodies = {
  /** From the asker: an invitation, or a new roster. From a member: its claim to coordinate in a new term. */
  invite: {
    ...coalition,
    goal: f.text,
    items: z.array(itemSchema).min(1).max(itemsMax),
    /** Grows with every change of the roster; only the asker changes it. */
    version: f.count.min(1),
    members: z.array(memberSchema).max(coalitionSizeMax),
    /** Zero while the team is forming. */
    term: f.count,
    coordinator: didField.optional(),
    asker: didField,
    /** Items whose results the asker has accepted. */
    accepted: z.array(taskField).max(itemsMax),
    /** What the receiver may spend. */
    grant: amountSchema,
    /** 0 for a coalition of agents, 1 for one inside that, and so on. */
    depth: f.count,
    leaseMs: f.durationMs.min(1),
    /** A holder that beats but reports nothing for so long loses its item. */
    itemMs: f.durationMs.min(1),
    endsAt: f.unixMs,
  },
  accept: { ...coalition, version: f.count.min(1) },
  /** The asker's verdict on a result: taken, or sent back to be done again. */
  review: {
    of: taskField,
    fencing: fencingField,
    verdict: z.enum(['accept', 'change']),
    content: f.content.optional(),
  },
  dissolve: { ...coalition, reason: f.line, outcome: f.jsonObject.optional() },
} as const;

type Bodies = {
  [Type in keyof typeof coalitionBodies]: z.infer<z.ZodObject<(typeof coalitionBodies)[Type]>>;
};
export type Invite = Readonly<Bodies['invite']>;
export type AcceptInvite = Readonly<Bodies['accept']>;
export type Review = Readonly<Bodies['review']>;
export type Dissolve = Readonly<Bodies['dissolve']>;
export type WorkItem = Readonly<z.infer<typeof itemSchema>>;
export type CoalitionMember = Readonly<z.infer<typeof memberSchema>>;

/** What became of a coalition, signed by its asker: the evidence that reputation and the playbook learn from. */
export const outcomeSchema = z.strictObject({
  record: z.literal('team-outcome'),
  mesh: f.name,
  coalition: taskField,
  asker: didField,
  goal: f.text,
  kind: z.enum(['result', 'partial', 'failure', 'void']),
  reason: f.line,
  members: z.array(didField).max(coalitionSizeMax),
  coordinators: z.array(didField).max(64),
  items: z
    .array(
      z.strictObject({
        task: taskField,
        skill: f.line,
        agent: didField.optional(),
        fencing: f.count,
        quality: f.share.optional(),
        /** Why an accepted result is not all that was asked for, for example `over-budget`. */
        shortfall: f.line.optional(),
      }),
    )
    .max(itemsMax),
  spent: amountSchema,
  startedAt: f.unixMs,
  at: f.unixMs,
  sig: z.string().regex(/^[A-Za-z0-9_-]{86}$/),
});
export type Outcome = Readonly<z.infer<typeof outcomeSchema>>;
export type UnsignedOutcome = Omit<Outcome, 'sig'>;

export const outcomeDomain: SignatureDomain = 'amp/1/team-outcome';

export function outcomeSignature(record: Outcome): SignatureClaim {
  return { signer: record.asker as Did, bytes: signingBytes(outcomeDomain, record), sig: record.sig };
}

export type { Did, MessageId };
