/** May a member form a coalition inside its own? A plan without state: the answer is the inner team's limits. */
import { type Amount, type Ceiling, fitsCeiling } from '../budget/amount.ts';

/**
 * Coalitions around one another, the outermost among them. Deeper nesting hides who answers for what. Measured (the
 * `enterprise` scenario, 1,000 agents): three deep takes teams of ten and 28 messages an agent, four deep teams of
 * four and 12.
 */
export const nestingDepthMax = 4;

export type NestingPlan =
  | { readonly allowed: true; readonly depth: number; readonly budget: Ceiling; readonly endsAt: number }
  | { readonly allowed: false; readonly reason: 'too-deep' | 'over-budget' | 'no-time' };

/**
 * The inner coalition's budget comes out of the member's own grant, and it ends a lease before the outer one, so
 * that its result can still be handed in.
 */
export function planNesting(facts: {
  readonly outerDepth: number;
  readonly outerEndsAt: number;
  readonly leaseMs: number;
  /** What the member's ledger has left. */
  readonly available: Amount;
  readonly wanted: Amount;
  readonly atMs: number;
}): NestingPlan {
  const depth = facts.outerDepth + 1;
  const endsAt = facts.outerEndsAt - facts.leaseMs;
  if (depth >= nestingDepthMax) return { allowed: false, reason: 'too-deep' };
  if (!fitsCeiling(facts.wanted, facts.available)) return { allowed: false, reason: 'over-budget' };
  if (endsAt <= facts.atMs) return { allowed: false, reason: 'no-time' };
  return { allowed: true, depth, budget: facts.wanted, endsAt };
}
