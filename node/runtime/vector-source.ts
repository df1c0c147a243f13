/** The built-in embedder in the form that the indexes need: vectors at once, and their bytes. */
import { createBuiltinEmbedder, quantize } from '../../discovery/embed/index.ts';
import type { VectorSource } from '../../discovery/vector-source.ts';

export function createBuiltinVectorSource(): VectorSource {
  const embedder = createBuiltinEmbedder();
  return {
    space: embedder.space,
    dimensions: embedder.dimensions,
    embed: (text) => embedder.embed(text),
    quantize: (vector) => quantize(vector),
  };
}
