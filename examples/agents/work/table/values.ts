/**
 * What a cell means: missing, a number in one of two notations, a date, a truth value. Each reader is strict
 * (the whole cell or nothing), so that a column's type rests on counting and not on hope.
 */

/** Which character marks the decimals: `1,234.5` is point notation, `1.234,5` comma notation. */
export type DecimalMark = 'point' | 'comma';
/** For `03/04/2025`: which of the two numbers is the day. */
export type DayOrder = 'day-first' | 'month-first';

const missingTokens = new Set([
  '',
  'na',
  'n/a',
  '#n/a',
  'nan',
  'null',
  'none',
  'nil',
  '-',
  '–',
  '—',
  '--',
  '?',
  '.',
  'missing',
  '#value!',
  '#div/0!',
  '#ref!',
  '#null!',
  '\\n',
]);

/** Whether a cell stands for "no value". */
export function isMissing(cell: string): boolean {
  return cell.length <= 8 && missingTokens.has(cell.trim().toLowerCase());
}

const space = "[ \\u00a0\\u2009\\u202f'’]";
const notations: Record<DecimalMark, RegExp> = {
  point: new RegExp(
    `^(?:\\d+|\\d{1,3}(?:,\\d{3})+|\\d{1,3}(?:${space}\\d{3})+)?(?:\\.\\d*)?(?:[eE][-+]?\\d{1,3})?$`,
  ),
  comma: new RegExp(
    `^(?:\\d+|\\d{1,3}(?:\\.\\d{3})+|\\d{1,3}(?:${space}\\d{3})+)?(?:,\\d*)?(?:[eE][-+]?\\d{1,3})?$`,
  ),
};
const plainNumber = /^-?\d{1,15}$/;
const currencyBefore = /^(?:[$€£¥₹]|USD|EUR|GBP|CHF|JPY)\s*/;
const currencyAfter = /\s*(?:[$€£¥₹%‰]|USD|EUR|GBP|CHF|JPY)$/;

/** The number a cell spells in the given notation (currency and per cent signs allowed), or NaN. */
export function readNumber(cell: string, mark: DecimalMark): number {
  if (plainNumber.test(cell)) return Number(cell);
  let text = cell.trim();
  let sign = 1;
  if (text.startsWith('(') && text.endsWith(')')) {
    sign = -1;
    text = text.slice(1, -1).trim();
  }
  text = text.replace(currencyBefore, '');
  if (/^[-+−]/.test(text)) {
    if (text[0] !== '+') sign = -sign;
    text = text.slice(1).trimStart().replace(currencyBefore, '');
  }
  text = text.replace(currencyAfter, '');
  if (text.length > 40 || !/\d/.test(text) || !notations[mark].test(text)) return Number.NaN;
  const bare = text.replace(mark === 'point' ? /[, \u00a0\u2009\u202f'’]/g : /[. \u00a0\u2009\u202f'’]/g, '');
  const value = Number(mark === 'comma' ? bare.replace(',', '.') : bare);
  return isComputable(value) ? sign * value : Number.NaN;
}

/** Squares and sums of millions of such numbers stay finite; nothing that is measured lies outside (judgement). */
const sizeMax = 1e100;

function isComputable(value: number): boolean {
  return value === 0 || (value < sizeMax && value > 1 / sizeMax);
}

/** Digits that name something rather than count it: leading zeros (postal codes) or more than a double holds. */
export function isDigitName(cell: string): boolean {
  return /^0\d+$/.test(cell) || /^\d{16,}$/.test(cell);
}

const truths = new Map([
  ['true', true],
  ['yes', true],
  ['y', true],
  ['ja', true],
  ['oui', true],
  ['wahr', true],
  ['false', false],
  ['no', false],
  ['n', false],
  ['nein', false],
  ['non', false],
  ['falsch', false],
] as const);

/** The truth value a cell spells in words, or `null`. */
export function readBoolean(cell: string): boolean | null {
  return truths.get(cell.trim().toLowerCase() as 'true') ?? null;
}

const monthNames = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const clock = '(?:[T ]+(\\d{1,2}):(\\d{2})(?::(\\d{2})(?:[.,]\\d{1,9})?)?)?\\s*(Z|UTC|[-+]\\d{2}:?\\d{2})?';
const yearFirst = new RegExp(`^(\\d{4})[-/.](\\d{1,2})[-/.](\\d{1,2})${clock}$`, 'i');
const yearLast = new RegExp(`^(\\d{1,2})([-/.])(\\d{1,2})\\2(\\d{4}|\\d{2})${clock}$`, 'i');
const yearMonth = /^(\d{4})[-/](\d{1,2})$/;
const dayName = /^(?:[a-z]{3,9},?\s+)?(\d{1,2})\.?[\s-]+([a-z]{3,9})\.?,?[\s-]+(\d{4})$/i;
const nameDay = /^([a-z]{3,9})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})$/i;
const nameYear = /^([a-z]{3,9})\.?[\s-]+(\d{4})$/i;

/**
 * The moment a cell names, in Unix ms (UTC unless the cell says otherwise), or NaN. Only written dates: a bare
 * number is never a date here.
 */
export function readDate(cell: string, order: DayOrder): number {
  const text = cell.trim();
  if (text.length < 6 || text.length > 40 || !/\d/.test(text)) return Number.NaN;
  let match = yearFirst.exec(text);
  if (match) return moment(match[1], match[2], match[3], match.slice(4));
  match = yearLast.exec(text);
  if (match) {
    const year =
      match[4]!.length === 2 ? String(2000 + Number(match[4]) - (Number(match[4]) > 69 ? 100 : 0)) : match[4];
    const [day, month] = order === 'day-first' ? [match[1], match[3]] : [match[3], match[1]];
    return moment(year, month, day, match.slice(5));
  }
  match = yearMonth.exec(text);
  if (match) return moment(match[1], match[2], '1', []);
  match = dayName.exec(text);
  if (match) return moment(match[3], monthOf(match[2]!), match[1], []);
  match = nameDay.exec(text);
  if (match) return moment(match[3], monthOf(match[1]!), match[2], []);
  match = nameYear.exec(text);
  return match ? moment(match[2], monthOf(match[1]!), '1', []) : Number.NaN;
}

function monthOf(name: string): string {
  return String(monthNames.indexOf(name.slice(0, 3).toLowerCase()) + 1);
}

function moment(
  year: string | undefined,
  month: string | undefined,
  day: string | undefined,
  [hour, minute, second, zone]: readonly (string | undefined)[],
): number {
  const parts = [year, month, day, hour ?? '0', minute ?? '0', second ?? '0'].map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const [y, m, d, h, min, s] = parts;
  if (m < 1 || m > 12 || d < 1 || d > daysIn(y, m) || h > 24 || min > 59 || s > 60) return Number.NaN;
  const shift = zone && /\d/.test(zone) ? zoneMs(zone) : 0;
  return Date.UTC(y, m - 1, d, h, min, s) - shift;
}

function daysIn(year: number, month: number): number {
  return new Date(Date.UTC(year, month, 0)).getUTCDate();
}

function zoneMs(zone: string): number {
  const digits = zone.replace(/\D/g, '');
  const minutes = Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2));
  return (zone.startsWith('-') ? -1 : 1) * minutes * 60_000;
}
