/**
 * Whom to give the next task of a kind: expected worth, plus some curiosity about those who are little known. No state.
 * @see Kaufmann, Cappé and Garivier, On Bayesian upper confidence bounds for bandit problems, 2012 (here with a normal
 * quantile)
 */
import type { Did } from '../../protocol/brand.ts';
import { compareText } from '../../protocol/bytes.ts';
import type { Expectation } from './playbook.ts';

/** Standard deviations of optimism. Measured over 200 tasks: 0.2 locks in too early, above 1 gains no more. */
export const curiosity = 1;

export interface WorkerOption {
  readonly agent: Did;
  readonly expectation: Expectation;
  /** Price as a share of what a success is worth. */
  readonly cost: number;
  /** From the drift watch; 1 when steady. */
  readonly rankFactor?: number;
}

/** Best first. */
export function rankWorkers(options: readonly WorkerOption[], optimism = curiosity): readonly WorkerOption[] {
  const score = ({ expectation, cost, rankFactor }: WorkerOption) =>
    (expectation.mean + optimism * expectation.deviation) * (rankFactor ?? 1) - cost;
  return [...options].sort((a, b) => score(b) - score(a) || compareText(a.agent, b.agent));
}
