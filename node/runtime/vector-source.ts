/** The built-in embedder in the form that the indexes need, with a memory of texts. One for a whole process. */
export { createBuiltinVectors as createBuiltinVectorSource } from '../../discovery/builtin-vectors.ts';
