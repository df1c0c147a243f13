/**
 * A member's side of a coalition, and the coordinator's duties of the member that leads.
 *
 * The coordinator awards items, watches heartbeats and re-awards what a silent member held, each time under a higher
 * fencing number. When the coordinator falls silent the others claim the next term, the best ranked first. A member
 * that takes over awards every open item anew, to the same holder where that one lives: so the asker, who knows only
 * the newest numbers, and the team never wait for each other.
 */
import type { Did, MessageId } from '../brand.ts';
import { nothing } from '../budget/amount.ts';
import type { Award, Content, Failure, Progress, Result } from '../contract-net/bodies.ts';
import {
  type CancelTimer,
  type Ignored,
  ignore,
  type Machine,
  type Persist,
  type SetTimer,
  type TimerFired,
} from '../machine.ts';
import type { Dissolve, Invite } from './bodies.ts';
import { rankCoordinators } from './choose-coordinator.ts';
import { readTerm, termMax } from './fencing.ts';
import { createItemAwards, type ItemAwardsState, type KnownItem, type OpenItem } from './item-awards.ts';
import type { MemberEffect, MemberInit, MemberInput } from './member-types.ts';
import { createRepeats } from './repeats.ts';

/** Heartbeats within one lease, so that two lost ones do no harm. */
export const beatsPerLease = 3;
interface OwnWork {
  fencing: number;
  result: Result | null;
}

interface MemberState {
  phase: 'new' | 'considering' | 'member' | 'ended';
  roster: Invite | null;
  term: number;
  coordinator: Did | null;
  items: ItemAwardsState['items'];
  mine: Record<string, OwnWork>;
  awardCount: number;
  /** Why it refused or left; said again to an asker that did not hear it. */
  farewell: string | null;
}

export function createMember(init: MemberInit): Machine<MemberInput, MemberEffect> {
  const { self, coalition, asker } = init;
  const state: MemberState = init.saved
    ? (JSON.parse(init.saved) as MemberState)
    : {
        phase: 'new',
        roster: null,
        term: 0,
        coordinator: null,
        items: {},
        mine: {},
        awardCount: 0,
        farewell: null,
      };
  /** When each member was last heard; not durable, a restart grants everyone a fresh lease. */
  const heardAtMs = new Map<Did, number>();
  const repeats = createRepeats();
  const items = createItemAwards(state);
  return { step };

  function step(input: MemberInput): readonly MemberEffect[] {
    switch (input.type) {
      case 'invite-received':
        return takeInvite(input);
      case 'accept-invite':
        return state.phase === 'considering' ? join(input.atMs) : ignore('not-considering');
      case 'refuse-invite':
        return state.phase === 'considering' ? depart(input.reason) : ignore('not-considering');
      case 'award-received':
        return ignoreStranger(input.from) ?? takeAward(input);
      case 'progress-received':
        return ignoreStranger(input.from) ?? takeHeartbeat(input);
      case 'result-received':
        return ignoreStranger(input.from) ?? takeReport(input.from, input.body);
      case 'failure-received':
        return ignoreStranger(input.from) ?? takeFailure(input);
      case 'review-received':
        return input.from === asker && state.phase === 'member'
          ? takeReview(input)
          : ignore('foreign-review');
      case 'dissolve-received':
        return takeDissolve(input.from, input.body);
      case 'finish-item':
        return finishItem(input);
      case 'fail-item':
        return failItem(input);
      case 'leave':
        return state.phase === 'member' ? depart(input.reason) : ignore('not-a-member');
      case 'recovered':
        return recover(input.atMs);
      case 'timer-fired':
        return fire(input);
    }
  }

  function takeInvite(input: MemberInput & { type: 'invite-received' }): readonly MemberEffect[] {
    const { from, body, atMs } = input;
    if (body.coalition !== coalition || body.asker !== asker) return ignore('foreign-coalition');
    if (state.phase === 'ended')
      return from === asker && state.farewell !== null ? [decline(state.farewell)] : ignore('ended');
    if (from !== asker) return ignoreStranger(from) ?? takeClaim(from, body, atMs);
    if (state.phase === 'new') return consider(body);
    if (state.phase === 'considering') return ignore('duplicate');
    const isListed = body.members.some((member) => member.agent === self);
    if (!isListed) return [sendAccept()];
    return takeRoster(body, atMs);
  }

  function consider(body: Invite): readonly MemberEffect[] {
    state.phase = 'considering';
    state.roster = body;
    return [persist(), armTimer('end', body.endsAt + body.leaseMs), { type: 'consider-invite', body }];
  }

  function join(atMs: number): readonly MemberEffect[] {
    state.phase = 'member';
    return [persist(), armBeat(atMs), sendAccept()];
  }

  /** The asker's word: who is in, who leads, what is done. At an equal term it decides between two claims. */
  function takeRoster(body: Invite, atMs: number): readonly MemberEffect[] {
    const known = state.roster!;
    const isNewLead =
      body.term > state.term || (body.term === state.term && body.coordinator !== state.coordinator);
    if (body.version <= known.version && !isNewLead) return ignore('stale-roster');
    for (const member of body.members) if (!heardAtMs.has(member.agent)) heardAtMs.set(member.agent, atMs);
    if (body.version >= known.version) state.roster = body;
    const stopped = body.accepted.flatMap((task) => takeAccepted(task));
    if (isNewLead) follow(body.coordinator ?? null, body.term, atMs);
    return persistThen([...stopped, ...(isNewLead ? awardAnew() : []), ...reassign(atMs)]);
  }

  function follow(coordinator: Did | null, term: number, atMs: number): void {
    const before = state.coordinator;
    state.term = term;
    state.coordinator = coordinator;
    items.startTerm();
    if (coordinator) heardAtMs.set(coordinator, atMs);
    if (coordinator !== self) return;
    // The others' heartbeats went to whoever led before: each has a lease to be heard here.
    for (const { agent } of state.roster!.members) if (agent !== before) heardAtMs.set(agent, atMs);
  }

  function takeAccepted(task: MessageId): readonly MemberEffect[] {
    items.of(task).status = 'accepted';
    return drop(task, 'accepted');
  }

  function takeClaim(from: Did, body: Invite, atMs: number): readonly MemberEffect[] {
    if (body.coordinator !== from) return ignore('claim-for-another');
    if (body.term <= state.term) return ignore(from === state.coordinator ? 'duplicate' : 'stale-term');
    if (body.term > state.term + state.roster!.members.length) return [askForRoster()];
    follow(from, body.term, atMs);
    return [persist()];
  }

  /** Under a new term every open item is awarded again to its holder. */
  function awardAnew(): readonly MemberEffect[] {
    if (!isLeading()) return [];
    return openItems().flatMap(({ task, known }) =>
      known.holder && inRoster(known.holder) ? award(task, known, known.holder) : [],
    );
  }

  /** The coordinator's round: items without a living holder find another; where there is none, the asker hears of it. */
  function reassign(atMs: number): readonly MemberEffect[] {
    if (!isLeading()) return [];
    return openItems().flatMap(({ task, known }) => {
      const isHeld =
        known.holder !== null &&
        isAlive(known.holder, atMs) &&
        !items.isOverdue(known, atMs, state.roster!.itemMs);
      if (known.status === 'reported' || (isHeld && !known.avoid.includes(known.holder!))) return [];
      if (known.holder && !known.avoid.includes(known.holder)) known.avoid.push(known.holder);
      const able = state.roster!.members.filter((member) => isAlive(member.agent, atMs));
      const next = items.chooseHolder(task, state.roster!.items, able);
      if (next !== undefined && items.hasNumbersLeft()) return award(task, known, next);
      known.shortages += 1;
      // The asker had a lease's time to send a substitute: those who failed or were silent may try again.
      if (known.shortages % (2 * beatsPerLease) === 0) known.avoid = [];
      const isDue = isRepeatDue(`shortage ${task} ${known.fencing}`, atMs);
      return isDue ? [reportShortage(task, known)] : [];
    });
  }

  function isRepeatDue(what: string, atMs: number): boolean {
    return repeats.isDue(what, atMs, state.roster!.leaseMs / beatsPerLease);
  }

  function award(task: MessageId, known: KnownItem, winner: Did): readonly MemberEffect[] {
    const isReported = winner === self && Boolean(state.mine[task]?.result);
    items.award(known, winner, state.term, isReported);
    const own = winner === self ? adopt(task, known.fencing) : drop(task, 'superseded');
    return [sendAward(task, known, [...others(), asker]), ...own];
  }

  function sendAward(task: MessageId, known: KnownItem, to: readonly Did[]): MemberEffect {
    const body: Award = {
      ...{ task, fencing: known.fencing, winner: known.holder!, bids: [], grant: nothing },
      bid: noBid,
    };
    return { type: 'send-award', to, body };
  }

  /** Work goes on under a new number; what was reported is reported again under it. */
  function adopt(task: MessageId, fencing: number): readonly MemberEffect[] {
    const own = state.mine[task];
    const result = own?.result ? { ...own.result, fencing } : null;
    state.mine[task] = { fencing, result };
    if (!own) return [{ type: 'start-item', task, fencing }];
    return result ? [sendResult(result)] : [];
  }

  function takeAward(input: MemberInput & { type: 'award-received' }): readonly MemberEffect[] {
    const { from, body, atMs } = input;
    if (!state.roster!.items.some((item) => item.task === body.task)) return ignore('foreign-task');
    if (readTerm(body.fencing) > state.term) return [askForRoster()];
    if (from !== state.coordinator || readTerm(body.fencing) !== state.term) return ignore('stale-term');
    heardAtMs.set(from, atMs);
    const known = items.of(body.task);
    if (known.status === 'accepted') return ignore('already-accepted');
    if (body.fencing <= known.fencing)
      return ignore(body.fencing === known.fencing ? 'duplicate' : 'stale-fencing');
    known.fencing = body.fencing;
    known.holder = body.winner;
    known.status = 'awarded';
    return persistThen(body.winner === self ? adopt(body.task, body.fencing) : drop(body.task, 'superseded'));
  }

  function drop(task: MessageId, reason: string): readonly MemberEffect[] {
    const own = state.mine[task];
    delete state.mine[task];
    return own && !own.result ? [{ type: 'stop-item', task, reason }] : [];
  }

  /** Heartbeats run between the coordinator and the others; a higher term shows that we missed a claim. */
  function takeHeartbeat(input: MemberInput & { type: 'progress-received' }): readonly MemberEffect[] {
    const { from, body, atMs } = input;
    if (body.task !== coalition) return ignore('foreign-coalition');
    heardAtMs.set(from, atMs);
    const report = readReport(body.content);
    const isOtherLead = report.lead && from !== state.coordinator && body.fencing >= state.term;
    if (body.fencing > state.term || isOtherLead) return [askForRoster()];
    if (!isLeading()) return ignore('heard');
    const unaware = openItems().filter(
      ({ known }) =>
        known.holder === from && known.status === 'awarded' && !report.work.includes(known.fencing),
    );
    return unaware.length > 0
      ? unaware.map(({ task, known }) => sendAward(task, known, [from, asker]))
      : ignore('heard');
  }

  function takeReport(from: Did, body: Result): readonly MemberEffect[] {
    const known = items.find(body.task);
    if (!isLeading() || !known || known.holder !== from || known.fencing !== body.fencing)
      return ignore('stale-report');
    if (known.status !== 'awarded') return ignore('duplicate');
    known.status = 'reported';
    return [persist()];
  }

  function takeFailure(input: MemberInput & { type: 'failure-received' }): readonly MemberEffect[] {
    const { from, body, atMs } = input;
    const known = items.find(body.task);
    if (!isLeading() || !known || known.holder !== from || known.fencing !== body.fencing)
      return ignore('stale-report');
    known.avoid.push(from);
    known.status = 'awarded';
    return persistThen(reassign(atMs));
  }

  function takeReview(input: MemberInput & { type: 'review-received' }): readonly MemberEffect[] {
    const { body, atMs } = input;
    const known = items.find(body.of);
    if (!known || known.status === 'accepted') return ignore('foreign-task');
    if (body.verdict === 'accept') {
      return persistThen(takeAccepted(body.of));
    }
    if (body.fencing !== known.fencing) return ignore('stale-fencing');
    known.status = 'awarded';
    if (known.holder !== self) {
      known.returns += 1;
      return persistThen(reassign(atMs));
    }
    const own = state.mine[body.of];
    if (!own?.result) return ignore('duplicate');
    own.result = null;
    const { content } = body;
    const again: MemberEffect = {
      ...{ type: 'start-item', task: body.of, fencing: own.fencing },
      ...(content === undefined ? {} : { revise: content }),
    };
    return [persist(), again];
  }

  function finishItem(input: MemberInput & { type: 'finish-item' }): readonly MemberEffect[] {
    const own = state.mine[input.task];
    if (state.phase !== 'member' || !own || own.result) return ignore('not-working');
    const { task, content, spent, complete, reason } = input;
    own.result = {
      ...{ task, fencing: own.fencing, content, spent, complete },
      ...(reason === undefined ? {} : { reason }),
    };
    if (isLeading()) items.of(task).status = 'reported';
    return [persist(), sendResult(own.result)];
  }

  function failItem(input: MemberInput & { type: 'fail-item' }): readonly MemberEffect[] {
    const own = state.mine[input.task];
    if (state.phase !== 'member' || !own || own.result) return ignore('not-working');
    const { task, reason, spent } = input;
    delete state.mine[task];
    const body: Failure = { task, fencing: own.fencing, reason, spent };
    if (!isLeading()) return [persist(), { type: 'send-failure', to: coordinatorOnly(), body }];
    items.of(task).avoid.push(self);
    return persistThen(reassign(input.atMs));
  }

  function takeDissolve(from: Did, body: Dissolve): readonly MemberEffect[] {
    if (from !== asker || body.coalition !== coalition) return ignore('foreign-coalition');
    if (state.phase === 'ended') return ignore('ended');
    return end([{ type: 'close-space', coalition }]);
  }

  function end(more: readonly MemberEffect[]): readonly MemberEffect[] {
    const tasks = Object.keys(state.mine) as MessageId[];
    const stopped = tasks.flatMap((task) => drop(task, 'over'));
    state.phase = 'ended';
    const timers = ['beat', 'end'].map(
      (name): CancelTimer => ({ type: 'cancel-timer', timer: timerName(name) }),
    );
    return [persist(), ...timers, ...stopped, ...more];
  }

  function recover(atMs: number): readonly MemberEffect[] {
    const roster = state.roster;
    if (!roster || state.phase === 'ended') return ignore('nothing-open');
    const timer = armTimer('end', roster.endsAt + roster.leaseMs);
    if (state.phase === 'considering') return [timer, { type: 'consider-invite', body: roster }];
    for (const member of roster.members) heardAtMs.set(member.agent, atMs);
    const work = Object.entries(state.mine).filter(([, own]) => !own.result);
    const started = work.map(
      ([task, own]): MemberEffect => ({ type: 'start-item', task: task as MessageId, fencing: own.fencing }),
    );
    return [timer, armBeat(atMs), ...started, askForRoster()];
  }

  function fire(input: TimerFired): readonly MemberEffect[] {
    if (state.phase === 'ended') return ignore('ended');
    if (input.timer === timerName('end')) return end([{ type: 'close-space', coalition }]);
    if (input.timer !== timerName('beat') || state.phase !== 'member') return ignore('stale-timer');
    return beat(input.atMs);
  }

  function beat(atMs: number): readonly MemberEffect[] {
    if (state.term === 0) return [armBeat(atMs), sendAccept()];
    const unheard = Object.values(state.mine).flatMap(({ result }) =>
      result && isRepeatDue(`result ${result.task} ${result.fencing}`, atMs) ? [sendResult(result)] : [],
    );
    const work = Object.values(state.mine).map((own) => own.fencing);
    const body: Progress = {
      task: coalition,
      fencing: state.term,
      share: 0,
      content: { work, lead: isLeading() },
    };
    const to = isLeading() ? [...others(), asker] : coordinatorOnly();
    const sent: MemberEffect = { type: 'send-progress', to, body };
    const duty = isLeading() ? reassign(atMs) : shouldClaim(atMs) ? claim(atMs) : [];
    const saved = duty.length > 0 ? [persist()] : [];
    return [
      ...saved,
      ...duty,
      ...(isLeading() ? announceReported(atMs) : []),
      armBeat(atMs),
      sent,
      ...unheard,
    ];
  }

  /** The asker may have missed the award that a waiting result stands on. */
  function announceReported(atMs: number): readonly MemberEffect[] {
    const waiting = openItems().filter(
      ({ task, known }) =>
        known.status === 'reported' && known.holder && isRepeatDue(`award ${task} ${known.fencing}`, atMs),
    );
    return waiting.map(({ task, known }) => sendAward(task, known, [asker]));
  }

  /** The best ranked of the others claims after one silent lease, the next after two, and so on. */
  function shouldClaim(atMs: number): boolean {
    const { members, leaseMs } = state.roster!;
    if (state.coordinator === null || state.term >= termMax) return false;
    const rank = rankCoordinators(members.filter((m) => m.agent !== state.coordinator)).indexOf(self);
    return rank >= 0 && atMs - (heardAtMs.get(state.coordinator) ?? atMs) >= leaseMs * (rank + 1);
  }

  function claim(atMs: number): readonly MemberEffect[] {
    follow(self, state.term + 1, atMs);
    const body: Invite = { ...state.roster!, term: state.term, coordinator: self };
    return [{ type: 'send-invite', to: [...others(), asker], body }, ...awardAnew(), ...reassign(atMs)];
  }

  function reportShortage(task: MessageId, known: KnownItem): MemberEffect {
    const body: Failure = {
      task,
      fencing: Math.max(1, known.fencing),
      reason: 'no-member-left',
      spent: nothing,
    };
    return { type: 'send-failure', to: [asker], body };
  }

  function openItems(): readonly OpenItem[] {
    return items.open(state.roster!.items);
  }

  function isAlive(agent: Did, atMs: number): boolean {
    if (agent === self) return true;
    return inRoster(agent) && atMs - (heardAtMs.get(agent) ?? atMs) < state.roster!.leaseMs;
  }

  function inRoster(agent: Did): boolean {
    return state.roster!.members.some((member) => member.agent === agent);
  }

  function ignoreStranger(from: Did): readonly Ignored[] | undefined {
    if (state.phase !== 'member') return ignore(state.phase === 'ended' ? 'ended' : 'not-a-member');
    return inRoster(from) ? undefined : ignore('stranger');
  }

  function isLeading(): boolean {
    return state.coordinator === self;
  }

  function others(): Did[] {
    return state.roster!.members.map((member) => member.agent).filter((agent) => agent !== self);
  }

  function coordinatorOnly(): Did[] {
    return state.coordinator && state.coordinator !== self ? [state.coordinator] : [];
  }

  function sendResult(body: Result): MemberEffect {
    return { type: 'send-result', to: [asker, ...coordinatorOnly()], body };
  }

  function sendAccept(): MemberEffect {
    return { type: 'send-accept', to: asker, body: { coalition, version: state.roster!.version } };
  }

  /** We seem to be behind: accepting an old version makes the asker send the present one. */
  function askForRoster(): MemberEffect {
    return { type: 'send-accept', to: asker, body: { coalition, version: 1 } };
  }

  function depart(reason: string): readonly MemberEffect[] {
    state.farewell = reason;
    return end([decline(reason)]);
  }

  function decline(reason: string): MemberEffect {
    return {
      type: 'send-decline',
      to: asker,
      body: { task: coalition, fencing: Math.max(1, state.term), reason },
    };
  }

  function armBeat(atMs: number): SetTimer {
    return armTimer('beat', atMs + Math.max(1, Math.floor(state.roster!.leaseMs / beatsPerLease)));
  }

  function armTimer(name: string, dueAtMs: number): SetTimer {
    return { type: 'set-timer', timer: timerName(name), dueAtMs };
  }

  function timerName(name: string): string {
    return `member/${coalition}/${name}`;
  }

  /** Effects that were computed first, so that what is persisted holds what they changed. */
  function persistThen(effects: readonly MemberEffect[]): readonly MemberEffect[] {
    return [persist(), ...effects];
  }

  function persist(): Persist {
    return { type: 'persist', bucket: memberBucket, key: coalition, value: JSON.stringify(state) };
  }
}

export const memberBucket = 'coalition-member';

/** Inside a coalition there is no bid to name: the invitation was the agreement. */
const noBid = '0'.repeat(64) as Award['bid'];

/** What a heartbeat says beyond being there: the numbers its sender works under, and whether it leads. */
function readReport(content: Content | undefined): { work: readonly number[]; lead: boolean } {
  const fields = typeof content === 'object' ? content : {};
  const work = Array.isArray(fields.work) ? fields.work : [];
  return { work: work.filter((entry) => typeof entry === 'number'), lead: fields.lead === true };
}
