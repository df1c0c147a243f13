/** Amounts of what agents consume: the unit in which budgets are granted, split, spent and returned. */
import { z } from 'zod';

/** No amount may reach 2^52, so that the sum of two is still exact. */
export const amountMax = 2 ** 52 - 1;

const count = z.int().min(0).max(amountMax);

/**
 * What was spent, granted or asked for. `timeMs` is agent time (the sum over workers), not time on the wall:
 * so all three add up across a team. `moneyMicros` is in millionths of the mesh's currency.
 */
export const amountSchema = z.strictObject({ tokens: count, moneyMicros: count, timeMs: count });

/** Limits; an absent one is no limit. */
export const ceilingSchema = z.strictObject({
  tokens: count.optional(),
  moneyMicros: count.optional(),
  timeMs: count.optional(),
});

export type Amount = Readonly<z.infer<typeof amountSchema>>;
export type Ceiling = Readonly<z.infer<typeof ceilingSchema>>;

export const amountKinds = ['tokens', 'moneyMicros', 'timeMs'] as const;
export type AmountKind = (typeof amountKinds)[number];

export const nothing: Amount = Object.freeze({ tokens: 0, moneyMicros: 0, timeMs: 0 });

export function addAmounts(a: Amount, b: Amount): Amount {
  return mapAmount((kind) => a[kind] + b[kind]);
}

/** `a - b`, never below zero. */
export function subtractAmounts(a: Amount, b: Amount): Amount {
  return mapAmount((kind) => Math.max(0, a[kind] - b[kind]));
}

/** The smaller of the two, kind by kind. */
export function capAmount(amount: Amount, ceiling: Ceiling): Amount {
  return mapAmount((kind) => Math.min(amount[kind], ceiling[kind] ?? amountMax));
}

/** Whether no kind of `amount` is above the ceiling. */
export function fitsCeiling(amount: Amount, ceiling: Ceiling): boolean {
  return amountKinds.every((kind) => amount[kind] <= (ceiling[kind] ?? amountMax));
}

export function sumAmounts(amounts: readonly Amount[]): Amount {
  return amounts.reduce(addAmounts, nothing);
}

/** Build an amount kind by kind. */
export function mapAmount(value: (kind: AmountKind) => number): Amount {
  return { tokens: value('tokens'), moneyMicros: value('moneyMicros'), timeMs: value('timeMs') };
}
