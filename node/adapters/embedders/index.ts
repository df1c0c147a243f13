/**
 * Embedders that do I/O: a remote service and a local sentence model, with the built-in one as the loud
 * fallback of both.
 *
 * @example
 * const embedder = await openEmbedder({ builtin: createBuiltinEmbedder(), clock, log }, {
 *   kind: 'remote', url: 'http://127.0.0.1:11434', model: 'nomic-embed-text',
 * });
 * embedder.start((event) => console.log(event.type));
 * embedder.embed('1', ['book travel to NYC']);
 */
export {
  type EmbedderChoice,
  type FallbackEmbedder,
  type FellBack,
  openEmbedder,
} from './open-embedder.ts';
export { openRemoteEmbedder, readEmbedderKey } from './remote-embedder.ts';
export { openTransformersEmbedder, type TransformersEmbedderInit } from './transformers-embedder.ts';
