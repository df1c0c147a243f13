/** The harness on real Ed25519 and SHA-256, for a slice of the seeds. */
import { createEd25519Keys } from '../../../node/adapters/ed25519-keys.ts';
import type { Did, Sha256 } from '../../../protocol/brand.ts';
import { toBase64Url } from '../../../protocol/bytes.ts';
import { claimOf, recordBytes } from '../../../protocol/consensus/index.ts';
import type { Keys, Rng, Store, StoreValue } from '../../../protocol/ports.ts';
import { checkSignature, hashObject } from '../../../protocol/signing.ts';
import { realEngine } from '../../../sim/agreement/engine.ts';
import { type FakeKeys, ownerOf } from '../../../sim/agreement/fake-keys.ts';
import { type Crypto, instanceOf } from '../../../sim/agreement/world.ts';

/** Keys whose seeds are counted up, so that every run has the same members. */
export function createCountedKeys(): Keys {
  const rows = new Map<string, StoreValue>();
  const store: Store = {
    get: (bucket, key) => rows.get(`${bucket}/${key}`),
    scan: () => [],
    commit: (writes) => {
      for (const { bucket, key, value } of writes) if (value !== null) rows.set(`${bucket}/${key}`, value);
    },
    close: () => rows.clear(),
  };
  let created = 0;
  const rng: Rng = { uint32: () => 0, bytes: (count) => new Uint8Array(count).fill(++created) };
  return createEd25519Keys({ store, rng });
}

export function createRealCrypto(n: number): Crypto {
  const keys = createCountedKeys();
  const dids: Did[] = Array.from({ length: n }, () => keys.create());
  const instance = instanceOf(realEngine, n, dids);
  const wrapped: FakeKeys = {
    sign<T extends Parameters<FakeKeys['sign']>[0]>(record: T) {
      const signer = ownerOf(record);
      const isOurs = keys.has(signer as Did);
      const sig = isOurs ? toBase64Url(keys.sign(signer as Did, recordBytes(record))) : 'A'.repeat(86);
      const signed: T & { sig: string } = { ...record, sig };
      Object.freeze(signed);
      return signed;
    },
    verify(record) {
      const claim = claimOf(instance, record);
      return claim !== undefined && checkSignature(keys, claim);
    },
  };
  return { keys: wrapped, dids, valueIdOf: (value) => hashObject(keys, value) as Sha256 };
}
