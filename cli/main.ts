/** The command line: `ampmesh <command>`. Data goes to stdout, messages to stderr. */
import { Command, CommanderError } from 'commander';
import { readProjectVersion } from '../sim/scenario/code-version.ts';
import { commandModules } from './commands/index.ts';
import { exitCodeOf, exitCodes, reportError } from './exit.ts';
import { suggest } from './suggest.ts';

export async function main(args: readonly string[]): Promise<void> {
  process.stdout.on('error', endWithReader);
  const program = await createProgram(args[0]);
  try {
    await program.parseAsync([...args], { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError) {
      process.exitCode = error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
      return;
    }
    reportError(error, args.includes('--json'));
    process.exitCode = exitCodeOf(error);
  }
}

/** Whoever reads the output has had enough (`| head`): stop, as any program does. */
function endWithReader(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
  process.exit(exitCodes.ok);
}

/** The program with the one command that `name` calls, or with all where no command has that name. */
async function createProgram(name: string | undefined): Promise<Command> {
  const program = new Command('ampmesh')
    .description('A peer-to-peer mesh for AI agents: no orchestrator in the middle.')
    .version(readProjectVersion())
    .exitOverride()
    .showHelpAfterError('(add --help for examples)')
    .showSuggestionAfterError(true);
  program.addHelpText(
    'before',
    `Examples:
  ampmesh demo                                        five nodes, fifteen agents, one job
  ampmesh node                                        run a node on this machine
  ampmesh ask "what stands out in this data?" --attach sales.csv
`,
  );
  const called = commandModules.filter(({ names }) => name !== undefined && names.includes(name));
  for (const { load } of called.length > 0 ? called : commandModules) (await load())(program);
  for (const command of program.commands) command.exitOverride();
  program.on('command:*', ([name]: string[]) => {
    process.stderr.write(
      `ampmesh: there is no command "${name}".${suggest(
        name ?? '',
        program.commands.map((one) => one.name()),
      )}\n`,
    );
    process.exitCode = exitCodes.usage;
  });
  return program;
}
