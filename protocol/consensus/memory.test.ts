import { expect, test } from 'vitest';
import { readMemory, restorePlace, rowKey, rowRange } from './memory.ts';
import type { Vote } from './records.ts';

const opened = JSON.stringify({ type: 'opened', abstains: false });
const at = { instance: 'i', openedAtMs: 1_000, storeCreatedAtMs: 500 };

function rows(values: readonly string[]) {
  return values.map((value, seq) => ({ key: rowKey('i', seq), value }));
}

function vote(type: Vote['type'], round: number, value: string | null) {
  return { type: 'vote' as const, vote: { type, round, value } as Vote };
}

test('no rows in a store that is older than the instance: never took part', () => {
  expect(readMemory({ ...at, rows: [] })).toEqual({ type: 'fresh' });
});

test('no rows in a store that is younger than the instance: may have voted, so it abstains', () => {
  expect(readMemory({ ...at, storeCreatedAtMs: 1_001, rows: [] })).toEqual({ type: 'lost' });
});

test('rows in order are restored', () => {
  expect(readMemory({ ...at, rows: rows([opened, opened]) })).toMatchObject({ type: 'restored' });
});

test('a hole, a missing head, a torn or a binary row means that the log is lost', () => {
  const good = rows([opened, opened, opened]);
  expect(readMemory({ ...at, rows: [good[0]!, good[2]!] })).toEqual({ type: 'lost' });
  expect(readMemory({ ...at, rows: good.slice(1) })).toEqual({ type: 'lost' });
  expect(readMemory({ ...at, rows: rows([opened, '{"type":"vo']) })).toEqual({ type: 'lost' });
  expect(readMemory({ ...at, rows: [{ key: rowKey('i', 0), value: new Uint8Array(3) }] })).toEqual({
    type: 'lost',
  });
});

test('the rows of one instance lie within its range, those of others outside', () => {
  const { fromKey, toKey } = rowRange('i');
  const isInside = (key: string) => key >= fromKey && key < toKey;
  expect([rowKey('i', 0), rowKey('i', 999_999)].every(isInside)).toBe(true);
  expect([rowKey('i2', 0), rowKey('h', 0), rowKey('i0', 0)].some(isInside)).toBe(false);
});

test('place and lock come from the newest own votes', () => {
  const place = restorePlace([
    { type: 'opened', abstains: false },
    vote('prevote', 0, 'a'),
    vote('precommit', 0, 'a'),
    vote('prevote', 1, null),
    vote('precommit', 1, null),
    vote('prevote', 2, 'b'),
  ]);
  expect(place).toEqual({ round: 2, step: 'prevote', lockedRound: 0, lockedValue: 'a' });
});
