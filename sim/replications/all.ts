/** Every replication, in the order in which they are shown. */
import { aggregation } from './aggregation.ts';
import { antColony } from './ant-colony.ts';
import { byzantineThird } from './byzantine-third.ts';
import { condorcetMajority } from './condorcet-majority.ts';
import { contractNetMessages } from './contract-net-messages.ts';
import { correlatedJury } from './correlated-jury.ts';
import { crashElection } from './crash-election.ts';
import { gossipFanout } from './gossip-fanout.ts';
import { gossipHistogram } from './gossip-histogram.ts';
import { kademliaHops } from './kademlia-hops.ts';
import type { Replication } from './replication.ts';
import { rumourRounds } from './rumour-rounds.ts';
import { twoChoices } from './two-choices.ts';
import { votingEfficiency } from './voting-efficiency.ts';

export const replications: readonly Replication[] = [
  gossipHistogram,
  kademliaHops,
  gossipFanout,
  rumourRounds,
  aggregation,
  byzantineThird,
  crashElection,
  condorcetMajority,
  correlatedJury,
  votingEfficiency,
  contractNetMessages,
  twoChoices,
  antColony,
];
