/** What came of a team, as its asker signs it. */
import type { Did, MessageId } from '../brand.ts';
import type { Amount } from '../budget/amount.ts';
import type { UnsignedOutcome } from './bodies.ts';

/** A part of the work when the team ends. */
export interface TeamItem {
  readonly task: MessageId;
  readonly skill: string;
  readonly fencing: number;
  /** Why the result being judged, or accepted, is not all that was asked for. */
  readonly shortfall: string | null;
  readonly accepted: { agent: Did; fencing: number; quality: number | null } | null;
}

export interface EndedTeam {
  readonly mesh: string;
  readonly coalition: MessageId;
  readonly asker: Did;
  readonly goal: string;
  readonly members: readonly Did[];
  /** All that led, in their order. */
  readonly coordinators: readonly Did[];
  readonly items: readonly TeamItem[];
  readonly spent: Amount;
  /** The team stood: it was not merely called together. */
  readonly isStarted: boolean;
  /** Why it ends; `done` when every item is accepted. */
  readonly reason: string;
  /** Integer Unix ms, as `atMs`. */
  readonly startedAt: number;
  readonly atMs: number;
}

/** The last of those who led are named, at most. */
const coordinatorsMax = 64;

export function concludeTeam(team: EndedTeam): UnsignedOutcome {
  const { mesh, coalition, asker, goal, members, coordinators, items, spent, startedAt, reason, atMs } = team;
  const shortfall = items.find((item) => item.accepted && item.shortfall !== null)?.shortfall;
  return {
    record: 'team-outcome',
    mesh,
    coalition,
    asker,
    goal,
    kind: kindOf(team, shortfall !== undefined),
    reason: reason === 'done' ? (shortfall ?? reason) : reason,
    members: [...members],
    coordinators: coordinators.slice(-coordinatorsMax),
    items: items.map(describeItem),
    spent,
    startedAt,
    at: atMs,
  };
}

function kindOf({ items, isStarted }: EndedTeam, isShort: boolean): UnsignedOutcome['kind'] {
  const doneCount = items.filter((item) => item.accepted).length;
  if (doneCount === items.length && !isShort) return 'result';
  if (doneCount > 0) return 'partial';
  return isStarted ? 'failure' : 'void';
}

function describeItem({
  task,
  skill,
  fencing,
  accepted,
  shortfall,
}: TeamItem): UnsignedOutcome['items'][number] {
  return {
    ...{ task, skill, fencing },
    ...(accepted ? { agent: accepted.agent } : {}),
    ...(accepted && shortfall !== null ? { shortfall } : {}),
    ...(accepted?.quality == null ? {} : { quality: accepted.quality }),
  };
}
