/** What goes into a member's machine and what comes out of it. */
import type { Did, MessageId } from '../brand.ts';
import type { Amount } from '../budget/amount.ts';
import type { Award, Content, Decline, Failure, Progress, Result } from '../contract-net/bodies.ts';
import type { CancelTimer, Ignored, Persist, SetTimer, TimerFired } from '../machine.ts';
import type { AcceptInvite, Dissolve, Invite, Review } from './bodies.ts';

export type MemberInput =
  | { readonly type: 'invite-received'; readonly atMs: number; readonly from: Did; readonly body: Invite }
  /** The agent's answer to `consider-invite`. */
  | { readonly type: 'accept-invite'; readonly atMs: number }
  | { readonly type: 'refuse-invite'; readonly atMs: number; readonly reason: string }
  | { readonly type: 'award-received'; readonly atMs: number; readonly from: Did; readonly body: Award }
  | { readonly type: 'progress-received'; readonly atMs: number; readonly from: Did; readonly body: Progress }
  | { readonly type: 'result-received'; readonly atMs: number; readonly from: Did; readonly body: Result }
  | { readonly type: 'failure-received'; readonly atMs: number; readonly from: Did; readonly body: Failure }
  | { readonly type: 'review-received'; readonly atMs: number; readonly from: Did; readonly body: Review }
  | { readonly type: 'dissolve-received'; readonly atMs: number; readonly from: Did; readonly body: Dissolve }
  | {
      readonly type: 'finish-item';
      readonly atMs: number;
      readonly task: MessageId;
      readonly content: Content;
      readonly spent: Amount;
      readonly complete: boolean;
      readonly reason?: string;
    }
  | {
      readonly type: 'fail-item';
      readonly atMs: number;
      readonly task: MessageId;
      readonly reason: string;
      readonly spent: Amount;
    }
  | { readonly type: 'leave'; readonly atMs: number; readonly reason: string }
  | { readonly type: 'recovered'; readonly atMs: number }
  | TimerFired;

export type MemberEffect =
  | Persist
  | SetTimer
  | CancelTimer
  | Ignored
  | { readonly type: 'consider-invite'; readonly body: Invite }
  | { readonly type: 'send-accept'; readonly to: Did; readonly body: AcceptInvite }
  | { readonly type: 'send-decline'; readonly to: Did; readonly body: Decline }
  | { readonly type: 'send-invite'; readonly to: readonly Did[]; readonly body: Invite }
  | { readonly type: 'send-award'; readonly to: readonly Did[]; readonly body: Award }
  | { readonly type: 'send-progress'; readonly to: readonly Did[]; readonly body: Progress }
  | { readonly type: 'send-result'; readonly to: readonly Did[]; readonly body: Result }
  | { readonly type: 'send-failure'; readonly to: readonly Did[]; readonly body: Failure }
  | {
      readonly type: 'start-item';
      readonly task: MessageId;
      readonly fencing: number;
      readonly revise?: Content;
    }
  | { readonly type: 'stop-item'; readonly task: MessageId; readonly reason: string }
  | { readonly type: 'close-space'; readonly coalition: MessageId };

export interface MemberInit {
  readonly self: Did;
  readonly coalition: MessageId;
  readonly asker: Did;
  readonly saved?: string;
}
