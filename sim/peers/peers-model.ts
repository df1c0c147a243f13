/** Full peers as a scenario: the runtime that ships, a workload or one's own behaviour, faults, churn, checkers. */
import type { IndexChoice } from '../../node/runtime/capability-search.ts';
import type { createMeshPeer } from '../../node/runtime/mesh-peer.ts';
import type { BehaviourFactory } from '../../protocol/behaviour.ts';
import type { EventLog } from '../check/event-log.ts';
import { InvariantChecks } from '../check/invariants.ts';
import { forbidAmbient } from '../check/tripwire.ts';
import { RandomStream } from '../clock/random.ts';
import { drawLengthMs, drawSkewsMs } from '../network/churn.ts';
import type { RunResult, ScenarioModel } from '../scenario/model.ts';
import {
  type ChurnSettings,
  checkFaults,
  churnField,
  type FaultEntry,
  faultsField,
  type LinkSettings,
  networkField,
  toFaultRules,
} from '../scenario/network-keys.ts';
import { integer, number, optional, required, text } from '../scenario/shape.ts';
import { helpfulAgent } from './helpful-agent.ts';
import { Ledger } from './ledger.ts';
import { loadBehaviour, readBehaviour } from './load-behaviour.ts';
import { PeerLog } from './peer-log.ts';
import { PeerWorld } from './peer-world.ts';
import { createSpaceCheckers } from './space-checkers.ts';
import { standardWorkload, Workload, type WorkloadSettings } from './workload.ts';

export interface PeersScenario {
  readonly peers: number;
  readonly network: LinkSettings;
  /** Default gossip. */
  readonly index?: IndexChoice;
  readonly behaviour?: string;
  readonly workload?: Partial<WorkloadSettings>;
  readonly phases: { readonly bootMs: number; readonly runMs: number; readonly settleMs: number };
  readonly faults?: readonly FaultEntry[];
  readonly churn?: ChurnSettings;
  readonly movesPerSecond?: number;
  readonly lettersToNobodyPerSecond?: number;
  readonly skewMs?: number;
  readonly readMs?: number;
  readonly mustHappen?: readonly string[];
  /** Every peer decodes its own bytes. */
  readonly wire?: boolean;
}

const rate = optional(number(0, 1_000));

/** Paths that {@link Ledger} and the run count. */
export const knownPaths = [
  'retry',
  'relocation',
  'dead letter',
  'space sync',
  'parked entry',
  'crash',
  'redelivery',
] as const;

export const peersModel: ScenarioModel = {
  name: 'peers',
  about: 'full peers with agents: the code that ships, watched by checkers',
  keys: {
    peers: { ...required(integer(1, 20_000)), note: 'full peers, one agent each' },
    network: { ...networkField, isRequired: true },
    index: {
      ...optional({ type: 'text', oneOf: ['gossip', 'dht', 'both'] }),
      note: 'who is told of agents and nodes: everybody (gossip), or the directory and neighbours (dht)',
    },
    behaviour: {
      ...optional(text),
      note: "a TypeScript file with the agents' behaviour, from where you are",
    },
    workload: {
      ...optional({
        type: 'map',
        keys: {
          broadcastsPerSecond: rate,
          discoveriesPerSecond: rate,
          claimsPerSecond: rate,
          depositsPerSecond: rate,
          entriesPerSecond: rate,
          questionsPerSecond: rate,
          jobEveryMs: optional(number(0)),
          jobPeers: optional(integer(2, 100)),
          standingSpaces: optional(integer(0, 10_000)),
          membersPerSpace: optional(integer(2, 100)),
        },
      }),
      note: 'rates over the whole mesh that differ from the standard workload',
    },
    phases: required({
      type: 'map',
      keys: { bootMs: required(number(1)), runMs: required(number(0)), settleMs: required(number(0)) },
    }),
    faults: faultsField,
    churn: { ...churnField, note: 'nodes that crash and come back with their disks' },
    movesPerSecond: { ...rate, note: 'agents that attach to another node' },
    lettersToNobodyPerSecond: { ...rate, note: 'messages to an agent that does not exist' },
    skewMs: { ...optional(number(0, 20_000)), note: "deviation of the nodes' clocks" },
    readMs: { ...optional(number(1, 60_000)), note: 'how long an agent takes to read and acknowledge' },
    wire: {
      ...optional({ type: 'boolean' }),
      note: 'every peer decodes its own bytes: slower, and the same events',
    },
    mustHappen: {
      ...optional({ type: 'list', of: { type: 'text', oneOf: knownPaths } }),
      note: 'paths that a run must have taken to prove anything',
    },
  },
  metrics: {
    handedShare: 'of the accepted messages to one agent, the share handed out, 0 to 1',
    broadcastsHeard: 'agents that a broadcast woke, per broadcast',
    discoveriesAnsweredShare: 'discoveries that named at least one agent, 0 to 1',
    claimsWrittenShare: 'claims and marks that were written and told so, of those said, 0 to 1',
    decisionsAlikeShare:
      'members of jobs that heard the same outcome of their vote, of those who voted, 0 to 1',
    jobsClosed: 'jobs that their teams decided on and closed',
    answers: 'answers that askers heard',
    score: 'what behaviours counted as "score", over all agents',
    sendsPerDelivery: 'whole published messages sent for each delivery',
    directPackets: 'direct packets that arrived',
    retries: 'messages sent again to the same node',
    relocations: 'messages that found an agent where it had moved to',
    deadLetters: 'messages given up, each told to its sender',
    spaceSyncs: 'packets of entries that a holder lacked',
    parkedEntries: 'entries that came before the record that names their author',
    redeliveries: 'messages shown again after a crash, and marked so',
    crashes: 'nodes that died',
    pathsMissing: 'paths that had to happen and did not',
    eventsPerSecond: 'simulated events per virtual second',
  },
  check(settings, fail) {
    checkFaults(settings, fail);
    const { behaviour } = settings as { behaviour?: string };
    if (behaviour === undefined) return;
    const read = readBehaviour(behaviour);
    if (!read.ok)
      fail(
        'behaviour',
        read.problem,
        'Write the path of a file that exports a behaviour by default, as `ampmesh sim new` makes it.',
      );
  },
  reads: ({ behaviour }) => (behaviour === undefined ? [] : [behaviour as string]),
  run: (settings, seed) => runPeers(settings as unknown as PeersScenario, seed).result,
};

export interface PeersRunInit {
  /** The peer under test, when it is not the real one. */
  readonly createPeer?: typeof createMeshPeer;
  /** Hears every event in words, for a comparison of runs. */
  readonly log?: EventLog;
  /** Keep what was said, the slowest conversations and the picture for a report. Default true. */
  readonly withLog?: boolean;
  /** Command that replays the run, for a breach. */
  readonly command?: string;
  /** Told when a phase is over: a benchmark's ear. */
  readonly onPhaseOver?: (phase: keyof PeersScenario['phases']) => void;
}

export interface PeersRun {
  readonly result: RunResult;
  readonly world: PeerWorld;
  readonly ledger: Ledger;
}

/**
 * One run: boot, work under faults, then quiet in which all must heal.
 * @throws AmpError AMP-1904 when a promise is broken, AMP-1905 when the code read a real clock or generator
 */
export function runPeers(scenario: PeersScenario, seed: number, init: PeersRunInit = {}): PeersRun {
  const behaviour = scenario.behaviour === undefined ? helpfulAgent : loadBehaviour(scenario.behaviour);
  return forbidAmbient(() => runInside(scenario, seed, init, behaviour));
}

function runInside(
  scenario: PeersScenario,
  seed: number,
  init: PeersRunInit,
  behaviour: BehaviourFactory,
): PeersRun {
  const random = RandomStream.fromSeed(seed).split('scenario');
  const ledger = new Ledger();
  const { peers, phases } = scenario;
  const world = new PeerWorld({
    seed,
    peerCount: peers,
    link: scenario.network,
    faults: toFaultRules(scenario.faults ?? [], peers, random.split('faults')),
    skewsMs: drawSkewsMs(peers, scenario.skewMs ?? 0, random.split('skew')),
    isSovereign: (scenario.movesPerSecond ?? 0) > 0,
    behaviour,
    witness: {
      said(agent, message) {
        ledger.said(agent, message);
        log?.said(agent, message);
      },
      heard(agent, message, mailId) {
        ledger.heard(agent, message, mailId);
        log?.heard(agent, message);
      },
      acknowledged: (agent, mailId) => ledger.acknowledged(agent, mailId),
      crashed(place) {
        ledger.crashed(place);
        log?.crashed(place);
      },
      sent(place, to, bytes) {
        ledger.sent(place, to, bytes);
        log?.sent(place, to);
      },
    },
    wire: scenario.wire ?? false,
    index: scenario.index ?? 'gossip',
    ...(scenario.readMs === undefined ? {} : { readMs: scenario.readMs }),
    ...(init.createPeer === undefined ? {} : { createPeer: init.createPeer }),
  });
  ledger.watch(world);
  const log = init.withLog === false ? undefined : new PeerLog(world);
  if (init.log !== undefined) ledger.follow = (words) => init.log!.add(world.nowMs, words);
  const checks = new InvariantChecks([...ledger.checkers(), ...createSpaceCheckers(world)], {
    seed,
    command: init.command ?? `ampmesh sim replay <scenario> --seed ${seed}`,
    eventCount: () => world.kernel.eventCount,
  });
  world.kernel.watch(() => checks.run(world.nowMs));
  const workload = new Workload(world, settingsOf(scenario));
  workload.populate(phases.bootMs);
  workload.openSpaces();
  init.onPhaseOver?.('bootMs');
  workload.start(phases.runMs);
  const endMs = world.nowMs + phases.runMs;
  if (scenario.churn !== undefined) scheduleChurn(world, scenario.churn, random.split('churn'), endMs);
  scheduleMoves(world, scenario.movesPerSecond ?? 0, random.split('moves'), endMs);
  scheduleLetters(world, scenario.lettersToNobodyPerSecond ?? 0, random.split('letters'), endMs);
  world.run(phases.runMs);
  init.onPhaseOver?.('runMs');
  for (const place of world.places) if (place.peer === undefined) world.boot(place.index);
  world.run(phases.settleMs);
  checks.finish(world.nowMs);
  init.onPhaseOver?.('settleMs');
  return { result: { ...summarise(world, ledger, scenario), ...log?.result() }, world, ledger };
}

/** One's own behaviour runs alone unless the scenario asks for a workload beside it. */
function settingsOf(scenario: PeersScenario): WorkloadSettings {
  const none = {
    broadcastsPerSecond: 0,
    discoveriesPerSecond: 0,
    claimsPerSecond: 0,
    depositsPerSecond: 0,
    entriesPerSecond: 0,
    questionsPerSecond: 0,
    jobEveryMs: 0,
    standingSpaces: 0,
  };
  const base = scenario.behaviour === undefined ? standardWorkload : { ...standardWorkload, ...none };
  return { ...base, ...scenario.workload };
}

function scheduleChurn(world: PeerWorld, churn: ChurnSettings, random: RandomStream, endMs: number): void {
  const leavers = random.shuffle(world.places.map(({ index }) => index));
  for (const index of leavers.slice(0, Math.round(churn.share * leavers.length))) {
    const own = random.split(index);
    const next = (fromMs: number) => {
      const downMs = fromMs + drawLengthMs(churn.session, own);
      const upMs = downMs + drawLengthMs(churn.absence, own);
      if (downMs >= endMs) return;
      world.kernel.schedule(downMs, () => world.crash(index));
      if (upMs >= endMs) return;
      world.kernel.schedule(upMs, () => {
        world.boot(index);
        next(world.nowMs);
      });
    };
    next(world.nowMs);
  }
}

function scheduleMoves(world: PeerWorld, perSecond: number, random: RandomStream, endMs: number): void {
  repeat(world, perSecond, endMs, () => {
    const agent = world.agents[random.below(world.agents.length)]!;
    const index = random.below(world.places.length);
    if (agent.home !== index && world.places[index]!.peer !== undefined) world.move(agent, index);
  });
}

function scheduleLetters(world: PeerWorld, perSecond: number, random: RandomStream, endMs: number): void {
  const nobody = world.agentKeys.create();
  repeat(world, perSecond, endMs, () => {
    const agent = world.agents[random.below(world.agents.length)]!;
    agent.send({ type: 'question', to: nobody, content: 'Is anybody there?', ttlMs: 2_000 });
  });
}

function repeat(world: PeerWorld, perSecond: number, endMs: number, action: () => void): void {
  if (perSecond <= 0) return;
  const next = (dueMs: number) => {
    if (dueMs >= endMs) return;
    world.kernel.schedule(dueMs, () => {
      action();
      next(dueMs + 1_000 / perSecond);
    });
  };
  next(world.nowMs + 1_000 / perSecond);
}

function summarise(world: PeerWorld, ledger: Ledger, scenario: PeersScenario): RunResult {
  const { coverage } = ledger;
  const figure = (name: string) => world.figures.get(name) ?? 0;
  const per = (part: number, whole: number) => (whole === 0 ? 0 : part / whole);
  const parked = world.places.map(({ peer }) => peer?.ignoredCounts.get('space author-not-known-yet') ?? 0);
  coverage.hit(
    'parked entry',
    parked.reduce((sum, count) => sum + count, 0),
  );
  const { accepted, handed } = ledger.totals();
  const { counters } = world.gossip.network;
  const virtualMs = scenario.phases.bootMs + scenario.phases.runMs + scenario.phases.settleMs;
  return {
    metrics: {
      handedShare: accepted === 0 ? 1 : handed / accepted,
      broadcastsHeard: per(figure('broadcastsHeard'), figure('broadcasts')),
      discoveriesAnsweredShare: per(figure('discoveriesAnswered'), figure('discoveries')),
      claimsWrittenShare: per(
        figure('claimsWritten') + figure('depositsWritten'),
        figure('claims') + figure('deposits'),
      ),
      decisionsAlikeShare: per(figure('decidedAlike'), figure('votes')),
      jobsClosed: figure('jobsClosed'),
      answers: figure('answers'),
      score: figure('score'),
      sendsPerDelivery: per(counters.sends, counters.deliveries),
      directPackets: world.gossip.directCount,
      retries: coverage.count('retry'),
      relocations: coverage.count('relocation'),
      deadLetters: coverage.count('dead letter'),
      spaceSyncs: coverage.count('space sync'),
      parkedEntries: coverage.count('parked entry'),
      redeliveries: coverage.count('redelivery'),
      crashes: coverage.count('crash'),
      pathsMissing: coverage.missing(scenario.mustHappen ?? []).length,
      eventsPerSecond: per(world.kernel.eventCount * 1000, virtualMs),
    },
    digest: String(world.kernel.digest),
    eventCount: world.kernel.eventCount,
  };
}
