/**
 * The digest of the context that a message was said in.
 *
 * @example
 * const context = { digest: digestContext({ space, parent, membersVersion, view, entries }) };
 */
export {
  type ContextDigest,
  type DigestEntry,
  type DigestFacts,
  digestContext,
  digestedTypes,
  digestLengths,
  excerptOf,
  referencesOf,
} from './context-digest.ts';
