/** What goes into a replica and what comes out of it. */
import type { Did, NodeId } from '../../protocol/brand.ts';
import type { Ignored, MachineInput, Persist, SetTimer, TimerFired } from '../../protocol/machine.ts';
import type { StoredRow } from '../../protocol/ports.ts';
import type { Verified } from '../../protocol/signing.ts';
import type { Checkpoint, CheckpointContent } from '../frames/checkpoint.ts';
import type { EntryValue } from '../frames/entry-value.ts';
import type { ForkProof } from '../frames/fork-proof.ts';
import type { Frame, FrameContent, HashBytes } from '../frames/frame.ts';
import type { FrameMark } from '../frames/grammar-index.ts';
import type { Edit } from '../frames/update-writer.ts';

/** `unknown` parks the frame until `membership-changed`; `no` refuses it. */
export type Standing = 'yes' | 'no' | 'unknown';

/** Who may write. Pure functions of records that the runtime holds; a change is told by `membership-changed`. */
export interface Membership {
  /** May this author write a frame that names this version of the members? */
  mayWrite(author: Did, members: string): Standing;
  /** Does any known version name this author (so that its frames are worth asking for)? */
  isKnown(author: Did): boolean;
  /**
   * The last frame that still counts of a removed author's epoch: its seq, -1 for none of the epoch, or
   * `undefined` when the author was not removed.
   */
  cutAt(author: Did, epoch: string): number | undefined;
  /** Does an attachment let `key` sign frames for `author` at that time? Asked only when they differ. */
  maySign(author: Did, key: Did, at: number): Standing;
}

export interface ReplicaComponents {
  readonly hash: HashBytes;
  readonly membership: Membership;
}

export interface ReplicaInit {
  readonly mesh: string;
  readonly space: string;
  /** How often the replica tells others what it has, while that changes. Default 1 000 ms. */
  readonly summaryIntervalMs?: number;
  /** How often when nothing has changed for long: each wait is twice the one before. Default `summaryIntervalMs`. */
  readonly summaryIntervalMaxMs?: number;
  /** How long an answer is waited for before another peer is asked. Default 2 000 ms. */
  readonly requestTimeoutMs?: number;
  /** Bytes of a page. Default 48 KiB, which fits a packet of 64 KiB as base64url. */
  readonly pageBytesMax?: number;
  /** What one author may send at once, and how fast that allowance returns. Defaults 64 MiB, 1 MiB/s. */
  readonly authorBurstBytes?: number;
  readonly authorBytesPerSecond?: number;
}

/** The state of one chain, as peers compare it. */
export interface Head {
  readonly author: Did;
  readonly epoch: string;
  readonly seq: number;
  /** Hash of the frame at `seq`, hexadecimal. */
  readonly hash: string;
  readonly isFrozen?: true;
}

/**
 * What a replica has, told in three steps so that equal replicas exchange 100 bytes: one digest, then one for
 * each of 256 buckets, then the heads of the buckets that differ.
 * @see Meyer, "Range-Based Set Reconciliation", 2023
 */
export type Summary =
  | { readonly kind: 'root'; readonly space: string; readonly digest: string }
  | { readonly kind: 'buckets'; readonly space: string; readonly digests: readonly string[] }
  | {
      readonly kind: 'heads';
      readonly space: string;
      /** Buckets of which these are all heads; what is absent from them, the sender lacks. */
      readonly buckets: 'all' | readonly number[];
      readonly heads: readonly Head[];
      /** An answer to heads: it is not answered by heads again. */
      readonly isReply: boolean;
    };

export interface RangeRequest {
  readonly author: Did;
  readonly epoch: string;
  /** First and last seq asked for. */
  readonly fromSeq: number;
  readonly toSeq: number;
}

/** Consecutive frames of one epoch, as bytes of `encodeRun`. */
export interface Page {
  readonly space: string;
  readonly author: Did;
  readonly epoch: string;
  readonly run: Uint8Array;
  /** More of the range asked for is here. */
  readonly hasMore: boolean;
}

export type ReplicaInput =
  /** First of all: read what is stored, then begin to tell others. */
  | (MachineInput & { readonly type: 'start' })
  | (MachineInput & {
      readonly type: 'loaded';
      readonly request: string;
      readonly rows: readonly StoredRow[];
    })
  | (MachineInput & {
      readonly type: 'frame-received';
      readonly from: NodeId;
      readonly frame: Verified<Frame>;
    })
  | (MachineInput & {
      readonly type: 'page-received';
      readonly from: NodeId;
      readonly frames: readonly Verified<Frame>[];
      readonly hasMore: boolean;
    })
  /** This node can be reached again, or holds the space now: compare with it. */
  | (MachineInput & { readonly type: 'holder-up'; readonly node: NodeId })
  | (MachineInput & { readonly type: 'summary-received'; readonly from: NodeId; readonly summary: Summary })
  | (MachineInput & {
      readonly type: 'range-requested';
      readonly from: NodeId;
      readonly ranges: readonly RangeRequest[];
    })
  | (MachineInput & {
      readonly type: 'proof-received';
      readonly from: NodeId;
      readonly proof: Verified<ForkProof>;
    })
  | (MachineInput & {
      readonly type: 'checkpoint-received';
      readonly from: NodeId;
      readonly checkpoint: Verified<Checkpoint>;
    })
  /** New member versions or attachments are known: try parked frames again, apply cuts. */
  | (MachineInput & { readonly type: 'membership-changed' })
  /** A local author begins to write. `freshEpoch`: 32 hexadecimal digits from the secure generator. */
  | (MachineInput & {
      readonly type: 'open-writer';
      readonly author: Did;
      readonly key?: Did;
      readonly freshEpoch: string;
    })
  /** A clean end: the next `open-writer` may continue the epoch. */
  | (MachineInput & { readonly type: 'close-writer'; readonly author: Did })
  | (MachineInput & {
      readonly type: 'local-edit';
      readonly author: Did;
      readonly request: string;
      readonly members: string;
      readonly edits: readonly Edit[];
    })
  /** The answer to `sign-frame`. */
  | (MachineInput & {
      readonly type: 'frame-signed';
      readonly request: string;
      readonly frame: Verified<Frame>;
    })
  | (MachineInput & { readonly type: 'sign-failed'; readonly request: string; readonly reason: string })
  /** Repeat what is live of this author in a fresh epoch and replace the earlier ones. */
  | (MachineInput & {
      readonly type: 'compact-author';
      readonly author: Did;
      readonly request: string;
      readonly members: string;
      readonly freshEpoch: string;
    })
  | (MachineInput & {
      readonly type: 'checkpoint-signed';
      readonly request: string;
      readonly checkpoint: Verified<Checkpoint>;
    })
  | TimerFired;

/** One key of one author, as the view sees it now. */
export interface EntryChange {
  readonly author: Did;
  readonly key: string;
  /** `undefined`: the key is empty. */
  readonly value: EntryValue | undefined;
  readonly mark: FrameMark;
}

export type ReplicaEffect =
  | Ignored
  | Persist
  | SetTimer
  /** Scan `fromKey <= key < toKey` and answer with `loaded`. */
  | {
      readonly type: 'load';
      readonly request: string;
      readonly bucket: string;
      readonly fromKey: string;
      readonly toKey: string;
      readonly limit: number;
    }
  /** All that is stored is in the view. */
  | { readonly type: 'ready' }
  | {
      readonly type: 'sign-frame';
      readonly request: string;
      readonly signer: Did;
      readonly content: FrameContent;
    }
  | {
      readonly type: 'sign-checkpoint';
      readonly request: string;
      readonly signer: Did;
      readonly content: CheckpointContent;
    }
  /** Send a local frame to the members of the space: it is durable. */
  | { readonly type: 'publish-frame'; readonly frame: Frame }
  | { readonly type: 'publish-checkpoint'; readonly checkpoint: Checkpoint }
  /** Tell the members of the space once; `to` only that node, which lacks it. */
  | { readonly type: 'publish-proof'; readonly proof: ForkProof; readonly to?: NodeId }
  | { readonly type: 'send-checkpoint'; readonly checkpoint: Checkpoint; readonly to: NodeId }
  /** Without `to`: to one or more members that the runtime picks, others each time. */
  | {
      readonly type: 'send-summary';
      readonly summary: Summary;
      readonly to?: NodeId;
      /** Rounds that others opened with this one since its last: with many, fewer need to be told. 0 when rounds are rare. */
      readonly heardCount?: number;
    }
  | { readonly type: 'request-range'; readonly to: NodeId; readonly ranges: readonly RangeRequest[] }
  | { readonly type: 'send-page'; readonly to: NodeId; readonly page: Page }
  /** The epoch counts up to `seq` (-1: not at all); what it holds is shown as written by a forker. */
  | {
      readonly type: 'frozen';
      readonly author: Did;
      readonly epoch: string;
      readonly seq: number;
      readonly proof: ForkProof;
    }
  | { readonly type: 'view-changed'; readonly changes: readonly EntryChange[] }
  /** A local edit is durable. `seq` is -1 when it changed nothing. */
  | { readonly type: 'edited'; readonly request: string; readonly epoch: string; readonly seq: number }
  | {
      readonly type: 'edit-refused';
      readonly request: string;
      readonly code: 'AMP-1702' | 'AMP-1704';
      readonly reason: string;
    }
  | { readonly type: 'compacted'; readonly request: string; readonly checkpoint: Checkpoint };
