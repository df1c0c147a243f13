/** `ampmesh sim replicate`. */
import { availableParallelism } from 'node:os';
import type { Command } from 'commander';
import { AmpError } from '../../protocol/errors.ts';
import { exitCodes } from '../exit.ts';

/** Published results, brought forth again; each names its source and its band. */
export function addReplicate(sim: Command): void {
  sim
    .command('replicate')
    .argument('[ids...]')
    .summary('published results, brought forth again, with PASS or FAIL and the citation')
    .addHelpText(
      'before',
      'Examples:\n  ampmesh sim replicate --all\n  ampmesh sim replicate two-choices byzantine-third --json\n',
    )
    .option('--all', 'every one of them')
    .option('-j, --jobs <count>', 'workers', String(availableParallelism()))
    .option('--json', 'one line of JSON')
    .action(async (ids: readonly string[], flags: { all?: boolean; jobs: string; json?: boolean }) => {
      const { replications, runReplications } = await import('../../sim/replications/index.ts');
      if (ids.length === 0 && flags.all !== true) {
        throw new AmpError(
          'AMP-1502',
          `Name some, or say --all: ${replications.map((one) => one.id).join(', ')}.`,
        );
      }
      const done = await runReplications({
        ...(flags.all === true ? {} : { ids }),
        workers: Number(flags.jobs),
      });
      print(flags.json === true ? done.json : done.table);
      if (!done.ok) process.exitCode = exitCodes.threshold;
    });
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
