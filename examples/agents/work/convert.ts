/** CSV to JSON and JSON to CSV, with the values typed: numbers as numbers, dates as ISO text, missing as null. */

import { fileStem } from './charts.ts';
import { stringifyCsv } from './csv-write.ts';
import { isTabular, judgeTrade } from './judge.ts';
import { plain } from './markdown.ts';
import { countOf, type Table } from './table/table.ts';
import { isMissing } from './table/values.ts';
import { type TablePart, workOnTables } from './table-work.ts';
import { textFile, type WorkModule } from './work.ts';

/** Rows written; a table with more is cut, and the text says so (keeps a result's file near 10 MB). */
const rowsMax = 100_000;

export const convert: WorkModule = {
  name: 'convert',
  kind: 'conversion',
  capability: 'Convert a CSV table to JSON records, or JSON records to a clean CSV file.',
  tags: ['convert', 'json', 'csv', 'format'],
  buildsOn: [],
  judge: (intent, attachments, similarity) => judgeTrade(trade, { intent, attachments, similarity }),
  work: (input) =>
    workOnTables(input, { kind: 'conversion', title: 'The table in another form', each: convertTable }),
};

const trade = {
  phrases: [
    'convert CSV to JSON',
    'turn this JSON into a CSV table or spreadsheet',
    'transform the file into another data format',
    'clean up and export the table as JSON',
  ],
  offer: 'I convert the table: CSV to JSON, JSON to CSV, values typed',
  fits: isTabular,
};

function convertTable(table: Table): TablePart {
  const records = recordsOf(table);
  const json = table.format.kind === 'csv';
  const name = `${fileStem(table.name)}.${json ? 'json' : 'csv'}`;
  const body = json
    ? `[\n${records.map((record) => JSON.stringify(record)).join(',\n')}\n]\n`
    : stringifyCsv([
        table.columns.map((column) => column.name),
        ...records.map((record) => Object.values(record).map(cellText)),
      ]);
  const cut = table.rowCount > rowsMax ? ` Only the first ${rowsMax} of ${table.rowCount}.` : '';
  return {
    markdown: `${countOf(records.length, 'record')} of ${plain(table.name)} in \`${name}\`.${cut}`,
    findings: [],
    data: { file: name, records: records.length, cut: table.rowCount > rowsMax },
    files: [textFile(name, json ? 'application/json' : 'text/csv', body)],
  };
}

/** The rows as objects with typed values. A cell that is not of its column's type stays the text it is. */
export function recordsOf(table: Table): Record<string, string | number | boolean | null>[] {
  const count = Math.min(rowsMax, table.rowCount);
  return Array.from({ length: count }, (_, row) =>
    Object.fromEntries(
      table.columns.map((column) => {
        const cell = column.cells[row]!;
        if (isMissing(cell)) return [column.name, null];
        const value = column.values?.[row] ?? Number.NaN;
        if (Number.isNaN(value)) return [column.name, cell];
        if (column.type === 'date') return [column.name, isoOf(value)];
        return [column.name, column.type === 'boolean' ? value === 1 : value];
      }),
    ),
  );
}

function isoOf(ms: number): string {
  const text = new Date(ms).toISOString();
  return text.endsWith('T00:00:00.000Z') ? text.slice(0, 10) : text.replace('.000Z', 'Z');
}

function cellText(value: string | number | boolean | null): string {
  return value === null ? '' : String(value);
}
