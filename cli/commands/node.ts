/** `ampmesh node`: run one node until it is told to stop. */
import type { Command } from 'commander';
import type { RunningNode } from '../../node/start-node.ts';
import { readJoinLink } from '../join-link.ts';
import { publishLocalNode } from '../local-nodes.ts';
import { createNodeLog } from '../log.ts';
import { resolveSettings, settingNames, settings, toFlag } from '../settings.ts';

export function addNodeCommand(program: Command): void {
  const command = program
    .command('node')
    .summary('run a node on this machine')
    .addHelpText(
      'before',
      `Examples:
  ampmesh node                              one node, on loopback
  ampmesh node --mdns --listen /ip4/0.0.0.0/tcp/4001
                                            meet the nodes of the local network
  ampmesh node --join "<link>"              join the mesh that "ampmesh init" on another machine made
`,
    )
    .option('--config <file>', 'YAML file with settings (AMPMESH_CONFIG)')
    .option('--join <link>', 'join link of a mesh');
  for (const name of settingNames) {
    const { kind, about } = settings[name];
    const flag = `--${toFlag(name)}`;
    command.option(kind === 'switch' ? flag : `${flag} <${kind}>`, about);
  }
  command.action(async (flags: Record<string, unknown>) => runNode(flags));
}

async function runNode(flags: Record<string, unknown>): Promise<void> {
  const startedAtMs = Date.now();
  const joined = typeof flags.join === 'string' ? readJoinLink(flags.join) : {};
  const file = (flags.config as string | undefined) ?? process.env.AMPMESH_CONFIG;
  const { values } = resolveSettings({ flags: { ...joined, ...flags }, environment: process.env, file });
  const log = createNodeLog(values.logLevel, values.name);
  // Loaded only here: it brings libp2p, which no other command needs.
  const { startNode } = await import('../../node/start-node.ts');
  const node = await startNode({
    ...values,
    onFatal(error) {
      log.fatal(
        { error: error instanceof Error ? error.message : String(error) },
        'the disk refused: stopping, nothing more is acknowledged',
      );
      process.exit(1);
    },
  });
  const forget = publishLocalNode({
    name: values.name,
    pid: process.pid,
    mesh: values.mesh,
    agentUrl: node.agentUrl,
    httpUrl: node.httpUrl,
    tokenFile: node.tokenFile,
    startedAtMs,
  });
  node.peer.events.watch((event) => log.event(event));
  if (log.isForPeople) printBanner(node, values, Date.now() - startedAtMs);
  else
    log.info(
      {
        did: node.did,
        agentUrl: node.agentUrl,
        addresses: node.transport.addresses(),
        tokenFile: node.tokenFile,
        readyMs: Date.now() - startedAtMs,
      },
      'ready',
    );

  // A broken invariant stops the node: it must not go on acknowledging. What happened is the last line of its log.
  for (const kind of ['uncaughtException', 'unhandledRejection'] as const) {
    process.once(kind, (error: unknown) => {
      const facts =
        error instanceof Error ? { error: error.message, stack: error.stack } : { error: String(error) };
      log.fatal({ ...facts, kind }, 'a fault in the node itself: stopping');
      forget();
      process.exit(1);
    });
  }

  let isStopping = false;
  const stop = async (signal: string): Promise<void> => {
    if (isStopping) return;
    isStopping = true;
    log.info({ signal }, 'stopping');
    forget();
    await node.stop();
    process.exitCode = signal === 'SIGINT' ? 130 : 0;
  };
  process.once('SIGTERM', () => void stop('SIGTERM'));
  process.once('SIGINT', () => void stop('SIGINT'));
}

function printBanner(
  node: RunningNode,
  values: { name: string; mesh: string; data: string; mdns: boolean; listen: readonly string[] },
  readyMs: number,
): void {
  const addresses = node.transport.addresses();
  const isLoopbackOnly = addresses.every(
    (address) => address.includes('/127.0.0.1/') || address.includes('/::1/'),
  );
  const lines = [
    `${values.name} is up in mesh "${values.mesh}" (${(readyMs / 1000).toFixed(1)} s)`,
    '',
    `  agents     ${node.agentUrl}`,
    `  token      ${node.tokenFile}`,
    ...addresses.map((address, at) => `  ${at === 0 ? 'nodes      ' : '           '}${address}`),
    `  data       ${values.data}`,
    '',
    ...(isLoopbackOnly && values.mdns
      ? ['Other machines cannot reach a loopback address: give --listen /ip4/0.0.0.0/tcp/4001.', '']
      : []),
    'Next, in another terminal:',
    '  ampmesh ask "what stands out in this data?" --attach your.csv',
    `  ampmesh node --name second --port 0 --data ./second --bootstrap ${addresses[0] ?? '<address>'}`,
    '',
  ];
  process.stderr.write(`${lines.join('\n')}\n`);
}
