/** A body from another replica, read: the inputs that it means, and the signatures that must hold before they count. */
import type { Did } from '../../protocol/brand.ts';
import { fromBase64Url } from '../../protocol/bytes.ts';
import { accept, type Checked, refuse } from '../../protocol/errors.ts';
import type { SignatureClaim, Verified } from '../../protocol/signing.ts';
import { Refused } from '../frames/byte-reader.ts';
import { type Checkpoint, checkpointSignature, readCheckpoint } from '../frames/checkpoint.ts';
import { type ForkProof, forkProofSignatures, readForkProof } from '../frames/fork-proof.ts';
import { type Frame, frameSignature, type HashBytes, readFrameRecord } from '../frames/frame.ts';
import { decodeRun } from '../frames/frame-run.ts';
import type { ReplicaInput } from '../replica/replica-types.ts';
import { readRanges, readSummary } from '../replica/summary-form.ts';
import type { MemoryBody } from './memory-body.ts';

type WithoutShell<T> = T extends unknown ? Omit<T, 'atMs' | 'from'> : never;

/** What a replica is given, but for the time and the sender. */
export type HeardInput = WithoutShell<
  Extract<
    ReplicaInput,
    {
      type:
        | 'frame-received'
        | 'page-received'
        | 'summary-received'
        | 'range-requested'
        | 'proof-received'
        | 'checkpoint-received';
    }
  >
>;

export interface Heard {
  readonly inputs: readonly HeardInput[];
  /** Each must hold, or nothing of the body counts. */
  readonly claims: readonly SignatureClaim[];
  /** Who signed by a session key where the replica does not ask: an attachment must let the key sign frames. */
  readonly signers: readonly { readonly author: Did; readonly key?: Did }[];
}

/** `place`: where the reader stands. The body's form was checked by `readMemoryBody`. */
export function readBody(
  body: MemoryBody,
  place: { readonly mesh: string; readonly hash: HashBytes },
): Checked<Heard> {
  const { hash } = place;
  switch (body.kind) {
    case 'frames': {
      const frames: Frame[] = [];
      for (const record of body.frames) {
        const frame = readFrameRecord(record, hash);
        if (!frame.ok) return frame;
        frames.push(frame.value);
      }
      const inputs = frames.map((frame) => ({
        type: 'frame-received' as const,
        frame: frame as Verified<Frame>,
      }));
      return accept({ inputs, claims: frames.map(frameSignature), signers: [] });
    }
    case 'page':
      return readPage(body, place);
    case 'summary': {
      const summary = readSummary(body.summary);
      return summary.ok ? plain({ type: 'summary-received', summary: summary.value }) : summary;
    }
    case 'ranges': {
      const ranges = readRanges(body.ranges);
      return ranges.ok ? plain({ type: 'range-requested', ranges: ranges.value }) : ranges;
    }
    case 'proof': {
      const proof = readForkProof(body.proof, hash);
      if (!proof.ok) return proof;
      const input = { type: 'proof-received', proof: proof.value as Verified<ForkProof> } as const;
      return accept({
        inputs: [input],
        claims: forkProofSignatures(proof.value),
        signers: [proof.value.left],
      });
    }
    case 'checkpoint': {
      const checkpoint = readCheckpoint(body.checkpoint);
      if (!checkpoint.ok) return checkpoint;
      const { value } = checkpoint;
      const input = { type: 'checkpoint-received', checkpoint: value as Verified<Checkpoint> } as const;
      return accept({ inputs: [input], claims: [checkpointSignature(value)], signers: [value] });
    }
  }
}

function plain(input: HeardInput): Checked<Heard> {
  return accept({ inputs: [input], claims: [], signers: [] });
}

function readPage(
  { space, author, epoch, run, hasMore }: Extract<MemoryBody, { kind: 'page' }>,
  { mesh, hash }: { readonly mesh: string; readonly hash: HashBytes },
): Checked<Heard> {
  const bytes = fromBase64Url(run);
  if (bytes === undefined) return refuse('AMP-1701', 'The page is no base64url.', 'run');
  const frames = decodeRun(bytes, { mesh, space, author: author as Did, epoch }, hash);
  if (frames instanceof Refused) return refuse('AMP-1701', `The page is no run: ${frames.reason}.`, 'run');
  const input = { type: 'page-received', frames: frames as Verified<Frame>[], hasMore } as const;
  return accept({ inputs: [input], claims: frames.map(frameSignature), signers: [] });
}
