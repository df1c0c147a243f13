/** Who leads: the member that holds most of the context and has earned most trust. No state. */
import type { Did } from '../brand.ts';
import { compareText } from '../bytes.ts';

export interface CoordinatorCandidate {
  readonly agent: Did;
  /** Share (0 to 1) of the coalition's context that it holds already. */
  readonly context: number;
  /** 0 to 1, from signed outcomes. */
  readonly reputation: number;
}

/** Judgement: context and trust count alike; a leader without either is the worse choice. */
export const contextWeight = 0.5;

/** Best first; the same on every machine. Ties go to the smaller DID. */
export function rankCoordinators(candidates: readonly CoordinatorCandidate[]): readonly Did[] {
  const score = (c: CoordinatorCandidate) => contextWeight * c.context + (1 - contextWeight) * c.reputation;
  return [...candidates]
    .sort((a, b) => score(b) - score(a) || compareText(a.agent, b.agent))
    .map((c) => c.agent);
}
