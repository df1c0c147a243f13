import { RandomStream } from '../clock/random.ts';
import { MajorityQuestion } from './ballots.ts';
import { type Replication, rounded } from './replication.ts';

const voters = 101;
const competence = 0.6;
const electionsPerSeed = 200;

/** A majority of modest independent judges. */
export const condorcetMajority: Replication = {
  id: 'condorcet-majority',
  title: 'A majority of 101 independent voters, each right with 0.6, is right with 0.979',
  citation:
    'Condorcet 1785, Essai sur l’application de l’analyse; Grofman, Owen and Feld 1983, Thirteen theorems in search of the truth',
  mechanism:
    'each voter errs by itself and casts a ballot; the decision machine that ships counts them; right outcomes are counted',
  inputs: { voters, competence, elections: `${electionsPerSeed} a seed (chosen here)` },
  confirmed: '0.979 is the binomial tail; a test sums it.',
  seedCount: 40,
  figures: [
    {
      name: 'rightMajority',
      about: 'share of elections whose outcome was right',
      band: rounded(0.979, 3),
      why: '0.979, to three digits',
      halfWidthMax: 0.01,
    },
    {
      name: 'rightVoter',
      about: 'share of single votes that were right',
      band: rounded(competence, 2),
      why: 'the input comes through',
      halfWidthMax: 0.01,
    },
  ],
  measure(seed) {
    const random = RandomStream.fromSeed(seed).split('condorcet');
    const question = new MajorityQuestion(voters);
    let right = 0;
    let rightVotes = 0;
    for (let i = 0; i < electionsPerSeed; i++) {
      const votes = Array.from({ length: voters }, () => random.unit() < competence);
      rightVotes += votes.filter(Boolean).length;
      if (question.isRight(votes)) right++;
    }
    return { rightMajority: right / electionsPerSeed, rightVoter: rightVotes / (electionsPerSeed * voters) };
  },
};
