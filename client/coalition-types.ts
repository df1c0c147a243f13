/** What an agent that forms a coalition says of it, and what it hears of it. */
import type { Did, MessageId } from '../protocol/brand.ts';
import type { Amount } from '../protocol/budget/amount.ts';
import type { Ceiling } from '../protocol/budget/index.ts';
import type { AskerCandidate, Outcome, UnsignedOutcome } from '../protocol/coalition/index.ts';
import type { AgentStore } from './agent-store.ts';
import type { TeamContent } from './machine-shell.ts';
import type { Space } from './space.ts';

export interface CoalitionInit {
  readonly goal: string;
  /** What is needed, one item of work for each; up to 16. */
  readonly skills: readonly (string | { readonly skill: string; readonly content?: TeamContent })[];
  /** What the call for places says of the job. @default the goal */
  readonly content?: TeamContent;
  /** Whom to call. @default whoever is found by meaning for the skills */
  readonly to?: readonly Did[];
  /** For the whole team. @default no limit */
  readonly budget?: Ceiling;
  /** @default as many as there are skills */
  readonly sizeMax?: number;
  /** @default 0 */
  readonly minConfidence?: number;
  /** How long bids are taken, ms. @default 2,000 */
  readonly bidMs?: number;
  /** How long invitations wait for an answer, ms. @default 3,000 */
  readonly formingMs?: number;
  /** A member silent for longer loses its work, a coordinator its place, ms. @default 5,000 */
  readonly leaseMs?: number;
  /** How long one item may take one member, ms. @default 60,000 */
  readonly itemMs?: number;
  /** The whole, ms. @default 300,000 */
  readonly endMs?: number;
  /** Of the team's space and its memory. */
  readonly policy?: Readonly<Record<string, unknown>>;
  readonly bonusOf?: (agent: Did) => number;
  readonly judge?: JudgeItem;
  readonly onEvent?: (event: CoalitionEvent) => void;
  /** @default as long as the program */
  readonly store?: AgentStore;
  /** How many teams this one is inside of; set by a member's `form`. */
  readonly depth?: number;
}

/** A result that waits for the asker's verdict. */
export interface ItemResult {
  readonly task: MessageId;
  readonly skill: string;
  readonly from: Did;
  readonly fencing: number;
  readonly content: TeamContent;
  readonly spent: Amount;
  readonly complete: boolean;
  /** Why it is not complete, such as `over-budget`. */
  readonly reason?: string;
}

export type ItemVerdict =
  | { readonly verdict: 'accept'; readonly quality?: number }
  | { readonly verdict: 'change'; readonly content?: TeamContent };

export type JudgeItem = (result: ItemResult) => ItemVerdict | Promise<ItemVerdict>;

export type CoalitionEvent =
  | { readonly kind: 'bid'; readonly from: Did }
  | { readonly kind: 'invited'; readonly agent: Did; readonly grant: Amount }
  | { readonly kind: 'joined' | 'left'; readonly agent: Did }
  | { readonly kind: 'coordinator'; readonly agent: Did; readonly term: number }
  | {
      readonly kind: 'awarded';
      readonly task: MessageId;
      readonly skill: string;
      readonly agent: Did;
      readonly fencing: number;
    }
  | {
      readonly kind: 'accepted' | 'returned';
      readonly skill: string;
      readonly agent: Did;
      readonly fencing: number;
    }
  /** A word that the machine had no use for, such as a result under an old fencing number. */
  | { readonly kind: 'ignored'; readonly from: Did; readonly type: string; readonly reason: string }
  | { readonly kind: 'ended'; readonly outcome: UnsignedOutcome };

export interface CoalitionEnd {
  /** Signed by the asker; by its node when the node holds the asker's key. */
  readonly outcome: UnsignedOutcome | Outcome;
  /** Accepted results by skill. */
  readonly results: ReadonlyMap<string, ItemResult>;
}

export interface Coalition {
  /** Also its space. */
  readonly id: MessageId;
  readonly space: Space;
  members(): readonly Did[];
  coordinator(): Did | undefined;
  readonly ended: Promise<CoalitionEnd>;
  /** Ask one more agent in while work runs; it must not have bid before. */
  invite(candidate: AskerCandidate): void;
  /** End it with what there is. */
  dissolve(): void;
  /** Stop following without ending it, as a crash would: `resumeCoalitions` goes on. */
  stop(): void;
}
