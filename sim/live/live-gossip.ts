/**
 * Gossip among real libp2p nodes, spread over worker processes of this machine: the graph, the links, the publishers
 * and the pace of the simulated run with the same seed.
 */
import { AmpError } from '../../protocol/errors.ts';
import { RandomStream } from '../clock/random.ts';
import { drawPublishers } from '../gossip/population.ts';
import type { GossipWorker, Seat, WorkerReport } from './gossip-worker.ts';
import { monotonicMs } from './link-delay.ts';
import { type LiveLateness, readLateness } from './live-lateness.ts';
import { checkLivePlan, type LivePlan } from './live-plan.ts';
import type { LookupTrace } from './lookup-trace.ts';
import { startWorker, type Worker } from './worker-calls.ts';

export interface LiveGossipInit {
  /** Worker processes. Default 2. */
  readonly workerCount?: number;
  /** Kademlia lookups after the last message. Default none. */
  readonly lookups?: { readonly count: number; readonly closest: number };
  readonly progress?: (words: string) => void;
  readonly signal?: AbortSignal;
}

/** One delivery: which message, to whom, how long after its publication. */
export interface Delivery {
  readonly publication: number;
  readonly receiver: number;
  readonly delayMs: number;
}

export interface LiveLookup extends LookupTrace {
  readonly asker: number;
  readonly key: Uint8Array;
}

export interface LiveGossipRun {
  readonly deliveries: readonly Delivery[];
  /** Whole messages that left a peer, and those that arrived somewhere. */
  readonly sends: number;
  readonly arrivals: number;
  readonly ihave: number;
  readonly iwant: number;
  readonly meanMeshDegree: number;
  /** How much later than planned delayed bytes went on, ms. */
  readonly lateness: LiveLateness;
  /** Of all workers, from the first publication to the report. */
  readonly processorMs: number;
  readonly wallMs: number;
  /** Peers' places in Kademlia's key space. */
  readonly places: readonly Uint8Array[];
  readonly lookups: readonly LiveLookup[];
}

type Fleet = readonly Worker<GossipWorker>[];

/** Judgement: what is not connected by then never will be. */
const connectRoundsMax = 8;
/** Lookups under way at once, of different askers. */
const parallelLookups = 5;

/** @throws AmpError AMP-1903 for a plan that real nodes cannot follow, AMP-1906 when a worker fails. */
export async function runLiveGossip(plan: LivePlan, init: LiveGossipInit = {}): Promise<LiveGossipRun> {
  checkLivePlan(plan);
  const fleet: Fleet = Array.from({ length: Math.min(plan.peerCount, init.workerCount ?? 2) }, () =>
    startWorker<GossipWorker>('gossip'),
  );
  const stop = () => void stopFleet(fleet);
  init.signal?.addEventListener('abort', stop);
  try {
    const seats = await assemble(fleet, plan, init);
    const published = await publishAll(fleet, plan, init);
    const reports = await Promise.all(fleet.map((worker) => worker.call('report', undefined)));
    const wallMs = monotonicMs() - published.startMs;
    init.progress?.('looking up');
    const lookups = await lookUpAll(fleet, plan, init.lookups);
    return summarise({ reports, published, seats, wallMs, lookups });
  } finally {
    init.signal?.removeEventListener('abort', stop);
    await stopFleet(fleet);
  }
}

async function stopFleet(fleet: Fleet): Promise<void> {
  await Promise.all(fleet.map((worker) => worker.stop()));
}

/** Peer `i` lives in worker `i mod n`: neighbours are in one process as often as chance has it. */
function homeOf(fleet: Fleet, index: number): Worker<GossipWorker> {
  return fleet[index % fleet.length]!;
}

/** Start all, connect all, then let all listen at once: the state in which the simulated run begins. */
async function assemble(fleet: Fleet, plan: LivePlan, init: LiveGossipInit): Promise<readonly Seat[]> {
  init.progress?.(`starting ${plan.peerCount} nodes in ${fleet.length} processes`);
  const all = Array.from({ length: plan.peerCount }, (_, index) => index);
  const seats = await Promise.all(
    fleet.map((worker, at) =>
      worker.call('start', { plan, indices: all.filter((index) => index % fleet.length === at) }),
    ),
  );
  const sorted = seats.flat().sort((a, b) => a.index - b.index);
  init.progress?.('connecting');
  await connectAll(fleet, sorted, init);
  await Promise.all(fleet.map((worker) => worker.call('subscribe', undefined)));
  init.progress?.('warming up');
  await sleepUntil(monotonicMs() + plan.warmUpMs, init.signal);
  return sorted;
}

/**
 * On a busy machine a handshake or an exchange of identities may outlast libp2p's own limits, at one end or both. Then
 * the connection is dropped and dialled again, as nodes do; nothing is measured yet.
 *
 * @throws AmpError AMP-1906 naming the pairs that never came to gossip.
 */
async function connectAll(fleet: Fleet, seats: readonly Seat[], init: LiveGossipInit): Promise<void> {
  for (let round = 1; ; round++) {
    const missing = (await Promise.all(fleet.map((worker) => worker.call('connect', { seats })))).flat();
    if (missing.length === 0) return;
    const pairs = missing.map(({ from, to }) => `${from} to ${to}`).join(', ');
    if (round === connectRoundsMax)
      throw new AmpError('AMP-1906', `After ${round} rounds of dials no gossip flows from ${pairs}.`);
    init.signal?.throwIfAborted();
    init.progress?.(`connecting again: ${missing.length} streams are missing`);
    await Promise.all(fleet.map((worker) => worker.call('drop', { seats, missing })));
  }
}

interface Published {
  readonly startMs: number;
  /** By publication. */
  readonly atMs: readonly number[];
}

async function publishAll(fleet: Fleet, plan: LivePlan, init: LiveGossipInit): Promise<Published> {
  const { publishers } = drawPublishers(plan);
  await Promise.all(fleet.map((worker) => worker.call('clear', undefined)));
  const startMs = monotonicMs();
  const atMs: number[] = [];
  for (const [publication, index] of publishers.entries()) {
    await sleepUntil(startMs + publication * plan.messageIntervalMs, init.signal);
    init.progress?.(`message ${publication + 1} of ${publishers.length}`);
    const bytes = plan.messageBytes ?? 1024;
    atMs.push(await homeOf(fleet, index).call('publish', { index, publication, bytes }));
  }
  await sleepUntil(startMs + publishers.length * plan.messageIntervalMs + plan.lingerMs, init.signal);
  return { startMs, atMs };
}

async function sleepUntil(dueMs: number, signal: AbortSignal | undefined): Promise<void> {
  signal?.throwIfAborted();
  await new Promise((resolve) => setTimeout(resolve, Math.max(0, dueMs - monotonicMs())));
}

/** Random keys, each looked up by a random peer. */
export function drawLookups(
  plan: Pick<LivePlan, 'seed' | 'peerCount'>,
  count: number,
): readonly { readonly asker: number; readonly key: Uint8Array }[] {
  const draw = RandomStream.fromSeed(plan.seed).split('live', 'lookups');
  return Array.from({ length: count }, () => ({ asker: draw.below(plan.peerCount), key: draw.bytes(32) }));
}

async function lookUpAll(
  fleet: Fleet,
  plan: LivePlan,
  wanted: LiveGossipInit['lookups'],
): Promise<readonly LiveLookup[]> {
  if (wanted === undefined) return [];
  await Promise.all(fleet.map((worker) => worker.call('open', undefined)));
  const found: LiveLookup[] = [];
  const left = [...drawLookups(plan, wanted.count)];
  const busy = new Set<number>();
  const run = async () => {
    for (;;) {
      const at = left.findIndex(({ asker }) => !busy.has(asker));
      if (at === -1) return;
      const [{ asker, key }] = left.splice(at, 1) as [{ asker: number; key: Uint8Array }];
      busy.add(asker);
      const trace = await homeOf(fleet, asker).call('lookup', { index: asker, key, count: wanted.closest });
      busy.delete(asker);
      found.push({ asker, key, ...trace });
    }
  };
  await Promise.all(Array.from({ length: parallelLookups }, run));
  // What had to wait for its asker is left; nobody is busy any more.
  while (left.length > 0) await run();
  return found;
}

interface Gathered {
  readonly reports: readonly WorkerReport[];
  readonly published: Published;
  readonly seats: readonly Seat[];
  readonly wallMs: number;
  readonly lookups: readonly LiveLookup[];
}

function summarise({ reports, published, seats, wallMs, lookups }: Gathered): LiveGossipRun {
  const sum = (pick: (report: WorkerReport) => number) =>
    reports.reduce((total, report) => total + pick(report), 0);
  return {
    deliveries: reports.flatMap(({ arrivals }) => readArrivals(arrivals, published.atMs)),
    sends: sum(({ counts }) => counts.sends),
    arrivals: sum(({ counts }) => counts.arrivals),
    ihave: sum(({ counts }) => counts.ihave),
    iwant: sum(({ counts }) => counts.iwant),
    meanMeshDegree: sum(({ meshDegrees }) => meshDegrees.reduce((a, b) => a + b, 0)) / seats.length,
    lateness: readLateness(reports.map(({ lateness }) => lateness)),
    processorMs: sum(({ processorMs }) => processorMs),
    wallMs,
    places: seats.map(({ place }) => place),
    lookups,
  };
}

function readArrivals(rows: Float64Array, publishedAtMs: readonly number[]): readonly Delivery[] {
  return Array.from({ length: rows.length / 3 }, (_, row) => {
    const [publication, receiver, atMs] = rows.subarray(row * 3, row * 3 + 3) as unknown as [
      number,
      number,
      number,
    ];
    return { publication, receiver, delayMs: atMs - publishedAtMs[publication]! };
  });
}
