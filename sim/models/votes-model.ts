/** Groups that vote on what is true, with errors that are independent or shared, by the tally that ships. */
import {
  type Ballot,
  type DecisionRecord,
  type DecisionRule,
  tally,
} from '../../protocol/decisions/index.ts';
import { RunDigest } from '../clock/digest.ts';
import { RandomStream } from '../clock/random.ts';
import type { RunResult, ScenarioModel } from '../scenario/model.ts';
import { integer, optional, required, share } from '../scenario/shape.ts';

interface VotesScenario {
  readonly voters: number;
  readonly options: number;
  readonly competence: number;
  readonly correlation: number;
  readonly elections: number;
  readonly rule: 'majority' | 'supermajority' | 'plurality' | 'ranked';
  readonly liarShare?: number;
}

export const votesModel: ScenarioModel = {
  name: 'votes',
  about: 'votes on what is true, with independent or shared errors and with liars',
  keys: {
    voters: { ...required(integer(1, 255)), note: 'how many' },
    options: { ...required(integer(2, 32)), note: 'one of them is right' },
    competence: { ...required(share), note: 'chance that an honest voter is right' },
    correlation: {
      ...required(share),
      note: 'chance that a voter takes over the opinion that is in the air',
    },
    elections: required(integer(1, 100_000)),
    rule: required({ type: 'text', oneOf: ['majority', 'supermajority', 'plurality', 'ranked'] }),
    liarShare: { ...optional(share), note: 'voters that agree on one wrong option' },
  },
  metrics: {
    right: 'share of elections that chose the right option, 0 to 1',
    wrong: 'share of elections that chose a wrong option, 0 to 1',
    undecided: 'share of elections without an outcome, 0 to 1',
  },
  run: (settings, seed) => runVotes(settings as unknown as VotesScenario, seed),
};

function runVotes(scenario: VotesScenario, seed: number): RunResult {
  const random = RandomStream.fromSeed(seed).split('votes');
  const digest = new RunDigest();
  const counts = { right: 0, wrong: 0, undecided: 0 };
  for (let i = 0; i < scenario.elections; i++) {
    const outcome = hold(scenario, random);
    counts[outcome === undefined ? 'undecided' : outcome === 0 ? 'right' : 'wrong']++;
    digest.add(i, outcome ?? -1, scenario.voters);
  }
  const per = (count: number) => count / scenario.elections;
  return {
    metrics: { right: per(counts.right), wrong: per(counts.wrong), undecided: per(counts.undecided) },
    digest: digest.toString(),
    eventCount: scenario.elections * scenario.voters,
  };
}

/** The option chosen, 0 being the right one; undefined when there is none. */
function hold(scenario: VotesScenario, random: RandomStream): number | undefined {
  const { voters, options: optionCount, correlation, liarShare = 0 } = scenario;
  const liars = Math.round(voters * liarShare);
  const common = judge(scenario, random);
  const firsts = Array.from({ length: voters }, (_, voter) => {
    if (voter < liars) return 1;
    return random.unit() < correlation ? common : judge(scenario, random);
  });
  const options = Array.from({ length: optionCount }, (_, i) => `o${i}`);
  const choices = firsts.map((first) =>
    scenario.rule === 'ranked'
      ? [options[first]!, ...random.shuffle(options.filter((_, i) => i !== first))]
      : [options[first]!],
  );
  const decision = {
    options,
    rule: ruleOf(scenario.rule),
    voters: choices.map((_, i) => ({ did: `v${i}`, weight: 1 })),
  };
  const ballots = choices.map((choice, i) => ({ voter: `v${i}`, choice }));
  const outcome = tally(decision as unknown as DecisionRecord, ballots as unknown as readonly Ballot[]);
  return outcome.type === 'decided' ? options.indexOf(outcome.option) : undefined;
}

function judge({ competence, options }: VotesScenario, random: RandomStream): number {
  return random.unit() < competence ? 0 : 1 + random.below(options - 1);
}

/** An approval of one option alone is plurality. */
function ruleOf(rule: VotesScenario['rule']): DecisionRule {
  if (rule === 'plurality') return { method: 'approval' };
  return rule === 'supermajority' ? { method: rule, numerator: 2, denominator: 3 } : { method: rule };
}
