/**
 * Authors' Yjs documents, opened from judged frames and closed again, and their compaction.
 *
 * ```ts
 * const opened = documents.get(epoch, head, () => updates);
 * if (!(opened instanceof Refused)) opened.entries.toJSON();
 * ```
 */
export { compactUpdates } from './compact-updates.ts';
export { type AuthorDocument, DocumentCache, openDocument } from './document-cache.ts';
