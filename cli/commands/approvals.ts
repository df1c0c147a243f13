/** `ampmesh approvals`: what agents put to a person, and the person's answers. */
import Table from 'cli-table3';
import type { Command } from 'commander';
import type { PendingApproval } from '../../node/runtime/approval-desk.ts';
import { AmpError } from '../../protocol/errors.ts';
import { findNodes, type NodeAccess } from '../local-nodes.ts';
import { readView, request } from '../node-client.ts';

interface ApprovalFlags {
  readonly node?: string;
  readonly token?: string;
  readonly json?: boolean;
  readonly all?: boolean;
  readonly option?: string;
  readonly reason?: string;
}

export function addApprovalsCommand(program: Command): void {
  const approvals = program
    .command('approvals')
    .summary('questions that wait for a person')
    .addHelpText(
      'before',
      `Examples:
  ampmesh approvals list
  ampmesh approvals show 01890a5d
  ampmesh approvals approve 01890a5d --option cache --reason "seen it before"
  ampmesh approvals deny 01890a5d --reason "not on a Friday"
`,
    );
  withNode(approvals.command('list', { isDefault: true }).summary('what waits'))
    .option('--all', 'answered ones too')
    .action(list);
  withNode(approvals.command('show <id>').summary('one question, its options and opinions')).action(show);
  for (const verdict of ['approve', 'deny'] as const) {
    const command = withNode(approvals.command(`${verdict} <id>`).summary(`${verdict} it`));
    command.option('--reason <text>', 'why');
    if (verdict === 'approve')
      command.option('--option <text>', 'the option chosen, where there is a choice');
    command.action((id: string, flags: ApprovalFlags) => answer(id, verdict, flags));
  }
}

function withNode(command: Command): Command {
  return command
    .option('--node <name|url>', 'node to ask (AMPMESH_NODE)')
    .option('--token <token>', 'its token (AMPMESH_TOKEN, AMPMESH_TOKEN_FILE)')
    .option('--json', 'one line of JSON');
}

async function list(flags: ApprovalFlags): Promise<void> {
  const all = await readApprovals(findNodes(flags)[0]!);
  const shown = all.filter((one) => flags.all === true || one.answer === undefined);
  if (flags.json === true) return print(JSON.stringify(shown));
  if (shown.length === 0) return print('Nothing waits for a person.');
  const table = new Table({
    head: ['id', 'from', 'question', 'options', 'answer'],
    style: { head: [], border: [] },
  });
  for (const one of shown)
    table.push([
      one.id,
      one.fromName ?? one.from.slice(-8),
      one.question.slice(0, 60),
      one.options.join(', ').slice(0, 40),
      one.answer === undefined ? '' : `${one.answer.verdict} ${one.answer.option ?? ''}`.trim(),
    ]);
  print(table.toString());
}

async function show(id: string, flags: ApprovalFlags): Promise<void> {
  const one = await findOne(findNodes(flags)[0]!, id);
  if (flags.json === true) return print(JSON.stringify(one));
  print(`${one.question}\n\nfrom      ${one.fromName ?? ''} ${one.from}`);
  if (one.why !== undefined) print(`why       ${one.why}`);
  for (const option of one.options) print(`option    ${option}`);
  if (one.opinions !== undefined) print(`opinions  ${JSON.stringify(one.opinions, null, 2)}`);
  if (one.answer !== undefined) print(`answer    ${JSON.stringify(one.answer)}`);
}

async function answer(id: string, verdict: 'approve' | 'deny', flags: ApprovalFlags): Promise<void> {
  const node = findNodes(flags)[0]!;
  const one = await findOne(node, id);
  const { option, reason } = flags;
  if (option !== undefined && !one.options.includes(option))
    throw new AmpError('AMP-1502', `--option must be one of ${one.options.join(', ')}.`, { option });
  const answered = await request(node, `/approvals/${one.id}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ verdict, option, reason }),
  });
  const body = (await answered.json()) as PendingApproval;
  print(
    flags.json === true
      ? JSON.stringify(body)
      : `${verdict === 'approve' ? 'approved' : 'denied'}: ${one.question}`,
  );
}

/** By id, or by the beginning of one. */
async function findOne(node: NodeAccess, id: string): Promise<PendingApproval> {
  const found = (await readApprovals(node)).filter((one) => one.id.startsWith(id));
  if (found.length === 1) return found[0]!;
  throw new AmpError(
    'AMP-1859',
    found.length === 0 ? `Nothing waits under "${id}".` : `"${id}" names several questions.`,
    {
      id,
    },
  );
}

function readApprovals(node: NodeAccess): Promise<readonly PendingApproval[]> {
  return readView(node, '/approvals');
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
