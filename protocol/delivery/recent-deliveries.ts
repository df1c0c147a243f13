/**
 * What was delivered lately: a message that comes again, because its receipt was lost, is answered from here, and
 * whoever says long after a delivery that it is worked off finds here who waits to hear it.
 */

export type DeliveredLevel = 'delivered' | 'processed';

export interface RecentDeliveries<Entry extends { readonly key: string }> {
  levelOf(key: string): DeliveredLevel | undefined;
  remember(key: string, level: DeliveredLevel): void;
  /** Delivered, perhaps not worked off yet. */
  awaitProcessed(entry: Entry): void;
  unprocessed(key: string): Entry | undefined;
  /** Nobody waits any more. */
  forgetUnprocessed(key: string): void;
}

/** Kept, and a tenth more between two clearings. */
const levelsMax = 20_000;
const unprocessedMax = 4_096;

export function createRecentDeliveries<Entry extends { readonly key: string }>(): RecentDeliveries<Entry> {
  const levels = new Map<string, DeliveredLevel>();
  const unprocessed = new Map<string, Entry>();

  return {
    levelOf: (key) => levels.get(key),
    remember(key, level) {
      levels.set(key, level);
      trim(levels, levelsMax);
    },
    awaitProcessed(entry) {
      unprocessed.set(entry.key, entry);
      trim(unprocessed, unprocessedMax);
    },
    unprocessed: (key) => unprocessed.get(key),
    forgetUnprocessed: (key) => void unprocessed.delete(key),
  };
}

/**
 * Drop the oldest tenth when a map has outgrown `max` by as much: one walk over the front of a map, where removed
 * entries lie, in place of one for each entry.
 */
function trim<Value>(map: Map<string, Value>, max: number): void {
  if (map.size <= max * 1.1) return;
  for (const key of map.keys()) {
    if (map.size <= max) return;
    map.delete(key);
  }
}
