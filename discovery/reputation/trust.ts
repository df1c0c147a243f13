/**
 * Whose judgement counts: trust that flows from a set that is trusted beforehand along good outcomes. A rater
 * that nobody in that flow ever rated well has no weight, so invented raters cannot praise anybody.
 *
 * @see Kamvar, Schlosser, Garcia-Molina 2003, The EigenTrust Algorithm, section 4.5 (basic algorithm with p)
 */
import { compareText } from '../../protocol/bytes.ts';

/** `from` had work done by `to`: how much of it went well, minus how much did not, never below 0. */
export interface TrustEdge {
  readonly from: string;
  readonly to: string;
  readonly weight: number;
}

export const trustDefaults = {
  /**
   * The share of trust that returns to the trusted set at each step (the paper's a). The paper's files are rated
   * by everybody; here a ring of liars that one lucky success let in would keep what flows into it, so half goes
   * back. Measured (`cli/bench/reputation.ts`, false praise): 0.5 picks 0.93 capable agents, 0.15 picks 0.69.
   */
  returnShare: 0.5,
  /** Steps until the change is below `changeMin`; 0.5⁵⁰ is 10⁻¹⁵. */
  stepsMax: 50,
  changeMin: 1e-6,
} as const;

/** Trust of each agent; the values add up to at most 1, and are the same for any order of the edges. */
export function computeTrust(
  edges: readonly TrustEdge[],
  trusted: readonly string[],
  settings: { returnShare: number; stepsMax: number; changeMin: number } = trustDefaults,
): ReadonlyMap<string, number> {
  const start = [...new Set(trusted)].sort(compareText);
  if (start.length === 0) return new Map();
  const base = new Map(start.map((agent) => [agent, 1 / start.length]));
  const flows = normalise(edges);
  let trust: Map<string, number> = new Map(base);
  for (let step = 0; step < settings.stepsMax; step++) {
    const next = spread(trust, flows, base, settings.returnShare);
    const change = distance(trust, next);
    trust = next;
    if (change < settings.changeMin) break;
  }
  return trust;
}

type Flows = readonly (readonly [from: string, to: readonly (readonly [string, number])[]])[];

/** Each rater gives away exactly what it has, in proportion to its edges. */
function normalise(edges: readonly TrustEdge[]): Flows {
  const byRater = new Map<string, Map<string, number>>();
  for (const { from, to, weight } of edges) {
    if (!(weight > 0) || from === to) continue;
    const given = byRater.get(from) ?? new Map<string, number>();
    byRater.set(from, given.set(to, (given.get(to) ?? 0) + weight));
  }
  return [...byRater].sort(byName).map(([from, given]) => {
    const total = [...given.values()].reduce((sum, weight) => sum + weight, 0);
    return [from, [...given].sort(byName).map(([to, weight]) => [to, weight / total] as const)] as const;
  });
}

function spread(
  trust: ReadonlyMap<string, number>,
  flows: Flows,
  base: ReadonlyMap<string, number>,
  returnShare: number,
): Map<string, number> {
  const next = new Map<string, number>();
  let given = 0;
  for (const [from, to] of flows) {
    const has = trust.get(from) ?? 0;
    if (has === 0) continue;
    given += has;
    for (const [agent, share] of to)
      next.set(agent, (next.get(agent) ?? 0) + (1 - returnShare) * has * share);
  }
  // What agents without edges hold goes back to the trusted set, like the return share.
  const total = [...trust.values()].reduce((sum, value) => sum + value, 0);
  const back = returnShare * given + (total - given);
  for (const [agent, share] of base) next.set(agent, (next.get(agent) ?? 0) + back * share);
  return next;
}

function distance(a: ReadonlyMap<string, number>, b: ReadonlyMap<string, number>): number {
  let sum = 0;
  for (const [agent, value] of b) sum += Math.abs(value - (a.get(agent) ?? 0));
  return sum;
}

function byName(a: readonly [string, unknown], b: readonly [string, unknown]): number {
  return compareText(a[0], b[0]);
}
