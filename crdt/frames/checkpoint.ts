/**
 * A checkpoint: an author says that a new epoch holds all that still counts of earlier ones. Whoever has the
 * new epoch up to the named head needs the earlier ones no more, so a late joiner starts from it. Only the
 * author can compact its own past: another peer's compaction is never accepted.
 */
import type { Did } from '../../protocol/brand.ts';
import { fromBase64Url, toBase64Url, utf8 } from '../../protocol/bytes.ts';
import { type SignatureDomain, signingBytes } from '../../protocol/canonical.ts';
import { isDid } from '../../protocol/did.ts';
import { accept, type Checked, refuse } from '../../protocol/errors.ts';
import type { SignatureClaim } from '../../protocol/signing.ts';
import type { HashBytes } from './frame.ts';

export const checkpointDomain: SignatureDomain = 'amp/1/checkpoint';
/** Earlier epochs one checkpoint may replace. */
export const supersededMax = 64;

/** A place in a chain. */
export interface EpochHead {
  readonly epoch: string;
  readonly seq: number;
  /** Hash of the frame at `seq`, hexadecimal. */
  readonly head: string;
}

export interface CheckpointContent {
  readonly record: 'checkpoint';
  readonly v: 1;
  readonly mesh: string;
  readonly space: string;
  readonly author: Did;
  readonly key?: Did;
  /** The heads, at the time of writing, of the epochs that no longer count. */
  readonly supersedes: readonly EpochHead[];
  /** The frame up to which the new epoch repeats what was live. */
  readonly next: EpochHead;
  readonly at: number;
}

export interface Checkpoint extends CheckpointContent {
  /** Base64url of 64 bytes. */
  readonly sig: string;
}

export function checkpointSigningBytes(content: CheckpointContent): Uint8Array {
  return signingBytes(checkpointDomain, content as unknown as Record<string, unknown>);
}

export function sealCheckpoint(content: CheckpointContent, sig: Uint8Array): Checkpoint {
  return { ...content, sig: toBase64Url(sig) };
}

export function checkpointSignature(checkpoint: Checkpoint): SignatureClaim {
  return {
    signer: checkpoint.key ?? checkpoint.author,
    bytes: checkpointSigningBytes(checkpoint),
    sig: checkpoint.sig,
  };
}

/** What names a checkpoint: the hash of what is signed. */
export function hashCheckpoint(checkpoint: CheckpointContent, hash: HashBytes): Uint8Array {
  return hash(utf8(JSON.stringify([checkpoint.author, checkpoint.next, checkpoint.supersedes])));
}

const fields = new Set('record v mesh space author key supersedes next at sig'.split(' '));

/** Check the form of a record that a peer sent; the signature is still to be checked. */
export function readCheckpoint(value: unknown): Checked<Checkpoint> {
  const c = value as Partial<Checkpoint> | null;
  if (typeof c !== 'object' || c === null) return bad('', 'is no object');
  for (const name of Object.keys(c)) if (!fields.has(name)) return bad(name, 'is no field of a checkpoint');
  if (c.record !== 'checkpoint' || c.v !== 1) return bad('v', 'is no checkpoint of version 1');
  if (!isLabel(c.mesh)) return bad('mesh', 'has a wrong form');
  if (!isLabel(c.space)) return bad('space', 'has a wrong form');
  if (typeof c.author !== 'string' || !isDid(c.author)) return bad('author', 'is no DID');
  if (c.key !== undefined && (typeof c.key !== 'string' || !isDid(c.key))) return bad('key', 'is no DID');
  if (!Array.isArray(c.supersedes) || c.supersedes.length > supersededMax)
    return bad('supersedes', 'has a wrong form');
  if (c.supersedes.length === 0 || !c.supersedes.every(isHead)) return bad('supersedes', 'has a wrong form');
  if (!isHead(c.next) || c.supersedes.some((head) => head.epoch === c.next!.epoch))
    return bad('next', 'has a wrong form');
  if (typeof c.at !== 'number' || !Number.isSafeInteger(c.at) || c.at < 0) return bad('at', 'is no time');
  const sig = typeof c.sig === 'string' ? fromBase64Url(c.sig) : undefined;
  return sig?.length === 64 ? accept(c as Checkpoint) : bad('sig', 'is no base64url of 64 bytes');
}

function isLabel(value: unknown): boolean {
  return typeof value === 'string' && /^[A-Za-z0-9._:-]{1,64}$/.test(value);
}

function isHead(value: unknown): value is EpochHead {
  const head = value as Partial<EpochHead> | null;
  return (
    typeof head === 'object' &&
    head !== null &&
    Object.keys(head).length === 3 &&
    typeof head.epoch === 'string' &&
    /^[0-9a-f]{32}$/.test(head.epoch) &&
    Number.isSafeInteger(head.seq) &&
    head.seq! >= 0 &&
    typeof head.head === 'string' &&
    /^[0-9a-f]{64}$/.test(head.head)
  );
}

function bad(path: string, what: string): ReturnType<typeof refuse> {
  return refuse('AMP-1701', `The checkpoint's ${path === '' ? 'record' : path} ${what}.`, path);
}
