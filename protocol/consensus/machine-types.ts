/** Inputs, effects and settings of the consensus machine. */
import type { Did, Sha256 } from '../brand.ts';
import type { CancelTimer, Ignored, MachineInput, Persist, SetTimer, TimerFired } from '../machine.ts';
import type { Verified } from '../signing.ts';
import type { ConsensusInstance } from './instance.ts';
import type { ConsensusMemory, Decision } from './memory.ts';
import type {
  Certificate,
  ConsensusMessage,
  Evidence,
  Proposal,
  Undecided,
  UnsignedProposal,
  UnsignedUndecided,
  UnsignedVote,
  Vote,
} from './records.ts';
import type { Timeouts } from './timeouts.ts';

export type ConsensusInput =
  /** Once, first: open the instance, or find the place again after a restart. */
  | (MachineInput & { readonly type: 'start' })
  /** `from` is the member at the authenticated sending node. */
  | (MachineInput & {
      readonly type: 'message-received';
      readonly from: Did;
      readonly message: Verified<ConsensusMessage>;
    })
  /** The answer to a `sign` effect; for a sovereign agent it may come late or never. */
  | (MachineInput & { readonly type: 'signed'; readonly record: Vote | Proposal | Undecided })
  | TimerFired;

/**
 * The shell answers `sign` with `signed`, as an input of its own after all effects of this one; only then does
 * the machine persist and send, in that order, so a vote is on disk before anybody sees it (S3).
 */
export type ConsensusEffect =
  | { readonly type: 'sign'; readonly record: UnsignedVote | UnsignedProposal | UnsignedUndecided }
  | Persist
  /** To every other member of the roster, by direct send. */
  | { readonly type: 'send-to-roster'; readonly message: ConsensusMessage }
  | { readonly type: 'send-to'; readonly member: Did; readonly message: ConsensusMessage }
  | SetTimer
  | CancelTimer
  | { readonly type: 'report-decision'; readonly decision: Decision }
  | UndecidedReport
  | { readonly type: 'report-evidence'; readonly evidence: Evidence; readonly culprit: Did }
  /** Agreement is broken: more than f members lied. The first decision stands, both proofs are kept (S15). */
  | { readonly type: 'raise-alarm'; readonly decision: Decision; readonly conflicting: Certificate }
  /** Retention is over: the shell may drop the machine. */
  | { readonly type: 'finish' }
  | Ignored;

/**
 * `claimed`: signed by fewer than f + 1; `witnessed`: by f + 1, so one of them is honest; `conclusive`: a quorum
 * stopped and its locks show that no decision exists or can come.
 */
export type UndecidedLevel = 'claimed' | 'witnessed' | 'conclusive';

export interface UndecidedReport {
  readonly type: 'report-undecided';
  readonly level: UndecidedLevel;
  readonly records: readonly Undecided[];
}

export interface ConsensusLimits {
  readonly timeouts: Timeouts;
  /** Period of re-sending until decided, and the least time between two answers to one laggard (L6 d). */
  readonly resendMs: number;
  /** Rounds after which a member stops with `undecided` (L9), at most `roundMax` of records.ts. */
  readonly roundLimit: number;
  /** Integer Unix ms at which a member stops with `undecided` (L9); Infinity for none. */
  readonly deadlineAtMs: number;
  /** How long an outcome is kept to answer laggards (L6 d). */
  readonly retentionMs: number;
}

export interface ConsensusComponents {
  /** Lower-case hexadecimal SHA-256 of the value's canonical JSON (S13): `hashObject` over the `Keys` port. */
  readonly valueIdOf: (value: unknown) => Sha256;
  /** Deterministic, free of side effects, the same at every member (S12). */
  readonly isValid: (value: unknown) => boolean;
}

export interface ConsensusInit {
  readonly instance: ConsensusInstance;
  /** Who this is; a DID outside of the roster only listens. */
  readonly self: Did;
  /** What this member proposes when it is its turn; undefined when it has nothing to propose. */
  readonly candidate: unknown;
  readonly limits: ConsensusLimits;
  readonly memory: ConsensusMemory;
}
