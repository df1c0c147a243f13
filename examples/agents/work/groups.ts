/** Whether categories differ: for each category and number column, how much of the spread the category explains. */
import { isTabular, judgeTrade } from './judge.ts';
import { figure, percent, plain, tableOf } from './markdown.ts';
import { groupDifference, mean, quantile, sortedOf } from './measure.ts';
import type { Column } from './table/column.ts';
import type { Table } from './table/table.ts';
import { isMissing } from './table/values.ts';
import { finding, numberColumns, type TablePart, workOnTables } from './table-work.ts';
import type { Finding, WorkModule } from './work.ts';

export interface Group {
  readonly name: string;
  readonly count: number;
  readonly mean: number;
  readonly median: number;
}

export interface GroupDifference {
  readonly category: string;
  readonly column: string;
  /** Highest mean first. */
  readonly groups: readonly Group[];
  /** Share of the column's variance that lies between the groups (η²). */
  readonly etaSquared: number;
  /** Kruskal–Wallis, multiplied by the number of comparisons (Bonferroni). */
  readonly p: number;
}

/** η² from which a difference is worth a sentence (Cohen 1988 calls 0.06 medium). */
const effectNotable = 0.06;
const pMax = 0.01;
const groupsMax = 30;
/** Smaller groups are left out of the comparison (judgement). */
const groupRowsMin = 5;
const categoriesMax = 12;
const shownMax = 12;

export const groups: WorkModule = {
  name: 'groups',
  kind: 'groups',
  capability:
    'Compare groups and categories: which segment, region or product has higher or lower numbers, and whether that is chance.',
  tags: ['groups', 'categories', 'comparison', 'data', 'csv'],
  buildsOn: [],
  judge: (intent, attachments, similarity) => judgeTrade(trade, { intent, attachments, similarity }),
  work: (input) =>
    workOnTables(input, { kind: 'groups', title: 'Differences between groups', each: groupsOfTable }),
};

const trade = {
  phrases: [
    'what stands out in this data',
    'compare groups, regions, categories and segments in a table',
    'which product or region does best or worst',
    'differences between categories of a dataset',
    'analyse this spreadsheet and write a report',
  ],
  offer: 'I compare the categories and say which differences are real',
  fits: isTabular,
};

/** Every category against every number column, the strongest effect first. */
export function compareGroups(table: Table): GroupDifference[] {
  const categories = table.columns
    .filter(
      (column) =>
        (column.type === 'category' || column.type === 'boolean') &&
        column.distinctCount >= 2 &&
        column.distinctCount <= groupsMax,
    )
    .slice(0, categoriesMax);
  const numbers = numberColumns(table);
  const compared = categories.flatMap((category) =>
    numbers.flatMap((column) => compareOne(category, column) ?? []),
  );
  return compared
    .map((each) => ({ ...each, p: Math.min(1, each.p * compared.length) }))
    .sort((a, b) => b.etaSquared - a.etaSquared || (a.category + a.column < b.category + b.column ? -1 : 1));
}

function compareOne(category: Column, column: Column & { values: Float64Array }): GroupDifference | null {
  const inGroup = new Map<string, number[]>();
  column.values.forEach((value, row) => {
    const name = category.cells[row]!.trim();
    if (Number.isNaN(value) || isMissing(name)) return;
    const list = inGroup.get(name);
    if (list === undefined) inGroup.set(name, [value]);
    else list.push(value);
  });
  const large = [...inGroup].filter(([, values]) => values.length >= groupRowsMin);
  if (large.length < 2) return null;
  const described = large.map(([name, values]) => ({
    name,
    count: values.length,
    mean: mean(values),
    median: quantile(sortedOf(values), 0.5),
  }));
  return {
    category: category.name,
    column: column.name,
    groups: described.sort((a, b) => b.mean - a.mean || (a.name < b.name ? -1 : 1)),
    ...groupDifference(large.map(([, values]) => values)),
  };
}

function groupsOfTable(table: Table): TablePart {
  const compared = compareGroups(table);
  const notable = compared.filter((each) => each.etaSquared >= effectNotable && each.p <= pMax);
  if (compared.length === 0) {
    return {
      markdown: 'No category column beside a number column.',
      findings: [],
      data: { comparisons: [] },
    };
  }
  const body =
    notable.length === 0
      ? `No category explains ${percent(effectNotable)} or more of any number column (${compared.length} comparisons).`
      : tableOf(
          ['category', 'column', 'explains', 'highest mean', 'lowest mean'],
          notable
            .slice(0, shownMax)
            .map((each) => [
              plain(each.category),
              plain(each.column),
              percent(each.etaSquared),
              groupText(each.groups[0]!),
              groupText(each.groups.at(-1)!),
            ]),
        );
  return {
    markdown: body,
    findings: notable.slice(0, shownMax).map(groupFinding),
    data: { comparisons: compared.slice(0, 40) },
  };
}

function groupText(group: Group): string {
  return `${plain(group.name, 30)}: ${figure(group.mean)} (${group.count} rows)`;
}

function groupFinding(each: GroupDifference): Finding {
  const [top, bottom] = [each.groups[0]!, each.groups.at(-1)!];
  return finding(
    `${plain(each.column)} differs by ${plain(each.category)}: ${plain(top.name, 30)} has a mean of ${figure(top.mean)}, ${plain(bottom.name, 30)} of ${figure(bottom.mean)} (the category explains ${percent(each.etaSquared)} of the spread).`,
    0.35 + Math.min(0.4, each.etaSquared),
    [each.category, each.column],
  );
}
