/**
 * A map for the many places that hold nothing or a handful: an empty one is one small object, where a `Map` makes a
 * table of 184 bytes at once. Beyond {@link listedMax} entries it is a `Map`,
 * in a {@link LongCompactMap} beyond {@link longListedMax}.
 *
 * It behaves as a `Map` does: entries in the order in which they came, and a walk over it sees what is added on the
 * way and not what is removed.
 */

/** Up to this many entries a list is searched. Judgement: about where searching costs as much as hashing. */
const listedMax = 8;
/** A table of so many takes three times the bytes of a list, and searching the list costs a microsecond or two. */
const longListedMax = 96;

type Cells = readonly unknown[];

export class CompactMap<Key, Value> implements ReadonlyMap<Key, Value> {
  /**
   * Nothing; or keys and values by turns, in a list of its exact length (a spread or a push would leave room for a
   * dozen more) that is never changed but replaced; or a map.
   */
  #held: Cells | Map<Key, Value> | undefined;

  constructor(entries: Iterable<readonly [Key, Value]> = []) {
    for (const [key, value] of entries) this.set(key, value);
  }

  protected get listedMax(): number {
    return listedMax;
  }

  get size(): number {
    const held = this.#held;
    if (held === undefined) return 0;
    return held instanceof Map ? held.size : held.length >> 1;
  }

  has(key: Key): boolean {
    const held = this.#held;
    if (held === undefined) return false;
    return held instanceof Map ? held.has(key) : placeOf(held, key) >= 0;
  }

  get(key: Key): Value | undefined {
    const held = this.#held;
    if (held === undefined) return undefined;
    if (held instanceof Map) return held.get(key);
    const at = placeOf(held, key);
    return at < 0 ? undefined : (held[at + 1] as Value);
  }

  set(key: Key, value: Value): this {
    const held = this.#held;
    if (held === undefined) this.#held = [key, value];
    else if (held instanceof Map) held.set(key, value);
    else {
      const at = placeOf(held, key);
      if (at >= 0) this.#held = held.with(at + 1, value);
      else if (held.length < 2 * this.listedMax) this.#held = held.concat([key, value]);
      else this.#held = new Map(pairsOf<Key, Value>(held)).set(key, value);
    }
    return this;
  }

  delete(key: Key): boolean {
    const held = this.#held;
    if (held === undefined) return false;
    if (held instanceof Map) return held.delete(key);
    const at = placeOf(held, key);
    if (at < 0) return false;
    this.#held = held.length === 2 ? undefined : held.toSpliced(at, 2);
    return true;
  }

  clear(): void {
    // A walk that is under way ends.
    if (this.#held instanceof Map) this.#held.clear();
    this.#held = undefined;
  }

  forEach(visit: (value: Value, key: Key, map: ReadonlyMap<Key, Value>) => void): void {
    for (const [key, value] of this) visit(value, key, this);
  }

  keys(): MapIterator<Key> {
    return this.#held instanceof Map ? this.#held.keys() : this.#walkKeys();
  }

  values(): MapIterator<Value> {
    return this.#held instanceof Map ? this.#held.values() : this.#walkValues();
  }

  entries(): MapIterator<[Key, Value]> {
    return this.#held instanceof Map ? this.#held.entries() : this.#walk();
  }

  [Symbol.iterator](): MapIterator<[Key, Value]> {
    return this.entries();
  }

  *#walkKeys(): MapIterator<Key> {
    for (const [key] of this.#walk()) yield key;
  }

  *#walkValues(): MapIterator<Value> {
    for (const [, value] of this.#walk()) yield value;
  }

  *#walk(): MapIterator<[Key, Value]> {
    let held = this.#held;
    /** Keys before `at` were seen. */
    let at = 0;
    while (held !== undefined && !(held instanceof Map) && at < held.length) {
      yield [held[at] as Key, held[at + 1] as Value];
      at += 2;
      if (this.#held === held) continue;
      const now = this.#held;
      if (now instanceof Map) return yield* pairsAfter(now, held.slice(0, at));
      at = now === undefined ? 0 : placeAfter(now, held.slice(0, at));
      held = now;
    }
  }
}

/** For what thousands hold some dozens of each, and seldom ask for: bytes count more there than the search. */
export class LongCompactMap<Key, Value> extends CompactMap<Key, Value> {
  protected override get listedMax(): number {
    return longListedMax;
  }
}

/** The even place of `key`, or -1. */
function placeOf(cells: Cells, key: unknown): number {
  for (let at = 0; at < cells.length; at += 2) if (Object.is(cells[at], key)) return at;
  return -1;
}

function pairsOf<Key, Value>(cells: Cells): [Key, Value][] {
  const pairs: [Key, Value][] = [];
  for (let at = 0; at < cells.length; at += 2) pairs.push([cells[at] as Key, cells[at + 1] as Value]);
  return pairs;
}

/** Where a walk goes on that has seen the keys of `seen`, some of which may be gone. */
function placeAfter(cells: Cells, seen: Cells): number {
  let place = 0;
  while (place < cells.length && placeOf(seen, cells[place]) >= 0) place += 2;
  return place;
}

function* pairsAfter<Key, Value>(map: Map<Key, Value>, seen: Cells): Generator<[Key, Value], undefined> {
  for (const pair of map) if (placeOf(seen, pair[0]) < 0) yield pair;
}
