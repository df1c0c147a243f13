/**
 * How rows of virtual disks lie in memory. Thousands of disks hold much that is alike: the names of agents and nodes,
 * the words of JSON, the very same records. One form shared by the disks of a world keeps each of those once.
 */
import type { StoreValue } from '../../protocol/ports.ts';

export interface RowForm {
  keepKey(key: string): string;
  /** What lies in memory in place of a value. */
  keep(value: StoreValue): StoreValue;
  /** The value again; bytes are the reader's own. */
  read(kept: StoreValue): StoreValue;
}

/** Bytes are copied in and out, as a real disk does: nobody changes a stored value by changing an array. */
export const plainRows: RowForm = { keepKey: (key) => key, keep: copyValue, read: copyValue };

function copyValue(value: StoreValue): StoreValue {
  return typeof value === 'string' ? value : value.slice();
}

/** First character of a kept value. */
const mark = { packed: 'p', plain: 't', bytes: 'b' } as const;
/** Words that repeat: names, and what stands between quotation marks, with the JSON around it. */
const wordPattern =
  /did:key:z6Mk[1-9A-HJ-NP-Za-km-z]{44}|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|[0-9a-f]{64}|[0-9a-f]{32}|[0-9a-f]{24}|[0-9a-f]{16}|[,{]?"[A-Za-z][A-Za-z-]{2,30}"(?::["[{]*)?/g;
/** A word's number in two characters or in three; or bytes that stood there in hexadecimal, after a mark for each length. */
const codePattern =
  /[\x80-\x9f][\s\S]|[\xa0-\xfa][\s\S]{2}|\xfb[\s\S]{8}|\xfc[\s\S]{12}|[\xfd\xfe][\s\S]{16}|\xff[\s\S]{32}/g;
const shortCodes = 32 * 256;
const uuidMark = 0xfe;
const hexMarks: Readonly<Record<number, number>> = { 16: 0xfb, 24: 0xfc, 32: 0xfd, 64: 0xff };
const hexMarkMin = 0xfb;
/** Words remembered; later ones stay as they are. At 10,000 nodes there are two names each. */
const wordsMax = 1 << 20;
/** Keys, and values, that are known again; twice as many at most. */
const recentMax = 4096;

/** One form for all disks of a world. */
export function createSharedRows(): RowForm {
  const words = new Map<string, number>();
  const wordOf: string[] = [];
  const keptOf = new WeakMap<Uint8Array, string>();
  const keys = new Recent(recentMax);
  const values = new Recent(recentMax);

  function encodeWord(word: string): string {
    if (word.length === 36 && word[8] === '-') return encodeHex(uuidMark, word.replaceAll('-', ''));
    const hexMark = hexMarks[word.length];
    if (hexMark !== undefined && word[0] !== '"' && word[0] !== ',' && word[0] !== '{')
      return encodeHex(hexMark, word);
    let number = words.get(word);
    if (number === undefined) {
      if (wordOf.length === wordsMax) return word;
      number = wordOf.length;
      const own = flatten(word);
      words.set(own, number);
      wordOf.push(own);
    }
    if (number < shortCodes) return String.fromCharCode(0x80 + (number >> 8), number & 255);
    const rest = number - shortCodes;
    return String.fromCharCode(0xa0 + (rest >> 16), (rest >> 8) & 255, rest & 255);
  }

  function decodeWord(code: string): string {
    const first = code.charCodeAt(0);
    if (first >= hexMarkMin) return decodeHex(first, code);
    if (first < 0xa0) return wordOf[((first - 0x80) << 8) | code.charCodeAt(1)]!;
    return wordOf[shortCodes + (((first - 0xa0) << 16) | (code.charCodeAt(1) << 8) | code.charCodeAt(2))]!;
  }

  function keepText(text: string): string {
    if (!isAscii(text)) return flatten(mark.plain + text, 'utf16le');
    // The members of a space, its entries, what is remembered of a broadcast: equal on many disks.
    return values.share(flatten(mark.packed + text.replace(wordPattern, encodeWord)), (packed) => packed);
  }

  function keepBytes(bytes: Uint8Array): string {
    const known = keptOf.get(bytes);
    // Bytes that were changed since are other bytes.
    if (known !== undefined && isOf(known, bytes)) return known;
    const kept = flatten(mark.bytes + Buffer.from(bytes).toString('latin1'));
    keptOf.set(bytes, kept);
    return kept;
  }

  return {
    keepKey: (key) => keys.share(key, flattenAny),
    keep: (value) => (typeof value === 'string' ? keepText(value) : keepBytes(value)),
    read(kept) {
      const text = kept as string;
      if (text[0] === mark.plain) return text.slice(1);
      if (text[0] === mark.packed) return text.slice(1).replace(codePattern, decodeWord);
      return new Uint8Array(Buffer.from(text.slice(1), 'latin1'));
    },
  };
}

/** Texts that came lately, each once. Two generations: no text is forgotten alone. */
export class Recent {
  readonly #max: number;
  #young = new Map<string, string>();
  #old = new Map<string, string>();

  constructor(max: number) {
    this.#max = max;
  }

  share(text: string, make: (text: string) => string): string {
    const known = this.#young.get(text);
    if (known !== undefined) return known;
    const own = this.#old.get(text) ?? make(text);
    if (this.#young.size === this.#max) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(own, own);
    return own;
  }
}

/** Whether a kept value is of these bytes. A second copy to compare with would be as large as the value. */
function isOf(kept: string, bytes: Uint8Array): boolean {
  if (kept.length !== bytes.length + 1) return false;
  for (let i = 0; i < bytes.length; i++) if (kept.charCodeAt(i + 1) !== bytes[i]) return false;
  return true;
}

/** The same text in one piece: not a sum of others, nor a part of a longer one that it would keep in memory. */
function flatten(text: string, encoding: 'latin1' | 'utf16le' = 'latin1'): string {
  return Buffer.from(text, encoding).toString(encoding);
}

function flattenAny(text: string): string {
  return flatten(text, isAscii(text) ? 'latin1' : 'utf16le');
}

function isAscii(text: string): boolean {
  return Buffer.byteLength(text) === text.length;
}

function encodeHex(first: number, digits: string): string {
  return String.fromCharCode(first) + Buffer.from(digits, 'hex').toString('latin1');
}

function decodeHex(first: number, code: string): string {
  const digits = Buffer.from(code.slice(1), 'latin1').toString('hex');
  if (first !== uuidMark) return digits;
  return [
    digits.slice(0, 8),
    digits.slice(8, 12),
    digits.slice(12, 16),
    digits.slice(16, 20),
    digits.slice(20),
  ].join('-');
}
