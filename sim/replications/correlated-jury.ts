import { RandomStream } from '../clock/random.ts';
import { MajorityQuestion } from './ballots.ts';
import type { Replication } from './replication.ts';

const sizes = [11, 101] as const;
const competence = 0.6;
/** Correlation of any two votes: 1 / (right + wrong + 1). */
const urn = { right: 2.4, wrong: 1.6 } as const;
const electionsPerSeed = 200;
/** P(X > 1/2) for X beta-distributed with 2.4 and 1.6: what no number of voters gets beyond. A test integrates it. */
export const deFinettiLimit = 0.6724;

/** Voters that follow each other: more of them hardly help. */
export const correlatedJury: Replication = {
  id: 'correlated-jury',
  title: 'Correlated votes flatten Condorcet’s majority: 101 voters gain little over 11',
  citation:
    'Ladha 1993, Condorcet’s jury theorem in light of de Finetti’s theorem; Ladha 1992; Kaniovski 2010',
  mechanism:
    'each voter draws from the urn of votes before it (Pólya), so that votes are equally right but correlated; ' +
    'the decision machine that ships counts them',
  inputs: {
    voters: sizes.join(', '),
    competence,
    correlation: 0.2,
    elections: `${electionsPerSeed} a seed (chosen here)`,
  },
  confirmed:
    'De Finetti’s limit of Pólya’s urn is the beta distribution (textbook); its mass above one half is integrated in a test.',
  seedCount: 40,
  figures: [
    {
      name: 'rightMajority101',
      about: 'share of elections of 101 correlated voters whose outcome was right',
      band: { low: deFinettiLimit - 0.005, high: deFinettiLimit + 0.005 },
      why: 'the de Finetti mass above one half; 0.005 either way as 101 is not infinite',
      halfWidthMax: 0.02,
    },
    {
      name: 'gain',
      about: 'what 101 voters gain over 11, both correlated',
      band: { low: -0.01, high: 0.03 },
      why: 'bounded by the limit less what 11 voters have; independent voters gain 0.226 (0.979 less 0.753)',
      halfWidthMax: 0.02,
    },
  ],
  measure(seed) {
    const share = (size: number) => rightShare(size, RandomStream.fromSeed(seed).split('jury', size));
    const [few, many] = [share(sizes[0]), share(sizes[1])];
    return { rightMajority101: many, gain: many - few };
  },
};

function rightShare(voters: number, random: RandomStream): number {
  const question = new MajorityQuestion(voters);
  let right = 0;
  for (let i = 0; i < electionsPerSeed; i++) if (question.isRight(drawFromUrn(voters, random))) right++;
  return right / electionsPerSeed;
}

function drawFromUrn(voters: number, random: RandomStream): boolean[] {
  let rightBalls: number = urn.right;
  let balls: number = urn.right + urn.wrong;
  return Array.from({ length: voters }, () => {
    const isRight = random.unit() * balls < rightBalls;
    balls++;
    if (isRight) rightBalls++;
    return isRight;
  });
}
