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

/** `from` has no gossip stream to `to`. */
export interface Missing {
  readonly from: number;
  readonly to: number;
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
  /** Dial what the graph gives and is not connected yet; answers who cannot send gossip to which neighbour. */
  connect(argument: { readonly seats: readonly Seat[] }): Promise<readonly Missing[]>;
  /** Drop these connections, at whichever ends live here. */
  drop(argument: { readonly seats: readonly Seat[]; readonly missing: readonly Missing[] }): void;
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
/** How long a dial waits for gossip to be spoken before the next begins. */
const greetingMs = 5_000;
/** How long all neighbours may take to open their gossip streams before they are asked again. */
const streamsMs = 5_000;
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

  async function connect({ seats }: Parameters<GossipWorker['connect']>[0]): Promise<readonly Missing[]> {
    for (const { index, address } of seats) indexAtPort.set(Number(/\/tcp\/(\d+)/.exec(address)![1]), index);
    const dials: (() => Promise<void>)[] = [];
    for (const [index, peer] of peers)
      for (const edge of graph.edgesOf(index)) {
        const other = seats[graph.neighbourAt(edge)]!;
        neighbours.get(index)!.add(other.node);
        const isOurs = hasBit(graph.outbound, graph.wordsPerPeer, graph.slotBits, edge);
        if (isOurs && !peer.canGossipWith(other.node)) dials.push(() => dialAndGreet(peer, other));
      }
    await inParallel(dials, parallelDials);
    const missing = () => [...peers].flatMap(([index, peer]) => missingOf(index, peer, seats));
    if (await waitUntil(() => missing().length === 0, streamsMs)) return [];
    await Promise.all([...peers.values()].map((peer) => peer.askAgain()));
    await waitUntil(() => missing().length === 0, streamsMs);
    return missing();
  }

  function missingOf(from: number, peer: LivePeer, seats: readonly Seat[]): readonly Missing[] {
    const others = [...graph.edgesOf(from)].map((edge) => graph.neighbourAt(edge));
    return others.filter((to) => !peer.canGossipWith(seats[to]!.node)).map((to) => ({ from, to }));
  }

  function drop({ seats, missing }: Parameters<GossipWorker['drop']>[0]): void {
    for (const { from, to } of missing) {
      peers.get(from)?.drop(seats[to]!.node);
      peers.get(to)?.drop(seats[from]!.node);
    }
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
    drop,
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
async function dialAndGreet(peer: LivePeer, other: Seat): Promise<void> {
  const isConnected = await peer.dial(other.address).then(
    () => true,
    // Who was not reached is missing in the answer, and is dialled again.
    () => false,
  );
  if (isConnected) await waitUntil(() => peer.canGossipWith(other.node), greetingMs);
}

async function waitUntil(isSo: () => boolean, limitMs: number): Promise<boolean> {
  const endMs = performance.now() + limitMs;
  while (!isSo() && performance.now() < endMs) await new Promise((resolve) => setTimeout(resolve, lookMs));
  return isSo();
}
