/**
 * `Keys` with real Ed25519 (RFC 8032) by synchronous `node:crypto`; private halves are kept as 32-byte seeds in
 * the node's own store, bucket `keys`, key = DID.
 */
import {
  createPrivateKey,
  createPublicKey,
  type KeyObject,
  hash as nodeHash,
  sign as nodeSign,
  verify as nodeVerify,
} from 'node:crypto';
import type { Did } from '../../protocol/brand.ts';
import { decodeDid, encodeDid } from '../../protocol/did.ts';
import { AmpError } from '../../protocol/errors.ts';
import type { Keys, Rng, Store } from '../../protocol/ports.ts';

const keysBucket = 'keys';
const signatureBytes = 64;
/** Key objects kept, each about 1 KiB outside the heap. Judgement: the agents of a mid-sized mesh in 4 MiB. */
const publicKeysMax = 4_096;
const privateKeysMax = 1_024;

/** What goes before the 32 bytes in the DER form of a key (RFC 8410 §7 and §4). */
const privateKeyHeader = Buffer.from('302e020100300506032b657004220420', 'hex');
const publicKeyHeader = Buffer.from('302a300506032b6570032100', 'hex');

export interface Ed25519KeysComponents {
  readonly store: Store;
  /** Where the seeds come from: the secure generator, except in replayable tests. */
  readonly rng: Rng;
}

export interface Ed25519Keys extends Keys {
  /**
   * The seed of a key that is here, for the transport's own handshakes. Never log it, never send it.
   * @throws AmpError AMP-1102 when the key is not here.
   */
  exportSeed(did: Did): Uint8Array;
}

export function createEd25519Keys({ store, rng }: Ed25519KeysComponents): Ed25519Keys {
  const publicKeys = new BoundedCache<Did, KeyObject | undefined>(publicKeysMax);
  const privateKeys = new BoundedCache<Did, KeyObject>(privateKeysMax);

  function exportSeed(did: Did): Uint8Array {
    const seed = store.get(keysBucket, did);
    if (seed instanceof Uint8Array) return seed;
    throw new AmpError('AMP-1102', `The private key of ${did} is not on this node.`, { did });
  }

  return {
    exportSeed,
    create() {
      const seed = rng.bytes(32);
      const did = encodeDid(publicHalf(readPrivateKey(seed)));
      store.commit([{ bucket: keysBucket, key: did, value: seed }]);
      return did;
    },
    has: (did) => store.get(keysBucket, did) !== undefined,
    sign(did, bytes) {
      const key = privateKeys.get(did, () => readPrivateKey(exportSeed(did)));
      return new Uint8Array(nodeSign(null, bytes, key));
    },
    verify(did, bytes, signature) {
      if (signature.length !== signatureBytes) return false;
      const key = publicKeys.get(did, () => readPublicKey(did));
      return key !== undefined && nodeVerify(null, bytes, key, signature);
    },
    hash: (bytes) => new Uint8Array(nodeHash('sha256', bytes, 'buffer')),
  };
}

function readPrivateKey(seed: Uint8Array): KeyObject {
  const der = Buffer.concat([privateKeyHeader, seed]);
  return createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
}

function publicHalf(privateKey: KeyObject): Uint8Array {
  const der = createPublicKey(privateKey).export({ format: 'der', type: 'spki' });
  return new Uint8Array(der.subarray(publicKeyHeader.length));
}

/** `undefined` for a text that is no DID and for a key of small order, under which anybody can sign anything. */
function readPublicKey(did: Did): KeyObject | undefined {
  const bytes = decodeDid(did);
  if (bytes === undefined || isSmallOrder(bytes)) return undefined;
  return createPublicKey({ key: Buffer.concat([publicKeyHeader, bytes]), format: 'der', type: 'spki' });
}

/**
 * Node 24's OpenSSL refuses these keys by itself; the table is for older ones, so that all nodes agree on what is
 * a signature. The y-coordinates of the points whose order divides 8, canonical and not, little-endian, sign bit cleared.
 * @see Chalkias, Garillot, Nikolaenko 2020, "Taming the many EdDSAs", table 6
 */
const smallOrderPoints = new Set([
  '0000000000000000000000000000000000000000000000000000000000000000',
  '0100000000000000000000000000000000000000000000000000000000000000',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
]);

function isSmallOrder(publicKey: Uint8Array): boolean {
  const y = Buffer.from(publicKey);
  y[31] = y[31]! & 0x7f;
  return smallOrderPoints.has(y.toString('hex'));
}

/** Keeps the entries used last. A map iterates in order of insertion, so the first entry is the oldest. */
class BoundedCache<Key, Value> {
  readonly #entries = new Map<Key, Value>();
  readonly #max: number;

  constructor(max: number) {
    this.#max = max;
  }

  get(key: Key, make: () => Value): Value {
    const isKnown = this.#entries.has(key);
    const value = isKnown ? (this.#entries.get(key) as Value) : make();
    if (isKnown) this.#entries.delete(key);
    else if (this.#entries.size >= this.#max) this.#entries.delete(this.#entries.keys().next().value as Key);
    this.#entries.set(key, value);
    return value;
  }
}
