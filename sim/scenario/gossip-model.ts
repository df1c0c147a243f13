/** Gossip among bare peers: reach, delay and cost of publications under faults and churn. */
import { RandomStream } from '../clock/random.ts';
import type { GossipCounters } from '../gossip/counters.ts';
import { type GossipPopulationInit, runGossipPopulation } from '../gossip/population.ts';
import type { GossipSettings } from '../gossip/settings.ts';
import { GossipLog } from './gossip-log.ts';
import type { RunResult, ScenarioModel, SeriesPoint } from './model.ts';
import {
  type ChurnSettings,
  checkFaults,
  churnField,
  type FaultEntry,
  faultsField,
  type LinkSettings,
  networkField,
  toFaultRules,
} from './network-keys.ts';
import { integer, number, optional, required, type Shape, share } from './shape.ts';

export interface GossipScenario {
  readonly peers: number;
  readonly dials: number;
  readonly network: LinkSettings;
  readonly gossip?: Partial<GossipSettings>;
  readonly workload: {
    readonly sources: number;
    readonly messages: number;
    readonly intervalMs: number;
    readonly bytes?: number;
  };
  readonly phases: { readonly warmUpMs: number; readonly lingerMs: number };
  readonly faults?: readonly FaultEntry[];
  readonly churn?: ChurnSettings;
}

const gossipShape: Shape = {
  type: 'map',
  keys: {
    implementation: optional({ type: 'text', oneOf: ['specification', 'js-libp2p'] }),
    degree: optional(integer(1, 100)),
    degreeLow: optional(integer(1, 100)),
    degreeHigh: optional(integer(1, 100)),
    degreeScore: optional(integer(0, 100)),
    degreeOut: optional(integer(0, 100)),
    degreeLazy: optional(integer(0, 100)),
    gossipShare: optional(share),
    heartbeatMs: optional(number(10)),
    historyHeartbeats: optional(integer(1, 7)),
    gossipHeartbeats: optional(integer(0, 7)),
    floodPublish: optional({ type: 'boolean' }),
    pruneBackoffMs: optional(number(0)),
    dontWantBytesMin: optional(number(0)),
    validationMs: optional(number(0)),
  },
};

export const gossipModel: ScenarioModel = {
  name: 'gossip',
  about: 'gossipsub v1.1 among bare peers, up to a million',
  keys: {
    peers: { ...required(integer(2, 2_000_000)), note: 'how many' },
    dials: { ...required(integer(1, 100)), note: 'random others that each peer dials' },
    network: { ...networkField, isRequired: true },
    gossip: { ...optional(gossipShape), note: 'gossipsub parameters that differ from the defaults' },
    workload: required({
      type: 'map',
      keys: {
        sources: required(integer(1, 100_000)),
        messages: required(integer(1, 60_000)),
        intervalMs: required(number(1)),
        bytes: optional(integer(1)),
      },
    }),
    phases: required({ type: 'map', keys: { warmUpMs: required(number(0)), lingerMs: required(number(0)) } }),
    faults: faultsField,
    churn: churnField,
  },
  metrics: {
    reach: 'of the peers that ran at publication, the share delivered to before they stopped, 0 to 1',
    sendsPerDelivery: 'whole messages sent for each delivery',
    duplicatesPerDelivery: 'repeated arrivals for each delivery',
    controlPerDelivery: 'IHAVE, IWANT, GRAFT, PRUNE and IDONTWANT packets for each delivery',
    fetchedShare: 'share of the sends that answered an IWANT',
    lostShare: 'share of all packets that links or faults lost',
    delayP50Ms: 'median delay from publication to delivery, ms',
    delayP95Ms: '95 % of deliveries come within this, ms',
    delayP99Ms: '99 % of deliveries come within this, ms',
    meshDegree: 'mean mesh degree at the end',
  },
  check(settings, fail) {
    checkFaults(settings, fail);
    const { degree = 6, degreeLow = 4, degreeHigh = 12 } = (settings.gossip ?? {}) as Partial<GossipSettings>;
    if (!(degreeLow <= degree && degree <= degreeHigh))
      fail(
        'gossip',
        `a degree of ${degree} is outside ${degreeLow} to ${degreeHigh}`,
        'Set all three degrees.',
      );
  },
  run: (settings, seed) => runScenario(settings as unknown as GossipScenario, seed),
};

/** A scenario in the words of a run. */
export function planGossip(scenario: GossipScenario, seed: number): GossipPopulationInit {
  const random = RandomStream.fromSeed(seed).split('scenario');
  return {
    seed,
    peerCount: scenario.peers,
    dialCount: scenario.dials,
    link: scenario.network,
    settings: outboundFitting(scenario.gossip ?? {}),
    sourceCount: scenario.workload.sources,
    messageCount: scenario.workload.messages,
    messageIntervalMs: scenario.workload.intervalMs,
    messageBytes: scenario.workload.bytes ?? 1024,
    warmUpMs: scenario.phases.warmUpMs,
    lingerMs: scenario.phases.lingerMs,
    faults: toFaultRules(scenario.faults ?? [], scenario.peers, random.split('faults')),
    ...(scenario.churn === undefined ? {} : { churn: scenario.churn }),
  };
}

function runScenario(scenario: GossipScenario, seed: number): RunResult {
  const plan = planGossip(scenario, seed);
  const log = new GossipLog(plan);
  const { counters, ...run } = runGossipPopulation({ ...plan, watch: log });
  const { deliveries } = counters;
  const control = counters.ihave + counters.iwant + counters.graft + counters.prune + counters.dontWant;
  const per = (count: number) => (deliveries === 0 ? 0 : count / deliveries);
  return {
    metrics: {
      reach: run.deliveriesCounted / run.deliveriesWanted,
      sendsPerDelivery: per(counters.sends),
      duplicatesPerDelivery: per(counters.duplicates),
      controlPerDelivery: per(control),
      fetchedShare: counters.sends === 0 ? 0 : counters.fetched / counters.sends,
      lostShare: counters.lost / (counters.sends + control),
      delayP50Ms: counters.delayQuantileMs(0.5),
      delayP95Ms: counters.delayQuantileMs(0.95),
      delayP99Ms: counters.delayQuantileMs(0.99),
      meshDegree: run.meanMeshDegree,
    },
    digest: run.digest,
    series: reachOverDelay(counters, run.deliveriesWanted),
    eventCount: run.eventCount,
    ...log.result(),
  };
}

/** A small mesh cannot keep two outbound links: v1.1 wants the quota below the low degree and at most half. */
function outboundFitting(gossip: Partial<GossipSettings>): Partial<GossipSettings> {
  const most = Math.min((gossip.degreeLow ?? 4) - 1, Math.floor((gossip.degree ?? 6) / 2));
  return { ...gossip, degreeOut: Math.min(gossip.degreeOut ?? 2, Math.max(0, most)) };
}

/** Share reached within a delay, every 50 ms until the last delivery. */
function reachOverDelay(counters: GossipCounters, wanted: number): readonly SeriesPoint[] {
  let sum = 0;
  return counters.histogram(50).map((count, i) => {
    sum += count;
    return { metric: 'deliveredWithin', at: (i + 1) * 50, value: sum / wanted };
  });
}
