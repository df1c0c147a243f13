/**
 * The real shell: the ports of `protocol/ports.ts` on libp2p, SQLite, Ed25519 and the machine's own clock.
 *
 * @example
 * const [clock, rng] = [createSystemClock(), createSecureRng()];
 * const store = openSqliteStore({ file: 'data/node.sqlite' });
 * const keys = createEd25519Keys({ store, rng });
 * const seed = keys.exportSeed(keys.create());
 * const transport = await createLibp2pTransport({ store, clock, rng }, { seed, meshId, topics });
 * transport.start((event) => console.log(event.type));
 * await transport.listening();
 */
export { createEd25519Keys, type Ed25519Keys } from './ed25519-keys.ts';
export { createLibp2pDirectory, type Libp2pDirectory } from './libp2p-directory.ts';
export { createLibp2pTransport } from './libp2p-transport.ts';
export type {
  ConnectionFacts,
  Libp2pTransport,
  Libp2pTransportInit,
  TransportCounts,
} from './libp2p-transport-types.ts';
export { toNodeId, toPeerId } from './node-id.ts';
export { createSecureRng } from './secure-rng.ts';
export { openSqliteStore, type SqliteStore, type SqliteStoreInit } from './sqlite-store.ts';
export { createSystemClock, type SystemClock } from './system-clock.ts';
