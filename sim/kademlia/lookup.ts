/**
 * One iterative lookup: ask the alpha closest unasked contacts at a time, learn from each answer, end when the k
 * closest known have all answered. Virtual time passes inside, so that parallel requests overlap as they would.
 * @see Maymounkov and Mazières 2002, "Kademlia", §2.3
 */
import { ticksPerMs } from '../clock/ticks.ts';
import type { RoutingTables } from './routing-tables.ts';

/** How a peer answers lookups. */
export const answering = {
  honest: 0,
  /** Down, or up and saying nothing: the asker waits for its timeout. */
  silent: 1,
  /** Names only other liars, as an eclipse attack does. */
  lying: 2,
} as const;

export interface LookupInit {
  /** Requests in flight at once, Kademlia's alpha. Default 3. */
  readonly alpha?: number;
  /** Closest peers wanted, at most k. Default k. */
  readonly count?: number;
  /** How long an asker waits for an answer. Default 1,000 ms. */
  readonly timeoutMs?: number;
  /** Hears each step: a request sent, answered, or given up. */
  readonly trace?: (step: LookupStep) => void;
}

export interface LookupStep {
  readonly what: 'ask' | 'answer' | 'timeout';
  /** Who is asked. */
  readonly peer: number;
  /** Since the lookup began. */
  readonly atMs: number;
}

export interface LookupWorld {
  readonly tables: RoutingTables;
  /** By peer: one of {@link answering}. */
  readonly answering: Uint8Array;
  /** What the liars name: their number, in the order of their keys. */
  readonly liars: readonly number[];
  /** One way, in ticks; -1 for a lost packet. */
  readonly delayTicks: (from: number, to: number) => number;
}

export interface LookupResult {
  /** Peers that answered, closest first. */
  readonly closest: readonly number[];
  /** Requests sent; each answered one brought one message back. */
  readonly requestCount: number;
  readonly timeoutCount: number;
  /** Length of the chain of answers that led to the closest peer found; 0 when the asker knew it. */
  readonly hops: number;
  readonly durationMs: number;
}

interface Candidate {
  readonly peer: number;
  /** Answers between the asker and this name. */
  readonly depth: number;
  state: 'new' | 'asked' | 'answered' | 'failed';
}

interface Pending {
  readonly candidate: Candidate;
  readonly dueTick: number;
  readonly isAnswer: boolean;
}

/** Run one lookup for the target. The asker's table learns from it; nobody else's changes but the asked ones'. */
export function runLookup(
  world: LookupWorld,
  asker: number,
  targetHigh: number,
  targetLow: number,
  init: LookupInit = {},
): LookupResult {
  const { tables } = world;
  const alpha = init.alpha ?? 3;
  const wanted = init.count ?? tables.bucketSize;
  const timeoutTicks = (init.timeoutMs ?? 1000) * ticksPerMs;
  const candidates: Candidate[] = [];
  const known = new Set<number>([asker]);
  const pending: Pending[] = [];
  let nowTick = 0;
  let requestCount = 0;
  let timeoutCount = 0;

  const learn = (peers: readonly number[], depth: number) => {
    for (const peer of peers) {
      if (known.has(peer)) continue;
      known.add(peer);
      insert(candidates, { peer, depth, state: 'new' }, (a, b) =>
        tables.compare(a, b, targetHigh, targetLow),
      );
    }
  };
  const ask = (candidate: Candidate) => {
    candidate.state = 'asked';
    requestCount++;
    init.trace?.({ what: 'ask', peer: candidate.peer, atMs: nowTick / ticksPerMs });
    const there = world.delayTicks(asker, candidate.peer);
    const back = world.delayTicks(candidate.peer, asker);
    const isSilent = world.answering[candidate.peer] === answering.silent || there < 0 || back < 0;
    const isAnswer = !isSilent && there + back <= timeoutTicks;
    pending.push({ candidate, dueTick: nowTick + (isAnswer ? there + back : timeoutTicks), isAnswer });
  };
  /** The next to ask: the closest unasked among the `wanted` closest that have not failed. */
  const findNext = () => {
    let live = 0;
    for (const candidate of candidates) {
      if (candidate.state === 'failed') continue;
      if (candidate.state === 'new') return candidate;
      if (++live === wanted) return undefined;
    }
    return undefined;
  };
  const take = ({ candidate, isAnswer }: Pending) => {
    init.trace?.({
      what: isAnswer ? 'answer' : 'timeout',
      peer: candidate.peer,
      atMs: nowTick / ticksPerMs,
    });
    if (!isAnswer) {
      candidate.state = 'failed';
      timeoutCount++;
      tables.remove(asker, candidate.peer);
      return;
    }
    candidate.state = 'answered';
    tables.add(asker, candidate.peer);
    tables.add(candidate.peer, asker);
    const isLying = world.answering[candidate.peer] === answering.lying;
    const named = isLying
      ? closestLiars(world, targetHigh, targetLow)
      : tables.closest(candidate.peer, targetHigh, targetLow, tables.bucketSize);
    learn(named, candidate.depth + 1);
  };

  learn(tables.closest(asker, targetHigh, targetLow, tables.bucketSize), 0);
  for (;;) {
    for (let next = findNext(); next !== undefined && pending.length < alpha; next = findNext()) ask(next);
    const due = takeEarliest(pending);
    if (due === undefined) break;
    nowTick = due.dueTick;
    take(due);
  }
  const answered = candidates.filter((candidate) => candidate.state === 'answered').slice(0, wanted);
  return {
    closest: answered.map((candidate) => candidate.peer),
    requestCount,
    timeoutCount,
    hops: answered[0]?.depth ?? 0,
    durationMs: nowTick / ticksPerMs,
  };
}

/** Keep the list in order of distance; lists are short, insertion beats a tree. */
function insert(list: Candidate[], candidate: Candidate, compare: (a: number, b: number) => number): void {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (compare(list[middle]!.peer, candidate.peer) < 0) low = middle + 1;
    else high = middle;
  }
  list.splice(low, 0, candidate);
}

/** At most alpha are pending: a scan is enough. The earlier request wins a tie. */
function takeEarliest(pending: Pending[]): Pending | undefined {
  let first = 0;
  for (let i = 1; i < pending.length; i++) if (pending[i]!.dueTick < pending[first]!.dueTick) first = i;
  return pending.splice(first, 1)[0];
}

function closestLiars(world: LookupWorld, targetHigh: number, targetLow: number): readonly number[] {
  return [...world.liars]
    .sort((a, b) => world.tables.compare(a, b, targetHigh, targetLow))
    .slice(0, world.tables.bucketSize);
}
