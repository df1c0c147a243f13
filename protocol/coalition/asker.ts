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
import type { Content, Progress, Result } from '../contract-net/bodies.ts';
import {
  type CancelTimer,
  type Ignored,
  ignore,
  type Machine,
  type Persist,
  type SetTimer,
  type TimerFired,
} from '../machine.ts';
import type { AskerCandidate, AskerEffect, AskerInit, AskerInput } from './asker-types.ts';
import type { Invite, Review, UnsignedOutcome } from './bodies.ts';
import { rankCoordinators } from './choose-coordinator.ts';
import { chooseTeam, type TeamCandidate } from './choose-team.ts';
import { concludeTeam, type TeamItem } from './conclude-team.ts';
import { readTerm, termMax } from './fencing.ts';
import { createTeamSeats, lessGranted, type Seat } from './team-seats.ts';

/** Judgement: who has not gathered a team after this many rounds should call again with other terms. */
export const formingRoundsMax = 4;
/** The asker appoints a coordinator itself when nobody has led for so many leases. */
export const leaderlessLeases = 3;

interface Item extends TeamItem {
  fencing: number;
  holder: Did | null;
  /** A result whose award has not arrived yet. */
  parked: { from: Did; body: Result } | null;
  judging: number;
  shortfall: string | null;
  accepted: TeamItem['accepted'];
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
  const seats = createTeamSeats(state.seats);
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
    const seated = seats.taken().map((seat) => seat.member.agent);
    const choice =
      state.round > formingRoundsMax
        ? undefined
        : chooseTeam({
            skills: state.items.map((item) => item.skill),
            budget: lessGranted(init.budget, seats.spent()),
            sizeMax: init.sizeMax,
            candidates: state.candidates.filter((candidate) => !state.refused.includes(candidate.agent)),
            required: seated,
          });
    if (!choice?.found) return dissolve(atMs, 'no-team', before);
    const invited = choice.members.filter((member) => !seated.includes(member.agent)).map(seat);
    const isComplete = seats.invited().length === 0;
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
    return seats.add({ agent, skills, context, reputation }, cost);
  }

  function takeAccept(input: AskerInput & { type: 'accept-received' }): readonly AskerEffect[] {
    if (input.body.coalition !== coalition) return ignore('foreign-coalition');
    const found = seats.of(input.from);
    if (!found || state.phase === 'ended') return ignore(found ? 'ended' : 'not-invited');
    if (found.status === 'gone') return ignore('late-accept');
    if (found.status === 'member')
      return input.body.version < state.version && state.term > 0 ? [sendInvite(found)] : ignore('duplicate');
    seats.admit(found);
    const isComplete = seats.invited().length === 0;
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
      { type: 'open-space', coalition, members: seats.team() },
    ];
  }

  /** A new term under the member that ranks best among those not known to be gone. */
  function appoint(atMs: number, except?: Did, preferred?: Did): readonly AskerEffect[] {
    const ranked = rankCoordinators(seats.members().map((seat) => seat.member));
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
    if (seats.invited().length === 0) return dissolve(atMs, 'nobody-left');
    ledAtMs = atMs;
    return [persist(), armTimer('leader', atMs + leaderlessLeases * init.leaseMs)];
  }

  function announceRoster(more: readonly AskerEffect[] = []): readonly AskerEffect[] {
    state.version += 1;
    return [persist(), ...more, ...seats.members().map((one) => sendInvite(one))];
  }

  function takeDecline(input: AskerInput & { type: 'decline-received' }): readonly AskerEffect[] {
    if (input.body.task !== coalition) return ignore('foreign-coalition');
    const found = seats.of(input.from);
    if (!found || found.status === 'gone') return ignore('not-a-member');
    if (state.phase === 'ended') return ignore('ended');
    const settled = settleSeat(found);
    seats.vacate(found);
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
    if (body.term <= state.term || body.term > termMax) return [sendInvite(seats.of(from))];
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
    if (item.accepted) return [{ ...sendReview(item, [from]), isRepeat: true }];
    if (body.fencing <= item.fencing)
      return ignore(body.fencing === item.fencing ? 'duplicate' : 'stale-fencing');
    if (seats.of(body.winner)?.status !== 'member') return ignore('winner-not-a-member');
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
    if (input.body.fencing !== state.term || input.from !== leader())
      return [sendInvite(seats.of(input.from))];
    hearLeader(input.atMs);
    return [armTimer('leader', input.atMs + leaderlessLeases * init.leaseMs)];
  }

  function takeResult(from: Did, body: Result): readonly AskerEffect[] {
    const item = findItem(body.task);
    if (!item) return ignore('foreign-task');
    if (item.accepted) return [{ ...sendReview(item, [from]), isRepeat: true }];
    if (body.fencing < item.fencing) return ignore('stale-fencing');
    if (body.fencing > item.fencing) return park(item, from, body);
    if (from !== item.holder) return ignore('not-the-holder');
    if (item.judging === body.fencing) return ignore('duplicate');
    item.judging = body.fencing;
    item.shortfall = body.complete ? null : (body.reason ?? 'incomplete');
    seats.reportSpent(seats.of(from)!, item.task, body.spent);
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
    const isOpen = seats.invited().some((seat) => seat.member.skills.includes(item.skill));
    if (isOpen) return ignore('already-inviting');
    return inviteSubstitute(input.atMs, item);
  }

  /** The best of the reserve for one skill. In a full team it takes the place of the holder that went silent. */
  function inviteSubstitute(atMs: number, item: Item): readonly AskerEffect[] {
    const taken = new Set(state.seats.map((seat) => seat.member.agent));
    const candidates = state.candidates.filter(
      (c) => !taken.has(c.agent) && !state.refused.includes(c.agent),
    );
    const isFull = seats.taken().length >= init.sizeMax;
    const silent = isFull && item.holder !== leader() ? seats.of(item.holder ?? self) : undefined;
    return seatBest(atMs, item.skill, candidates, silent?.status === 'member' ? silent : undefined);
  }

  /** While work runs, an agent that the asker wants sits down at once; others wait for a place to fall vacant. */
  function takeCandidate(input: AskerInput & { type: 'candidate-found' }): readonly AskerEffect[] {
    const { candidate, isWanted, atMs } = input;
    if (state.phase === 'ended' || state.phase === 'new') return ignore('not-open');
    const seated = seats.of(candidate.agent);
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
    const room = init.sizeMax - seats.taken().length + (instead === undefined ? 0 : 1);
    const budget = lessGranted(init.budget, seats.granted());
    const choice =
      room > 0 && candidates.length > 0
        ? chooseTeam({ skills: [skill], budget, sizeMax: 1, candidates })
        : undefined;
    if (!choice?.found) return ignore('no-substitute');
    const settled = instead === undefined ? [] : [settleSeat(instead)];
    if (instead !== undefined) seats.vacate(instead);
    const one = seat(choice.members[0]!);
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

  function judge(input: AskerInput & { type: 'judge' }): readonly AskerEffect[] {
    const item = findItem(input.task);
    if (!item || state.phase !== 'working') return ignore('foreign-task');
    if (item.accepted) return ignore('already-accepted');
    if (item.fencing !== input.fencing || item.judging !== input.fencing) return ignore('stale-fencing');
    const agent = item.holder!;
    if (input.verdict === 'change') return returnItem(item, agent, input.content);
    item.accepted = { agent, fencing: item.fencing, quality: input.quality ?? null };
    const review = sendReview(item, seats.team());
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

  function sendReview(item: Item, to: readonly Did[]): AskerEffect & { type: 'send-review' } {
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
          ...seats.invited().map((one) => sendInvite(one)),
        ];
      case 'working': {
        ledAtMs = atMs;
        const judging = state.items.filter((item) => !item.accepted && item.judging > 0);
        for (const item of judging) item.judging = 0;
        const leader = armTimer('leader', atMs + leaderlessLeases * init.leaseMs);
        return [
          ...timers,
          leader,
          ...(seats.invited().length > 0 ? [armTimer('forming', atMs + init.formingMs)] : []),
          ...seats.members().map((one) => sendInvite(one)),
          ...seats.invited().map((one) => sendInvite(one)),
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
    const silent = seats.invited();
    if (silent.length === 0) return ignore('stale-timer');
    const settled = silent.map(settleSeat);
    for (const one of silent) {
      seats.vacate(one);
      state.refused.push(one.member.agent);
    }
    return state.phase === 'forming' ? inviteTeam(atMs, settled) : [persist(), ...settled];
  }

  function replaceLeader(atMs: number): readonly AskerEffect[] {
    if (state.phase !== 'working' || atMs < ledAtMs + leaderlessLeases * init.leaseMs)
      return ignore('stale-timer');
    silentAppointments += 1;
    const lost = seats.of(leader()!);
    // The first time perhaps only the others' claims were lost. Later: whom the asker appointed itself said nothing.
    if (silentAppointments < 2 || lost?.status !== 'member') return appoint(atMs, leader());
    const settled = settleSeat(lost);
    seats.vacate(lost);
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
    const settled = seats.taken().map(settleSeat);
    const isStarted = state.phase === 'working';
    state.phase = 'ended';
    const { mesh, goal } = init;
    state.outcome = concludeTeam({
      ...{ mesh, coalition, asker: self, goal, isStarted, reason, atMs },
      ...{ items: state.items, coordinators: state.coordinators, startedAt: state.startedAt },
      ...{ members: seats.team(), spent: seats.spent() },
    });
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

  function settleSeat(seat: Seat): AskerEffect {
    return seats.settle(seat, state.phase === 'forming');
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
      members: seats.members().map((seat) => seat.member),
      ...(state.term > 0 ? { coordinator: leader()! } : {}),
      accepted: state.items.filter((item) => item.accepted).map((item) => item.task),
      ...{ grant, depth: init.depth ?? 0, leaseMs: init.leaseMs, itemMs: init.itemMs, endsAt: init.endsAt },
    };
    return { type: 'send-invite', to: member.agent, body };
  }

  function ignoreOutsider(from: Did): readonly Ignored[] | undefined {
    if (state.phase === 'ended') return ignore('ended');
    return seats.of(from)?.status === 'member' ? undefined : ignore('not-a-member');
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
