/** What every `Store` promises, whatever disk it is on. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Store, StoreValue, Write } from '../../protocol/ports.ts';

export interface StoreWorld {
  /** Open the store; the same rows again after `close` or `crash`. */
  open(): Store;
  /** End the process that holds the store, as far as this world can. */
  crash(): void;
  dispose(): void;
}

export function describeStoreContract(name: string, create: () => StoreWorld): void {
  function withStore(run: (store: Store, world: StoreWorld) => void): void {
    const world = create();
    try {
      run(world.open(), world);
    } finally {
      world.dispose();
    }
  }

  describe(`Store contract: ${name}`, () => {
    it('gives back text as text and bytes as bytes, empty ones too', () =>
      withStore((store) => {
        const values: StoreValue[] = [
          '',
          'text',
          'a\0b',
          '\u{1f600}',
          new Uint8Array(),
          Uint8Array.of(0, 255),
        ];
        store.commit(values.map((value, index) => write('b', `k${index}`, value)));
        for (const [index, value] of values.entries())
          expect(plain(store.get('b', `k${index}`))).toEqual(plain(value));
        expect(store.get('b', 'absent')).toBeUndefined();
        expect(store.get('other', 'k0')).toBeUndefined();
      }));

    it('applies writes in their order, replaces and deletes', () =>
      withStore((store) => {
        store.commit([write('b', 'k', 'one'), write('b', 'k', 'two'), write('b', 'gone', 'x')]);
        store.commit([write('b', 'gone', null), write('b', 'never', null)]);
        expect(rows(store)).toEqual([['k', 'two']]);
      }));

    it('scans from a key up to another, at most so many, and one bucket only', () =>
      withStore((store) => {
        store.commit(['a', 'b', 'c', 'd'].map((key) => write('b', key, key)));
        store.commit([write('a', 'z', 'z'), write('c', 'a', 'a')]);
        const keys = (from: string, to: string, limit = 99) =>
          store.scan('b', from, to, limit).map((row) => row.key);
        expect(keys('', '')).toEqual(['a', 'b', 'c', 'd']);
        expect(keys('b', 'd')).toEqual(['b', 'c']);
        expect(keys('bb', '')).toEqual(['c', 'd']);
        expect(keys('', '', 2)).toEqual(['a', 'b']);
        expect(keys('', '', 0)).toEqual([]);
        expect(keys('c', 'a')).toEqual([]);
      }));

    it('orders keys by their UTF-8 bytes', () => {
      const anyKey = fc.string({ unit: 'binary', maxLength: 6 });
      fc.assert(
        fc.property(fc.uniqueArray(anyKey, { maxLength: 30 }), (keys) =>
          withStore((store) => {
            store.commit(keys.map((key) => write('b', key, '')));
            const expected = [...keys].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
            expect(store.scan('b', '', '', 1_000).map((row) => row.key)).toEqual(expected);
            const middle = expected[expected.length >> 1];
            if (middle !== undefined && middle !== '')
              expect(store.scan('b', middle, '', 1_000)[0]!.key).toBe(middle);
          }),
        ),
        { seed: 7, numRuns: 25 },
      );
      // Above U+FFFF comes after U+FFFF in UTF-8 and before it in UTF-16.
      withStore((store) => {
        store.commit(['\u{10000}', '\uffff', '\ue000'].map((key) => write('b', key, '')));
        expect(store.scan('b', '', '', 9).map((row) => row.key)).toEqual(['\ue000', '\uffff', '\u{10000}']);
      });
    });

    it('applies all writes of a commit or none', () =>
      withStore((store) => {
        store.commit([write('b', 'k', 'before')]);
        const bad = [
          write('b', 'k', 'after'),
          write('b', 'new', 'x'),
          write('b', '\ud800', 'lone surrogate'),
        ];
        expect(() => store.commit(bad)).toThrow(/AMP-1304/);
        expect(rows(store)).toEqual([['k', 'before']]);
        store.commit([write('b', 'k', 'works again')]);
        expect(rows(store)).toEqual([['k', 'works again']]);
      }));

    it('does what a map would do, over any history and through closing and crashing', () => {
      const anyWrite = fc.record({
        bucket: fc.constantFrom('a', 'b'),
        key: fc.constantFrom('k', 'l', 'm', 'n'),
        value: fc.option(fc.oneof(fc.string({ maxLength: 4 }), fc.uint8Array({ maxLength: 4 })), { freq: 3 }),
      });
      const anyStep = fc.oneof(fc.array(anyWrite, { maxLength: 5 }), fc.constantFrom('reopen', 'crash'));
      fc.assert(
        fc.property(fc.array(anyStep, { maxLength: 12 }), (steps) => {
          const world = create();
          try {
            const model = new Map<string, StoreValue>();
            let store = world.open();
            for (const step of steps) {
              if (step === 'reopen') store.close();
              else if (step === 'crash') world.crash();
              else store.commit(step);
              if (typeof step === 'string') store = world.open();
              else for (const { bucket, key, value } of step) applyTo(model, bucket + key, value);
              const found = ['a', 'b'].flatMap((bucket) =>
                store.scan(bucket, '', '', 99).map((row) => [bucket + row.key, plain(row.value)]),
              );
              expect(found).toEqual([...model].sort().map(([key, value]) => [key, plain(value)]));
            }
          } finally {
            world.dispose();
          }
        }),
        { seed: 11, numRuns: 25 },
      );
    });

    it('lets one holder in at a time', () =>
      withStore((store, world) => {
        expect(() => world.open()).toThrow(/AMP-1302/);
        store.close();
        store.close();
        world.open().commit([write('b', 'k', 'v')]);
      }));
  });
}

function write(bucket: string, key: string, value: StoreValue | null): Write {
  return { bucket, key, value };
}

function rows(store: Store): [string, unknown][] {
  return store.scan('b', '', '', 99).map((row) => [row.key, plain(row.value)]);
}

/** Bytes in a form that compares by content and differs from every text. */
function plain(value: StoreValue | undefined): unknown {
  return value instanceof Uint8Array ? { bytes: [...value] } : value;
}

function applyTo(model: Map<string, StoreValue>, key: string, value: StoreValue | null): void {
  if (value === null) model.delete(key);
  else model.set(key, value);
}
