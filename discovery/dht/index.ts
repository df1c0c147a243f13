/**
 * @packageDocumentation
 * The DHT index: signed records lie with the nodes closest to the keys of their buckets, and a query asks a few
 * of those, verifies, ranks, and checks who is still alive.
 *
 * @example
 * ```ts
 * const buckets = createCodebookKeys(createConceptCodebook(vectors), dhtDefaults.copyCount);
 * const index = new DhtIndex({ hash: keys.hash, vectors, buckets }, { self, mesh });
 * for (const effect of index.step({ type: 'ask', atMs, request: 'q1', query: { text: 'plan a trip' } })) perform(effect);
 * // … and when the effect `found` comes:
 * const answer = composeFound(found, { space: vectors.space, viewer: {} });
 * ```
 */
export type { FindClosest } from './announcer.ts';
export type { Candidate, Found, SkillCandidates } from './ask-state.ts';
export { type BucketKeys, bucketKey, createCodebookKeys, createHyperplaneKeys } from './bucket-keys.ts';
export { type ComposeContext, composeFound } from './compose-found.ts';
export { createConceptCodebook } from './concept-codebook.ts';
export {
  DhtIndex,
  type DhtIndexComponents,
  type DhtIndexEffect,
  type DhtIndexInit,
  type DhtIndexInput,
} from './dht-index.ts';
export { type DhtSettings, dhtDefaults } from './dht-settings.ts';
export { MeshSize } from './mesh-size.ts';
export { makeSample, type Sample, type SampleInit } from './sample-vectors.ts';
