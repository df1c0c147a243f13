/** Finds out how a delimited file is written: its delimiter, where its rows begin, whether it has a header. */
import { type DayOrder, type DecimalMark, isMissing, readBoolean, readDate, readNumber } from './values.ts';

export type Delimiter = ',' | ';' | '\t' | '|';

/** Preferred when two explain a file equally well: a comma is also a decimal mark, so it comes last. */
const candidates: readonly Delimiter[] = ['\t', ';', '|', ','];
/** Text looked at (judgement: thousands of rows, still a few milliseconds). */
const sampleChars = 256 * 1024;
const sampleRecords = 500;

/** The delimiter that gives most records the same number of fields; `,` for a file of one column. */
export function sniffDelimiter(text: string): Delimiter {
  const told = /^sep=([,;\t|])\r?\n/.exec(text);
  if (told) return told[1] as Delimiter;
  const sample = text.slice(0, sampleChars);
  let best: { delimiter: Delimiter; score: number } = { delimiter: ',', score: 0 };
  for (const delimiter of candidates) {
    const score = consistency(countFields(sample, delimiter));
    if (score > best.score + 0.05) best = { delimiter, score };
  }
  return best.delimiter === ',' && isDecimalColumn(sample) ? ';' : best.delimiter;
}

/** One named column of decimal commas: its header has no comma, and every other line is one number. */
function isDecimalColumn(sample: string): boolean {
  const lines = sample.split(/\r?\n|\r/, sampleRecords).filter((line) => line.trim() !== '');
  const [header, ...rest] = lines;
  if (header === undefined || header.includes(',') || rest.length === 0) return false;
  const numbers = rest.filter((line) => isMissing(line) || !Number.isNaN(readNumber(line, 'comma')));
  return numbers.length / rest.length > 0.9;
}

/** Fields per record, quotes respected. */
function countFields(sample: string, delimiter: Delimiter): number[] {
  const counts: number[] = [];
  let fields = 1;
  let quoted = false;
  let fieldStart = true;
  let blank = true;
  for (let at = 0; at < sample.length && counts.length < sampleRecords; at += 1) {
    const char = sample[at]!;
    if (quoted) {
      if (char === '"' && sample[at + 1] === '"') at += 1;
      else if (char === '"') quoted = false;
    } else if (char === '"' && fieldStart) quoted = true;
    else if (char === delimiter) fields += 1;
    else if (char === '\n' || char === '\r') {
      if (!blank) counts.push(fields);
      fields = 1;
      blank = true;
      fieldStart = true;
      continue;
    }
    blank = blank && char === ' ';
    fieldStart = char === delimiter;
  }
  if (!blank) counts.push(fields);
  return counts;
}

/** 0 when the delimiter hardly occurs; up to 1 when every record has the same number of fields above one. */
function consistency(counts: readonly number[]): number {
  const usual = modeOf(counts.filter((count) => count > 1));
  if (usual === 0) return 0;
  return counts.filter((count) => count === usual).length / counts.length;
}

/** The most frequent value, the larger one on a tie; 0 of nothing. */
export function modeOf(values: readonly number[]): number {
  const seen = new Map<number, number>();
  for (const value of values) seen.set(value, (seen.get(value) ?? 0) + 1);
  let best = 0;
  let times = 0;
  for (const [value, count] of seen) {
    if (count > times || (count === times && value > best)) [best, times] = [value, count];
  }
  return best;
}

/** Lines of prose before the real first row looked for at most (judgement). */
const preambleMax = 20;

/** How many leading records are a title or a note rather than part of the table. */
export function countPreamble(records: readonly (readonly string[])[]): number {
  const usual = modeOf(records.slice(0, sampleRecords).map((record) => record.length));
  if (usual <= 1) return 0;
  const limit = Math.min(preambleMax, records.length - 1);
  let skipped = 0;
  while (skipped < limit && filled(records[skipped]!) <= 1 && filled(records[skipped]!) < usual) skipped += 1;
  return skipped < limit ? skipped : 0;
}

function filled(record: readonly string[]): number {
  return record.filter((cell) => cell.trim() !== '').length;
}

/** Whether the first record names the columns. */
export function hasHeader(records: readonly (readonly string[])[]): boolean {
  const first = records[0];
  if (first === undefined || filled(first) === 0) return false;
  const rest = records.slice(1, sampleRecords);
  if (isYearHeader(first)) return true;
  if (first.some((cell) => cell.trim() !== '' && (isMissing(cell) || isQuantity(cell)))) return false;
  if (rest.length === 0) return true;
  const typed = first.some((_, column) => {
    const cells = rest.map((record) => record[column] ?? '').filter((cell) => !isMissing(cell));
    return cells.length > 0 && cells.filter(isValue).length / cells.length > 0.5;
  });
  return (
    typed || first.every((cell, column) => !rest.some((record) => record[column] === cell && cell !== ''))
  );
}

/** `region,2022,2023,2024`: years in rising order after at least one word. */
function isYearHeader(first: readonly string[]): boolean {
  const years = first.map((cell) => cell.trim()).filter((cell) => /^(19|20)\d\d$/.test(cell));
  const words = first.filter((cell) => /\p{L}/u.test(cell));
  const rising = years.every((year, index) => index === 0 || year > years[index - 1]!);
  return years.length >= 2 && words.length >= 1 && years.length + words.length === first.length && rising;
}

/** "No" and "n" name columns as often as they answer questions, so truth values are looked for in rows only. */
function isValue(cell: string): boolean {
  return isQuantity(cell) || readBoolean(cell) !== null;
}

function isQuantity(cell: string): boolean {
  const number = readNumber(cell, 'point');
  if (!Number.isNaN(number) || !Number.isNaN(readNumber(cell, 'comma'))) return true;
  return !Number.isNaN(readDate(cell, 'day-first')) || !Number.isNaN(readDate(cell, 'month-first'));
}

/** Cells that can only be meant in one notation, counted over a sample; the file's own evidence. */
export function markEvidence(cells: readonly string[]): Record<DecimalMark, number> {
  const evidence = { point: 0, comma: 0 };
  for (const cell of cells) {
    const point = !Number.isNaN(readNumber(cell, 'point'));
    const comma = !Number.isNaN(readNumber(cell, 'comma'));
    if (point && !comma) evidence.point += 1;
    if (comma && !point) evidence.comma += 1;
  }
  return evidence;
}

/** Day or month first, by which reading makes more of the cells a date; day first when both do. */
export function sniffDayOrder(cells: readonly string[]): { order: DayOrder; ambiguous: boolean } {
  const count = (order: DayOrder): number =>
    cells.filter((cell) => !Number.isNaN(readDate(cell, order))).length;
  const dayFirst = count('day-first');
  const monthFirst = count('month-first');
  const slashed = cells.some((cell) => /^\d{1,2}[-/]\d{1,2}[-/]/.test(cell.trim()));
  return {
    order: monthFirst > dayFirst ? 'month-first' : 'day-first',
    ambiguous: slashed && monthFirst === dayFirst && monthFirst > 0,
  };
}
