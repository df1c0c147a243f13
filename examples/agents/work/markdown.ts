/** Markdown out of untrusted cells: nothing in a file may break the table or smuggle markup into the report. */

/** Characters of a cell shown in a report; the rest is cut (judgement). */
const cellCharsMax = 60;

/** One line of plain text, safe inside a Markdown table and harmless as HTML. */
export function plain(text: string, charsMax = cellCharsMax): string {
  const line = text.replace(/[\s\p{Cc}]+/gu, ' ').trim();
  const cut = line.length > charsMax ? `${[...line].slice(0, charsMax - 1).join('')}…` : line;
  return cut
    .replace(/[\\`*_[\]|#~]/g, '\\$&')
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;');
}

/** A table; the cells are Markdown already. Columns whose cells are all numbers are set right. */
export function tableOf(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const numeric = head.map(
    (_, index) =>
      rows.length > 0 && rows.every((row) => /^([-+−]?[\d., %]+([eE][-+]?\d+)?|–)$/.test(row[index] ?? '')),
  );
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(numeric.map((right) => (right ? '---:' : '---'))), ...rows.map(line)].join('\n');
}

/** A number for people: six significant digits, thousands separated by a thin rule of commas, `–` for none. */
export function figure(value: number | null | undefined): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return '–';
  if (value === 0) return '0';
  const size = Math.abs(value);
  if (size >= 1e15 || size < 1e-4) return value.toExponential(3);
  const digits = Number.isInteger(value) ? 0 : Math.max(0, Math.min(8, 5 - Math.floor(Math.log10(size))));
  const text = value.toFixed(digits);
  const [whole = '0', part = ''] = text.split('.');
  const rest = part.replace(/0+$/, '');
  return whole.replace(/\B(?=(\d{3})+(?!\d))/g, ',') + (rest === '' ? '' : `.${rest}`);
}

/** A share (0–1) as a percentage with one digit. */
export function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}
