/**
 * How much care a decision deserves. Operational: one majority ballot, no debate. Tactical: two thirds, else three
 * rounds of debate, then the weight decides. Strategic: five rounds, then a person, with no deadline.
 */
import type { Outcome } from './decision-certificate.ts';
import type { DecisionRule } from './records.ts';

export const tiers = ['operational', 'tactical', 'strategic'] as const;
export type Tier = (typeof tiers)[number];

/** What was done so far, oldest first. */
export type TierEvent =
  | { readonly type: 'ballot-closed'; readonly rule: DecisionRule['method']; readonly outcome: Outcome }
  | { readonly type: 'debate-ended'; readonly converged: string | undefined };

export type TierStep =
  | { readonly type: 'open-ballot'; readonly rule: DecisionRule }
  | { readonly type: 'open-debate'; readonly roundCount: number }
  /** Hand the options and opinions to a person; nothing happens until the answer comes. */
  | { readonly type: 'ask-person'; readonly why: string }
  | { readonly type: 'finish'; readonly outcome: Outcome };

export const debateRounds = { operational: 0, tactical: 3, strategic: 5 } as const satisfies Record<
  Tier,
  number
>;

/** Facts in, next step out. */
export function planTier(tier: Tier, past: readonly TierEvent[]): TierStep {
  switch (tier) {
    case 'operational':
      return planOperational(past);
    case 'tactical':
      return planTactical(past);
    case 'strategic':
      return planStrategic(past);
  }
}

function planOperational(past: readonly TierEvent[]): TierStep {
  const closed = past.find((event) => event.type === 'ballot-closed');
  if (closed === undefined) return { type: 'open-ballot', rule: { method: 'majority' } };
  return { type: 'finish', outcome: closed.outcome };
}

function planTactical(past: readonly TierEvent[]): TierStep {
  const first = past.find((event) => event.type === 'ballot-closed');
  if (first === undefined) {
    return { type: 'open-ballot', rule: { method: 'supermajority', numerator: 2, denominator: 3 } };
  }
  if (first.outcome.type === 'decided') return { type: 'finish', outcome: first.outcome };
  const debate = past.find((event) => event.type === 'debate-ended');
  if (debate === undefined) return { type: 'open-debate', roundCount: debateRounds.tactical };
  if (debate.converged !== undefined) return finishOn(debate.converged);
  const weighted = past.find((event) => event.type === 'ballot-closed' && event.rule === 'weighted');
  if (weighted?.type !== 'ballot-closed') return { type: 'open-ballot', rule: { method: 'weighted' } };
  if (weighted.outcome.type === 'decided') return { type: 'finish', outcome: weighted.outcome };
  return { type: 'ask-person', why: 'neither two thirds, nor debate, nor weight decided' };
}

function planStrategic(past: readonly TierEvent[]): TierStep {
  const debate = past.find((event) => event.type === 'debate-ended');
  if (debate === undefined) return { type: 'open-debate', roundCount: debateRounds.strategic };
  const why =
    debate.converged === undefined ? 'the debate did not converge' : 'the debate converged: confirm';
  return { type: 'ask-person', why };
}

function finishOn(option: string): TierStep {
  return { type: 'finish', outcome: { type: 'decided', option } };
}
