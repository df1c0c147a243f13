/**
 * The real shell: the ports of `protocol/ports.ts` on libp2p, SQLite, Ed25519 and the machine's own clock.
 *
 * @example
 * const store = openSqliteStore({ file: 'data/node.sqlite' });
 * const keys = createEd25519Keys({ store, rng: createSecureRng() });
 * const node = keys.create();
 */
export { createEd25519Keys, type Ed25519Keys } from './ed25519-keys.ts';
export { createSecureRng } from './secure-rng.ts';
export { openSqliteStore, type SqliteStore, type SqliteStoreInit } from './sqlite-store.ts';
export { createSystemClock, type SystemClock } from './system-clock.ts';
