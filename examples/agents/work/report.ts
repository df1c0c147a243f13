/**
 * Composes what others found into one report: the strongest findings first, each naming who found it, then every
 * contribution, then who did what. As Markdown and as one self-contained HTML page with the charts inside.
 */
import { fileStem } from './charts.ts';
import { renderPage } from './html.ts';
import { judgeTrade } from './judge.ts';
import { plain, tableOf } from './markdown.ts';
import {
  type Finding,
  finish,
  type HeardContribution,
  textFile,
  type WorkInput,
  type WorkModule,
} from './work.ts';

const findingsShown = 12;

export const report: WorkModule = {
  name: 'report-writer',
  kind: 'report',
  capability:
    'Write a report that composes what others found: findings, tables and charts as Markdown and a single HTML page.',
  readsFiles: true,
  provides: 'a report that brings together what was found',
  tags: ['report', 'writing', 'synthesis', 'html', 'integrate'],
  buildsOn: [
    'profile',
    'statistics',
    'outliers',
    'correlations',
    'trends',
    'groups',
    'charts',
    'keywords',
    'summary',
    'entities',
    'quality',
    'code',
    'conversion',
  ],
  judge: (intent, attachments, similarity) =>
    attachments.length === 0 ? null : judgeTrade(trade, { intent, attachments, similarity }),
  work: composeReport,
};

const trade = {
  phrases: [
    'write a report about this data',
    'what stands out in this data',
    'what stands out in these files',
    'analyse this document and summarise the findings in a report',
    'compose the results of an analysis into one readable page',
  ],
  offer: 'I put together what the others find, as one report',
  fits: null,
};

/** The report of what is there so far; says plainly when nothing is. */
export function composeReport(input: WorkInput): ReturnType<typeof finish> {
  const sources = orderSources(input.contributions.filter((contribution) => contribution.kind !== 'report'));
  const numbered = new Map(sources.map((source, index) => [source.id, index + 1] as const));
  const title = input.intent.trim() === '' ? 'Report' : plain(input.intent, 140);
  const markdown = [
    `# ${title}`,
    `About ${input.attachments.length === 0 ? 'no files' : input.attachments.map((file) => `\`${file.name.replaceAll('`', "'")}\``).join(', ')}.`,
    '## What stands out',
    listFindings(sources, numbered),
    ...sources.flatMap((source) => [
      `## ${plain(source.title, 100)}`,
      withoutTags(source.markdown).trim(),
      `*By ${plain(source.from)} [${numbered.get(source.id)}].*`,
    ]),
    '## Who did what',
    creditTable(sources, numbered),
  ].join('\n\n');
  const charts = sources
    .flatMap((source) => source.files)
    .filter((file) => file.mediaType === 'image/svg+xml');
  const stem = fileStem(input.attachments[0]?.name ?? 'report');
  const page = renderPage({
    title,
    markdown,
    images: new Map(charts.map((file) => [file.name, new TextDecoder().decode(file.bytes)])),
  });
  const findings = rankFindings(sources).slice(0, findingsShown);
  return finish({
    kind: 'report',
    title: `Report: ${title}`,
    markdown: `${markdown}\n`,
    data: {
      findings: findings.map((each) => each.finding),
      sources: sources.map((source) => ({
        id: source.id,
        from: source.from,
        kind: source.kind,
        title: source.title,
      })),
    },
    files: [
      textFile(`${stem}-report.md`, 'text/markdown', `${markdown}\n`),
      textFile(`${stem}-report.html`, 'text/html', page),
      ...charts,
    ],
  });
}

/** What others wrote may hold markup; in a report it is text. */
function withoutTags(markdown: string): string {
  return markdown.replace(/<(?=[a-z/!?])/gi, '&lt;');
}

/** Charts first, then in the order heard; of one author's kind only the newest, which is the revision. */
function orderSources(contributions: readonly HeardContribution[]): HeardContribution[] {
  const newest = new Map(contributions.map((each) => [`${each.from}\u0000${each.kind}`, each] as const));
  const list = contributions.filter((each) => newest.get(`${each.from}\u0000${each.kind}`) === each);
  return [...list.filter((each) => each.kind === 'charts'), ...list.filter((each) => each.kind !== 'charts')];
}

function rankFindings(
  sources: readonly HeardContribution[],
): { finding: Finding; source: HeardContribution }[] {
  return sources
    .flatMap((source) =>
      (Array.isArray(source.data.findings) ? source.data.findings : []).map((finding) => ({
        finding,
        source,
      })),
    )
    .filter(({ finding }) => typeof finding?.text === 'string' && Number.isFinite(finding.weight))
    .sort((a, b) => b.finding.weight - a.finding.weight);
}

function listFindings(sources: readonly HeardContribution[], numbered: ReadonlyMap<string, number>): string {
  const ranked = rankFindings(sources);
  if (sources.length === 0) return 'Nobody has contributed yet.';
  if (ranked.length === 0) return 'Nothing stands out by the rules of those who looked.';
  const lines = ranked.slice(0, findingsShown).map(({ finding, source }) => {
    const rows =
      finding.rows.length > 1 && finding.rows.length <= 8 ? ` Rows ${finding.rows.join(', ')}.` : '';
    return `1. ${withoutTags(finding.text).replace(/\s+/g, ' ')}${rows} [${numbered.get(source.id)}]`;
  });
  const more =
    ranked.length > findingsShown
      ? `\n\n${ranked.length - findingsShown} weaker findings are in the sections below.`
      : '';
  return lines.join('\n') + more;
}

function creditTable(sources: readonly HeardContribution[], numbered: ReadonlyMap<string, number>): string {
  if (sources.length === 0) return '–';
  return tableOf(
    ['no.', 'agent', 'contributed', 'findings', 'files'],
    sources.map((source) => [
      `${numbered.get(source.id)}`,
      plain(source.from),
      plain(source.title, 80),
      `${source.data.findings?.length ?? 0}`,
      `${source.files.length}`,
    ]),
  );
}
