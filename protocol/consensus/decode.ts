/**
 * Consensus messages on the wire and back. A certificate writes what its votes have in common once, which makes
 * it less than half as long. Reading is total: it answers with a value or a refusal.
 */
import type { Sha256 } from '../brand.ts';
import { toCanonicalJson } from '../canonical.ts';
import { accept, type Checked, refuse } from '../errors.ts';
import {
  type Certificate,
  type CertificateWire,
  type ConsensusMessage,
  type ConsensusMessageWire,
  consensusMessageSchema,
  type Vote,
  valueLengthMax,
} from './records.ts';

/** Check form and sizes. Depth, key count and numbers were checked by `readJsonObject` before. */
export function decodeConsensusMessage(input: unknown): Checked<ConsensusMessage> {
  const parsed = consensusMessageSchema.safeParse(input);
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!;
    return refuse(
      'AMP-1005',
      `The consensus message has a wrong form: ${issue.message}.`,
      issue.path.join('.'),
    );
  }
  const message = expandMessage(parsed.data);
  if (message === undefined)
    return refuse('AMP-1005', 'A certificate holds a vote of a wrong form.', 'votes');
  const value = message.type === 'proposal' ? message.value : undefined;
  const proposed = message.type === 'certificate' ? message.proposed?.value : value;
  if (proposed !== undefined && toCanonicalJson(proposed).length > valueLengthMax) {
    return refuse('AMP-1002', `A proposed value is longer than ${valueLengthMax} characters.`, 'value');
  }
  return accept(message);
}

/** The JSON object to send. */
export function encodeConsensusMessage(message: ConsensusMessage): ConsensusMessageWire {
  if (!('certificate' in message) && !('polkas' in message)) return message as ConsensusMessageWire;
  return {
    ...message,
    ...('certificate' in message && { certificate: encodeCertificate(message.certificate) }),
    ...(message.polkas && { polkas: message.polkas.map(encodeCertificate) }),
  } as ConsensusMessageWire;
}

function encodeCertificate({ kind, round, value, votes }: Certificate): CertificateWire {
  const { mesh, space, instance, roster } = votes[0]!;
  const signers = votes.map((vote) => ({
    voter: vote.voter,
    ...(kind === 'round' && { value: vote.value }),
    ...(vote.validRound >= 0 && { validRound: vote.validRound }),
    sig: vote.sig,
  }));
  return { kind, mesh, space, instance, roster, round, value, votes: signers };
}

function expandMessage(message: ConsensusMessageWire): ConsensusMessage | undefined {
  if (message.type === 'evidence' || message.type === 'undecided') return message as ConsensusMessage;
  const polkas = message.polkas?.map(expandCertificate);
  if (polkas?.includes(undefined)) return undefined;
  const proofs = polkas === undefined ? {} : { polkas: polkas as Certificate[] };
  if (message.type !== 'certificate') return { ...message, ...proofs } as ConsensusMessage;
  const certificate = expandCertificate(message.certificate);
  if (certificate === undefined) return undefined;
  return { ...message, ...proofs, certificate } as ConsensusMessage;
}

/** Undefined when a vote would have a form that `voteSchema` refuses. */
function expandCertificate(wire: CertificateWire): Certificate | undefined {
  const { kind, mesh, space, instance, roster, round, value } = wire;
  const type = kind === 'polka' ? 'prevote' : 'precommit';
  const votes: Vote[] = [];
  for (const signer of wire.votes) {
    const { voter, sig, validRound = -1 } = signer;
    const own = signer.value === undefined ? value : (signer.value as Sha256 | null);
    if ((signer.value !== undefined) !== (kind === 'round')) return undefined;
    if (validRound >= round || (validRound >= 0 && (type !== 'prevote' || own === null))) return undefined;
    votes.push({
      record: 'vote',
      mesh,
      space,
      instance,
      roster,
      type,
      round,
      value: own,
      validRound,
      voter,
      sig,
    });
  }
  return { kind, round, value, votes };
}
