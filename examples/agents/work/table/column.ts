/** One column of a table: which type its cells show, and the values ready for arithmetic. */
import { markEvidence, sniffDayOrder } from './sniff.ts';
import { type DecimalMark, isDigitName, isMissing, readBoolean, readDate, readNumber } from './values.ts';

export type ColumnType = 'number' | 'date' | 'boolean' | 'category' | 'text' | 'empty';

export interface Column {
  readonly name: string;
  readonly type: ColumnType;
  /** The cells as written; for reading only, they may be megabytes. */
  readonly cells: readonly string[];
  /** Number, Unix ms of a date, or 1 and 0 of a truth value; NaN where missing or unreadable. `null` otherwise. */
  readonly values: Float64Array | null;
  readonly missingCount: number;
  /** Cells of a typed column that are neither missing nor of its type: row index and text, at most 20. */
  readonly unreadable: readonly { readonly row: number; readonly text: string }[];
  readonly unreadableCount: number;
  readonly distinctCount: number;
  /** The most frequent cells, most frequent first, at most 12. */
  readonly top: readonly { readonly text: string; readonly count: number }[];
  readonly notes: readonly string[];
}

/** A column is a number or date column when this share of its filled cells reads as one (judgement). */
const typeShareMin = 0.9;
/** Cells looked at before the whole column is read. */
const probeCells = 400;
/** Distinct texts up to which a column is a category, if they also repeat (judgement). */
const categoryMax = 50;
/** Distinct cells counted exactly up to here; above, the count is this number (memory). */
export const distinctMax = 100_000;

/** Find the type of a column and read its values. */
export function typeColumn(given: { name: string; cells: string[]; decimalMark: DecimalMark }): Column {
  const { name, cells } = given;
  const notes: string[] = [];
  const { missingCount, counts } = countCells(cells);
  const filledCount = cells.length - missingCount;
  const base = {
    name,
    cells,
    missingCount,
    distinctCount: counts.size,
    top: topOf(counts),
    notes,
  };
  const untyped = { values: null, unreadable: [], unreadableCount: 0 };
  if (filledCount === 0) return { ...base, type: 'empty', ...untyped };
  const reader = chooseReader(given, notes);
  if (reader !== null) {
    const read = readAll(cells, reader.read);
    if ((filledCount - read.unreadableCount) / filledCount >= typeShareMin)
      return { ...base, type: reader.type, ...read };
    notes.length = 0;
  }
  const repeats = counts.size <= categoryMax && counts.size <= Math.max(1, filledCount / 2);
  return { ...base, type: repeats ? 'category' : 'text', ...untyped };
}

function countCells(cells: readonly string[]): { missingCount: number; counts: Map<string, number> } {
  const counts = new Map<string, number>();
  let missingCount = 0;
  for (const cell of cells) {
    if (isMissing(cell)) missingCount += 1;
    else {
      const seen = counts.get(cell);
      if (seen !== undefined) counts.set(cell, seen + 1);
      else if (counts.size < distinctMax) counts.set(cell, 1);
    }
  }
  return { missingCount, counts };
}

function topOf(counts: ReadonlyMap<string, number>): { text: string; count: number }[] {
  const topMax = 12;
  const top: { text: string; count: number }[] = [];
  for (const [text, count] of counts) {
    if (top.length === topMax && count <= top[topMax - 1]!.count) continue;
    let at = top.length;
    while (at > 0 && top[at - 1]!.count < count) at -= 1;
    top.splice(at, 0, { text, count });
    if (top.length > topMax) top.pop();
  }
  return top;
}

interface Reader {
  readonly type: 'number' | 'date' | 'boolean';
  readonly read: (cell: string) => number;
}

function chooseReader(
  given: { name: string; cells: readonly string[]; decimalMark: DecimalMark },
  notes: string[],
): Reader | null {
  const probe = spread(given.cells);
  const share = (read: (cell: string) => number): number =>
    probe.filter((cell) => !Number.isNaN(read(cell))).length / Math.max(1, probe.length);
  const truth = (cell: string): number => {
    const value = readBoolean(cell);
    return value === null ? Number.NaN : Number(value);
  };
  if (share(truth) >= typeShareMin) return { type: 'boolean', read: truth };
  if (probe.filter(isDigitName).length / Math.max(1, probe.length) > 0.02) {
    notes.push(
      `“${given.name}” holds digits with leading zeros or too long for a number: read as names, not numbers.`,
    );
    return null;
  }
  const number = numberReader(given, probe, notes);
  const least = 0.8; // The probe may be unlucky: the whole column decides.
  if (share(number) >= least)
    return isYears(given.name, probe) ? yearReader : { type: 'number', read: number };
  const days = sniffDayOrder(probe);
  const date = (cell: string): number => readDate(cell, days.order);
  if (share(date) < least) return null;
  if (days.ambiguous)
    notes.push(`The dates of “${given.name}” fit day-first and month-first; read day first.`);
  return { type: 'date', read: date };
}

function numberReader(
  given: { name: string; decimalMark: DecimalMark },
  probe: readonly string[],
  notes: string[],
): (cell: string) => number {
  const own = markEvidence(probe);
  const mark = own.point === own.comma ? given.decimalMark : own.comma > own.point ? 'comma' : 'point';
  const separator = mark === 'comma' ? '.' : ',';
  const grouped = probe.filter(
    (cell) => /^-?\d{1,3}([.,]\d{3})+$/.test(cell.trim()) && cell.includes(separator),
  );
  if (own.point === own.comma && grouped.length > 0) {
    notes.push(
      `“${given.name}”: “${grouped[0]!.trim()}” was read as a whole number with thousands separators.`,
    );
  }
  return (cell) => readNumber(cell, mark);
}

/** Filled cells evenly over the column, so that an odd beginning does not decide. */
function spread(cells: readonly string[]): string[] {
  const filled: string[] = [];
  const stride = Math.max(1, Math.floor(cells.length / (probeCells * 2)));
  for (let at = 0; at < cells.length && filled.length < probeCells; at += stride) {
    if (!isMissing(cells[at]!)) filled.push(cells[at]!);
  }
  if (filled.length > 0) return filled;
  return cells.filter((cell) => !isMissing(cell)).slice(0, probeCells);
}

function isYears(name: string, probe: readonly string[]): boolean {
  return (
    /\b(year|jahr|année|anno)\b/i.test(name) && probe.every((cell) => /^\s*(1[89]|20)\d\d\s*$/.test(cell))
  );
}

const yearReader: Reader = {
  type: 'date',
  read: (cell) => (/^\s*\d{4}\s*$/.test(cell) ? Date.UTC(Number(cell), 0, 1) : Number.NaN),
};

function readAll(
  cells: readonly string[],
  read: (cell: string) => number,
): { values: Float64Array; unreadable: { row: number; text: string }[]; unreadableCount: number } {
  const values = new Float64Array(cells.length);
  const unreadable: { row: number; text: string }[] = [];
  let unreadableCount = 0;
  cells.forEach((cell, row) => {
    if (isMissing(cell)) {
      values[row] = Number.NaN;
      return;
    }
    const value = read(cell);
    values[row] = value;
    if (!Number.isNaN(value)) return;
    unreadableCount += 1;
    if (unreadable.length < 20) unreadable.push({ row, text: cell.slice(0, 80) });
  });
  return { values, unreadable, unreadableCount };
}
