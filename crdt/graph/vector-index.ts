/**
 * Vectors of entities in one packed array, searched exactly: 100,000 of 256 numbers take one pass of some tens
 * of milliseconds. Vectors are unit length, so the inner product is the cosine.
 */
export interface Near {
  readonly id: string;
  /** Cosine, -1 to 1. */
  readonly similarity: number;
}

/** Places of an index that begins; it doubles. Most spaces of most nodes hold a handful of entities. */
const placesMin = 4;

export class VectorIndex {
  readonly dimensions: number;
  private packed: Float32Array;
  private readonly ids: (string | undefined)[] = [];
  private readonly placeOf = new Map<string, number>();
  private readonly free: number[] = [];

  constructor(dimensions: number) {
    this.dimensions = dimensions;
    this.packed = new Float32Array(dimensions * placesMin);
  }

  get size(): number {
    return this.placeOf.size;
  }

  has(id: string): boolean {
    return this.placeOf.has(id);
  }

  get(id: string): Float32Array | undefined {
    const place = this.placeOf.get(id);
    return place === undefined
      ? undefined
      : this.packed.slice(place * this.dimensions, (place + 1) * this.dimensions);
  }

  /** `vector`: unit length, of this index's dimensions; another length is not taken. */
  set(id: string, vector: Float32Array): boolean {
    if (vector.length !== this.dimensions) return false;
    let place = this.placeOf.get(id);
    if (place === undefined) {
      place = this.free.pop() ?? this.ids.length;
      this.placeOf.set(id, place);
      this.ids[place] = id;
    }
    const from = place * this.dimensions;
    if (from + this.dimensions > this.packed.length) {
      const larger = new Float32Array(Math.max(this.packed.length * 2, from + this.dimensions));
      larger.set(this.packed);
      this.packed = larger;
    }
    this.packed.set(vector, from);
    return true;
  }

  delete(id: string): void {
    const place = this.placeOf.get(id);
    if (place === undefined) return;
    this.placeOf.delete(id);
    this.ids[place] = undefined;
    this.free.push(place);
  }

  /** The `limit` nearest that `accepts` lets pass, best first; ties by id. */
  search(
    query: Float32Array,
    limit: number,
    min = -1,
    accepts: (id: string) => boolean = () => true,
  ): Near[] {
    const best: Near[] = [];
    const { dimensions, packed, ids } = this;
    if (query.length !== dimensions || limit <= 0) return best;
    let floor = min;
    for (let place = 0; place < ids.length; place++) {
      const similarity = dot(packed, place * dimensions, query, dimensions);
      if (similarity < floor) continue;
      const id = ids[place];
      if (id === undefined || !accepts(id)) continue;
      insert(best, { id, similarity }, limit);
      if (best.length === limit) floor = best[limit - 1]!.similarity;
    }
    return best;
  }
}

/** Four sums at once: the processor need not wait for the last one. */
function dot(packed: Float32Array, from: number, query: Float32Array, dimensions: number): number {
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  let i = 0;
  for (; i + 3 < dimensions; i += 4) {
    a += packed[from + i]! * query[i]!;
    b += packed[from + i + 1]! * query[i + 1]!;
    c += packed[from + i + 2]! * query[i + 2]!;
    d += packed[from + i + 3]! * query[i + 3]!;
  }
  for (; i < dimensions; i++) a += packed[from + i]! * query[i]!;
  return a + b + c + d;
}

function insert(best: Near[], near: Near, limit: number): void {
  const isBefore = (other: Near) =>
    near.similarity > other.similarity || (near.similarity === other.similarity && near.id < other.id);
  let at = best.length;
  while (at > 0 && isBefore(best[at - 1]!)) at -= 1;
  if (at >= limit) return;
  best.splice(at, 0, near);
  if (best.length > limit) best.pop();
}
