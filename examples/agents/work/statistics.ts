/** Mean, spread, quantiles and shape of every number column. */
import { isTabular, judgeTrade } from './judge.ts';
import { figure, plain, tableOf } from './markdown.ts';
import { deviation, mean, quantile, skewness, sortedOf, sum } from './measure.ts';
import type { Table } from './table/table.ts';
import { finding, numberColumns, type TablePart, workOnTables } from './table-work.ts';
import type { Finding, WorkInput, WorkModule } from './work.ts';

export interface ColumnStatistics {
  readonly column: string;
  readonly count: number;
  readonly missing: number;
  readonly sum: number;
  readonly mean: number;
  /** Sample standard deviation (n − 1); `null` below two values. */
  readonly sd: number | null;
  readonly min: number;
  readonly q1: number;
  readonly median: number;
  readonly q3: number;
  readonly p95: number;
  readonly max: number;
  readonly skewness: number | null;
  /** Mean without the rows that another agent called outliers; only after such a concern. */
  readonly meanWithoutFlagged?: number;
}

export const statistics: WorkModule = {
  name: 'statistics',
  kind: 'statistics',
  capability:
    'Compute statistics of numeric columns: mean, median, standard deviation, quantiles, skewness, totals.',
  tags: ['statistics', 'data', 'numbers', 'csv'],
  buildsOn: [],
  judge: (intent, attachments, similarity) => judgeTrade(trade, { intent, attachments, similarity }),
  work: (input) =>
    workOnTables(input, {
      kind: 'statistics',
      title: 'The numbers in figures',
      each: (table) => describeTable(table, flaggedRows(input, table.name)),
    }),
};

const trade = {
  phrases: [
    'what stands out in this data',
    'statistics of the numbers in a table: mean, median, standard deviation, quantiles',
    'summarise the figures, averages and totals of a dataset',
    'analyse and describe numeric data',
    'analyse this spreadsheet and write a report',
  ],
  offer: 'I compute mean, median, spread and quantiles of each number column',
  fits: isTabular,
};

/** Statistics of one number column; `null` when it has no values. */
export function describeColumn(
  name: string,
  values: Float64Array,
  without: ReadonlySet<number> = new Set(),
): ColumnStatistics | null {
  const sorted = sortedOf(values);
  if (sorted.length === 0) return null;
  const spread = deviation(sorted);
  const shape = skewness(sorted);
  const rest =
    without.size === 0 ? null : values.filter((value, row) => !Number.isNaN(value) && !without.has(row));
  return {
    column: name,
    count: sorted.length,
    missing: values.length - sorted.length,
    sum: sum(sorted),
    mean: mean(sorted),
    sd: Number.isNaN(spread) ? null : spread,
    min: sorted[0]!,
    q1: quantile(sorted, 0.25),
    median: quantile(sorted, 0.5),
    q3: quantile(sorted, 0.75),
    p95: quantile(sorted, 0.95),
    max: sorted.at(-1)!,
    skewness: Number.isNaN(shape) ? null : shape,
    ...(rest === null || rest.length === 0 ? {} : { meanWithoutFlagged: mean(rest) }),
  };
}

function describeTable(table: Table, flagged: ReadonlyMap<string, ReadonlySet<number>>): TablePart {
  const rowOf = new Map(Array.from(table.rowNumbers, (number, row) => [number, row] as const));
  const described = numberColumns(table).flatMap((column) => {
    const rows = new Set([...(flagged.get(column.name) ?? [])].map((number) => rowOf.get(number) ?? -1));
    return describeColumn(column.name, column.values, rows) ?? [];
  });
  if (described.length === 0)
    return { markdown: 'No column of numbers.', findings: [], data: { columns: [] } };
  const revised = described.filter((each) => each.meanWithoutFlagged !== undefined);
  const body = tableOf(
    ['column', 'n', 'mean', 'median', 'sd', 'min', 'q1', 'q3', 'max', 'sum'],
    described.map((each) => [
      plain(each.column),
      ...[each.count, each.mean, each.median, each.sd, each.min, each.q1, each.q3, each.max, each.sum].map(
        figure,
      ),
    ]),
  );
  const after = revised.map(
    (each) =>
      `- ${plain(each.column)}: mean ${figure(each.mean)}, without the flagged rows ${figure(each.meanWithoutFlagged)}.`,
  );
  return {
    markdown:
      after.length === 0 ? body : `${body}\n\nAfter the concern about outliers:\n\n${after.join('\n')}`,
    findings: described.flatMap(shapeFindings),
    data: { columns: described },
  };
}

/** |skewness| from which mean and median tell different stories (judgement; 1 is the usual "highly skewed"). */
const skewNotable = 1;

function shapeFindings(each: ColumnStatistics): Finding[] {
  const name = plain(each.column);
  if (each.skewness === null || Math.abs(each.skewness) < skewNotable) return [];
  const side = each.skewness > 0 ? 'high' : 'low';
  return [
    finding(
      `${name} is lopsided towards ${side} values: median ${figure(each.median)}, mean ${figure(each.mean)} (skewness ${figure(Math.round(each.skewness * 100) / 100)}).`,
      0.25 + Math.min(0.2, Math.abs(each.skewness) / 40),
      [each.column],
    ),
  ];
}

/** How a concern names rows of a column. */
interface FlaggedRows {
  readonly table: string;
  readonly column: string;
  readonly rows: readonly number[];
}

/** Rows that concerns name per column, by record number in the file. */
function flaggedRows(input: WorkInput, table: string): Map<string, Set<number>> {
  const flagged = new Map<string, Set<number>>();
  for (const { data } of input.concerns) {
    const list = Array.isArray(data.flagged) ? (data.flagged as readonly Partial<FlaggedRows>[]) : [];
    for (const each of list) {
      if (each?.table !== table || typeof each.column !== 'string' || !Array.isArray(each.rows)) continue;
      flagged.set(each.column, new Set([...(flagged.get(each.column) ?? []), ...each.rows]));
    }
  }
  return flagged;
}
