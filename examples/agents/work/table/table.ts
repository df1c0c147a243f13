/**
 * A table out of a file that nobody prepared: encoding, delimiter, notation and header are found out, what was
 * odd is noted in words, and what is not a table is refused with the reason.
 */
import { parse } from 'csv-parse/sync';
import { type Column, typeColumn } from './column.ts';
import { decodeText, nameBinary } from './decode.ts';
import { readJsonRecords } from './json-records.ts';
import { countPreamble, hasHeader, markEvidence, modeOf, sniffDelimiter } from './sniff.ts';
import type { DecimalMark } from './values.ts';

export interface Table {
  readonly name: string;
  readonly format: TableFormat;
  readonly columns: readonly Column[];
  readonly rowCount: number;
  /** Record number in the file of each row, the header counted, as a spreadsheet shows it. */
  readonly rowNumbers: Uint32Array;
  /** What was odd and what was done about it, in sentences. */
  readonly notes: readonly string[];
}

export interface TableFormat {
  readonly kind: 'csv' | 'json';
  readonly encoding: string;
  readonly delimiter: string | null;
  readonly decimalMark: DecimalMark;
  readonly header: boolean;
}

/** Either a table or the reason why the file is none. */
export type TableReading = { readonly table: Table } | { readonly refused: string };

/** 32 MiB: measured 0.7 GB of memory while an agent works on 31 MB (`test/examples/big-csv.ts` measures 10 MB). */
export const tableBytesMax = 32 * 1024 * 1024;
/** Rows read; the rest is noted and left (keeps each numeric column at 8 MB). */
export const rowsMax = 1_000_000;
/** Columns read; the rest is noted and left. */
export const columnsMax = 256;
/** A record longer than this is an unclosed quote, not a record (judgement). */
const recordCharsMax = 1024 * 1024;

/** Read any file as a table. Pure and total: no input makes it throw. */
export function readTable(file: { readonly name: string; readonly bytes: Uint8Array }): TableReading {
  if (file.bytes.length > tableBytesMax) {
    return { refused: `${file.name} is larger than ${tableBytesMax / 1024 / 1024} MiB` };
  }
  const decoded = decodeText(file.bytes);
  if (decoded === null) return { refused: `${file.name} is no table: it is ${nameBinary(file.bytes)}` };
  const asJson = readJsonRecords(decoded.text);
  if (asJson !== null) return buildTable(file.name, { ...asJson, encoding: decoded.encoding });
  const delimiter = sniffDelimiter(decoded.text);
  const parsed = parseRecords(decoded.text, delimiter);
  return buildTable(file.name, { ...parsed, delimiter, encoding: decoded.encoding, kind: 'csv' });
}

interface Records {
  readonly records: string[][];
  readonly notes: string[];
  readonly encoding: string;
  readonly kind: 'csv' | 'json';
  readonly delimiter?: string;
}

function parseRecords(text: string, delimiter: string): { records: string[][]; notes: string[] } {
  const body = text.replace(/^sep=[,;\t|]\r?\n/, '');
  const options = {
    delimiter,
    relax_column_count: true,
    relax_quotes: true,
    record_delimiter: ['\r\n', '\n', '\r'],
    to: rowsMax + 40,
  };
  try {
    return { records: parse(body, { ...options, max_record_size: recordCharsMax }) as string[][], notes: [] };
  } catch {
    // An unclosed quote would swallow the rest of the file: read quotes as plain characters instead.
    const records = parse(body, { ...options, quote: false }) as string[][];
    for (const record of records) {
      record.forEach((cell, index) => {
        if (cell.length > 1 && cell.startsWith('"') && cell.endsWith('"')) record[index] = cell.slice(1, -1);
      });
    }
    return {
      records,
      notes: ['A quotation mark is never closed; quotation marks were read as plain characters.'],
    };
  }
}

function buildTable(name: string, read: Records): TableReading {
  const { records } = read;
  const notes = [...read.notes];
  const preamble = read.kind === 'csv' ? countPreamble(records) : 0;
  if (preamble > 0) notes.push(`${countOf(preamble, 'line')} before the table (titles or notes) left out.`);
  const body = records.slice(preamble);
  const header = read.kind === 'json' || hasHeader(body);
  const names = nameColumns(body, header, notes);
  if (names.length === 0) return { refused: `${name} is empty: it has neither a header nor rows` };
  const rows = keepRows(body, { header, width: names.length, offset: preamble, notes });
  const decimalMark = sniffMark(rows.records, read.delimiter);
  const columns = names.map((columnName, index) =>
    typeColumn({ name: columnName, cells: rows.records.map((record) => record[index] ?? ''), decimalMark }),
  );
  for (const column of columns) notes.push(...column.notes);
  const format = {
    kind: read.kind,
    encoding: read.encoding,
    delimiter: read.delimiter ?? null,
    decimalMark,
    header,
  };
  return { table: { name, format, columns, rowCount: rows.records.length, rowNumbers: rows.numbers, notes } };
}

/** Header cells made distinct and non-empty; as wide as the header or as a usual row, whichever is wider. */
function nameColumns(body: readonly (readonly string[])[], header: boolean, notes: string[]): string[] {
  const first = body[0] ?? [];
  if (body.length === 0 || body.every(isBlank)) return [];
  const usual = modeOf(body.slice(header ? 1 : 0, 5000).map((record) => record.length));
  const wanted = header ? Math.max(first.length, usual) : Math.max(usual, 1);
  const width = Math.min(wanted, columnsMax);
  if (wanted > columnsMax) notes.push(`Only the first ${columnsMax} of ${wanted} columns were read.`);
  if (!header) notes.push('No header: the columns are numbered.');
  const seen = new Map<string, number>();
  const doubled = new Set<string>();
  const names = Array.from({ length: width }, (_, index) => {
    const told = header ? (first[index] ?? '').replace(/\s+/g, ' ').trim() : '';
    const base = told === '' ? `column ${index + 1}` : told.slice(0, 120);
    const times = (seen.get(base) ?? 0) + 1;
    seen.set(base, times);
    if (times > 1) doubled.add(base);
    return times === 1 ? base : `${base} (${times})`;
  });
  for (const base of doubled)
    notes.push(`The header names “${base}” ${seen.get(base)} times; later ones are numbered.`);
  return names;
}

/** Total lines of a spreadsheet, which would count everything twice. */
const totalWord = /^(grand )?(total|sum|summe|gesamt|insgesamt|totaux)\b:?$/i;

function keepRows(
  body: readonly string[][],
  told: { header: boolean; width: number; offset: number; notes: string[] },
): { records: string[][]; numbers: Uint32Array } {
  const kept: string[][] = [];
  const numbers: number[] = [];
  const odd = { short: 0, long: 0, blank: 0 };
  let end = body.length;
  while (end > 0 && isBlank(body[end - 1]!)) end -= 1;
  for (let index = told.header ? 1 : 0; index < end && kept.length < rowsMax; index += 1) {
    const record = body[index]!;
    if (told.width > 1 && isBlank(record)) {
      odd.blank += 1;
      continue;
    }
    if (record.length < told.width) odd.short += 1;
    if (record.length > told.width && record.slice(told.width).some((cell) => cell.trim() !== ''))
      odd.long += 1;
    kept.push(record);
    numbers.push(told.offset + index + 1);
  }
  if (kept.length === rowsMax) told.notes.push(`Only the first ${rowsMax} rows were read.`);
  if (odd.blank > 0) told.notes.push(`${countOf(odd.blank, 'blank row')} skipped.`);
  if (odd.short > 0)
    told.notes.push(
      `${countOf(odd.short, 'row')} shorter than the header: the missing cells count as missing.`,
    );
  if (odd.long > 0)
    told.notes.push(`${countOf(odd.long, 'row')} longer than the header: the surplus cells were left out.`);
  if (told.width > 1 && kept.length > 2 && kept.at(-1)!.some((cell) => totalWord.test(cell.trim()))) {
    told.notes.push(`The last row (${numbers.at(-1)}) is a total and was left out.`);
    kept.pop();
    numbers.pop();
  }
  return { records: kept, numbers: Uint32Array.from(numbers) };
}

function isBlank(record: readonly string[]): boolean {
  return record.every((cell) => cell.trim() === '');
}

/** The notation of the file as a whole; a column with evidence of its own overrules it. */
function sniffMark(records: readonly (readonly string[])[], delimiter: string | undefined): DecimalMark {
  const evidence = markEvidence(records.slice(0, 500).flat());
  if (evidence.point !== evidence.comma) return evidence.comma > evidence.point ? 'comma' : 'point';
  return delimiter === ';' ? 'comma' : 'point';
}

/** "1 row", "2 rows". */
export function countOf(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
