/** The bodies of a handoff's messages, as raw zod shapes for the message table. */
import * as z from 'zod';
import { amountSchema } from '../budget/amount.ts';
import { didField, fencingField, taskField } from '../contract-net/bodies.ts';
import * as f from '../message-fields.ts';
import { contextEntrySchema } from './filter-context.ts';

/** Sources: the patterns literature's bound on handoffs of one task. */
export const handoffsMax = 10;

const handoffKey = { task: taskField, handoff: taskField };

export const handoffBodies = {
  /** Offer the task; the work stays with the sender until it has confirmed. */
  handoff: {
    ...handoffKey,
    content: f.content,
    /** Everything the sender knows, or what the filter kept. */
    full: z.boolean(),
    entries: z.array(contextEntrySchema).max(256),
    /** Everyone who has held the task, oldest first, the sender last. */
    path: z
      .array(didField)
      .min(1)
      .max(handoffsMax + 1),
    fencing: fencingField,
    grant: amountSchema,
    /** Without an answer by then the sender takes the task back. */
    answerBy: f.unixMs,
  },
  /** `accept` or `refuse` from the receiver; then `confirm` from the sender, or `rollback` from either side. */
  handoff_response: {
    ...handoffKey,
    answer: z.enum(['accept', 'refuse', 'confirm', 'rollback']),
    reason: f.line.optional(),
  },
} as const;

type Bodies = { [Type in keyof typeof handoffBodies]: z.infer<z.ZodObject<(typeof handoffBodies)[Type]>> };
export type Handoff = Readonly<Bodies['handoff']>;
export type HandoffResponse = Readonly<Bodies['handoff_response']>;
