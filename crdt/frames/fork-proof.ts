/**
 * A fork proof: two frames that one author signed for one place in its chain. Anyone can check it offline, and
 * nobody can make one about an author who did not equivocate. The lowest proof of an epoch decides where the
 * epoch is frozen, so all replicas that hold the same frames freeze at the same place.
 *
 * @see Almog, Lewis-Pye, Naor, Shapiro, "The Blocklace", 2024 (equivocators exclude themselves)
 */
import { compareBytes } from '../../protocol/bytes.ts';
import { accept, type Checked, refuse } from '../../protocol/errors.ts';
import type { SignatureClaim } from '../../protocol/signing.ts';
import {
  type Frame,
  type FrameRecord,
  frameSignature,
  type HashBytes,
  readFrameRecord,
  toFrameRecord,
} from './frame.ts';

/** Two different frames of one (mesh, space, author, epoch, seq), ordered by hash. */
export interface ForkProof {
  readonly left: Frame;
  readonly right: Frame;
}

export interface ForkProofRecord {
  readonly record: 'fork';
  readonly v: 1;
  readonly frames: readonly [FrameRecord, FrameRecord];
}

/** Join two conflicting frames; `undefined` when they do not conflict. */
export function proveFork(a: Frame, b: Frame): ForkProof | undefined {
  const isSamePlace =
    a.mesh === b.mesh &&
    a.space === b.space &&
    a.author === b.author &&
    a.epoch === b.epoch &&
    a.seq === b.seq;
  const order = compareBytes(a.hash, b.hash);
  if (!isSamePlace || order === 0) return undefined;
  return order < 0 ? { left: a, right: b } : { left: b, right: a };
}

/** Whether both frames name the same frame before: then their place is exactly where the chain forks. */
export function isForkRoot(proof: ForkProof): boolean {
  return proof.left.prev === proof.right.prev;
}

/** Both must hold. A session key's attachment is for the caller's authority to judge. */
export function forkProofSignatures(proof: ForkProof): readonly SignatureClaim[] {
  return [frameSignature(proof.left), frameSignature(proof.right)];
}

export function toForkProofRecord(proof: ForkProof): ForkProofRecord {
  return { record: 'fork', v: 1, frames: [toFrameRecord(proof.left), toFrameRecord(proof.right)] };
}

/** Check the form of a proof that a peer sent; the two signatures are still to be checked. */
export function readForkProof(value: unknown, hash: HashBytes): Checked<ForkProof> {
  const record = value as Partial<ForkProofRecord> | null;
  if (typeof record !== 'object' || record?.record !== 'fork' || record.v !== 1)
    return bad('is no fork proof');
  if (!Array.isArray(record.frames) || record.frames.length !== 2) return bad('needs two frames');
  if (Object.keys(record).length !== 3) return bad('has unknown fields');
  const left = readFrameRecord(record.frames[0], hash);
  if (!left.ok) return left;
  const right = readFrameRecord(record.frames[1], hash);
  if (!right.ok) return right;
  const proof = proveFork(left.value, right.value);
  if (proof === undefined) return bad('holds frames that do not conflict');
  return proof.left === left.value ? accept(proof) : bad('is not in the order of the hashes');
}

/** Check a proof from end to end: form and both signatures. What an auditor runs, without a replica. */
export function verifyForkProof(
  value: unknown,
  hash: HashBytes,
  checkSignature: (claim: SignatureClaim) => boolean,
): Checked<ForkProof> {
  const proof = readForkProof(value, hash);
  if (!proof.ok) return proof;
  return forkProofSignatures(proof.value).every(checkSignature)
    ? proof
    : refuse('AMP-1101', 'A frame of the fork proof is not signed by its author.', 'frames');
}

function bad(what: string): ReturnType<typeof refuse> {
  return refuse('AMP-1703', `The fork proof ${what}.`);
}
