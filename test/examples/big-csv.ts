/** A child process of its own: reads 10 MB with each data agent's work and prints time and peak memory as one JSON line. */
import {
  charts,
  correlations,
  csvProfile,
  groups,
  outliers,
  readTable,
  statistics,
  trends,
} from '../../examples/agents/work/index.ts';
import { mean, sum } from '../../examples/agents/work/measure.ts';

const wantedBytes = Number(process.argv[2] ?? 10 * 1024 * 1024);
const lines = ['id,when,region,amount,size,note'];
let bytes = 0;
let total = 0;
let rows = 0;
for (let row = 0; bytes < wantedBytes; row += 1) {
  const cents = ((row * 7919) % 1_000_003) / 100;
  const day = new Date(Date.UTC(2020, 0, 1 + (row % 1500))).toISOString().slice(0, 10);
  const line = `K${row},${day},${['north', 'south', 'east', 'west'][row % 4]},${cents.toFixed(2)},${row % 997},"note ${row}, with ""quotes""\nand a second line"`;
  lines.push(line);
  bytes += line.length + 1;
  total += Math.round(cents * 100);
  rows += 1;
}
const attachment = {
  name: 'big.csv',
  mediaType: 'text/csv',
  bytes: new TextEncoder().encode(`${lines.join('\n')}\n`),
};
lines.length = 0;
const input = { intent: 'what stands out?', attachments: [attachment], contributions: [], concerns: [] };

const startedAt = performance.now();
const reading = readTable(attachment);
const readMs = performance.now() - startedAt;
const figures: Record<string, number> = { readMs };
for (const module of [csvProfile, statistics, outliers, correlations, trends, groups, charts]) {
  const from = performance.now();
  module.work(input);
  figures[`${module.name}Ms`] = performance.now() - from;
}
const amount =
  'table' in reading
    ? reading.table.columns.find((column) => column.name === 'amount')!.values!
    : new Float64Array();
console.log(
  JSON.stringify({
    bytes: attachment.bytes.length,
    rows: 'table' in reading ? reading.table.rowCount : 0,
    rowsWritten: rows,
    sum: sum(amount),
    mean: mean(amount),
    sumWritten: total / 100,
    // Linux counts maxRSS in KiB.
    peakBytes: process.resourceUsage().maxRSS * 1024,
    figures,
  }),
);
