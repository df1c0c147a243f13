/** What the data agents share: run over each attached table, refuse what is none, put the parts together. */

import { isTabular } from './judge.ts';
import { plain } from './markdown.ts';
import type { Column } from './table/column.ts';
import { readTable, type Table } from './table/table.ts';
import { type Contribution, type Finding, finish, type OutputFile, type WorkInput } from './work.ts';

export interface TablePart {
  readonly markdown: string;
  readonly findings: readonly Finding[];
  readonly data: Readonly<Record<string, unknown>>;
  readonly files?: readonly OutputFile[];
}

/** Tables of one ask that are worked on; further ones are named and left (keeps an answer readable). */
const tablesMax = 4;
/** Number columns looked at by the modules that compare them (judgement: 40 × 39 ÷ 2 pairs). */
export const numberColumnsMax = 40;

/** Work on every table among the attachments; the contribution names each file it could not read. */
export function workOnTables(
  input: WorkInput,
  told: { kind: string; title: string; each: (table: Table) => TablePart },
): Contribution {
  const parts: TablePart[] = [];
  const sections: string[] = [];
  const tables: Record<string, unknown>[] = [];
  const files = input.attachments.filter((file) => isTabular({ ...file, size: file.bytes.length }));
  for (const file of files.slice(0, tablesMax)) {
    const reading = readTable(file);
    if ('refused' in reading) {
      sections.push(`**${plain(file.name)}**: ${plain(reading.refused, 200)}.`);
      tables.push({ table: file.name, refused: reading.refused });
      continue;
    }
    const part = told.each(reading.table);
    parts.push(part);
    sections.push(files.length > 1 ? `### ${plain(file.name)}\n\n${part.markdown}` : part.markdown);
    tables.push({ table: file.name, ...part.data });
  }
  if (files.length > tablesMax)
    sections.push(`Only the first ${tablesMax} of ${files.length} tables were read.`);
  if (files.length === 0) sections.push('No table was attached.');
  return finish({
    kind: told.kind,
    title: told.title,
    markdown: `${sections.join('\n\n')}\n`,
    data: { findings: parts.flatMap((part) => part.findings), tables },
    files: parts.flatMap((part) => part.files ?? []),
  });
}

/** The number columns with values, up to {@link numberColumnsMax}. */
export function numberColumns(table: Table): (Column & { values: Float64Array })[] {
  return table.columns
    .filter(
      (column): column is Column & { values: Float64Array } =>
        column.type === 'number' && column.values !== null,
    )
    .slice(0, numberColumnsMax);
}

/** A finding without rows. */
export function finding(
  text: string,
  weight: number,
  columns: readonly string[] = [],
  rows: readonly number[] = [],
): Finding {
  return {
    text,
    weight: Math.round(Math.max(0, Math.min(1, weight)) * 100) / 100,
    columns,
    rows: rows.slice(0, 20),
  };
}
