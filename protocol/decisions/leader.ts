/** Who breaks a tie: the voter most trusted by weight; among equals a hash nobody can steer decides. */
import type { Did } from '../brand.ts';
import { compareText, toHex, utf8 } from '../bytes.ts';
import type { Keys } from '../ports.ts';
import type { Ballot, DecisionRecord } from './records.ts';

/** The leader that the ballots elect. Without a single nomination every voter is a candidate. */
export function electLeader(
  keys: Pick<Keys, 'hash'>,
  decision: DecisionRecord,
  decisionHash: string,
  ballots: readonly Ballot[],
): Did {
  const trust = new Map(decision.voters.map((voter) => [voter.did, 0]));
  for (const { did, weight } of decision.voters) {
    const named = ballots.find((ballot) => ballot.voter === did)?.leader;
    if (named !== undefined && trust.has(named)) trust.set(named, trust.get(named)! + weight);
  }
  const most = Math.max(...trust.values());
  const ranked = [...trust.keys()]
    .filter((did) => trust.get(did) === most)
    .map((did) => ({ did, rank: toHex(keys.hash(utf8(`amp/1/leader\n${decisionHash}\n${did}`))) }))
    .sort((a, b) => compareText(a.rank, b.rank));
  return ranked[0]!.did as Did;
}
