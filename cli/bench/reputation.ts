/**
 * Does ranking by reputation pick agents that can do the work when others bid falsely high? Four ways to choose
 * see the same bids of the same agents, each learning from its own choices.
 *
 * Stated quality: 50 agents, 5 capabilities. An honest agent (70 %) is capable of each with probability 0.3 and
 * then succeeds with probability 0.85 to 0.98, else with 0.05 to 0.45; it bids its own probability with an error
 * of ±0.05, at most 0.98. A liar (30 %) is capable of nothing, succeeds with 0.05 to 0.45, and bids 0.9 to 1 for everything.
 * A task is done or not; a choice is right when the agent is truly capable.
 */
import { createHash } from 'node:crypto';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { weighCandidate } from '../../discovery/rank.ts';
import type { OutcomeRecord, SealedOutcome } from '../../discovery/reputation/outcome-record.ts';
import { StandingBook, trustTimer } from '../../discovery/reputation/standing-book.ts';
import type { Did } from '../../protocol/brand.ts';
import { encodeDid } from '../../protocol/did.ts';
import type { Verified } from '../../protocol/signing.ts';
import { atLeast, type BenchReport, describeMachine, median, spread } from './report.ts';

export interface ReputationBenchOptions {
  /** Independent runs. Default 12. */
  readonly runCount?: number;
  readonly agentCount?: number;
  readonly taskCount?: number;
  readonly roundCount?: number;
  readonly liarShare?: number;
  readonly seed?: number;
  /** Default: all four. */
  readonly scenarios?: readonly Scenario[];
}

type Settings = Required<ReputationBenchOptions>;

/**
 * `steady`: nothing changes. `praise`: liars also publish false praise of each other and false blame of the best.
 * `drift`: in the middle of the run half of the capable lose each capability and as many others gain it.
 * `renaming`: liars take a new name every 5 rounds.
 */
const allScenarios = ['steady', 'praise', 'drift', 'renaming'] as const;
type Scenario = (typeof allScenarios)[number];

const choosers = ['ours', 'bestSoFar', 'highestBid', 'random'] as const;
type Chooser = (typeof choosers)[number];

const capabilities = ['plan', 'code', 'draw', 'search', 'check'];
const capableMin = 0.8;
const dayMs = 24 * 3_600_000;
const startMs = 1_800_000_000_000;

export async function runReputationBench(options: ReputationBenchOptions = {}): Promise<BenchReport> {
  const settings: Settings = {
    ...{
      runCount: 12,
      agentCount: 50,
      taskCount: 50,
      roundCount: 20,
      liarShare: 0.3,
      seed: 1,
      scenarios: allScenarios,
    },
    ...options,
  };
  const figures: Record<string, number> = {};
  for (const scenario of settings.scenarios) {
    for (const chooser of choosers) {
      const runs = Array.from({ length: settings.runCount }, (_, run) => {
        return runOnce(scenario, chooser, { ...settings, seed: settings.seed * 1_000 + run });
      });
      const last = runs.map((shares) => shares.at(-1)!);
      figures[`${scenario}.${chooser}`] = mean(last);
      figures[`${scenario}.${chooser}.worstRun`] = Math.min(...last);
      figures[`${scenario}.${chooser}.spread`] = median(last) === 0 ? 0 : spread(last);
      figures[`${scenario}.${chooser}.allRounds`] = mean(runs.map(mean));
      if (scenario === 'drift') {
        // The round after the change, and two later.
        const middle = settings.roundCount / 2;
        figures[`drift.${chooser}.after0`] = mean(runs.map((shares) => shares[middle]!));
        figures[`drift.${chooser}.after2`] = mean(runs.map((shares) => shares[middle + 2]!));
      }
    }
  }
  return {
    bench: 'reputation',
    machine: describeMachine(),
    figures,
    goals: [atLeast('truly capable picks in the last round, steady', figures['steady.ours']!, 0.95)],
  };
}

interface Agent {
  did: Did;
  readonly isLiar: boolean;
  /** Success probability by capability. */
  readonly quality: Map<string, number>;
}

interface Bid {
  readonly agent: Agent;
  readonly confidence: number;
}

/** The share of right choices in each round. */
function runOnce(scenario: Scenario, chooser: Chooser, settings: Settings): number[] {
  const random = createRandom(settings.seed);
  const agents = makeAgents(settings, random);
  const honest = agents.filter((agent) => !agent.isLiar);
  const picker = createPicker(chooser, honest, random);
  const shares: number[] = [];
  let taskNumber = 0;
  for (let round = 0; round < settings.roundCount; round++) {
    const nowMs = startMs + round * dayMs;
    if (scenario === 'drift' && round === settings.roundCount / 2) changeQualities(honest, random);
    if (scenario === 'renaming' && round > 0 && round % 5 === 0) renameLiars(agents, round, settings.seed);
    let rightCount = 0;
    for (let task = 0; task < settings.taskCount; task++) {
      const asker = honest[Math.floor(random() * honest.length)]!;
      const capability = capabilities[Math.floor(random() * capabilities.length)]!;
      const bids = makeBids(agents, asker, capability, random);
      const bid = picker.pick(asker, capability, bids, nowMs);
      const quality = bid.agent.quality.get(capability)!;
      if (quality >= capableMin) rightCount += 1;
      const score = random() < quality ? 1 : 0;
      picker.learn(makeOutcome(taskNumber++, asker.did, bid, capability, score, nowMs), nowMs);
    }
    if (scenario === 'praise') slander(agents, picker, random, () => taskNumber++, nowMs);
    picker.endRound(nowMs);
    shares.push(rightCount / settings.taskCount);
  }
  return shares;
}

interface Picker {
  pick(asker: Agent, capability: string, bids: readonly Bid[], nowMs: number): Bid;
  learn(outcome: Verified<SealedOutcome>, nowMs: number): void;
  endRound(nowMs: number): void;
}

function createPicker(chooser: Chooser, askers: readonly Agent[], random: () => number): Picker {
  if (chooser === 'ours') return createOurs(askers);
  if (chooser === 'bestSoFar') return createBestSoFar();
  const forgetful = { learn: () => undefined, endRound: () => undefined };
  if (chooser === 'random')
    return { pick: (_, __, bids) => bids[Math.floor(random() * bids.length)]!, ...forgetful };
  return { pick: (_, __, bids) => bestBy(bids, (bid) => bid.confidence), ...forgetful };
}

/** Each asker keeps its own book, trusts only itself beforehand, and hears every published outcome. */
function createOurs(askers: readonly Agent[]): Picker {
  const books = new Map(askers.map((agent) => [agent.did, new StandingBook({ trusted: [agent.did] })]));
  return {
    pick(asker, capability, bids, nowMs) {
      const standing = books
        .get(asker.did)!
        .standingFor(asker.did, nowMs, new Map(bids.map((bid) => [bid.agent.did, bid.confidence])));
      return bestBy(bids, ({ agent: { did } }) =>
        weighCandidate({
          load: 0,
          reputation: standing.reputationOf(did, capability),
          confidence: standing.confidenceOf(did, capability),
          affinity: standing.affinityOf(did),
        }),
      );
    },
    learn(outcome, nowMs) {
      for (const book of books.values()) book.step({ type: 'outcome-received', atMs: nowMs, outcome });
    },
    endRound(nowMs) {
      for (const book of books.values()) book.step({ type: 'timer-fired', atMs: nowMs, timer: trustTimer });
    },
  };
}

/** The best share of successes so far, never forgotten, from everybody's outcomes; unknown agents by their bid. */
function createBestSoFar(): Picker {
  const known = new Map<string, { good: number; count: number }>();
  const keyOf = (did: string, capability: string) => `${did} ${capability}`;
  return {
    pick: (_, capability, bids) =>
      bestBy(bids, ({ agent, confidence }) => {
        const entry = known.get(keyOf(agent.did, capability));
        return entry === undefined ? confidence : entry.good / entry.count;
      }),
    learn({ body }) {
      const entry = known.get(keyOf(body.agent, body.capability)) ?? { good: 0, count: 0 };
      entry.good += body.score;
      entry.count += 1;
      known.set(keyOf(body.agent, body.capability), entry);
    },
    endRound: () => undefined,
  };
}

function makeAgents({ agentCount, liarShare, seed }: Settings, random: () => number): Agent[] {
  return Array.from({ length: agentCount }, (_, number) => {
    const isLiar = number < Math.round(agentCount * liarShare);
    const quality = new Map(
      capabilities.map((name) => [
        name,
        !isLiar && random() < 0.3 ? highQuality(random) : lowQuality(random),
      ]),
    );
    return { did: didOf(`${seed} ${number}`), isLiar, quality };
  });
}

function highQuality(random: () => number): number {
  return 0.85 + random() * 0.13;
}

function lowQuality(random: () => number): number {
  return 0.05 + random() * 0.4;
}

function makeBids(agents: readonly Agent[], asker: Agent, capability: string, random: () => number): Bid[] {
  return agents
    .filter((agent) => agent !== asker)
    .map((agent) => {
      const honest = agent.quality.get(capability)! + (random() - 0.5) * 0.1;
      const confidence = agent.isLiar ? 0.9 + random() * 0.1 : Math.min(0.98, Math.max(0, honest));
      return { agent, confidence };
    });
}

/** Half of the capable lose a capability, and as many others gain it. */
function changeQualities(honest: readonly Agent[], random: () => number): void {
  for (const capability of capabilities) {
    const capable = honest.filter((agent) => agent.quality.get(capability)! >= capableMin);
    const others = honest.filter((agent) => agent.quality.get(capability)! < capableMin);
    for (let i = 0; i < Math.floor(capable.length / 2) && i < others.length; i++) {
      capable[i]!.quality.set(capability, lowQuality(random));
      others[i]!.quality.set(capability, highQuality(random));
    }
  }
}

function renameLiars(agents: readonly Agent[], round: number, seed: number): void {
  for (const [number, agent] of agents.entries())
    if (agent.isLiar) agent.did = didOf(`${seed} ${number} since ${round}`);
}

/** Each liar praises another liar and blames an honest agent, in signed outcomes. */
function slander(
  agents: readonly Agent[],
  picker: Picker,
  random: () => number,
  nextTask: () => number,
  nowMs: number,
): void {
  const liars = agents.filter((agent) => agent.isLiar);
  const honest = agents.filter((agent) => !agent.isLiar);
  for (const [at, liar] of liars.entries()) {
    const friend = liars[(at + 1) % liars.length]!;
    const victim = honest[Math.floor(random() * honest.length)]!;
    for (const capability of capabilities) {
      const say = (agent: Agent, score: number) => {
        const bid = { agent, confidence: 1 };
        picker.learn(makeOutcome(nextTask(), liar.did, bid, capability, score, nowMs), nowMs);
      };
      say(friend, 1);
      say(victim, 0);
    }
  }
}

function makeOutcome(
  number: number,
  rater: Did,
  bid: Bid,
  capability: string,
  score: number,
  at: number,
): Verified<SealedOutcome> {
  const task = `01890000-0000-7000-8000-${number.toString(16).padStart(12, '0')}`;
  const body: OutcomeRecord = {
    ...{ record: 'outcome', mesh: 'bench', rater, agent: bid.agent.did, capability, task, score },
    ...{ confidence: bid.confidence, at, sig: '' },
  };
  // Signatures are checked before the book sees an outcome; here nothing is at stake in them.
  return { body, bytes: new Uint8Array(), id: task } as unknown as Verified<SealedOutcome>;
}

function bestBy(bids: readonly Bid[], score: (bid: Bid) => number): Bid {
  let best = bids[0]!;
  let bestScore = Number.NEGATIVE_INFINITY;
  for (const bid of bids) {
    const value = score(bid);
    if (value > bestScore) [best, bestScore] = [bid, value];
  }
  return best;
}

function didOf(name: string): Did {
  return encodeDid(new Uint8Array(createHash('sha256').update(name).digest()));
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function createRandom(seed: number): () => number {
  const generator = xoroshiro128plus(seed);
  return () => (generator.next() >>> 0) / 2 ** 32;
}
