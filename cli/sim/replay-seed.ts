/** One seed, run again: with the words of every event where the model has them, by its digest where it has not. */
import { compareRuns, describeDifference } from '../../sim/check/replay.ts';
import { type PeersScenario, peersModel, runPeers } from '../../sim/peers/index.ts';
import { resolveScenario, type ScenarioFile } from '../../sim/scenario/scenario-file.ts';
import type { Point } from '../../sim/scenario/sweep.ts';

export interface Replayed {
  readonly isEqual: boolean;
  readonly text: string;
}

/** @throws AmpError AMP-1904 when the run breaks a promise: that is what a replay is for. */
export function replaySeed(file: ScenarioFile, point: Point, seed: number, repeats: number): Replayed {
  const settings = resolveScenario(file, point);
  if (file.model === peersModel) {
    const scenario = settings as unknown as PeersScenario;
    const outcome = compareRuns((log) => void runPeers(scenario, seed, { log }), repeats);
    if (!outcome.isEqual) return { isEqual: false, text: describeDifference(outcome) };
    return {
      isEqual: true,
      text: `${repeats} runs are equal: ${outcome.eventCount} events, digest ${outcome.digest}`,
    };
  }
  const digests = Array.from({ length: repeats }, () => file.model.run(settings, seed).digest);
  const isEqual = new Set(digests).size === 1;
  return {
    isEqual,
    text: isEqual
      ? `${repeats} runs are equal: digest ${digests[0]}`
      : `The runs differ: ${digests.join(', ')}`,
  };
}
