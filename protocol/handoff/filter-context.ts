/** What context goes along with a handed-off task: all of it, or what serves the receiver and may be shown. */
import * as z from 'zod';
import * as f from '../message-fields.ts';

export const contextEntrySchema = z.strictObject({
  /** What it is about; a receiver's skills and the task's are matched against these. */
  tags: z.array(f.line).max(32),
  /** `private` entries never travel. */
  audience: z.enum(['any', 'team', 'private']),
  content: f.content,
});
export type ContextEntry = Readonly<z.infer<typeof contextEntrySchema>>;

export interface ContextFilter {
  readonly full: boolean;
  readonly tags: readonly string[];
  readonly isTeammate: boolean;
  /** Newest entries win the room there is, in UTF-16 code units of their JSON. */
  readonly lengthMax: number;
}

/** Entries in their old order; the newest are kept when there is too little room. */
export function filterContext(
  entries: readonly ContextEntry[],
  filter: ContextFilter,
): readonly ContextEntry[] {
  const shown = entries.filter((entry) => {
    if (entry.audience === 'private' || (entry.audience === 'team' && !filter.isTeammate)) return false;
    return filter.full || entry.tags.length === 0 || entry.tags.some((tag) => filter.tags.includes(tag));
  });
  let room = filter.lengthMax;
  const kept: ContextEntry[] = [];
  for (const entry of [...shown].reverse()) {
    room -= JSON.stringify(entry).length;
    if (room < 0) break;
    kept.unshift(entry);
  }
  return kept;
}
