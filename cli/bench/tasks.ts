/**
 * `bench tasks`: ten sovereign agents on three nodes (three processes) give each other 100 tasks each, one after
 * the other, always to an agent of another node. A task is a direct `award` that a `result` answers.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Agent, connectAgent, createAgentKey, requestTask, serveTasks } from '../../client/index.ts';
import { buildCommand } from '../build-command.ts';
import { atLeast, atMost, type BenchReport, describeMachine, median } from './report.ts';
import { type NodeProcess, spawnNode } from './spawn-node.ts';

export interface TasksBenchOptions {
  readonly agentCount?: number;
  readonly tasksPerAgent?: number;
  readonly nodeCount?: number;
  /** Flags of Node for the nodes, such as `--cpu-prof`. */
  readonly execArgv?: readonly string[];
}

interface Tally {
  readonly tookMs: number[];
  errorCount: number;
}

const residentBytesMax = 160 * 2 ** 20;
const sampleMs = 50;

export async function runTasksBench(options: TasksBenchOptions = {}): Promise<BenchReport> {
  const { agentCount = 10, tasksPerAgent = 100, nodeCount = 3 } = options;
  const folder = mkdtempSync(join(tmpdir(), 'ampmesh-bench-tasks-'));
  const nodes: NodeProcess[] = [];
  const agents: Agent[] = [];
  try {
    // The nodes run as the published package does.
    const command = await buildCommand(join(folder, 'package'));
    const start = (at: number) => startOne(at, folder, nodes, command, options);
    // A first start leaves compiled code behind for all later ones.
    await (await start(0)).stop();
    for (let at = 0; at < nodeCount; at += 1) nodes.push(await start(at));
    for (let at = 0; at < agentCount; at += 1) agents.push(await joinOne(at, nodes[at % nodeCount]!));
    for (const agent of agents) serveTasks(agent, (task) => ({ echo: task.content }));
    // Routes, keys and compiled code are warm when the clock starts, as they are in a node that runs for days.
    await runRound(agents, nodeCount, 5);
    const memory = watchMemory(nodes);
    const startedAtMs = performance.now();
    const tally = await runRound(agents, nodeCount, tasksPerAgent);
    const seconds = (performance.now() - startedAtMs) / 1_000;
    const residentBytes = memory.stop();
    return report(tally, { agentCount, tasksPerAgent, nodeCount, seconds, residentBytes });
  } finally {
    for (const agent of agents) agent.close();
    await Promise.all(nodes.map((node) => node.stop()));
    rmSync(folder, { recursive: true, force: true });
  }
}

async function startOne(
  at: number,
  folder: string,
  others: readonly NodeProcess[],
  command: string,
  { execArgv }: TasksBenchOptions,
): Promise<NodeProcess> {
  return spawnNode({
    name: `n${at}`,
    data: join(folder, String(at)),
    mesh: `bench-tasks-${process.pid}`,
    command,
    bootstrap: others.flatMap((node) => node.addresses.slice(0, 1)),
    ...(execArgv === undefined ? {} : { execArgv }),
  });
}

async function joinOne(at: number, node: NodeProcess): Promise<Agent> {
  return connectAgent({
    nodes: [{ url: node.agentUrl, token: node.token }],
    name: `agent-${at}`,
    key: await createAgentKey(),
    capabilities: [{ text: `Echoes what it is given, number ${at}` }],
  });
}

/** Each agent gives its tasks one after the other, in turn to the agents of the other nodes. */
async function runRound(agents: readonly Agent[], nodeCount: number, taskCount: number): Promise<Tally> {
  const tally: Tally = { tookMs: [], errorCount: 0 };
  await Promise.all(
    agents.map(async (agent, at) => {
      const others = agents.filter((_, index) => index % nodeCount !== at % nodeCount);
      for (let number = 0; number < taskCount; number += 1) {
        const receiver = others[number % others.length]!;
        const startedAtMs = performance.now();
        try {
          const given = { number, text: 'x'.repeat(200) };
          const { content } = await requestTask(agent, receiver.did, given, { deadlineMs: 20_000 });
          if ((content as { echo?: { number?: number } }).echo?.number !== number) tally.errorCount += 1;
        } catch {
          tally.errorCount += 1;
        }
        tally.tookMs.push(performance.now() - startedAtMs);
      }
    }),
  );
  return tally;
}

function watchMemory(nodes: readonly NodeProcess[]): { stop(): readonly number[] } {
  const most = nodes.map(() => 0);
  const sample = () => {
    for (const [at, node] of nodes.entries()) most[at] = Math.max(most[at]!, node.residentBytes());
  };
  const timer = setInterval(sample, sampleMs);
  return {
    stop() {
      clearInterval(timer);
      sample();
      return most;
    },
  };
}

interface Facts {
  readonly agentCount: number;
  readonly tasksPerAgent: number;
  readonly nodeCount: number;
  readonly seconds: number;
  readonly residentBytes: readonly number[];
}

function report(tally: Tally, facts: Facts): BenchReport {
  const sorted = [...tally.tookMs].sort((a, b) => a - b);
  const taskCount = sorted.length;
  const meanMs = sorted.reduce((sum, ms) => sum + ms, 0) / taskCount;
  const tasksPerSecond = taskCount / facts.seconds;
  const errorShare = tally.errorCount / taskCount;
  const mostResident = Math.max(...facts.residentBytes);
  return {
    bench: 'tasks',
    machine: describeMachine(),
    figures: {
      agents: facts.agentCount,
      nodes: facts.nodeCount,
      tasks: taskCount,
      tasksPerSecond,
      meanMs,
      p50Ms: median(sorted),
      p99Ms: sorted[Math.floor(taskCount * 0.99)]!,
      errors: tally.errorCount,
      ...Object.fromEntries(
        facts.residentBytes.map((bytes, at) => [`node${at}.residentMiB`, bytes / 2 ** 20]),
      ),
    },
    goals: [
      atLeast('tasks per second', tasksPerSecond, 65),
      atMost('mean time of a task, ms', meanMs, 120),
      atMost('share of errors', errorShare, 0.005),
      atMost('resident memory of the largest node, MiB', mostResident / 2 ** 20, residentBytesMax / 2 ** 20),
    ],
  };
}
