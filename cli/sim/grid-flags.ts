/** The flags `--set name=values` of `ampmesh sim`. */
import { AmpError } from '../../protocol/errors.ts';
import type { ScenarioFile } from '../../sim/scenario/scenario-file.ts';
import { type Point, parseValues } from '../../sim/scenario/sweep.ts';

/** For options that may be said again. */
export function collect(value: string, previous: readonly string[]): readonly string[] {
  return [...previous, value];
}

/** @throws AmpError AMP-1502 */
export function parseGrid(sets: readonly string[]): ScenarioFile['sweep'] {
  const entries = sets.map((set) => {
    const at = set.indexOf('=');
    if (at < 1) throw new AmpError('AMP-1502', `"${set}" sets nothing; write --set name=value.`);
    return [set.slice(0, at), parseValues(set.slice(at + 1))] as const;
  });
  return Object.fromEntries(entries);
}

/** The first value of each parameter. */
export function onePoint(sets: readonly string[]): Point {
  return Object.fromEntries(Object.entries(parseGrid(sets)).map(([key, values]) => [key, values[0]!]));
}
