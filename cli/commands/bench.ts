/** `ampmesh bench <name>`: measure, compare, and say whether the goals are met. */
import Table from 'cli-table3';
import type { Command } from 'commander';
import { AmpError } from '../../protocol/errors.ts';
import { type BenchFlags, benches } from '../bench/index.ts';
import type { BenchGoal, BenchReport } from '../bench/report.ts';
import { exitCodes } from '../exit.ts';
import { suggest } from '../suggest.ts';

interface Flags {
  readonly json?: boolean;
  readonly data?: string;
}

export function addBenchCommand(program: Command): void {
  const names = Object.keys(benches);
  program
    .command('bench')
    .argument('<name>', names.join(', '))
    .summary('measure this machine, and whether the goals are met')
    .addHelpText(
      'before',
      `Examples:
  ampmesh bench ws                 a table
  ampmesh bench tasks --json       one line of JSON, last; exit code 99 when a goal is missed
`,
    )
    .addHelpText(
      'after',
      `\nBenchmarks:\n${names.map((name) => `  ${name.padEnd(16)} ${benches[name]!.about}`).join('\n')}\n`,
    )
    .option('--data <folder>', 'labelled agents and queries (discovery)')
    .option('--json', 'one line of JSON, last')
    .action(runBench);
}

async function runBench(name: string, flags: Flags): Promise<void> {
  const bench = Object.hasOwn(benches, name) ? benches[name] : undefined;
  if (bench === undefined) {
    const names = Object.keys(benches);
    throw new AmpError('AMP-1502', `There is no benchmark "${name}".${suggest(name, names)}`, { name });
  }
  const given: BenchFlags = {
    data: flags.data,
    progress: (line) => process.stderr.write(`${line}\n`),
  };
  const report = await bench.run(given);
  print(flags.json === true ? JSON.stringify(report) : renderReport(report));
  if (report.goals.some((goal) => !goal.ok)) process.exitCode = exitCodes.threshold;
}

/** Figures and goals as two tables. */
export function renderReport({ bench, machine, figures, goals }: BenchReport): string {
  const style = { head: [], border: [], compact: true };
  const measured = new Table({ head: ['figure', 'value'], colAligns: ['left', 'right'], style });
  for (const [name, value] of Object.entries(figures)) measured.push([name, formatNumber(value)]);
  const judged = new Table({ head: ['goal', 'value', 'bound', ''], style });
  for (const goal of goals) judged.push([goal.name, goalValue(goal), goal.goal, verdictOf(goal)]);
  const { cpu, coreCount, memoryGiB, node } = machine;
  return [
    `${bench} on ${cpu}, ${coreCount} cores, ${memoryGiB} GiB, Node ${node}`,
    measured.toString(),
    judged.toString(),
  ].join('\n');
}

function goalValue(goal: BenchGoal): string {
  return goal.value === null ? '-' : formatNumber(goal.value);
}

function verdictOf(goal: BenchGoal): string {
  if (goal.skipped !== undefined) return `skipped: ${goal.skipped}`;
  return goal.ok ? 'met' : 'MISSED';
}

/** Four significant digits, whole numbers whole. */
function formatNumber(value: number): string {
  if (Number.isInteger(value) || Math.abs(value) >= 10_000) return Math.round(value).toLocaleString('en-US');
  return String(Number(value.toPrecision(4)));
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
