/** A real node in a process of its own, for benchmarks and for tests that kill, flood or look inside one. */
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { AmpError } from '../../protocol/errors.ts';

export interface SpawnNodeInit {
  readonly name: string;
  /** Folder of what it keeps. A second spawn on the same folder is a restart. */
  readonly data: string;
  readonly mesh: string;
  readonly bootstrap?: readonly string[];
  readonly port?: number;
  /** More flags of `ampmesh node`. */
  readonly flags?: readonly string[];
  /** The command to run. @default this clone's own */
  readonly command?: string;
  /** Flags of Node itself, such as `--cpu-prof`. */
  readonly execArgv?: readonly string[];
}

export interface NodeProcess {
  readonly name: string;
  readonly pid: number;
  readonly did: string;
  readonly agentUrl: string;
  readonly httpUrl: string;
  readonly token: string;
  /** Multiaddrs for other nodes. */
  readonly addresses: readonly string[];
  readonly readyMs: number;
  readonly isAlive: boolean;
  /** Resident memory now, in bytes (Linux). */
  residentBytes(): number;
  /** SIGTERM; resolves with the exit code. */
  stop(): Promise<number | null>;
  /** `kill -9`. */
  kill(): Promise<void>;
}

const cloneCommand = new URL('../ampmesh.js', import.meta.url).pathname;
const readyTimeoutMs = 30_000;

interface ReadyLine {
  readonly msg: string;
  readonly did: string;
  readonly agentUrl: string;
  readonly addresses: readonly string[];
  readonly tokenFile: string;
  readonly readyMs: number;
}

/** The flags of Node that the command's first line asks for: a spawned node runs as people run it. */
export function commandFlags(): readonly string[] {
  const [first = ''] = readFileSync(cloneCommand, 'utf8').split('\n', 1);
  return first.split(' ').filter((word) => word.startsWith('--'));
}

/** Start `ampmesh node` on loopback and wait until it says that it is ready. */
export async function spawnNode(init: SpawnNodeInit): Promise<NodeProcess> {
  const child = spawn(
    process.execPath,
    [
      ...commandFlags(),
      ...(init.execArgv ?? []),
      init.command ?? cloneCommand,
      'node',
      ...['--name', init.name, '--data', init.data, '--mesh', init.mesh, '--port', String(init.port ?? 0)],
      ...['--listen', '/ip4/127.0.0.1/tcp/0'],
      ...(init.bootstrap === undefined || init.bootstrap.length === 0
        ? []
        : ['--bootstrap', init.bootstrap.join(',')]),
      ...(init.flags ?? []),
    ],
    {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...process.env, AMPMESH_HOME: join(init.data, 'home'), NODE_OPTIONS: '' },
    },
  );
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const ready = await readyLine(child, init.name);
  return {
    name: init.name,
    pid: child.pid!,
    did: ready.did,
    agentUrl: ready.agentUrl,
    httpUrl: ready.agentUrl.replace(/^ws/, 'http').replace('/amp/mesh', ''),
    token: readFileSync(ready.tokenFile, 'utf8').trim(),
    addresses: ready.addresses,
    readyMs: ready.readyMs,
    get isAlive() {
      return child.exitCode === null && child.signalCode === null;
    },
    residentBytes: () => readResidentBytes(child.pid!),
    async stop() {
      child.kill('SIGTERM');
      return exited;
    },
    async kill() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}

/** The first line that says `ready`; what comes after it is read and dropped, so that the pipe never fills. */
function readyLine(child: ChildProcess, name: string): Promise<ReadyLine> {
  const { promise, resolve, reject } = Promise.withResolvers<ReadyLine>();
  const said: string[] = [];
  const timer = setTimeout(() => fail('was not ready in time'), readyTimeoutMs);
  function fail(what: string): void {
    child.kill('SIGKILL');
    const tail = said.slice(-5).join('\n');
    reject(new AmpError('AMP-1503', `The node ${name} ${what}: ${tail.slice(0, 1_000)}.`, { name }));
  }
  child.once('exit', (code) => fail(`ended with ${code}`));
  createInterface({ input: child.stderr! }).on('line', (line) => {
    if (said.length < 100) said.push(line);
    const entry = line.startsWith('{') ? (JSON.parse(line) as ReadyLine) : undefined;
    if (entry?.msg !== 'ready') return;
    clearTimeout(timer);
    resolve(entry);
  });
  return promise;
}

export function readResidentBytes(pid: number): number {
  const line = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return Number(line?.[1] ?? 0) * 1024;
}
