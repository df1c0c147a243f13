/** What is in a table: type, range, missing cells and examples per column, and how the file is written. */
import { isTabular, judgeTrade } from './judge.ts';
import { figure, percent, plain, tableOf } from './markdown.ts';
import { type Column, distinctMax } from './table/column.ts';
import { countOf, type Table } from './table/table.ts';
import { isMissing } from './table/values.ts';
import { finding, type TablePart, workOnTables } from './table-work.ts';
import type { Finding, WorkModule } from './work.ts';

/** Share of missing cells from which a column is worth a sentence (judgement). */
const missingShareNotable = 0.02;
const columnsShown = 60;

export const csvProfile: WorkModule = {
  name: 'csv-profile',
  kind: 'profile',
  capability:
    'Profile a CSV, TSV or JSON table: column types, missing values, distinct counts, ranges, dates, data quality and format problems.',
  tags: ['csv', 'data', 'profile', 'quality', 'table'],
  buildsOn: [],
  judge: (intent, attachments, similarity) => judgeTrade(trade, { intent, attachments, similarity }),
  work: (input) =>
    workOnTables(input, { kind: 'profile', title: 'What is in the table', each: profileTable }),
};

const trade = {
  phrases: [
    'what is in this data file',
    'what stands out in this data',
    'profile the columns of a CSV table: types, missing values, ranges',
    'check the data quality of a table',
    'describe, explore and analyse a dataset',
    'analyse this spreadsheet and write a report',
    'help me understand this file, how many rows and columns does it have',
  ],
  offer: 'I profile each column: type, missing, distinct, range, examples',
  fits: isTabular,
};

/** Profile one table. */
export function profileTable(table: Table): TablePart {
  const shown = table.columns.slice(0, columnsShown);
  const { format } = table;
  const written = [
    format.encoding,
    format.delimiter === null
      ? 'JSON records'
      : `delimiter ${{ ',': 'comma', ';': 'semicolon', '\t': 'tab', '|': 'bar' }[format.delimiter]}`,
    `decimal ${format.decimalMark}`,
    format.header ? 'header' : 'no header',
  ].join(', ');
  const rows = shown.map((column) => [
    plain(column.name),
    column.type,
    `${column.missingCount}`,
    column.distinctCount >= distinctMax ? `≥ ${distinctMax}` : `${column.distinctCount}`,
    rangeOf(column),
  ]);
  const notes = table.notes.map((note) => `- ${plain(note, 240)}`).join('\n');
  const size = `**${plain(table.name)}**: ${countOf(table.rowCount, 'row')}, ${countOf(table.columns.length, 'column')} (${written}).`;
  const body = tableOf(['column', 'type', 'missing', 'distinct', 'range or examples'], rows);
  return {
    markdown: [size, body, notes === '' ? '' : `How the file was read:\n\n${notes}`]
      .filter((part) => part !== '')
      .join('\n\n'),
    findings: profileFindings(table),
    data: {
      rowCount: table.rowCount,
      format: table.format,
      notes: table.notes.slice(0, 20),
      columns: shown.map(columnData),
    },
  };
}

function rangeOf(column: Column): string {
  const range = valueRange(column);
  if (range !== null && column.type === 'number') return `${figure(range.min)} … ${figure(range.max)}`;
  if (range !== null && column.type === 'date') return `${isoDay(range.min)} … ${isoDay(range.max)}`;
  return column.top
    .slice(0, 4)
    .map((entry) => (entry.count > 1 ? `${plain(entry.text, 24)} (${entry.count})` : plain(entry.text, 24)))
    .join(', ');
}

function columnData(column: Column): Record<string, unknown> {
  const range = valueRange(column);
  return {
    name: column.name,
    type: column.type,
    missing: column.missingCount,
    unreadable: column.unreadableCount,
    distinct: column.distinctCount,
    ...(range === null
      ? {}
      : column.type === 'date'
        ? { min: new Date(range.min).toISOString(), max: new Date(range.max).toISOString() }
        : { min: range.min, max: range.max }),
    top: column.top.slice(0, 5).map((entry) => ({ text: entry.text.slice(0, 80), count: entry.count })),
  };
}

function valueRange(column: Column): { min: number; max: number } | null {
  if (column.values === null) return null;
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  for (const value of column.values) {
    if (value < min) min = value;
    if (value > max) max = value;
  }
  return min <= max ? { min, max } : null;
}

/** The day of a moment, or the minute when it is not midnight. */
export function isoDay(ms: number): string {
  const text = new Date(ms).toISOString();
  return text.slice(11, 19) === '00:00:00' ? text.slice(0, 10) : text.slice(0, 16).replace('T', ' ');
}

function profileFindings(table: Table): Finding[] {
  const found: Finding[] = [];
  if (table.rowCount === 0) found.push(finding(`${plain(table.name)} has a header but no rows.`, 1));
  for (const column of table.columns) {
    const name = plain(column.name);
    const share = table.rowCount === 0 ? 0 : column.missingCount / table.rowCount;
    if (column.type === 'empty' && table.rowCount > 0) {
      found.push(finding(`Column ${name} is empty in all ${table.rowCount} rows.`, 0.6, [column.name]));
    } else if (share >= missingShareNotable) {
      found.push(
        finding(
          `${name} is missing in ${column.missingCount} of ${table.rowCount} rows (${percent(share)})${gapOf(table, column)}.`,
          0.3 + Math.min(0.5, share),
          [column.name],
        ),
      );
    }
    if (column.unreadableCount > 0) found.push(unreadableFinding(table, column));
    if (column.distinctCount === 1 && table.rowCount > 1 && column.missingCount === 0) {
      found.push(
        finding(`${name} has the same value in every row (${plain(column.top[0]?.text ?? '')}).`, 0.3, [
          column.name,
        ]),
      );
    }
  }
  const doubled = countDoubledRows(table);
  if (doubled > 0)
    found.push(
      finding(`${countOf(doubled, 'row')} repeat${doubled === 1 ? 's' : ''} an earlier row exactly.`, 0.45),
    );
  return found;
}

/** Where the missing cells are, when at least half of them follow each other. */
function gapOf(table: Table, column: Column): string {
  let best = { from: 0, length: 0 };
  let length = 0;
  column.cells.forEach((cell, row) => {
    length = isMissing(cell) ? length + 1 : 0;
    if (length > best.length) best = { from: row - length + 1, length };
  });
  if (best.length < 5 || best.length < column.missingCount / 2 || best.length === table.rowCount) return '';
  const last = best.from + best.length - 1;
  return `, ${best.length} of them in rows ${table.rowNumbers[best.from]} to ${table.rowNumbers[last]}`;
}

function unreadableFinding(table: Table, column: Column): Finding {
  const examples = column.unreadable.slice(0, 3).map((cell) => plain(cell.text, 24));
  return finding(
    `${countOf(column.unreadableCount, 'cell')} of ${plain(column.name)} ${column.unreadableCount === 1 ? 'is' : 'are'} no ${column.type}: ${examples.join(', ')}.`,
    0.5,
    [column.name],
    column.unreadable.map((cell) => table.rowNumbers[cell.row]!),
  );
}

/** Rows compared for repetition; larger tables are not checked (bounds memory). */
const doubledRowsMax = 300_000;

function countDoubledRows(table: Table): number {
  if (table.rowCount > doubledRowsMax || table.columns.length < 2) return 0;
  const seen = new Set<string>();
  for (let row = 0; row < table.rowCount; row += 1) {
    seen.add(table.columns.map((column) => column.cells[row]).join('\u001f'));
  }
  return table.rowCount - seen.size;
}
