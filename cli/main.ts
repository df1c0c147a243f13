/** The command line: `ampmesh <command>`. Data goes to stdout, messages to stderr. */
import { Command, CommanderError } from 'commander';
import { readProjectVersion } from '../sim/scenario/code-version.ts';
import { addAgentCommand } from './commands/agent.ts';
import { addApprovalsCommand } from './commands/approvals.ts';
import { addAskCommand } from './commands/ask.ts';
import { addBenchCommand } from './commands/bench.ts';
import { addCertificateCommand } from './commands/certificate.ts';
import { addConfigCommand } from './commands/config.ts';
import { addDecideCommand } from './commands/decide.ts';
import { addDemoCommand } from './commands/demo.ts';
import { addGraphCommand } from './commands/graph.ts';
import { addInitCommand } from './commands/init.ts';
import { addLogCommand } from './commands/log.ts';
import { addLookCommands } from './commands/look.ts';
import { addNodeCommand } from './commands/node.ts';
import { addSimCommand } from './commands/sim.ts';
import { addTracesCommand } from './commands/traces.ts';
import { addWhyCommand } from './commands/why.ts';
import { exitCodeOf, exitCodes, reportError } from './exit.ts';
import { suggest } from './suggest.ts';

export async function main(args: readonly string[]): Promise<void> {
  process.stdout.on('error', endWithReader);
  const program = createProgram();
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

export function createProgram(): Command {
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
  addNodeCommand(program);
  addInitCommand(program);
  addConfigCommand(program);
  addAskCommand(program);
  addDemoCommand(program);
  addLookCommands(program);
  addWhyCommand(program);
  addAgentCommand(program);
  addSimCommand(program);
  addDecideCommand(program);
  addApprovalsCommand(program);
  addCertificateCommand(program);
  addGraphCommand(program);
  addTracesCommand(program);
  addLogCommand(program);
  addBenchCommand(program);
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
