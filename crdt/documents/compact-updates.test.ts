import { describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { Draw } from '../../test/crdt/harness.ts';
import { Refused } from '../frames/byte-reader.ts';
import { rootName } from '../frames/update-parser.ts';
import { compactUpdates } from './compact-updates.ts';
import { DocumentCache, openDocument } from './document-cache.ts';

const epoch = `0000000a${'0'.repeat(24)}`;
const client = 10;

function writeRandomly(draw: Draw, transactionCount: number): { updates: Uint8Array[]; map: Y.Map<unknown> } {
  const doc = new Y.Doc();
  doc.clientID = client;
  const map = doc.getMap(rootName);
  const updates: Uint8Array[] = [];
  doc.on('update', (update: Uint8Array) => updates.push(update));
  for (let i = 0; i < transactionCount; i++) {
    doc.transact(() => {
      for (let j = draw.int(4); j >= 0; j--) {
        const key = `k${draw.int(6)}`;
        if (draw.chance(0.25)) map.delete(key);
        else map.set(key, draw.pick([i, { i }, Uint8Array.of(i & 255), `text ${i}`]));
      }
    });
  }
  return { updates, map };
}

describe('compaction', () => {
  test('gives, byte for byte, the state that Yjs encodes after applying every frame', () => {
    for (let seed = 0; seed < 300; seed++) {
      const { updates, map } = writeRandomly(new Draw(seed), 1 + (seed % 40));
      const opened = openDocument(epoch, updates);
      if (opened instanceof Refused) throw new Error(opened.reason);
      const compact = compactUpdates(client, updates);
      expect(compact, `seed ${seed}`).toEqual(Y.encodeStateAsUpdate(opened.doc));
      const again = new Y.Doc();
      Y.applyUpdate(again, compact as Uint8Array);
      expect(again.getMap(rootName).toJSON()).toEqual(map.toJSON());
    }
  });

  test('refuses a chain with a hole', () => {
    const { updates } = writeRandomly(new Draw(1), 10);
    expect(compactUpdates(client, updates.slice(1))).toBeInstanceOf(Refused);
  });
});

describe('the document cache', () => {
  test('keeps open documents under its limit and gives the same content after closing one', () => {
    const cache = new DocumentCache(4_000);
    const { updates, map } = writeRandomly(new Draw(3), 30);
    for (let i = 0; i < 50; i++) cache.get(epoch, `head${i}`, () => updates);
    expect(cache.openCount).toBeLessThan(20);
    const opened = cache.get(epoch, 'head0', () => updates);
    expect(opened instanceof Refused ? opened.reason : opened.entries.toJSON()).toEqual(map.toJSON());
    cache.closeAll();
    expect(cache.openCount).toBe(0);
  });
});
