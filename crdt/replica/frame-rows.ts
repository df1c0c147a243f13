/**
 * Frames in the store: one row each, in the order of the chain. A row begins with eight bytes of a checksum over
 * its frame's hash and signature, so a torn or rotten row shows; a lost one shows as a hole in the chain. Both
 * are fetched again.
 */
import type { Did } from '../../protocol/brand.ts';
import type { Persist } from '../../protocol/machine.ts';
import type { StoredRow } from '../../protocol/ports.ts';
import { Refused } from '../frames/byte-reader.ts';
import { type Checkpoint, readCheckpoint } from '../frames/checkpoint.ts';
import { type ForkProof, readForkProof } from '../frames/fork-proof.ts';
import type { Frame, HashBytes } from '../frames/frame.ts';
import { decodeRun, encodeRun } from '../frames/frame-run.ts';

export const frameBucket = 'frame';
export const proofBucket = 'fork';
export const checkpointBucket = 'checkpoint';
export const writerBucket = 'writer';
const checkBytes = 8;

export function rowKey(space: string, author: Did, epoch: string, seq: number): string {
  return `${space}/${author}/${epoch}/${seq.toString(16).padStart(8, '0')}`;
}

/** The rows of a chain from one seq to another, as a half-open key range. */
export function rowRange(
  space: string,
  author: Did,
  epoch: string,
  fromSeq: number,
  toSeq: number,
): [string, string] {
  return [rowKey(space, author, epoch, fromSeq), rowKey(space, author, epoch, toSeq + 1)];
}

/** All rows of a space: `/` is followed by `0` in the order of the keys. */
export function spaceRange(space: string): [string, string] {
  return [`${space}/`, `${space}0`];
}

export function persistFrame(frame: Frame, hash: HashBytes): Persist {
  const value = encodeRun([frame], checksum(frame, hash));
  return {
    type: 'persist',
    bucket: frameBucket,
    key: rowKey(frame.space, frame.author, frame.epoch, frame.seq),
    value,
  };
}

export interface RowPlace {
  readonly author: Did;
  readonly epoch: string;
  readonly seq: number;
}

/** Where a row belongs, from its key. Keys are our own. */
export function readRowKey(key: string): RowPlace {
  const [, author, epoch, seq] = key.split('/') as [string, Did, string, string];
  return { author, epoch, seq: Number.parseInt(seq, 16) };
}

/** The frame of a row, or `undefined` when the row is torn or rotten. */
export function readRow(row: StoredRow, mesh: string, space: string, hash: HashBytes): Frame | undefined {
  if (typeof row.value === 'string') return undefined;
  const { author, epoch, seq } = readRowKey(row.key);
  const frames = decodeRun(row.value.subarray(checkBytes), { mesh, space, author, epoch }, hash);
  if (frames instanceof Refused || frames.length !== 1) return undefined;
  const frame = frames[0]!;
  const isWhole = checksum(frame, hash).every((byte, i) => byte === row.value[i]);
  return isWhole && frame.seq === seq ? frame : undefined;
}

/** The fork proof of a row, or `undefined` when the row is torn or rotten. */
export function readProofRow(row: StoredRow, hash: HashBytes): ForkProof | undefined {
  const proof = readForkProof(parseRow(row), hash);
  return proof.ok ? proof.value : undefined;
}

/** The checkpoint of a row, or `undefined` when the row is torn or rotten. */
export function readCheckpointRow(row: StoredRow): Checkpoint | undefined {
  const checkpoint = readCheckpoint(parseRow(row));
  return checkpoint.ok ? checkpoint.value : undefined;
}

/** The JSON of a row; `undefined` for one that holds none. */
export function parseRow(row: StoredRow): unknown {
  try {
    return typeof row.value === 'string' ? JSON.parse(row.value) : undefined;
  } catch {
    return undefined;
  }
}

/** Over the name, which covers the content, and the signature, which the name does not cover. */
function checksum(frame: Frame, hash: HashBytes): Uint8Array {
  nameAndSignature.set(frame.hash);
  nameAndSignature.set(frame.sig, 32);
  return hash(nameAndSignature).subarray(0, checkBytes);
}

/** Written anew for each checksum. */
const nameAndSignature = new Uint8Array(96);
