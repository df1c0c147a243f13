/** What a part of a scenario must look like, and the check of a located tree against it. */
import { type Located, type LocatedMap, scenarioError, suggest } from './located.ts';

export type Shape =
  | { readonly type: 'number'; readonly min?: number; readonly max?: number; readonly integer?: boolean }
  | {
      readonly type: 'text';
      readonly oneOf?: readonly string[];
      readonly pattern?: RegExp;
      readonly example?: string;
    }
  | { readonly type: 'boolean' }
  | { readonly type: 'list'; readonly of: Shape }
  | { readonly type: 'map'; readonly keys: Readonly<Record<string, Field>> }
  /** Any keys, values of one shape. */
  | { readonly type: 'table'; readonly of: Shape }
  /** A map whose `kind` names which of the cases it is. */
  | { readonly type: 'cases'; readonly cases: Readonly<Record<string, Readonly<Record<string, Field>>>> }
  /** The first that fits by its form: scalar, list or map. */
  | { readonly type: 'either'; readonly of: readonly Shape[] }
  | { readonly type: 'anything' };

export interface Field {
  readonly shape: Shape;
  readonly isRequired?: boolean;
  /** For `sim list` and the documentation. */
  readonly note?: string;
}

export const number = (min?: number, max?: number): Shape => ({
  type: 'number',
  ...(min === undefined ? {} : { min }),
  ...(max === undefined ? {} : { max }),
});
export const integer = (min: number, max = 2 ** 31 - 1): Shape => ({
  type: 'number',
  integer: true,
  min,
  max,
});
export const share: Shape = { type: 'number', min: 0, max: 1 };
export const text: Shape = { type: 'text' };
export const required = (shape: Shape): Field => ({ shape, isRequired: true });
export const optional = (shape: Shape): Field => ({ shape });

/**
 * Check a tree against a shape.
 * @throws AmpError AMP-1902 at the first value that does not fit, with its place and what to write instead.
 */
export function checkShape(node: Located, shape: Shape, path: string): void {
  switch (shape.type) {
    case 'number':
      checkNumber(node, shape, path);
      break;
    case 'text':
      checkText(node, shape, path);
      break;
    case 'boolean':
      if (node.kind !== 'scalar' || typeof node.value !== 'boolean')
        throw wrongType(node, path, 'true or false');
      break;
    case 'list':
      if (node.kind !== 'list') throw wrongType(node, path, 'a list, such as [1, 2]');
      node.items.forEach((item, i) => {
        checkShape(item, shape.of, `${path}[${i}]`);
      });
      break;
    case 'map':
      if (node.kind !== 'map')
        throw wrongType(node, path, `a map with ${Object.keys(shape.keys).join(', ')}`);
      checkKeys(node, shape.keys, path);
      break;
    case 'table':
      if (node.kind !== 'map') throw wrongType(node, path, 'a map of names to values');
      for (const [key, entry] of node.entries) checkShape(entry.node, shape.of, join(path, key));
      break;
    case 'cases':
      checkCases(node, shape.cases, path);
      break;
    case 'either':
      checkShape(node, shape.of.find((one) => fits(node, one)) ?? shape.of[0]!, path);
      break;
    case 'anything':
      break;
  }
}

function checkNumber(node: Located, shape: Extract<Shape, { type: 'number' }>, path: string): void {
  const kind = shape.integer ? 'a whole number' : 'a number';
  if (node.kind !== 'scalar' || typeof node.value !== 'number' || !Number.isFinite(node.value))
    throw wrongType(node, path, kind);
  const { value } = node;
  const isOut =
    (shape.min !== undefined && value < shape.min) || (shape.max !== undefined && value > shape.max);
  if (!isOut && (!shape.integer || Number.isInteger(value))) return;
  const range = `${shape.min ?? 'any'} to ${shape.max ?? 'any'}`;
  throw scenarioError(node.at, `\`${path}\` is ${value}`, `Write ${kind} from ${range}.`);
}

function checkText(node: Located, shape: Extract<Shape, { type: 'text' }>, path: string): void {
  if (node.kind !== 'scalar' || typeof node.value !== 'string') throw wrongType(node, path, 'a text');
  if (shape.oneOf !== undefined && !shape.oneOf.includes(node.value))
    throw scenarioError(node.at, `\`${path}\` is "${node.value}"`, suggest(node.value, shape.oneOf));
  if (shape.pattern !== undefined && !shape.pattern.test(node.value))
    throw scenarioError(node.at, `\`${path}\` is "${node.value}"`, `Write it like ${shape.example}.`);
}

function checkKeys(node: LocatedMap, keys: Readonly<Record<string, Field>>, path: string): void {
  for (const [key, entry] of node.entries) {
    const field = Object.hasOwn(keys, key) ? keys[key] : undefined;
    if (field === undefined)
      throw scenarioError(
        entry.keyAt,
        `\`${join(path, key)}\` is not known`,
        suggest(key, Object.keys(keys)),
      );
    checkShape(entry.node, field.shape, join(path, key));
  }
  for (const [key, field] of Object.entries(keys))
    if (field.isRequired && !node.entries.has(key))
      throw scenarioError(node.at, `\`${join(path, key)}\` is missing`, `Add \`${key}:\` here.`);
}

function checkCases(
  node: Located,
  cases: Readonly<Record<string, Readonly<Record<string, Field>>>>,
  path: string,
): void {
  const kinds = Object.keys(cases);
  if (node.kind !== 'map') throw wrongType(node, path, `a map with \`kind\`: ${kinds.join(', ')}`);
  const kind = node.entries.get('kind')?.node;
  if (kind === undefined)
    throw scenarioError(
      node.at,
      `\`${join(path, 'kind')}\` is missing`,
      `Write one of: ${kinds.join(', ')}.`,
    );
  checkText(kind, { type: 'text', oneOf: kinds }, join(path, 'kind'));
  const name = kind.kind === 'scalar' ? String(kind.value) : '';
  checkKeys(node, { kind: required(text), ...cases[name] }, path);
}

function fits(node: Located, shape: Shape): boolean {
  switch (shape.type) {
    case 'number':
      return node.kind === 'scalar' && typeof node.value === 'number';
    case 'text':
      return node.kind === 'scalar' && typeof node.value === 'string';
    case 'boolean':
      return node.kind === 'scalar' && typeof node.value === 'boolean';
    case 'list':
      return node.kind === 'list';
    default:
      return node.kind === 'map';
  }
}

function wrongType(node: Located, path: string, wanted: string): Error {
  const has = node.kind === 'scalar' ? JSON.stringify(node.value) : `a ${node.kind}`;
  return scenarioError(node.at, `\`${path}\` is ${has}`, `Write ${wanted}.`);
}

function join(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`;
}
