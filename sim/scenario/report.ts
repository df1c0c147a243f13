/**
 * One self-contained page: verdict and thresholds first, then plots, tables with intervals, who talked with whom, the
 * slowest conversations, the raw data, and how to repeat it.
 */
import { drawPlot, escapeHtml, type PlotLine, showNumber } from './plot.ts';
import { eventsFileOf, runFileOf } from './run-store.ts';
import type { FinishedRun } from './run-task.ts';
import type { ScenarioFile } from './scenario-file.ts';
import { describePoint, describeThreshold, groupByPoint, type Summary } from './summary.ts';
import { drawTopology } from './topology-picture.ts';

/** The page's bytes depend on the summary and the runs alone. */
export function formatReport(file: ScenarioFile, summary: Summary, runs: readonly FinishedRun[]): string {
  const title = escapeHtml(summary.scenario);
  const verdict = summary.thresholds.length === 0 ? 'NO THRESHOLDS' : summary.ok ? 'PASS' : 'FAIL';
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}: ${verdict}</title>
<style>${style}</style>
</head>
<body>
<h1>${title} <span class="${summary.ok ? 'pass' : 'fail'}">${verdict}</span></h1>
<p>${escapeHtml(summary.question)}</p>
${file.source === undefined ? '' : `<p>Source: ${escapeHtml(file.source)}</p>`}
${formatThresholds(summary)}
<h2>Figures</h2>
${file.metrics.map((metric) => plotMetric(summary, metric)).join('\n')}
${plotSeries(runs).join('\n')}
<h2>Tables</h2>
<p>Means over the seeds, with 95 % intervals (Student's t; Wilson's for yes or no).</p>
${formatTable(file, summary)}
<h2>What the figures mean</h2>
<dl>${file.metrics.map((name) => `<dt>${escapeHtml(name)}</dt><dd>${escapeHtml(file.model.metrics[name] ?? '')}</dd>`).join('')}</dl>
${formatTopology(runs)}
${formatConversations(runs)}
<h2>Raw data</h2>
<p><a href="metrics.csv">metrics.csv</a> (every run, seed and metric), <a href="summary.json">summary.json</a>,
<a href="junit.xml">junit.xml</a>, <a href="resolved.json">resolved.json</a>, <a href="manifest.json">manifest.json</a>.</p>
${formatRuns(runs)}
<h2>Repeat it</h2>
<p>${summary.runCount === 1 ? 'One run' : `${summary.runCount} runs`} of the model <code>${escapeHtml(summary.model)}</code>, digest <code>${summary.digest.slice(0, 16)}</code>:</p>
<pre>${escapeHtml(formatCommand(summary))}</pre>
<p>The model simulates a mechanism, not a deployment and not a language model.</p>
</body>
</html>
`;
}

const style = `
body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:0 auto;padding:1rem;color:#1a1a1a;background:#fff}
h1 span{font-size:.6em;padding:.1em .5em;border-radius:.3em;color:#fff}.pass{background:#00704f}.fail{background:#b3261e}
.scroll{overflow-x:auto}table{border-collapse:collapse}td,th{padding:.25rem .6rem;border-bottom:1px solid #ccc;text-align:right;white-space:nowrap}
td:first-child,th:first-child{text-align:left}small{color:#555}svg{width:100%;height:auto;max-width:48rem;display:block;margin:1rem 0}
svg text{font:12px system-ui,sans-serif}svg text.on{fill:#fff;font-size:12px}.topology{max-width:34rem}
.keys span{display:inline-block;margin-right:1rem;font-size:.85rem}svg.key{display:inline;width:1.6rem;margin:0;vertical-align:middle}
.scroll td:first-child{position:sticky;left:0;background:#fff}a{overflow-wrap:anywhere}
pre{overflow-x:auto;background:#f4f4f4;padding:.6rem}svg .title{font-weight:600;font-size:13px}svg .grid{stroke:#ddd}dt{font-weight:600}
@media(max-width:40rem){svg text{font-size:19px}svg .title{font-size:21px}.topology text{font-size:17px}td,th{padding:.25rem .4rem}
.scroll td:first-child{white-space:normal;min-width:6rem;max-width:42vw}}
`.trim();

/** What failed, point by point; what was met, in one line each. */
function formatThresholds(summary: Summary): string {
  if (summary.thresholds.length === 0) return '';
  const names = [...new Set(summary.thresholds.map(describeThreshold))];
  const rows = names.flatMap((name) => {
    const same = summary.thresholds.filter((threshold) => describeThreshold(threshold) === name);
    const met = same.filter((threshold) => threshold.ok);
    const failed = same.filter((threshold) => !threshold.ok);
    const where = met.length === 1 ? describePoint(met[0]!.point) : `${met.length} of ${same.length} points`;
    const values = met.map(({ value }) => value);
    const [low, high] = [Math.min(...values), Math.max(...values)];
    const range = low === high ? showNumber(low) : `${showNumber(low)} to ${showNumber(high)}`;
    return [
      ...failed.map(({ point, value }) => [
        name,
        describePoint(point),
        showNumber(value),
        '<strong>fail</strong>',
      ]),
      ...(met.length === 0 ? [] : [[name, where, range, 'pass']]),
    ];
  });
  const cells = rows.map(
    ([name, where, value, verdict]) =>
      `<tr><td>${escapeHtml(name!)}</td><td>${escapeHtml(where!)}</td><td>${value}</td><td>${verdict}</td></tr>`,
  );
  const head = '<tr><th>Threshold</th><th>At</th><th>Is</th><th></th></tr>';
  return `<div class="scroll"><table>${head}${cells.join('')}</table></div>`;
}

/** The swept parameter with the most values is the axis; the others name lines. */
function plotMetric(summary: Summary, metric: string): string {
  const axis = Object.entries(countValues(summary)).sort((a, b) => b[1] - a[1])[0]?.[0];
  if (axis === undefined || summary.points.length < 2) return '';
  const values = [...new Set(summary.points.map(({ point }) => point[axis] ?? null))];
  const isNumeric = values.every((value) => typeof value === 'number');
  const lines = new Map<
    string,
    PlotLine & { points: { x: number; y: number; low: number; high: number }[] }
  >();
  for (const { point, metrics } of summary.points) {
    const { [axis]: at = null, ...rest } = point;
    const name = describePoint(rest);
    const line = lines.get(name) ?? { name, points: [] };
    const { mean, interval } = metrics[metric]!;
    line.points.push({ x: isNumeric ? Number(at) : values.indexOf(at), y: mean, ...interval });
    lines.set(name, line);
  }
  return drawPlot({
    title: metric,
    xName: axis,
    yName: metric,
    lines: [...lines.values()],
    ...(isNumeric ? {} : { labels: values.map(String) }),
  });
}

function countValues(summary: Summary): Record<string, number> {
  const names = Object.keys(summary.points[0]?.point ?? {});
  return Object.fromEntries(
    names.map((name) => [name, new Set(summary.points.map(({ point }) => point[name])).size]),
  );
}

/** Series of the first run of each point, one plot per series. */
function plotSeries(runs: readonly FinishedRun[]): string[] {
  const groups = groupByPoint(runs);
  const names = [...new Set(runs.flatMap(({ result }) => (result.series ?? []).map(({ metric }) => metric)))];
  return names.map((name) => {
    const lines = groups.map((group): PlotLine => {
      const { task, result } = group[0]!;
      const series = (result.series ?? []).filter(({ metric }) => metric === name);
      return {
        name: describePoint(task.point),
        points: series.map(({ at, value }) => ({ x: at, y: value })),
      };
    });
    const drawn = lines.filter((line) => line.points.length > 0);
    return drawPlot({ title: `${name}, first seed of each point`, xName: 'at', yName: name, lines: drawn });
  });
}

/** Of the last point's first run: sweeps go from the harmless to the hard. */
function formatTopology(runs: readonly FinishedRun[]): string {
  const run = groupByPoint(runs).at(-1)?.[0];
  if (run?.result.topology === undefined || run.result.topology.edges.length === 0) return '';
  const { about } = run.result.topology;
  const where = `At ${describePoint(run.task.point)}, seed ${run.task.seed}.`;
  return `<h2>Who talked with whom</h2>\n<p>${escapeHtml(`${about} ${where}`)}</p>\n${drawTopology(run.result.topology)}`;
}

const conversationsMax = 10;

function formatConversations(runs: readonly FinishedRun[]): string {
  const all = runs.flatMap(({ task, result }) => (result.conversations ?? []).map((one) => ({ task, one })));
  if (all.length === 0) return '';
  const slowest = all
    .sort((a, b) => b.one.durationMs - a.one.durationMs || a.task.index - b.task.index)
    .slice(0, conversationsMax);
  const rows = slowest.map(
    ({ task, one }) =>
      `<tr><td>${escapeHtml(one.name)}</td><td>${showNumber(one.durationMs)}</td><td>${showNumber(one.startMs)}</td>` +
      `<td>${one.messageCount}</td><td>${one.participantCount}</td>` +
      `<td>${escapeHtml(describePoint(task.point))}, seed ${task.seed}</td></tr>`,
  );
  const head = ['Conversation', 'Took, ms', 'From, ms', 'Messages', 'Agents', 'Run'];
  return [
    '<h2>Slowest conversations</h2>',
    '<p>Of all runs, in virtual time.</p>',
    `<div class="scroll"><table><tr>${head.map((name) => `<th>${name}</th>`).join('')}</tr>${rows.join('')}</table></div>`,
  ].join('\n');
}

/** A page of a thousand links helps nobody; the rest is in the folder. */
const runsListedMax = 100;

function formatRuns(runs: readonly FinishedRun[]): string {
  const rows = runs.slice(0, runsListedMax).map(({ task, result }) => {
    const events =
      result.topology === undefined ? '' : `<a href="runs/${eventsFileOf(task)}">events.jsonl</a>`;
    return (
      `<tr><td>${escapeHtml(describePoint(task.point))}</td><td>${task.seed}</td>` +
      `<td><a href="runs/${runFileOf(task)}">settings and figures</a></td><td>${events}</td><td><code>${result.digest.slice(0, 16)}</code></td></tr>`
    );
  });
  const rest =
    runs.length > runsListedMax
      ? ` The first ${runsListedMax} are listed; all are in <code>runs/</code>.`
      : '';
  const head = ['Point', 'Seed', 'Run', 'Events', 'Digest'].map((name) => `<th>${name}</th>`).join('');
  return (
    `<details><summary>${runs.length === 1 ? 'The file of the run' : `One file for each of the ${runs.length} runs`}</summary><p>Of each its settings, seed, figures and digest.${rest}</p>` +
    `<div class="scroll"><table><tr>${head}</tr>${rows.join('')}</table></div></details>`
  );
}

/** The grid as a command would have it. */
function formatCommand({ scenario, points }: Summary): string {
  const names = Object.keys(points[0]?.point ?? {});
  const sets = names.map(
    (name) => ` --set ${name}=${[...new Set(points.map(({ point }) => point[name]))].join(',')}`,
  );
  const seeds = points[0]?.seeds ?? [];
  return `ampmesh sim sweep ${scenario}${sets.join('')} --seeds ${seeds.join(',')}`;
}

function formatTable(file: ScenarioFile, summary: Summary): string {
  const head = ['Point', 'Runs', ...file.metrics].map((name) => `<th>${escapeHtml(name)}</th>`).join('');
  const rows = summary.points.map(({ point, seeds, metrics }) => {
    const cells = file.metrics.map((metric) => {
      const { mean, interval } = metrics[metric]!;
      return `<td>${showNumber(mean)} <small>${showNumber(interval.low)}–${showNumber(interval.high)}</small></td>`;
    });
    return `<tr><td>${escapeHtml(describePoint(point))}</td><td>${seeds.length}</td>${cells.join('')}</tr>`;
  });
  return `<div class="scroll"><table><tr>${head}</tr>${rows.join('')}</table></div>`;
}
