/** Our writer, our parser and Yjs must be of one mind, in both directions. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { Refused } from './byte-reader.ts';
import type { EntryValue } from './entry-value.ts';
import { type FrameMark, GrammarIndex } from './grammar-index.ts';
import { parseUpdate, rootName } from './update-parser.ts';
import { type Edit, writeUpdate } from './update-writer.ts';

const client = 7;
const seedCount = Math.min(Number(process.env.AMPMESH_SEEDS ?? 300), 20_000);
const mark = (seq: number): FrameMark => ({ epoch: 'e', seq, at: seq, members: '' });

const key = fc.constantFrom('a', 'b', 'c', 'claim/1', 'ключ', 'k'.repeat(40));
const scalar = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 40 }),
  fc.integer(),
  fc.double({ noDefaultInfinity: true, noNaN: true }).map((n) => n + 0),
  fc.boolean(),
  fc.constant(null),
);
const value: fc.Arbitrary<EntryValue> = fc.oneof(
  scalar,
  fc.array(scalar, { maxLength: 4 }),
  fc.dictionary(
    fc.string({ maxLength: 6 }).filter((k) => !/^(__proto__|constructor|prototype)$/.test(k)),
    scalar,
    {
      maxKeys: 4,
      noNullPrototype: true,
    },
  ),
  fc.uint8Array({ maxLength: 12 }),
);
const edit: fc.Arbitrary<Edit> = fc.record({ key, value: fc.option(value, { nil: undefined, freq: 3 }) });
const transactions = fc.array(fc.array(edit, { minLength: 1, maxLength: 6 }), {
  minLength: 1,
  maxLength: 12,
});

function openWriter(): { doc: Y.Doc; map: Y.Map<unknown>; updates: Uint8Array[] } {
  const doc = new Y.Doc();
  doc.clientID = client;
  const updates: Uint8Array[] = [];
  doc.on('update', (update: Uint8Array) => updates.push(update));
  return { doc, map: doc.getMap(rootName), updates };
}

function transact(doc: Y.Doc, map: Y.Map<unknown>, edits: readonly Edit[]): void {
  doc.transact(() => {
    for (const { key: name, value: content } of edits) {
      if (content === undefined) map.delete(name);
      else map.set(name, content);
    }
  });
}

function takeIn(index: GrammarIndex, update: Uint8Array, seq: number): void {
  const parsed = parseUpdate(update);
  if (parsed instanceof Refused) throw new Error(`refused by the parser: ${parsed.reason}`);
  const checked = index.check(parsed);
  if (checked instanceof Refused) throw new Error(`refused by the grammar: ${checked.reason}`);
  index.apply(checked, mark(seq));
}

function viewOf(index: GrammarIndex): Record<string, unknown> {
  const view: Record<string, unknown> = {};
  for (const slot of index.entries()) if (slot.value !== undefined) view[slot.key] = slot.value;
  return view;
}

describe('Yjs and the grammar', () => {
  test('every transaction of an honest Y.Map writer passes, and the parsed view equals the Y.Doc view', () => {
    fc.assert(
      fc.property(transactions, (batches) => {
        const { doc, map, updates } = openWriter();
        const index = new GrammarIndex(client);
        for (const batch of batches) {
          transact(doc, map, batch);
          for (const update of updates.splice(0)) takeIn(index, update, 0);
          expect(viewOf(index)).toEqual(map.toJSON());
        }
      }),
      { seed: 1, numRuns: seedCount },
    );
  });

  test('our writer makes, byte for byte, the update that a Yjs transaction makes', () => {
    fc.assert(
      fc.property(transactions, (batches) => {
        const { doc, map, updates } = openWriter();
        const index = new GrammarIndex(client);
        for (const [seq, batch] of batches.entries()) {
          const edits = [...new Map(batch.map((one) => [one.key, one])).values()];
          const ours = writeUpdate(index, edits);
          transact(doc, map, edits);
          const theirs = updates.splice(0);
          expect(ours === undefined ? [] : [ours]).toEqual(theirs);
          if (ours !== undefined) takeIn(index, ours, seq);
        }
        expect(viewOf(index)).toEqual(map.toJSON());
      }),
      { seed: 2, numRuns: seedCount },
    );
  });
});
