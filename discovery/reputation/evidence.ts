/** Two sums that fade: how much went well and how much did not, each outcome halved once per half-life. */

/** Weights as they were worth at `atMs`. */
export interface Evidence {
  readonly good: number;
  readonly bad: number;
  readonly atMs: number;
}

export const noEvidence: Evidence = { good: 0, bad: 0, atMs: 0 };

/** What is left of a weight after `ageMs`. Negative ages count as none. */
export function fade(ageMs: number, halfLifeMs: number): number {
  return ageMs <= 0 ? 1 : 2 ** (-ageMs / halfLifeMs);
}

/** Add an outcome of `score` (0 to 1) that happened at `atMs`. The order of additions does not matter. */
export function addOutcome(
  known: Evidence,
  outcome: { readonly score: number; readonly atMs: number; readonly weight?: number },
  halfLifeMs: number,
): Evidence {
  const atMs = Math.max(known.atMs, outcome.atMs);
  const keep = fade(atMs - known.atMs, halfLifeMs);
  const weight = (outcome.weight ?? 1) * fade(atMs - outcome.atMs, halfLifeMs);
  return {
    good: known.good * keep + weight * outcome.score,
    bad: known.bad * keep + weight * (1 - outcome.score),
    atMs,
  };
}

/** The sums as they are worth at `nowMs`. */
export function evidenceAt(known: Evidence, nowMs: number, halfLifeMs: number): Evidence {
  const keep = fade(nowMs - known.atMs, halfLifeMs);
  return { good: known.good * keep, bad: known.bad * keep, atMs: nowMs };
}
