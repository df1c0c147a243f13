/** What the indexes need of an embedder that answers at once: the built-in one does. */
export interface VectorSource {
  /** Names the embedding space, for example `builtin-1`. Vectors of different spaces are never compared. */
  readonly space: string;
  readonly dimensions: number;
  /** A vector of unit length. */
  embed(text: string): Float32Array;
  /** One signed byte per dimension; the scale does not matter, the direction does. */
  quantize(vector: Float32Array): Int8Array;
}
