/**
 * The memory in which libp2p keeps what it knows of peers: bounded, and closed to the Kademlia records and
 * provider entries that any stranger may push (this project keeps its own signed records instead).
 */
import type { createLibp2p } from 'libp2p';

export type Datastore = NonNullable<NonNullable<Parameters<typeof createLibp2p>[0]>['datastore']>;
type Key = Parameters<Datastore['put']>[0];
type Pair = { readonly key: Key; readonly value: Uint8Array };

/** Judgement: ten times the peers a node meets; about 1 KiB each. The entry written longest ago goes first. */
const entriesMax = 10_000;
/** Where kad-dht puts values and providers. */
const refusedPrefix = '/dht';

export function createBoundedDatastore(): Datastore {
  const entries = new Map<string, Pair>();

  function put(key: Key, value: Uint8Array): Key {
    const name = key.toString();
    if (name.startsWith(refusedPrefix))
      throw new Error('this mesh keeps no Kademlia values and no providers');
    entries.delete(name);
    if (entries.size >= entriesMax) entries.delete(entries.keys().next().value as string);
    entries.set(name, { key, value });
    return key;
  }

  function get(key: Key): Uint8Array {
    const entry = entries.get(key.toString());
    if (entry !== undefined) return entry.value;
    // The name is how libp2p tells "not there" from a fault.
    throw Object.assign(new Error(`no entry ${key.toString()}`), {
      name: 'NotFoundError',
      code: 'ERR_NOT_FOUND',
    });
  }

  function select(prefix: string | undefined): Pair[] {
    return [...entries.values()].filter(
      ({ key }) => prefix === undefined || key.toString().startsWith(prefix),
    );
  }

  return {
    put,
    get,
    has: (key) => entries.has(key.toString()),
    delete: (key) => void entries.delete(key.toString()),
    async *putMany(source) {
      for await (const { key, value } of source) yield put(key, value);
    },
    async *getMany(source) {
      for await (const key of source) yield { key, value: get(key) };
    },
    async *deleteMany(source) {
      for await (const key of source) {
        entries.delete(key.toString());
        yield key;
      }
    },
    batch: () => {
      const steps: (() => void)[] = [];
      return {
        put: (key, value) => void steps.push(() => put(key, value)),
        delete: (key) => void steps.push(() => entries.delete(key.toString())),
        commit: () => {
          for (const step of steps.splice(0)) step();
        },
      };
    },
    async *query({ prefix, filters = [], orders = [], offset = 0, limit }) {
      let pairs = select(prefix).filter((pair) => filters.every((filter) => filter(pair)));
      for (const order of orders) pairs = pairs.sort(order);
      yield* pairs.slice(offset, limit === undefined ? undefined : offset + limit);
    },
    async *queryKeys({ prefix, filters = [], orders = [], offset = 0, limit }) {
      let keys = select(prefix)
        .map((pair) => pair.key)
        .filter((key) => filters.every((filter) => filter(key)));
      for (const order of orders) keys = keys.sort(order);
      yield* keys.slice(offset, limit === undefined ? undefined : offset + limit);
    },
  };
}
