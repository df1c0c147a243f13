/** Count ballots by a rule: facts in, outcome out, the same on every machine. */

import type { Ballot, DecisionRecord } from './records.ts';
import { schulzeWinners } from './schulze.ts';

export type Tally =
  | { readonly type: 'decided'; readonly option: string }
  /** The leader may choose among these. */
  | { readonly type: 'tied'; readonly options: readonly string[] }
  /** `missed`: enough voted, no option reached the threshold. */
  | { readonly type: 'undecided'; readonly reason: 'missed' | 'too-few-ballots' };

/** One ballot per voter, in the order of the voters; who has none, abstained or voted twice is left out. */
export function tally(decision: DecisionRecord, ballots: readonly Ballot[]): Tally {
  const counted = decision.voters.flatMap((voter) => {
    const ballot = ballots.find((candidate) => candidate.voter === voter.did);
    return ballot === undefined ? [] : [{ choice: ballot.choice, weight: voter.weight }];
  });
  switch (decision.rule.method) {
    case 'approval':
    case 'ranked':
      return compare(decision, counted);
    default:
      return reach(decision, counted);
  }
}

interface Counted {
  readonly choice: readonly string[];
  readonly weight: number;
}

/** Rules with a threshold over all voters: at most one option can reach it. */
function reach(decision: DecisionRecord, ballots: readonly Counted[]): Tally {
  const byHead = decision.rule.method !== 'weighted';
  const total = sum(decision.voters.map((voter) => (byHead ? 1 : voter.weight)));
  const support = decision.options.map((option) =>
    sum(ballots.filter(({ choice }) => choice[0] === option).map(({ weight }) => (byHead ? 1 : weight))),
  );
  const winner = support.findIndex((count) => reaches(decision, count, total));
  if (winner >= 0) return { type: 'decided', option: decision.options[winner]! };
  const cast = sum(ballots.map(({ weight }) => (byHead ? 1 : weight)));
  return 2 * cast > total ? tieOrMissed(decision, support) : { type: 'undecided', reason: 'too-few-ballots' };
}

/** Only for simple thresholds can a leader's word replace what is missing: half against half. */
function tieOrMissed(decision: DecisionRecord, support: readonly number[]): Tally {
  const best = Math.max(...support);
  const leading = decision.options.filter((_, i) => support[i] === best);
  const isSimple = decision.rule.method === 'majority' || decision.rule.method === 'weighted';
  if (isSimple && best > 0 && leading.length > 1) return { type: 'tied', options: leading };
  return { type: 'undecided', reason: 'missed' };
}

function reaches(decision: DecisionRecord, count: number, total: number): boolean {
  const { rule } = decision;
  switch (rule.method) {
    case 'supermajority':
      return count * rule.denominator >= total * rule.numerator && 2 * count > total;
    case 'unanimity':
      return count === total;
    default:
      return 2 * count > total;
  }
}

/** Rules that compare among the ballots cast, once more than half of the weight has voted. */
function compare(decision: DecisionRecord, ballots: readonly Counted[]): Tally {
  const cast = ballots.filter(({ choice }) => choice.length > 0);
  const total = sum(decision.voters.map((voter) => voter.weight));
  if (2 * sum(cast.map(({ weight }) => weight)) <= total)
    return { type: 'undecided', reason: 'too-few-ballots' };
  const winners =
    decision.rule.method === 'approval'
      ? mostApproved(decision.options, cast)
      : schulzeWinners(
          decision.options,
          cast.map(({ choice, weight }) => ({ ranking: choice, weight })),
        );
  return winners.length === 1 ? { type: 'decided', option: winners[0]! } : { type: 'tied', options: winners };
}

function mostApproved(options: readonly string[], ballots: readonly Counted[]): string[] {
  const approval = options.map((option) =>
    sum(ballots.filter(({ choice }) => choice.includes(option)).map(({ weight }) => weight)),
  );
  const best = Math.max(...approval);
  return options.filter((_, i) => approval[i] === best);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
