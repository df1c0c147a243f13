/**
 * Is an agent still what it was? Its outputs are compared with its own first ones, by embedding distance, and the
 * small steady excess that a drift makes is summed up (a one-sided CUSUM): single odd outputs pass, a lasting change
 * does not.
 * @see E. S. Page, Continuous inspection schemes, 1954
 */
import type { Did } from '../../protocol/brand.ts';
import { type Ignored, ignore, type Machine, type Persist } from '../../protocol/machine.ts';

/** First outputs that make the baseline. Measured: 20 gave 8 false alarms in 100 agents over 160 outputs. */
export const baselineCount = 30;
/** Slack per observation, in standard deviations of the baseline: half the shift that matters (Page), here two. */
export const driftSlack = 1;
/** Sums that mean: ask to re-anchor, then rest. Measured: see the learning benchmark for the false alarms. */
export const reanchorSum = 8;
export const restSum = 24;
/** One outlier counts at most this many deviations. */
export const deviationMax = 4;
export const bestExamplesMax = 3;
/** Agents watched at once; the least recently seen is forgotten. */
export const watchedMax = 10_000;

export type DriftInput = {
  readonly type: 'output-observed';
  readonly atMs: number;
  readonly agent: Did;
  /** Names the output, so that good ones can be shown again. */
  readonly output: string;
  /** Unit length. */
  readonly vector: Float32Array;
  /** 0 to 1, when somebody judged it. */
  readonly score?: number;
};

export type DriftEffect =
  | Persist
  | Ignored
  /** Multiply the agent's rank by this (0 to 1) from now on. */
  | { readonly type: 'set-rank-factor'; readonly agent: Did; readonly factor: number }
  | { readonly type: 'ask-reanchor'; readonly agent: Did; readonly examples: readonly string[] }
  | { readonly type: 'rest-agent'; readonly agent: Did };

export interface DriftWatch extends Machine<DriftInput, DriftEffect> {
  /** The present sum, in standard deviations; 0 for an unknown agent. */
  scoreOf(agent: Did): number;
}

interface Watched {
  count: number;
  /** Sum of the baseline's vectors. */
  centre: Float64Array;
  /** The baseline itself, until it is complete. */
  first: Float32Array[];
  mean: number;
  deviation: number;
  sum: number;
  stage: 'steady' | 'reanchor' | 'rest';
  best: { output: string; score: number }[];
}

export function createDriftWatch(): DriftWatch {
  const watched = new Map<Did, Watched>();
  return { step, scoreOf: (agent) => watched.get(agent)?.sum ?? 0 };

  function step(input: DriftInput): readonly DriftEffect[] {
    const found = touch(input.agent, input.vector.length);
    if (found.centre.length !== input.vector.length) return ignore('other-vector-space');
    noteExample(found, input);
    found.count += 1;
    if (found.count <= baselineCount) return learnBaseline(found, input.vector);
    const distance = distanceTo(found.centre, input.vector);
    const excess = Math.min(deviationMax, (distance - found.mean) / found.deviation);
    found.sum = Math.max(0, found.sum + excess - driftSlack);
    return judge(input.agent, found);
  }

  /** Most recently seen last. */
  function touch(agent: Did, dimensions: number): Watched {
    const found = watched.get(agent) ?? {
      ...{ count: 0, centre: new Float64Array(dimensions), first: [], mean: 0, deviation: 1 },
      ...{ sum: 0, stage: 'steady' as const, best: [] },
    };
    watched.delete(agent);
    watched.set(agent, found);
    if (watched.size > watchedMax) watched.delete(watched.keys().next().value!);
    return found;
  }

  function learnBaseline(found: Watched, vector: Float32Array): readonly DriftEffect[] {
    found.first.push(vector);
    vector.forEach((value, i) => {
      found.centre[i]! += value;
    });
    if (found.count < baselineCount) return ignore('learning');
    // Each output against the centre of the others: its own share in the centre would make it look too close.
    const distances = found.first.map((own) => distanceTo(subtract(found.centre, own), own));
    found.mean = distances.reduce((a, b) => a + b, 0) / distances.length;
    const variance = distances.reduce((sum, d) => sum + (d - found.mean) ** 2, 0) / (distances.length - 1);
    found.deviation = Math.max(0.01, Math.sqrt(variance));
    found.first = [];
    return ignore('learning');
  }

  function judge(agent: Did, found: Watched): readonly DriftEffect[] {
    const factor = Math.max(0.2, 1 - found.sum / restSum);
    const stage = found.sum >= restSum ? 'rest' : found.sum >= reanchorSum ? 'reanchor' : 'steady';
    if (stage === found.stage)
      return stage === 'steady' ? ignore('steady') : [{ type: 'set-rank-factor', agent, factor }];
    found.stage = stage;
    const examples = found.best.map((example) => example.output);
    const ranked: DriftEffect = { type: 'set-rank-factor', agent, factor: stage === 'steady' ? 1 : factor };
    if (stage === 'reanchor') return [ranked, { type: 'ask-reanchor', agent, examples }];
    return stage === 'rest' ? [ranked, { type: 'rest-agent', agent }] : [ranked];
  }
}

function noteExample(found: Watched, input: DriftInput): void {
  if (input.score === undefined) return;
  found.best.push({ output: input.output, score: input.score });
  found.best.sort((a, b) => b.score - a.score);
  found.best.length = Math.min(found.best.length, bestExamplesMax);
}

/** Cosine distance, 0 to 2, to the direction of a sum of unit vectors. */
function distanceTo(centre: Float64Array, vector: Float32Array): number {
  let dot = 0;
  let norm = 0;
  for (let i = 0; i < centre.length; i++) {
    dot += centre[i]! * vector[i]!;
    norm += centre[i]! ** 2;
  }
  return norm === 0 ? 1 : 1 - dot / Math.sqrt(norm);
}

function subtract(centre: Float64Array, own: Float32Array): Float64Array {
  return centre.map((value, i) => value - own[i]!);
}
