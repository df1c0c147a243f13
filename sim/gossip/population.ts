/**
 * Population mode for gossip: bare peers, one topic, messages at a steady rate, every figure that a paper about
 * gossip reports. A million peers fit into one process.
 */
import { RunDigest } from '../clock/digest.ts';
import { RandomStream } from '../clock/random.ts';
import { EventScheduler } from '../clock/scheduler.ts';
import { ticksPerMs } from '../clock/ticks.ts';
import { type FaultRule, FaultRules } from '../network/faults.ts';
import { createLinkModel, type LinkSettings } from '../network/link-model.ts';
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
  /** Called once per virtual second, with the present virtual ms. */
  readonly progress?: (virtualMs: number) => void;
  /** Default true: a digest over all events. */
  readonly withDigest?: boolean;
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
}

export function runGossipPopulation(init: GossipPopulationInit): GossipPopulationResult {
  const random = RandomStream.fromSeed(init.seed);
  const graph = new PeerGraph({
    peerCount: init.peerCount,
    slotsPerPeer: init.slotsPerPeer ?? chooseSlots(init.dialCount),
  });
  connectRandomly(graph, init.dialCount, random.split('topology'));
  const scheduler = new EventScheduler();
  const network = createNetwork(init, graph, scheduler, random);
  network.topics[0]!.subscribeAll();
  network.start();

  const digest = new RunDigest();
  const handle =
    init.withDigest === false
      ? (a: number, b: number) => void network.handle(a, b)
      : (a: number, b: number) => {
          digest.add(scheduler.nowTick, a, b);
          network.handle(a, b);
        };
  const endMs = publishAll(init, network, scheduler, random, handle);
  let meshEdges = 0;
  for (let peer = 0; peer < init.peerCount; peer++) meshEdges += network.topics[0]!.size(peer);
  let degrees = 0;
  for (let peer = 0; peer < init.peerCount; peer++) degrees += graph.degree(peer);
  return {
    counters: network.counters,
    meanMeshDegree: meshEdges / init.peerCount,
    meanDegree: degrees / init.peerCount,
    eventCount: scheduler.eventCount,
    bytes: graph.bytes + network.bytes + scheduler.bytes,
    digest: digest.toString(),
    virtualMs: endMs,
  };
}

function createNetwork(
  init: GossipPopulationInit,
  graph: PeerGraph,
  scheduler: EventScheduler,
  random: RandomStream,
): GossipNetwork {
  const { latency } = init.link;
  const needsPlaces = latency.kind === 'regions' || latency.kind === 'geographic';
  const places = needsPlaces ? placePeers(init.peerCount, fourRegions, random.split('places')) : undefined;
  return new GossipNetwork(
    {
      scheduler,
      graph,
      link: createLinkModel(init.link, random.split('links'), init.peerCount, places),
      random: random.split('gossip'),
      ...(init.faults && init.faults.length > 0
        ? { faults: new FaultRules(init.faults, init.peerCount, random.split('faults')) }
        : {}),
    },
    { settings: { ...defaultGossipSettings, ...init.settings }, topicCount: 1 },
  );
}

/** Warm up, publish at the interval from random sources, linger; answers the last virtual ms. */
function publishAll(
  init: GossipPopulationInit,
  network: GossipNetwork,
  scheduler: EventScheduler,
  random: RandomStream,
  handle: (a: number, b: number) => void,
): number {
  const draw = random.split('sources');
  const sources = Array.from({ length: init.sourceCount }, () => draw.below(init.peerCount));
  let nowMs = 0;
  const runUntil = (ms: number) => {
    while (nowMs < ms) {
      nowMs = Math.min(ms, nowMs + 1000);
      scheduler.run(nowMs * ticksPerMs, handle);
      init.progress?.(nowMs);
    }
  };
  runUntil(init.warmUpMs);
  for (let i = 0; i < init.messageCount; i++) {
    network.publish(sources[draw.below(sources.length)]!, 0, init.messageBytes ?? 1024);
    runUntil(nowMs + init.messageIntervalMs);
  }
  runUntil(nowMs + init.lingerMs);
  return nowMs;
}

/** Room for `dialCount` dials and the dials of others: Poisson with that mean, ten deviations of headroom. */
function chooseSlots(dialCount: number): number {
  const wanted = dialCount * 2 + 10 * Math.sqrt(dialCount);
  return wanted <= 32 ? 32 : wanted <= 64 ? 64 : wanted <= 128 ? 128 : 256;
}
