/** `ampmesh status|peers|agents|events|discover|mail`: look at a running node. Each has a `--json` twin. */
import Table from 'cli-table3';
import type { Command } from 'commander';
import { connectAgent, createAgentKey } from '../../client/index.ts';
import type { MeshEvent } from '../../node/runtime/events.ts';
import type { Evidence } from '../../node/runtime/outcome-desk.ts';
import { followEvents } from '../follow-events.ts';
import { findNodes, type NodeAccess } from '../local-nodes.ts';
import { readView } from '../node-client.ts';
import { createTimeline } from '../timeline.ts';

interface LookFlags {
  readonly node?: string;
  readonly token?: string;
  readonly json?: boolean;
}

function addLook(program: Command, name: string, summary: string, example: string): Command {
  return program
    .command(name)
    .summary(summary)
    .addHelpText('before', `Examples:\n${example}\n`)
    .option('--node <name|url>', 'node to ask (AMPMESH_NODE)')
    .option('--token <token>', 'its token (AMPMESH_TOKEN, AMPMESH_TOKEN_FILE)')
    .option('--json', 'one line of JSON');
}

export function addLookCommands(program: Command): void {
  addLook(
    program,
    'status',
    'what a node is doing',
    '  ampmesh status\n  ampmesh status --json | jq .mail',
  ).action(async (flags: LookFlags) => {
    const status = await readView<Record<string, unknown>>(firstNode(flags), '/status');
    if (flags.json === true) return printJson(status);
    for (const [key, value] of Object.entries(status))
      print(`${key.padEnd(18)} ${typeof value === 'object' ? JSON.stringify(value) : String(value)}`);
  });
  addLook(
    program,
    'peers',
    'nodes that a node is connected to',
    '  ampmesh peers\n  ampmesh peers --node n1 --json',
  ).action(async (flags: LookFlags) => {
    const peers = await readView<{ node: string; address: string; direction: string }[]>(
      firstNode(flags),
      '/peers',
    );
    if (flags.json === true) return printJson(peers);
    printTable(
      ['node', 'address', 'direction'],
      peers.map((one) => [shortDid(one.node), one.address, one.direction]),
    );
  });
  addLook(
    program,
    'agents',
    'agents known in the mesh',
    '  ampmesh agents\n  ampmesh agents --json | jq ".[].name"',
  ).action(async (flags: LookFlags) => {
    const agents = await readView<
      { name: string; did: string; node: string; isOnline: boolean; capabilities: string[] }[]
    >(firstNode(flags), '/agents');
    if (flags.json === true) return printJson(agents);
    printTable(
      ['name', 'agent', 'node', 'online', 'can'],
      agents.map((one) => [
        one.name ?? '',
        shortDid(one.did),
        shortDid(one.node),
        one.isOnline ? 'yes' : 'no',
        (one.capabilities[0] ?? '').slice(0, 60),
      ]),
    );
  });
  addLook(
    program,
    'mail',
    'messages on their way, and dead letters',
    '  ampmesh mail\n  ampmesh mail --resend <id>',
  )
    .option('--resend <id>', 'try a dead letter again')
    .action(async (flags: LookFlags & { readonly resend?: string }) => {
      const node = firstNode(flags);
      if (flags.resend !== undefined)
        return printJson(await readView(node, `/mail/${flags.resend}/resend`, { method: 'POST' }));
      const mail = await readView<
        { id: string; state: string; reason?: string; receiver: string; bytes: number }[]
      >(node, '/mail');
      if (flags.json === true) return printJson(mail);
      printTable(
        ['message', 'state', 'reason', 'to', 'bytes'],
        mail.map((one) => [one.id, one.state, one.reason ?? '', shortDid(one.receiver), String(one.bytes)]),
      );
    });
  addLook(
    program,
    'events',
    'what happened, as a timeline',
    '  ampmesh events\n  ampmesh events -f\n  ampmesh events --job <id> --shares',
  )
    .option('-f, --follow', 'go on with what happens now')
    .option('--job <id>', 'only one job: its message id, or its space')
    .option('--shares', "who said how much of it: each agent's share of messages")
    .action(showEvents);
  addLook(
    program,
    'discover <text>',
    'find agents by meaning',
    '  ampmesh discover "book travel to NYC"\n  ampmesh discover "tune a slow query" --explain',
  )
    .option('--explain', 'show each factor of the rank')
    .option('--limit <count>', 'how many', '10')
    .option('--via <index>', 'gossip or dht; the node decides when nothing is said')
    .action(discover);
}

function firstNode(flags: LookFlags): NodeAccess {
  return findNodes(flags)[0]!;
}

async function showEvents(
  flags: LookFlags & { readonly follow?: boolean; readonly job?: string; readonly shares?: boolean },
): Promise<void> {
  const nodes = flags.node === undefined ? findNodes(flags) : [firstNode(flags)];
  const all = (
    await Promise.all(nodes.map((node) => readView<MeshEvent[]>(node, '/events?since=-1&limit=20000')))
  ).flat();
  const ordered = all.sort((a, b) => a.atMs - b.atMs || a.seq - b.seq);
  const isAboutJob = flags.job === undefined ? undefined : aboutJob(ordered, flags.job);
  if (flags.shares === true) return showShares(ordered, isAboutJob ?? (() => true), flags.json === true);
  const timeline = createTimeline({
    startAtMs: ordered[0]?.atMs ?? Date.now(),
    write: print,
    isColoured: process.stdout.isTTY === true && process.env.NO_COLOR === undefined,
    ...(isAboutJob === undefined ? {} : { isAboutJob }),
  });
  const show = (event: MeshEvent): void => {
    if (flags.json !== true) timeline.take(event);
    else if (isAboutJob?.(event) !== false) printJson(event);
  };
  for (const event of ordered) show(event);
  if (flags.follow !== true) return;
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort());
  await Promise.all(
    nodes.map((node) =>
      followEvents(node, {
        since: Math.max(-1, ...all.filter((event) => event.node === node.name).map((event) => event.seq)),
        signal: stop.signal,
        onEvent: show,
      }),
    ),
  );
}

/** Whether anybody sits in the middle: messages and awards by agent, several nodes' copies of one counted once. */
function showShares(
  events: readonly MeshEvent[],
  isAboutJob: (event: MeshEvent) => boolean,
  isJson: boolean,
): void {
  const said = new Map<string, MeshEvent>();
  for (const event of events) {
    if (event.kind === 'space-entry' && isAboutJob(event)) said.set(String(event.message), event);
  }
  const byAgent = new Map<string, { messages: number; awards: number }>();
  for (const event of said.values()) {
    const name = String(event.name ?? String(event.from).slice(-8));
    const known = byAgent.get(name) ?? { messages: 0, awards: 0 };
    byAgent.set(name, {
      messages: known.messages + 1,
      awards: known.awards + (event.type === 'award' ? 1 : 0),
    });
  }
  const rows = [...byAgent]
    .map(([name, counts]) => ({
      name,
      ...counts,
      share: Math.round((counts.messages / said.size) * 1_000) / 1_000,
    }))
    .sort((a, b) => b.messages - a.messages || (a.name < b.name ? -1 : 1));
  if (isJson) return printJson(rows);
  printTable(
    ['agent', 'messages', 'share', 'awards'],
    rows.map((row) => [
      row.name,
      String(row.messages),
      `${(row.share * 100).toFixed(1)} %`,
      String(row.awards),
    ]),
  );
}

/** A job is its thread and its space: the space is learned from the events. */
function aboutJob(events: readonly MeshEvent[], job: string): (event: MeshEvent) => boolean {
  const spaces = new Set(
    events.filter((event) => event.thread === job && event.space !== undefined).map((event) => event.space),
  );
  return (event) =>
    event.message === job ||
    event.thread === job ||
    event.space === job ||
    (event.space !== undefined && spaces.has(event.space));
}

async function discover(
  text: string,
  flags: LookFlags & { readonly explain?: boolean; readonly limit: string; readonly via?: string },
): Promise<void> {
  const node = firstNode(flags);
  const agent = await connectAgent({
    nodes: [{ url: node.agentUrl, token: node.token }],
    name: 'discover',
    key: await createAgentKey(),
  });
  try {
    const wanted = { limit: Number(flags.limit), ...(flags.via === undefined ? {} : { via: flags.via }) };
    const found = await agent.query('discover', text, wanted);
    if (flags.json === true) return printJson({ skills: found.items, ...found.explain });
    const { evidence = [] } = (found.explain ?? {}) as { evidence?: readonly Evidence[] };
    for (const part of found.items as {
      skill: string;
      hits: DiscoverHit[];
    }[]) {
      const factors = ['similarity', 'availability', 'reputation', 'confidence', 'affinity'];
      const columns = flags.explain === true ? factors : ['similarity'];
      const claimed = flags.explain === true ? ['said → means', 'outcomes', 'Brier said → means'] : [];
      printTable(
        ['score', ...columns, ...claimed, 'agent', 'can'],
        part.hits.map((hit) => [
          hit.score.toFixed(3),
          ...columns.map((name) => (hit.factors[name] as number).toFixed(3)),
          ...(flags.explain === true ? explainClaims(hit, evidence) : []),
          shortDid(hit.agent),
          hit.record.text.slice(0, 60),
        ]),
      );
    }
    const { via, nodesAskedCount, isMaybeIncomplete, reasons } = found.explain as {
      via: string;
      nodesAskedCount: number;
      isMaybeIncomplete: boolean;
      reasons: string[];
    };
    process.stderr.write(
      `Found by ${via}, ${nodesAskedCount} node${nodesAskedCount === 1 ? '' : 's'} asked${isMaybeIncomplete ? `; may be incomplete: ${reasons.join(', ')}` : ''}.\n`,
    );
  } finally {
    agent.close();
  }
}

interface DiscoverHit {
  readonly agent: string;
  readonly capability: string;
  readonly score: number;
  readonly factors: Readonly<Record<string, unknown>> & {
    readonly because: { readonly confidenceRaw?: number; readonly confidenceCalibrated?: number };
  };
  readonly record: { readonly text: string };
}

/** How sure the agent said it is and what that was worth, how many outcomes speak, and the error before and after. */
function explainClaims(hit: DiscoverHit, evidence: readonly Evidence[]): readonly string[] {
  const { confidenceRaw, confidenceCalibrated } = hit.factors.because;
  const known = evidence.find((one) => one.agent === hit.agent && one.capability === hit.capability);
  const pair = (a: number | undefined, b: number | undefined) =>
    a === undefined || b === undefined ? '' : `${a.toFixed(2)} → ${b.toFixed(2)}`;
  return [
    pair(confidenceRaw, confidenceCalibrated),
    (known?.outcomeWeight ?? 0).toFixed(1),
    pair(known?.brierRaw, known?.brierCalibrated),
  ];
}

function printTable(head: readonly string[], rows: readonly (readonly string[])[]): void {
  const table = new Table({ head: [...head], style: { head: [], border: [], compact: true } });
  for (const row of rows) table.push([...row]);
  print(rows.length === 0 ? 'none' : table.toString());
}

function shortDid(did: string): string {
  return `…${did.slice(-8)}`;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

function printJson(value: unknown): void {
  print(JSON.stringify(value));
}
