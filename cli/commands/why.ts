/** `ampmesh why <message>`: the chain of messages that led to a message or a result, from the nodes' event logs. */
import type { Command } from 'commander';
import type { MeshEvent } from '../../node/runtime/events.ts';
import { AmpError } from '../../protocol/errors.ts';
import { findNodes, type NodeAccess } from '../local-nodes.ts';
import { readView } from '../node-client.ts';

/** One message of the chain. */
export interface WhyStep {
  readonly id: string;
  /** What it was to the message above it: `parent`, `after` (in the same task), `reference`, `concern`, `supersedes`, `of` or `goal`. */
  readonly as: string;
  readonly depth: number;
  /** `undefined` when no node that was asked knows it. */
  readonly event: MeshEvent | undefined;
  /** It was shown further up already: what led to it is there. */
  readonly isRepeated: boolean;
}

/** Messages shown at most. */
const stepsMax = 500;
/** Rounds of questions to the nodes: each goes at least one message further back. */
const roundsMax = 32;
/** Ids in one question; the node takes 64. */
const askedMax = 64;

/**
 * The chain that led to a message, itself first, each cause below its effect; each message is followed once.
 * @throws AmpError AMP-1403 when no event names the message.
 */
export function traceWhy(events: readonly MeshEvent[], id: string): readonly WhyStep[] {
  const byId = new Map<string, MeshEvent>();
  for (const event of events)
    if (typeof event.message === 'string' && event.type !== undefined && !byId.has(event.message))
      byId.set(event.message, event);
  const start = byId.has(id) ? id : lastOfTask(byId, id);
  if (start === undefined)
    throw new AmpError('AMP-1403', `No node that answers has an event about ${id}.`, { unknown: [id] });
  const steps: WhyStep[] = [];
  const seen = new Set<string>();
  follow(start, 'asked', 0);
  return steps;

  function follow(message: string, as: string, depth: number): void {
    if (steps.length >= stepsMax) return;
    const event = byId.get(message);
    const isRepeated = seen.has(message);
    steps.push({ id: message, as, depth, event, isRepeated });
    if (isRepeated || event === undefined) return;
    seen.add(message);
    for (const [cause, relation] of causesOf(event, byId)) follow(cause, relation, depth + 1);
  }
}

/** A task's id stands for the last message that was said about it. */
function lastOfTask(byId: ReadonlyMap<string, MeshEvent>, task: string): string | undefined {
  const about = [...byId.values()].filter(
    (event) => event.task === task || event.thread === task || event.channel === task,
  );
  return about.sort((a, b) => Number(b.at) - Number(a.at))[0]?.message as string | undefined;
}

/** What a message names as its causes, each once; one that names nothing answers the goal of its space or thread. */
function causesOf(event: MeshEvent, byId: ReadonlyMap<string, MeshEvent>): ReadonlyMap<string, string> {
  const causes = new Map<string, string>();
  const add = (id: unknown, as: string): void => {
    if (typeof id === 'string' && id !== event.message && !causes.has(id)) causes.set(id, as);
  };
  add(event.concern, 'concern');
  add(event.supersedes, 'supersedes');
  add(event.of, 'of');
  add(event.parent, 'parent');
  add(beforeInTask(event, byId), 'after');
  for (const id of (event.references as readonly unknown[] | undefined) ?? []) add(id, 'reference');
  if (causes.size > 0 || event.type === 'broadcast') return causes;
  const goal = [...byId.values()]
    .filter((one) => one.type === 'broadcast' && one.space !== undefined && one.space === event.space)
    .sort((a, b) => Number(a.at) - Number(b.at))[0];
  add(goal?.message, 'goal');
  add(event.thread, 'goal');
  return causes;
}

/** What the two said last about a task before this: a result comes after progress, an award after a bid. */
function beforeInTask(event: MeshEvent, byId: ReadonlyMap<string, MeshEvent>): unknown {
  if (typeof event.task !== 'string' || typeof event.to !== 'string') return undefined;
  const isBefore = (one: MeshEvent): boolean =>
    Number(one.at) < Number(event.at) || (one.at === event.at && String(one.message) < String(event.message));
  const isOfTheTwo = (one: MeshEvent): boolean =>
    (one.from === event.from && one.to === event.to) ||
    (one.from === event.to && (one.to === event.from || typeof one.to !== 'string'));
  return [...byId.values()]
    .filter((one) => one.task === event.task && isOfTheTwo(one) && isBefore(one))
    .sort((a, b) => Number(b.at) - Number(a.at) || (String(a.message) < String(b.message) ? 1 : -1))[0]
    ?.message;
}

export function describeStep({ id, as, depth, event, isRepeated }: WhyStep): string {
  const indent = depth === 0 ? '' : `${'  '.repeat(depth - 1)}└ `;
  if (event === undefined) return `${indent}${as}: ${id} (not known to the nodes that were asked)`;
  const who = String(event.name ?? `…${String(event.from).slice(-8)}`);
  const said = isRepeated
    ? '(shown above)'
    : String(event.excerpt ?? '')
        .replaceAll(/\s+/g, ' ')
        .slice(0, 90);
  const whom = typeof event.to === 'string' && event.space === undefined ? ` to …${event.to.slice(-8)}` : '';
  const label = depth === 0 ? '' : `${as}: `;
  return `${indent}${label}${who} ${String(event.type).replace('_', ' ')}${whom} ${id.slice(0, 13)}… ${said}`.trimEnd();
}

interface WhyFlags {
  readonly node?: string;
  readonly token?: string;
  readonly json?: boolean;
}

export function addWhyCommand(program: Command): void {
  program
    .command('why <message>')
    .summary('the chain of messages that led to a message or a result')
    .addHelpText(
      'before',
      'Examples:\n  ampmesh why 0197f6a0-…\n  ampmesh why <task, job or channel id> --json\n',
    )
    .option(
      '--node <name|url>',
      'nodes to ask, separated by commas (AMPMESH_NODE); all local nodes without it',
    )
    .option('--token <token>', 'its token (AMPMESH_TOKEN, AMPMESH_TOKEN_FILE)')
    .option('--json', 'one line of JSON for each message')
    .action(showWhy);
}

async function showWhy(id: string, flags: WhyFlags): Promise<void> {
  const { steps, missing } = await gatherWhy(findNodes(flags), id);
  for (const one of missing) process.stderr.write(`${one}\n`);
  for (const step of steps) {
    const { event, ...rest } = step;
    process.stdout.write(
      `${flags.json === true ? JSON.stringify({ ...rest, ...event }) : describeStep(step)}\n`,
    );
  }
}

/**
 * Ask every node for its part of the chain, again for what a part names and nobody said yet, until nothing is new.
 * `missing` says which nodes hold a part and did not answer, or were not asked.
 * @throws AmpError AMP-1503 when no node answers, AMP-1403 when none knows the message.
 */
export async function gatherWhy(
  nodes: readonly NodeAccess[],
  id: string,
): Promise<{ readonly steps: readonly WhyStep[]; readonly missing: readonly string[] }> {
  const answers = await Promise.allSettled(
    nodes.map((node) => readView<MeshEvent[]>(node, '/events?since=-1&limit=20000')),
  );
  const silent = nodes.filter((_, at) => answers[at]!.status === 'rejected');
  if (silent.length === nodes.length) throw (answers[0] as PromiseRejectedResult).reason;
  const awake = nodes.filter((node) => !silent.includes(node));
  const events = answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []));
  const asked = new Set<string>();
  let wanted: readonly string[] = [id];
  for (let round = 0; wanted.length > 0 && round < roundsMax; round += 1) {
    for (const one of wanted) asked.add(one);
    const found = await Promise.all(
      awake.map((node) => readView<MeshEvent[]>(node, `/trail?about=${wanted.join(',')}`)),
    );
    events.push(...found.flat());
    wanted = unknownIn(events, id)
      .filter((one) => !asked.has(one))
      .slice(0, askedMax);
  }
  const steps = traceWhy(events, id);
  const notAsked = await nameNotAsked(awake, steps);
  return {
    steps,
    missing: [
      ...silent.map((node) => `${node.name} does not answer: the chain may be incomplete.`),
      ...notAsked.map((one) => `${one} was not asked: the chain may be incomplete.`),
    ],
  };
}

function unknownIn(events: readonly MeshEvent[], id: string): readonly string[] {
  const isKnown = events.some((event) => [event.message, event.task, event.thread].includes(id));
  const steps = isKnown ? traceWhy(events, id) : [];
  return [...new Set(steps.filter((step) => step.event === undefined).map((step) => step.id))];
}

/** Nodes whose agents said or were told something in the chain, and that no question went to. */
async function nameNotAsked(
  awake: readonly NodeAccess[],
  steps: readonly WhyStep[],
): Promise<readonly string[]> {
  const selves = await Promise.all(awake.map((node) => readView<{ did: string }>(node, '/status')));
  const agents = (
    await Promise.all(
      awake.map((node) => readView<{ did: string; node: string; name?: string }[]>(node, '/agents')),
    )
  ).flat();
  const askedNodes = new Set(selves.map((one) => one.did));
  const named = new Map<string, string>();
  for (const did of steps.flatMap((step) => [step.event?.from, step.event?.to])) {
    const agent = agents.find((one) => one.did === did);
    if (agent === undefined || askedNodes.has(agent.node)) continue;
    named.set(agent.node, `The node …${agent.node.slice(-8)} of ${agent.name ?? `…${agent.did.slice(-8)}`}`);
  }
  return [...named.values()];
}
