import {
  type Ballot,
  type DecisionRecord,
  type DecisionRule,
  tally,
} from '../../protocol/decisions/index.ts';
import { RandomStream } from '../clock/random.ts';
import type { Figure, Replication, Sample } from './replication.ts';

const voters = 25;
const electionsPerSeed = 500;
/** Table 1 of the source, percent. */
const published = {
  plurality: { 3: 79.1, 4: 69.4, 5: 62.1, 7: 52.0, 10: 42.6 },
  approval: { 3: 76.0, 4: 69.8, 5: 67.1, 7: 63.7, 10: 61.3 },
} as const;
const counts = [3, 4, 5, 7, 10] as const;

/** How often a voting rule elects the option that beats every other in pairs, if there is one. */
export const votingEfficiency: Replication = {
  id: 'voting-efficiency',
  title:
    'Condorcet efficiency of plurality and approval falls with the number of candidates; ranked choice keeps 100 %',
  citation:
    'Merrill 1984, A comparison of efficiency of multicandidate electoral systems, table 1 (random society, 25 voters)',
  mechanism:
    'voters draw utilities at random; the tally that ships counts plurality, approval (of what is above a voter’s mean) and ranked ballots; ' +
    'elections with a Condorcet winner are counted by who won, ties broken by lot',
  inputs: {
    voters,
    candidates: counts.join(', '),
    utilities: 'independent, uniform',
    elections: `${electionsPerSeed} a seed and count (chosen here)`,
  },
  confirmed:
    'Table 1 read in the reference values of an independent reproduction (endolith/elsim), which lies up to 1.5 points off it.',
  seedCount: 20,
  figures: [
    ...(['plurality', 'approval'] as const).flatMap((rule) =>
      counts.map(
        (count): Figure => ({
          name: `${rule}${count}`,
          about: `% of Condorcet winners that ${rule} elected, ${count} candidates`,
          band: { low: published[rule][count] - 2, high: published[rule][count] + 2 },
          why: `${published[rule][count]} %; 2 points either way, as the source is itself a sample and an independent rerun lies 1.5 off`,
          estimate: (samples) => share(samples, rule, count),
          halfWidthMax: 2,
        }),
      ),
    ),
    {
      name: 'ranked10',
      about: '% of Condorcet winners that ranked choice (Schulze) elected, 10 candidates',
      band: { low: 100, high: 100 },
      why: '100 % for any rule that elects the Condorcet winner, as the source’s row for Black’s',
      estimate: (samples) => share(samples, 'ranked', 10),
    },
  ],
  measure(seed) {
    const sample: Record<string, number> = {};
    for (const count of counts) {
      const random = RandomStream.fromSeed(seed).split('voting', count);
      for (let i = 0; i < electionsPerSeed; i++) holdElection(count, random, sample);
    }
    return sample;
  },
};

const share = (samples: readonly Sample[], rule: string, count: number) => {
  const sum = (name: string) => samples.reduce((total, sample) => total + (sample[name] ?? 0), 0);
  return (100 * sum(`${rule}${count}`)) / sum(`winners${count}`);
};

function holdElection(count: number, random: RandomStream, sample: Record<string, number>): void {
  const options = Array.from({ length: count }, (_, i) => `o${i}`);
  const utilities = Array.from({ length: voters }, () => options.map(() => random.unit()));
  const best = findCondorcetWinner(utilities, count);
  if (best === -1) return;
  const note = (name: string) => {
    sample[`${name}${count}`] = (sample[`${name}${count}`] ?? 0) + 1;
  };
  note('winners');
  const rankings = utilities.map((mine) => options.toSorted((a, b) => mine[indexOf(b)]! - mine[indexOf(a)]!));
  const approved = utilities.map((mine) => {
    const mean = mine.reduce((sum, value) => sum + value, 0) / count;
    return options.filter((_, i) => mine[i]! > mean);
  });
  const elect = (method: 'approval' | 'ranked', choices: readonly (readonly string[])[]) =>
    countBallots(method, options, choices, random) === options[best];
  if (
    elect(
      'approval',
      rankings.map((ranking) => [ranking[0]!]),
    )
  )
    note('plurality');
  if (elect('approval', approved)) note('approval');
  if (elect('ranked', rankings)) note('ranked');
}

const indexOf = (option: string) => Number(option.slice(1));

/** A vote for one option, counted as approval of it alone, is plurality. */
function countBallots(
  method: 'approval' | 'ranked',
  options: readonly string[],
  choices: readonly (readonly string[])[],
  random: RandomStream,
): string | undefined {
  const rule: DecisionRule = { method };
  const decision = { options, rule, voters: choices.map((_, i) => ({ did: `v${i}`, weight: 1 })) };
  const ballots = choices.map((choice, i) => ({ voter: `v${i}`, choice }));
  const outcome = tally(decision as unknown as DecisionRecord, ballots as unknown as readonly Ballot[]);
  if (outcome.type === 'decided') return outcome.option;
  return outcome.type === 'tied' ? outcome.options[random.below(outcome.options.length)] : undefined;
}

/** By looking at all pairs; -1 for none. Not by the code under test. */
function findCondorcetWinner(utilities: readonly (readonly number[])[], count: number): number {
  const beats = (a: number, b: number) =>
    2 * utilities.filter((mine) => mine[a]! > mine[b]!).length > utilities.length;
  for (let a = 0; a < count; a++) {
    let wins = 0;
    for (let b = 0; b < count; b++) if (a !== b && beats(a, b)) wins++;
    if (wins === count - 1) return a;
  }
  return -1;
}
