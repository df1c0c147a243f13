/** What goes into the asker's machine and what comes out of it. */
import type { Did, MessageId } from '../brand.ts';
import type { Amount, Ceiling } from '../budget/amount.ts';
import type { Award, Content, Decline, Failure, Progress, Result } from '../contract-net/bodies.ts';
import type { CancelTimer, Ignored, Persist, SetTimer, TimerFired } from '../machine.ts';
import type { AcceptInvite, Dissolve, Invite, Review, UnsignedOutcome, WorkItem } from './bodies.ts';
import type { TeamCandidate } from './choose-team.ts';

export interface AskerCandidate extends TeamCandidate {
  readonly context: number;
  readonly reputation: number;
}

export type AskerInput =
  | { readonly type: 'form-team'; readonly atMs: number; readonly candidates: readonly AskerCandidate[] }
  | {
      readonly type: 'accept-received';
      readonly atMs: number;
      readonly from: Did;
      readonly body: AcceptInvite;
    }
  /** Before the team stands: no. Later: the member leaves. `task` names the coalition. */
  | { readonly type: 'decline-received'; readonly atMs: number; readonly from: Did; readonly body: Decline }
  /** A member claims the next term. */
  | { readonly type: 'invite-received'; readonly atMs: number; readonly from: Did; readonly body: Invite }
  | { readonly type: 'award-received'; readonly atMs: number; readonly from: Did; readonly body: Award }
  | { readonly type: 'progress-received'; readonly atMs: number; readonly from: Did; readonly body: Progress }
  | { readonly type: 'result-received'; readonly atMs: number; readonly from: Did; readonly body: Result }
  /** From the coordinator: nobody left for this item. */
  | { readonly type: 'failure-received'; readonly atMs: number; readonly from: Did; readonly body: Failure }
  /** The asking agent's verdict on `judge-item`. */
  | {
      readonly type: 'judge';
      readonly atMs: number;
      readonly task: MessageId;
      readonly fencing: number;
      readonly verdict: 'accept' | 'change';
      readonly quality?: number;
      readonly content?: Content;
    }
  /** Another agent would do: kept in reserve, or invited at once where size and budget allow it. */
  | {
      readonly type: 'candidate-found';
      readonly atMs: number;
      readonly candidate: AskerCandidate;
      readonly isWanted: boolean;
    }
  | { readonly type: 'withdraw'; readonly atMs: number }
  | { readonly type: 'recovered'; readonly atMs: number }
  | TimerFired;

export type AskerEffect =
  | Persist
  | SetTimer
  | CancelTimer
  | Ignored
  | { readonly type: 'open-grant'; readonly grant: Did; readonly amount: Amount }
  | { readonly type: 'settle-grant'; readonly grant: Did; readonly spent: Amount; readonly returned: Amount }
  | { readonly type: 'open-space'; readonly coalition: MessageId; readonly members: readonly Did[] }
  | { readonly type: 'send-invite'; readonly to: Did; readonly body: Invite }
  /** `isRepeat`: said before, now to one who had not heard it. */
  | {
      readonly type: 'send-review';
      readonly to: readonly Did[];
      readonly body: Review;
      readonly isRepeat?: boolean;
    }
  | { readonly type: 'judge-item'; readonly from: Did; readonly body: Result }
  /** Sign the record with the asker's key, then send it to all and close the space. */
  | {
      readonly type: 'dissolve-team';
      readonly to: readonly Did[];
      readonly body: Omit<Dissolve, 'outcome'>;
      readonly outcome: UnsignedOutcome;
    };

export interface AskerInit {
  readonly self: Did;
  readonly mesh: string;
  readonly coalition: MessageId;
  readonly goal: string;
  /** One item per skill. */
  readonly items: readonly WorkItem[];
  readonly budget: Ceiling;
  readonly sizeMax: number;
  readonly leaseMs: number;
  /** How long one item may take one holder. */
  readonly itemMs: number;
  /** How long invitations wait for an answer. */
  readonly formingMs: number;
  readonly endsAt: number;
  readonly depth?: number;
  readonly saved?: string;
}
