/** Fencing numbers inside a coalition: a later coordinator's are always higher than an earlier one's. */

/** Awards that one coordinator may make in its term. Judgement. */
export const awardsPerTerm = 10_000;
/** So that a fencing number stays a message's count (at most 10⁹). */
export const termMax = 99_999;

export function toFencing(term: number, award: number): number {
  return term * awardsPerTerm + award;
}

export function readTerm(fencing: number): number {
  return Math.floor(fencing / awardsPerTerm);
}
