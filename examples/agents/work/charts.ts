/**
 * Draws what others found: a line where a trend or an odd month was reported, a scatter for the strongest pair, bars
 * for the clearest difference, a histogram where values lie far out. Alone, it looks for the same things itself.
 */
import { barsByCategory, histogram, lineOverTime, scatter } from './charts/draw.ts';
import { type Correlated, correlateColumns } from './correlations.ts';
import { compareGroups } from './groups.ts';
import { isTabular, judgeTrade } from './judge.ts';
import { plain } from './markdown.ts';
import { findOutliers } from './outliers.ts';
import type { Table } from './table/table.ts';
import { numberColumns, type TablePart, workOnTables } from './table-work.ts';
import { findTrends, type Trend } from './trends.ts';
import {
  type HeardContribution,
  type OutputFile,
  textFile,
  type WorkInput,
  type WorkModule,
} from './work.ts';

/** Charts per table (judgement: what a reader looks at). */
const chartsMax = 6;

export const charts: WorkModule = {
  name: 'charts',
  kind: 'charts',
  capability: 'Draw SVG charts of table data: histogram, line over time, bars by category, scatter plot.',
  tags: ['chart', 'plot', 'visualisation', 'svg', 'data'],
  buildsOn: ['outliers', 'trends', 'correlations', 'groups'],
  judge: (intent, attachments, similarity) => judgeTrade(trade, { intent, attachments, similarity }),
  work: (input) =>
    workOnTables(input, { kind: 'charts', title: 'Charts', each: (table) => drawTable(table, input) }),
};

const trade = {
  phrases: [
    'what stands out in this data',
    'draw a chart, plot or graph of this table',
    'visualise the data, show a histogram or a line over time',
    'analyse this spreadsheet and write a report with charts',
  ],
  offer: 'I draw charts of what stands out',
  fits: isTabular,
};

interface Chart {
  readonly file: OutputFile;
  readonly caption: string;
  /** Message ids of the contributions that this chart shows. */
  readonly shows: readonly string[];
}

function drawTable(table: Table, input: WorkInput): TablePart {
  const stem = fileStem(table.name);
  const drawn = [
    ...trendCharts(table, input, stem),
    ...groupCharts(table, input, stem),
    ...pairCharts(table, input, stem),
    ...spreadCharts(table, input, stem),
  ].slice(0, chartsMax);
  const body = drawn.map((chart) => `![${plain(chart.caption, 120)}](${chart.file.name})`).join('\n\n');
  return {
    markdown: drawn.length === 0 ? 'Nothing to draw: no column of numbers with values.' : body,
    findings: [],
    data: {
      charts: drawn.map((chart) => ({ file: chart.file.name, caption: chart.caption, shows: chart.shows })),
    },
    files: drawn.map((chart) => chart.file),
  };
}

/** A name that is safe as a file and in a Markdown link. */
export function fileStem(name: string): string {
  const stem = name
    .replace(/\.[a-z0-9]+$/i, '')
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .replace(/^-+|-+$/g, '')
    .toLowerCase();
  return stem.slice(0, 60) || 'table';
}

function svg(name: string, content: string): OutputFile {
  return textFile(`${name}.svg`, 'image/svg+xml', content);
}

function heard(input: WorkInput, kind: string): readonly HeardContribution[] {
  return input.contributions.filter((contribution) => contribution.kind === kind);
}

/** Columns that others' findings of a kind name, strongest first. */
function columnsFound(input: WorkInput, kind: string): string[] {
  const findings = heard(input, kind).flatMap((contribution) => contribution.data.findings ?? []);
  return [...findings].sort((a, b) => b.weight - a.weight).flatMap((found) => found.columns);
}

function trendCharts(table: Table, input: WorkInput, stem: string): Chart[] {
  const trends = findTrends(table);
  const named = columnsFound(input, 'trends');
  const own = (trend: Trend): number =>
    (trend.unusual.length > 0 ? 1 : 0) + (trend.p < 0.01 ? Math.abs(trend.change ?? 0) : 0);
  const order = [...trends].sort(
    (a, b) => rankIn(named, a.column) - rankIn(named, b.column) || own(b) - own(a),
  );
  return order.slice(0, 2).map((trend) => {
    const unusual = trend.unusual.map((each) => each.label);
    const title = `${trend.measure === 'total' ? 'Total' : 'Mean'} ${trend.column} by ${trend.period}`;
    const chart = lineOverTime({
      title,
      yLabel: trend.column,
      xLabel: `${trend.date} (${trend.period})`,
      points: trend.points,
      trend,
      marked: new Set(unusual),
    });
    const note = unusual.length === 0 ? '' : `; apart: ${unusual.join(', ')}`;
    return {
      file: svg(`${stem}-line-${fileStem(trend.column)}`, chart),
      caption: `${title}${note}`,
      shows: heard(input, 'trends').map((each) => each.id),
    };
  });
}

function rankIn(names: readonly string[], name: string): number {
  const place = names.indexOf(name);
  return place < 0 ? names.length : place;
}

function groupCharts(table: Table, input: WorkInput, stem: string): Chart[] {
  return compareGroups(table)
    .slice(0, 1)
    .map((each) => {
      const title = `Mean ${each.column} by ${each.category}`;
      const chart = barsByCategory({
        title,
        xLabel: each.category,
        yLabel: `mean ${each.column}`,
        bars: each.groups.slice(0, 16).map((group) => ({ label: group.name, value: group.mean })),
      });
      return {
        file: svg(`${stem}-bars-${fileStem(each.column)}-by-${fileStem(each.category)}`, chart),
        caption: title,
        shows: heard(input, 'groups').map((one) => one.id),
      };
    });
}

function pairCharts(table: Table, input: WorkInput, stem: string): Chart[] {
  // Both coefficients agree on a pair worth drawing: neither one outlier nor a copied column.
  const agreed = (pair: Correlated): number => Math.min(Math.abs(pair.pearson), Math.abs(pair.spearman));
  const telling = (pair: Correlated): boolean => Math.abs(pair.pearson) < 0.9999 && agreed(pair) >= 0.3;
  const values = new Map(numberColumns(table).map((column) => [column.name, column.values] as const));
  return correlateColumns(table)
    .filter(telling)
    .sort((a, b) => agreed(b) - agreed(a))
    .slice(0, 1)
    .map((pair) => ({
      file: svg(
        `${stem}-scatter-${fileStem(pair.left)}-${fileStem(pair.right)}`,
        scatter({
          xLabel: pair.left,
          yLabel: pair.right,
          xs: values.get(pair.left)!,
          ys: values.get(pair.right)!,
        }),
      ),
      caption: `${pair.right} against ${pair.left} (r = ${pair.pearson.toFixed(2)})`,
      shows: heard(input, 'correlations').map((one) => one.id),
    }));
}

function spreadCharts(table: Table, input: WorkInput, stem: string): Chart[] {
  const named = columnsFound(input, 'outliers');
  const filled = numberColumns(table).filter((column) => column.missingCount < table.rowCount);
  const looked = filled.map((column) => ({
    column,
    found: findOutliers(column.name, column.values, table.rowNumbers),
  }));
  const order = looked.sort(
    (a, b) =>
      rankIn(named, a.column.name) - rankIn(named, b.column.name) ||
      (b.found?.count ?? 0) - (a.found?.count ?? 0),
  );
  return order.slice(0, 2).map(({ column, found }) => ({
    file: svg(
      `${stem}-histogram-${fileStem(column.name)}`,
      histogram({
        column: column.name,
        values: column.values,
        ...(found === null || found.count === 0
          ? {}
          : { fences: { low: found.lowFence, high: found.highFence } }),
      }),
    ),
    caption: `Distribution of ${column.name}${found !== null && found.count > 0 ? `; ${found.count} far out` : ''}`,
    shows: heard(input, 'outliers').map((one) => one.id),
  }));
}
