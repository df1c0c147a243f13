import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { StoreValue, Write } from '../../protocol/ports.ts';
import { createMailLog } from './mail-log.ts';
import type { PeerCore } from './peer-core.ts';

/** A disk that is a map, and turns that end when the test says so. */
function createDisk() {
  const rows = new Map<string, StoreValue>();
  const open = () => {
    let writes: Write[] = [];
    let gathers: (() => void)[] = [];
    const core = {
      store: {
        get: (bucket: string, key: string) => rows.get(`${bucket}/${key}`),
        scan: (bucket: string) =>
          [...rows]
            .filter(([key]) => key.startsWith(`${bucket}/`))
            .map(([key, value]) => ({ key: key.slice(bucket.length + 1), value }))
            .sort((a, b) => (a.key < b.key ? -1 : 1)),
      },
      turn: {
        persist: (bucket: string, key: string, value: StoreValue | null) =>
          void writes.push({ bucket, key, value }),
        beforeCommit: (action: () => void) => void gathers.push(action),
      },
    } as unknown as PeerCore;
    const log = createMailLog(core);
    return {
      log,
      commit() {
        for (const gather of gathers) gather();
        for (const { bucket, key, value } of writes)
          if (value === null) rows.delete(`${bucket}/${key}`);
          else rows.set(`${bucket}/${key}`, value);
        gathers = [];
        writes = [];
      },
    };
  };
  return { rows, open };
}

const valueFor = (key: number, size = 1) => `{"key":${key}}\n{"text":"${'x'.repeat(size)}"}`;

describe('MailLog', () => {
  it('loads after a crash what was put and committed and not removed, whatever the order of events', () => {
    const change = fc.record({
      kind: fc.constantFrom('put', 'remove', 'commit', 'crash'),
      key: fc.nat(12),
      size: fc.constantFrom(1, 40_000),
    });
    void fc.assert(
      fc.property(fc.array(change, { maxLength: 60 }), (changes) => {
        const disk = createDisk();
        let { log, commit } = disk.open();
        let committed = new Map<string, string>();
        let present = new Map<string, string>();
        for (const { kind, key, size } of changes) {
          if (kind === 'put') {
            log.put(`k${key}`, valueFor(key, size));
            present.set(`k${key}`, valueFor(key, size));
          }
          if (kind === 'remove') {
            log.remove(`k${key}`);
            present.delete(`k${key}`);
          }
          if (kind === 'commit') {
            commit();
            committed = new Map(present);
          }
          if (kind !== 'crash') continue;
          ({ log, commit } = disk.open());
          const loaded = new Map(log.load().map((row) => [row.key, row.value]));
          expect(loaded).toEqual(committed);
          present = new Map(committed);
        }
      }),
      { seed: 7, numRuns: 400 },
    );
  });

  it('keeps no row when nothing waits', () => {
    const { rows, open } = createDisk();
    const { log, commit } = open();
    for (let key = 0; key < 100; key += 1) log.put(`k${key}`, valueFor(key));
    commit();
    for (let key = 0; key < 100; key += 2) log.remove(`k${key}`);
    commit();
    expect(rows.size).toBe(2);
    for (let key = 1; key < 100; key += 2) log.remove(`k${key}`);
    commit();
    expect(rows.size).toBe(0);
  });

  it('writes nothing for what came and went in one turn', () => {
    const { rows, open } = createDisk();
    const { log, commit } = open();
    log.put('k', valueFor(1));
    log.remove('k');
    commit();
    expect(rows.size).toBe(0);
  });

  it('gives the disk back when one old message outlives a large group', () => {
    const { rows, open } = createDisk();
    const { log, commit } = open();
    for (let key = 0; key < 50; key += 1) log.put(`k${key}`, valueFor(key, 4_000));
    commit();
    for (let key = 1; key < 50; key += 1) log.remove(`k${key}`);
    commit();
    const bytes = [...rows.values()].reduce((sum, value) => sum + value.length, 0);
    expect(bytes).toBeLessThan(5_000);
    expect(open().log.load()).toEqual([{ key: 'k0', value: valueFor(0, 4_000) }]);
  });
});
