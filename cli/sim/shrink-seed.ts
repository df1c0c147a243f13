/** Make a failing run small: the fewest peers, then the fewest faults, with which the same seed still fails. */
import { AmpError } from '../../protocol/errors.ts';
import { shrinkList, shrinkNumber } from '../../sim/check/shrink.ts';
import {
  resolveScenario,
  type ScenarioFile,
  type Threshold,
  thresholdsAt,
} from '../../sim/scenario/scenario-file.ts';
import type { Point } from '../../sim/scenario/sweep.ts';

export interface ShrunkSeed {
  readonly failure: string;
  readonly settings: Readonly<Record<string, unknown>>;
}

type Settings = Readonly<Record<string, unknown>>;

/** @throws AmpError AMP-1502 when the run does not fail. */
export function shrinkSeed(
  file: ScenarioFile,
  point: Point,
  seed: number,
  progress: (line: string) => void = () => undefined,
): ShrunkSeed {
  let settings: Settings = resolveScenario(file, point);
  const failureOf = (tried: Settings) =>
    findFailure(file, tried, { seed, thresholds: thresholdsAt(file, point) });
  const first = failureOf(settings);
  if (first === undefined)
    throw new AmpError(
      'AMP-1502',
      `${file.name} does not fail with seed ${seed}: there is nothing to shrink.`,
    );
  const isSame = (tried: Settings) => failureOf(tried)?.kind === first.kind;
  const size = sizeKeys.find((key) => typeof settings[key] === 'number');
  if (size !== undefined) {
    const fewest = shrinkNumber(size.startsWith('members') ? 4 : 2, settings[size] as number, (count) => {
      progress(`${size} ${count}`);
      return isSame({ ...settings, [size]: count });
    });
    settings = { ...settings, [size]: fewest };
  }
  const faults = (settings.faults ?? []) as readonly unknown[];
  if (faults.length > 0) {
    const { items } = shrinkList(faults, (some) => isSame({ ...settings, faults: some }));
    settings = { ...settings, faults: items };
  }
  return { failure: failureOf(settings)!.text, settings };
}

/** Keys that say how large a world is. */
const sizeKeys = ['peers', 'members'];

function findFailure(
  file: ScenarioFile,
  settings: Settings,
  { seed, thresholds }: { readonly seed: number; readonly thresholds: readonly Threshold[] },
): { readonly kind: string; readonly text: string } | undefined {
  try {
    const { metrics } = file.model.run(settings, seed);
    for (const { metric, atLeast, atMost } of thresholds) {
      const value = metrics[metric]!;
      if (value < (atLeast ?? value) || value > (atMost ?? value))
        return { kind: metric, text: `${metric} is ${value} with seed ${seed}` };
    }
    return undefined;
  } catch (error) {
    if (!(error instanceof AmpError) || error.code !== 'AMP-1904') throw error;
    return { kind: String(error.facts?.checker), text: error.message };
  }
}
