/** Who holds which item of a team's work, under which fencing number; and, for the coordinator, who should. */
import type { Did, MessageId } from '../brand.ts';
import { compareText } from '../bytes.ts';
import type { CoalitionMember, WorkItem } from './bodies.ts';
import { awardsPerTerm, toFencing } from './fencing.ts';

/** Judgement: a result sent back more often than this goes to another member. */
export const returnsPerItemMax = 3;

export interface KnownItem {
  holder: Did | null;
  fencing: number;
  status: 'open' | 'awarded' | 'reported' | 'accepted';
  /** Sent back under the present holder. */
  returns: number;
  /** Holders that failed or went silent: asked again only when nobody else is left. */
  avoid: Did[];
  /** Beats for which nobody could be found. */
  shortages: number;
}

export interface OpenItem {
  readonly task: MessageId;
  readonly known: KnownItem;
}

/** Durable, kept by the caller with its own state. */
export interface ItemAwardsState {
  items: Record<string, KnownItem>;
  /** Numbers given out in the present term. */
  awardCount: number;
}

export interface ItemAwards {
  of(task: MessageId): KnownItem;
  /** `undefined` when nothing was heard of the item yet. */
  find(task: MessageId): KnownItem | undefined;
  /** Items that are not accepted yet, in the order given. */
  open(items: readonly WorkItem[]): readonly OpenItem[];
  startTerm(): void;
  hasNumbersLeft(): boolean;
  /** Under the next number of the term. */
  award(known: KnownItem, winner: Did, term: number, isReported: boolean): void;
  /** Sent back too often, or too long at it. */
  isOverdue(known: KnownItem, atMs: number, itemMs: number): boolean;
  /** Among those who live: able, not yet failed at it, least busy, best reputed. */
  chooseHolder(
    task: MessageId,
    items: readonly WorkItem[],
    alive: readonly CoalitionMember[],
  ): Did | undefined;
}

export function createItemAwards(state: ItemAwardsState): ItemAwards {
  /** When each number was given out; not durable. */
  const awardedAtMs = new Map<number, number>();

  function of(task: MessageId): KnownItem {
    state.items[task] ??= { holder: null, fencing: 0, status: 'open', returns: 0, avoid: [], shortages: 0 };
    return state.items[task];
  }

  function open(items: readonly WorkItem[]): readonly OpenItem[] {
    return items
      .map(({ task }) => ({ task, known: of(task) }))
      .filter(({ known }) => known.status !== 'accepted');
  }

  function award(known: KnownItem, winner: Did, term: number, isReported: boolean): void {
    state.awardCount += 1;
    awardedAtMs.delete(known.fencing);
    if (known.holder !== winner) known.returns = 0;
    known.holder = winner;
    known.fencing = toFencing(term, state.awardCount);
    known.status = isReported ? 'reported' : 'awarded';
  }

  function isOverdue({ fencing, returns }: KnownItem, atMs: number, itemMs: number): boolean {
    if (!awardedAtMs.has(fencing)) awardedAtMs.set(fencing, atMs);
    return atMs - awardedAtMs.get(fencing)! >= itemMs || returns > returnsPerItemMax;
  }

  function chooseHolder(
    task: MessageId,
    items: readonly WorkItem[],
    alive: readonly CoalitionMember[],
  ): Did | undefined {
    const skill = items.find((item) => item.task === task)?.skill;
    const { avoid } = of(task);
    const able = alive.filter(({ agent, skills }) => skills.includes(skill!) && !avoid.includes(agent));
    const held = open(items).map(({ known }) => known.holder);
    const load = (agent: Did) => held.filter((holder) => holder === agent).length;
    return able.sort(
      (a, b) => load(a.agent) - load(b.agent) || b.reputation - a.reputation || compareText(a.agent, b.agent),
    )[0]?.agent;
  }

  return {
    of,
    find: (task) => state.items[task],
    open,
    startTerm() {
      state.awardCount = 0;
    },
    hasNumbersLeft: () => state.awardCount < awardsPerTerm - 1,
    award,
    isOverdue,
    chooseHolder,
  };
}
