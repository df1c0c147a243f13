/**
 * Exact nearest neighbours among int8 vectors, in plain typed arrays.
 *
 * Two rows share one row of float64: `low + high × 2²⁶`. One multiply-add then advances two dot products, and
 * they come apart exactly: a dot product of n ≤ 2,000 int8 pairs stays below 2²⁵, and both parts below 2⁵³. On
 * V8 this scans 10,000 × 256 in 0.57 times the time of an unrolled float32 scan, int8 with `Math.imul` in 1.5
 * times (`cli/bench/discovery-index.ts` measures both again). Each row takes 4 bytes a dimension.
 */

export interface VectorHit<Payload> {
  readonly key: string;
  readonly payload: Payload;
  /** Cosine, −1 to 1. */
  readonly similarity: number;
  /** Similarity × weight. */
  readonly score: number;
}

export interface VectorSearch<Payload> {
  readonly limit: number;
  /** Rows below this cosine are left out; 0 or more. Default 0. */
  readonly similarityMin?: number;
  /**
   * A row's other factors as one number from 0 to 1; 0 leaves the row out. Called only for rows whose
   * similarity could still enter the answer, so it may cost something.
   */
  weigh?(payload: Payload, similarity: number): number;
}

/** What an approximate index above this size would have to offer too. */
export interface VectorIndex<Payload> {
  readonly dimensions: number;
  readonly size: number;
  /** Add or replace. A vector without a direction (all zero) is kept and never found. */
  set(key: string, vector: Int8Array, payload: Payload): void;
  delete(key: string): boolean;
  vectorOf(key: string): Int8Array | undefined;
  /** Best score first; equal scores by key. */
  search(query: Int8Array, search: VectorSearch<Payload>): readonly VectorHit<Payload>[];
}

/** Products of two int8 are at most 2¹⁴; 2,000 of them stay within the 26 bits that each half has. */
const flatDimensionsMax = 2_000;
const highPart = 2 ** 26;
/** Rows of an index that begins: in a large mesh most hold the records of a few neighbours. It doubles. */
const rowsMin = 8;

/** The exact, flat index: right to about 10⁵ rows. */
export class FlatVectorIndex<Payload> implements VectorIndex<Payload> {
  readonly dimensions: number;
  readonly #rowOf = new Map<string, number>();
  readonly #keys: string[] = [];
  readonly #payloads: Payload[] = [];
  #pairs: Float64Array;
  #lengths: Float64Array;
  #dots: Float64Array;
  #query: Float64Array;

  /** @throws RangeError when the dimensions are not a multiple of 4 between 4 and 2,000 (a caller's bug). */
  constructor(dimensions: number) {
    if (dimensions % 4 !== 0 || dimensions < 4 || dimensions > flatDimensionsMax)
      throw new RangeError(
        `a flat index takes 4 to ${flatDimensionsMax} dimensions in fours, not ${dimensions}`,
      );
    this.dimensions = dimensions;
    this.#pairs = new Float64Array((rowsMin / 2) * dimensions);
    this.#lengths = new Float64Array(rowsMin);
    this.#dots = new Float64Array(rowsMin);
    this.#query = new Float64Array(dimensions);
  }

  get size(): number {
    return this.#keys.length;
  }

  set(key: string, vector: Int8Array, payload: Payload): void {
    this.#checkDimensions(vector);
    let row = this.#rowOf.get(key);
    if (row === undefined) {
      row = this.#keys.length;
      this.#grow(row + 1);
      this.#keys.push(key);
      this.#rowOf.set(key, row);
    }
    this.#payloads[row] = payload;
    this.#write(row, vector);
  }

  delete(key: string): boolean {
    const row = this.#rowOf.get(key);
    if (row === undefined) return false;
    const last = this.#keys.length - 1;
    if (row !== last) {
      this.#write(row, this.#read(last));
      const movedKey = this.#keys[last]!;
      this.#keys[row] = movedKey;
      this.#payloads[row] = this.#payloads[last]!;
      this.#rowOf.set(movedKey, row);
    }
    this.#write(last, new Int8Array(this.dimensions));
    this.#keys.pop();
    this.#payloads.pop();
    this.#rowOf.delete(key);
    return true;
  }

  vectorOf(key: string): Int8Array | undefined {
    const row = this.#rowOf.get(key);
    return row === undefined ? undefined : this.#read(row);
  }

  search(query: Int8Array, search: VectorSearch<Payload>): readonly VectorHit<Payload>[] {
    this.#checkDimensions(query);
    const queryLength = lengthOf(query);
    if (queryLength === 0 || search.limit <= 0) return [];
    this.#scan(query);
    const best = new BestHits<Payload>(search.limit);
    const similarityMin = Math.max(0, search.similarityMin ?? 0);
    const dots = this.#dots;
    const lengths = this.#lengths;
    const rowCount = this.#keys.length;
    for (let row = 0; row < rowCount; row++) {
      const dot = dots[row]!;
      if (dot <= 0) continue;
      const similarity = dot / (lengths[row]! * queryLength);
      // A weight is at most 1, so a score is at most the similarity: most rows end here.
      if (similarity < similarityMin || similarity < best.floor) continue;
      const payload = this.#payloads[row]!;
      const weight = search.weigh === undefined ? 1 : Math.min(1, search.weigh(payload, similarity));
      if (weight > 0) best.offer({ key: this.#keys[row]!, payload, similarity, score: similarity * weight });
    }
    return best.sorted();
  }

  /** All dot products with the query into `#dots`, two rows at a time. */
  #scan(query: Int8Array): void {
    const q = this.#query;
    q.set(query);
    const pairs = this.#pairs;
    const dots = this.#dots;
    const dimensions = this.dimensions;
    const pairCount = (this.#keys.length + 1) >> 1;
    for (let pair = 0; pair < pairCount; pair++) {
      const start = pair * dimensions;
      let a = 0;
      let b = 0;
      let c = 0;
      let d = 0;
      for (let i = 0; i < dimensions; i += 4) {
        a += pairs[start + i]! * q[i]!;
        b += pairs[start + i + 1]! * q[i + 1]!;
        c += pairs[start + i + 2]! * q[i + 2]!;
        d += pairs[start + i + 3]! * q[i + 3]!;
      }
      const both = a + b + c + d;
      const high = Math.round(both / highPart);
      dots[2 * pair] = both - high * highPart;
      dots[2 * pair + 1] = high;
    }
  }

  #write(row: number, vector: Int8Array): void {
    const start = (row >> 1) * this.dimensions;
    const isHigh = (row & 1) === 1;
    for (let i = 0; i < this.dimensions; i++) {
      const both = this.#pairs[start + i]!;
      const high = Math.round(both / highPart);
      const low = both - high * highPart;
      this.#pairs[start + i] = isHigh ? low + vector[i]! * highPart : vector[i]! + high * highPart;
    }
    this.#lengths[row] = lengthOf(vector);
  }

  #read(row: number): Int8Array {
    const start = (row >> 1) * this.dimensions;
    const vector = new Int8Array(this.dimensions);
    for (let i = 0; i < this.dimensions; i++) {
      const both = this.#pairs[start + i]!;
      const high = Math.round(both / highPart);
      vector[i] = (row & 1) === 1 ? high : both - high * highPart;
    }
    return vector;
  }

  #grow(rowCount: number): void {
    if (rowCount <= this.#lengths.length) return;
    const rowsMax = this.#lengths.length * 2;
    const pairs = new Float64Array((rowsMax / 2) * this.dimensions);
    pairs.set(this.#pairs);
    this.#pairs = pairs;
    const lengths = new Float64Array(rowsMax);
    lengths.set(this.#lengths);
    this.#lengths = lengths;
    this.#dots = new Float64Array(rowsMax);
  }

  #checkDimensions(vector: Int8Array): void {
    if (vector.length !== this.dimensions)
      throw new RangeError(`a vector of ${vector.length} dimensions in an index of ${this.dimensions}`);
  }
}

/** The highest scores seen, in a heap whose root is the worst of them. */
class BestHits<Payload> {
  readonly #heap: VectorHit<Payload>[] = [];
  readonly #limit: number;
  /** What a score must reach to enter: the worst kept score once the heap is full. */
  floor = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  offer(hit: VectorHit<Payload>): void {
    const heap = this.#heap;
    if (heap.length < this.#limit) {
      heap.push(hit);
      this.#siftUp(heap.length - 1);
    } else if (isWorse(heap[0]!, hit)) {
      heap[0] = hit;
      this.#siftDown(0);
    }
    if (heap.length === this.#limit) this.floor = heap[0]!.score;
  }

  sorted(): readonly VectorHit<Payload>[] {
    return [...this.#heap].sort((a, b) => (isWorse(a, b) ? 1 : -1));
  }

  #siftUp(from: number): void {
    const heap = this.#heap;
    let at = from;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!isWorse(heap[at]!, heap[parent]!)) return;
      [heap[at], heap[parent]] = [heap[parent]!, heap[at]!];
      at = parent;
    }
  }

  #siftDown(from: number): void {
    const heap = this.#heap;
    let at = from;
    for (;;) {
      let worst = at;
      for (const child of [2 * at + 1, 2 * at + 2])
        if (child < heap.length && isWorse(heap[child]!, heap[worst]!)) worst = child;
      if (worst === at) return;
      [heap[at], heap[worst]] = [heap[worst]!, heap[at]!];
      at = worst;
    }
  }
}

type Scored = Pick<VectorHit<unknown>, 'score' | 'key'>;

function isWorse(a: Scored, b: Scored): boolean {
  return a.score !== b.score ? a.score < b.score : a.key > b.key;
}

function lengthOf(vector: Int8Array): number {
  let sum = 0;
  for (let i = 0; i < vector.length; i++) sum += vector[i]! * vector[i]!;
  return Math.sqrt(sum);
}

/** Cosine of two int8 vectors of one space; 0 when either has no direction. */
export function cosine(a: Int8Array, b: Int8Array): number {
  let dot = 0;
  for (let i = 0; i < a.length; i++) dot += a[i]! * b[i]!;
  const length = lengthOf(a) * lengthOf(b);
  return length === 0 ? 0 : dot / length;
}
