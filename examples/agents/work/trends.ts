/** How numbers develop over a date column: a robust trend line, whether it is real, and periods that stand apart. */
import { isTabular, judgeTrade } from './judge.ts';
import { figure, plain, tableOf } from './markdown.ts';
import { mean, medianDeviation, quantile, robustLine, sortedOf, sum, trendP } from './measure.ts';
import { bucketLabel, bucketsOf, type Period } from './periods.ts';
import type { Column } from './table/column.ts';
import type { Table } from './table/table.ts';
import { finding, numberColumns, type TablePart, workOnTables } from './table-work.ts';
import type { Finding, WorkModule } from './work.ts';

export interface TrendPoint {
  /** First moment of the period, Unix ms. */
  readonly atMs: number;
  readonly label: string;
  readonly value: number;
  readonly rows: number;
}

export interface UnusualPeriod {
  readonly label: string;
  readonly value: number;
  /** On the trend line. */
  readonly expected: number;
  readonly modifiedZ: number;
  /** Record number of the one row that makes most of the distance, if there is one. */
  readonly singleRow: number | null;
}

export interface Trend {
  readonly date: string;
  readonly column: string;
  readonly period: Period;
  /** `total` for quantities that add up (by the column's name), `mean` for levels. */
  readonly measure: 'total' | 'mean';
  readonly points: readonly TrendPoint[];
  /** Theil–Sen slope per period. */
  readonly slope: number;
  readonly intercept: number;
  /** Change along the trend line over all periods ÷ its starting value; `null` near zero. */
  readonly change: number | null;
  /** Two-sided p of Mann–Kendall. */
  readonly p: number;
  /** Periods far from the line: modified z-score above 3.5 and at least 15 % of the usual level, at most 6. */
  readonly unusual: readonly UnusualPeriod[];
  /** Periods at the ends that the data cover only in part; left out of totals. */
  readonly partial: readonly string[];
}

const pMax = 0.01;
const changeNotable = 0.1;
const modifiedZMin = 3.5;
/** Fewer periods make no trend (judgement). */
const periodsMin = 4;
/** A period is unusual only if it is also this far from the line, in parts of the usual level (judgement). */
const distanceMin = 0.15;
/** Names of levels and ratios, which no sum makes sense of. */
const ratio = /\b(price|preis|rate|ratio|share|pct|percent|prozent|avg|average|mean|per)\b|%/i;
/** Names of quantities that add up; everything else is averaged. */
const additive =
  /\b(revenue|sales|amount|units?|quantit(y|ies)|qty|costs?|count|orders?|total|turnover|visits?|clicks|profit|umsatz|menge|betrag|anzahl|kosten|absatz)\b/i;

export const trends: WorkModule = {
  name: 'trends',
  kind: 'trends',
  capability:
    'Find trends and unusual periods of time series: development of numbers over a date column by month, week or day.',
  tags: ['trend', 'time series', 'dates', 'data', 'csv'],
  buildsOn: [],
  judge: (intent, attachments, similarity) => judgeTrade(trade, { intent, attachments, similarity }),
  work: (input) =>
    workOnTables(input, { kind: 'trends', title: 'Development over time', each: trendsOfTable }),
};

const trade = {
  phrases: [
    'what stands out in this data',
    'trend over time, development by month, time series analysis',
    'is it rising or falling, which month was unusual',
    'how did sales develop over the year',
    'analyse this spreadsheet and write a report',
  ],
  offer: 'I follow the numbers over time and find unusual periods',
  fits: isTabular,
};

/** Trends of every number column over the table's first date column with enough periods. */
export function findTrends(table: Table): Trend[] {
  for (const date of table.columns) {
    if (date.type !== 'date' || date.values === null) continue;
    const found = numberColumns(table).flatMap((column) => trendOf(table, { date, column }) ?? []);
    if (found.length > 0) return found;
  }
  return [];
}

function trendOf(
  table: Table,
  { date, column }: { date: Column; column: Column & { values: Float64Array } },
): Trend | null {
  const { rowNumbers } = table;
  const cut = bucketsOf(date.values!);
  if (cut === null) return null;
  const words = column.name.replace(/[_-]/g, ' ').replace(/(\p{Ll})(\p{Lu})/gu, '$1 $2');
  const measure = additive.test(words) && !ratio.test(words) ? 'total' : 'mean';
  const inBucket = new Map<number, number[]>();
  const farthest = new Map<number, { row: number; value: number }>();
  const usual = quantile(sortedOf(column.values), 0.5);
  column.values.forEach((value, row) => {
    const bucket = cut.bucketOfRow[row]!;
    if (Number.isNaN(value) || Number.isNaN(bucket)) return;
    const list = inBucket.get(bucket);
    if (list === undefined) inBucket.set(bucket, [value]);
    else list.push(value);
    const far = farthest.get(bucket);
    if (far === undefined || Math.abs(value - usual) > Math.abs(far.value - usual))
      farthest.set(bucket, { row, value });
  });
  const partial = measure === 'total' ? cut.partial : [];
  const points = [...inBucket]
    .filter(([bucket]) => !partial.includes(bucket))
    .sort(([a], [b]) => a - b)
    .map(([atMs, values]) => ({
      atMs,
      label: bucketLabel(atMs, cut.period),
      value: measure === 'total' ? sum(values) : mean(values),
      rows: values.length,
      pull: pullOf(values, { measure, farthest: farthest.get(atMs)!.value }),
      farthestRow: rowNumbers[farthest.get(atMs)!.row]!,
    }));
  if (points.length < periodsMin) return null;
  return {
    date: date.name,
    column: column.name,
    period: cut.period,
    measure,
    points: points.map(({ atMs, label, value, rows }) => ({ atMs, label, value, rows })),
    partial: partial.map((at) => bucketLabel(at, cut.period)),
    ...fitLine(points),
  };
}

/** How much one row adds to its period beyond what the period's other rows would lead one to expect. */
function pullOf(values: readonly number[], told: { measure: 'total' | 'mean'; farthest: number }): number {
  if (values.length < 2) return 0;
  const others = (sum(values) - told.farthest) / (values.length - 1);
  return told.measure === 'total' ? told.farthest - others : (told.farthest - others) / values.length;
}

interface WeighedPoint extends TrendPoint {
  readonly pull: number;
  readonly farthestRow: number;
}

function fitLine(
  points: readonly WeighedPoint[],
): Pick<Trend, 'slope' | 'intercept' | 'change' | 'p' | 'unusual'> {
  const ys = points.map((point) => point.value);
  const { slope, intercept } = robustLine([...ys.keys()], ys);
  const rests = ys.map((y, x) => y - (intercept + slope * x));
  const sorted = sortedOf(rests);
  const centre = quantile(sorted, 0.5);
  const mad = medianDeviation(sorted);
  const level = quantile(sortedOf(ys.map(Math.abs)), 0.5);
  const unusual = rests
    .map((rest, x) => ({
      label: points[x]!.label,
      value: ys[x]!,
      expected: intercept + slope * x,
      modifiedZ: mad > level * 1e-9 ? (0.6745 * (rest - centre)) / mad : 0,
      // One row that makes more than half of the distance is the story, not the period.
      singleRow: points[x]!.pull / rest > 0.5 ? points[x]!.farthestRow : null,
    }))
    .filter(
      (each) =>
        Math.abs(each.modifiedZ) > modifiedZMin &&
        Math.abs(each.value - each.expected) >= distanceMin * level,
    )
    .sort((a, b) => Math.abs(b.modifiedZ) - Math.abs(a.modifiedZ))
    .slice(0, 6);
  const change = Math.abs(intercept) > level * 0.05 ? (slope * (ys.length - 1)) / Math.abs(intercept) : null;
  return { slope, intercept, change, p: trendP(ys), unusual };
}

function trendsOfTable(table: Table): TablePart {
  const found = findTrends(table);
  if (found.length === 0)
    return { markdown: 'No date column with at least four periods.', findings: [], data: { trends: [] } };
  const { date, period } = found[0]!;
  const body = tableOf(
    ['column', 'measure', `per ${period}`, 'change over all', 'p', `unusual ${period}s (value, expected)`],
    found.map((trend) => [
      plain(trend.column),
      trend.measure,
      figure(trend.slope),
      trend.change === null ? '–' : `${(trend.change * 100).toFixed(1)} %`,
      trend.p < 0.0001 ? '< 0.0001' : figure(Number(trend.p.toPrecision(2))),
      trend.unusual
        .map((each) => `${each.label}: ${figure(each.value)}, ${figure(each.expected)}`)
        .join('; ') || '–',
    ]),
  );
  const partial = [...new Set(found.flatMap((trend) => trend.partial))];
  const left =
    partial.length === 0 ? '' : ` Left out of totals because only partly covered: ${partial.join(', ')}.`;
  return {
    markdown: `By ${period} of ${plain(date)}.\n\n${body}\n\nLine: Theil–Sen; p: Mann–Kendall; unusual: modified z-score above ${modifiedZMin} and at least ${distanceMin * 100} % of the usual level away.${left}`,
    findings: found.flatMap(trendFindings),
    data: { trends: found.map((trend) => ({ ...trend, points: trend.points.slice(-120) })) },
  };
}

function trendFindings(trend: Trend): Finding[] {
  const what = `${trend.measure === 'total' ? 'total' : 'mean'} ${plain(trend.column)}`;
  const found: Finding[] = [];
  for (const each of trend.unusual.slice(0, 2)) {
    const times = each.expected > 0 && each.value > 0 ? each.value / each.expected : null;
    const factor = times === null ? '' : `, ${times.toFixed(2)} times the trend line`;
    found.push(
      finding(
        `${each.label} stands apart: ${what} was ${figure(each.value)}${factor}${each.singleRow === null ? '' : `, mostly through row ${each.singleRow}`}.`,
        (each.singleRow === null ? 0.6 : 0.4) + Math.min(0.35, Math.abs(each.modifiedZ) / 60),
        [trend.column],
        each.singleRow === null ? [] : [each.singleRow],
      ),
    );
  }
  if (trend.p <= pMax && trend.change !== null && Math.abs(trend.change) >= changeNotable) {
    const way = trend.change > 0 ? 'rises' : 'falls';
    found.push(
      finding(
        `${what} ${way} by ${(Math.abs(trend.change) * 100).toFixed(0)} % along the trend from ${trend.points[0]!.label} to ${trend.points.at(-1)!.label}.`,
        0.45 + Math.min(0.3, Math.abs(trend.change) / 4),
        [trend.column],
      ),
    );
  }
  return found;
}
