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

/** One key of one epoch: its newest value, and what the next write of it must name. */
export interface Slot {
  readonly key: string;
  tail: number;
  /** `undefined`: deleted. */
  value: EntryValue | undefined;
  mark: FrameMark;
}

/** An update that passed, ready to be taken in. */
export interface CheckedUpdate {
  readonly update: ParsedUpdate;
  /** The key of each struct. */
  readonly keys: readonly string[];
  readonly endClock: number;
}

export class GrammarIndex implements WriteState {
  readonly client: number;
  endClock = 0;
  private readonly slots = new Map<string, Slot>();
  /** Tails in the order written, hence by clock; a superseded one stays until the next sweep. */
  private tailClocks: number[] = [];
  private tailSlots: Slot[] = [];

  constructor(client: number) {
    this.client = client;
  }

  get keyCount(): number {
    return this.slots.size;
  }

  entries(): IterableIterator<Slot> {
    return this.slots.values();
  }

  slot(key: string): Slot | undefined {
    return this.slots.get(key);
  }

  find(key: string): { tail: number; isLive: boolean } | undefined {
    const slot = this.slots.get(key);
    return slot === undefined ? undefined : { tail: slot.tail, isLive: slot.value !== undefined };
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
        if (tails.has(key) || this.slots.has(key)) return new Refused('parent');
        freshCount += 1;
      }
      keys.push(key);
      tails.set(key, struct.clock + struct.length - 1);
    }
    return this.slots.size + freshCount > epochKeysMax ? new Refused('quota') : keys;
  }

  /** The same for a frame of one write, which is what most frames are. */
  private resolveOnly(struct: ParsedStruct): string[] | Refused {
    if (struct.key === undefined) {
      const key = this.keyOfTail(struct.origin, noStructs, noKeys, noTails);
      return key === undefined ? new Refused('origin') : [key];
    }
    if (this.slots.has(struct.key)) return new Refused('parent');
    return this.slots.size >= epochKeysMax ? new Refused('quota') : [struct.key];
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
    const at = lowerBound(this.tailClocks.length, (i) => this.tailClocks[i]!, clock);
    const slot = this.tailSlots[at];
    const isTail = slot !== undefined && this.tailClocks[at] === clock && slot.tail === clock;
    return isTail && !tails.has(slot.key) ? slot.key : undefined;
  }

  /** Take a checked update in. Answers the slots whose value it changed, each once. */
  apply(checked: CheckedUpdate, mark: FrameMark): Slot[] {
    const changed: Slot[] = [];
    const { structs, deletes } = checked.update;
    for (let i = 0; i < structs.length; i++) this.write(checked.keys[i]!, structs[i]!, mark, changed);
    this.endClock = checked.endClock;
    for (let i = 0; i < deletes.length; i += 2) this.delete(deletes[i]!, deletes[i + 1]!, mark, changed);
    if (this.tailSlots.length > 2 * this.slots.size + 64) this.sweep();
    return changed;
  }

  private write(key: string, struct: ParsedStruct, mark: FrameMark, changed: Slot[]): void {
    const tail = struct.clock + struct.length - 1;
    let slot = this.slots.get(key);
    if (slot === undefined) {
      slot = { key, tail, value: struct.value, mark };
      this.slots.set(key, slot);
      changed.push(slot);
    } else {
      if (slot.mark !== mark) changed.push(slot);
      slot.tail = tail;
      slot.value = struct.value;
      slot.mark = mark;
    }
    this.tailClocks.push(tail);
    this.tailSlots.push(slot);
  }

  private delete(clock: number, length: number, mark: FrameMark, changed: Slot[]): void {
    const end = clock + length;
    let at = lowerBound(this.tailClocks.length, (i) => this.tailClocks[i]!, clock);
    for (; at < this.tailClocks.length && this.tailClocks[at]! < end; at++) {
      const slot = this.tailSlots[at]!;
      if (slot.tail !== this.tailClocks[at] || slot.value === undefined) continue;
      slot.value = undefined;
      if (slot.mark !== mark) changed.push(slot);
      slot.mark = mark;
    }
  }

  private sweep(): void {
    const keep = this.tailSlots.map((slot, i) => slot.tail === this.tailClocks[i]);
    this.tailClocks = this.tailClocks.filter((_, i) => keep[i]);
    this.tailSlots = this.tailSlots.filter((_, i) => keep[i]);
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
