/**
 * Where an agent keeps what must survive its own restart: promises made, numbers given out. Synchronous, so that a
 * write is durable before the message that depends on it leaves.
 */
import type { Store } from '../protocol/ports.ts';

export interface AgentStore {
  load(bucket: string, key: string): string | undefined;
  /** Durable when it returns; `null` deletes. */
  save(bucket: string, key: string, value: string | null): void;
  /** In the order of their bytes. */
  keys(bucket: string): readonly string[];
}

/** Lives as long as the program. */
export function createMemoryStore(): AgentStore {
  const buckets = new Map<string, Map<string, string>>();
  return {
    load: (bucket, key) => buckets.get(bucket)?.get(key),
    save(bucket, key, value) {
      const rows = buckets.get(bucket) ?? new Map<string, string>();
      buckets.set(bucket, rows);
      if (value === null) rows.delete(key);
      else rows.set(key, value);
    },
    keys: (bucket) => [...(buckets.get(bucket)?.keys() ?? [])].sort(),
  };
}

/** On the storage port, as `openSqliteStore` of a node's adapters implements it. */
export function fromStore(store: Store): AgentStore {
  return {
    load(bucket, key) {
      const value = store.get(bucket, key);
      return typeof value === 'string' ? value : undefined;
    },
    save: (bucket, key, value) => store.commit([{ bucket, key, value }]),
    keys: (bucket) => store.scan(bucket, '', '', Number.MAX_SAFE_INTEGER).map((row) => row.key),
  };
}

/** What a browser's `localStorage` offers of itself. */
export interface StorageLike {
  readonly length: number;
  key(index: number): string | null;
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

/** On a browser's `localStorage`; `prefix` keeps agents apart. */
export function fromStorage(storage: StorageLike, prefix: string): AgentStore {
  const nameOf = (bucket: string, key: string) => `${prefix}/${bucket}/${key}`;
  return {
    load: (bucket, key) => storage.getItem(nameOf(bucket, key)) ?? undefined,
    save(bucket, key, value) {
      if (value === null) storage.removeItem(nameOf(bucket, key));
      else storage.setItem(nameOf(bucket, key), value);
    },
    keys(bucket) {
      const start = nameOf(bucket, '');
      const all = Array.from({ length: storage.length }, (_, at) => storage.key(at) ?? '');
      return all
        .filter((name) => name.startsWith(start))
        .map((name) => name.slice(start.length))
        .sort();
    },
  };
}
