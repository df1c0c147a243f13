/** `ampmesh init`: a configuration, an identity, and for a closed mesh a swarm key and a join link. */
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import type { Command } from 'commander';
import { stringify } from 'yaml';
import { createEd25519Keys } from '../../node/adapters/ed25519-keys.ts';
import { createSecureRng } from '../../node/adapters/secure-rng.ts';
import { openSqliteStore } from '../../node/adapters/sqlite-store.ts';
import { ownDid } from '../../node/node-identity.ts';
import type { NodeId } from '../../protocol/brand.ts';
import { AmpError } from '../../protocol/errors.ts';
import { writeJoinLink } from '../join-link.ts';

interface InitFlags {
  readonly mesh: string;
  readonly name: string;
  readonly dir: string;
  readonly closed?: boolean;
  readonly address?: string;
  readonly port: string;
  readonly json?: boolean;
}

export function addInitCommand(program: Command): void {
  program
    .command('init')
    .summary('write a configuration, an identity and a join link')
    .addHelpText(
      'before',
      `Examples:
  ampmesh init --mesh lab                        an open mesh, on loopback
  ampmesh init --mesh lab --closed --address 10.0.0.5
                                                 a closed mesh that other machines join by the link
  ampmesh node --config ampmesh.yaml             then run it
`,
    )
    .option('--mesh <name>', 'name of the mesh', 'default')
    .option('--name <name>', 'display name of this node', 'node')
    .option('--dir <folder>', 'where the configuration and the data go', '.')
    .option('--closed', 'make a swarm key: only who has the link can join')
    .option('--address <ip>', 'address by which other machines reach this one; loopback without it')
    .option('--port <count>', 'port for other nodes', '4001')
    .option('--json', 'one line of JSON')
    .action(runInit);
}

async function runInit(flags: InitFlags): Promise<void> {
  const { toPeerId } = await import('../../node/adapters/node-id.ts');
  const port = Number(flags.port);
  if (!Number.isSafeInteger(port) || port < 1 || port > 65_535)
    throw new AmpError('AMP-1502', `--port must be from 1 to 65535, not "${flags.port}".`);
  const folder = resolve(flags.dir);
  const file = join(folder, 'ampmesh.yaml');
  if (existsSync(file))
    throw new AmpError('AMP-1502', `${file} is there already: remove it, or choose another --dir.`, { file });
  const data = join(folder, '.ampmesh', flags.name);
  const did = createIdentity(data);
  const swarmKey = flags.closed === true ? randomBytes(32).toString('hex') : undefined;
  const ip = flags.address ?? '127.0.0.1';
  const kind = ip.includes(':') ? 'ip6' : 'ip4';
  const listenIp = flags.address === undefined ? ip : kind === 'ip4' ? '0.0.0.0' : '::';
  const config = {
    name: flags.name,
    mesh: flags.mesh,
    data,
    listen: [`/${kind}/${listenIp}/tcp/${port}`],
    ...(flags.address === undefined ? {} : { announce: [`/${kind}/${ip}/tcp/${port}`] }),
    ...(swarmKey === undefined ? {} : { swarmKey }),
  };
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(
    file,
    `# Settings of one ampmesh node; "ampmesh config show --origin" lists them all.\n${stringify(config)}`,
    { mode: 0o600 },
  );
  const address = `/${kind}/${ip}/tcp/${port}/p2p/${toPeerId(did)!.toString()}`;
  const link = writeJoinLink({
    mesh: flags.mesh,
    bootstrap: [address],
    ...(swarmKey === undefined ? {} : { swarmKey }),
  });
  if (flags.json === true)
    return void process.stdout.write(`${JSON.stringify({ config: file, did, address, link })}\n`);
  const others = Object.values(networkInterfaces())
    .flat()
    .flatMap((one) => (one?.internal === false && one.family === 'IPv4' ? [one] : []));
  process.stdout.write(
    `${[
      `Wrote ${file}${swarmKey === undefined ? '' : ' (it holds the swarm key: keep it private)'}.`,
      `This node is ${did}.`,
      '',
      'Run it:',
      `  ampmesh node --config ${file}`,
      'Other machines join with',
      `  ampmesh node --join "${link}"`,
      ...(flags.address === undefined && others.length > 0
        ? ['', `Loopback only: give --address ${others[0]?.address} so that other machines can reach it.`]
        : []),
    ].join('\n')}\n`,
  );
}

/** The node's key pair, in the data folder where the node will look for it. */
function createIdentity(data: string): NodeId {
  mkdirSync(data, { recursive: true, mode: 0o700 });
  const store = openSqliteStore({ file: join(data, 'node.sqlite') });
  try {
    return ownDid(store, createEd25519Keys({ store, rng: createSecureRng() }).create);
  } finally {
    store.close();
  }
}
