/** `ampmesh decisions`: what was asked and decided on a node, and the certificates to keep. */
import { writeFileSync } from 'node:fs';
import Table from 'cli-table3';
import type { Command } from 'commander';
import type { DecisionOutcome } from '../../node/runtime/decision-store.ts';
import { AmpError } from '../../protocol/errors.ts';
import { findNodes } from '../local-nodes.ts';
import { readView } from '../node-client.ts';
import { addDecideAskCommand } from './decide-ask.ts';

interface DecisionFlags {
  readonly node?: string;
  readonly token?: string;
  readonly json?: boolean;
  readonly certificate?: string;
}

export function addDecideCommand(program: Command): void {
  const decisions = program
    .command('decisions [id]')
    .summary('decisions that a node took part in')
    .addHelpText(
      'before',
      `Examples:
  ampmesh decisions
  ampmesh decisions 01890a5d --certificate diagnosis.json
  ampmesh certificate verify diagnosis.json
  ampmesh decisions ask "Deploy on Friday?" --option yes --option no --who "releases software" --tier tactical
`,
    )
    .option('--certificate <file>', 'write the certificate of this decision to a file')
    .option('--node <name|url>', 'node to ask (AMPMESH_NODE)')
    .option('--token <token>', 'its token (AMPMESH_TOKEN, AMPMESH_TOKEN_FILE)')
    .option('--json', 'one line of JSON')
    .action(runCommand);
  addDecideAskCommand(decisions);
}

type Listed = Partial<DecisionOutcome> & Pick<DecisionOutcome, 'decision' | 'outcome'>;

async function runCommand(id: string | undefined, flags: DecisionFlags): Promise<void> {
  const all = await readView<readonly Listed[]>(findNodes(flags)[0]!, '/decisions');
  const shown = id === undefined ? all : all.filter((one) => one.decision.startsWith(id));
  if (flags.certificate !== undefined) writeCertificate(shown, flags.certificate);
  if (flags.json === true) return void process.stdout.write(`${JSON.stringify(shown)}\n`);
  const table = new Table({
    head: ['decision', 'rule', 'question', 'outcome'],
    style: { head: [], border: [] },
  });
  for (const { decision, rule, question, outcome, level } of shown)
    table.push([
      decision,
      rule ?? '',
      (question ?? '').slice(0, 60),
      level === undefined ? outcome : `${outcome} (${level})`,
    ]);
  process.stdout.write(`${table.toString()}\n`);
}

function writeCertificate(shown: readonly Listed[], file: string): void {
  const [only] = shown;
  if (shown.length !== 1 || only?.certificate === undefined)
    throw new AmpError('AMP-1502', 'Name one decision that is over.', { count: shown.length });
  writeFileSync(file, `${JSON.stringify(only.certificate, null, 2)}\n`);
}
