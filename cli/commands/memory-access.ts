/** What `graph`, `traces` and `why` share: asking a node about a space, and printing. */
import type { Command } from 'commander';
import { findNodes, type NodeAccess } from '../local-nodes.ts';
import { readView } from '../node-client.ts';

export interface MemoryFlags {
  readonly node?: string;
  readonly token?: string;
  readonly json?: boolean;
  readonly space: string;
}

export interface MemoryView {
  readonly items: readonly Record<string, unknown>[];
  readonly explain: Readonly<Record<string, unknown>>;
}

export function addMemoryFlags(command: Command): Command {
  return command
    .requiredOption('--space <id>', 'the space, or commons')
    .option('--node <name|url>', 'node to ask (AMPMESH_NODE)')
    .option('--token <token>', 'its token (AMPMESH_TOKEN, AMPMESH_TOKEN_FILE)')
    .option('--json', 'one line of JSON');
}

export function askSpace(
  flags: MemoryFlags,
  what: string,
  more: { readonly filter?: object; readonly text?: string; readonly limit?: number } = {},
): Promise<MemoryView> {
  const node: NodeAccess = findNodes(flags)[0]!;
  const filter = { space: flags.space, ...more.filter };
  return readView<MemoryView>(node, '/memory', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ what, ...more, filter }),
  });
}

export function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** The end of an id tells entities apart; the whole is in `--json`. */
export function shortEntity(id: unknown): string {
  const [author = '', ...rest] = String(id).split('/');
  return `${author.slice(-6)}/${rest.join('/').slice(-13)}`;
}
