/** The rows of one bucket of a virtual disk, in the order of their keys' UTF-8 bytes, in one list without room to spare. */
import type { StoredRow, StoreValue } from '../../protocol/ports.ts';

/** So many late cells, and fewer, are put in their places one by one. */
const lateCellsMin = 16;
/** Up to this many cells the list is made anew at its exact length; beyond, it grows and shrinks in place. */
const exactCellsMax = 256;

export class SortedRows {
  readonly bucket: string;
  /** Keys at even places, each before its value. */
  #cells: StoreValue[] = [];
  /** Of a long list, what was set since somebody read: the later of two with one key holds. */
  #late: StoreValue[] | undefined;

  constructor(bucket: string) {
    this.bucket = bucket;
  }

  get(key: string): StoreValue | undefined {
    this.#settle();
    const at = this.#find(key);
    return this.#cells[at] === key ? this.#cells[at + 1] : undefined;
  }

  /** Set the row, or delete it with `undefined`; the answer is the value that was there. */
  put(key: string, value: StoreValue | undefined): StoreValue | undefined {
    this.#settle();
    const at = this.#find(key);
    if (this.#cells[at] !== key) {
      if (value !== undefined) this.#replace(at, 0, [key, value]);
      return undefined;
    }
    const old = this.#cells[at + 1];
    if (value === undefined) this.#replace(at, 2, []);
    else this.#cells[at + 1] = value;
    return old;
  }

  /** As {@link put} without its answer: a long list finds the row's place when somebody reads. */
  set(key: string, value: StoreValue | undefined): void {
    if (value === undefined || this.#cells.length <= exactCellsMax) {
      this.put(key, value);
      return;
    }
    this.#late ??= [];
    this.#late.push(key, value);
    if (this.#late.length > this.#cells.length) this.#settle();
  }

  /** Rows with `fromKey <= key < toKey`, at most `limit`; empty strings mean no bound. */
  scan(fromKey: string, toKey: string, limit: number): readonly StoredRow[] {
    this.#settle();
    const from = this.#find(fromKey);
    const to = toKey === '' ? this.#cells.length : this.#find(toKey);
    const rows: StoredRow[] = [];
    for (let at = from; at < to && rows.length < limit; at += 2)
      rows.push({ key: this.#cells[at] as string, value: this.#cells[at + 1]! });
    return rows;
  }

  #settle(): void {
    const late = this.#late;
    if (late === undefined) return;
    this.#late = undefined;
    if (late.length <= lateCellsMin) {
      for (let at = 0; at < late.length; at += 2) this.put(late[at] as string, late[at + 1]);
      return;
    }
    const values = new Map<string, StoreValue>();
    for (let at = 0; at < late.length; at += 2) values.set(late[at] as string, late[at + 1]!);
    const before = this.#cells;
    const cells: StoreValue[] = [];
    let place = 0;
    for (const key of [...values.keys()].sort(compareUtf8)) {
      for (; place < before.length && compareUtf8(before[place] as string, key) < 0; place += 2)
        cells.push(before[place]!, before[place + 1]!);
      if (before[place] === key) place += 2;
      cells.push(key, values.get(key)!);
    }
    for (; place < before.length; place += 2) cells.push(before[place]!, before[place + 1]!);
    this.#cells = cells;
  }

  /** Where `key` is, or would be. */
  #find(key: string): number {
    const cells = this.#cells;
    let low = 0;
    let high = cells.length / 2;
    // New rows come last as a rule: events, and mail by its number.
    if (high > 0 && compareUtf8(cells[2 * high - 2] as string, key) < 0) return cells.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (compareUtf8(cells[2 * middle] as string, key) < 0) low = middle + 1;
      else high = middle;
    }
    return 2 * low;
  }

  #replace(at: number, deleteCount: number, added: readonly StoreValue[]): void {
    const cells = this.#cells;
    if (cells.length > exactCellsMax) cells.splice(at, deleteCount, ...added);
    else this.#cells = cells.toSpliced(at, deleteCount, ...added);
  }
}

/**
 * Order of texts by their UTF-8 bytes, without encoding them: that of their code units, but surrogates (code
 * points above U+FFFF, four bytes) come after U+E000 to U+FFFF (three bytes).
 */
export function compareUtf8(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const left = a.charCodeAt(i);
    const right = b.charCodeAt(i);
    if (left !== right) return rankCodeUnit(left) - rankCodeUnit(right);
  }
  return a.length - b.length;
}

function rankCodeUnit(unit: number): number {
  if (unit < 0xd800) return unit;
  return unit < 0xe000 ? unit + 0x2000 : unit - 0x800;
}
