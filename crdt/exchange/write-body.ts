/** What a replica wants sent, as bodies that fit a packet. */
import type { Did } from '../../protocol/brand.ts';
import { toBase64Url } from '../../protocol/bytes.ts';
import type { Attachment } from '../../protocol/records.ts';
import { Refused } from '../frames/byte-reader.ts';
import { toForkProofRecord } from '../frames/fork-proof.ts';
import { type Frame, type HashBytes, toFrameRecord } from '../frames/frame.ts';
import { decodeRun } from '../frames/frame-run.ts';
import type { ReplicaEffect } from '../replica/replica-types.ts';
import {
  framesPerPacketMax,
  type MemoryBody,
  packetUpdateBytesMax,
  proofsPerPacketMax,
} from './memory-body.ts';
import type { KnownAttachments } from './standing.ts';

/** What leaves a replica for others, but for the frames of one turn, which travel together. */
export type Sendable = Extract<
  ReplicaEffect,
  {
    readonly type:
      | 'publish-checkpoint'
      | 'publish-proof'
      | 'send-checkpoint'
      | 'send-summary'
      | 'request-range'
      | 'send-page';
  }
>;

export interface BodyPlace {
  readonly mesh: string;
  readonly space: string;
  readonly hash: HashBytes;
  /** Attachments travel with what was signed under them. */
  readonly attachments: Pick<KnownAttachments, 'find'>;
}

export function writeBody(effect: Sendable, place: BodyPlace): MemoryBody {
  const { space } = place;
  switch (effect.type) {
    case 'publish-checkpoint':
    case 'send-checkpoint': {
      const { checkpoint } = effect;
      const attachments = vouchersOf(place, [checkpoint]);
      return { kind: 'checkpoint', space, checkpoint: { ...checkpoint }, attachments };
    }
    case 'publish-proof': {
      const { left, right } = effect.proof;
      const proof = { ...toForkProofRecord(effect.proof) };
      return { kind: 'proof', space, proof, attachments: vouchersOf(place, [left, right]) };
    }
    case 'send-summary':
      return { kind: 'summary', space, summary: { ...effect.summary } };
    case 'request-range':
      return { kind: 'ranges', space, ranges: effect.ranges.map((range) => ({ ...range })) };
    case 'send-page': {
      const { author, epoch, run, hasMore } = effect.page;
      const frames = decodeRun(run, { mesh: place.mesh, space, author, epoch }, place.hash);
      const attachments = vouchersOf(place, frames instanceof Refused ? [] : frames);
      return { kind: 'page', space, author, epoch, run: toBase64Url(run), hasMore, attachments };
    }
  }
}

/** Frames as few bodies as hold them. */
export function writeFrameBodies(frames: readonly Frame[], place: BodyPlace): readonly MemoryBody[] {
  return packFrames(frames).map((batch) => ({
    kind: 'frames',
    space: place.space,
    frames: batch.map((one) => ({ ...toFrameRecord(one) })),
    attachments: vouchersOf(place, batch),
  }));
}

/** The attachments that say under which keys these were signed. */
function vouchersOf(
  { attachments }: BodyPlace,
  signed: readonly { readonly author: Did; readonly key?: Did }[],
): Attachment[] {
  const found = new Map<string, Attachment>();
  for (const { author, key } of signed) {
    const voucher = attachments.find(author, key ?? author);
    if (voucher !== undefined) found.set(voucher.sig, voucher);
  }
  return [...found.values()].slice(0, proofsPerPacketMax);
}

function packFrames(frames: readonly Frame[]): Frame[][] {
  const batches: Frame[][] = [];
  let bytes = 0;
  for (const frame of frames) {
    const last = batches.at(-1);
    bytes += frame.update.length;
    if (last !== undefined && last.length < framesPerPacketMax && bytes <= packetUpdateBytesMax)
      last.push(frame);
    else {
      batches.push([frame]);
      bytes = frame.update.length;
    }
  }
  return batches;
}
