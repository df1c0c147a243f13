/**
 * The asker's side of a coalition: choose and invite a team, accept each part of the work once, keep the roster,
 * dissolve with a signed outcome.
 *
 * Awarding inside the team is the coordinator's; accepting is the asker's alone. So whatever a partition made two
 * coordinators do twice, one result per item is accepted: the one under the highest fencing number the asker knows,
 * from the agent that number was awarded to. A coordinator is whoever first claims a term higher than the last.
 * @see Gray and Cheriton, Leases, 1989; terms as in Ongaro and Ousterhout, In search of an understandable consensus
 * algorithm, 2014 (here without a vote: safety does not rest on there being one coordinator)
 */
import type { Did, MessageId } from '../brand.ts';
import {
  type Amount,
  type Ceiling,
  capAmount,
  nothing,
  subtractAmounts,
  sumAmounts,
} from '../budget/amount.ts';
import type { Award, Content, Decline, Failure, Progress, Result } from '../contract-net/bodies.ts';
import {
  type CancelTimer,
  type Ignored,
  ignore,
  type Machine,
  type Persist,
  type SetTimer,
  type TimerFired,
} from '../machine.ts';
import type {
  AcceptInvite,
  CoalitionMember,
  Dissolve,
  Invite,
  Review,
  UnsignedOutcome,
  WorkItem,
} from './bodies.ts';
import { rankCoordinators } from './choose-coordinator.ts';
import { chooseTeam, type TeamCandidate } from './choose-team.ts';
import { readTerm, termMax } from './fencing.ts';

/** Judgement: who has not gathered a team after this many rounds should call again with other terms. */
export const formingRoundsMax = 4;
/** The asker appoints a coordinator itself when nobody has led for so many leases. */
export const leaderlessLeases = 3;

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
  | { readonly type: 'send-review'; readonly to: readonly Did[]; readonly body: Review }
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

interface Seat {
  readonly member: CoalitionMember;
  readonly grant: Amount;
  status: 'invited' | 'member' | 'gone';
  /** Set when the grant is settled. */
  spent: Amount;
  /** What it reported to have spent, by task. */
  reports: Record<string, Amount>;
}

interface Item {
  readonly task: MessageId;
  readonly skill: string;
  fencing: number;
  holder: Did | null;
  /** A result whose award has not arrived yet. */
  parked: { from: Did; body: Result } | null;
  judging: number;
  /** Why the result being judged, or accepted, is not all that was asked for. */
  shortfall: string | null;
  accepted: { agent: Did; fencing: number; quality: number | null } | null;
}

interface AskerState {
  phase: 'new' | 'forming' | 'working' | 'ended';
  round: number;
  version: number;
  term: number;
  coordinators: Did[];
  startedAt: number;
  candidates: AskerCandidate[];
  refused: Did[];
  seats: Seat[];
  items: Item[];
  outcome: UnsignedOutcome | null;
}

export function createAsker(init: AskerInit): Machine<AskerInput, AskerEffect> {
  const { self, coalition } = init;
  const state: AskerState = init.saved ? (JSON.parse(init.saved) as AskerState) : emptyState(init);
  let ledAtMs = 0;
  /** Coordinators in a row that said nothing while they led. */
  let silentAppointments = 0;
  return { step };

  function step(input: AskerInput): readonly AskerEffect[] {
    switch (input.type) {
      case 'form-team':
        return state.phase === 'new' ? formTeam(input.atMs, input.candidates) : ignore('already-formed');
      case 'accept-received':
        return takeAccept(input);
      case 'decline-received':
        return takeDecline(input);
      case 'invite-received':
        return ignoreOutsider(input.from) ?? takeClaim(input);
      case 'award-received':
        return ignoreOutsider(input.from) ?? takeAward(input);
      case 'progress-received':
        return ignoreOutsider(input.from) ?? takeHeartbeat(input);
      case 'result-received':
        return ignoreOutsider(input.from) ?? takeResult(input.from, input.body);
      case 'failure-received':
        return ignoreOutsider(input.from) ?? takeShortage(input);
      case 'judge':
        return judge(input);
      case 'candidate-found':
        return takeCandidate(input);
      case 'withdraw':
        return state.phase === 'ended' ? ignore('ended') : dissolve(input.atMs, 'withdrawn');
      case 'recovered':
        return recover(input.atMs);
      case 'timer-fired':
        return fire(input);
    }
  }

  function formTeam(atMs: number, candidates: readonly AskerCandidate[]): readonly AskerEffect[] {
    state.phase = 'forming';
    state.startedAt = atMs;
    state.candidates = [...candidates];
    return inviteTeam(atMs, [armTimer('end', init.endsAt)]);
  }

  /** Those who accepted or may still do stay; the rest of the team is chosen anew among those who did not refuse. */
  function inviteTeam(atMs: number, before: readonly AskerEffect[]): readonly AskerEffect[] {
    state.round += 1;
    const seated = state.seats.filter((seat) => seat.status !== 'gone').map((seat) => seat.member.agent);
    const choice =
      state.round > formingRoundsMax
        ? undefined
        : chooseTeam({
            skills: state.items.map((item) => item.skill),
            budget: budgetLeft(),
            sizeMax: init.sizeMax,
            candidates: state.candidates.filter((candidate) => !state.refused.includes(candidate.agent)),
            required: seated,
          });
    if (!choice?.found) return dissolve(atMs, 'no-team', before);
    const invited = choice.members.filter((member) => !seated.includes(member.agent)).map(seat);
    state.seats.push(...invited);
    const isComplete = state.seats.every((seat) => seat.status !== 'invited');
    const start = isComplete ? startWork(atMs) : [];
    return [
      persist(),
      ...before,
      ...invited.map(
        ({ member, grant }): AskerEffect => ({ type: 'open-grant', grant: member.agent, amount: grant }),
      ),
      ...(invited.length > 0 ? [armTimer('forming', atMs + init.formingMs)] : []),
      ...invited.map((one) => sendInvite(one)),
      ...start,
    ];
  }

  function seat(candidate: TeamCandidate): Seat {
    const { agent, cost, qualities } = candidate;
    const { context, reputation } = state.candidates.find((known) => known.agent === agent)!;
    const skills = Object.keys(qualities);
    return {
      ...{ member: { agent, skills, context, reputation }, grant: cost },
      ...{ status: 'invited', spent: nothing, reports: {} },
    };
  }

  /** What a new team may cost beside what those who are gone have used. */
  function budgetLeft(): Ceiling {
    const gone = state.seats.filter((seat) => seat.status === 'gone');
    return lessGranted(init.budget, sumAmounts(gone.map((seat) => seat.spent)));
  }

  function takeAccept(input: AskerInput & { type: 'accept-received' }): readonly AskerEffect[] {
    if (input.body.coalition !== coalition) return ignore('foreign-coalition');
    const found = state.seats.find((seat) => seat.member.agent === input.from);
    if (!found || state.phase === 'ended') return ignore(found ? 'ended' : 'not-invited');
    if (found.status === 'gone') return ignore('late-accept');
    if (found.status === 'member')
      return input.body.version < state.version && state.term > 0 ? [sendInvite(found)] : ignore('duplicate');
    found.status = 'member';
    const isComplete = state.seats.every((seat) => seat.status !== 'invited');
    // Nobody leads: whoever just answered is alive.
    if (state.phase === 'working')
      return silentAppointments > 0 ? appoint(input.atMs, undefined, input.from) : announceRoster();
    return isComplete ? [...startWork(input.atMs)] : [persist()];
  }

  function startWork(atMs: number): readonly AskerEffect[] {
    state.phase = 'working';
    return [
      ...appoint(atMs),
      { type: 'cancel-timer', timer: timerName('forming') },
      { type: 'open-space', coalition, members: team() },
    ];
  }

  /** A new term under the member that ranks best among those not known to be gone. */
  function appoint(atMs: number, except?: Did, preferred?: Did): readonly AskerEffect[] {
    const seated = state.seats.filter((seat) => seat.status === 'member').map((seat) => seat.member);
    const ranked = rankCoordinators(seated);
    const next = preferred ?? ranked.find((agent) => agent !== except) ?? ranked[0];
    if (state.term >= termMax) return dissolve(atMs, 'nobody-left');
    if (next === undefined) return awaitAnyone(atMs);
    state.term += 1;
    state.coordinators.push(next);
    ledAtMs = atMs;
    return announceRoster([armTimer('leader', atMs + leaderlessLeases * init.leaseMs)]);
  }

  /** No member is left, but some are invited. */
  function awaitAnyone(atMs: number): readonly AskerEffect[] {
    if (invited().length === 0) return dissolve(atMs, 'nobody-left');
    ledAtMs = atMs;
    return [persist(), armTimer('leader', atMs + leaderlessLeases * init.leaseMs)];
  }

  function announceRoster(more: readonly AskerEffect[] = []): readonly AskerEffect[] {
    state.version += 1;
    return [persist(), ...more, ...seated().map((one) => sendInvite(one))];
  }

  function takeDecline(input: AskerInput & { type: 'decline-received' }): readonly AskerEffect[] {
    if (input.body.task !== coalition) return ignore('foreign-coalition');
    const found = state.seats.find((seat) => seat.member.agent === input.from);
    if (!found || found.status === 'gone') return ignore('not-a-member');
    if (state.phase === 'ended') return ignore('ended');
    const settled = settleSeat(found);
    found.status = 'gone';
    state.refused.push(input.from);
    if (state.phase === 'forming') return inviteTeam(input.atMs, [settled]);
    if (input.from === leader()) return [...appoint(input.atMs), settled];
    return announceRoster([settled]);
  }

  function takeClaim(input: AskerInput & { type: 'invite-received' }): readonly AskerEffect[] {
    const { from, body } = input;
    if (body.coalition !== coalition || state.phase !== 'working') return ignore('foreign-coalition');
    if (body.coordinator !== from) return ignore('claim-for-another');
    if (body.term === state.term && from === leader()) return ignore('duplicate');
    if (body.term <= state.term || body.term > termMax) return [sendInvite(seatOf(from))];
    return followClaim(from, body.term, input.atMs);
  }

  /** Terms may be skipped by claims that did not reach us, but not leapt over: a liar would use them up. */
  function followClaim(from: Did, term: number, atMs: number): readonly AskerEffect[] {
    if (term > state.term + state.seats.length) return ignore('term-leap');
    state.term = term;
    state.coordinators.push(from);
    hearLeader(atMs);
    return announceRoster([armTimer('leader', atMs + leaderlessLeases * init.leaseMs)]);
  }

  function takeAward(input: AskerInput & { type: 'award-received' }): readonly AskerEffect[] {
    const { from, body } = input;
    const item = findItem(body.task);
    if (!item) return ignore('foreign-task');
    if (readTerm(body.fencing) !== state.term || from !== leader()) return ignore('stale-term');
    if (item.accepted) return [sendReview(item, [from])];
    if (body.fencing <= item.fencing)
      return ignore(body.fencing === item.fencing ? 'duplicate' : 'stale-fencing');
    if (seatOf(body.winner)?.status !== 'member') return ignore('winner-not-a-member');
    hearLeader(input.atMs);
    item.fencing = body.fencing;
    item.holder = body.winner;
    const parked = item.parked;
    item.parked = null;
    return [persist(), ...(parked ? takeResult(parked.from, parked.body) : [])];
  }

  function takeHeartbeat(input: AskerInput & { type: 'progress-received' }): readonly AskerEffect[] {
    if (input.body.task !== coalition || state.term === 0) return ignore('foreign-coalition');
    // A coordinator that was replaced behind a partition hears who leads now.
    const isNewer = input.body.fencing > state.term && isLeadReport(input.body);
    if (isNewer) return followClaim(input.from, input.body.fencing, input.atMs);
    if (input.body.fencing !== state.term || input.from !== leader()) return [sendInvite(seatOf(input.from))];
    hearLeader(input.atMs);
    return [armTimer('leader', input.atMs + leaderlessLeases * init.leaseMs)];
  }

  function takeResult(from: Did, body: Result): readonly AskerEffect[] {
    const item = findItem(body.task);
    if (!item) return ignore('foreign-task');
    if (item.accepted) return [sendReview(item, [from])];
    if (body.fencing < item.fencing) return ignore('stale-fencing');
    if (body.fencing > item.fencing) return park(item, from, body);
    if (from !== item.holder) return ignore('not-the-holder');
    if (item.judging === body.fencing) return ignore('duplicate');
    item.judging = body.fencing;
    item.shortfall = body.complete ? null : (body.reason ?? 'incomplete');
    seatOf(from)!.reports[item.task] = body.spent;
    return [persist(), { type: 'judge-item', from, body }];
  }

  /** Its award is still on the way, or never was: one such result per item waits. */
  function park(item: Item, from: Did, body: Result): readonly AskerEffect[] {
    if (item.parked && item.parked.body.fencing >= body.fencing) return ignore('unknown-fencing');
    item.parked = { from, body };
    return [persist()];
  }

  function takeShortage(input: AskerInput & { type: 'failure-received' }): readonly AskerEffect[] {
    const item = findItem(input.body.task);
    if (!item || item.accepted) return ignore('foreign-task');
    if (input.from !== leader()) return ignore('not-the-coordinator');
    const isOpen = state.seats.some(
      (seat) => seat.status === 'invited' && seat.member.skills.includes(item.skill),
    );
    if (isOpen) return ignore('already-inviting');
    return inviteSubstitute(input.atMs, item);
  }

  /** The best of the reserve for one skill. In a full team it takes the place of the holder that went silent. */
  function inviteSubstitute(atMs: number, item: Item): readonly AskerEffect[] {
    const taken = new Set(state.seats.map((seat) => seat.member.agent));
    const candidates = state.candidates.filter(
      (c) => !taken.has(c.agent) && !state.refused.includes(c.agent),
    );
    const isFull = placesTaken() >= init.sizeMax;
    const silent = isFull && item.holder !== leader() ? seatOf(item.holder ?? self) : undefined;
    return seatBest(atMs, item.skill, candidates, silent?.status === 'member' ? silent : undefined);
  }

  /** While work runs, an agent that the asker wants sits down at once; others wait for a place to fall vacant. */
  function takeCandidate(input: AskerInput & { type: 'candidate-found' }): readonly AskerEffect[] {
    const { candidate, isWanted, atMs } = input;
    if (state.phase === 'ended' || state.phase === 'new') return ignore('not-open');
    const seated = seatOf(candidate.agent);
    if (seated !== undefined && seated.status !== 'gone') return ignore('already-invited');
    const skill = state.items.find((item) => !item.accepted && item.skill in candidate.qualities)?.skill;
    if (skill === undefined) return ignore('no-use');
    state.candidates = [...state.candidates.filter((one) => one.agent !== candidate.agent), candidate];
    // Whoever is granted twice would be settled twice.
    if (!isWanted || seated !== undefined || state.phase !== 'working') return [persist()];
    state.refused = state.refused.filter((agent) => agent !== candidate.agent);
    const effects = seatBest(atMs, skill, [candidate]);
    return effects[0]?.type === 'ignored' ? [persist()] : effects;
  }

  /** Within what is left of size and budget. */
  function seatBest(
    atMs: number,
    skill: string,
    candidates: readonly AskerCandidate[],
    instead?: Seat,
  ): readonly AskerEffect[] {
    const room = init.sizeMax - placesTaken() + (instead === undefined ? 0 : 1);
    const granted = sumAmounts(state.seats.map((seat) => (seat.status === 'gone' ? seat.spent : seat.grant)));
    const budget = lessGranted(init.budget, granted);
    const choice =
      room > 0 && candidates.length > 0
        ? chooseTeam({ skills: [skill], budget, sizeMax: 1, candidates })
        : undefined;
    if (!choice?.found) return ignore('no-substitute');
    const settled = instead === undefined ? [] : [settleSeat(instead)];
    if (instead !== undefined) instead.status = 'gone';
    const one = seat(choice.members[0]!);
    state.seats.push(one);
    const rosters = instead === undefined ? [] : announceRoster();
    return [
      persist(),
      ...rosters.filter((effect) => effect.type === 'persist'),
      ...settled,
      { type: 'open-grant', grant: one.member.agent, amount: one.grant },
      armTimer('forming', atMs + init.formingMs),
      sendInvite(one),
      ...rosters.filter((effect) => effect.type !== 'persist'),
    ];
  }

  function placesTaken(): number {
    return state.seats.filter((seat) => seat.status !== 'gone').length;
  }

  function judge(input: AskerInput & { type: 'judge' }): readonly AskerEffect[] {
    const item = findItem(input.task);
    if (!item || state.phase !== 'working') return ignore('foreign-task');
    if (item.accepted) return ignore('already-accepted');
    if (item.fencing !== input.fencing || item.judging !== input.fencing) return ignore('stale-fencing');
    const agent = item.holder!;
    if (input.verdict === 'change') return returnItem(item, agent, input.content);
    item.accepted = { agent, fencing: item.fencing, quality: input.quality ?? null };
    const review = sendReview(item, team());
    if (state.items.every((each) => each.accepted)) return dissolve(input.atMs, 'done', [review]);
    return [persist(), review];
  }

  /** The same agent does it again under the same number; the coordinator counts, and gives it to another in the end. */
  function returnItem(item: Item, agent: Did, content: Content | undefined): readonly AskerEffect[] {
    item.judging = 0;
    const body: Review = {
      ...{ of: item.task, fencing: item.fencing, verdict: 'change' },
      ...(content === undefined ? {} : { content }),
    };
    return [persist(), { type: 'send-review', to: [...new Set([agent, leader()!])], body }];
  }

  function sendReview(item: Item, to: readonly Did[]): AskerEffect {
    const { fencing } = item.accepted!;
    return { type: 'send-review', to, body: { of: item.task, fencing, verdict: 'accept' } };
  }

  function recover(atMs: number): readonly AskerEffect[] {
    const timers = [armTimer('end', init.endsAt)];
    switch (state.phase) {
      case 'new':
        return ignore('not-formed');
      case 'forming':
        return [
          ...timers,
          armTimer('forming', atMs + init.formingMs),
          ...invited().map((one) => sendInvite(one)),
        ];
      case 'working': {
        ledAtMs = atMs;
        const judging = state.items.filter((item) => !item.accepted && item.judging > 0);
        for (const item of judging) item.judging = 0;
        const leader = armTimer('leader', atMs + leaderlessLeases * init.leaseMs);
        return [
          ...timers,
          leader,
          ...(invited().length > 0 ? [armTimer('forming', atMs + init.formingMs)] : []),
          ...seated().map((one) => sendInvite(one)),
          ...invited().map((one) => sendInvite(one)),
        ];
      }
      case 'ended':
        return [dissolveEffect(state.outcome!)];
    }
  }

  function fire(input: TimerFired): readonly AskerEffect[] {
    if (state.phase === 'new' || state.phase === 'ended') return ignore('ended');
    switch (input.timer) {
      case timerName('end'):
        return dissolve(input.atMs, 'expired');
      case timerName('forming'):
        return dropUnanswered(input.atMs);
      case timerName('leader'):
        return replaceLeader(input.atMs);
      default:
        return ignore('foreign-timer');
    }
  }

  function dropUnanswered(atMs: number): readonly AskerEffect[] {
    const silent = invited();
    if (silent.length === 0) return ignore('stale-timer');
    const settled = silent.map(settleSeat);
    for (const one of silent) {
      one.status = 'gone';
      state.refused.push(one.member.agent);
    }
    return state.phase === 'forming' ? inviteTeam(atMs, settled) : [persist(), ...settled];
  }

  function replaceLeader(atMs: number): readonly AskerEffect[] {
    if (state.phase !== 'working' || atMs < ledAtMs + leaderlessLeases * init.leaseMs)
      return ignore('stale-timer');
    silentAppointments += 1;
    const lost = seatOf(leader()!);
    // The first time perhaps only the others' claims were lost. Later: whom the asker appointed itself said nothing.
    if (silentAppointments < 2 || lost?.status !== 'member') return appoint(atMs, leader());
    const settled = settleSeat(lost);
    lost.status = 'gone';
    state.refused.push(lost.member.agent);
    const open = state.items.filter((item) => !item.accepted);
    const { agent, skills } = lost.member;
    const item =
      open.find((one) => one.holder === agent) ?? open.find((one) => skills.includes(one.skill)) ?? open[0];
    const substitute = item === undefined ? [] : inviteSubstitute(atMs, item);
    const effects = [settled, ...substitute, ...appoint(atMs)];
    return [persist(), ...effects.filter(({ type }) => type !== 'persist' && type !== 'ignored')];
  }

  /** The present coordinator said something. */
  function hearLeader(atMs: number): void {
    ledAtMs = atMs;
    silentAppointments = 0;
  }

  function dissolve(
    atMs: number,
    reason: string,
    before: readonly AskerEffect[] = [],
  ): readonly AskerEffect[] {
    const doneCount = state.items.filter((item) => item.accepted).length;
    const isStarted = state.phase === 'working';
    const shortfall = state.items.find((item) => item.accepted && item.shortfall !== null)?.shortfall;
    const kind =
      doneCount === state.items.length && shortfall === undefined
        ? 'result'
        : doneCount > 0
          ? 'partial'
          : isStarted
            ? 'failure'
            : 'void';
    const open = state.seats.filter((seat) => seat.status !== 'gone');
    const settled = open.map(settleSeat);
    state.phase = 'ended';
    state.outcome = describeOutcome(kind, reason === 'done' ? (shortfall ?? reason) : reason, atMs);
    return [
      persist(),
      ...settled,
      ...['end', 'forming', 'leader'].map(
        (name): CancelTimer => ({ type: 'cancel-timer', timer: timerName(name) }),
      ),
      ...before,
      dissolveEffect(state.outcome),
    ];
  }

  /** A member that reported pays what it spent; of one that vanished at work the whole grant counts as spent. */
  function settleSeat(seat: Seat): AskerEffect {
    const reports = Object.values(seat.reports);
    const isUnused = seat.status === 'invited' || state.phase === 'forming';
    const spent = isUnused
      ? nothing
      : reports.length > 0
        ? capAmount(sumAmounts(reports), seat.grant)
        : seat.grant;
    seat.spent = spent;
    return {
      type: 'settle-grant',
      grant: seat.member.agent,
      spent,
      returned: subtractAmounts(seat.grant, spent),
    };
  }

  function describeOutcome(kind: UnsignedOutcome['kind'], reason: string, at: number): UnsignedOutcome {
    return {
      record: 'team-outcome',
      mesh: init.mesh,
      coalition,
      asker: self,
      goal: init.goal,
      kind,
      reason,
      members: team(),
      coordinators: state.coordinators.slice(-64),
      items: state.items.map(({ task, skill, fencing, accepted, shortfall }) => ({
        ...{ task, skill, fencing },
        ...(accepted ? { agent: accepted.agent } : {}),
        ...(accepted && shortfall !== null ? { shortfall } : {}),
        ...(accepted?.quality == null ? {} : { quality: accepted.quality }),
      })),
      spent: sumAmounts(state.seats.map((seat) => seat.spent)),
      startedAt: state.startedAt,
      at,
    };
  }

  function dissolveEffect(outcome: UnsignedOutcome): AskerEffect {
    const to = state.seats.map((seat) => seat.member.agent);
    return { type: 'dissolve-team', to, body: { coalition, reason: outcome.reason }, outcome };
  }

  function sendInvite(one: Seat | undefined): AskerEffect {
    const { member, grant } = one!;
    const body: Invite = {
      ...{
        coalition,
        goal: init.goal,
        items: [...init.items],
        version: state.version,
        asker: self,
        term: state.term,
      },
      members: seated().map((seat) => seat.member),
      ...(state.term > 0 ? { coordinator: leader()! } : {}),
      accepted: state.items.filter((item) => item.accepted).map((item) => item.task),
      ...{ grant, depth: init.depth ?? 0, leaseMs: init.leaseMs, itemMs: init.itemMs, endsAt: init.endsAt },
    };
    return { type: 'send-invite', to: member.agent, body };
  }

  function ignoreOutsider(from: Did): readonly Ignored[] | undefined {
    if (state.phase === 'ended') return ignore('ended');
    return seatOf(from)?.status === 'member' ? undefined : ignore('not-a-member');
  }

  function seatOf(agent: Did): Seat | undefined {
    return state.seats.findLast((seat) => seat.member.agent === agent);
  }

  function seated(): Seat[] {
    return state.seats.filter((seat) => seat.status === 'member');
  }

  function invited(): Seat[] {
    return state.seats.filter((seat) => seat.status === 'invited');
  }

  function team(): Did[] {
    return seated().map((seat) => seat.member.agent);
  }

  function leader(): Did | undefined {
    return state.coordinators.at(-1);
  }

  function findItem(task: MessageId): Item | undefined {
    return state.items.find((item) => item.task === task);
  }

  function armTimer(name: string, dueAtMs: number): SetTimer {
    return { type: 'set-timer', timer: timerName(name), dueAtMs };
  }

  function timerName(name: string): string {
    return `coalition/${coalition}/${name}`;
  }

  function persist(): Persist {
    return { type: 'persist', bucket: askerBucket, key: coalition, value: JSON.stringify(state) };
  }
}

export const askerBucket = 'coalition-asker';

function emptyState(init: AskerInit): AskerState {
  return {
    ...{ phase: 'new', round: 0, version: 1, term: 0, coordinators: [], startedAt: 0 },
    ...{ candidates: [], refused: [], seats: [], outcome: null },
    items: init.items.map(({ task, skill }) => ({
      ...{ task, skill, fencing: 0, holder: null, parked: null, judging: 0, shortfall: null, accepted: null },
    })),
  };
}

/** Coordinators mark their heartbeats. */
function isLeadReport(body: Progress): boolean {
  return typeof body.content === 'object' && body.content.lead === true;
}

function lessGranted(budget: Ceiling, granted: Amount): Ceiling {
  const left: { -readonly [Kind in keyof Ceiling]: Ceiling[Kind] } = {};
  for (const kind of ['tokens', 'moneyMicros', 'timeMs'] as const) {
    const limit = budget[kind];
    if (limit !== undefined) left[kind] = Math.max(0, limit - granted[kind]);
  }
  return left;
}
