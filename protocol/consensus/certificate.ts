/** Count a certificate again (its signatures are checked by the runtime before) and list what was signed. */
import { accept, type Checked, refuse } from '../errors.ts';
import type { SignatureClaim } from '../signing.ts';
import { type ConsensusInstance, isOfInstance } from './instance.ts';
import type { Certificate, ConsensusMessage, Proposal, Undecided, Vote } from './records.ts';
import { recordBytes } from './sign-bytes.ts';

/** A quorum of distinct members, all votes of one round and type, and of one value where the kind says so. */
export function checkCertificate(
  instance: ConsensusInstance,
  certificate: Certificate,
): Checked<Certificate> {
  const { kind, round, value, votes } = certificate;
  const type = kind === 'polka' ? 'prevote' : 'precommit';
  let seen = 0;
  for (const vote of votes) {
    if (!isOfInstance(instance, vote)) return wrong('a vote of another instance');
    if (vote.type !== type) return wrong(`a ${vote.type} in a ${kind} certificate`);
    if (vote.round !== round) return wrong('votes of several rounds');
    if (kind !== 'round' && vote.value !== value) return wrong('votes for several values');
    const index = instance.indexes.get(vote.voter);
    if (index === undefined) return wrong('a signer who is no member of the roster');
    if ((seen & (1 << index)) !== 0) return wrong('a signer twice');
    seen |= 1 << index;
  }
  if (kind === 'round' && value !== null) return wrong('a value in a round certificate');
  if (kind === 'decision' && value === null) return wrong('nil as a decision');
  if (votes.length < instance.quorum) return wrong(`${votes.length} of ${instance.quorum} votes`);
  return accept(certificate);
}

function wrong(what: string): Checked<Certificate> {
  return refuse('AMP-1852', `The certificate holds ${what}.`, 'certificate');
}

/**
 * Every signature in a message, nested ones too, for the runtime to check before the machine sees it.
 * Refuses records of other instances and of strangers: there is no key to check them with.
 */
export function listConsensusSignatures(
  instance: ConsensusInstance,
  message: ConsensusMessage,
): Checked<readonly SignatureClaim[]> {
  const claims: SignatureClaim[] = [];
  const isComplete = visitSigned(message, (record) => {
    const claim = claimOf(instance, record);
    if (claim !== undefined) claims.push(claim);
    return claim !== undefined;
  });
  if (!isComplete) return refuse('AMP-1853', 'A record is of another instance or of no member.');
  return accept(claims);
}

export type SignedRecord = Vote | Proposal | Undecided;

/** Who signed a record and what; undefined when it is of another instance or of no member. */
export function claimOf(instance: ConsensusInstance, record: SignedRecord): SignatureClaim | undefined {
  if (!isOfInstance(instance, record)) return undefined;
  const index = instance.indexes.get(signerOf(record));
  if (index === undefined) return undefined;
  return { signer: instance.keys[index]!, bytes: recordBytes(record), sig: record.sig };
}

function signerOf(record: SignedRecord): string {
  if (record.record === 'vote') return record.voter;
  return record.record === 'vote-proposal' ? record.proposer : record.member;
}

/** Call `visit` for every signed record in a message until it answers false. */
export function visitSigned(message: ConsensusMessage, visit: (record: SignedRecord) => boolean): boolean {
  switch (message.type) {
    case 'vote':
      return visit(message.vote) && visitPolkas(message.polkas, visit);
    case 'proposal':
      return visit(message.proposal) && visitPolkas(message.polkas, visit);
    case 'certificate':
      return (
        message.certificate.votes.every(visit) &&
        (message.proposed === undefined || visit(message.proposed.proposal)) &&
        visitPolkas(message.polkas, visit)
      );
    case 'evidence':
      return visit(message.evidence.first) && visit(message.evidence.second);
    case 'undecided':
      return visit(message.undecided);
  }
}

function visitPolkas(
  polkas: readonly Certificate[] | undefined,
  visit: (record: SignedRecord) => boolean,
): boolean {
  return polkas === undefined || polkas.every((polka) => polka.votes.every(visit));
}
