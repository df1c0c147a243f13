/**
 * `Keys` without elliptic curves: a keyed hash that all simulated peers can check, because the registry of one
 * world knows every secret. Two microseconds instead of a hundred; the names look like any other `did:key`.
 */
import { hash as nodeHash } from 'node:crypto';
import type { Did } from '../../protocol/brand.ts';
import { CompactMap } from '../../protocol/compact-map.ts';
import { encodeDid } from '../../protocol/did.ts';
import { AmpError } from '../../protocol/errors.ts';
import type { Keys, Rng, Store } from '../../protocol/ports.ts';

const keysBucket = 'keys';
const secretBytes = 32;
const signatureBytes = 64;

/** The secrets of one simulated world. Share one object between its peers, never between worlds. */
export interface SimKeyRegistry {
  /** One character for each byte. */
  readonly secrets: Map<Did, string>;
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

export function createSimKeys(components: SimKeysComponents): Keys {
  return new HashKeys(components);
}

class HashKeys implements Keys {
  readonly #components: SimKeysComponents;
  /** Names of keys that are here; their secrets lie in the registry. */
  readonly #own = new CompactMap<Did, true>();

  constructor(components: SimKeysComponents) {
    this.#components = components;
    const { registry, store } = components;
    for (const { key, value } of store.scan(keysBucket, '', '', Number.MAX_SAFE_INTEGER)) {
      if (!registry.secrets.has(key as Did)) registry.secrets.set(key as Did, toText(value as Uint8Array));
      this.#own.set(key as Did, true);
    }
  }

  create(): Did {
    const { registry, rng, store } = this.#components;
    const secret = rng.bytes(secretBytes);
    // The "public key" is a hash of the secret: 32 bytes that look like any other key.
    const did = encodeDid(sha256(secret));
    store.commit([{ bucket: keysBucket, key: did, value: secret }]);
    registry.secrets.set(did, toText(secret));
    this.#own.set(did, true);
    return did;
  }

  has(did: Did): boolean {
    return this.#own.has(did);
  }

  sign(did: Did, bytes: Uint8Array): Uint8Array {
    if (!this.#own.has(did))
      throw new AmpError('AMP-1102', `The private key of ${did} is not on this node.`, { did });
    return keyedHash(this.#components.registry.secrets.get(did)!, bytes);
  }

  verify(did: Did, bytes: Uint8Array, signature: Uint8Array): boolean {
    const secret = this.#components.registry.secrets.get(did);
    if (secret === undefined || signature.length !== signatureBytes) return false;
    const expected = keyedHash(secret, bytes);
    return expected.every((byte, index) => signature[index] === byte);
  }

  hash(bytes: Uint8Array): Uint8Array {
    return sha256(bytes);
  }
}

/** 64 bytes: the hash of secret and message, then zeros. */
function keyedHash(secret: string, bytes: Uint8Array): Uint8Array {
  const input = new Uint8Array(secret.length + bytes.length);
  for (let i = 0; i < secret.length; i++) input[i] = secret.charCodeAt(i);
  input.set(bytes, secret.length);
  const signature = new Uint8Array(signatureBytes);
  signature.set(sha256(input));
  return signature;
}

function sha256(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(nodeHash('sha256', bytes, 'buffer'));
}

function toText(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('latin1');
}
