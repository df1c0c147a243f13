/**
 * Agreement among members of whom a share lies, on the consensus machine that ships. Two attacks per run: *split*
 * (liars tell each of two halves, who do not hear each other for a while, what it wants to hear) asks for safety;
 * *silence* (liars say nothing) asks for liveness. With n = 3f + 1 members both hold up to f liars and break above.
 */
import type { ConsensusMessage } from '../../protocol/consensus/index.ts';
import { RunDigest } from '../clock/digest.ts';
import type { RunResult, ScenarioModel } from '../scenario/model.ts';
import { integer, number, optional, required, share } from '../scenario/shape.ts';
import { RunLog } from '../small-world/run-log.ts';
import { createDraw, type Draw } from './draw.ts';
import { realEngine } from './engine.ts';
import { delayMs, type Network, World } from './world.ts';

interface AgreementScenario {
  readonly members: number;
  readonly byzantineShare: number;
  readonly lossShare?: number;
  /** How long the halves do not hear each other, in delivery bounds. */
  readonly splitDelays: number;
  /** How long a run may take after that, in delivery bounds. */
  readonly patienceDelays: number;
}

export const agreementModel: ScenarioModel = {
  name: 'agreement',
  about: 'Byzantine agreement among members of whom a share lies or is silent',
  keys: {
    members: { ...required(integer(4, 31)), note: 'of one roster' },
    byzantineShare: { ...required(share), note: 'share of them that lies, rounded to whole members' },
    lossShare: { ...optional(share), note: 'messages lost until the network is stable' },
    splitDelays: required(number(0, 10_000)),
    patienceDelays: required(number(1, 100_000)),
  },
  metrics: {
    liars: 'members that lie',
    safety: '1 when no two honest members decided differently under the split attack, else 0',
    liveness: '1 when every honest member decided although the liars were silent, else 0',
    rounds:
      'rounds until all honest members decided beside silent liars; the rounds begun when they never did',
    decidedAfterDelays: 'time until then, in bounds on message delay',
    liarsNamed: 'liars that every honest member holds transferable proof against after the split attack',
    promiseKept:
      '1 unless safety or liveness broke with at most f liars, or another rule broke with any number',
  },
  check(settings, fail) {
    if (Number(settings.byzantineShare) > 0.9)
      fail('byzantineShare', 'fewer than one in ten would be honest', 'Write at most 0.9.');
  },
  run: (settings, seed) => runAgreement(settings as unknown as AgreementScenario, seed),
};

function runAgreement(scenario: AgreementScenario, seed: number): RunResult {
  const liarCount = Math.round(scenario.members * scenario.byzantineShare);
  const log = new RunLog(scenario.members);
  const split = runSplit(scenario, seed, liarCount, log);
  const silent = runSilent(scenario, seed, liarCount);
  const isSafe = !split.violations.some((violation) => violation.startsWith('disagreement'));
  const isLive = silent.isAllDecided();
  const isWithin = liarCount <= realEngine.faultMax(scenario.members);
  const broken = [...split.violations, ...silent.violations].filter(
    (violation) => !violation.startsWith('disagreement'),
  );
  const isPromiseKept = broken.length === 0 && (!isWithin || (isSafe && isLive && split.isAllDecided()));
  return {
    metrics: {
      liars: liarCount,
      safety: Number(isSafe),
      liveness: Number(isLive),
      rounds: silent.maxRound() + 1,
      decidedAfterDelays: silent.nowMs / delayMs,
      liarsNamed: Math.min(...split.honest().map((host) => countCulprits(host.evidence))),
      promiseKept: Number(isPromiseKept),
    },
    digest: digestOf([split, silent]),
    eventCount: split.counts.delivered + silent.counts.delivered,
    ...log.result(),
  };
}

function countCulprits(evidence: readonly Parameters<typeof realEngine.culpritOf>[0][]): number {
  return new Set(evidence.map((one) => realEngine.culpritOf(one))).size;
}

/**
 * Each liar runs two copies of the machine with one key, one for each half (the Twins attack).
 * @see Bano et al. 2022, "Twins: BFT Systems Made Robust"; Dwork, Lynch and Stockmeyer 1988 for the bound
 */
function runSplit(scenario: AgreementScenario, seed: number, liarCount: number, log: RunLog): World {
  const { members: n } = scenario;
  const draw = createDraw(seed);
  const stableAtMs = scenario.splitDelays * delayMs;
  const world = new World({ engine: realEngine, n });
  const order = draw.shuffle(Array.from({ length: n }, (_, member) => member));
  const liars = new Set(order.slice(0, liarCount));
  const halfOf = Array.from({ length: n }, () => 0);
  order.slice(liarCount).forEach((member, i) => {
    halfOf[member] = i % 2;
  });
  for (const member of order.toSorted((a, b) => a - b)) if (!liars.has(member)) world.addHost(member);
  for (let member = 0; member < n; member++)
    log.name(
      member,
      liars.has(member) ? 'liar' : halfOf[member] === 0 ? 'honest, one half' : 'honest, other half',
    );
  const halfOfHost = world.hosts.map((host) => halfOf[host.member]!);
  for (const member of liars)
    for (const half of [0, 1]) {
      const copy = world.addHost(member, { isHonest: false, candidate: `v${member}-${half}` });
      halfOfHost.push(half);
      copy.mayReach = (to) => halfOfHost[to] === half;
      copy.mayHear = (from) => liars.has(from) || halfOf[from] === half;
    }
  const isCut = (from: number, to: number) =>
    !liars.has(from) && !liars.has(to) && halfOf[from] !== halfOf[to];
  const network = createNetwork(world, draw, scenario, stableAtMs, isCut);
  world.network = (from, to, message) => {
    const delays = network(from, to, message);
    const { type, thread } = describeMessage(message);
    log.said({ from, to, type, thread }, world.nowMs);
    if (delays.length > 0) log.heard({ thread }, world.nowMs + delays[0]!);
    return delays;
  };
  startAll(world);
  run(world, stableAtMs, scenario);
  return world;
}

function runSilent(scenario: AgreementScenario, seed: number, liarCount: number): World {
  const { members: n } = scenario;
  const draw = createDraw(seed + 1_000_003);
  const world = new World({ engine: realEngine, n });
  const silent = new Set(draw.shuffle(Array.from({ length: n }, (_, member) => member)).slice(0, liarCount));
  for (let member = 0; member < n; member++) if (!silent.has(member)) world.addHost(member);
  world.network = createNetwork(world, draw, scenario, 0, () => false);
  startAll(world);
  run(world, 0, scenario);
  return world;
}

function createNetwork(
  world: World,
  draw: Draw,
  scenario: AgreementScenario,
  stableAtMs: number,
  isCut: (from: number, to: number) => boolean,
): Network {
  return (from, to) => {
    const isStable = world.nowMs >= stableAtMs;
    if (!isStable && (isCut(from, to) || draw.chance(scenario.lossShare ?? 0))) return [];
    return [draw.between(1, delayMs)];
  };
}

/** A round is one conversation; what is said beyond rounds is another. */
function describeMessage(message: ConsensusMessage): { readonly type: string; readonly thread: string } {
  switch (message.type) {
    case 'vote':
      return { type: message.vote.type, thread: `round ${message.vote.round}` };
    case 'proposal':
      return { type: 'proposal', thread: `round ${message.proposal.round}` };
    case 'certificate':
      return { type: message.certificate.kind, thread: `round ${message.certificate.round}` };
    default:
      return { type: message.type, thread: message.type };
  }
}

function startAll(world: World): void {
  for (const host of world.hosts) world.at(0, () => world.start(host));
}

function run(world: World, stableAtMs: number, scenario: AgreementScenario): void {
  const untilMs = stableAtMs + scenario.patienceDelays * delayMs;
  world.run(untilMs, () => world.nowMs >= stableAtMs && world.isAllDecided());
  // Broken agreement takes a while to be seen by all and traced to who lied.
  if (world.violations.length > 0) world.run(world.nowMs + 50 * delayMs);
}

/** Of what every honest member decided, when the run ended, and how much was said. */
function digestOf(worlds: readonly World[]): string {
  const facts = worlds.map((world) => [
    world.nowMs,
    world.counts,
    world.honest().map((host) => [host.member, host.round, host.decision?.certificate.value ?? null]),
    world.violations,
  ]);
  const digest = new RunDigest();
  digest.addText(JSON.stringify(facts));
  return digest.toString();
}
