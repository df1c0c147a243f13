/** Rows to CSV as RFC 4180 writes it. */

/** Fields with a comma, quote or line break are quoted; text that a spreadsheet would run as a formula gets a quote mark before it. */
export function stringifyCsv(rows: readonly (readonly string[])[]): string {
  return `${rows.map((row) => row.map(fieldOf).join(',')).join('\r\n')}\r\n`;
}

function fieldOf(raw: string): string {
  // @see OWASP, CSV injection. A plain number may begin with a sign.
  const text = /^[=@+\-\t\r]/.test(raw) && Number.isNaN(Number(raw)) ? `'${raw}` : raw;
  return /[",\r\n]/.test(text) || text !== text.trim() ? `"${text.replaceAll('"', '""')}"` : text;
}
