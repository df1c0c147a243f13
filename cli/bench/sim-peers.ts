/** How fast and how large full peers are on virtual time, on the standard workload, and under faults. */

import { helpfulAgent } from '../../sim/peers/helpful-agent.ts';
import { type PeersScenario, PeerWorld, runPeers } from '../../sim/peers/index.ts';
import { Workload } from '../../sim/peers/workload.ts';
import { openScenario } from '../../sim/scenario/built-in.ts';
import { resolveScenario } from '../../sim/scenario/scenario-file.ts';
import { atLeast, atMost, type BenchGoal } from './report.ts';
import type { Part } from './sim.ts';

export interface FullPeersOptions {
  /** Sizes of the mesh, smallest first. Default 30, 100, 300. */
  readonly peerCounts?: readonly number[];
  /** Virtual seconds measured after all have joined. Default 60. */
  readonly virtualSeconds?: number;
  /** Peers of the run under faults, with all checkers on. Default 100. */
  readonly faultyPeers?: number;
  readonly progress?: (line: string) => void;
}

/**
 * Time is processor time of this process: what else runs on the machine does not change it.
 *
 * Not in the workload while the runtime does not carry them in the simulator: claims and deposits. Entries in
 * standing spaces stand for claims, and a job forms a space, works in it and closes it without a vote.
 */
export function measureFullPeers(options: FullPeersOptions = {}): Part {
  const figures: Record<string, number> = {};
  const goals: BenchGoal[] = [];
  const seconds = options.virtualSeconds ?? 60;
  for (const count of options.peerCounts ?? [30, 100, 300]) {
    options.progress?.(`${count} full peers`);
    const run = measureStandard(count, seconds);
    for (const [name, value] of Object.entries(run)) figures[`peers${count}${name}`] = value;
    goals.push(atMost(`${count} full peers: CPU seconds per virtual second`, run.CpuPerVirtualSecond!, 1));
  }
  const faultyPeers = options.faultyPeers ?? 100;
  options.progress?.(`${faultyPeers} full peers under faults`);
  const speed = measureFaulty(faultyPeers);
  figures[`faulty${faultyPeers}TimesRealTime`] = speed;
  goals.push(atLeast(`${faultyPeers} full peers under faults: times real time`, speed, 30));
  return { figures, goals };
}

function measureStandard(peerCount: number, seconds: number): Record<string, number> {
  const before = heapBytes();
  const world = new PeerWorld({
    seed: 1,
    peerCount,
    link: { latency: { kind: 'uniform', minMs: 10, maxMs: 150 }, jitterShare: 0.1 },
    behaviour: helpfulAgent,
  });
  const workload = new Workload(world);
  const joinStart = process.cpuUsage();
  workload.populate(2_000);
  workload.openSpaces();
  world.run(3_000);
  const joinSeconds = cpuSeconds(joinStart);
  const eventsBefore = world.kernel.eventCount;
  const start = process.cpuUsage();
  workload.start(seconds * 1_000);
  world.run(seconds * 1_000);
  const cpu = cpuSeconds(start);
  const events = world.kernel.eventCount - eventsBefore;
  return {
    JoinCpuSeconds: round(joinSeconds),
    CpuPerVirtualSecond: round(cpu / seconds),
    EventsPerSecond: Math.round(events / cpu),
    EventsPerVirtualSecond: Math.round(events / seconds),
    BytesPerPeer: Math.round((heapBytes() - before) / peerCount),
  };
}

/** The built-in scenario with faults, crashes, skewed clocks and every checker on. */
function measureFaulty(peers: number): number {
  const scenario = resolveScenario(openScenario('peers-faults'), { peers }) as unknown as PeersScenario;
  const start = process.cpuUsage();
  runPeers(scenario, 1);
  const { bootMs, runMs, settleMs } = scenario.phases;
  return round((bootMs + runMs + settleMs) / 1_000 / cpuSeconds(start));
}

function cpuSeconds(since: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(since);
  return (user + system) / 1e6;
}

/** Exact only when the process runs with `--expose-gc`; without it, garbage is counted too. */
function heapBytes(): number {
  (globalThis as { gc?: () => void }).gc?.();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

function round(value: number): number {
  return Number(value.toPrecision(4));
}
