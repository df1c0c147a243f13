/**
 * The outcome of a simple decision with everything it rests on. Who checks it counts the signed ballots again;
 * a certificate cannot prove that no ballot was left out, but a voter that was can show its own.
 */
import * as z from 'zod';
import type { Did } from '../brand.ts';
import { accept, type Checked, refuse } from '../errors.ts';
import type { Keys } from '../ports.ts';
import { checkSignature, hashObject } from '../signing.ts';
import { electLeader } from './leader.ts';
import {
  type Ballot,
  ballotSchema,
  type DecisionRecord,
  decisionSchema,
  decisionSignature,
  type TieBreak,
  tieBreakSchema,
  votersMax,
} from './records.ts';
import { tally } from './tally.ts';

export const outcomeSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('decided'), option: z.string().max(256) }),
  z.strictObject({ type: z.literal('tied'), options: z.array(z.string().max(256)) }),
  z.strictObject({ type: z.literal('undecided'), reason: z.string().max(64) }),
]);
export type Outcome = Readonly<z.infer<typeof outcomeSchema>>;

export const ballotCertificateSchema = z.strictObject({
  certificate: z.literal('ballots'),
  decision: decisionSchema,
  ballots: z.array(ballotSchema).max(votersMax),
  /** Pairs of different ballots of one voter: evidence, and the reason why neither counts. */
  equivocations: z.array(z.tuple([ballotSchema, ballotSchema])).max(votersMax),
  tieBreak: tieBreakSchema.optional(),
  outcome: outcomeSchema,
});
export type BallotCertificate = Readonly<z.infer<typeof ballotCertificateSchema>>;

export interface BallotBox {
  readonly decision: DecisionRecord;
  /** Every valid ballot that came, in any order. */
  readonly ballots: readonly Ballot[];
  readonly tieBreak?: TieBreak | undefined;
}

/** Name a decision: its ballots carry this hash. */
export function hashDecision(keys: Pick<Keys, 'hash'>, decision: DecisionRecord): string {
  return hashObject(keys, decision);
}

/** Count what came in and write the certificate. Ballots are those that {@link checkBallot} accepted. */
export function closeDecision(keys: Pick<Keys, 'hash'>, box: BallotBox): BallotCertificate {
  const { counted, equivocations } = sortBallots(box);
  const ballots = counted;
  const outcome = findOutcome(keys, box.decision, ballots, box.tieBreak);
  return {
    certificate: 'ballots',
    decision: box.decision,
    ballots,
    equivocations,
    ...(box.tieBreak && { tieBreak: box.tieBreak }),
    outcome,
  };
}

/** A voter that signed two different ballots has none. */
function sortBallots({ decision, ballots }: BallotBox): {
  counted: Ballot[];
  equivocations: [Ballot, Ballot][];
} {
  const counted: Ballot[] = [];
  const equivocations: [Ballot, Ballot][] = [];
  for (const { did } of decision.voters) {
    const own = ballots.filter((ballot) => ballot.voter === did);
    const other = own.find((ballot) => ballot.sig !== own[0]!.sig);
    if (own.length > 0 && other === undefined) counted.push(own[0]!);
    else if (other !== undefined) equivocations.push([own[0]!, other]);
  }
  return { counted, equivocations };
}

function findOutcome(
  keys: Pick<Keys, 'hash'>,
  decision: DecisionRecord,
  ballots: readonly Ballot[],
  tieBreak: TieBreak | undefined,
): Outcome {
  const result = tally(decision, ballots);
  if (result.type !== 'tied') return result;
  const options = [...result.options];
  const hash = hashDecision(keys, decision);
  const isLeader = tieBreak?.leader === electLeader(keys, decision, hash, ballots);
  if (!isLeader || !options.includes(tieBreak.option)) return { type: 'tied', options };
  return { type: 'decided', option: tieBreak.option };
}

/** Form, voter and choice of a ballot; its signature is checked by the runtime, as `decisionSignature` lists it. */
export function checkBallot(decision: DecisionRecord, decisionHash: string, ballot: Ballot): Checked<Ballot> {
  if (ballot.decision !== decisionHash || ballot.mesh !== decision.mesh || ballot.space !== decision.space)
    return refuse('AMP-1855', 'The ballot answers another question.', 'decision');
  if (!decision.voters.some((voter) => voter.did === ballot.voter))
    return refuse('AMP-1855', 'The voter is not in the electorate.', 'voter');
  const { choice } = ballot;
  if (choice.some((option) => !decision.options.includes(option)))
    return refuse('AMP-1855', 'The ballot names an option that was not offered.', 'choice');
  if (new Set(choice).size !== choice.length)
    return refuse('AMP-1855', 'The ballot names an option twice.', 'choice');
  const { method } = decision.rule;
  if (choice.length > 1 && method !== 'approval' && method !== 'ranked')
    return refuse('AMP-1855', 'The ballot names more than one option.', 'choice');
  return accept(ballot);
}

/** Check a certificate offline: every signature, every ballot, and the outcome by counting again. */
export function verifyBallotCertificate(
  keys: Pick<Keys, 'verify' | 'hash'>,
  input: unknown,
): Checked<BallotCertificate> {
  const parsed = ballotCertificateSchema.safeParse(input);
  if (!parsed.success) return refuse('AMP-1852', 'The ballot certificate has a wrong form.', 'certificate');
  const certificate: BallotCertificate = parsed.data;
  const { decision, tieBreak } = certificate;
  const refusal = checkRecords(keys as Keys, certificate);
  if (refusal !== undefined) return refusal;
  const all = [...certificate.ballots, ...certificate.equivocations.flat()];
  const again = closeDecision(keys, { decision, ballots: all, tieBreak });
  if (hashObject(keys, again.outcome) !== hashObject(keys, certificate.outcome)) {
    const found = JSON.stringify(again.outcome);
    return refuse('AMP-1856', `The ballots give ${found}.`, 'outcome');
  }
  return accept(certificate);
}

function checkRecords(keys: Keys, certificate: BallotCertificate): Checked<BallotCertificate> | undefined {
  const { decision, tieBreak } = certificate;
  const hash = hashDecision(keys, decision);
  const keysOf = new Map(decision.voters.map((voter) => [voter.did, voter.key as Did]));
  const keyOf = (did: Did) => keysOf.get(did) ?? did;
  if (keysOf.size !== decision.voters.length) return refuse('AMP-1852', 'A voter is listed twice.', 'voters');
  const ballots = [...certificate.ballots, ...certificate.equivocations.flat()];
  for (const ballot of ballots) {
    const checked = checkBallot(decision, hash, ballot);
    if (!checked.ok) return checked;
  }
  if (tieBreak !== undefined && tieBreak.decision !== hash)
    return refuse('AMP-1855', 'The tie-break answers another question.', 'tieBreak');
  for (const record of [decision, ...ballots, ...(tieBreak ? [tieBreak] : [])]) {
    if (checkSignature(keys, decisionSignature(record, keyOf))) continue;
    return refuse('AMP-1101', `A ${record.record} is not signed by whom it names.`, record.record);
  }
  return undefined;
}
