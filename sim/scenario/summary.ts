/**
 * What an experiment found: statistics per point of the grid, thresholds, one digest. Virtual quantities only and
 * in a fixed order, so that the same experiment gives the same bytes whoever ran which part of it when.
 */
import { createHash } from 'node:crypto';
import type { FinishedRun } from './run-task.ts';
import { type ScenarioFile, type Threshold, thresholdsAt } from './scenario-file.ts';
import { type Described, describe } from './statistics.ts';
import type { Point } from './sweep.ts';

export interface PointSummary {
  readonly point: Point;
  readonly seeds: readonly number[];
  /** By metric, in the order of the scenario. */
  readonly metrics: Readonly<Record<string, Described>>;
}

export interface ThresholdResult extends Threshold {
  readonly point: Point;
  readonly value: number;
  readonly ok: boolean;
}

export interface Summary {
  readonly scenario: string;
  readonly question: string;
  readonly model: string;
  readonly points: readonly PointSummary[];
  readonly thresholds: readonly ThresholdResult[];
  readonly ok: boolean;
  readonly runCount: number;
  /** SHA-256 over the digests of all runs, in order. */
  readonly digest: string;
}

export function summarise(file: ScenarioFile, runs: readonly FinishedRun[]): Summary {
  const points = groupByPoint(runs).map((group): PointSummary => {
    const metrics = file.metrics.map((metric) => {
      const values = group.map(({ result }) => result.metrics[metric]!);
      return [metric, roundAll(describe(values, isYesNo(file, metric)))] as const;
    });
    return {
      point: group[0]!.task.point,
      seeds: group.map(({ task }) => task.seed),
      metrics: Object.fromEntries(metrics),
    };
  });
  const thresholds = judge(file, runs);
  return {
    scenario: file.name,
    question: file.question,
    model: file.model.name,
    points,
    thresholds,
    ok: thresholds.every((threshold) => threshold.ok),
    runCount: runs.length,
    digest: createHash('sha256')
      .update(runs.map(({ result }) => result.digest).join('\n'))
      .digest('hex'),
  };
}

/** The bytes of `summary.json`. */
export function formatSummary(summary: Summary): string {
  return `${JSON.stringify(summary, null, 2)}\n`;
}

/** Tidy: one row per run and metric, and per point of a series. `t` is empty for a figure of the whole run. */
export function formatMetricsCsv(runs: readonly FinishedRun[]): string {
  const parameters = [...new Set(runs.flatMap(({ task }) => Object.keys(task.point)))];
  const rows = [['run', 'seed', ...parameters, 't', 'metric', 'value']];
  for (const { task, result } of runs) {
    const head = [task.index, task.seed, ...parameters.map((name) => task.point[name] ?? '')].map(String);
    for (const [metric, value] of Object.entries(result.metrics))
      rows.push([...head, '', metric, String(value)]);
    for (const { metric, at, value } of result.series ?? [])
      rows.push([...head, String(at), metric, String(value)]);
  }
  return `${rows.map((row) => row.map(quoteCsv).join(',')).join('\n')}\n`;
}

/** One test case per threshold and point, for continuous integration. */
export function formatJunit(summary: Summary): string {
  const failures = summary.thresholds.filter((threshold) => !threshold.ok).length;
  const cases = summary.thresholds.map((threshold) => {
    const name = escapeXml(`${describeThreshold(threshold)} at ${describePoint(threshold.point)}`);
    const body = threshold.ok
      ? '/>'
      : `><failure message="${escapeXml(`it is ${threshold.value}`)}"/></testcase>`;
    return `  <testcase classname="${escapeXml(summary.scenario)}" name="${name}"${body}`;
  });
  const head = `<testsuite name="${escapeXml(summary.scenario)}" tests="${cases.length}" failures="${failures}">`;
  return ['<?xml version="1.0" encoding="UTF-8"?>', head, ...cases, '</testsuite>', ''].join('\n');
}

export function describeThreshold({ metric, statistic, atLeast, atMost }: Threshold): string {
  const bounds = [
    ...(atLeast === undefined ? [] : [`at least ${atLeast}`]),
    ...(atMost === undefined ? [] : [`at most ${atMost}`]),
  ];
  return `${statistic} ${metric} ${bounds.join(' and ')}`;
}

export function describePoint(point: Point): string {
  const parts = Object.entries(point).map(([name, value]) => `${name}=${value}`);
  return parts.length === 0 ? 'the only point' : parts.join(' ');
}

export function groupByPoint(runs: readonly FinishedRun[]): readonly (readonly FinishedRun[])[] {
  const groups = new Map<string, FinishedRun[]>();
  for (const run of [...runs].sort((a, b) => a.task.index - b.task.index)) {
    const key = JSON.stringify(run.task.point);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [run]);
    else group.push(run);
  }
  return [...groups.values()];
}

/** Models describe such figures as "1 when …" or "1 unless …". */
function isYesNo({ model }: ScenarioFile, metric: string): boolean {
  return /^1 (when|unless) /.test(model.metrics[metric] ?? '');
}

function judge(file: ScenarioFile, runs: readonly FinishedRun[]): readonly ThresholdResult[] {
  return groupByPoint(runs).flatMap((group) =>
    thresholdsAt(file, group[0]!.task.point).map((threshold): ThresholdResult => {
      const described = describe(group.map(({ result }) => result.metrics[threshold.metric]!));
      const value = described[threshold.statistic];
      const isHigh = threshold.atLeast === undefined || value >= threshold.atLeast;
      const isLow = threshold.atMost === undefined || value <= threshold.atMost;
      return { ...threshold, point: group[0]!.task.point, value: round(value), ok: isHigh && isLow };
    }),
  );
}

function roundAll(described: Described): Described {
  const { interval, ...numbers } = described;
  const rounded = Object.fromEntries(Object.entries(numbers).map(([key, value]) => [key, round(value)]));
  return { ...rounded, interval: { low: round(interval.low), high: round(interval.high) } } as Described;
}

/** Ten digits: beyond the last bit in which two machines' libraries may differ. */
function round(value: number): number {
  return Number(value.toPrecision(10));
}

function quoteCsv(cell: string): string {
  return /[",\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}

function escapeXml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
