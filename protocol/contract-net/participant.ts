/**
 * The bidder's side of one contract: consider, bid or refuse, work under an award, report.
 *
 * It starts work only for the asker it bid to, for the very bid it made, and never twice under one fencing.
 * What it promises (its bid, its acceptance, its result) is durable before it is said.
 * @see FIPA SC00029H, 2002
 */
import type { Did, MessageId, Sha256 } from '../brand.ts';
import { type Amount, fitsCeiling } from '../budget/amount.ts';
import {
  type CancelTimer,
  type Ignored,
  ignore,
  type Machine,
  type Persist,
  type SetTimer,
  type TimerFired,
} from '../machine.ts';
import type { Keys } from '../ports.ts';
import { commitToOffer, hashBid } from './bid-hash.ts';
import type {
  Award,
  Bid,
  Cancel,
  Cfp,
  Content,
  Decline,
  Failure,
  Offer,
  Partial,
  Progress,
  Refuse,
  Result,
} from './bodies.ts';

/** A worker speaks so many times within one lease, so that one lost message does not cost it the award. */
export const heartbeatsPerLease = 3;

export type ParticipantInput =
  | { readonly type: 'cfp-received'; readonly atMs: number; readonly from: Did; readonly body: Cfp }
  | { readonly type: 'award-received'; readonly atMs: number; readonly from: Did; readonly body: Award }
  | { readonly type: 'cancel-received'; readonly atMs: number; readonly from: Did; readonly body: Cancel }
  /** The agent's answer to `consider-call`. A sealed call needs a nonce of 16 random characters or more. */
  | { readonly type: 'make-bid'; readonly atMs: number; readonly offer: Offer; readonly nonce?: string }
  | { readonly type: 'refuse-call'; readonly atMs: number; readonly reason: string }
  /** The agent's answer to `start-work` when it cannot. */
  | { readonly type: 'decline-award'; readonly atMs: number; readonly reason: string }
  | { readonly type: 'note-progress'; readonly atMs: number; readonly share: number }
  | { readonly type: 'hand-partial'; readonly atMs: number; readonly content: Content }
  /** The agent reports what it has used so far; reaching its grant stops the work. */
  | { readonly type: 'note-spending'; readonly atMs: number; readonly spent: Amount }
  | {
      readonly type: 'finish-work';
      readonly atMs: number;
      readonly content: Content;
      readonly spent: Amount;
      readonly complete: boolean;
      readonly reason?: string;
    }
  | { readonly type: 'fail-work'; readonly atMs: number; readonly reason: string; readonly spent: Amount }
  | { readonly type: 'recovered'; readonly atMs: number }
  | TimerFired;

export type ParticipantEffect =
  | Persist
  | SetTimer
  | CancelTimer
  | Ignored
  | { readonly type: 'consider-call'; readonly from: Did; readonly body: Cfp }
  | { readonly type: 'send-bid'; readonly to: Did; readonly body: Bid }
  | { readonly type: 'send-refuse'; readonly to: Did; readonly body: Refuse }
  | { readonly type: 'send-decline'; readonly to: Did; readonly body: Decline }
  | { readonly type: 'send-progress'; readonly to: Did; readonly body: Progress }
  | { readonly type: 'send-partial'; readonly to: Did; readonly body: Partial }
  | { readonly type: 'send-result'; readonly to: Did; readonly body: Result }
  | { readonly type: 'send-failure'; readonly to: Did; readonly body: Failure }
  | {
      readonly type: 'start-work';
      readonly fencing: number;
      readonly grant: Amount;
      readonly resumed: boolean;
    }
  /** Hand over what there is (`over-budget`), or drop the work (any other reason). */
  | { readonly type: 'stop-work'; readonly fencing: number; readonly reason: string }
  /** The asker signed two awards with one fencing: transferable evidence against it. */
  | { readonly type: 'report-double-award'; readonly about: Did; readonly awards: readonly [Award, Award] };

export interface ParticipantComponents {
  readonly keys: Pick<Keys, 'hash'>;
}

export interface ParticipantInit {
  readonly self: Did;
  readonly initiator: Did;
  readonly task: MessageId;
  readonly saved?: string;
}

interface ParticipantState {
  phase: 'new' | 'considering' | 'bidding' | 'working' | 'reported' | 'ended';
  cfp: Cfp | null;
  offer: Offer | null;
  nonce: string | null;
  bidHash: Sha256 | null;
  /** The newest award seen, ours or not: nothing with a lower fencing counts. */
  award: Award | null;
  share: number;
  report: { type: 'result'; body: Result } | { type: 'failure'; body: Failure } | null;
}

export function createParticipant(
  components: ParticipantComponents,
  init: ParticipantInit,
): Machine<ParticipantInput, ParticipantEffect> {
  const { self, initiator, task } = init;
  const state: ParticipantState = init.saved
    ? (JSON.parse(init.saved) as ParticipantState)
    : {
        phase: 'new',
        cfp: null,
        offer: null,
        nonce: null,
        bidHash: null,
        award: null,
        share: 0,
        report: null,
      };
  return { step };

  function step(input: ParticipantInput): readonly ParticipantEffect[] {
    switch (input.type) {
      case 'cfp-received':
        return ignoreForeign(input) ?? takeCall(input);
      case 'award-received':
        return ignoreForeign(input) ?? takeAward(input);
      case 'cancel-received':
        return ignoreForeign(input) ?? close(`cancelled-${input.body.reason}`);
      case 'make-bid':
        return makeBid(input);
      case 'refuse-call':
        return state.phase === 'considering' ? refuseCall(input.reason) : ignore('not-considering');
      case 'decline-award':
        return state.phase === 'working' ? declineAward(input.reason) : ignore('not-working');
      case 'note-progress':
        return state.phase === 'working' ? noteProgress(input.atMs, input.share) : ignore('not-working');
      case 'hand-partial':
        return state.phase === 'working' ? handPartial(input.atMs, input.content) : ignore('not-working');
      case 'note-spending':
        return state.phase === 'working' ? noteSpending(input.spent) : ignore('not-working');
      case 'finish-work':
        return state.phase === 'working' ? finishWork(input) : ignore('not-working');
      case 'fail-work':
        return state.phase === 'working' ? failWork(input) : ignore('not-working');
      case 'recovered':
        return recover(input.atMs);
      case 'timer-fired':
        return fire(input);
    }
  }

  function ignoreForeign(input: { from: Did; body: { task: string } }): readonly Ignored[] | undefined {
    if (input.from !== initiator) return ignore('foreign-asker');
    if (input.body.task !== task) return ignore('foreign-task');
    return state.phase === 'ended' ? ignore('ended') : undefined;
  }

  function takeCall(input: ParticipantInput & { type: 'cfp-received' }): readonly ParticipantEffect[] {
    if (state.phase !== 'new') return ignore('duplicate');
    if (input.atMs >= input.body.deadlineAt) return ignore('late-call');
    state.phase = 'considering';
    state.cfp = input.body;
    return [
      persist(),
      armTimer('end', input.body.endsAt),
      { type: 'consider-call', from: initiator, body: input.body },
    ];
  }

  function makeBid(input: ParticipantInput & { type: 'make-bid' }): readonly ParticipantEffect[] {
    if (state.phase !== 'considering') return ignore('not-considering');
    const cfp = state.cfp!;
    if (input.atMs >= cfp.deadlineAt) return ignore('late-bid');
    if (!fitsCeiling(input.offer.cost, cfp.ceiling)) return ignore('over-budget');
    if (cfp.openUntil !== undefined && (input.nonce?.length ?? 0) < 16) return ignore('nonce-missing');
    state.phase = 'bidding';
    state.offer = input.offer;
    state.nonce = cfp.openUntil === undefined ? null : input.nonce!;
    const bid = firstBid();
    state.bidHash = hashBid(components.keys, self, bid);
    const timers = state.nonce === null ? [] : [armTimer('opening', cfp.deadlineAt)];
    return [persist(), ...timers, { type: 'send-bid', to: initiator, body: bid }];
  }

  function firstBid(): Bid {
    const offer = state.offer!;
    if (state.nonce === null) return { task, offer };
    return { task, seal: commitToOffer(components.keys, { bidder: self, task, offer, nonce: state.nonce }) };
  }

  function refuseCall(reason: string): readonly ParticipantEffect[] {
    state.phase = 'ended';
    return [persist(), { type: 'send-refuse', to: initiator, body: { task, reason } }];
  }

  function takeAward(input: ParticipantInput & { type: 'award-received' }): readonly ParticipantEffect[] {
    const { body } = input;
    if (state.bidHash === null) return ignore('never-bid');
    const known = state.award;
    if (known && body.fencing < known.fencing) return ignore('stale-fencing');
    if (known && body.fencing === known.fencing) return takeSameFence(known, body);
    if (body.winner !== self) return takeOthersAward(body);
    if (body.bid !== state.bidHash) return ignore('foreign-bid');
    if (!body.bids.some((seen) => seen.bidder === self && seen.bid === body.bid))
      return ignore('unlisted-bid');
    if (!fitsCeiling(state.offer!.cost, body.grant)) return ignore('grant-too-small');
    if (input.atMs >= state.cfp!.endsAt) return ignore('late-award');
    if (state.phase !== 'bidding') return ignore('not-bidding');
    state.phase = 'working';
    state.award = body;
    return [persist(), startWork(false), ...beat(input.atMs)];
  }

  function takeSameFence(known: Award, body: Award): readonly ParticipantEffect[] {
    if (known.winner === body.winner && known.bid === body.bid) return ignore('duplicate');
    return [{ type: 'report-double-award', about: initiator, awards: [known, body] }];
  }

  /** Another bidder has it now: whatever we did under a lower fencing will not be accepted. */
  function takeOthersAward(body: Award): readonly ParticipantEffect[] {
    const ours = state.award;
    const wasWorking = state.phase === 'working';
    if (wasWorking || state.phase === 'reported') state.phase = 'bidding';
    state.award = body;
    return wasWorking
      ? [persist(), cancelTimer('heartbeat'), stopWork(ours!.fencing, 'superseded')]
      : [persist()];
  }

  function declineAward(reason: string): readonly ParticipantEffect[] {
    const { fencing } = state.award!;
    state.phase = 'ended';
    return [
      persist(),
      cancelTimer('heartbeat'),
      { type: 'send-decline', to: initiator, body: { task, fencing, reason } },
    ];
  }

  function noteProgress(atMs: number, share: number): readonly ParticipantEffect[] {
    state.share = share;
    return beat(atMs);
  }

  function handPartial(atMs: number, content: Content): readonly ParticipantEffect[] {
    const { fencing } = state.award!;
    return [armHeartbeat(atMs), { type: 'send-partial', to: initiator, body: { task, fencing, content } }];
  }

  /** The agent answers `stop-work` by `finish-work` with what it has. */
  function noteSpending(spent: Amount): readonly ParticipantEffect[] {
    const { fencing, grant } = state.award!;
    return fitsCeiling(spent, grant) ? ignore('within-budget') : [stopWork(fencing, 'over-budget')];
  }

  function finishWork(input: ParticipantInput & { type: 'finish-work' }): readonly ParticipantEffect[] {
    const { content, spent, complete, reason } = input;
    const { fencing } = state.award!;
    const body: Result = {
      task,
      fencing,
      content,
      spent,
      complete,
      ...(reason === undefined ? {} : { reason }),
    };
    return report({ type: 'result', body });
  }

  function failWork(input: ParticipantInput & { type: 'fail-work' }): readonly ParticipantEffect[] {
    const { reason, spent } = input;
    return report({ type: 'failure', body: { task, fencing: state.award!.fencing, reason, spent } });
  }

  function report(made: NonNullable<ParticipantState['report']>): readonly ParticipantEffect[] {
    state.phase = 'reported';
    state.report = made;
    return [persist(), cancelTimer('heartbeat'), sendReport()];
  }

  function sendReport(): ParticipantEffect {
    const made = state.report!;
    return made.type === 'result'
      ? { type: 'send-result', to: initiator, body: made.body }
      : { type: 'send-failure', to: initiator, body: made.body };
  }

  function recover(atMs: number): readonly ParticipantEffect[] {
    const cfp = state.cfp;
    if (!cfp || state.phase === 'new' || state.phase === 'ended') return ignore('nothing-open');
    const end = armTimer('end', cfp.endsAt);
    switch (state.phase) {
      case 'considering':
        return [end, { type: 'consider-call', from: initiator, body: cfp }];
      case 'bidding':
        return [
          end,
          ...(state.nonce === null ? [] : [armTimer('opening', cfp.deadlineAt)]),
          { type: 'send-bid', to: initiator, body: firstBid() },
        ];
      case 'working':
        return [end, startWork(true), ...beat(atMs)];
      case 'reported':
        return [end, sendReport()];
    }
  }

  function fire(input: TimerFired): readonly ParticipantEffect[] {
    switch (input.timer) {
      case timerName('opening'):
        return state.phase === 'bidding' && state.nonce !== null ? openBid() : ignore('stale-timer');
      case timerName('heartbeat'):
        return state.phase === 'working' ? beat(input.atMs) : ignore('stale-timer');
      case timerName('end'):
        return state.phase === 'ended' ? ignore('ended') : close('expired');
      default:
        return ignore('foreign-timer');
    }
  }

  function openBid(): readonly ParticipantEffect[] {
    const body: Bid = { task, offer: state.offer!, nonce: state.nonce! };
    return [{ type: 'send-bid', to: initiator, body }];
  }

  function close(reason: string): readonly ParticipantEffect[] {
    const wasWorking = state.phase === 'working';
    state.phase = 'ended';
    const timers = ['opening', 'heartbeat', 'end'].map(cancelTimer);
    return [persist(), ...timers, ...(wasWorking ? [stopWork(state.award!.fencing, reason)] : [])];
  }

  function startWork(resumed: boolean): ParticipantEffect {
    return { type: 'start-work', fencing: state.award!.fencing, grant: state.award!.grant, resumed };
  }

  function stopWork(fencing: number, reason: string): ParticipantEffect {
    return { type: 'stop-work', fencing, reason };
  }

  /** The first beat accepts the award; the later ones keep it. */
  function beat(atMs: number): readonly ParticipantEffect[] {
    const body: Progress = { task, fencing: state.award!.fencing, share: state.share };
    return [armHeartbeat(atMs), { type: 'send-progress', to: initiator, body }];
  }

  function armHeartbeat(atMs: number): SetTimer {
    return armTimer('heartbeat', atMs + Math.max(1, Math.floor(state.cfp!.leaseMs / heartbeatsPerLease)));
  }

  function armTimer(name: string, dueAtMs: number): SetTimer {
    return { type: 'set-timer', timer: timerName(name), dueAtMs };
  }

  function cancelTimer(name: string): CancelTimer {
    return { type: 'cancel-timer', timer: timerName(name) };
  }

  function timerName(name: string): string {
    return `bid/${initiator}/${task}/${name}`;
  }

  function persist(): Persist {
    const key = `${initiator}/${task}`;
    return { type: 'persist', bucket: participantBucket, key, value: JSON.stringify(state) };
  }
}

export const participantBucket = 'contract-participant';
