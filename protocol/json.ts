/** Read untrusted JSON: sizes first, then depth, key count, forbidden keys and numbers, each with its path. */
import type { Checked } from './errors.ts';
import { accept, refuse } from './errors.ts';
import { limits } from './limits.ts';

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
export type JsonObject = { readonly [key: string]: Json };

const forbiddenKeys = new Set(['__proto__', 'constructor', 'prototype']);

/** Parse one JSON object within {@link limits}. `bytesMax` bounds the text's length before parsing. */
export function readJsonObject(text: string, bytesMax: number = limits.messageBytesMax): Checked<JsonObject> {
  if (text.length > bytesMax) return refuse('AMP-1002', `The message is longer than ${bytesMax} bytes.`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return refuse('AMP-1001', `The message is no JSON: ${(error as Error).message}.`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return refuse('AMP-1001', 'The message is JSON, but no object.');
  }
  return checkJson(value as JsonObject);
}

/** Check a parsed value's depth, keys, strings and numbers. */
export function checkJson(root: JsonObject): Checked<JsonObject> {
  const count = { keys: 0 };
  const refusal = walk(root, 1, '', count);
  return refusal ?? accept(root);
}

type Refused = ReturnType<typeof refuse>;

function walk(value: Json, depth: number, path: string, count: { keys: number }): Refused | undefined {
  if (typeof value === 'string') return checkString(value, path);
  if (typeof value === 'number') return checkNumber(value, path);
  if (typeof value !== 'object' || value === null) return undefined;
  if (depth > limits.jsonDepthMax)
    return refuse('AMP-1003', `Values are nested deeper than ${limits.jsonDepthMax}.`, path);
  return Array.isArray(value)
    ? walkArray(value, depth, path, count)
    : walkObject(value as JsonObject, depth, path, count);
}

function walkArray(
  items: readonly Json[],
  depth: number,
  path: string,
  count: { keys: number },
): Refused | undefined {
  count.keys += items.length;
  if (count.keys > limits.jsonKeyCountMax * 10)
    return refuse('AMP-1003', 'There are too many list items.', path);
  for (let i = 0; i < items.length; i++) {
    const refusal = walk(items[i]!, depth + 1, path, count);
    if (refusal !== undefined) return withIndex(refusal, path, i);
  }
  return undefined;
}

function withIndex(refusal: Refused, path: string, index: number): Refused {
  const rest = refusal.refusal.path.slice(path.length);
  return refuse(refusal.refusal.code, refusal.refusal.message, `${path}[${index}]${rest}`);
}

function walkObject(
  object: JsonObject,
  depth: number,
  path: string,
  count: { keys: number },
): Refused | undefined {
  for (const key of Object.keys(object)) {
    count.keys += 1;
    if (count.keys > limits.jsonKeyCountMax * 10) return refuse('AMP-1003', 'There are too many keys.', path);
    if (key.length > limits.keyLengthMax)
      return refuse('AMP-1003', `A key is longer than ${limits.keyLengthMax}.`, path);
    const inner = path === '' ? key : `${path}.${key}`;
    if (forbiddenKeys.has(key)) return refuse('AMP-1004', `The key ${key} is forbidden.`, inner);
    const item = object[key]!;
    if (
      typeof item === 'object' &&
      item !== null &&
      !Array.isArray(item) &&
      Object.keys(item).length > limits.jsonKeyCountMax
    ) {
      return refuse('AMP-1003', `An object has more than ${limits.jsonKeyCountMax} keys.`, inner);
    }
    const refusal = walk(item, depth + 1, inner, count);
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}

function checkString(text: string, path: string): Refused | undefined {
  if (text.length > limits.stringLengthMax) {
    return refuse('AMP-1002', `A text is longer than ${limits.stringLengthMax} characters.`, path);
  }
  return text.isWellFormed() ? undefined : refuse('AMP-1001', 'A text holds half a surrogate pair.', path);
}

function checkNumber(number: number, path: string): Refused | undefined {
  return Number.isFinite(number) ? undefined : refuse('AMP-1008', 'A number is not finite.', path);
}
