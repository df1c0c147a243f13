/**
 * Load a scenario: its YAML, what it extends, its parameters put in, everything checked. Every error names file,
 * line and column, and what to write instead.
 */
import { dirname, isAbsolute, resolve } from 'node:path';
import { AmpError } from '../../protocol/errors.ts';
import {
  type Located,
  type LocatedMap,
  mapScalars,
  mergeLocated,
  parseLocated,
  type ScalarValue,
  scalar,
  scenarioError,
  suggest,
  toPlain,
} from './located.ts';
import type { ScenarioModel } from './model.ts';
import { checkShape, type Field, integer, number, optional, required, type Shape, text } from './shape.ts';
import { type Point, parseValues } from './sweep.ts';

/** A scenario as written, without parameters put in: enough to list it and to expand its grid. */
export interface ScenarioFile {
  readonly path: string;
  readonly name: string;
  /** The question it answers, one sentence. */
  readonly question: string;
  readonly source: string | undefined;
  readonly model: ScenarioModel;
  readonly parameters: Readonly<Record<string, ScalarValue>>;
  readonly sweep: Readonly<Record<string, readonly ScalarValue[]>>;
  readonly seeds: string;
  readonly thresholds: readonly Threshold[];
  readonly metrics: readonly string[];
  /** The merged tree, for {@link resolveScenario}. */
  readonly tree: LocatedMap;
}

export interface Threshold {
  readonly metric: string;
  readonly statistic: 'mean' | 'min' | 'max' | 'median';
  readonly atLeast?: number;
  readonly atMost?: number;
  /** Judged only at points where the parameters have these values; at every point when left out. */
  readonly where?: Point;
}

export interface LoadInit {
  readonly models: readonly ScenarioModel[];
  readonly readFile: (path: string) => string;
}

/** Files that may extend each other. */
const extendsDepthMax = 10;

const scalarShape: Shape = { type: 'either', of: [number(), text, { type: 'boolean' }] };

const commonKeys: Readonly<Record<string, Field>> = {
  name: required({ type: 'text', pattern: /^[a-z0-9][a-z0-9-]{0,63}$/, example: 'gossip-propagation' }),
  question: required(text),
  extends: optional(text),
  /** Where a replicated result comes from. */
  source: optional(text),
  model: required(text),
  parameters: optional({ type: 'table', of: scalarShape }),
  sweep: optional({ type: 'table', of: { type: 'either', of: [{ type: 'list', of: scalarShape }, text] } }),
  seeds: optional({ type: 'either', of: [text, integer(0)] }),
  metrics: optional({ type: 'list', of: text }),
  thresholds: optional({
    type: 'list',
    of: {
      type: 'map',
      keys: {
        metric: required(text),
        statistic: optional({ type: 'text', oneOf: ['mean', 'min', 'max', 'median'] }),
        atLeast: optional(number()),
        atMost: optional(number()),
        where: optional({ type: 'table', of: scalarShape }),
      },
    },
  }),
};

/**
 * Read a scenario and whatever it extends, and check it with its default parameters.
 * @throws AmpError AMP-1902 with file, line, column and a suggestion.
 */
export function loadScenario(path: string, init: LoadInit): ScenarioFile {
  const tree = readTree(path, init, []);
  const model = findModel(tree, init.models);
  const keys = { ...commonKeys, ...model.keys };
  checkKnownKeys(tree, keys);
  const plainOf = (key: string): unknown => {
    const node = tree.entries.get(key)?.node;
    if (node !== undefined) checkShape(node, keys[key]!.shape, key);
    return node === undefined ? undefined : toPlain(node);
  };
  const parameters = (plainOf('parameters') ?? {}) as Record<string, ScalarValue>;
  const sweep = (plainOf('sweep') ?? {}) as Record<string, ScalarValue | readonly ScalarValue[]>;
  const file: ScenarioFile = {
    path,
    name: textOf(plainOf('name')),
    question: textOf(plainOf('question')),
    source: plainOf('source') as string | undefined,
    model,
    parameters,
    sweep: Object.fromEntries(Object.entries(sweep).map(([key, values]) => [key, parseValues(values)])),
    seeds: String(plainOf('seeds') ?? '1..5'),
    metrics: (plainOf('metrics') as string[] | undefined) ?? Object.keys(model.metrics),
    thresholds: ((plainOf('thresholds') as Threshold[] | undefined) ?? []).map((threshold) => ({
      ...threshold,
      statistic: threshold.statistic ?? 'mean',
    })),
    tree,
  };
  checkNames(file);
  resolveScenario(file, {});
  return file;
}

/** The thresholds that are judged at a point of the grid. */
export function thresholdsAt({ thresholds, parameters }: ScenarioFile, point: Point): readonly Threshold[] {
  return thresholds.filter(({ where = {} }) =>
    Object.entries(where).every(([name, value]) => (point[name] ?? parameters[name]) === value),
  );
}

/**
 * The scenario's model settings with parameters put in: defaults, over them the point's values.
 * @throws AmpError AMP-1902 when the result does not fit the model, AMP-1903 for a parameter it does not have.
 */
export function resolveScenario(file: ScenarioFile, point: Point): Readonly<Record<string, unknown>> {
  for (const name of Object.keys(point))
    if (!Object.hasOwn(file.parameters, name))
      throw new AmpError(
        'AMP-1903',
        `The scenario ${file.name} has no parameter ${name}. ${suggest(name, Object.keys(file.parameters))}`,
      );
  const values = { ...file.parameters, ...point };
  const entries = new Map([...file.tree.entries].filter(([key]) => Object.hasOwn(file.model.keys, key)));
  const settings = mapScalars({ kind: 'map', at: file.tree.at, entries }, (value, at) => {
    if (typeof value !== 'string' || !value.startsWith('$')) return value;
    const name = value.slice(1);
    const found = Object.hasOwn(values, name) ? values[name] : undefined;
    if (found === undefined)
      throw scenarioError(at, `the parameter ${value} does not exist`, suggest(name, Object.keys(values)));
    return found;
  });
  checkShape(settings, { type: 'map', keys: file.model.keys }, '');
  const plain = toPlain(settings) as Record<string, unknown>;
  file.model.check?.(plain, (key, what, suggestion) => {
    const at = file.tree.entries.get(key)?.keyAt ?? file.tree.at;
    throw scenarioError(at, what, suggestion);
  });
  return plain;
}

function readTree(path: string, init: LoadInit, stack: readonly string[]): LocatedMap {
  let content: string;
  try {
    content = init.readFile(path);
  } catch (cause) {
    throw new AmpError('AMP-1903', `The scenario file ${path} cannot be read.`, { path }, cause);
  }
  const tree = parseLocated(content, path);
  const extended = tree.entries.get('extends');
  if (extended === undefined) return tree;
  checkShape(extended.node, text, 'extends');
  const name = textOf(toPlain(extended.node));
  const parent = isAbsolute(name) ? name : resolve(dirname(path), name);
  const chain = [...stack, path];
  if (chain.includes(parent))
    throw scenarioError(
      extended.node.at,
      `\`extends\` runs in a circle: ${[...chain, parent].join(' → ')}`,
      'Let the innermost file extend nothing.',
    );
  if (chain.length > extendsDepthMax)
    throw scenarioError(extended.node.at, `\`extends\` is more than ${extendsDepthMax} files deep`);
  let below: Located;
  try {
    below = readTree(parent, init, chain);
  } catch (error) {
    if (error instanceof AmpError && error.code === 'AMP-1903')
      throw scenarioError(
        extended.node.at,
        `there is no file ${parent}`,
        'Write a path relative to this file.',
      );
    throw error;
  }
  return mergeLocated(below, tree) as LocatedMap;
}

function findModel(tree: LocatedMap, models: readonly ScenarioModel[]): ScenarioModel {
  const names = models.map((model) => model.name);
  const node = tree.entries.get('model')?.node ?? scalar(tree.at, null);
  if (node.kind === 'scalar' && node.value === null)
    throw scenarioError(tree.at, '`model` is missing', `Write one of: ${names.join(', ')}.`);
  checkShape(node, { type: 'text', oneOf: names }, 'model');
  return models.find((model) => model.name === toPlain(node))!;
}

/** Unknown and missing keys first: values may hold parameters that are not put in yet. */
function checkKnownKeys(tree: LocatedMap, keys: Readonly<Record<string, Field>>): void {
  const open = Object.fromEntries(
    Object.entries(keys).map(([key, field]) => [key, { ...field, shape: { type: 'anything' } as const }]),
  );
  checkShape(tree, { type: 'map', keys: open }, '');
}

/** Metrics and swept parameters must exist. */
function checkNames(file: ScenarioFile): void {
  const metrics = Object.keys(file.model.metrics);
  const checkAll = (key: string, names: readonly string[], known: readonly string[], what: string) => {
    const node = file.tree.entries.get(key)?.node;
    names.forEach((name, i) => {
      if (known.includes(name)) return;
      throw scenarioError(
        placeOf(node, i, name) ?? file.tree.at,
        `there is no ${what} ${name}`,
        suggest(name, known),
      );
    });
  };
  checkAll('metrics', file.metrics, metrics, 'metric');
  checkAll('sweep', Object.keys(file.sweep), Object.keys(file.parameters), 'parameter');
  const wanted = file.thresholds.map((threshold) => threshold.metric);
  checkAll('thresholds', wanted, metrics, 'metric');
  const thresholds = file.tree.entries.get('thresholds')?.node;
  file.thresholds.forEach((threshold, i) => {
    const at = thresholds?.kind === 'list' ? thresholds.items[i]!.at : file.tree.at;
    const known = Object.keys(file.parameters);
    for (const name of Object.keys(threshold.where ?? {}))
      if (!known.includes(name))
        throw scenarioError(at, `there is no parameter ${name}`, suggest(name, known));
    if (threshold.atLeast !== undefined || threshold.atMost !== undefined) return;
    throw scenarioError(
      at,
      `the threshold on ${threshold.metric} has no bound`,
      'Add `atLeast` or `atMost`.',
    );
  });
}

function placeOf(node: Located | undefined, index: number, name: string) {
  if (node?.kind === 'list') return node.items[index]?.at;
  return node?.kind === 'map' ? node.entries.get(name)?.keyAt : undefined;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
