/**
 * Check what an agreement left behind, offline: with the roster, the signatures and nothing else. Who the members
 * are is for the reader to judge: the roster's hash is in every signed vote.
 */
import * as z from 'zod';
import type { Did, Sha256 } from '../brand.ts';
import { accept, type Checked, refuse } from '../errors.ts';
import type { Keys } from '../ports.ts';
import { attachmentSchema, attachmentSignature } from '../records.ts';
import { checkSignature, hashObject } from '../signing.ts';
import { checkCertificate, listConsensusSignatures } from './certificate.ts';
import { decodeConsensusMessage } from './decode.ts';
import { checkEvidence, culpritOf } from './evidence.ts';
import { type ConsensusInstance, openInstance } from './instance.ts';
import type { UndecidedLevel } from './machine-types.ts';
import { rosterMax } from './quorum.ts';
import type { ConsensusMessage, Undecided } from './records.ts';
import { checkRoster, type Roster } from './roster.ts';
import { undecidedLevel } from './rules.ts';

/** One file: the roster, where session keys signed their attachments, and what was agreed or proved. */
const fileSchema = z.strictObject({
  certificate: z.enum(['agreement', 'undecided', 'evidence']),
  roster: z.unknown(),
  attachments: z.array(attachmentSchema).max(rosterMax).optional(),
  /** Consensus messages as on the wire: one certificate, one evidence, or the undecided records. */
  messages: z.array(z.unknown()).min(1).max(rosterMax),
});

export type AgreementFile = Readonly<z.infer<typeof fileSchema>>;

export interface VerifiedAgreement {
  readonly kind: 'decision' | 'polka' | 'round' | 'undecided' | 'evidence';
  readonly mesh: string;
  readonly space: string;
  readonly instance: string;
  readonly roster: Sha256;
  /** `not-byzantine`: a single lie could have changed this outcome. */
  readonly label: 'byzantine' | 'not-byzantine';
  readonly memberCount: number;
  readonly faultMax: number;
  readonly signers: readonly Did[];
  readonly round?: number;
  /** The decided value; only with a decision. */
  readonly value?: unknown;
  readonly level?: UndecidedLevel;
  readonly culprit?: Did;
}

type VerifyKeys = Pick<Keys, 'verify' | 'hash'>;

/** Verify a file of certificate `agreement`, `undecided` or `evidence`. Total: never throws on foreign input. */
export function verifyAgreement(keys: VerifyKeys, input: unknown): Checked<VerifiedAgreement> {
  const parsed = fileSchema.safeParse(input);
  if (!parsed.success) return refuse('AMP-1852', 'The file has the form of no certificate.', 'certificate');
  const roster = checkRoster(keys, parsed.data.roster);
  if (!roster.ok) return roster;
  const keysRefusal = checkSessionKeys(keys, roster.value, parsed.data);
  if (keysRefusal !== undefined) return keysRefusal;
  const instance = openInstance(keys, roster.value);
  const messages: ConsensusMessage[] = [];
  for (const raw of parsed.data.messages) {
    const message = decodeConsensusMessage(raw);
    if (!message.ok) return message;
    const refusal = checkSignatures(keys, instance, message.value);
    if (refusal !== undefined) return refusal;
    messages.push(message.value);
  }
  return verifyMessages(keys, instance, roster.value, messages);
}

/** A key other than the member's own must be the session key of an attachment that covers votes. */
function checkSessionKeys(
  keys: VerifyKeys,
  roster: Roster,
  file: AgreementFile,
): Checked<VerifiedAgreement> | undefined {
  for (const { did, node, key } of roster.record.members) {
    if (key === did) continue;
    const attachment = file.attachments?.find(
      (candidate) =>
        candidate.agent === did &&
        candidate.node === node &&
        candidate.sessionKey === key &&
        candidate.mesh === roster.record.mesh &&
        candidate.scopes.includes('votes'),
    );
    if (attachment === undefined || !checkSignature(keys as Keys, attachmentSignature(attachment)))
      return refuse('AMP-1104', `No attachment shows that ${key} votes for ${did}.`, 'attachments');
  }
  return undefined;
}

function checkSignatures(
  keys: VerifyKeys,
  instance: ConsensusInstance,
  message: ConsensusMessage,
): Checked<VerifiedAgreement> | undefined {
  const claims = listConsensusSignatures(instance, message);
  if (!claims.ok) return claims;
  const wrong = claims.value.find((claim) => !checkSignature(keys as Keys, claim));
  return wrong && refuse('AMP-1101', `A record is not signed by ${wrong.signer}.`, 'sig');
}

function verifyMessages(
  keys: VerifyKeys,
  instance: ConsensusInstance,
  roster: Roster,
  messages: readonly ConsensusMessage[],
): Checked<VerifiedAgreement> {
  const facts = {
    mesh: instance.mesh,
    space: instance.space,
    instance: instance.instance,
    roster: roster.hash,
    label: roster.record.label,
    memberCount: instance.members.length,
    faultMax: instance.faultMax,
  };
  const [first] = messages;
  if (first?.type === 'certificate') return verifyCertificate(keys, instance, facts, first);
  if (first?.type === 'undecided') return verifyUndecided(instance, facts, messages);
  if (first?.type !== 'evidence')
    return refuse('AMP-1852', 'A lone vote or proposal proves nothing.', 'messages');
  const evidence = checkEvidence(instance, first.evidence);
  if (!evidence.ok) return evidence;
  const culprit = culpritOf(evidence.value);
  return accept({ kind: 'evidence', ...facts, signers: [culprit], culprit });
}

type Facts = Omit<VerifiedAgreement, 'kind' | 'signers'>;

function verifyCertificate(
  keys: VerifyKeys,
  instance: ConsensusInstance,
  facts: Facts,
  message: Extract<ConsensusMessage, { type: 'certificate' }>,
): Checked<VerifiedAgreement> {
  const { proposed } = message;
  const counted = checkCertificate(instance, message.certificate);
  if (!counted.ok) return counted;
  const { kind, round, value, votes } = counted.value;
  const signers = votes.map((vote) => vote.voter as Did);
  if (kind !== 'decision') return accept({ kind, ...facts, signers, round });
  if (proposed === undefined || hashObject(keys, proposed.value) !== value)
    return refuse('AMP-1852', 'The value is missing or is not the one that was decided.', 'proposed');
  return accept({ kind, ...facts, signers, round, value: proposed.value });
}

function verifyUndecided(
  instance: ConsensusInstance,
  facts: Facts,
  messages: readonly ConsensusMessage[],
): Checked<VerifiedAgreement> {
  const records: Undecided[] = [];
  for (const message of messages) {
    if (message.type !== 'undecided')
      return refuse('AMP-1852', 'The file mixes kinds of records.', 'messages');
    const { undecided } = message;
    if (records.some((record) => record.member === undecided.member))
      return refuse('AMP-1852', 'A member is listed twice.', 'messages');
    records.push(undecided);
  }
  const signers = records.map((record) => record.member as Did);
  return accept({ kind: 'undecided', ...facts, signers, level: undecidedLevel(instance, records) });
}
