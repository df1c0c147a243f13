/**
 * A frame: one author's next step in one space, as a record that verifies alone and offline. Frames of one
 * (author, epoch) form a hash chain; the frame's name is the SHA-256 of its signing bytes, so a second
 * signature over the same content is the same frame.
 *
 * @see Kleppmann, "Making CRDTs Byzantine fault tolerant", PaPoC 2022 (operations named by hash)
 */
import type { Did } from '../../protocol/brand.ts';
import { fromBase64Url, toBase64Url, toHex, utf8 } from '../../protocol/bytes.ts';
import type { SignatureDomain } from '../../protocol/canonical.ts';
import { isDid } from '../../protocol/did.ts';
import { accept, type Checked, refuse } from '../../protocol/errors.ts';
import type { SignatureClaim } from '../../protocol/signing.ts';
import { updateBytesMax } from './update-parser.ts';

export const frameDomain: SignatureDomain = 'amp/1/frame';

/** The content of a frame, before it is signed. */
export interface FrameContent {
  readonly mesh: string;
  readonly space: string;
  readonly author: Did;
  /** The attachment's session key, when the author's node signs for it; the same in the whole epoch. */
  readonly key?: Did;
  /** 128 random bits, 32 hexadecimal digits: fresh at each unclean start, never a counter. */
  readonly epoch: string;
  /** 0, 1, 2 … within the epoch. */
  readonly seq: number;
  /** Hash of the frame before. At seq 0: of the last known head of the author's epoch before, or empty. */
  readonly prev: string;
  /** The version of the space's members that the author knew. */
  readonly members: string;
  /** Hybrid logical time, integer Unix ms; never falls within an epoch. */
  readonly at: number;
  /** A Yjs V1 update within the write grammar. */
  readonly update: Uint8Array;
}

/** A signed frame in memory, with what is derived from its content once. */
export interface Frame extends FrameContent {
  /** 64 bytes. */
  readonly sig: Uint8Array;
  /** What `sig` signs. */
  readonly signedBytes: Uint8Array;
  /** 32 bytes: the name of this frame. */
  readonly hash: Uint8Array;
}

/** A frame as it travels in a `records` batch and as people see it. */
export interface FrameRecord {
  readonly record: 'frame';
  readonly v: 1;
  readonly mesh: string;
  readonly space: string;
  readonly author: Did;
  readonly key?: Did;
  readonly epoch: string;
  readonly seq: number;
  readonly prev: string;
  readonly members: string;
  readonly at: number;
  /** Base64url. */
  readonly update: string;
  /** Base64url. */
  readonly sig: string;
}

export type HashBytes = (bytes: Uint8Array) => Uint8Array;

const epochPattern = /^[0-9a-f]{32}$/;
const hashPattern = /^[0-9a-f]{64}$/;
const labelPattern = /^[A-Za-z0-9._:-]{1,64}$/;
const membersPattern = /^[A-Za-z0-9._:-]{0,64}$/;
const updateTextMax = Math.ceil((updateBytesMax * 4) / 3);

/** Canonical JSON (RFC 8785) of the content under the domain tag: all fields are ASCII, so it is a template. */
export function frameSigningBytes(content: FrameContent): Uint8Array {
  const key = content.key === undefined ? '' : `"key":"${content.key}",`;
  return utf8(
    `${frameDomain}\n{"at":${content.at},"author":"${content.author}","epoch":"${content.epoch}",${key}` +
      `"members":"${content.members}","mesh":"${content.mesh}","prev":"${content.prev}","record":"frame",` +
      `"seq":${content.seq},"space":"${content.space}","update":"${toBase64Url(content.update)}","v":1}`,
  );
}

/** Join content and signature. The signature is not checked here: the runtime does, with {@link frameSignature}. */
export function sealFrame(content: FrameContent, sig: Uint8Array, hash: HashBytes): Frame {
  const signedBytes = frameSigningBytes(content);
  const key = content.key === undefined ? {} : { key: content.key };
  return {
    mesh: content.mesh,
    space: content.space,
    author: content.author,
    ...key,
    epoch: content.epoch,
    seq: content.seq,
    prev: content.prev,
    members: content.members,
    at: content.at,
    update: content.update,
    sig,
    signedBytes,
    hash: hash(signedBytes),
  };
}

/** The one signature of a frame: by the author, or by the session key that an attachment must cover. */
export function frameSignature(frame: Frame): SignatureClaim {
  return { signer: frame.key ?? frame.author, bytes: frame.signedBytes, sig: toBase64Url(frame.sig) };
}

export function toFrameRecord(frame: Frame): FrameRecord {
  const { mesh, space, author, key, epoch, seq, prev, members, at } = frame;
  const session = key === undefined ? {} : { key };
  const head = {
    record: 'frame',
    v: 1,
    mesh,
    space,
    author,
    ...session,
    epoch,
    seq,
    prev,
    members,
    at,
  } as const;
  return { ...head, update: toBase64Url(frame.update), sig: toBase64Url(frame.sig) };
}

const recordKeys = new Set('record v mesh space author key epoch seq prev members at update sig'.split(' '));

/** Check the form of a record that a peer sent. Neither signature, nor chain, nor grammar is looked at. */
export function readFrameRecord(value: unknown, hash: HashBytes): Checked<Frame> {
  if (typeof value !== 'object' || value === null) return bad('', 'is no object');
  const record = value as Partial<Record<keyof FrameRecord, unknown>>;
  for (const name of Object.keys(record))
    if (!recordKeys.has(name)) return bad(name, 'is no field of a frame');
  if (record.record !== 'frame' || record.v !== 1) return bad('v', 'is no frame of version 1');
  const { sig, update, ...rest } = record;
  if (typeof update !== 'string' || update.length > updateTextMax)
    return bad('update', 'is no text or too long');
  const updateBytes = fromBase64Url(update);
  if (updateBytes === undefined) return bad('update', 'is no base64url');
  const sigBytes = typeof sig === 'string' && sig.length === 86 ? fromBase64Url(sig) : undefined;
  if (sigBytes === undefined) return bad('sig', 'is no base64url of 64 bytes');
  const content = { ...rest, update: updateBytes } as unknown as FrameContent;
  const wrong = findWrongField(content);
  return wrong === undefined ? accept(sealFrame(content, sigBytes, hash)) : bad(wrong, 'has a wrong form');
}

/** The first field whose form is wrong, or `undefined`. */
export function findWrongField(content: FrameContent): keyof FrameContent | undefined {
  if (!isText(content.mesh, labelPattern)) return 'mesh';
  if (!isText(content.space, labelPattern)) return 'space';
  if (typeof content.author !== 'string' || !isDid(content.author)) return 'author';
  if (content.key !== undefined && (typeof content.key !== 'string' || !isDid(content.key))) return 'key';
  if (!isText(content.epoch, epochPattern)) return 'epoch';
  if (!isCount(content.seq, 2 ** 31)) return 'seq';
  if (!(isText(content.prev, hashPattern) || (content.prev === '' && content.seq === 0))) return 'prev';
  if (!isText(content.members, membersPattern)) return 'members';
  if (!isCount(content.at, 2 ** 47)) return 'at';
  return content.update.length > updateBytesMax ? 'update' : undefined;
}

function isText(value: unknown, pattern: RegExp): boolean {
  return typeof value === 'string' && pattern.test(value);
}

function isCount(value: unknown, max: number): boolean {
  return (
    typeof value === 'number' &&
    Number.isSafeInteger(value) &&
    value >= 0 &&
    value < max &&
    !Object.is(value, -0)
  );
}

function bad(path: string, what: string): ReturnType<typeof refuse> {
  return refuse('AMP-1701', `The frame's ${path === '' ? 'record' : path} ${what}.`, path);
}

/** The Yjs client of an epoch: its first 32 bits, as wide as Yjs draws its own. */
export function clientOfEpoch(epoch: string): number {
  return Number.parseInt(epoch.slice(0, 8), 16);
}

export function frameName(frame: Pick<Frame, 'hash'>): string {
  return toHex(frame.hash);
}
