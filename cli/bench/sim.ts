/**
 * What the simulator can do: events per second, a population of a million, the published gossipsub histogram,
 * and the same flood on SimPy.
 */

import { buildFloodGraph, type FloodResult, runFlood, runFloodOnSimPy } from '../../sim/baseline/flood.ts';
import { RandomStream } from '../../sim/clock/random.ts';
import { EventScheduler } from '../../sim/clock/scheduler.ts';
import { runGossipPopulation } from '../../sim/gossip/population.ts';
import { histogramBand, runGossipHistogram } from '../../sim/gossip/published-histogram.ts';
import {
  atLeast,
  atMost,
  type BenchGoal,
  type BenchReport,
  describeMachine,
  median,
  skippedGoal,
  spread,
} from './report.ts';
import { measureFullPeers } from './sim-peers.ts';

export interface SimBenchOptions {
  /** Peers of the population run. Default 1,000,000. */
  readonly populationPeers?: number;
  /** Peers of the flood. Default 100,000. */
  readonly floodPeers?: number;
  /** Interleaved pairs against SimPy. Default 5. */
  readonly pairs?: number;
  readonly python?: string;
  readonly progress?: (line: string) => void;
  /** Figures of full peers on the standard workload. Default {@link measureFullPeers}. */
  readonly runFullPeers?: () => Part | Promise<Part>;
}

/** One part of the benchmark: its figures and goals are added to the report's. */
export interface Part {
  readonly figures: Readonly<Record<string, number>>;
  readonly goals: readonly BenchGoal[];
}

export async function runSimBench(options: SimBenchOptions = {}): Promise<BenchReport> {
  const progress = options.progress ?? (() => undefined);
  const parts: Part[] = [];
  const run = async (name: string, part: () => Part | Promise<Part>) => {
    progress(name);
    parts.push(await part());
  };
  await run('scheduler', measureScheduler);
  await run('published histogram', measureHistogram);
  await run('flood against SimPy', () => compareWithSimPy(options));
  await run('population', () => measurePopulation(options.populationPeers ?? 1_000_000));
  await run('full peers', () => (options.runFullPeers ?? (() => measureFullPeers({ progress })))());
  return {
    bench: 'sim',
    machine: describeMachine(),
    figures: Object.assign({}, ...parts.map((part) => part.figures)),
    goals: parts.flatMap((part) => part.goals),
  };
}

/** Hold model: each event schedules one more at a random distance (Jones 1986), 100,000 in flight. */
function measureScheduler(): Part {
  const random = RandomStream.fromSeed(1);
  const delays = Int32Array.from({ length: 65_536 }, () => 1 + random.below(1400));
  const rates: number[] = [];
  for (let round = 0; round < 7; round++) {
    const scheduler = new EventScheduler();
    for (let i = 0; i < 100_000; i++) scheduler.schedule(delays[i & 65_535]!, i, 0);
    const start = performance.now();
    let index = 0;
    const handle = (a: number) => scheduler.schedule(scheduler.nowTick + delays[index++ & 65_535]!, a, 0);
    while (scheduler.eventCount < 4_000_000) scheduler.run(scheduler.nowTick + 100, handle);
    rates.push((scheduler.eventCount / (performance.now() - start)) * 1000);
  }
  return {
    figures: {
      schedulerEventsPerSecond: Math.round(median(rates)),
      schedulerSpread: round(spread(rates)),
    },
    goals: [],
  };
}

function measureHistogram(): Part {
  const run = runGossipHistogram(Array.from({ length: 30 }, (_, i) => i + 1));
  return {
    figures: {
      histogramSends: Math.round(run.sends),
      histogramSendsOff: round(run.sendsOff),
      histogramGap: round(run.distributionGap),
      ...Object.fromEntries(run.buckets.map((count, i) => [`histogram${i * 100}ms`, Math.round(count)])),
    },
    goals: [
      atMost(
        'sends off the published gossipsub run, as a share',
        Math.abs(run.sendsOff),
        histogramBand.sendsShareMax,
      ),
      atMost('largest gap of the delay distributions', run.distributionGap, histogramBand.distributionGapMax),
    ],
  };
}

/** Both sides flood the same graph with the same delays in turn; SimPy in its leanest form, callbacks. */
async function compareWithSimPy(options: SimBenchOptions): Promise<Part> {
  const init = { peerCount: options.floodPeers ?? 100_000, degree: 8, messageCount: 1 };
  const name = `flood over ${init.peerCount} peers: times as fast as SimPy`;
  const graph = buildFloodGraph(init);
  const nowSeconds = () => performance.now() / 1000;
  runFlood(init, graph, nowSeconds);
  const ours: FloodResult[] = [];
  const theirs: FloodResult[] = [];
  for (let pair = 0; pair < (options.pairs ?? 5); pair++) {
    ours.push(runFlood(init, graph, nowSeconds));
    const other = await runFloodOnSimPy(init, 'callback', options.python);
    if (other === undefined)
      return { figures: {}, goals: [skippedGoal(name, '>= 100', 'SimPy is not installed')] };
    checkSame(ours.at(-1)!, other);
    theirs.push(other);
  }
  const asProcesses = await runFloodOnSimPy(init, 'process', options.python);
  const seconds = median(ours.map((run) => run.seconds));
  const simPySeconds = median(theirs.map((run) => run.seconds));
  const ratios = ours.map((run, i) => theirs[i]!.seconds / run.seconds);
  return {
    figures: {
      floodPackets: ours[0]!.packets,
      floodSeconds: round(seconds),
      floodSimPySeconds: round(simPySeconds),
      floodRatio: round(median(ratios)),
      floodRatioSpread: round(spread(ratios)),
      floodSimPyProcessSeconds: round(asProcesses!.seconds),
      floodRatioToProcesses: round(asProcesses!.seconds / seconds),
    },
    goals: [atLeast(name, round(median(ratios)), 100)],
  };
}

function checkSame(left: FloodResult, right: FloodResult): void {
  if (left.packets !== right.packets || left.reached !== right.reached || left.lastTick !== right.lastTick)
    throw new Error(`the floods differ: ${JSON.stringify({ left, right })}`);
}

/** A million peers, ten messages of 1 KiB at one a second, the whole protocol with js gossipsub's parameters. */
function measurePopulation(peerCount: number): Part {
  const start = performance.now();
  const run = runGossipPopulation({
    seed: 1,
    peerCount,
    dialCount: 10,
    link: { latency: { kind: 'uniform', minMs: 10, maxMs: 150 }, jitterShare: 0.1 },
    sourceCount: 5,
    messageCount: 10,
    messageIntervalMs: 1000,
    warmUpMs: 5000,
    lingerMs: 5000,
  });
  const seconds = (performance.now() - start) / 1000;
  const gibibytes = process.memoryUsage().rss / 2 ** 30;
  return {
    figures: {
      populationPeers: peerCount,
      populationSeconds: round(seconds),
      populationGiB: round(gibibytes),
      populationArrayBytesPerPeer: Math.round(run.bytes / peerCount),
      populationEvents: run.eventCount,
      populationEventsPerSecond: Math.round(run.eventCount / seconds),
      populationWallPerVirtualSecond: round((seconds * 1000) / run.virtualMs),
      populationReach: run.counters.deliveries / (10 * (peerCount - 1)),
      populationSendsPerDelivery: round(run.counters.sends / run.counters.deliveries),
      populationDelayMedianMs: run.counters.delayQuantileMs(0.5),
      populationDelayP99Ms: run.counters.delayQuantileMs(0.99),
    },
    goals: [
      atMost(`${peerCount} peers, ten messages, full gossip: seconds`, round(seconds), 300),
      atMost(`${peerCount} peers: GiB of the process`, round(gibibytes), 8),
    ],
  };
}

function round(value: number): number {
  return Number(value.toPrecision(4));
}
