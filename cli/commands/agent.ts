/** `ampmesh agent`: a behaviour that ran in a simulation, as real agents on real nodes. */
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import type { Command } from 'commander';
import type { Heard, Said } from '../../protocol/behaviour.ts';
import { AmpError } from '../../protocol/errors.ts';
import { loadBehaviour } from '../../sim/peers/load-behaviour.ts';
import { exitCodes } from '../exit.ts';
import { findNodes } from '../local-nodes.ts';
import { type AgentsReport, runAgents } from '../run-agents.ts';

interface RunFlags {
  readonly node?: string;
  readonly token?: string;
  readonly tokenFile?: string;
  readonly name?: string;
  readonly count: string;
  readonly first: string;
  readonly of?: string;
  readonly for?: string;
  readonly json?: boolean;
}

/** Agents of one command; judgement: each holds a socket. */
const countMax = 1_000;
/** Characters of a message's content in the timeline: a line of a terminal. */
const quoteMax = 60;

export function addAgentCommand(program: Command): void {
  const agent = program
    .command('agent')
    .summary('run agents of your own on real nodes')
    .addHelpText('before', 'Examples:\n  ampmesh agent run my-swarm.ts --count 4\n');
  agent
    .command('run')
    .argument('<behaviour>', 'a file as `ampmesh sim new` writes it')
    .summary('run a behaviour, the file of a simulation, as real agents')
    .addHelpText(
      'before',
      `Examples:
  ampmesh sim new my-swarm && ampmesh agent run my-swarm.ts --count 4
                                            four agents, on the nodes of this machine in turn, until Ctrl-C
  ampmesh agent run my-swarm.ts --node ws://10.0.0.7:7700 --token-file token --first 0 --count 2 --of 4
  ampmesh agent run my-swarm.ts --node ws://10.0.0.8:7700 --token-file token --first 2 --count 2 --of 4
                                            one swarm of four on two machines
  ampmesh agent run my-swarm.ts --count 2 --for 30 --json | jq .figures
`,
    )
    .option('--node <name|url>', 'node to join; several with commas, in turn (AMPMESH_NODE)')
    .option('--token <token>', 'its token (AMPMESH_TOKEN)')
    .option('--token-file <file>', 'a file with its token (AMPMESH_TOKEN_FILE)')
    .option('--name <name>', "agents are called <name>-<number> (default: the file's name)")
    .option('--count <n>', 'how many agents to run here', '1')
    .option('--first <n>', 'number of the first agent here', '0')
    .option('--of <n>', 'how many agents there are on all machines (default: those here)')
    .option('--for <seconds>', 'stop after this time (default: at Ctrl-C)')
    .option('--json', 'one line of JSON at the end instead of the timeline')
    .action(runCommand);
  for (const command of agent.commands) command.exitOverride();
}

async function runCommand(path: string, flags: RunFlags): Promise<void> {
  const count = readWhole('--count', flags.count, 1, countMax);
  const first = readWhole('--first', flags.first, 0, Number.MAX_SAFE_INTEGER - countMax);
  const of = flags.of === undefined ? first + count : readWhole('--of', flags.of, first + count);
  const seconds = flags.for === undefined ? undefined : Number(flags.for);
  if (seconds !== undefined && !(seconds > 0))
    throw new AmpError('AMP-1502', `--for must be a number of seconds, not "${flags.for}".`);
  const behaviour = loadBehaviour(path);
  const token = flags.token ?? readToken(flags.tokenFile);
  const nodes = findNodes({ node: flags.node, token });
  const isJson = flags.json === true;
  const abort = stopOnSignals(seconds);
  const report = await runAgents({
    behaviour,
    nodes,
    name: flags.name ?? basename(path).replace(/\.[^.]*$/, ''),
    first,
    count,
    of,
    signal: abort.signal,
    watch: isJson
      ? {}
      : {
          joined: ({ name, did }, node) => note(`${name} joined ${node.name} as ${did}`),
          said: (name, message) => note(`${name} says ${describeSaid(message)}`),
          heard(name, message) {
            const words = describeHeard(message);
            if (words !== undefined) note(`${name} hears ${words}`);
          },
        },
  }).finally(abort.forget);
  process.stdout.write(`${isJson ? JSON.stringify(report) : describeReport(report)}\n`);
}

function readWhole(flag: string, text: string, min: number, max = Number.MAX_SAFE_INTEGER): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= min && value <= max) return value;
  const range = max === Number.MAX_SAFE_INTEGER ? `from ${min}` : `from ${min} to ${max}`;
  throw new AmpError('AMP-1502', `${flag} must be a whole number ${range}, not "${text}".`);
}

function readToken(file: string | undefined): string | undefined {
  if (file === undefined) return undefined;
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (cause) {
    const where = 'the file `token` is in the data folder of the node';
    throw new AmpError('AMP-1502', `The token file ${file} cannot be read; ${where}.`, { file }, cause);
  }
}

/** Ctrl-C is the normal end of agents that were given none; the exit code tells a script which it was. */
function stopOnSignals(seconds: number | undefined) {
  const abort = new AbortController();
  const timer = seconds === undefined ? undefined : setTimeout(() => abort.abort(), seconds * 1_000);
  const onInterrupt = () => {
    process.exitCode = exitCodes.interrupted;
    abort.abort();
  };
  const onTerminate = () => abort.abort();
  process.once('SIGINT', onInterrupt);
  process.once('SIGTERM', onTerminate);
  return {
    signal: abort.signal,
    forget() {
      clearTimeout(timer);
      process.off('SIGINT', onInterrupt);
      process.off('SIGTERM', onTerminate);
    },
  };
}

/** One line of the timeline: what an agent said. */
export function describeSaid(message: Said): string {
  const { to } = message as { to?: string | { capability?: string; space?: string } };
  const whom = typeof to === 'object' ? (to.capability ?? to.space) : to;
  return `${message.type}${whom === undefined ? '' : ` to ${whom}`}${quoteContent(message)}`;
}

/** What an agent heard. Receipts of every message would drown the rest: only the bad ones are news. */
export function describeHeard(message: Heard): string | undefined {
  const { type, from, name, reason, level } = message;
  if (type === 'receipt') return level === 'dead' ? `that a message found nobody (${reason})` : undefined;
  if (type === 'error') return `an error: ${message.message}`;
  return `${type}${from === undefined ? '' : ` from ${name ?? from}`}${quoteContent(message)}`;
}

function quoteContent({ content }: Said): string {
  if (content === undefined) return '';
  const text = typeof content === 'string' ? content : JSON.stringify(content);
  return `: ${text.length > quoteMax ? `${text.slice(0, quoteMax)}…` : text}`;
}

function describeReport({ agents, figures }: AgentsReport): string {
  const list = (counts: Readonly<Record<string, number>>) =>
    Object.entries(counts)
      .map(([what, count]) => `${count} ${what}`)
      .join(', ') || 'nothing';
  const lines = agents.map(({ name, said, heard }) => `${name} said ${list(said)}; heard ${list(heard)}`);
  return [...lines, `counted: ${list(figures)}`].join('\n');
}

function note(text: string): void {
  process.stderr.write(`${text}\n`);
}
