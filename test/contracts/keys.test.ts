import { describe, expect, it } from 'vitest';
import { createEd25519Keys } from '../../node/adapters/ed25519-keys.ts';
import type { Did } from '../../protocol/brand.ts';
import { toHex, utf8 } from '../../protocol/bytes.ts';
import { encodeDid } from '../../protocol/did.ts';
import type { Store } from '../../protocol/ports.ts';
import { createSimDisk, createSimKeyRegistry, createSimKeys, createSimRng } from '../../sim/shell/index.ts';
import { describeKeysContract } from './keys-contract.ts';

describeKeysContract('Ed25519', () => {
  const stores = new Map<string, Store>();
  return { open: (node) => createEd25519Keys({ store: storeOf(stores, node), rng: createSimRng(node) }) };
});

describeKeysContract('sim', () => {
  const registry = createSimKeyRegistry();
  const stores = new Map<string, Store>();
  return {
    open: (node) => createSimKeys({ registry, store: storeOf(stores, node), rng: createSimRng(node) }),
  };
});

function storeOf(stores: Map<string, Store>, node: string): Store {
  const store = stores.get(node) ?? createSimDisk().open();
  stores.set(node, store);
  return store;
}

describe('Ed25519Keys', () => {
  const hex = (text: string) => new Uint8Array(Buffer.from(text, 'hex'));

  it('makes the signature of RFC 8032, section 7.1, test 2', () => {
    const seed = hex('4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb');
    const keys = createEd25519Keys({
      store: createSimDisk().open(),
      rng: { uint32: () => 0, bytes: () => seed },
    });
    const did = keys.create();
    expect(did).toBe(encodeDid(hex('3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c')));
    expect(keys.exportSeed(did)).toEqual(seed);
    expect(toHex(keys.sign(did, hex('72')))).toBe(
      '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da' +
        '085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
    );
  });

  it('refuses keys of small order, under which one signature fits every message', () => {
    const keys = createEd25519Keys({ store: createSimDisk().open(), rng: createSimRng(1) });
    // The neutral point as key and as R, with S = 0: the equation S·B = R + k·A holds for every k.
    const neutral = hex(`01${'00'.repeat(31)}`);
    const forged = new Uint8Array([...neutral, ...new Uint8Array(32)]);
    expect(keys.verify(encodeDid(neutral), utf8('anything'), forged)).toBe(false);
  });

  it('answers false for 32 bytes that are no point of the curve', () => {
    const keys = createEd25519Keys({ store: createSimDisk().open(), rng: createSimRng(1) });
    for (let byte = 2; byte < 40; byte++) {
      const did: Did = encodeDid(new Uint8Array(32).fill(byte));
      expect(keys.verify(did, utf8('x'), new Uint8Array(64).fill(byte))).toBe(false);
    }
  });

  it('goes on checking signatures when more keys came by than it remembers', () => {
    const keys = createEd25519Keys({ store: createSimDisk().open(), rng: createSimRng(1) });
    const did = keys.create();
    const signature = keys.sign(did, utf8('x'));
    const rng = createSimRng('strangers');
    for (let i = 0; i < 5_000; i++) keys.verify(encodeDid(rng.bytes(32)), utf8('x'), new Uint8Array(64));
    expect(keys.verify(did, utf8('x'), signature)).toBe(true);
  });
});

describe('SimKeys', () => {
  it('gives the same names and signatures for the same seed', () => {
    const signed = [1, 2].map(() => {
      const keys = createSimKeys({
        registry: createSimKeyRegistry(),
        rng: createSimRng(3),
        store: createSimDisk().open(),
      });
      const did = keys.create();
      return [did, toHex(keys.sign(did, utf8('x')))];
    });
    expect(signed[0]).toEqual(signed[1]);
  });
});
