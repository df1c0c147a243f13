/** Which number columns move together: Pearson and Spearman for every pair, with the chance of it being chance. */
import { isTabular, judgeTrade } from './judge.ts';
import { figure, plain, tableOf } from './markdown.ts';
import { correlation, correlationP, rankCorrelation } from './measure.ts';
import type { Table } from './table/table.ts';
import { finding, numberColumns, type TablePart, workOnTables } from './table-work.ts';
import type { Finding, WorkModule } from './work.ts';

export interface Correlated {
  readonly left: string;
  readonly right: string;
  /** Rows in which both are present. */
  readonly count: number;
  readonly pearson: number;
  /** On at most {@link rankRowsMax} evenly spread rows. */
  readonly spearman: number;
  /** Two-sided, Fisher's z, multiplied by the number of pairs tried (Bonferroni). */
  readonly p: number;
}

/** |r| from which a pair is worth a sentence (Cohen 1988 calls 0.5 a large effect). */
const strengthNotable = 0.5;
const pMax = 0.01;
const pairsShown = 12;
/** Sorting is the costly part of ranks; more rows change the third digit at most (measured). */
export const rankRowsMax = 20_000;
/** Fewer common rows say nothing (judgement). */
const rowsMin = 8;

export const correlations: WorkModule = {
  name: 'correlations',
  kind: 'correlations',
  capability: 'Find correlations between numeric columns: which quantities rise and fall together.',
  tags: ['correlation', 'relationship', 'data', 'csv'],
  buildsOn: ['outliers'],
  judge: (intent, attachments, similarity) => judgeTrade(trade, { intent, attachments, similarity }),
  work: (input) =>
    workOnTables(input, { kind: 'correlations', title: 'What moves together', each: correlationsOfTable }),
};

const trade = {
  phrases: [
    'what stands out in this data',
    'find correlations and relationships between the columns of a table',
    'which values depend on each other',
    'analyse what drives a number in a dataset',
    'analyse this spreadsheet and write a report',
  ],
  offer: 'I look for number columns that move together',
  fits: isTabular,
};

/** Every pair of number columns with enough common rows, the strongest first. */
export function correlateColumns(table: Table): Correlated[] {
  const columns = numberColumns(table);
  const pairs: Omit<Correlated, 'p'>[] = [];
  columns.forEach((left, index) => {
    for (const right of columns.slice(index + 1)) {
      const both = commonRows(left.values, right.values);
      if (both.left.length < rowsMin) continue;
      const pearson = correlation(both.left, both.right);
      if (Number.isNaN(pearson)) continue;
      pairs.push({
        left: left.name,
        right: right.name,
        count: both.left.length,
        pearson,
        spearman: spearmanOf(both),
      });
    }
  });
  const strength = (pair: { pearson: number; spearman: number }): number =>
    Math.max(Math.abs(pair.pearson), Math.abs(pair.spearman));
  return pairs
    .map((pair) => ({ ...pair, p: Math.min(1, correlationP(pair.pearson, pair.count) * pairs.length) }))
    .sort((a, b) => strength(b) - strength(a) || (a.left + a.right < b.left + b.right ? -1 : 1));
}

interface Pairs {
  readonly left: Float64Array;
  readonly right: Float64Array;
}

function commonRows(left: Float64Array, right: Float64Array): Pairs {
  const present = (_: number, row: number): boolean =>
    !Number.isNaN(left[row]!) && !Number.isNaN(right[row]!);
  return { left: left.filter(present), right: right.filter(present) };
}

function spearmanOf({ left, right }: Pairs): number {
  const stride = Math.ceil(left.length / rankRowsMax);
  if (stride === 1) return rankCorrelation(left, right);
  const thin = (values: Float64Array): Float64Array => values.filter((_, row) => row % stride === 0);
  return rankCorrelation(thin(left), thin(right));
}

function correlationsOfTable(table: Table): TablePart {
  const pairs = correlateColumns(table);
  const notable = pairs.filter(isNotable);
  if (pairs.length === 0) {
    return { markdown: 'Fewer than two number columns with common rows.', findings: [], data: { pairs: [] } };
  }
  const shown = (notable.length > 0 ? notable : pairs).slice(0, pairsShown);
  const body = tableOf(
    ['pair', 'rows', 'Pearson r', 'Spearman ρ', 'p (corrected)'],
    shown.map((pair) => [
      `${plain(pair.left)} – ${plain(pair.right)}`,
      `${pair.count}`,
      pair.pearson.toFixed(2),
      pair.spearman.toFixed(2),
      pair.p < 0.0001 ? '< 0.0001' : figure(Number(pair.p.toPrecision(2))),
    ]),
  );
  const lead = notable.length > 0 ? '' : 'No pair is strongly related; the closest:\n\n';
  return {
    markdown: `${lead}${body}\n\nMoving together is no proof of cause.`,
    findings: notable.slice(0, pairsShown).map(correlationFinding),
    data: { pairs: pairs.slice(0, 100) },
  };
}

function isNotable(pair: Correlated): boolean {
  return Math.max(Math.abs(pair.pearson), Math.abs(pair.spearman)) >= strengthNotable && pair.p <= pMax;
}

function correlationFinding(pair: Correlated): Finding {
  const [left, right] = [plain(pair.left), plain(pair.right)];
  const columns = [pair.left, pair.right];
  if (Math.abs(pair.pearson) > 0.9999) {
    return finding(
      `${left} and ${right} carry the same information (r = ${pair.pearson.toFixed(2)}).`,
      0.35,
      columns,
    );
  }
  const how = pair.pearson > 0 ? 'rises with' : 'falls as';
  const tail = pair.pearson > 0 ? right : `${right} rises`;
  const bent = Math.abs(Math.abs(pair.spearman) - Math.abs(pair.pearson)) > 0.15;
  const note = bent ? `, by ranks ρ = ${pair.spearman.toFixed(2)}: outliers or a curve are involved` : '';
  return finding(
    `${left} ${how} ${tail} (r = ${pair.pearson.toFixed(2)}, ${pair.count} rows${note}).`,
    0.3 + 0.45 * Math.min(Math.abs(pair.pearson), Math.abs(pair.spearman)),
    columns,
  );
}
