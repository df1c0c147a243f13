/**
 * The nodes that run on this machine: each writes a small file while it runs, so that `ampmesh ask` in another
 * terminal finds it without being told. Only the user who started the node can read it.
 */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { AmpError } from '../protocol/errors.ts';

export interface LocalNode {
  readonly name: string;
  readonly pid: number;
  readonly mesh: string;
  readonly agentUrl: string;
  readonly httpUrl: string;
  readonly tokenFile: string;
  readonly startedAtMs: number;
}

function folder(): string {
  return join(process.env.AMPMESH_HOME ?? join(homedir(), '.ampmesh'), 'running');
}

/** Make the node known until the answer is called. */
export function publishLocalNode(node: LocalNode): () => void {
  mkdirSync(folder(), { recursive: true, mode: 0o700 });
  const file = join(folder(), `${node.pid}-${node.name.replaceAll(/[^a-z0-9-]/gi, '_')}.json`);
  writeFileSync(file, JSON.stringify(node), { mode: 0o600 });
  return () => rmSync(file, { force: true });
}

/** Nodes whose process lives, the oldest first; files of dead ones are cleared away. */
export function listLocalNodes(): readonly LocalNode[] {
  const nodes: LocalNode[] = [];
  for (const name of listFiles()) {
    const file = join(folder(), name);
    const node = readNode(file);
    if (node !== undefined && isAlive(node.pid)) nodes.push(node);
    else rmSync(file, { force: true });
  }
  return nodes.sort((a, b) => a.startedAtMs - b.startedAtMs || (a.name < b.name ? -1 : 1));
}

function listFiles(): readonly string[] {
  try {
    return readdirSync(folder());
  } catch {
    // No node ever ran here.
    return [];
  }
}

function readNode(file: string): LocalNode | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as LocalNode;
  } catch {
    // Half written by a process that died.
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** A node to talk to, and the secret that opens it. */
export interface NodeAccess {
  readonly agentUrl: string;
  readonly httpUrl: string;
  readonly token: string;
  readonly name: string;
}

export interface NodeChoice {
  /** `ws://…`, `http://…`, or the name of a node on this machine; several, separated by commas. */
  readonly node?: string | undefined;
  readonly token?: string | undefined;
}

/**
 * The nodes that a command may use, best first: those named by flag or `AMPMESH_NODE`, else all on this machine.
 * @throws AmpError AMP-1503 when there is none.
 */
export function findNodes(
  choice: NodeChoice,
  environment: NodeJS.ProcessEnv = process.env,
): readonly NodeAccess[] {
  const named = choice.node ?? environment.AMPMESH_NODE;
  const running = listLocalNodes();
  const token = choice.token ?? environment.AMPMESH_TOKEN ?? readTokenFile(environment.AMPMESH_TOKEN_FILE);
  if (named === undefined) {
    if (running.length === 0) throw new AmpError('AMP-1503', 'No node runs on this machine.');
    return running.map((node) => accessOf(node, token));
  }
  return named.split(',').map((one) => toAccess(one.trim(), running, token));
}

function accessOf(node: LocalNode, token: string | undefined): NodeAccess {
  return {
    agentUrl: node.agentUrl,
    httpUrl: node.httpUrl,
    name: node.name,
    token: token ?? readTokenFile(node.tokenFile) ?? '',
  };
}

function toAccess(named: string, running: readonly LocalNode[], token: string | undefined): NodeAccess {
  const local = running.find(
    (node) => node.name === named || node.agentUrl === named || node.httpUrl === named,
  );
  if (local !== undefined) return accessOf(local, token);
  const match = /^(?:ws|http)(s?):\/\/([^/]+)/.exec(named);
  if (match === null)
    throw new AmpError('AMP-1503', `"${named}" is neither a running node's name nor an address.`, {
      node: named,
    });
  const [, secure, host] = match;
  return {
    agentUrl: `ws${secure}://${host}/amp/mesh`,
    httpUrl: `http${secure}://${host}`,
    name: host!,
    token: token ?? '',
  };
}

function readTokenFile(file: string | undefined): string | undefined {
  return file === undefined ? undefined : readFileSync(file, 'utf8').trim();
}
