import { agreementModel } from '../agreement/agreement-model.ts';
import { exactly, type Replication } from './replication.ts';

const sizes = [4, 7, 10, 13] as const;

/** Agreement turns where a third of the members lies. */
export const byzantineThird: Replication = {
  id: 'byzantine-third',
  title: 'Agreement holds with f liars among 3f + 1 members and breaks with f + 1',
  citation:
    'Pease, Shostak and Lamport 1980; Lamport, Shostak and Pease 1982; Dwork, Lynch and Stockmeyer 1988',
  mechanism:
    'the consensus machine that ships, in a virtual network: liars run two copies with one key towards two halves that do not hear ' +
    'each other for a while, or say nothing at all; disagreements and missing decisions are counted',
  inputs: { members: sizes.join(', '), liars: 'f and f + 1', splitDelays: 100, patienceDelays: 2000 },
  confirmed: 'The bound is a theorem; the attack is one of many, chosen here.',
  seedCount: 12,
  figures: [
    {
      name: 'safeAndLiveWithin',
      about: 'share of runs with f liars in which all agreed and all decided',
      band: exactly(1),
      why: 'possible with 3f + 1 members, so a machine that promises it must always do it',
    },
    {
      name: 'safeAndLiveBeyond',
      about: 'share of runs with f + 1 liars that stayed both safe and live',
      band: exactly(0),
      why: 'impossible below 3f + 1 members: some attack wins, and these two are known to',
    },
  ],
  measure(seed) {
    let within = 0;
    let beyond = 0;
    for (const members of sizes) {
      const f = (members - 1) / 3;
      if (isHeld(members, f, seed)) within++;
      if (isHeld(members, f + 1, seed)) beyond++;
    }
    return { safeAndLiveWithin: within / sizes.length, safeAndLiveBeyond: beyond / sizes.length };
  },
};

function isHeld(members: number, liars: number, seed: number): boolean {
  const settings = { members, byzantineShare: liars / members, splitDelays: 100, patienceDelays: 2000 };
  const { metrics } = agreementModel.run(settings, seed);
  return metrics.safety === 1 && metrics.liveness === 1;
}
