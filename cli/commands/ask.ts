/** `ampmesh ask`: state an intention; the mesh works out how. */
import type { Command } from 'commander';
import { AmpError } from '../../protocol/errors.ts';
import { exitCodes } from '../exit.ts';
import { findNodes } from '../local-nodes.ts';
import { runAsk, summarise } from '../run-ask.ts';

interface AskFlags {
  readonly attach?: readonly string[];
  readonly out: string;
  readonly node?: string;
  readonly token?: string;
  readonly timeout: string;
  readonly json?: boolean;
}

export function addAskCommand(program: Command): void {
  program
    .command('ask <intent>')
    .summary('send an intent into the mesh and get a deliverable')
    .addHelpText(
      'before',
      `Examples:
  ampmesh ask "what stands out in this data?" --attach sales.csv
  ampmesh ask "summarise these notes" --attach a.txt --attach b.txt --out notes
  ampmesh ask "profile this table" --attach t.csv --json | jq .contributions
`,
    )
    .option('--attach <file...>', 'files that the intent is about')
    .option('--out <folder>', 'where the deliverable goes', 'ampmesh-out')
    .option('--node <name|url>', 'node to go through; several with commas (AMPMESH_NODE)')
    .option('--token <token>', 'its token (AMPMESH_TOKEN, AMPMESH_TOKEN_FILE)')
    .option('--timeout <seconds>', 'when to stop with what there is', '60')
    .option('--json', 'one line of JSON at the end instead of the timeline')
    .action(runCommand);
}

async function runCommand(intent: string, flags: AskFlags): Promise<void> {
  const seconds = Number(flags.timeout);
  if (!(seconds > 0))
    throw new AmpError('AMP-1502', `--timeout must be a number of seconds, not "${flags.timeout}".`);
  const isJson = flags.json === true;
  const { result, files } = await runAsk({
    intent,
    attach: flags.attach ?? [],
    out: flags.out,
    deadlineMs: seconds * 1_000,
    nodes: findNodes(flags),
    write: isJson ? undefined : (line) => void process.stderr.write(`${line}\n`),
    isColoured: process.stderr.isTTY === true && process.env.NO_COLOR === undefined,
  });
  if (isJson) process.stdout.write(`${JSON.stringify({ ...summarise(result, intent, result.id), files })}\n`);
  else process.stdout.write(`${describeEnd(result, files)}\n`);
  process.exitCode = result.end === 'deadline' ? exitCodes.timeout : exitCodes.ok;
}

export function describeEnd(result: Parameters<typeof summarise>[0], files: readonly string[]): string {
  const summary = summarise(result, '', result.id);
  const workers = new Set(summary.contributions.map((one) => one.by));
  const lines = [
    `Job ${result.end} after ${(result.durationMs / 1_000).toFixed(1)} s: ${summary.contributions.length} contributions by ${workers.size} agents; ${summary.coordinator ?? 'nobody'} had most context.`,
    ...result.unmet.map(
      (one) => `Missing: ${one.text} (${one.why === 'missing' ? 'nobody did it' : 'nobody reviewed it'}).`,
    ),
    ...result.contributions
      .filter((one) => result.outdated.includes(one.id))
      .map(
        (one) =>
          `Outdated: ${one.meets.join(', ')} by ${one.authorName ?? one.author} was not looked at again after others revised what it rests on.`,
      ),
    ...files.map((file) => `  ${file}`),
  ];
  return lines.join('\n');
}
