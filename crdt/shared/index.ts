/**
 * Documents that trusting members write together, apart from the graph.
 *
 * ```ts
 * const shared = openShared(rng.uint32(), (update) => send(update));
 * shared.doc.getText('report').insert(0, 'Summary');
 * ```
 */
export { openShared, type SharedDocument } from './shared-document.ts';
