/** A share of the bare peers of a live run, in this process. */
import type { NodeId } from '../../protocol/brand.ts';
import { connectPopulation, linkPopulation } from '../gossip/population.ts';
import { hasBit } from '../network/peer-graph.ts';
import { Lateness } from './link-delay.ts';
import { createLivePeer, type LiveCounts, type LivePeer } from './live-peer.ts';
import { drawPeerSeed, type LivePlan } from './live-plan.ts';
import type { LookupTrace } from './lookup-trace.ts';
import { serveCalls } from './worker-calls.ts';

/** Where a peer is. */
export interface Seat {
  readonly index: number;
  readonly node: NodeId;
  readonly address: string;
  /** Its place in Kademlia's key space: 32 bytes. */
  readonly place: Uint8Array;
}

export interface WorkerReport {
  /** One row of three per delivery: publication, receiver, ms of the monotonic clock. */
  readonly arrivals: Float64Array;
  readonly counts: LiveCounts;
  /** By tenth of a millisecond. */
  readonly lateness: Float64Array;
  readonly processorMs: number;
  readonly meshDegrees: readonly number[];
}

/** What a worker of kind `gossip` can be asked. */
export type GossipWorker = {
  start(argument: { readonly plan: LivePlan; readonly indices: readonly number[] }): Promise<readonly Seat[]>;
  /** Dial what the graph gives; answers the number of connections made. */
  connect(argument: { readonly seats: readonly Seat[] }): Promise<number>;
  subscribe(argument: undefined): void;
  /** Counting begins: what came before is forgotten. */
  clear(argument: undefined): void;
  /** Answers when it was published. */
  publish(argument: { readonly index: number; readonly publication: number; readonly bytes: number }): number;
  report(argument: undefined): WorkerReport;
  /** From now on every peer may connect to every other, as lookups need it. */
  open(argument: undefined): void;
  lookup(argument: {
    readonly index: number;
    readonly key: Uint8Array;
    readonly count: number;
  }): Promise<LookupTrace>;
};

/** Dials under way at once in a worker: enough to hide the delays, few enough for the processor. */
const parallelDials = 16;
/** As a node would: on a busy machine a handshake may outlast libp2p's own limits. Nothing is measured yet. */
const dialTries = 3;
/** How long a dial waits for gossip to be spoken before the next begins. */
const greetingMs = 10_000;
/** How long all neighbours may take to open their gossip streams, and when those that have not are asked again. */
const streamsTimeoutMs = 120_000;
const askAgainMs = 6_000;
const lookMs = 20;

export function serveGossipPeers(): void {
  const peers = new Map<number, LivePeer>();
  const neighbours = new Map<number, Set<NodeId>>();
  const indexAtPort = new Map<number, number>();
  const lateness = new Lateness();
  let graph: ReturnType<typeof connectPopulation>;
  let arrivals: number[] = [];
  let isOpen = false;
  let cpuAtStart = process.cpuUsage();

  async function start({ plan, indices }: Parameters<GossipWorker['start']>[0]): Promise<readonly Seat[]> {
    graph = connectPopulation(plan);
    const link = linkPopulation(plan);
    const seats: Seat[] = [];
    for (const index of indices) {
      neighbours.set(index, new Set());
      const peer = await createLivePeer({
        link,
        self: index,
        lateness,
        peerAtPort: (port) => indexAtPort.get(port),
        keySeed: drawPeerSeed(plan.seed, index),
        meshId: 'c'.repeat(32),
        settings: plan.settings ?? {},
        mayConnect: (node) => isOpen || neighbours.get(index)!.has(node),
        arrived: (publication, atMs) => arrivals.push(publication, index, atMs),
      });
      peers.set(index, peer);
      seats.push({ index, node: peer.node, address: peer.address, place: peer.place });
    }
    return seats;
  }

  async function connect({ seats }: Parameters<GossipWorker['connect']>[0]): Promise<number> {
    const byIndex = new Map(seats.map((seat) => [seat.index, seat]));
    for (const { index, address } of seats) indexAtPort.set(Number(/\/tcp\/(\d+)/.exec(address)![1]), index);
    const dials: (() => Promise<void>)[] = [];
    for (const [index, peer] of peers)
      for (const edge of graph.edgesOf(index)) {
        const other = byIndex.get(graph.neighbourAt(edge))!;
        neighbours.get(index)!.add(other.node);
        if (hasBit(graph.outbound, graph.wordsPerPeer, graph.slotBits, edge))
          dials.push(() => dialPatiently(peer, index, other));
      }
    await inParallel(dials, parallelDials);
    await Promise.all([...peers].map(([index, peer]) => untilStreams(peer, graph.degree(index))));
    return dials.length;
  }

  const report = (): WorkerReport => {
    const counts: LiveCounts = { sends: 0, arrivals: 0, ihave: 0, iwant: 0 };
    for (const peer of peers.values())
      for (const key of Object.keys(counts) as (keyof LiveCounts)[]) counts[key] += peer.counts[key];
    const { user, system } = process.cpuUsage(cpuAtStart);
    return {
      arrivals: Float64Array.from(arrivals),
      counts,
      lateness: lateness.counts,
      processorMs: (user + system) / 1000,
      meshDegrees: [...peers.values()].map((peer) => peer.meshDegree()),
    };
  };

  const served: GossipWorker = {
    start,
    connect,
    report,
    subscribe: () => {
      for (const peer of peers.values()) peer.subscribe();
    },
    clear: () => {
      arrivals = [];
      lateness.counts.fill(0);
      for (const { counts } of peers.values())
        Object.assign(counts, { sends: 0, arrivals: 0, ihave: 0, iwant: 0 });
      cpuAtStart = process.cpuUsage();
    },
    publish: ({ index, publication, bytes }) => peers.get(index)!.publish(publication, bytes),
    open: () => {
      isOpen = true;
    },
    lookup: ({ index, key, count }) => peers.get(index)!.lookup(key, count),
  };
  serveCalls(served, async () => {
    await Promise.all([...peers.values()].map((peer) => peer.stop()));
  });
}

async function inParallel(works: readonly (() => Promise<void>)[], count: number): Promise<void> {
  const left = [...works];
  const run = async () => {
    for (let work = left.shift(); work !== undefined; work = left.shift()) await work();
  };
  await Promise.all(Array.from({ length: count }, run));
}

/** Done when gossip is spoken, so that a busy machine gets no more handshakes than it can do. */
async function dialPatiently(peer: LivePeer, from: number, other: Seat): Promise<void> {
  for (let tried = 1; ; tried++)
    try {
      await peer.dial(other.address);
      break;
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      if (tried === dialTries)
        throw new Error(`peer ${from} cannot reach peer ${other.index}: ${reason}`, { cause });
    }
  await waitUntil(() => peer.canGossipWith(other.node), greetingMs);
}

/** The other side opens its stream when it has learnt what we speak. */
async function untilStreams(peer: LivePeer, wanted: number): Promise<void> {
  const endMs = performance.now() + streamsTimeoutMs;
  while (!(await waitUntil(() => peer.neighbourCount() >= wanted, askAgainMs))) {
    if (performance.now() > endMs)
      throw new Error(`${peer.neighbourCount()} of ${wanted} neighbours opened a gossip stream in time`);
    await peer.askAgain();
  }
}

async function waitUntil(isSo: () => boolean, limitMs: number): Promise<boolean> {
  const endMs = performance.now() + limitMs;
  while (!isSo() && performance.now() < endMs) await new Promise((resolve) => setTimeout(resolve, lookMs));
  return isSo();
}
