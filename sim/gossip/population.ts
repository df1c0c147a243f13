/**
 * Population mode for gossip: bare peers, one topic, messages at a steady rate, every figure that a paper about
 * gossip reports. A million peers fit into one process.
 */
import { RunDigest } from '../clock/digest.ts';
import { RandomStream } from '../clock/random.ts';
import { EventScheduler } from '../clock/scheduler.ts';
import { ticksPerMs } from '../clock/ticks.ts';
import { type ChurnSettings, drawLengthMs } from '../network/churn.ts';
import { type FaultRule, FaultRules } from '../network/faults.ts';
import { createLinkModel, type LinkModel, type LinkSettings } from '../network/link-model.ts';
import { connectRandomly, PeerGraph } from '../network/peer-graph.ts';
import { fourRegions, placePeers } from '../network/places.ts';
import type { GossipCounters } from './counters.ts';
import { GossipNetwork } from './gossip-network.ts';
import { defaultGossipSettings, type GossipSettings } from './settings.ts';

export interface GossipPopulationInit {
  readonly seed: number;
  readonly peerCount: number;
  /** Random others that each peer dials. */
  readonly dialCount: number;
  /** Default: enough for the dials of both sides, a power of two. */
  readonly slotsPerPeer?: number;
  readonly link: LinkSettings;
  readonly settings?: Partial<GossipSettings>;
  /** Peers, drawn at random, that publish. */
  readonly sourceCount: number;
  readonly messageCount: number;
  readonly messageBytes?: number;
  readonly messageIntervalMs: number;
  /** Time for meshes to form before the first message. */
  readonly warmUpMs: number;
  /** Time after the last message. */
  readonly lingerMs: number;
  readonly faults?: readonly FaultRule[];
  /** Peers that come and go, from the end of the warm-up on. Sources stay. */
  readonly churn?: ChurnSettings;
  /** Called once per virtual second, with the present virtual ms. */
  readonly progress?: (virtualMs: number) => void;
  /** Default true: a digest over all events. */
  readonly withDigest?: boolean;
  /**
   * Draws heartbeats, meshes and gossip anew, while graph, links and publishers stay those of `seed`. Left out: all
   * of `seed`.
   */
  readonly meshSeed?: number;
  /** Every acceptance of publication number `publication`, from 0; the publisher's own excluded. */
  readonly delivered?: (publication: number, peer: number, delayMs: number, from: number) => void;
  /** Sees the run from its first message on, and changes nothing. */
  readonly watch?: GossipWatch;
}

export interface GossipWatch {
  /** Meshes have formed. */
  warm(network: GossipNetwork, graph: PeerGraph): void;
  published(publication: number, peer: number, atMs: number): void;
  /** As {@link GossipPopulationInit.delivered}. */
  delivered(publication: number, peer: number, delayMs: number, from: number): void;
  /** A peer tells a neighbour that it is in its mesh, or no longer. */
  meshed(peer: number, neighbour: number, what: 'graft' | 'prune', atMs: number): void;
}

export interface GossipPopulationResult {
  readonly counters: GossipCounters;
  /** Mean over all peers at the end. */
  readonly meanMeshDegree: number;
  readonly meanDegree: number;
  readonly eventCount: number;
  /** Bytes in typed arrays at the end. */
  readonly bytes: number;
  readonly digest: string;
  readonly virtualMs: number;
  /** Deliveries that full reach would be: for each message, the peers that ran when it was published. */
  readonly deliveriesWanted: number;
  /** Deliveries to just these; without churn, all deliveries. */
  readonly deliveriesCounted: number;
}

/** Event kind of a churning peer's next coming or going; above those of gossip. */
const churnKind = 14;

export function runGossipPopulation(init: GossipPopulationInit): GossipPopulationResult {
  const random = RandomStream.fromSeed(init.seed);
  const graph = connectPopulation(init);
  const scheduler = new EventScheduler();
  const arrivals = {
    startedTick: new Float64Array(init.churn === undefined ? 0 : init.peerCount),
    lateCount: 0,
  };
  /** By message number: the publication that it is just now. */
  const publications: number[] = [];
  const { watch } = init;
  const network: GossipNetwork = createNetwork(init, graph, scheduler, random, (peer, message, edge) => {
    const published = network.cache.groupOf(message).publishedTick[message & 15]!;
    if (arrivals.startedTick[peer]! > published) arrivals.lateCount++;
    const delayMs = (scheduler.nowTick - published) / ticksPerMs;
    const from = graph.neighbourAt(edge);
    watch?.delivered(publications[message]!, peer, delayMs, from);
    init.delivered?.(publications[message]!, peer, delayMs, from);
  });
  if (init.settings?.implementation === 'js-libp2p')
    for (let peer = 0; peer < init.peerCount; peer++) network.subscribe(peer, 0);
  else network.topics[0]!.subscribeAll();
  network.start();

  const digest = new RunDigest();
  const { sources, publishers } = drawPublishers(init);
  const churn =
    init.churn &&
    new Churn(init.churn, init, network, scheduler, random.split('churn'), arrivals.startedTick);
  const react = (a: number, b: number) => {
    if (!network.handle(a, b)) churn?.turn(a);
  };
  const handle =
    init.withDigest === false
      ? react
      : (a: number, b: number) => {
          digest.add(scheduler.nowTick, a, b);
          react(a, b);
        };
  const { endMs, deliveriesWanted } = publishAll({
    init,
    network,
    scheduler,
    publishers,
    publications,
    handle,
    onWarm: () => {
      watch?.warm(network, graph);
      churn?.start(sources);
    },
  });
  let meshEdges = 0;
  let degrees = 0;
  for (let peer = 0; peer < init.peerCount; peer++) {
    meshEdges += network.topics[0]!.size(peer);
    degrees += graph.degree(peer);
  }
  return {
    counters: network.counters,
    meanMeshDegree: meshEdges / init.peerCount,
    meanDegree: degrees / init.peerCount,
    eventCount: scheduler.eventCount,
    bytes: graph.bytes + network.bytes + scheduler.bytes,
    digest: digest.toString(),
    virtualMs: endMs,
    deliveriesWanted,
    deliveriesCounted: network.counters.deliveries - arrivals.lateCount,
  };
}

/** Who is connected to whom: the same for equal seed, size and dials, in the simulation and on real nodes. */
export function connectPopulation(
  init: Pick<GossipPopulationInit, 'seed' | 'peerCount' | 'dialCount' | 'slotsPerPeer'>,
): PeerGraph {
  const graph = new PeerGraph({
    peerCount: init.peerCount,
    slotsPerPeer: init.slotsPerPeer ?? chooseSlots(init.dialCount),
  });
  connectRandomly(graph, init.dialCount, RandomStream.fromSeed(init.seed).split('topology'));
  return graph;
}

/** The links of a population: base latencies that `seed` alone decides. */
export function linkPopulation(init: Pick<GossipPopulationInit, 'seed' | 'peerCount' | 'link'>): LinkModel {
  const random = RandomStream.fromSeed(init.seed);
  const { kind } = init.link.latency;
  const needsPlaces = kind === 'regions' || kind === 'geographic';
  const places = needsPlaces ? placePeers(init.peerCount, fourRegions, random.split('places')) : undefined;
  return createLinkModel(init.link, random.split('links'), init.peerCount, places);
}

/** Who publishes each message, in order, and all who ever may. */
export function drawPublishers(
  init: Pick<GossipPopulationInit, 'seed' | 'peerCount' | 'sourceCount' | 'messageCount'>,
): { readonly sources: readonly number[]; readonly publishers: readonly number[] } {
  const draw = RandomStream.fromSeed(init.seed).split('sources');
  const sources = Array.from({ length: init.sourceCount }, () => draw.below(init.peerCount));
  const publishers = Array.from({ length: init.messageCount }, () => sources[draw.below(sources.length)]!);
  return { sources, publishers };
}

function createNetwork(
  init: GossipPopulationInit,
  graph: PeerGraph,
  scheduler: EventScheduler,
  random: RandomStream,
  delivered: (peer: number, message: number, edge: number) => void,
): GossipNetwork {
  const { watch } = init;
  const meshRandom = init.meshSeed === undefined ? random : RandomStream.fromSeed(init.meshSeed);
  return new GossipNetwork(
    {
      scheduler,
      graph,
      link: linkPopulation(init),
      random: meshRandom.split('gossip'),
      ...(init.faults && init.faults.length > 0
        ? { faults: new FaultRules(init.faults, init.peerCount, random.split('faults')) }
        : {}),
    },
    {
      settings: { ...defaultGossipSettings, ...init.settings },
      topicCount: 1,
      ...(init.churn === undefined && init.delivered === undefined && watch === undefined
        ? {}
        : { delivered }),
      ...(watch === undefined
        ? {}
        : {
            meshed: (edge, what) =>
              watch.meshed(
                edge >> graph.slotBits,
                graph.neighbourAt(edge),
                what,
                scheduler.nowTick / ticksPerMs,
              ),
          }),
    },
  );
}

interface Publishing {
  readonly init: GossipPopulationInit;
  readonly network: GossipNetwork;
  readonly scheduler: EventScheduler;
  readonly publishers: readonly number[];
  readonly publications: number[];
  readonly handle: (a: number, b: number) => void;
  readonly onWarm: () => void;
}

/** Warm up, publish at the interval, linger. */
function publishAll(all: Publishing): { endMs: number; deliveriesWanted: number } {
  const { init, network, scheduler, publishers, publications, handle } = all;
  let nowMs = 0;
  let deliveriesWanted = 0;
  const runUntil = (ms: number) => {
    while (nowMs < ms) {
      nowMs = Math.min(ms, nowMs + 1000);
      scheduler.run(nowMs * ticksPerMs, handle);
      init.progress?.(nowMs);
    }
  };
  runUntil(init.warmUpMs);
  all.onWarm();
  for (const [publication, publisher] of publishers.entries()) {
    init.watch?.published(publication, publisher, nowMs);
    publications[network.publish(publisher, 0, init.messageBytes ?? 1024)] = publication;
    deliveriesWanted += countAlive(network) - 1;
    runUntil(nowMs + init.messageIntervalMs);
  }
  runUntil(nowMs + init.lingerMs);
  return { endMs: nowMs, deliveriesWanted };
}

function countAlive(network: GossipNetwork): number {
  let count = 0;
  for (const isAlive of network.isAlive) count += isAlive;
  return count;
}

/** Stops and starts the churning peers; a peer that starts dials random running ones. */
class Churn {
  readonly #settings: ChurnSettings;
  readonly #init: GossipPopulationInit;
  readonly #network: GossipNetwork;
  readonly #scheduler: EventScheduler;
  readonly #random: RandomStream;
  /** By peer: when its present life began. */
  readonly #startedTick: Float64Array;

  constructor(
    settings: ChurnSettings,
    init: GossipPopulationInit,
    network: GossipNetwork,
    scheduler: EventScheduler,
    random: RandomStream,
    startedTick: Float64Array,
  ) {
    this.#startedTick = startedTick;
    this.#settings = settings;
    this.#init = init;
    this.#network = network;
    this.#scheduler = scheduler;
    this.#random = random;
  }

  start(stayers: readonly number[]): void {
    const stays = new Set(stayers);
    for (let peer = 0; peer < this.#init.peerCount; peer++)
      if (!stays.has(peer) && this.#random.unit() < this.#settings.share) this.#schedule(peer);
  }

  /** The peer's session or absence is over. */
  turn(peer: number): void {
    if (this.#network.isAlive[peer] === 1) this.#network.stopPeer(peer);
    else {
      this.#network.startPeer(peer);
      this.#startedTick[peer] = this.#scheduler.nowTick;
      for (let i = 0; i < this.#init.dialCount; i++)
        this.#network.connect(peer, this.#random.below(this.#init.peerCount));
    }
    this.#schedule(peer);
  }

  #schedule(peer: number): void {
    const lengths = this.#network.isAlive[peer] === 1 ? this.#settings.session : this.#settings.absence;
    const ticks = Math.ceil(drawLengthMs(lengths, this.#random) * ticksPerMs);
    this.#scheduler.schedule(this.#scheduler.nowTick + ticks, peer, churnKind << 28);
  }
}

/** Room for `dialCount` dials and the dials of others: Poisson with that mean, ten deviations of headroom. */
function chooseSlots(dialCount: number): number {
  const wanted = dialCount * 2 + 10 * Math.sqrt(dialCount);
  return wanted <= 32 ? 32 : wanted <= 64 ? 64 : wanted <= 128 ? 128 : 256;
}
