/** Agents of one behaviour on real nodes, from joining until they are told to stop. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { type RunningBehaviour, runBehaviour } from '../client/run-behaviour.ts';
import type { BehaviourFactory, Heard, Said } from '../protocol/behaviour.ts';
import type { NodeAccess } from './local-nodes.ts';

export interface RunAgentsInit {
  readonly behaviour: BehaviourFactory;
  /** The agents take turns: the i-th joins the i-th node. */
  readonly nodes: readonly NodeAccess[];
  /** Agents are called `<name>-<index>`. */
  readonly name: string;
  /** Number of the first agent here, how many there are here, and how many on all machines. */
  readonly first: number;
  readonly count: number;
  readonly of: number;
  /** Ends the agents. */
  readonly signal: AbortSignal;
  readonly watch?: AgentsWatch;
}

export interface AgentsWatch {
  joined?(agent: RunningBehaviour, node: NodeAccess): void;
  said?(name: string, message: Said): void;
  heard?(name: string, message: Heard): void;
}

/** What the agents did; messages by type. */
export interface AgentsReport {
  readonly agents: readonly AgentReport[];
  /** What behaviours counted, over all agents here. */
  readonly figures: Readonly<Record<string, number>>;
}

export interface AgentReport {
  readonly name: string;
  readonly did: string;
  readonly node: string;
  readonly said: Readonly<Record<string, number>>;
  readonly heard: Readonly<Record<string, number>>;
}

/** Time in which a node must answer at first, ms; judgement: a person waits for it. */
const reachMs = 3_000;

/**
 * Join one after the other, in the order of their numbers, and run until `signal` or until one of them ends.
 * @throws AmpError AMP-1503, AMP-1202, AMP-1205 when one cannot join; AMP-1506, AMP-1907 for the behaviour
 */
export async function runAgents(init: RunAgentsInit): Promise<AgentsReport> {
  const running: RunningBehaviour[] = [];
  const reports: AgentReport[] = [];
  const figures: Record<string, number> = {};
  const ended = Promise.withResolvers<void>();
  // Whoever waits hears of it; one that ends while others join is no crash.
  ended.promise.catch(() => undefined);
  const stop = () => ended.resolve();
  init.signal.addEventListener('abort', stop);
  if (init.signal.aborted) stop();
  try {
    for (let at = 0; at < init.count && !init.signal.aborted; at += 1) {
      const node = init.nodes[at % init.nodes.length]!;
      const { agent, report } = await joinOne(init, init.first + at, node, figures, ended.reject);
      running.push(agent);
      reports.push(report);
      init.watch?.joined?.(agent, node);
    }
    await ended.promise;
    return { agents: reports, figures };
  } finally {
    init.signal.removeEventListener('abort', stop);
    for (const agent of running) agent.stop();
  }
}

async function joinOne(
  init: RunAgentsInit,
  index: number,
  node: NodeAccess,
  figures: Record<string, number>,
  onEnd: (error: Error) => void,
): Promise<{ readonly agent: RunningBehaviour; readonly report: AgentReport }> {
  const name = `${init.name}-${index}`;
  const said: Record<string, number> = {};
  const heard: Record<string, number> = {};
  const known = readResume(node, name);
  const agent = await runBehaviour({
    nodes: [{ url: node.agentUrl, token: node.token }],
    name,
    ...(known === undefined ? {} : { resume: known }),
    reachMs,
    behaviour: init.behaviour(index, init.of),
    index,
    agentCount: init.of,
    count: (figure, amount) => add(figures, figure, amount),
    said(message) {
      add(said, message.type, 1);
      init.watch?.said?.(name, message);
    },
    heard(message) {
      add(heard, message.type, 1);
      init.watch?.heard?.(name, message);
    },
    onEnd,
  });
  if (agent.resume !== undefined && agent.resume !== known) keepResume(node, name, agent.resume);
  return { agent, report: { name, did: agent.did, node: node.name, said, heard } };
}

function add(counts: Record<string, number>, key: string, amount: number): void {
  counts[key] = (counts[key] ?? 0) + amount;
}

/** The node knows an agent again by name and secret: the next run is the same agent, with its reputation. */
function resumeFile(node: NodeAccess, name: string): string {
  const place = `${new URL(node.agentUrl).host}-${name}`.replaceAll(/[^a-z0-9.-]/gi, '_');
  return join(process.env.AMPMESH_HOME ?? join(homedir(), '.ampmesh'), 'agents', `${place}.resume`);
}

function readResume(node: NodeAccess, name: string): string | undefined {
  try {
    return readFileSync(resumeFile(node, name), 'utf8').trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function keepResume(node: NodeAccess, name: string, secret: string): void {
  const file = resumeFile(node, name);
  mkdirSync(join(file, '..'), { recursive: true, mode: 0o700 });
  writeFileSync(file, `${secret}\n`, { mode: 0o600 });
}
