/** One embedder for all peers of a world: a text is embedded and quantised once, whoever asks. */
import type { VectorSource } from '../../discovery/vector-source.ts';
import { createBuiltinVectorSource } from '../../node/runtime/vector-source.ts';

/** Texts kept: about 100 MB of vectors when full. The oldest gives way. */
const textsMax = 50_000;

export function createSharedVectors(source: VectorSource = createBuiltinVectorSource()): VectorSource {
  const vectors = new Map<string, Float32Array>();
  const bytes = new WeakMap<Float32Array, Int8Array>();

  return {
    space: source.space,
    dimensions: source.dimensions,
    embed(text) {
      const known = vectors.get(text);
      if (known !== undefined) return known;
      const vector = source.embed(text);
      vectors.set(text, vector);
      if (vectors.size > textsMax) vectors.delete(vectors.keys().next().value!);
      return vector;
    },
    quantize(vector) {
      const known = bytes.get(vector);
      if (known !== undefined) return known;
      const quantized = source.quantize(vector);
      bytes.set(vector, quantized);
      return quantized;
    },
  };
}
