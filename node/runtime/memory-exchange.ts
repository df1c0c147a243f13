/**
 * What replicas of one space say to each other over the mesh: frames and pages, heads, proofs and checkpoints, with
 * the attachments that vouch for them. Nothing reaches a replica whose signature was not checked here.
 */
import {
  type Checkpoint,
  checkpointSignature,
  decodeRun,
  type ForkProof,
  type Frame,
  forkProofSignatures,
  frameSignature,
  Refused,
  readCheckpoint,
  readForkProof,
  readFrameRecord,
  readRanges,
  readSummary,
  toForkProofRecord,
  toFrameRecord,
} from '../../crdt/index.ts';
import type { Did, NodeId, SpaceId } from '../../protocol/brand.ts';
import { fromBase64Url, toBase64Url } from '../../protocol/bytes.ts';
import { accept, type Checked, refuse } from '../../protocol/errors.ts';
import type { Attachment } from '../../protocol/records.ts';
import { checkSignature, type SignatureClaim, type Verified } from '../../protocol/signing.ts';
import {
  framesPerPacketMax,
  type MemoryBody,
  packetUpdateBytesMax,
  proofsPerPacketMax,
} from './memory-packets.ts';
import type { MemorySpace, Outgoing } from './memory-space.ts';
import type { Vouchers } from './memory-standing.ts';
import { encodePacket } from './packets.ts';
import type { PeerCore } from './peer-core.ts';

export interface MemoryExchangeComponents {
  readonly core: PeerCore;
  readonly vouchers: Vouchers;
  /** Other nodes that keep the space; sorted. */
  readonly holders: (id: SpaceId) => readonly NodeId[];
}

export interface MemoryExchange {
  /** Perform what a replica wants sent. Called after the commit that it rests on. */
  send(id: SpaceId, effect: Outgoing): void;
  /** Check and hand on what another holder said; its attachments were taken before. */
  take(space: MemorySpace, from: NodeId, body: MemoryBody): Checked<void>;
}

/** Holders told at once, others each time. */
const fanOut = 2;

export function createMemoryExchange({ core, vouchers, holders }: MemoryExchangeComponents): MemoryExchange {
  /** Local frames of this turn, by space: they leave together. */
  const leaving = new Map<SpaceId, Frame[]>();
  const turnOf = new Map<SpaceId, number>();

  function send(id: SpaceId, effect: Outgoing): void {
    switch (effect.type) {
      case 'publish-frame':
        return publish(id, effect.frame);
      case 'publish-checkpoint':
        return tell(holders(id), checkpointBody(id, effect.checkpoint));
      case 'send-checkpoint':
        return tell([effect.to], checkpointBody(id, effect.checkpoint));
      case 'publish-proof':
        return tell(effect.to === undefined ? holders(id) : [effect.to], proofBody(id, effect.proof));
      case 'send-summary':
        return tell(effect.to === undefined ? nextHolders(id) : [effect.to], {
          kind: 'summary',
          space: id,
          summary: effect.summary as unknown as Record<string, unknown>,
        });
      case 'request-range':
        return tell([effect.to], {
          kind: 'ranges',
          space: id,
          ranges: effect.ranges as unknown as Record<string, unknown>[],
        });
      case 'send-page': {
        const { author, epoch, run, hasMore } = effect.page;
        const frames = decodeRun(run, { mesh: core.mesh, space: id, author, epoch }, core.keys.hash);
        const attachments = vouchersOf(frames instanceof Refused ? [] : frames);
        const page = { kind: 'page', space: id, author, epoch, run: toBase64Url(run), hasMore } as const;
        return tell([effect.to], { ...page, attachments });
      }
    }
  }

  function tell(nodes: readonly NodeId[], body: MemoryBody): void {
    if (nodes.length === 0) return;
    const bytes = encodePacket({ packet: 'machine', machine: 'memory', body });
    for (const node of nodes) core.transport.send(node, bytes);
  }

  function checkpointBody(id: SpaceId, checkpoint: Checkpoint): MemoryBody {
    const body = checkpoint as unknown as Record<string, unknown>;
    return { kind: 'checkpoint', space: id, checkpoint: body, attachments: vouchersOf([checkpoint]) };
  }

  function proofBody(id: SpaceId, proof: ForkProof): MemoryBody {
    const record = toForkProofRecord(proof) as unknown as Record<string, unknown>;
    return { kind: 'proof', space: id, proof: record, attachments: vouchersOf([proof.left, proof.right]) };
  }

  /** The attachments that say under which keys these were signed. */
  function vouchersOf(signed: readonly { readonly author: Did; readonly key?: Did }[]): Attachment[] {
    const found = new Map<string, Attachment>();
    for (const { author, key } of signed) {
      const voucher = vouchers.find(author, key ?? author);
      if (voucher !== undefined) found.set(voucher.sig, voucher);
    }
    return [...found.values()].slice(0, proofsPerPacketMax);
  }

  /** Frames of one turn travel together. They are durable: this runs after the commit. */
  function publish(id: SpaceId, frame: Frame): void {
    const waiting = leaving.get(id);
    if (waiting !== undefined) return void waiting.push(frame);
    leaving.set(id, [frame]);
    core.turn.afterCommit(() => {
      const frames = leaving.get(id) ?? [];
      leaving.delete(id);
      for (const batch of packFrames(frames)) {
        const records = batch.map((one) => toFrameRecord(one) as unknown as Record<string, unknown>);
        tell(holders(id), { kind: 'frames', space: id, frames: records, attachments: vouchersOf(batch) });
      }
    });
  }

  function nextHolders(id: SpaceId): readonly NodeId[] {
    const all = holders(id);
    const turn = turnOf.get(id) ?? core.rng.uint32() % Math.max(1, all.length);
    turnOf.set(id, turn + fanOut);
    return all.length <= fanOut
      ? all
      : Array.from({ length: fanOut }, (_, i) => all[(turn + i) % all.length]!);
  }

  function take(space: MemorySpace, from: NodeId, body: MemoryBody): Checked<void> {
    switch (body.kind) {
      case 'frames':
        for (const record of body.frames) {
          const frame = readFrameRecord(record, core.keys.hash);
          if (!frame.ok) return frame;
          if (!areSigned([frameSignature(frame.value)])) return badSignature();
          space.give({ type: 'frame-received', from, frame: frame.value as Verified<Frame> });
        }
        return accept(undefined);
      case 'page':
        return takePage(space, from, body);
      case 'summary': {
        const summary = readSummary(body.summary);
        if (!summary.ok) return summary;
        space.give({ type: 'summary-received', from, summary: summary.value });
        return accept(undefined);
      }
      case 'ranges': {
        const ranges = readRanges(body.ranges);
        if (!ranges.ok) return ranges;
        space.give({ type: 'range-requested', from, ranges: ranges.value });
        return accept(undefined);
      }
      case 'proof': {
        const proof = readForkProof(body.proof, core.keys.hash);
        if (!proof.ok) return proof;
        if (!areSigned(forkProofSignatures(proof.value)) || !isVouched(proof.value.left))
          return badSignature();
        space.give({ type: 'proof-received', from, proof: proof.value as Verified<ForkProof> });
        return accept(undefined);
      }
      case 'checkpoint': {
        const checkpoint = readCheckpoint(body.checkpoint);
        if (!checkpoint.ok) return checkpoint;
        if (!areSigned([checkpointSignature(checkpoint.value)]) || !isVouched(checkpoint.value))
          return badSignature();
        space.give({
          type: 'checkpoint-received',
          from,
          checkpoint: checkpoint.value as Verified<Checkpoint>,
        });
        return accept(undefined);
      }
    }
  }

  function takePage(
    space: MemorySpace,
    from: NodeId,
    { author, epoch, run, hasMore }: Extract<MemoryBody, { kind: 'page' }>,
  ): Checked<void> {
    const bytes = fromBase64Url(run);
    if (bytes === undefined) return refuse('AMP-1701', 'The page is no base64url.', 'run');
    const head = { mesh: core.mesh, space: space.id, author: author as Did, epoch };
    const frames = decodeRun(bytes, head, core.keys.hash);
    if (frames instanceof Refused) return refuse('AMP-1701', `The page is no run: ${frames.reason}.`, 'run');
    if (!areSigned(frames.map(frameSignature))) return badSignature();
    space.give({ type: 'page-received', from, frames: frames as Verified<Frame>[], hasMore });
    return accept(undefined);
  }

  function areSigned(claims: readonly SignatureClaim[]): boolean {
    return claims.every((claim) => checkSignature(core.keys, claim));
  }

  /** A record that a replica takes without asking `maySign`: the session key must be the author's. */
  function isVouched({ author, key }: { readonly author: Did; readonly key?: Did }): boolean {
    return key === undefined || vouchers.find(author, key)?.scopes.includes('frames') === true;
  }

  return { send, take };
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

function badSignature(): ReturnType<typeof refuse> {
  return refuse('AMP-1101', 'A signature over shared memory does not match.');
}
