/** Lookups in a Kademlia network: hops, cost and correctness against size, departures and liars. */
import { RunDigest } from '../clock/digest.ts';
import { RandomStream } from '../clock/random.ts';
import { KademliaNetwork } from '../kademlia/kademlia-network.ts';
import { createLinkModel } from '../network/link-model.ts';
import { fourRegions, placePeers } from '../network/places.ts';
import { LookupLog } from './lookup-log.ts';
import type { RunResult, ScenarioModel } from './model.ts';
import { checkFaults, type LinkSettings, networkField } from './network-keys.ts';
import { integer, number, optional, required, share } from './shape.ts';
import { quantileOf } from './statistics.ts';

interface KademliaScenario {
  readonly peers: number;
  readonly network: LinkSettings;
  readonly lookups: number;
  readonly bucketSize?: number;
  readonly alpha?: number;
  readonly timeoutMs?: number;
  readonly departedShare?: number;
  readonly liarShare?: number;
}

export const kademliaModel: ScenarioModel = {
  name: 'kademlia',
  about: 'iterative lookups in Kademlia routing tables, up to a million peers',
  keys: {
    peers: { ...required(integer(2, 2_000_000)), note: 'how many' },
    network: { ...networkField, isRequired: true },
    lookups: { ...required(integer(1, 1_000_000)), note: 'random keys looked up by random honest peers' },
    bucketSize: { ...optional(integer(1, 100)), note: 'k, default 20' },
    alpha: { ...optional(integer(1, 100)), note: 'requests in flight, default 3' },
    timeoutMs: { ...optional(number(1)), note: 'default 1,000' },
    departedShare: { ...optional(share), note: 'peers that left without a word before the lookups' },
    liarShare: { ...optional(share), note: 'peers that name only each other' },
  },
  metrics: {
    hops: 'answers in the chain that led to the closest peer, mean',
    requests: 'requests per lookup, mean',
    timeouts: 'timeouts per lookup, mean',
    durationMs: 'time of a lookup, mean, ms',
    durationP95Ms: '95 % of lookups end within this, ms',
    success: 'share of lookups that found the truly closest running peer, 0 to 1',
    recall: 'share of the truly closest k running peers that a lookup found, 0 to 1',
  },
  check: checkFaults,
  run: (settings, seed) => runScenario(settings as unknown as KademliaScenario, seed),
};

/** Judging a lookup looks at all peers: in large networks only this many lookups are judged. */
const judgedMax = 200;

function runScenario(scenario: KademliaScenario, seed: number): RunResult {
  const random = RandomStream.fromSeed(seed).split('kademlia');
  const network = createNetwork(scenario, random);
  const { honest } = disturb(network, scenario, random.split('faults'));
  const draw = random.split('lookups');
  const digest = new RunDigest();
  const log = new LookupLog(scenario.lookups, network.answering);
  const sums = { hops: 0, requests: 0, timeouts: 0, right: 0, recalled: 0, wanted: 0 };
  const durations: number[] = [];
  const hopCounts: number[] = [];
  const judged = scenario.peers <= 10_000 ? scenario.lookups : Math.min(judgedMax, scenario.lookups);
  for (let i = 0; i < scenario.lookups; i++) {
    const asker = honest[draw.below(honest.length)]!;
    const [high, low] = [draw.uint32(), draw.uint32()];
    const trace = log.follow(i, asker);
    const found = network.lookup(asker, high, low, trace === undefined ? {} : { trace });
    log.ended(i, asker, found);
    sums.hops += found.hops;
    sums.requests += found.requestCount;
    sums.timeouts += found.timeoutCount;
    durations.push(found.durationMs);
    hopCounts[found.hops] = (hopCounts[found.hops] ?? 0) + 1;
    digest.add(i, found.closest[0] ?? -1, found.requestCount);
    if (i >= judged) continue;
    const truth = network
      .trulyClosest(high, low, network.tables.bucketSize + 1)
      .filter((peer) => peer !== asker);
    const wanted = new Set(truth.slice(0, network.tables.bucketSize));
    if (found.closest[0] === truth[0]) sums.right++;
    sums.recalled += found.closest.filter((peer) => wanted.has(peer)).length;
    sums.wanted += wanted.size;
  }
  return {
    metrics: {
      hops: sums.hops / scenario.lookups,
      requests: sums.requests / scenario.lookups,
      timeouts: sums.timeouts / scenario.lookups,
      durationMs: durations.reduce((sum, ms) => sum + ms, 0) / scenario.lookups,
      durationP95Ms: quantileOf(
        [...durations].sort((a, b) => a - b),
        0.95,
      ),
      success: sums.right / judged,
      recall: sums.recalled / sums.wanted,
    },
    digest: digest.toString(),
    series: Array.from(hopCounts, (count, hops) => ({
      metric: 'hops',
      at: hops,
      value: (count ?? 0) / scenario.lookups,
    })),
    eventCount: sums.requests,
    ...log.result(),
  };
}

function createNetwork(scenario: KademliaScenario, random: RandomStream): KademliaNetwork {
  const { kind } = scenario.network.latency;
  const needsPlaces = kind === 'regions' || kind === 'geographic';
  const places = needsPlaces ? placePeers(scenario.peers, fourRegions, random.split('places')) : undefined;
  const link = createLinkModel(scenario.network, random.split('links'), scenario.peers, places);
  return new KademliaNetwork(
    { link, random: random.split('network') },
    {
      peerCount: scenario.peers,
      bucketSize: scenario.bucketSize ?? 20,
      lookup: { alpha: scenario.alpha ?? 3, timeoutMs: scenario.timeoutMs ?? 1000 },
    },
  );
}

/** Converged tables first, then the departures and the lies: nobody has noticed yet. */
function disturb(
  network: KademliaNetwork,
  scenario: KademliaScenario,
  random: RandomStream,
): { honest: readonly number[] } {
  const everyone = Array.from({ length: scenario.peers }, (_, peer) => peer);
  network.startConverged(everyone);
  const order = random.shuffle([...everyone]);
  const departedCount = Math.min(
    scenario.peers - 1,
    Math.round((scenario.departedShare ?? 0) * scenario.peers),
  );
  const running = order.slice(departedCount);
  for (const peer of order.slice(0, departedCount)) network.leave(peer);
  const liarCount = Math.min(running.length - 1, Math.round((scenario.liarShare ?? 0) * scenario.peers));
  network.makeLiars(running.slice(0, liarCount));
  return { honest: running.slice(liarCount) };
}
