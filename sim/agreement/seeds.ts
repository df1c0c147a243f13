/** One seed, one run: who lies and how, what the network does until it stabilises, and what must hold. */
import type { ConsensusMessage } from '../../protocol/consensus/index.ts';
import { createDraw, type Draw } from './draw.ts';
import type { Engine } from './engine.ts';
import { type Behaviour, behaviours, Puppets } from './puppets.ts';
import { type Crypto, delayMs, type Host, type Network, World } from './world.ts';

export interface SeedOptions {
  readonly engine: Engine;
  readonly n: number;
  readonly seed: number;
  /** Default f; more than f is the control in which agreement must break. */
  readonly liarCount?: number;
  /** False drops every certificate and proof: safety must not lean on them. No liveness is asked for then. */
  readonly certificates?: boolean;
  /** When members stop with `undecided`, virtual ms. */
  readonly deadlineAtMs?: number;
  /** As in {@link WorldOptions}. */
  readonly crypto?: Crypto;
  readonly onWire?: boolean;
  /** Virtual ms after stabilisation until a run counts as never deciding. */
  readonly patienceMs?: number;
}

export interface SeedResult {
  readonly violations: readonly string[];
  readonly isDecided: boolean;
  /** Rounds begun after the network stabilised, until the last honest member decided. */
  readonly roundCount: number;
  readonly decidedAfterMs: number;
  readonly world: World;
}

/** Longest run, in virtual ms after stabilisation: about 30 rounds of growing timeouts. */
const patienceMsDefault = 1_000 * delayMs;

export function runSeed(options: SeedOptions): SeedResult {
  const { engine, n, seed } = options;
  const draw = createDraw(seed);
  const hasCertificates = options.certificates ?? true;
  const stableAtMs = hasCertificates ? (draw.chance(0.2) ? 0 : draw.between(1, 60 * delayMs)) : 150 * delayMs;
  const { crypto, onWire = false } = options;
  const limits = { deadlineAtMs: options.deadlineAtMs ?? Number.POSITIVE_INFINITY };
  const world = new World({ engine, n, limits, onWire, ...(crypto && { crypto }) });
  const network = createNetwork(world, draw, stableAtMs);
  world.network = hasCertificates ? network : withoutCertificates(network);
  populate(world, draw, options.liarCount ?? engine.faultMax(n), stableAtMs);
  let roundAtStable = 0;
  world.at(stableAtMs, () => {
    roundAtStable = world.maxRound();
    for (const host of world.honest()) if (host.wasStarted && !host.isUp) world.restart(host);
  });
  const untilMs = hasCertificates ? stableAtMs + (options.patienceMs ?? patienceMsDefault) : stableAtMs - 1;
  world.run(untilMs, () => world.nowMs >= stableAtMs && world.isAllDecided());
  // Broken agreement takes a while to be seen by all and traced to who lied.
  if (world.violations.length > 0) world.run(world.nowMs + 50 * delayMs);
  return {
    violations: world.violations,
    isDecided: world.isAllDecided(),
    roundCount: Math.max(0, world.maxRound() - roundAtStable),
    decidedAfterMs: world.nowMs - stableAtMs,
    world,
  };
}

// ---- members

type LiarKind = 'silent' | 'puppet' | 'twins' | 'amnesiac' | 'selective' | 'forgetful';

function populate(world: World, draw: Draw, liarCount: number, stableAtMs: number): void {
  const order = draw.shuffle(Array.from({ length: world.n }, (_, i) => i));
  const liars = order.slice(0, liarCount);
  for (let member = 0; member < world.n; member++) {
    if (liars.includes(member)) continue;
    const hasNothingToPropose = world.hosts.length === 1 && draw.chance(0.1);
    world.addHost(member, { candidate: hasNothingToPropose ? undefined : `v${member}` });
  }
  const kinds: LiarKind[] = [
    'silent',
    'puppet',
    'puppet',
    'puppet',
    'twins',
    'amnesiac',
    'selective',
    'forgetful',
  ];
  const kind = draw.chance(0.6) ? draw.pick(kinds) : undefined;
  const puppets: number[] = [];
  for (const member of liars) {
    const chosen = kind ?? draw.pick(kinds);
    if (chosen === 'puppet') puppets.push(member);
    else if (chosen !== 'silent') addLiar(world, draw, member, chosen);
  }
  if (puppets.length > 0) addPuppets(world, draw, puppets);
  if (draw.chance(0.4)) addCrashes(world, draw, stableAtMs);
  if (draw.chance(0.2)) {
    world.timerSkewMs = () =>
      world.nowMs < stableAtMs && draw.chance(0.3) ? draw.between(-2, 5) * delayMs : 0;
  }
  for (const host of world.hosts) {
    const startAtMs = draw.chance(0.7) ? 0 : draw.below(Math.min(stableAtMs, 5 * delayMs) + 1);
    world.at(startAtMs, () => {
      if (!host.wasStarted) world.start(host);
    });
  }
}

function addPuppets(world: World, draw: Draw, members: readonly number[]): void {
  const chosen: Behaviour[] = draw.some(behaviours, 0.4);
  if (chosen.length === 0) chosen.push(draw.pick(behaviours));
  const puppets = new Puppets(world, draw, members, chosen);
  world.onSent = (host, message) => {
    if (host.isHonest) puppets.observe(message);
  };
  const periodMs = draw.pick([delayMs / 2, delayMs, 3 * delayMs]);
  const tick = () => {
    puppets.tick();
    world.at(world.nowMs + periodMs, tick);
  };
  world.at(0, tick);
}

function addLiar(world: World, draw: Draw, member: number, kind: LiarKind): void {
  const host = world.addHost(member, { isHonest: false });
  const groups = world.hosts.map(() => draw.below(2));
  switch (kind) {
    case 'twins': {
      const twin = world.addHost(member, { isHonest: false, candidate: `t${member}` });
      for (const [group, copy] of [host, twin].entries()) {
        copy.mayReach = (to) => groups[to] === group;
        if (draw.chance(0.5)) copy.mayHear = (from) => groups[hostOf(world, from)] === group;
      }
      break;
    }
    case 'selective': {
      const share = draw.pick([0.2, 0.5, 0.8]);
      host.mayReach = () => draw.chance(share);
      break;
    }
    case 'amnesiac':
    case 'forgetful': {
      const memory = kind === 'amnesiac' ? ({ type: 'fresh' } as const) : ({ type: 'lost' } as const);
      const periodMs = draw.between(1, 20) * delayMs;
      const forget = () => {
        world.crash(host);
        host.rows.length = 0;
        world.restart(host, memory);
        world.at(world.nowMs + periodMs, forget);
      };
      world.at(periodMs, forget);
    }
  }
}

function hostOf(world: World, member: number): number {
  return world.hosts.find((host) => host.member === member)!.id;
}

/** Honest members fall over at any point between two effects and come back with what was on disk. */
function addCrashes(world: World, draw: Draw, stableAtMs: number): void {
  world.mayCrash = (host: Host) => {
    if (world.nowMs >= stableAtMs || !draw.chance(0.01)) return false;
    const upAtMs = Math.min(stableAtMs, world.nowMs + draw.between(1, 10 * delayMs));
    world.at(upAtMs, () => {
      if (!host.isUp) world.restart(host);
    });
    return true;
  };
}

// ---- network

type Cut = (from: number, to: number) => boolean;

/** Loss, duplication, delay, reordering and partitions until `stableAtMs`; at most `delayMs` afterwards. */
function createNetwork(world: World, draw: Draw, stableAtMs: number): Network {
  const loss = draw.pick([0, 0.05, 0.2, 0.5]);
  const duplication = draw.pick([0, 0.1]);
  const wildMs = draw.pick([delayMs, 3 * delayMs, 10 * delayMs]);
  const isConstant = draw.chance(0.3);
  const hasCuts = draw.chance(0.6);
  let cut: Cut = () => false;
  let cutUntilMs = 0;
  const calm = () => (isConstant ? delayMs : draw.between(1, delayMs));
  return (from, to) => {
    if (world.nowMs >= stableAtMs) return [calm()];
    if (hasCuts && world.nowMs >= cutUntilMs) {
      cut = drawCut(world.n, draw);
      cutUntilMs = world.nowMs + draw.between(1, 15) * delayMs;
    }
    if (cut(from, to) || draw.chance(loss)) return [];
    const delay = () => Math.min(draw.between(1, wildMs), stableAtMs - world.nowMs + delayMs);
    return draw.chance(duplication) ? [delay(), delay()] : [delay()];
  };
}

/** Halves, a bare f + 1 apart, one alone, one way only, or none. */
function drawCut(n: number, draw: Draw): Cut {
  const order = draw.shuffle(Array.from({ length: n }, (_, i) => i));
  const size = draw.pick([1, Math.floor((n - 1) / 3) + 1, Math.floor(n / 2), 0]);
  const isInside = Array.from({ length: n }, () => false);
  for (const member of order.slice(0, size)) isInside[member] = true;
  const isOneWay = draw.chance(0.3);
  return (from, to) => isInside[from] !== isInside[to] && (!isOneWay || isInside[from] === true);
}

function withoutCertificates(network: Network): Network {
  return (from: number, to: number, message: ConsensusMessage) =>
    message.type === 'certificate' ? [] : network(from, to, message);
}

/** The share-th value of a list, for p50 and p99. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
}
