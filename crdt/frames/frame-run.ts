/**
 * Consecutive frames of one (author, epoch) as compact bytes: a stored row is a run of one, a page a run of
 * many. Mesh, space, author and epoch are known from the row's key or the page's head; `prev` of all but the
 * first frame is the hash of the one before, so neither is written. A JSON record of one claim takes about
 * 620 bytes, a frame in a run about 190.
 */
import type { Did } from '../../protocol/brand.ts';
import { toHex } from '../../protocol/bytes.ts';
import { ByteReader, catchRefusal, Refused } from './byte-reader.ts';
import { ByteWriter } from './byte-writer.ts';
import { type Frame, type FrameContent, findWrongField, type HashBytes, sealFrame } from './frame.ts';
import { updateBytesMax } from './update-parser.ts';

/** What the bytes of a run do not repeat. */
export interface RunHead {
  readonly mesh: string;
  readonly space: string;
  readonly author: Did;
  readonly epoch: string;
}

const version = 1;
const hasKeyFlag = 1;
const hasPrevFlag = 2;
/** Of a run: as many one-claim frames as a page of 256 KiB can hold. */
export const runFramesMax = 4_096;

/** Of a run's head and of each of its frames, besides the update: about. */
const headBytes = 64;
const frameBytes = 96;

/**
 * `frames`: consecutive, of one author, epoch and session key; at least one. `prefix` stands before the run.
 */
export function encodeRun(frames: readonly Frame[], prefix?: Uint8Array): Uint8Array {
  const first = frames[0]!;
  let capacity = headBytes + (prefix?.length ?? 0) + (first.key?.length ?? 0);
  for (const { update, members } of frames) capacity += frameBytes + update.length + members.length;
  const writer = new ByteWriter(capacity);
  if (prefix !== undefined) writer.raw(prefix);
  writer.uint8(version);
  writer.uint8((first.key === undefined ? 0 : hasKeyFlag) | (first.prev === '' ? 0 : hasPrevFlag));
  if (first.key !== undefined) writer.text(first.key);
  if (first.prev !== '') writer.raw(readHex(first.prev));
  writer.varUint(first.seq);
  writer.varUint(frames.length);
  let before: Frame | undefined;
  for (const frame of frames) {
    writer.varUint(before === undefined ? frame.at : frame.at - before.at);
    const isSameMembers = before !== undefined && before.members === frame.members;
    writer.uint8(isSameMembers ? 0 : 1);
    if (!isSameMembers) writer.text(frame.members);
    writer.lengthAndBytes(frame.update);
    writer.raw(frame.sig);
    before = frame;
  }
  return writer.take();
}

/** The frames, sealed but with signatures unchecked; or why the bytes are no run. Never throws. */
export function decodeRun(bytes: Uint8Array, head: RunHead, hash: HashBytes): Frame[] | Refused {
  return catchRefusal(() => readRun(new ByteReader(bytes), head, hash));
}

function readRun(reader: ByteReader, head: RunHead, hash: HashBytes): Frame[] {
  if (reader.uint8() !== version) throw new Refused('form');
  const flags = reader.uint8();
  if (flags > (hasKeyFlag | hasPrevFlag)) throw new Refused('form');
  const key = (flags & hasKeyFlag) === 0 ? {} : { key: reader.text(64) as Did };
  let prev = (flags & hasPrevFlag) === 0 ? '' : toHex(reader.take(32));
  const firstSeq = reader.varUint();
  const count = reader.count(68);
  if (count === 0 || count > runFramesMax) throw new Refused('count');
  const frames: Frame[] = [];
  let at = 0;
  let members = '';
  for (let i = 0; i < count; i++) {
    at += reader.varUint();
    members = readMembers(reader, members, i === 0);
    const length = reader.varUint();
    if (length > updateBytesMax) throw new Refused('too-large');
    const update = reader.take(length).slice();
    const sig = reader.take(64).slice();
    const { mesh, space, author, epoch } = head;
    const content: FrameContent = {
      mesh,
      space,
      author,
      ...key,
      epoch,
      seq: firstSeq + i,
      prev,
      members,
      at,
      update,
    };
    if (findWrongField(content) !== undefined) throw new Refused('form');
    const frame = sealFrame(content, sig, hash);
    frames.push(frame);
    prev = toHex(frame.hash);
  }
  reader.end();
  return frames;
}

function readMembers(reader: ByteReader, before: string, isFirst: boolean): string {
  const flag = reader.uint8();
  if (flag > 1 || (isFirst && flag === 0)) throw new Refused('form');
  if (flag === 0) return before;
  const members = reader.text(64);
  if (!isFirst && members === before) throw new Refused('form');
  return members;
}

/** Lower-case digits, as `toHex` writes them. */
function readHex(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length / 2);
  for (let i = 0; i < bytes.length; i++) {
    bytes[i] = (digitOf(text.charCodeAt(2 * i)) << 4) | digitOf(text.charCodeAt(2 * i + 1));
  }
  return bytes;
}

function digitOf(code: number): number {
  return code < 0x3a ? code - 0x30 : code - 0x57;
}
