/** `ampmesh certificate verify <file>`: check an outcome with its file alone, without a node and a network. */
import { type Outcome, outcomeSchema, outcomeSignature } from '../protocol/coalition/index.ts';
import { type VerifiedAgreement, verifyAgreement } from '../protocol/consensus/index.ts';
import { type BallotCertificate, verifyBallotCertificate } from '../protocol/decisions/index.ts';
import { matchSchema } from '../protocol/decode.ts';
import { accept, type Checked, refuse } from '../protocol/errors.ts';
import { readJsonObject } from '../protocol/json.ts';
import type { Keys } from '../protocol/ports.ts';
import { checkSignature } from '../protocol/signing.ts';

/** A roster of 31 with attachments and a value of 64 KiB, with room to spare. */
const fileBytesMax = 1024 * 1024;

export type VerifiedCertificate =
  | { readonly type: 'agreement'; readonly agreement: VerifiedAgreement; readonly text: string }
  | { readonly type: 'team-outcome'; readonly team: Outcome; readonly text: string }
  | { readonly type: 'ballots'; readonly ballots: BallotCertificate; readonly text: string };

/** Verify the JSON text of a certificate file. `text` of the answer says in a few lines what it proves. */
export function verifyCertificateFile(
  json: string,
  keys: Pick<Keys, 'verify' | 'hash'>,
): Checked<VerifiedCertificate> {
  const object = readJsonObject(json, fileBytesMax);
  if (!object.ok) return object;
  if (object.value.certificate === 'ballots') {
    const ballots = verifyBallotCertificate(keys, object.value);
    return ballots.ok
      ? accept({ type: 'ballots', ballots: ballots.value, text: describeBallots(ballots.value) })
      : ballots;
  }
  if (object.value.record === 'team-outcome') return verifyTeamOutcome(object.value, keys);
  const agreement = verifyAgreement(keys, object.value);
  return agreement.ok
    ? accept({ type: 'agreement', agreement: agreement.value, text: describeAgreement(agreement.value) })
    : agreement;
}

/** What became of a team, in the words of its asker: one signature, by the agent that the record names. */
function verifyTeamOutcome(
  object: Readonly<Record<string, unknown>>,
  keys: Pick<Keys, 'verify'>,
): Checked<VerifiedCertificate> {
  const read = matchSchema(outcomeSchema, object as never);
  if (!read.ok) return read;
  const team: Outcome = read.value;
  if (!checkSignature(keys, outcomeSignature(team)))
    return refuse('AMP-1101', `The signature is not that of the asker, ${team.asker}.`, 'sig');
  return accept({ type: 'team-outcome', team, text: describeTeam(team) });
}

function describeTeam({
  coalition,
  mesh,
  asker,
  goal,
  kind,
  reason,
  members,
  items,
  spent,
  ...times
}: Outcome): string {
  const costs = Object.entries(spent).map(([unit, amount]) => `${amount} ${unit}`);
  return [
    `team ${coalition} of mesh ${mesh}: ${goal}`,
    `ended with ${kind}: ${reason}`,
    `${members.length} members, ${times.coordinators.length} coordinated; ${times.at - times.startedAt} ms; spent ${costs.join(', ') || 'nothing'}`,
    ...items.map(
      ({ skill, agent, fencing, quality, shortfall }) =>
        `${skill}: ${agent ?? 'nobody'} (award ${fencing}${quality === undefined ? '' : `, quality ${quality}`}${shortfall === undefined ? '' : `, ${shortfall}`})`,
    ),
    `the word of its asker ${asker}: nobody else signed it`,
  ].join('\n');
}

function describeAgreement(agreement: VerifiedAgreement): string {
  const { kind, memberCount, faultMax, label, signers } = agreement;
  const lines = [`instance ${agreement.instance} in space ${agreement.space} of mesh ${agreement.mesh}`];
  if (kind === 'decision') {
    lines.push(`decided in round ${agreement.round}: ${JSON.stringify(agreement.value)}`);
  } else if (kind === 'undecided') {
    lines.push(`undecided (${agreement.level})`);
  } else if (kind === 'evidence') {
    lines.push(`proof that ${agreement.culprit} lied`);
  } else {
    lines.push(`a ${kind} certificate of round ${agreement.round}: a step on the way, no outcome`);
  }
  const strength =
    label === 'byzantine'
      ? `right unless more than ${faultMax} of ${memberCount} members lied`
      : `NOT Byzantine: one lie among ${memberCount} members can change it`;
  lines.push(strength, `roster ${agreement.roster}`, `signed by ${signers.length}:`, ...signers);
  return lines.join('\n');
}

function describeBallots({ decision, ballots, equivocations, outcome }: BallotCertificate): string {
  const result =
    outcome.type === 'decided'
      ? `decided: ${outcome.option}`
      : outcome.type === 'tied'
        ? `tied: ${outcome.options.join(', ')}`
        : `undecided: ${outcome.reason}`;
  return [
    `question: ${decision.question}`,
    `${result} (by ${decision.rule.method})`,
    `${ballots.length} of ${decision.voters.length} voters counted, ${equivocations.length} voted twice`,
    'NOT Byzantine: whoever counted may have left ballots out; a voter can show its own',
  ].join('\n');
}
