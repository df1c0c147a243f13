/** How long each step of a round waits (L2): base + round x delta, growing without bound. */

export interface Timeouts {
  readonly proposeMs: number;
  readonly prevoteMs: number;
  readonly precommitMs: number;
  /** Added to each of them per round. */
  readonly deltaMs: number;
}

/**
 * The least timeouts for a network that delivers within `delayMs`: propose(r) > 2D + precommit(r - 1),
 * prevote(r) > 2D, precommit(r) > 2D, for every round r. An honest proposer's round then decides.
 */
export function timeoutsForDelay(delayMs: number): Timeouts {
  return {
    proposeMs: 2 * delayMs + 2,
    prevoteMs: 2 * delayMs + 1,
    precommitMs: 2 * delayMs + 1,
    deltaMs: 2 * delayMs,
  };
}

/** When a timer of `round` that is set at `atMs` is due. */
export function dueAtMs(timeouts: Timeouts, step: TimedStep, round: number, atMs: number): number {
  return atMs + timeouts[`${step}Ms`] + round * timeouts.deltaMs;
}

export type TimedStep = 'propose' | 'prevote' | 'precommit';
