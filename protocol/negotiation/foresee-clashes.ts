/** Conflicts seen before they happen, from announced intentions (leases in the shared memory). No state. */
import type { Did } from '../brand.ts';
import { compareText } from '../bytes.ts';

export interface Intention {
  readonly id: string;
  readonly agent: Did;
  readonly resource: string;
  /** Readers share; a writer wants it alone. */
  readonly mode: 'read' | 'write';
  readonly fromMs: number;
  readonly untilMs: number;
  /** The announcement is void from here on. */
  readonly leaseUntilMs: number;
}

export interface Clash {
  readonly resource: string;
  readonly first: Intention;
  readonly second: Intention;
  readonly fromMs: number;
  readonly untilMs: number;
}

/** Judgement: a list longer than this is reported in parts. */
export const clashesMax = 1_024;

/** Pairs of live intentions of different agents that overlap and exclude each other, soonest first. */
export function foreseeClashes(intentions: readonly Intention[], nowMs: number): readonly Clash[] {
  const live = intentions.filter((intention) => intention.leaseUntilMs > nowMs && intention.untilMs > nowMs);
  live.sort((a, b) => compareText(a.resource, b.resource) || a.fromMs - b.fromMs || compareText(a.id, b.id));
  const clashes: Clash[] = [];
  for (let i = 0; i < live.length; i++) {
    const first = live[i]!;
    for (let j = i + 1; j < live.length && clashes.length < clashesMax; j++) {
      const second = live[j]!;
      if (second.resource !== first.resource || second.fromMs >= first.untilMs) break;
      if (second.agent === first.agent || (first.mode === 'read' && second.mode === 'read')) continue;
      const untilMs = Math.min(first.untilMs, second.untilMs);
      clashes.push({
        resource: first.resource,
        first,
        second,
        fromMs: Math.max(second.fromMs, nowMs),
        untilMs,
      });
    }
  }
  return clashes.sort((a, b) => a.fromMs - b.fromMs || compareText(a.first.id, b.first.id));
}
