/** Which runs an experiment consists of: a grid of parameter values times a list of seeds. */
import { AmpError } from '../../protocol/errors.ts';
import type { ScalarValue } from './located.ts';

/** Parameter values of one point of the grid, in the order of the sweep's keys. */
export type Point = Readonly<Record<string, ScalarValue>>;

/** More runs than this are a mistake in the grid. */
const runsMax = 1_000_000;

/** `1..30`, `7`, or `1,5,10..12`: each once, in the order written. @throws AmpError AMP-1903 */
export function parseSeeds(text: string): readonly number[] {
  const seeds: number[] = [];
  for (const part of text.split(',')) {
    const match = /^\s*(\d+)(?:\.\.(\d+))?\s*$/.exec(part);
    if (match === null) throw new AmpError('AMP-1903', `"${text}" names no seeds; write 1..30 or 1,2,7.`);
    const first = Number(match[1]);
    const last = Number(match[2] ?? match[1]);
    if (last < first || last - first >= runsMax)
      throw new AmpError('AMP-1903', `The seeds ${part.trim()} are no range of at most ${runsMax}.`);
    for (let seed = first; seed <= last; seed++) seeds.push(seed);
  }
  return [...new Set(seeds)];
}

/** Values of one swept parameter: a list, or `0..0.4 step 0.05`. @throws AmpError AMP-1903 */
export function parseValues(value: ScalarValue | readonly ScalarValue[]): readonly ScalarValue[] {
  if (Array.isArray(value)) return value as readonly ScalarValue[];
  if (typeof value !== 'string') return [value as ScalarValue];
  const match = /^\s*(-?[\d.]+)\.\.(-?[\d.]+)(?:\s+step\s+([\d.]+))?\s*$/.exec(value);
  if (match === null) return value.split(',').map((part) => toScalar(part.trim()));
  const [first, last, step] = [Number(match[1]), Number(match[2]), Number(match[3] ?? 1)];
  const count = Math.floor((last - first) / step + 1e-9) + 1;
  if (!(step > 0) || !(count >= 1 && count <= runsMax))
    throw new AmpError('AMP-1903', `"${value}" is no range; write 0..40 step 5.`);
  // Rounded, so that 0.15 is 0.15 and not 0.15000000000000002 in every table.
  return Array.from({ length: count }, (_, i) => Number((first + i * step).toPrecision(12)));
}

/** A word from a command line as YAML would read it. */
export function toScalar(word: string): ScalarValue {
  if (word === 'true' || word === 'false') return word === 'true';
  return word !== '' && Number.isFinite(Number(word)) ? Number(word) : word;
}

/** All combinations; the last key varies fastest. An empty grid is one point. @throws AmpError AMP-1903 */
export function expandGrid(grid: Readonly<Record<string, readonly ScalarValue[]>>): readonly Point[] {
  const size = Object.values(grid).reduce((product, values) => product * values.length, 1);
  if (size < 1 || size > runsMax) throw new AmpError('AMP-1903', `The grid has ${size} points.`);
  let points: Point[] = [{}];
  for (const [key, values] of Object.entries(grid))
    points = points.flatMap((point) => values.map((value) => ({ ...point, [key]: value })));
  return points;
}
