/** How fast and how large full peers are on virtual time, on the standard workload, and under faults. */

import { helpfulAgent } from '../../sim/peers/helpful-agent.ts';
import { PeerWorld } from '../../sim/peers/index.ts';
import { Workload } from '../../sim/peers/workload.ts';
import { collectGarbage } from './full-collection.ts';
import { atMost, type BenchGoal } from './report.ts';
import type { Part } from './sim.ts';
import { measureFaultyPeers } from './sim-faults.ts';

export interface FullPeersOptions {
  /** Also the sizes that take minutes. Default whether AMPMESH_BENCH_LONG is 1. */
  readonly isLong?: boolean;
  /** Sizes of the mesh, smallest first. Default 100 and 300, long also 1,000. */
  readonly peerCounts?: readonly number[];
  /** The same for a mesh whose directory knows who is where (`index: dht`). Default 300 and 900, long also 3,000 and 10,000. */
  readonly directoryPeerCounts?: readonly number[];
  /** Virtual seconds measured after all have joined. Default 20, long 60. */
  readonly virtualSeconds?: number;
  /** Peers of the run under faults, with all checkers on. Default 30, long 100. */
  readonly faultyPeers?: number;
  readonly progress?: (line: string) => void;
}

/**
 * Time is processor time of this process: what else runs on the machine makes it at most a third longer. The
 * whole run is judged against the virtual time of its work alone: joining gets no time of its own.
 */
export function measureFullPeers(options: FullPeersOptions = {}): Part {
  const figures: Record<string, number> = {};
  const goals: BenchGoal[] = [];
  const isLong = options.isLong ?? process.env.AMPMESH_BENCH_LONG === '1';
  const seconds = options.virtualSeconds ?? (isLong ? 60 : 20);
  const counts = options.peerCounts ?? (isLong ? [100, 300, 1_000] : [100, 300]);
  const runs = counts.map((count) => {
    options.progress?.(`${count} full peers`);
    const run = measureStandard(count, seconds);
    for (const [name, value] of Object.entries(run)) figures[`peers${count}${name}`] = value;
    goals.push(atMost(`${count} full peers: CPU seconds per virtual second`, run.CpuPerVirtualSecond!, 1));
    const whole = `${count} full peers: CPU seconds of joining and ${seconds} virtual seconds of work`;
    goals.push(atMost(whole, run.WholeCpuSeconds!, seconds));
    return run;
  });
  noteGrowth('growth', counts, runs);
  const directoryCounts = options.directoryPeerCounts ?? (isLong ? [300, 900, 3_000, 10_000] : [300, 900]);
  const directoryRuns = directoryCounts.map((count) => {
    options.progress?.(`${count} full peers with the directory`);
    const run = measureStandard(count, seconds, 'dht');
    for (const [name, value] of Object.entries(run)) figures[`directory${count}${name}`] = value;
    return run;
  });
  noteGrowth('directoryGrowth', directoryCounts, directoryRuns);
  const largest = directoryRuns.at(-1)!;
  const isWhole = directoryCounts.at(-1) === 10_000 && seconds === 60;
  const minutes = largest.WholeCpuSeconds! / 60;
  // Other sizes tell the trend; the goals are of 10,000 peers and 60 virtual seconds.
  goals.push(
    ...[
      atMost('10,000 full peers, 60 virtual seconds: CPU minutes', round(minutes), 30),
      atMost('10,000 full peers: bytes per peer', largest.BytesPerPeer!, 60_000),
    ].map((goal) => (isWhole ? goal : { ...goal, value: null, ok: false })),
  );
  const faultyPeers = options.faultyPeers ?? (isLong ? 100 : 30);
  options.progress?.(`${faultyPeers} full peers under faults`);
  const faulty = measureFaultyPeers(faultyPeers);
  Object.assign(figures, faulty.figures);
  goals.push(...faulty.goals);
  return { figures, goals };

  function noteGrowth(prefix: string, sizes: readonly number[], of: readonly Record<string, number>[]): void {
    const [first, last] = [of[0]!, of.at(-1)!];
    for (const name of ['JoinCpuSeconds', 'CpuPerVirtualSecond', 'WholeCpuSeconds', 'BytesPerPeer'])
      figures[`${prefix}${name}`] = growth(sizes, first[name]!, last[name]!);
  }
}

/** The power of the number of peers with which a figure grows: 1 is linear. */
function growth(counts: readonly number[], first: number, last: number): number {
  return counts.length < 2 ? 0 : round(Math.log(last / first) / Math.log(counts.at(-1)! / counts[0]!));
}

function measureStandard(
  peerCount: number,
  seconds: number,
  index: 'gossip' | 'dht' = 'gossip',
): Record<string, number> {
  const before = heapBytes();
  const world = new PeerWorld({
    seed: 1,
    peerCount,
    index,
    // A node of a large simulated mesh keeps its last events, not its last 20,000.
    ...(index === 'dht' ? { eventsMax: 20 } : {}),
    link: { latency: { kind: 'uniform', minMs: 10, maxMs: 150 }, jitterShare: 0.1 },
    behaviour: helpfulAgent,
  });
  const workload = new Workload(world);
  const joinStart = process.cpuUsage();
  workload.populate(index === 'dht' ? 10_000 : 2_000);
  // Records that were put while the mesh was small are put again where they belong now.
  if (index === 'dht') world.run(10_000);
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
    WholeCpuSeconds: round(joinSeconds + cpu),
    EventsPerSecond: Math.round(events / cpu),
    EventsPerVirtualSecond: Math.round(events / seconds),
    BytesPerPeer: Math.round((heapBytes() - before) / peerCount),
  };
}

function cpuSeconds(since: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(since);
  return (user + system) / 1e6;
}

function heapBytes(): number {
  collectGarbage();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

function round(value: number): number {
  return Number(value.toPrecision(4));
}
