/**
 * The write grammar by induction: what a small index of an author's earlier frames must know so that the next
 * update can be judged, and the entries read, without any Yjs store. One index per (author, epoch).
 *
 * Rules G2 (clocks follow on), G4 (first write of a key names root and key, later ones the chain's tail) and
 * G6 (own deletes below the end). A refused update leaves the index untouched.
 *
 * @see the write grammar in crdt/README.md, with the attack each rule stops
 */
import { Refused } from './byte-reader.ts';
import type { EntryValue } from './entry-value.ts';
import type { ParsedStruct, ParsedUpdate } from './update-parser.ts';
import type { WriteState } from './update-writer.ts';

/** Keys one epoch may hold: an author that needs more starts a new epoch with a checkpoint. */
export const epochKeysMax = 131_072;
/** Far beyond any honest epoch and far below 2^53. */
export const clockMax = 2 ** 40;

/** Where and when an entry was last written. Shared by all entries of one frame. */
export interface FrameMark {
  readonly epoch: string;
  readonly seq: number;
  readonly at: number;
  /** The version of the space's members that the frame names. */
  readonly members: string;
}

/** One key of one epoch, as it is at the moment of asking: its newest value, and what its next write must name. */
export interface Slot {
  readonly key: string;
  readonly tail: number;
  /** `undefined`: deleted. */
  readonly value: EntryValue | undefined;
  readonly mark: FrameMark;
}

/** An update that passed, ready to be taken in. */
export interface CheckedUpdate {
  readonly update: ParsedUpdate;
  /** The key of each struct. */
  readonly keys: readonly string[];
  readonly endClock: number;
}

/**
 * Up to this many keys are searched one by one: most authors write few, and for them a table costs more memory
 * than what it holds (measured for 20 keys: 920 bytes of table).
 */
const fewKeys = 32;
/** Cells of one key: key, tail, value, mark. One array for all keys of an epoch, and no object for each. */
const cellsEach = 4;
type Cell = string | number | EntryValue | FrameMark | undefined;

export class GrammarIndex implements WriteState {
  readonly client: number;
  endClock = 0;
  private count = 0;
  private cells: Cell[] = [];
  /** Of more than {@link fewKeys}. */
  private table: TailTable | undefined;

  constructor(client: number) {
    this.client = client;
  }

  get keyCount(): number {
    return this.count;
  }

  *entries(): Generator<Slot> {
    for (let place = 0; place < this.count; place++) yield this.slotAt(place);
  }

  slot(key: string): Slot | undefined {
    const place = this.placeOf(key);
    return place < 0 ? undefined : this.slotAt(place);
  }

  has(key: string): boolean {
    return this.placeOf(key) >= 0;
  }

  find(key: string): { tail: number; isLive: boolean } | undefined {
    const place = this.placeOf(key);
    return place < 0 ? undefined : { tail: this.tailAt(place), isLive: this.valueAt(place) !== undefined };
  }

  /** Whether the write of `key` that ends at `clock` is the one that counts. */
  isLive(key: string, clock: number): boolean {
    const place = this.placeOf(key);
    return place >= 0 && this.tailAt(place) === clock && this.valueAt(place) !== undefined;
  }

  private placeOf(key: string): number {
    if (this.table !== undefined) return this.table.places.get(key) ?? -1;
    for (let place = 0; place < this.count; place++) if (this.cells[place * cellsEach] === key) return place;
    return -1;
  }

  private slotAt(place: number): Slot {
    const key = this.cells[place * cellsEach] as string;
    return { key, tail: this.tailAt(place), value: this.valueAt(place), mark: this.markAt(place) };
  }

  private tailAt(place: number): number {
    return this.cells[place * cellsEach + 1] as number;
  }

  private valueAt(place: number): EntryValue | undefined {
    return this.cells[place * cellsEach + 2] as EntryValue | undefined;
  }

  private markAt(place: number): FrameMark {
    return this.cells[place * cellsEach + 3] as FrameMark;
  }

  check(update: ParsedUpdate): CheckedUpdate | Refused {
    if (update.client !== this.client) return new Refused('client');
    const { structs, deletes } = update;
    if (structs.length > 0 && structs[0]!.clock !== this.endClock) return new Refused('clock');
    const last = structs.at(-1);
    const endClock = last === undefined ? this.endClock : last.clock + last.length;
    if (endClock > clockMax) return new Refused('clock');
    if (deletes.length > 0 && deletes.at(-2)! + deletes.at(-1)! > endClock) return new Refused('delete-set');
    const keys = this.resolveKeys(structs);
    return keys instanceof Refused ? keys : { update, keys, endClock };
  }

  /** Rule G4 for each struct in turn; writes within the frame count as tails for later ones. */
  private resolveKeys(structs: readonly ParsedStruct[]): string[] | Refused {
    if (structs.length === 1) return this.resolveOnly(structs[0]!);
    const keys: string[] = [];
    const tails = new Map<string, number>();
    let freshCount = 0;
    for (const struct of structs) {
      let key = struct.key;
      if (key === undefined) {
        key = this.keyOfTail(struct.origin, structs, keys, tails);
        if (key === undefined) return new Refused('origin');
      } else {
        if (tails.has(key) || this.has(key)) return new Refused('parent');
        freshCount += 1;
      }
      keys.push(key);
      tails.set(key, struct.clock + struct.length - 1);
    }
    return this.count + freshCount > epochKeysMax ? new Refused('quota') : keys;
  }

  /** The same for a frame of one write, which is what most frames are. */
  private resolveOnly(struct: ParsedStruct): string[] | Refused {
    if (struct.key === undefined) {
      const key = this.keyOfTail(struct.origin, noStructs, noKeys, noTails);
      return key === undefined ? new Refused('origin') : [key];
    }
    if (this.has(struct.key)) return new Refused('parent');
    return this.count >= epochKeysMax ? new Refused('quota') : [struct.key];
  }

  private keyOfTail(
    clock: number,
    structs: readonly ParsedStruct[],
    keys: readonly string[],
    tails: ReadonlyMap<string, number>,
  ): string | undefined {
    if (clock >= this.endClock) {
      const at = lowerBound(keys.length, (i) => structs[i]!.clock + structs[i]!.length - 1, clock);
      const key = keys[at];
      return key !== undefined && tails.get(key) === clock ? key : undefined;
    }
    const place = this.placeOfTail(clock);
    const key = place < 0 ? undefined : (this.cells[place * cellsEach] as string);
    return key !== undefined && !tails.has(key) ? key : undefined;
  }

  private placeOfTail(clock: number): number {
    if (this.table !== undefined) {
      const place = this.table.at(clock);
      return place >= 0 && this.tailAt(place) === clock ? place : -1;
    }
    for (let place = 0; place < this.count; place++) if (this.tailAt(place) === clock) return place;
    return -1;
  }

  /** Take a checked update in. Answers the slots whose value it changed, each once. */
  apply(checked: CheckedUpdate, mark: FrameMark): Slot[] {
    const changed: number[] = [];
    const { structs, deletes } = checked.update;
    for (let i = 0; i < structs.length; i++) this.write(checked.keys[i]!, structs[i]!, mark, changed);
    this.endClock = checked.endClock;
    for (let i = 0; i < deletes.length; i += 2) this.delete(deletes[i]!, deletes[i + 1]!, mark, changed);
    if (this.table !== undefined && this.table.length > 2 * this.count + 64)
      this.table.sweep((place) => this.tailAt(place));
    return changed.map((place) => this.slotAt(place));
  }

  private write(key: string, struct: ParsedStruct, mark: FrameMark, changed: number[]): void {
    const tail = struct.clock + struct.length - 1;
    let place = this.placeOf(key);
    if (place < 0) {
      place = this.add(key);
      changed.push(place);
    } else if (this.markAt(place) !== mark) changed.push(place);
    const at = place * cellsEach;
    this.cells[at + 1] = tail;
    this.cells[at + 2] = struct.value;
    this.cells[at + 3] = mark;
    this.table?.push(tail, place);
  }

  private add(key: string): number {
    const place = this.count++;
    const at = place * cellsEach;
    // Grown by a quarter: an array that grows by itself is half empty.
    if (at === this.cells.length) this.cells = grow(this.cells, Math.max(4, place >> 2) * cellsEach);
    this.cells[at] = key;
    if (this.table !== undefined) this.table.places.set(key, place);
    else if (this.count > fewKeys) this.table = this.makeTable();
    return place;
  }

  private makeTable(): TailTable {
    const table = new TailTable();
    const known = Array.from({ length: this.count }, (_, place) => place);
    for (const place of known) table.places.set(this.cells[place * cellsEach] as string, place);
    // The newest key has no tail yet: its write adds it.
    known.pop();
    for (const place of known.sort((a, b) => this.tailAt(a) - this.tailAt(b)))
      table.push(this.tailAt(place), place);
    return table;
  }

  private delete(clock: number, length: number, mark: FrameMark, changed: number[]): void {
    const end = clock + length;
    for (const place of this.placesBetween(clock, end)) {
      if (this.valueAt(place) === undefined) continue;
      this.cells[place * cellsEach + 2] = undefined;
      if (this.markAt(place) !== mark) changed.push(place);
      this.cells[place * cellsEach + 3] = mark;
    }
  }

  /** Keys whose tail lies in a range of clocks. */
  private placesBetween(clock: number, end: number): number[] {
    if (this.table !== undefined)
      return this.table.between(clock, end).filter((place) => {
        const tail = this.tailAt(place);
        return tail >= clock && tail < end;
      });
    const places: number[] = [];
    for (let place = 0; place < this.count; place++) {
      const tail = this.tailAt(place);
      if (tail >= clock && tail < end) places.push(place);
    }
    return places;
  }
}

function grow(cells: readonly Cell[], by: number): Cell[] {
  const larger = new Array<Cell>(cells.length + by);
  for (let i = 0; i < cells.length; i++) larger[i] = cells[i];
  return larger;
}

/** Where keys and tails are, of an epoch with many keys. */
class TailTable {
  readonly places = new Map<string, number>();
  /** Tails in the order written, hence by clock; a superseded one stays until the next sweep. */
  private clocks: number[] = [];
  private owners: number[] = [];

  push(clock: number, place: number): void {
    this.clocks.push(clock);
    this.owners.push(place);
  }

  /** The key that was written up to exactly `clock`, perhaps written again since; or -1. */
  at(clock: number): number {
    const at = lowerBound(this.clocks.length, (i) => this.clocks[i]!, clock);
    return this.clocks[at] === clock ? this.owners[at]! : -1;
  }

  /** Keys written in a range of clocks, each once. */
  between(clock: number, end: number): number[] {
    const places = new Set<number>();
    let at = lowerBound(this.clocks.length, (i) => this.clocks[i]!, clock);
    for (; at < this.clocks.length && this.clocks[at]! < end; at++) places.add(this.owners[at]!);
    return [...places];
  }

  get length(): number {
    return this.clocks.length;
  }

  /** Forget superseded tails. */
  sweep(tailAt: (place: number) => number): void {
    const keep = this.owners.map((place, i) => tailAt(place) === this.clocks[i]);
    this.clocks = this.clocks.filter((_, i) => keep[i]);
    this.owners = this.owners.filter((_, i) => keep[i]);
  }
}

const noStructs: readonly ParsedStruct[] = [];
const noKeys: readonly string[] = [];
const noTails: ReadonlyMap<string, number> = new Map();

/** The first index whose value is at least `wanted`. */
function lowerBound(length: number, valueAt: (index: number) => number, wanted: number): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (valueAt(middle) < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}
