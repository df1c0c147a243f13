/**
 * The asker's side of one contract: call, collect bids, award, watch the winner, end.
 *
 * It ends exactly once, in `result`, `failure` or `void`. Each award has a higher fencing than the last, made
 * durable before it leaves; a result counts only from the present winner under the present fencing.
 * @see FIPA SC00029H; fencing: Gray and Cheriton, Leases, 1989; Kleppmann, How to do distributed locking, 2016
 */
import type { Did, Sha256 } from '../brand.ts';
import { type Amount, capAmount, fitsCeiling, nothing, subtractAmounts } from '../budget/amount.ts';
import type { ErrorCode } from '../errors.ts';
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
import { hashBid, readBidForm } from './bid-hash.ts';
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
import { findUnfitReason, type RankedBid, rankBids } from './choose-winner.ts';

/** Judgement: a task that four agents could not do needs another call, not a fifth try. */
export const awardsPerCallMax = 4;
/** Claimed minus judged quality above this is a lie rather than bad luck. Judgement. */
export const overclaimTolerance = 0.3;

export type InitiatorInput =
  | { readonly type: 'open-call'; readonly atMs: number }
  | {
      readonly type: 'bid-received';
      readonly atMs: number;
      readonly from: Did;
      readonly body: Bid;
      /** From signed outcomes, 0 to 1; 0.5 when unknown. */
      readonly reputation?: number;
      /** Skills of the bidder's signed capability record, when one is known. */
      readonly announcedSkills?: readonly string[];
    }
  | { readonly type: 'refuse-received'; readonly atMs: number; readonly from: Did; readonly body: Refuse }
  | { readonly type: 'decline-received'; readonly atMs: number; readonly from: Did; readonly body: Decline }
  | { readonly type: 'progress-received'; readonly atMs: number; readonly from: Did; readonly body: Progress }
  | { readonly type: 'partial-received'; readonly atMs: number; readonly from: Did; readonly body: Partial }
  | { readonly type: 'result-received'; readonly atMs: number; readonly from: Did; readonly body: Result }
  | { readonly type: 'failure-received'; readonly atMs: number; readonly from: Did; readonly body: Failure }
  /** The asker's own wish to stop. */
  | { readonly type: 'withdraw-call'; readonly atMs: number }
  /** The asker's verdict on an accepted result, 0 to 1. */
  | { readonly type: 'judge-result'; readonly atMs: number; readonly quality: number }
  /** First input after a restart from a saved state. */
  | { readonly type: 'recovered'; readonly atMs: number }
  | TimerFired;

export type Fault =
  | 'overclaimed-skill'
  | 'overclaimed-quality'
  | 'over-spent'
  | 'went-silent'
  | 'failed'
  | 'bad-opening'
  | 'never-opened';

export type ContractOutcome =
  | {
      readonly kind: 'result';
      readonly winner: Did;
      readonly fencing: number;
      readonly result: Result;
      /** What the asker pays: never above the grant. */
      readonly charged: Amount;
    }
  | { readonly kind: 'failure'; readonly reason: string; readonly partial?: Content }
  | { readonly kind: 'void'; readonly reason: string };

export type InitiatorEffect =
  | Persist
  | SetTimer
  | CancelTimer
  | Ignored
  | { readonly type: 'send-cfp'; readonly body: Cfp }
  | { readonly type: 'send-award'; readonly to: readonly Did[]; readonly body: Award }
  | { readonly type: 'send-cancel'; readonly to: readonly Did[]; readonly body: Cancel }
  | { readonly type: 'send-error'; readonly to: Did; readonly code: ErrorCode; readonly reason: string }
  /** Move the amount out of the asker's ledger. */
  | { readonly type: 'grant'; readonly fencing: number; readonly to: Did; readonly amount: Amount }
  /** Close that grant: charge `spent`, take `returned` back. */
  | {
      readonly type: 'settle-grant';
      readonly fencing: number;
      readonly spent: Amount;
      readonly returned: Amount;
    }
  /** For the reputation of `about`. */
  | { readonly type: 'report-fault'; readonly about: Did; readonly fault: Fault }
  | { readonly type: 'show-progress'; readonly from: Did; readonly body: Progress }
  | { readonly type: 'show-partial'; readonly from: Did; readonly body: Partial }
  | { readonly type: 'end-contract'; readonly outcome: ContractOutcome };

export interface InitiatorComponents {
  readonly keys: Pick<Keys, 'hash'>;
}

export interface InitiatorInit {
  readonly self: Did;
  readonly cfp: Cfp;
  /** A state this machine once persisted; then `recovered` is the first input. */
  readonly saved?: string;
}

interface SeenBid {
  readonly bidder: Did;
  readonly hash: Sha256;
  readonly reputation: number;
  /** Absent while sealed. */
  offer?: Offer;
  /** Awarded once already, or not to be trusted. */
  spoiled?: boolean;
}

interface InitiatorState {
  phase: 'new' | 'calling' | 'opening' | 'awarded' | 'ended';
  bids: SeenBid[];
  fencing: number;
  award: Award | null;
  lastPartial: Content | null;
  outcome: ContractOutcome | null;
}

export function createInitiator(
  components: InitiatorComponents,
  init: InitiatorInit,
): Machine<InitiatorInput, InitiatorEffect> {
  const { cfp } = init;
  const state: InitiatorState = init.saved
    ? (JSON.parse(init.saved) as InitiatorState)
    : { phase: 'new', bids: [], fencing: 0, award: null, lastPartial: null, outcome: null };
  return { step };

  function step(input: InitiatorInput): readonly InitiatorEffect[] {
    switch (input.type) {
      case 'open-call':
        return state.phase === 'new' ? openCall() : ignore('already-open');
      case 'bid-received':
        return takeBid(input);
      case 'refuse-received':
        return ignore(input.body.task === cfp.task ? 'refusal-noted' : 'foreign-task');
      case 'decline-received':
        return ignoreUnlessWinner(input) ?? awardNext(input.atMs, settle(nothing));
      case 'progress-received':
        return (
          ignoreUnlessWinner(input) ?? [
            armLease(input.atMs),
            { type: 'show-progress', from: input.from, body: input.body },
          ]
        );
      case 'partial-received':
        return ignoreUnlessWinner(input) ?? takePartial(input);
      case 'result-received':
        return ignoreUnlessWinner(input) ?? takeResult(input.from, input.body);
      case 'failure-received':
        return ignoreUnlessWinner(input) ?? takeFailure(input.atMs, input.from, input.body);
      case 'withdraw-call':
        return state.phase === 'ended'
          ? ignore('ended')
          : end({ kind: 'void', reason: 'withdrawn' }, 'withdrawn');
      case 'judge-result':
        return judge(input.quality);
      case 'recovered':
        return recover(input.atMs);
      case 'timer-fired':
        return fire(input);
    }
  }

  function openCall(): InitiatorEffect[] {
    state.phase = 'calling';
    return [
      persist(),
      armTimer('deadline', cfp.deadlineAt),
      armTimer('end', cfp.endsAt),
      { type: 'send-cfp', body: cfp },
    ];
  }

  function takeBid(input: InitiatorInput & { type: 'bid-received' }): readonly InitiatorEffect[] {
    const { from, body } = input;
    if (body.task !== cfp.task) return ignore('foreign-task');
    if (state.phase === 'ended') return ignore('ended');
    const form = readBidForm(body);
    if (form === 'malformed') return ignore('malformed-bid');
    if (form === 'opening') return takeOpening(from, body, input);
    if (state.phase !== 'calling' || input.atMs >= cfp.deadlineAt) return ignore('late-bid');
    if ((form === 'sealed') !== (cfp.openUntil !== undefined)) return ignore('wrong-form');
    const hash = hashBid(components.keys, from, body);
    const earlier = state.bids.find((bid) => bid.bidder === from);
    if (earlier) return ignore(earlier.hash === hash ? 'duplicate' : 'already-bid');
    if (state.bids.length >= cfp.bidsMax) return ignore('call-full');
    const bid: SeenBid = { bidder: from, hash, reputation: input.reputation ?? 0.5 };
    state.bids.push(bid);
    return body.offer ? takeOffer(bid, body.offer, input) : [persist()];
  }

  function takeOpening(
    from: Did,
    body: Bid,
    facts: { announcedSkills?: readonly string[] },
  ): readonly InitiatorEffect[] {
    const bid = state.bids.find((seen) => seen.bidder === from);
    if (!bid) return ignore('never-sealed');
    if (state.phase === 'awarded') return ignore('late-opening');
    if (bid.offer || bid.spoiled) return ignore('duplicate');
    if (hashBid(components.keys, from, body) === bid.hash) return takeOffer(bid, body.offer!, facts);
    bid.spoiled = true;
    return [
      persist(),
      { type: 'report-fault', about: from, fault: 'bad-opening' },
      { type: 'send-error', to: from, code: 'AMP-1804', reason: 'bad-opening' },
    ];
  }

  function takeOffer(
    bid: SeenBid,
    offer: Offer,
    facts: { announcedSkills?: readonly string[] },
  ): readonly InitiatorEffect[] {
    bid.offer = offer;
    const overclaims =
      facts.announcedSkills && !offer.skills.every((s) => facts.announcedSkills?.includes(s));
    if (overclaims) bid.spoiled = true;
    const unfit = overclaims ? 'overclaimed-skill' : findUnfitReason(cfp, offer);
    const effects: InitiatorEffect[] = [persist()];
    if (overclaims) effects.push({ type: 'report-fault', about: bid.bidder, fault: 'overclaimed-skill' });
    if (unfit)
      effects.push({
        type: 'send-error',
        to: bid.bidder,
        code: unfit === 'over-budget' ? 'AMP-1802' : 'AMP-1803',
        reason: unfit,
      });
    return effects;
  }

  function awardNext(atMs: number, before: readonly InitiatorEffect[]): readonly InitiatorEffect[] {
    const candidates = state.bids.filter((bid): bid is SeenBid & RankedBid => !!bid.offer && !bid.spoiled);
    const best = rankBids(cfp, candidates)[0];
    if (!best || state.fencing >= awardsPerCallMax) return [...before, ...endWithoutResult()];
    state.bids.find((bid) => bid.bidder === best.bidder)!.spoiled = true;
    state.fencing += 1;
    state.phase = 'awarded';
    state.award = {
      task: cfp.task,
      fencing: state.fencing,
      winner: best.bidder,
      bid: best.hash,
      bids: state.bids.map(({ bidder, hash }) => ({ bidder, bid: hash })),
      grant: best.offer.cost,
    };
    return [
      persist(),
      ...before,
      { type: 'grant', fencing: state.fencing, to: best.bidder, amount: state.award.grant },
      armLease(atMs),
      { type: 'send-award', to: bidders(), body: state.award },
    ];
  }

  function endWithoutResult(): readonly InitiatorEffect[] {
    if (state.fencing === 0) return end({ kind: 'void', reason: 'no-acceptable-bid' }, 'no-award');
    return end(failureOutcome('no-bidder-delivered'), 'failed');
  }

  /** A lower fencing, another sender, another task: nothing that the present award does not cover has effect. */
  function ignoreUnlessWinner(input: {
    from: Did;
    body: { task: string; fencing: number };
  }): readonly Ignored[] | undefined {
    if (input.body.task !== cfp.task) return ignore('foreign-task');
    if (state.phase === 'ended') return ignore('ended');
    if (state.phase !== 'awarded' || !state.award) return ignore('not-awarded');
    if (input.body.fencing < state.fencing) return ignore('stale-fencing');
    if (input.body.fencing > state.fencing) return ignore('unknown-fencing');
    if (input.from !== state.award.winner) return ignore('not-the-winner');
    return undefined;
  }

  function takePartial(input: InitiatorInput & { type: 'partial-received' }): readonly InitiatorEffect[] {
    state.lastPartial = input.body.content;
    return [persist(), armLease(input.atMs), { type: 'show-partial', from: input.from, body: input.body }];
  }

  function takeResult(from: Did, result: Result): readonly InitiatorEffect[] {
    const settled = settle(result.spent);
    const charged = capAmount(result.spent, state.award!.grant);
    return end({ kind: 'result', winner: from, fencing: state.fencing, result, charged }, 'done', settled);
  }

  function takeFailure(atMs: number, from: Did, failure: Failure): readonly InitiatorEffect[] {
    return awardNext(atMs, [
      ...settle(failure.spent),
      { type: 'report-fault', about: from, fault: 'failed' },
    ]);
  }

  /** Overspending is the worker's own loss: the charge stops at the grant, and the excess is reported. */
  function settle(spent: Amount): readonly InitiatorEffect[] {
    const { grant, winner, fencing } = state.award!;
    const charged = capAmount(spent, grant);
    const returned = subtractAmounts(grant, charged);
    const effects: InitiatorEffect[] = [{ type: 'settle-grant', fencing, spent: charged, returned }];
    if (!fitsCeiling(spent, grant))
      effects.push({ type: 'report-fault', about: winner, fault: 'over-spent' });
    return effects;
  }

  function judge(quality: number): readonly InitiatorEffect[] {
    if (state.outcome?.kind !== 'result') return ignore('no-result');
    const winner = state.outcome.winner;
    const claimed = state.bids.find((bid) => bid.bidder === winner)?.offer?.quality ?? 0;
    if (claimed - quality <= overclaimTolerance) return ignore('claim-held');
    return [{ type: 'report-fault', about: winner, fault: 'overclaimed-quality' }];
  }

  /** After a crash the winner gets a fresh lease, and hears its award again: both are harmless. */
  function recover(atMs: number): readonly InitiatorEffect[] {
    const timers = [armTimer('deadline', cfp.deadlineAt), armTimer('end', cfp.endsAt)];
    switch (state.phase) {
      case 'new':
        return ignore('not-open');
      case 'calling':
        return [...timers, { type: 'send-cfp', body: cfp }];
      case 'opening':
        return [...timers, armTimer('openings', cfp.openUntil!)];
      case 'awarded':
        return [...timers, armLease(atMs), { type: 'send-award', to: bidders(), body: state.award! }];
      case 'ended':
        return [{ type: 'end-contract', outcome: state.outcome! }];
    }
  }

  function fire(input: TimerFired): readonly InitiatorEffect[] {
    if (state.phase === 'ended' || state.phase === 'new') return ignore('ended');
    switch (input.timer) {
      case timerName('deadline'):
        return state.phase === 'calling' && input.atMs >= cfp.deadlineAt
          ? closeCall(input.atMs)
          : ignore('stale-timer');
      case timerName('openings'):
        return state.phase === 'opening' ? closeOpenings(input.atMs) : ignore('stale-timer');
      case timerName('lease'):
        return state.phase === 'awarded' ? replaceSilentWinner(input.atMs) : ignore('stale-timer');
      case timerName('end'):
        return expire();
      default:
        return ignore('foreign-timer');
    }
  }

  function closeCall(atMs: number): readonly InitiatorEffect[] {
    if (cfp.openUntil === undefined) return awardNext(atMs, []);
    state.phase = 'opening';
    return [persist(), armTimer('openings', cfp.openUntil)];
  }

  function closeOpenings(atMs: number): readonly InitiatorEffect[] {
    const unopened = state.bids.filter((bid) => !bid.offer && !bid.spoiled);
    return awardNext(
      atMs,
      unopened.map((bid) => ({ type: 'report-fault', about: bid.bidder, fault: 'never-opened' })),
    );
  }

  /** What a silent worker spent is unknown, so its whole grant counts as spent. */
  function replaceSilentWinner(atMs: number): readonly InitiatorEffect[] {
    const { grant, winner } = state.award!;
    return awardNext(atMs, [...settle(grant), { type: 'report-fault', about: winner, fault: 'went-silent' }]);
  }

  function expire(): readonly InitiatorEffect[] {
    if (state.phase !== 'awarded') return end({ kind: 'void', reason: 'expired' }, 'expired');
    return end(failureOutcome('expired'), 'expired', settle(state.award!.grant));
  }

  function failureOutcome(reason: string): ContractOutcome {
    return { kind: 'failure', reason, ...(state.lastPartial === null ? {} : { partial: state.lastPartial }) };
  }

  function end(
    outcome: ContractOutcome,
    reason: Cancel['reason'],
    before: readonly InitiatorEffect[] = [],
  ): readonly InitiatorEffect[] {
    const open = state.phase === 'awarded' && reason === 'withdrawn' ? settle(state.award!.grant) : before;
    state.phase = 'ended';
    state.outcome = outcome;
    return [
      persist(),
      ...open,
      ...['deadline', 'openings', 'lease', 'end'].map(
        (name): CancelTimer => ({ type: 'cancel-timer', timer: timerName(name) }),
      ),
      { type: 'send-cancel', to: bidders(), body: { task: cfp.task, reason } },
      { type: 'end-contract', outcome },
    ];
  }

  function bidders(): readonly Did[] {
    return state.bids.map((bid) => bid.bidder);
  }

  function armLease(atMs: number): SetTimer {
    return armTimer('lease', atMs + cfp.leaseMs);
  }

  function armTimer(name: string, dueAtMs: number): SetTimer {
    return { type: 'set-timer', timer: timerName(name), dueAtMs };
  }

  function timerName(name: string): string {
    return `contract/${cfp.task}/${name}`;
  }

  function persist(): Persist {
    return { type: 'persist', bucket: initiatorBucket, key: cfp.task, value: JSON.stringify(state) };
  }
}

export const initiatorBucket = 'contract-initiator';
