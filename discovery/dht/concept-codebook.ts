/**
 * A codebook that every node can build alone: one direction for each concept of the shipped lexicon. It is
 * trained on nothing, so no data can skew it, and any embedder that answers at once can build its own.
 */
import { lexiconSources, readLexicon } from '../lexicon/index.ts';
import type { VectorSource } from '../vector-source.ts';
import { dot } from './bucket-keys.ts';

/** Terms of a concept that make its direction: the first ones say it best. */
const termsPerConcept = 4;

/** By source: a codebook is always the same, and peers of one process share it. */
const made = new WeakMap<VectorSource, readonly Float32Array[]>();

/** One unit vector per concept, in the lexicon's order; concepts without a vector are left out. */
export function createConceptCodebook(vectors: VectorSource): readonly Float32Array[] {
  const codebook = made.get(vectors) ?? embedConcepts(vectors);
  made.set(vectors, codebook);
  return codebook;
}

function embedConcepts(vectors: VectorSource): readonly Float32Array[] {
  return readLexicon(lexiconSources)
    .map((concept) => concept.terms.slice(0, termsPerConcept).map((term) => term.text))
    .map((terms) => vectors.embed(terms.join(', ')))
    .filter((vector) => dot(vector, vector) > 0);
}
