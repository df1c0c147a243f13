/**
 * Values far from the rest. A value is called an outlier when it lies beyond three interquartile ranges of the
 * quartiles (Tukey 1977, "far out") and its modified z-score is above 3.5 (Iglewicz and Hoaglin 1993): two rules
 * that must agree, so that a skewed but normal column does not fill the report.
 */
import { isTabular, judgeTrade } from './judge.ts';
import { figure, plain, tableOf } from './markdown.ts';
import { mean, medianDeviation, quantile, sortedOf } from './measure.ts';
import { countOf, readTable, type Table } from './table/table.ts';
import { finding, numberColumns, type TablePart, workOnTables } from './table-work.ts';
import type { Concern, HeardContribution, WorkInput, WorkModule } from './work.ts';

export interface Outlier {
  /** Record number in the file, the header counted. */
  readonly row: number;
  readonly value: number;
  /** 0.6745 × distance from the median ÷ MAD; `null` when more than half of the values are equal. */
  readonly modifiedZ: number | null;
}

export interface ColumnOutliers {
  readonly column: string;
  readonly lowFence: number;
  readonly highFence: number;
  /** Values beyond 1.5 interquartile ranges: normal in large tables, given for comparison. */
  readonly mildCount: number;
  readonly count: number;
  /** The farthest, at most 20. */
  readonly outliers: readonly Outlier[];
  readonly mean: number;
  readonly meanWithout: number;
}

const farFence = 3;
const mildFence = 1.5;
const modifiedZMin = 3.5;
const listedMax = 20;
/** Below this a quartile means nothing (judgement). */
const valuesMin = 8;
/** A column with more than this share of "outliers" has a long tail, not outliers (judgement). */
const shareMax = 0.05;
/** In a column without spread, values other than the usual one stand out up to this share (judgement). */
const rareShareMax = 0.01;

export const outliers: WorkModule = {
  name: 'outliers',
  kind: 'outliers',
  capability:
    'Find outliers and anomalies in numeric columns by robust rules (IQR and MAD), naming the rows.',
  tags: ['outliers', 'anomalies', 'data', 'csv'],
  buildsOn: [],
  judge: (intent, attachments, similarity) => judgeTrade(trade, { intent, attachments, similarity }),
  work: (input) =>
    workOnTables(input, { kind: 'outliers', title: 'Values far from the rest', each: outliersOfTable }),
  reviews: ['statistics'],
  review: reviewMeans,
};

const trade = {
  phrases: [
    'what stands out in this data',
    'find outliers, anomalies and unusual values in a table',
    'which rows look wrong or suspicious',
    'detect errors and odd values in a dataset',
    'analyse this spreadsheet and write a report',
  ],
  offer: 'I find the values that lie far from the rest, and their rows',
  fits: isTabular,
};

/** The outliers of one column, or `null` when there are too few values or no spread. */
export function findOutliers(
  name: string,
  values: Float64Array,
  rowNumbers: ArrayLike<number>,
): ColumnOutliers | null {
  const sorted = sortedOf(values);
  if (sorted.length < valuesMin) return null;
  const [q1, median, q3] = [quantile(sorted, 0.25), quantile(sorted, 0.5), quantile(sorted, 0.75)];
  const range = q3 - q1;
  const mad = medianDeviation(sorted);
  const isBeyond = (value: number, fence: number): boolean =>
    value < q1 - fence * range || value > q3 + fence * range;
  const found: Outlier[] = [];
  let mildCount = 0;
  if (range === 0 && !isRareBeside(sorted, median)) return null;
  const kept: number[] = [];
  values.forEach((value, row) => {
    if (Number.isNaN(value)) return;
    const z = mad === 0 ? null : (0.6745 * (value - median)) / mad;
    if (isBeyond(value, mildFence)) mildCount += 1;
    if (isBeyond(value, farFence) && (z === null || Math.abs(z) > modifiedZMin)) {
      found.push({ row: rowNumbers[row]!, value, modifiedZ: z });
    } else kept.push(value);
  });
  const distance = (each: Outlier): number => Math.abs(each.value - median);
  return {
    column: name,
    lowFence: q1 - farFence * range,
    highFence: q3 + farFence * range,
    mildCount,
    count: found.length,
    outliers: found.sort((a, b) => distance(b) - distance(a) || a.row - b.row).slice(0, listedMax),
    mean: mean(sorted),
    meanWithout: mean(kept),
  };
}

/** Nearly all values are equal: the few others stand out, whatever their distance. */
function isRareBeside(sorted: Float64Array, median: number): boolean {
  const others = sorted.filter((value) => value !== median).length;
  return others > 0 && others / sorted.length <= rareShareMax;
}

function outliersOfTable(table: Table): TablePart {
  const looked = numberColumns(table).flatMap(
    (column) => findOutliers(column.name, column.values, table.rowNumbers) ?? [],
  );
  const found = looked.filter((each) => each.count > 0);
  const rule = `Rule: beyond ${farFence} interquartile ranges of the quartiles and modified z-score above ${modifiedZMin}. Row numbers count the header.`;
  const body =
    found.length === 0
      ? `No outliers in ${countOf(looked.length, 'number column')}.`
      : tableOf(
          ['column', 'outliers', 'beyond 1.5 IQR', 'usual range', 'farthest (row: value)'],
          found.map((each) => [
            plain(each.column),
            `${each.count}`,
            `${each.mildCount}`,
            `${figure(each.lowFence)} … ${figure(each.highFence)}`,
            each.outliers
              .slice(0, 5)
              .map((one) => `${one.row}: ${figure(one.value)}`)
              .join('; '),
          ]),
        );
  return {
    markdown: `${body}\n\n${rule}`,
    findings: found.map((each) => outlierFinding(each, table.rowCount)),
    data: { columns: looked },
  };
}

function outlierFinding(each: ColumnOutliers, rowCount: number): ReturnType<typeof finding> {
  const name = plain(each.column);
  if (each.count / rowCount > shareMax) {
    return finding(
      `${name} has a long tail: ${each.count} values lie beyond ${figure(each.lowFence)} … ${figure(each.highFence)}.`,
      0.4,
      [each.column],
    );
  }
  const first = each.outliers[0]!;
  const others = each.count > 1 ? ` and ${countOf(each.count - 1, 'more value')}` : '';
  return finding(
    `${name}: ${figure(first.value)} in row ${first.row}${others} ${each.count > 1 ? 'lie' : 'lies'} far outside the usual ${figure(each.lowFence)} … ${figure(each.highFence)}.`,
    0.6 + Math.min(0.35, Math.abs(first.modifiedZ ?? 10) / 100),
    [each.column],
    each.outliers.map((one) => one.row),
  );
}

/** How far outliers must pull a mean, in parts of it, before this agent raises a concern (judgement). */
const pullNotable = 0.05;

/** Columns for which both means are given already. */
function correctedColumns(contribution: HeardContribution): Set<string> {
  const tables = (contribution.data.tables ?? []) as readonly {
    columns?: readonly { column?: string; meanWithoutFlagged?: number }[];
  }[];
  const columns = tables.flatMap((table) => (Array.isArray(table.columns) ? table.columns : []));
  return new Set(
    columns.filter((each) => each.meanWithoutFlagged !== undefined).map((each) => String(each.column)),
  );
}

/** A mean that a handful of values make is a concern to whoever published it. */
function reviewMeans(contribution: HeardContribution, input: WorkInput): Concern | null {
  if (contribution.kind !== 'statistics') return null;
  const corrected = correctedColumns(contribution);
  const pulled = input.attachments.flatMap((file) => {
    const reading = readTable(file);
    if ('refused' in reading) return [];
    const { table } = reading;
    return numberColumns(table)
      .map((column) => findOutliers(column.name, column.values, table.rowNumbers))
      .filter((found) => found !== null && isPulled(found) && !corrected.has(found.column))
      .map((found) => ({ table: table.name, found: found! }));
  });
  if (pulled.length === 0) return null;
  const told = pulled.map(
    ({ found }) =>
      `the mean of ${plain(found.column)} (${figure(found.mean)}) rests on ${countOf(found.count, 'outlier')}; without, it is ${figure(found.meanWithout)}`,
  );
  return {
    about: contribution.id,
    from: 'outliers',
    text: `${told.join('; ')}. Give both means, or the median.`.replace(/^t/, 'T'),
    data: {
      flagged: pulled.map(({ table, found }) => ({
        table,
        column: found.column,
        rows: found.outliers.map((one) => one.row),
      })),
    },
  };
}

function isPulled(found: ColumnOutliers): boolean {
  const pull = Math.abs(found.mean - found.meanWithout) / Math.max(Math.abs(found.meanWithout), 1e-12);
  return found.count > 0 && found.count <= listedMax && pull >= pullNotable;
}
