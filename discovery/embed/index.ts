/**
 * Turns texts into vectors.
 *
 * Everything here runs offline, in Node and in a browser, and gives the same bits everywhere.
 *
 *     const embedder = createBuiltinEmbedder();
 *     const similarity = compareQuantized(
 *       quantize(embedder.embed('book travel to NYC')),
 *       quantize(embedder.embed('Finds cheap flights and airfares')),
 *     );
 */
export {
  type BuiltinEmbedder,
  type BuiltinInit,
  builtinDimensions,
  builtinSpace,
  createBuiltinEmbedder,
} from './builtin.ts';
export { createBuiltinEmbedderPort } from './builtin-port.ts';
export { compareQuantized, quantize } from './quantize.ts';
