/**
 * The vectors of the records that are held, one index per embedding space. A text is embedded when somebody
 * searches and not when a record comes: a node whose agents never search keeps none, and one that starts with ten
 * thousand records embeds them once, in 0.2 s, at its first search.
 */
import { CompactMap } from '../protocol/compact-map.ts';
import { capabilityText } from './capability-record.ts';
import type { HeldRecord } from './record-table.ts';
import { readVector } from './vector-annex.ts';
import { FlatVectorIndex, type VectorIndex } from './vector-index.ts';
import type { VectorSource } from './vector-source.ts';

/** Dense spaces beside the built-in one: a mesh chooses one model, and may be changing to another. */
const spacesMax = 2;
/** Records that wait before it is looked which of them are held no more. */
const waitingMin = 1_024;

export class RecordVectors {
  readonly #vectors: VectorSource;
  readonly #indexes = new CompactMap<string, FlatVectorIndex<HeldRecord>>();
  /** What came since the last search, with what is no longer held of it. */
  #waiting: HeldRecord[] = [];
  #waitingMax = waitingMin;
  readonly #isHeld: (held: HeldRecord) => boolean;

  /** `isHeld` says whether this very record is the one that is held under its key. */
  constructor(vectors: VectorSource, isHeld: (held: HeldRecord) => boolean) {
    this.#vectors = vectors;
    this.#isHeld = isHeld;
  }

  /** Add what is held now, or was given a vector; a withdrawn record only takes the older one out. */
  put(held: HeldRecord): void {
    if (held.sealed.body.withdrawn === true) this.delete(held.key);
    else this.#waiting.push(held);
    if (this.#waiting.length < this.#waitingMax) return;
    this.#waiting = this.#waiting.filter(this.#isHeld);
    this.#waitingMax = Math.max(waitingMin, 2 * this.#waiting.length);
  }

  delete(key: string): void {
    for (const index of this.#indexes.values()) index.delete(key);
  }

  /** The index of a space, with all that is held. */
  of(space: string): VectorIndex<HeldRecord> | undefined {
    for (const held of this.#waiting) if (this.#isHeld(held)) this.#index(held);
    this.#waiting = [];
    this.#waitingMax = waitingMin;
    const { space: builtin, dimensions } = this.#vectors;
    return space === builtin ? this.#indexOf(builtin, dimensions) : this.#indexes.get(space);
  }

  #index(held: HeldRecord): void {
    const { space, quantize, embed } = this.#vectors;
    for (const index of this.#indexes.values()) index.delete(held.key);
    this.#indexOf(space, this.#vectors.dimensions)!.set(
      held.key,
      quantize(embed(capabilityText(held.sealed.body))),
      held,
    );
    const dense = held.annex === undefined ? undefined : readVector(held.annex.body.vector);
    if (dense === undefined || dense.length % 4 !== 0 || held.annex!.body.space === space) return;
    this.#indexOf(held.annex!.body.space, dense.length)?.set(held.key, dense, held);
  }

  /** `undefined` for a space of other dimensions than before, and for one too many. */
  #indexOf(space: string, dimensions: number): FlatVectorIndex<HeldRecord> | undefined {
    const known = this.#indexes.get(space);
    if (known !== undefined) return known.dimensions === dimensions ? known : undefined;
    if (this.#indexes.size > spacesMax) return undefined;
    const index = new FlatVectorIndex<HeldRecord>(dimensions);
    this.#indexes.set(space, index);
    return index;
  }
}
