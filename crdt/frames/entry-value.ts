/**
 * The values an entry may hold: JSON without its traps, or one run of bytes. The bytes are lib0's `Any`
 * encoding, in the one spelling that lib0 itself would write.
 */
import { type ByteReader, Refused } from './byte-reader.ts';
import type { ByteWriter } from './byte-writer.ts';
import { keysOf, type Shape, type ValuePool } from './value-pool.ts';

export type EntryJson =
  | null
  | boolean
  | number
  | string
  | readonly EntryJson[]
  | { readonly [key: string]: EntryJson };

/** `null` at the top means that the key is empty (a tombstone that also reaches earlier epochs). */
export type EntryValue = EntryJson | Uint8Array;

/** Rule G3. Judgement: claims nest two or three deep. */
export const valueDepthMax = 16;
/** Of an object's key, bytes. */
export const objectKeyBytesMax = 256;
/** Of objects whose shape is kept; judgement: a claim has up to a dozen. */
const shapedKeysMax = 24;

const forbiddenKeys = new Set(['__proto__', 'constructor', 'prototype']);

export function isForbiddenKey(key: string): boolean {
  return forbiddenKeys.has(key);
}

/** @throws Refused */
export function readValue(reader: ByteReader, depth = 0): EntryJson {
  switch (reader.uint8()) {
    case 126:
      return null;
    case 125:
      return reader.varInt31();
    case 124:
      return checkFloat32(reader.float32());
    case 123:
      return checkFloat64(reader.float64());
    case 121:
      return false;
    case 120:
      return true;
    case 119:
      return reader.textOf(reader.varUint());
    case 118:
      return readObject(reader, depth + 1);
    case 117:
      return readArray(reader, depth + 1);
    default:
      throw new Refused('content-kind');
  }
}

function readObject(reader: ByteReader, depth: number): EntryJson {
  if (depth > valueDepthMax) throw new Refused('depth');
  const count = reader.count(2);
  if (reader.pool !== undefined && count > 0 && count <= shapedKeysMax)
    return readShaped(reader, reader.pool, count, depth);
  const object: Record<string, EntryJson> = {};
  for (let i = 0; i < count; i++) readField(reader, object, depth);
  return object;
}

function readField(reader: ByteReader, object: Record<string, EntryJson>, depth: number): void {
  const key = reader.text(objectKeyBytesMax);
  if (forbiddenKeys.has(key)) throw new Refused('forbidden-key');
  if (Object.hasOwn(object, key)) throw new Refused('duplicate-key');
  object[key] = readValue(reader, depth);
}

/** The same, copied from an object of the same keys: a known shape was checked for bad keys when it was new. */
function readShaped(reader: ByteReader, pool: ValuePool, count: number, depth: number): EntryJson {
  const values: EntryJson[] = [];
  let shape = pool.emptyShape;
  for (let i = 0; i < count; i++) {
    const key = reader.text(objectKeyBytesMax);
    const next = pool.find(shape, key) ?? addKey(pool, shape, key);
    if (next === undefined) return readRest(reader, shape, values, key, count, depth);
    shape = next;
    values.push(readValue(reader, depth));
  }
  return pool.fill(shape, values);
}

function addKey(pool: ValuePool, shape: Shape, key: string): Shape | undefined {
  if (forbiddenKeys.has(key)) throw new Refused('forbidden-key');
  if (keysOf(shape).includes(key)) throw new Refused('duplicate-key');
  return pool.add(shape, key);
}

/** There are too many shapes: the object is built field by field. `key` was read, its value not yet. */
function readRest(
  reader: ByteReader,
  shape: Shape,
  values: readonly EntryJson[],
  key: string,
  count: number,
  depth: number,
): EntryJson {
  const object: Record<string, EntryJson> = {};
  keysOf(shape).forEach((one, i) => {
    object[one] = values[i]!;
  });
  object[key] = readValue(reader, depth);
  for (let i = values.length + 1; i < count; i++) readField(reader, object, depth);
  return object;
}

function readArray(reader: ByteReader, depth: number): EntryJson {
  if (depth > valueDepthMax) throw new Refused('depth');
  const count = reader.count(1);
  const items: EntryJson[] = [];
  for (let i = 0; i < count; i++) items.push(readValue(reader, depth));
  return items;
}

/** lib0 writes an integer up to 2^31 - 1 as a varint, so it never has another spelling. */
function isVarInt(value: number): boolean {
  return Number.isInteger(value) && Math.abs(value) <= 0x7fffffff;
}

function checkFloat32(value: number): number {
  if (!Number.isFinite(value) || isVarInt(value)) throw new Refused('number');
  return value;
}

function checkFloat64(value: number): number {
  if (!Number.isFinite(value) || isVarInt(value) || Math.fround(value) === value) throw new Refused('number');
  return value;
}

/** Write a value that {@link normalizeValue} let pass. */
export function writeValue(writer: ByteWriter, value: EntryJson): void {
  if (value === null) writer.uint8(126);
  else if (typeof value === 'boolean') writer.uint8(value ? 120 : 121);
  else if (typeof value === 'number') writeNumber(writer, value);
  else if (typeof value === 'string') {
    writer.uint8(119);
    writer.text(value);
  } else if (Array.isArray(value)) {
    writer.uint8(117);
    writer.varUint(value.length);
    for (const item of value) writeValue(writer, item);
  } else {
    const keys = Object.keys(value);
    writer.uint8(118);
    writer.varUint(keys.length);
    for (const key of keys) {
      writer.text(key);
      writeValue(writer, (value as Record<string, EntryJson>)[key]!);
    }
  }
}

function writeNumber(writer: ByteWriter, value: number): void {
  if (isVarInt(value)) {
    writer.uint8(125);
    writer.varInt(value);
  } else if (Math.fround(value) === value) {
    writer.uint8(124);
    writer.float32(value);
  } else {
    writer.uint8(123);
    writer.float64(value);
  }
}

/**
 * A local value made fit for a frame: `undefined` members left out, minus zero made zero. Answers `undefined`
 * for what has no place in an entry (functions, bigints, NaN, forbidden keys, too deep, half surrogates).
 */
export function normalizeValue(value: unknown, depth = 0): EntryJson | undefined {
  if (value === null || typeof value === 'boolean') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? value + 0 : undefined;
  if (typeof value === 'string') return value.isWellFormed() ? value : undefined;
  if (typeof value !== 'object' || depth >= valueDepthMax) return undefined;
  return Array.isArray(value) ? normalizeArray(value, depth + 1) : normalizeObject(value, depth + 1);
}

function normalizeArray(items: readonly unknown[], depth: number): EntryJson | undefined {
  const normal: EntryJson[] = [];
  for (const item of items) {
    const inner = normalizeValue(item, depth);
    if (inner === undefined) return undefined;
    normal.push(inner);
  }
  return normal;
}

const keyEncoder = new TextEncoder();

function normalizeObject(object: object, depth: number): EntryJson | undefined {
  const prototype = Object.getPrototypeOf(object);
  if (prototype !== Object.prototype && prototype !== null) return undefined;
  const normal: Record<string, EntryJson> = {};
  for (const [key, value] of Object.entries(object)) {
    if (value === undefined) continue;
    if (forbiddenKeys.has(key) || !key.isWellFormed()) return undefined;
    if (key.length > objectKeyBytesMax / 3 && keyEncoder.encode(key).length > objectKeyBytesMax)
      return undefined;
    const inner = normalizeValue(value, depth);
    if (inner === undefined) return undefined;
    normal[key] = inner;
  }
  return normal;
}
