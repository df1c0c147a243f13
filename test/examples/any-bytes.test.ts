import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readTable, workModules } from '../../examples/agents/work/index.ts';
import { dataBytesMax } from '../../examples/agents/work/work.ts';

/** More with AMPMESH_SEEDS. */
const runs = Number(process.env.AMPMESH_SEEDS ?? 150);

const cell = fc.oneof(
  fc.constantFrom(
    '',
    'NA',
    '-',
    '1',
    '-2.5',
    '1,5',
    '1.234,56',
    '1e308',
    '-1e308',
    '1e999',
    '007',
    'true',
    '2024-02-30',
    '2024-02-29',
    '31.12.2024',
    '"',
    '""',
    'a"b',
    '=1+1',
    '<b>',
    '\u0000',
    '\ud800',
    '😀',
    'total',
    ' ',
  ),
  fc.string({ maxLength: 12 }),
  fc.double().map(String),
);
const tableText = fc
  .tuple(
    fc.constantFrom(',', ';', '\t', '|'),
    fc.constantFrom('\n', '\r\n', '\r'),
    fc.array(fc.array(cell, { maxLength: 6 }), { maxLength: 25 }),
  )
  .map(([delimiter, end, rows]) =>
    new TextEncoder().encode(rows.map((row) => row.join(delimiter)).join(end)),
  );
const files = fc.oneof(
  tableText,
  fc.uint8Array({ maxLength: 400 }),
  fc.json().map((text) => new TextEncoder().encode(text)),
);

test('no bytes make any module throw, overrun its size, or write a number that JSON has not', () => {
  fc.assert(
    fc.property(
      files,
      fc.constantFrom('a.csv', 'a.json', 'a.md', 'a.html', 'a.py', 'a.ts', 'a.sql'),
      (bytes, name) => {
        for (const module of workModules) {
          const made = module.work({
            intent: 'what stands out?',
            attachments: [{ name, mediaType: '', bytes }],
            contributions: [],
            concerns: [],
          });
          expect(made.kind).toBe(module.kind);
          expect(new TextEncoder().encode(JSON.stringify(made.data)).length).toBeLessThanOrEqual(
            dataBytesMax,
          );
          for (const file of made.files.filter((each) => each.mediaType === 'image/svg+xml')) {
            expect(new TextDecoder().decode(file.bytes)).not.toMatch(/NaN|Infinity|undefined/);
          }
        }
      },
    ),
    { seed: 4711, numRuns: runs },
  );
});

test('a table has as many values as rows in every column, whatever was read', () => {
  fc.assert(
    fc.property(files, (bytes) => {
      const reading = readTable({ name: 'a.csv', bytes });
      if ('refused' in reading) return;
      const { table } = reading;
      expect(table.rowNumbers.length).toBe(table.rowCount);
      for (const column of table.columns) {
        expect(column.cells.length).toBe(table.rowCount);
        if (column.values !== null) expect(column.values.length).toBe(table.rowCount);
      }
      expect(new Set(table.columns.map((column) => column.name)).size).toBe(table.columns.length);
    }),
    { seed: 4712, numRuns: runs * 4 },
  );
});
