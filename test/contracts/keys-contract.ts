/** What every `Keys` promises, whatever the mathematics. */
import { describe, expect, it } from 'vitest';
import type { Did } from '../../protocol/brand.ts';
import { toHex, utf8 } from '../../protocol/bytes.ts';
import { isDid } from '../../protocol/did.ts';
import type { Keys } from '../../protocol/ports.ts';

export interface KeysWorld {
  /** The keys of one node; two names are two nodes that check each other's signatures. */
  open(node: string): Keys;
}

export function describeKeysContract(name: string, create: () => KeysWorld): void {
  describe(`Keys contract: ${name}`, () => {
    const message = utf8('a message');

    it('creates keys with different DIDs and signs with them', () => {
      const keys = create().open('a');
      const [one, two] = [keys.create(), keys.create()];
      expect(one).not.toBe(two);
      for (const did of [one, two]) {
        expect(isDid(did)).toBe(true);
        expect(keys.has(did)).toBe(true);
        const signature = keys.sign(did, message);
        expect(signature.length).toBe(64);
        expect(keys.verify(did, message, signature)).toBe(true);
      }
    });

    it('accepts a signature of another node and signs with its own keys only', () => {
      const world = create();
      const [a, b] = [world.open('a'), world.open('b')];
      const did = a.create();
      expect(b.verify(did, message, a.sign(did, message))).toBe(true);
      expect(b.has(did)).toBe(false);
      expect(() => b.sign(did, message)).toThrow(/AMP-1102/);
    });

    it('refuses any changed byte, another signer and another message', () => {
      const keys = create().open('a');
      const [did, other] = [keys.create(), keys.create()];
      const signature = keys.sign(did, message);
      for (let index = 0; index < 64; index++) {
        const changed = Uint8Array.from(signature, (byte, at) => (at === index ? byte ^ 1 : byte));
        expect(keys.verify(did, message, changed)).toBe(false);
      }
      expect(keys.verify(other, message, signature)).toBe(false);
      expect(keys.verify(did, utf8('b message'), signature)).toBe(false);
      expect(keys.verify(did, utf8(''), signature)).toBe(false);
    });

    it('answers false, and never throws, for what is no DID or no signature', () => {
      const keys = create().open('a');
      const did = keys.create();
      const signature = keys.sign(did, message);
      const notDids = ['', 'did:key:', 'did:web:x', `${did}x`, did.slice(0, -1), 'did:key:z6Mk', '\u{1f600}'];
      for (const text of notDids) expect(keys.verify(text as Did, message, signature)).toBe(false);
      for (const length of [0, 1, 63, 65, 128])
        expect(keys.verify(did, message, new Uint8Array(length))).toBe(false);
      for (const fill of [0, 255])
        expect(keys.verify(did, message, new Uint8Array(64).fill(fill))).toBe(false);
    });

    it('has its keys again after a restart', () => {
      const world = create();
      const did = world.open('a').create();
      const reopened = world.open('a');
      expect(reopened.has(did)).toBe(true);
      expect(reopened.verify(did, message, reopened.sign(did, message))).toBe(true);
    });

    it('hashes with SHA-256', () => {
      const { hash } = create().open('a');
      // FIPS 180-2, appendix B.1.
      expect(toHex(hash(utf8('abc')))).toBe(
        'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
      );
      expect(hash(new Uint8Array()).length).toBe(32);
    });
  });
}
