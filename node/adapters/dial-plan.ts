/** Whom to dial next: facts in, plan out. */

/** The first wait after a failure, doubled with each, up to the last; each shortened by up to half at random. */
const firstWaitMs = 500;
const longestWaitMs = 60_000;

/** Somebody we could be connected to. */
export interface DialCandidate {
  readonly key: string;
  /** Named by the configuration: always wanted, whatever the number of connections. */
  readonly isPinned: boolean;
  readonly isConnected: boolean;
  readonly isDialing: boolean;
  readonly retryAtMs: number;
}

export interface DialFacts {
  readonly nowMs: number;
  readonly candidates: readonly DialCandidate[];
  /** Connections to have without asking for more. */
  readonly connectionsWanted: number;
  /** Dials at a time. */
  readonly parallelMax: number;
}

/** The candidates to dial now: pinned ones first, then the longest due, until enough are connected or under way. */
export function planDials(facts: DialFacts): readonly DialCandidate[] {
  const { nowMs, candidates, connectionsWanted, parallelMax } = facts;
  const dialingCount = candidates.filter((candidate) => candidate.isDialing).length;
  const connectedCount = candidates.filter((candidate) => candidate.isConnected).length;
  const due = candidates
    .filter(({ isConnected, isDialing, retryAtMs }) => !isConnected && !isDialing && retryAtMs <= nowMs)
    .sort((a, b) => Number(b.isPinned) - Number(a.isPinned) || a.retryAtMs - b.retryAtMs);
  const pinned = due.filter((candidate) => candidate.isPinned);
  const missingCount = Math.max(0, connectionsWanted - connectedCount - dialingCount - pinned.length);
  const others = due.filter((candidate) => !candidate.isPinned).slice(0, missingCount);
  return [...pinned, ...others].slice(0, Math.max(0, parallelMax - dialingCount));
}

/** How long to wait after the n-th failure in a row (n from 1), ms; `random` is uniform in [0, 1). */
export function planRetryMs(failureCount: number, random: number): number {
  const waitMs = Math.min(longestWaitMs, firstWaitMs * 2 ** Math.min(20, failureCount - 1));
  return Math.round(waitMs * (1 - random / 2));
}
