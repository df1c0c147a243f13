/**
 * What decoded values of one replica share: short texts that come again and again (names of fields, types,
 * predicates), and the shapes of objects. Claims have few shapes; an object copied from one of its shape is laid
 * out in one piece and takes a quarter less memory than one that grew field by field (measured: 72 against 96
 * bytes for six fields). A pool changes no value, only what it costs.
 */
import type { EntryJson } from './entry-value.ts';

/** Longest text that is shared, bytes; longer ones seldom come twice. */
export const sharedTextBytesMax = 16;
/** Texts kept: one for each place of a table, a later one takes the place over. */
const textPlaces = 1_024;
/** Shapes kept; objects of further shapes are built field by field. */
const shapesMax = 256;

interface TextMaker {
  makeText(from: number, length: number): string;
}

type Fields = Record<string, EntryJson>;

/** The keys so far, in order: a tree from the empty object on. */
export interface Shape {
  readonly key: string | undefined;
  readonly before: Shape | undefined;
  /** The shapes with one key more; the one met last comes first to mind. */
  readonly next: Map<string, Shape>;
  last: Shape | undefined;
  /** All keys, and an object of exactly these to be copied; made at the first use. */
  layout: { readonly keys: readonly string[]; readonly template: Fields } | undefined;
}

export class ValuePool {
  private readonly texts: (string | undefined)[] = new Array(textPlaces).fill(undefined);
  private shapeCount = 0;
  readonly emptyShape: Shape = makeShape(undefined, undefined);

  /** The ASCII text at `from`, at most {@link sharedTextBytesMax} bytes long, made only when it is not here. */
  text(bytes: Uint8Array, from: number, length: number, mix: number, reader: TextMaker): string {
    const place = mix & (textPlaces - 1);
    const known = this.texts[place];
    if (known !== undefined && known.length === length && isText(known, bytes, from)) return known;
    const text = reader.makeText(from, length);
    this.texts[place] = text;
    return text;
  }

  /** The shape with `key` after those of `shape`, when it is known. */
  find(shape: Shape, key: string): Shape | undefined {
    if (shape.last?.key === key) return shape.last;
    const next = shape.next.get(key);
    if (next !== undefined) shape.last = next;
    return next;
  }

  /** A new shape; `key` is none of those before. `undefined` when there are too many already. */
  add(shape: Shape, key: string): Shape | undefined {
    if (this.shapeCount >= shapesMax) return undefined;
    this.shapeCount += 1;
    const next = makeShape(key, shape);
    shape.next.set(key, next);
    return next;
  }

  /** An object of this shape with these values, in the order of its keys. */
  fill(shape: Shape, values: readonly EntryJson[]): Fields {
    shape.layout ??= makeLayout(keysOf(shape));
    const { keys, template } = shape.layout;
    const object = { ...template };
    for (let i = 0; i < keys.length; i++) object[keys[i]!] = values[i]!;
    return object;
  }
}

/** Each field has held a number and a text, so that the engine lays it out for any value from the start. */
function makeLayout(keys: readonly string[]): NonNullable<Shape['layout']> {
  const template = JSON.parse(`{${keys.map((key) => `${JSON.stringify(key)}:null`)}}`) as Fields;
  for (const key of keys) {
    for (const value of [0, '', null]) template[key] = value;
  }
  return { keys, template };
}

function makeShape(key: string | undefined, before: Shape | undefined): Shape {
  return { key, before, next: new Map(), last: undefined, layout: undefined };
}

/** The keys of a shape, in order. */
export function keysOf(shape: Shape): string[] {
  const keys: string[] = [];
  for (let at: Shape | undefined = shape; at?.key !== undefined; at = at.before) keys.unshift(at.key);
  return keys;
}

function isText(text: string, bytes: Uint8Array, from: number): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) !== bytes[from + i]) return false;
  return true;
}
