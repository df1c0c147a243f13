/**
 * `Keys` without elliptic curves: a keyed hash that all simulated peers can check, because the registry of one
 * world knows every secret. Two microseconds instead of a hundred; the names look like any other `did:key`.
 */
import { hash as nodeHash } from 'node:crypto';
import type { Did } from '../../protocol/brand.ts';
import { encodeDid } from '../../protocol/did.ts';
import { AmpError } from '../../protocol/errors.ts';
import type { Keys, Rng, Store } from '../../protocol/ports.ts';

const keysBucket = 'keys';
const secretBytes = 32;
const signatureBytes = 64;

/** The secrets of one simulated world. Share one object between its peers, never between worlds. */
export interface SimKeyRegistry {
  readonly secrets: Map<Did, Uint8Array>;
}

export function createSimKeyRegistry(): SimKeyRegistry {
  return { secrets: new Map() };
}

export interface SimKeysComponents {
  readonly registry: SimKeyRegistry;
  readonly rng: Rng;
  /** Where the node keeps its own secrets, so that they come back after a crash. */
  readonly store: Store;
}

export function createSimKeys({ registry, rng, store }: SimKeysComponents): Keys {
  const own = new Map<Did, Uint8Array>();
  for (const { key, value } of store.scan(keysBucket, '', '', Number.MAX_SAFE_INTEGER))
    own.set(key as Did, value as Uint8Array);

  return {
    create() {
      const secret = rng.bytes(secretBytes);
      // The "public key" is a hash of the secret: 32 bytes that look like any other key.
      const did = encodeDid(sha256(secret));
      store.commit([{ bucket: keysBucket, key: did, value: secret }]);
      registry.secrets.set(did, secret);
      own.set(did, secret);
      return did;
    },
    has: (did) => own.has(did),
    sign(did, bytes) {
      const secret = own.get(did);
      if (secret === undefined)
        throw new AmpError('AMP-1102', `The private key of ${did} is not on this node.`, { did });
      return keyedHash(secret, bytes);
    },
    verify(did, bytes, signature) {
      const secret = registry.secrets.get(did);
      if (secret === undefined || signature.length !== signatureBytes) return false;
      const expected = keyedHash(secret, bytes);
      return expected.every((byte, index) => signature[index] === byte);
    },
    hash: sha256,
  };
}

/** 64 bytes: the hash of secret and message, then zeros. */
function keyedHash(secret: Uint8Array, bytes: Uint8Array): Uint8Array {
  const input = new Uint8Array(secret.length + bytes.length);
  input.set(secret);
  input.set(bytes, secret.length);
  const signature = new Uint8Array(signatureBytes);
  signature.set(sha256(input));
  return signature;
}

function sha256(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(nodeHash('sha256', bytes, 'buffer'));
}
