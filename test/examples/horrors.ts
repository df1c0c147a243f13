/** Tables that nobody prepared, each with the dialect that only the independent computation is told. */

import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { congruential32 } from 'pure-rand/generator/congruential32';

export interface Horror {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly dialect: Dialect;
}

export interface Dialect {
  /** Python's name. */
  readonly encoding: string;
  readonly delimiter: string;
  readonly decimal: '.' | ',';
  readonly header: boolean;
  readonly missing: readonly string[];
}

const plain: Dialect = { encoding: 'utf-8', delimiter: ',', decimal: '.', header: true, missing: [''] };
const encoder = new TextEncoder();

/** Rows of believable figures; the seed chooses everything. */
function rowsOf(seed: number, count: number): { name: string; amount: number; size: number; day: string }[] {
  const generator = congruential32(seed);
  const whole = (from: number, to: number): number => uniformInt(generator, from, to);
  return Array.from({ length: count }, (_, index) => ({
    name: ['Zürich', 'Genève', 'Bern', 'Basel'][whole(0, 3)]!,
    amount: whole(-500_000, 9_999_999) / 100,
    size: whole(1, 900),
    day: new Date(Date.UTC(2024, 0, 1 + index)).toISOString().slice(0, 10),
  }));
}

function german(value: number): string {
  const [whole, part] = Math.abs(value).toFixed(2).split('.') as [string, string];
  return `${value < 0 ? '-' : ''}${whole.replace(/\B(?=(\d{3})+(?!\d))/g, '.')},${part}`;
}

function latin1(text: string): Uint8Array {
  return Uint8Array.from(text, (letter) => letter.codePointAt(0)!);
}

function utf16(text: string, bigEndian: boolean, mark: boolean): Uint8Array {
  const marked = mark ? `\ufeff${text}` : text;
  const bytes = new Uint8Array(marked.length * 2);
  const view = new DataView(bytes.buffer);
  for (let at = 0; at < marked.length; at += 1) view.setUint16(at * 2, marked.charCodeAt(at), !bigEndian);
  return bytes;
}

const simple = (
  seed: number,
  line: (row: ReturnType<typeof rowsOf>[number]) => string,
  count = 200,
): string => rowsOf(seed, count).map(line).join('\n');

/** Every form that the main job's acceptance names, and the ones met in the wild. */
export const horrors: readonly Horror[] = [
  {
    name: 'plain',
    bytes: encoder.encode(
      `city,day,amount,size\n${simple(1, (r) => `${r.name},${r.day},${r.amount},${r.size}`)}\n`,
    ),
    dialect: plain,
  },
  {
    name: 'byte order mark and CRLF',
    bytes: encoder.encode(
      `\ufeffcity,amount,size\r\n${simple(2, (r) => `${r.name},${r.amount},${r.size}`).replaceAll('\n', '\r\n')}\r\n`,
    ),
    dialect: { ...plain, encoding: 'utf-8-sig' },
  },
  {
    name: 'semicolons and decimal commas',
    bytes: encoder.encode(
      `Ort;Betrag;Größe\n${simple(3, (r) => `${r.name};${german(r.amount)};${r.size}`)}\n`,
    ),
    dialect: { ...plain, delimiter: ';', decimal: ',' },
  },
  {
    name: 'latin-1',
    bytes: latin1(`Ort;Betrag;Größe\n${simple(4, (r) => `${r.name};${german(r.amount)};${r.size}`)}\n`),
    dialect: { ...plain, encoding: 'latin-1', delimiter: ';', decimal: ',' },
  },
  {
    name: 'UTF-16 little endian with mark, tabs and mixed line endings',
    bytes: utf16(
      `city\tamount\tsize\r\n${simple(5, (r) => `${r.name}\t${r.amount}\t${r.size}`)}\r\n`,
      false,
      true,
    ),
    dialect: { ...plain, encoding: 'utf-16', delimiter: '\t' },
  },
  {
    name: 'UTF-16 big endian without mark',
    bytes: utf16(`city,amount,size\n${simple(6, (r) => `${r.name},${r.amount},${r.size}`)}\n`, true, false),
    dialect: { ...plain, encoding: 'utf-16-be' },
  },
  {
    name: 'bars',
    bytes: encoder.encode(`city|amount|size\n${simple(7, (r) => `${r.name}|${r.amount}|${r.size}`)}`),
    dialect: { ...plain, delimiter: '|' },
  },
  {
    name: 'thousands separators in quotes',
    bytes: encoder.encode(
      `city,amount,size\n${simple(8, (r) => `${r.name},"${r.amount.toLocaleString('en-US')}",${r.size}`)}\n`,
    ),
    dialect: plain,
  },
  {
    name: 'Swiss apostrophes and currency',
    bytes: encoder.encode(
      `city,amount\n${simple(
        9,
        (r) =>
          `${r.name},€ ${Math.abs(r.amount)
            .toFixed(2)
            .replace(/\B(?=(\d{3})+\.)/g, "'")}`,
      )}\n`,
    ),
    dialect: plain,
  },
  {
    name: 'quoted line breaks, quotes and delimiters',
    bytes: encoder.encode(
      `city,note,amount\n${simple(10, (r) => `${r.name},"line one, of ""two""\nline; two",${r.amount}`)}\n`,
    ),
    dialect: plain,
  },
  {
    name: 'missing values in five spellings',
    bytes: encoder.encode(
      `city,amount,size\n${rowsOf(11, 200)
        .map(
          (r, i) => `${r.name},${i % 3 === 0 ? ['', 'NA', 'null', '-', 'n/a'][i % 5] : r.amount},${r.size}`,
        )
        .join('\n')}\n`,
    ),
    dialect: { ...plain, missing: ['', 'NA', 'null', '-', 'n/a'] },
  },
  {
    name: 'one column',
    bytes: encoder.encode(`amount\n${simple(12, (r) => `${r.amount}`)}\n`),
    dialect: plain,
  },
  {
    name: 'one column of decimal commas',
    bytes: encoder.encode(`Betrag\n${simple(13, (r) => r.amount.toFixed(2).replace('.', ','))}\n`),
    dialect: { ...plain, delimiter: '\t', decimal: ',' },
  },
  { name: 'no rows', bytes: encoder.encode('city,amount,size\n'), dialect: plain },
  {
    name: 'no header',
    bytes: encoder.encode(`${simple(14, (r) => `${r.name},${r.amount},${r.size}`)}\n`),
    dialect: { ...plain, header: false },
  },
  { name: 'one row', bytes: encoder.encode('amount,size\n12.5,3\n'), dialect: plain },
  {
    name: 'ragged rows',
    bytes: encoder.encode(
      `city,amount,size\n${rowsOf(15, 200)
        .map((r, i) =>
          i % 20 === 7
            ? `${r.name},${r.amount}`
            : i % 50 === 9
              ? `${r.name},${r.amount},${r.size},surplus`
              : `${r.name},${r.amount},${r.size}`,
        )
        .join('\n')}\n`,
    ),
    dialect: plain,
  },
  {
    name: 'blank lines between rows',
    bytes: encoder.encode(
      `city,amount\n${simple(16, (r) => `${r.name},${r.amount}`).replaceAll('\n', '\n\n')}\n\n\n`,
    ),
    dialect: plain,
  },
  {
    name: 'large and tiny numbers',
    bytes: encoder.encode(
      `name,amount\n${Array.from({ length: 100 }, (_, i) => `n${i},${i % 2 === 0 ? 1e14 + i : `${i}e-7`}`).join('\n')}\n`,
    ),
    dialect: plain,
  },
  {
    name: 'a mean that naive sums lose',
    bytes: encoder.encode(
      `name,amount\n${Array.from({ length: 300 }, (_, i) => `n${i},${1_000_000_000 + (i % 7) / 1000}`).join('\n')}\n`,
    ),
    dialect: plain,
  },
];
