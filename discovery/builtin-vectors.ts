/** The built-in embedder in the form that the indexes use, with a bounded memory of texts. */
import { type BuiltinEmbedder, createBuiltinEmbedder, quantize } from './embed/index.ts';
import type { VectorSource } from './vector-source.ts';

export interface BuiltinVectorsInit {
  /** Share one: it holds about 8 MB. @default a new one */
  readonly embedder?: BuiltinEmbedder;
  /** Texts whose vectors are remembered: 10,000 take about 13 MB. @default 10,000 */
  readonly textsMax?: number;
}

/**
 * Build one and share it. An index embeds the same text when it is announced, put, found and compared; the
 * vectors it gets are shared and must not be changed.
 */
export function createBuiltinVectors({
  embedder = createBuiltinEmbedder(),
  textsMax = 10_000,
}: BuiltinVectorsInit = {}): VectorSource {
  const known = new Map<string, Float32Array>();
  const quantized = new WeakMap<Float32Array, Int8Array>();
  return {
    space: embedder.space,
    dimensions: embedder.dimensions,
    embed(text) {
      const vector = known.get(text) ?? embedder.embed(text);
      // The oldest half goes at once: simple, and rare.
      if (known.size >= textsMax)
        for (const old of [...known.keys()].slice(0, textsMax / 2)) known.delete(old);
      known.set(text, vector);
      return vector;
    },
    quantize(vector) {
      const bytes = quantized.get(vector) ?? quantize(vector);
      quantized.set(vector, bytes);
      return bytes;
    },
  };
}
