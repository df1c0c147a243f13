/** The places in a team: who was asked, who sits there, who is gone, and what became of the money each was granted. */
import type { Did, MessageId } from '../brand.ts';
import {
  type Amount,
  type Ceiling,
  capAmount,
  nothing,
  subtractAmounts,
  sumAmounts,
} from '../budget/amount.ts';
import type { AskerEffect } from './asker-types.ts';
import type { CoalitionMember } from './bodies.ts';

export interface Seat {
  readonly member: CoalitionMember;
  readonly grant: Amount;
  status: 'invited' | 'member' | 'gone';
  /** Set when the grant is settled. */
  spent: Amount;
  /** What it reported to have spent, by task. */
  reports: Record<string, Amount>;
}

export interface TeamSeats {
  /** The last place that the agent had. */
  of(agent: Did): Seat | undefined;
  /** A new place, for an agent that is asked to take it. */
  add(member: CoalitionMember, grant: Amount): Seat;
  /** The agent accepted. */
  admit(seat: Seat): void;
  members(): readonly Seat[];
  invited(): readonly Seat[];
  /** Members and invited. */
  taken(): readonly Seat[];
  /** The members. */
  team(): readonly Did[];
  /** Noted until the grant is settled; the last report of a task counts. */
  reportSpent(seat: Seat, task: MessageId, spent: Amount): void;
  /**
   * What a member reported counts as spent; of one that vanished at work the whole grant does.
   * @param isUnused nothing can have been spent: the work has not begun
   */
  settle(seat: Seat, isUnused: boolean): AskerEffect;
  /** The place falls vacant. */
  vacate(seat: Seat): void;
  /** What all have used, as far as their grants are settled. */
  spent(): Amount;
  /** The grants of those who are here, and what those who are gone have used. */
  granted(): Amount;
}

/** @param seats kept by the caller with its own state */
export function createTeamSeats(seats: Seat[]): TeamSeats {
  const withStatus = (status: Seat['status']) => seats.filter((seat) => seat.status === status);
  const members = () => withStatus('member');

  function settle(seat: Seat, isUnused: boolean): AskerEffect {
    const reports = Object.values(seat.reports);
    const isIdle = seat.status === 'invited' || isUnused;
    seat.spent = isIdle
      ? nothing
      : reports.length > 0
        ? capAmount(sumAmounts(reports), seat.grant)
        : seat.grant;
    const returned = subtractAmounts(seat.grant, seat.spent);
    return { type: 'settle-grant', grant: seat.member.agent, spent: seat.spent, returned };
  }

  return {
    of: (agent) => seats.findLast((seat) => seat.member.agent === agent),
    add(member, grant) {
      const seat: Seat = { member, grant, status: 'invited', spent: nothing, reports: {} };
      seats.push(seat);
      return seat;
    },
    admit(seat) {
      seat.status = 'member';
    },
    members,
    invited: () => withStatus('invited'),
    taken: () => seats.filter((seat) => seat.status !== 'gone'),
    team: () => members().map((seat) => seat.member.agent),
    reportSpent(seat, task, spent) {
      seat.reports[task] = spent;
    },
    settle,
    vacate(seat) {
      seat.status = 'gone';
    },
    spent: () => sumAmounts(seats.map((seat) => seat.spent)),
    granted: () => sumAmounts(seats.map((seat) => (seat.status === 'gone' ? seat.spent : seat.grant))),
  };
}

/** What a budget leaves when so much of it is given away. */
export function lessGranted(budget: Ceiling, granted: Amount): Ceiling {
  const left: { -readonly [Kind in keyof Ceiling]: Ceiling[Kind] } = {};
  for (const kind of ['tokens', 'moneyMicros', 'timeMs'] as const) {
    const limit = budget[kind];
    if (limit !== undefined) left[kind] = Math.max(0, limit - granted[kind]);
  }
  return left;
}
