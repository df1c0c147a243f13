/**
 * Frames: signed, hash-chained Yjs updates that are judged by a strict grammar before Yjs sees them.
 *
 * ```ts
 * const read = readFrameRecord(json, keys.hash);
 * if (read.ok && checkSignature(keys, frameSignature(read.value))) replica.step({ type: 'frame-received', … });
 * ```
 */
export { ByteReader, catchRefusal, type RefusalReason, Refused } from './byte-reader.ts';
export { ByteWriter } from './byte-writer.ts';
export {
  type Checkpoint,
  type CheckpointContent,
  checkpointDomain,
  checkpointSignature,
  checkpointSigningBytes,
  type EpochHead,
  hashCheckpoint,
  readCheckpoint,
  sealCheckpoint,
} from './checkpoint.ts';
export { type EntryJson, type EntryValue, normalizeValue } from './entry-value.ts';
export {
  type ForkProof,
  type ForkProofRecord,
  forkProofSignatures,
  isForkRoot,
  proveFork,
  readForkProof,
  toForkProofRecord,
  verifyForkProof,
} from './fork-proof.ts';
export {
  clientOfEpoch,
  type Frame,
  type FrameContent,
  type FrameRecord,
  frameDomain,
  frameName,
  frameSignature,
  frameSigningBytes,
  type HashBytes,
  readFrameRecord,
  sealFrame,
  toFrameRecord,
} from './frame.ts';
export { decodeRun, encodeRun, type RunHead } from './frame-run.ts';
export {
  type CheckedUpdate,
  epochKeysMax,
  type FrameMark,
  GrammarIndex,
  type Slot,
} from './grammar-index.ts';
export { keyBytesMax, type ParsedUpdate, parseUpdate, rootName, updateBytesMax } from './update-parser.ts';
export { type Edit, writeUpdate } from './update-writer.ts';
export { ValuePool } from './value-pool.ts';
