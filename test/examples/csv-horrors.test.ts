import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { csvProfile, outliers, readTable, report, statistics } from '../../examples/agents/work/index.ts';
import type { ColumnStatistics } from '../../examples/agents/work/statistics.ts';
import { horrors } from './horrors.ts';

const python = '/usr/bin/python3';
const hasPython = existsSync(python);
if (!hasPython) console.log('SKIPPED csv-horrors: no python3 for the independent computation');

interface Expected {
  readonly rows: number;
  readonly columns: Readonly<Record<string, Omit<ColumnStatistics, 'column' | 'p95' | 'skewness'>>>;
}

function computeIndependently(): readonly Expected[] {
  const folder = mkdtempSync(join(tmpdir(), 'ampmesh-horrors-'));
  try {
    const specs = horrors.map((horror, index) => {
      const path = join(folder, `${index}.csv`);
      writeFileSync(path, horror.bytes);
      return { path, ...horror.dialect };
    });
    const out = execFileSync(python, [join(import.meta.dirname, 'reference.py')], {
      input: JSON.stringify(specs),
    });
    return JSON.parse(out.toString()) as Expected[];
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function columnsOf(bytes: Uint8Array): ColumnStatistics[] {
  const made = statistics.work({
    intent: 'what stands out in this data?',
    attachments: [{ name: 'any.csv', mediaType: 'text/csv', bytes }],
    contributions: [],
    concerns: [],
  });
  const tables = made.data.tables as { columns: ColumnStatistics[] }[];
  return tables[0]!.columns;
}

test.skipIf(!hasPython)('the figures of every unprepared table agree with an independent computation', () => {
  const expected = computeIndependently();
  horrors.forEach((horror, index) => {
    const reading = readTable({ name: 'any.csv', bytes: horror.bytes });
    if ('refused' in reading) throw new Error(`${horror.name}: ${reading.refused}`);
    expect(reading.table.rowCount, horror.name).toBe(expected[index]!.rows);
    const found = columnsOf(horror.bytes);
    expect(found.map((column) => column.column).sort(), horror.name).toEqual(
      Object.keys(expected[index]!.columns).sort(),
    );
    for (const column of found) {
      for (const [figure, value] of Object.entries(expected[index]!.columns[column.column]!)) {
        const got = column[figure as keyof ColumnStatistics] as number | null;
        const where = `${horror.name}, ${column.column}, ${figure}: ${got} instead of ${value}`;
        if (value === null) expect(got, where).toBeNull();
        else expect(Math.abs(got! - value), where).toBeLessThanOrEqual(1e-9 * Math.max(1, Math.abs(value)));
      }
    }
  });
});

test('every unprepared table ends in a report that names its agents', () => {
  for (const horror of horrors) {
    const input = {
      intent: 'what stands out?',
      attachments: [{ name: 'any.csv', mediaType: '', bytes: horror.bytes }],
      contributions: [],
      concerns: [],
    };
    const heard = [csvProfile, statistics, outliers].map((module, index) => ({
      ...module.work(input),
      id: `m${index}`,
      from: module.name,
    }));
    const made = report.work({ ...input, contributions: heard });
    for (const { name } of [csvProfile, statistics, outliers])
      expect(made.markdown, horror.name).toContain(name);
    expect(made.files.map((file) => file.name)).toContain('any-report.html');
  }
});

const text = (content: string): { name: string; bytes: Uint8Array } => ({
  name: 'any.csv',
  bytes: new TextEncoder().encode(content),
});

function tableOf(content: string): Extract<ReturnType<typeof readTable>, { table: unknown }>['table'] {
  const reading = readTable(text(content));
  if ('refused' in reading) throw new Error(reading.refused);
  return reading.table;
}

test('duplicate and empty header names become distinct names', () => {
  const table = tableOf('a,a,,b\n1,2,3,4\n5,6,7,8\n');
  expect(table.columns.map((column) => column.name)).toEqual(['a', 'a (2)', 'column 3', 'b']);
  expect(table.notes.join(' ')).toContain('“a” 2 times');
});

test('dates are found in six notations and month-first is told by its days', () => {
  for (const [cell, day] of [
    ['2024-03-17', 17],
    ['17.03.2024', 17],
    ['3/17/2024', 17],
    ['17 Mar 2024', 17],
    ['March 17, 2024', 17],
    ['2024/3/17 10:30', 17],
  ] as const) {
    const { columns } = tableOf(`when,n\n"${cell}",1\n"${cell}",2\n`);
    expect(columns[0]!.type, cell).toBe('date');
    expect(new Date(columns[0]!.values![0]!).getUTCDate(), cell).toBe(day);
    expect(new Date(columns[0]!.values![0]!).getUTCMonth(), cell).toBe(2);
  }
});

test('digits that name something stay text', () => {
  expect(tableOf('zip,n\n01067,1\n80331,2\n00501,3\n').columns[0]!.type).toBe('text');
  expect(tableOf('card,n\n4929123412341234567,1\n4929123412341234568,2\n').columns[0]!.type).toBe('text');
});

test('a title above the table and a total below it are left out and said', () => {
  const table = tableOf('Quarterly figures\n\nregion,amount\nnorth,10\nsouth,20\neast,30\nTotal,60\n');
  expect(table.columns.map((column) => column.name)).toEqual(['region', 'amount']);
  expect(table.rowCount).toBe(3);
  expect(Array.from(table.rowNumbers)).toEqual([4, 5, 6]);
  expect(table.notes.join(' ')).toMatch(/before the table.*total/);
});

test('a quotation mark that is never closed costs no rows', () => {
  const table = tableOf(`name,n\n"open,1\n${'x,2\n'.repeat(50)}`);
  expect(table.rowCount).toBe(51);
  expect(table.notes.join(' ')).toContain('never closed');
});

test('a stray word in a number column is reported with its row, not turned into a number', () => {
  const table = tableOf(
    `n,m\n${Array.from({ length: 30 }, (_, i) => (i === 10 ? 'broken,1' : `${i},1`)).join('\n')}\n`,
  );
  expect(table.columns[0]!.type).toBe('number');
  expect(table.columns[0]!.unreadable).toEqual([{ row: 10, text: 'broken' }]);
  expect(table.columns[0]!.values![10]).toBeNaN();
});

test('numbers beyond all measurement are not computed with', () => {
  // Found by any-bytes: a range that overflows has no axis.
  const table = tableOf('a,b\n-1.6e308,1\n1.6e308,2\n1,3\n');
  expect(table.columns[0]!.type).not.toBe('number');
});

test('archives, images and empty files are refused by name, not read', () => {
  for (const [bytes, reason] of [
    [Uint8Array.from([0x50, 0x4b, 3, 4, 0, 0, 1, 2]), 'office document'],
    [Uint8Array.from([0x1f, 0x8b, 8, 0, 0]), 'gzip'],
    [Uint8Array.from([1, 2, 0, 3, 4, 5, 0, 0, 0, 9]), 'binary'],
    [new Uint8Array(0), 'empty'],
    [new TextEncoder().encode('\n\n\n'), 'empty'],
  ] as const) {
    const reading = readTable({ name: 'x.csv', bytes });
    expect('refused' in reading ? reading.refused : 'read').toContain(reason);
  }
});

test('JSON records, nested and by lines, are tables too', () => {
  expect(
    tableOf('[{"a":1,"b":{"c":"x"}},{"a":2.5,"b":{"c":null}}]').columns.map((column) => [
      column.name,
      column.type,
    ]),
  ).toEqual([
    ['a', 'number'],
    ['b.c', 'category'],
  ]);
  expect(tableOf('{"a":1}\n{"a":2}\n{"a":3}\n').rowCount).toBe(3);
  expect(tableOf('{"items":[{"a":1},{"a":2}],"next":null}').rowCount).toBe(2);
});
