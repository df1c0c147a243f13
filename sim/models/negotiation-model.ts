/**
 * Conflicts between agents, settled by the rules that ship: a scarce resource by bids and a queue with aging, aims and
 * facts by opinions that arrive as letters, priorities by urgency, several issues by alternating offers over the
 * network. How many need a person, how often is the answer right, and what do liars cost?
 */
import {
  type Conflict,
  createResourceQueue,
  type Opinion,
  type QueueEffect,
  type QueueInput,
  settleConflict,
} from '../../protocol/negotiation/index.ts';
import { RandomStream } from '../clock/random.ts';
import type { RunResult, ScenarioModel } from '../scenario/model.ts';
import {
  checkFaults,
  type FaultEntry,
  faultsField,
  type LinkSettings,
  networkField,
  toFaultRules,
} from '../scenario/network-keys.ts';
import { integer, number, optional, required, share } from '../scenario/shape.ts';
import { Desk, type Letter, SmallWorld } from '../small-world/index.ts';
import { Bargain } from './bargain.ts';

interface NegotiationScenario {
  readonly agents: number;
  readonly network: LinkSettings;
  readonly faults?: readonly FaultEntry[];
  readonly conflicts: number;
  readonly everyMs: number;
  readonly waitMs: number;
  readonly competence: number;
  readonly liarShare?: number;
  readonly arbiterShare: number;
}

const kinds = ['resource', 'goal', 'priority', 'information', 'issues'] as const;
type Kind = (typeof kinds)[number];
const options = ['a', 'b', 'c'] as const;
const opinionsPerConflict = 5;
const resourceHoldMs = 2_000;

export const negotiationModel: ScenarioModel = {
  name: 'negotiation',
  about: 'conflicts over resources, aims, priorities, facts and deals (protocol/negotiation)',
  keys: {
    agents: { ...required(integer(8, 200)), note: 'who get into conflict; one mediates' },
    network: { ...networkField, isRequired: true },
    faults: faultsField,
    conflicts: { ...required(integer(5, 10_000)), note: 'one after another, a fifth of each kind' },
    everyMs: { ...required(number(1)), note: 'mean time between two of them' },
    waitMs: { ...required(number(1)), note: 'how long the mediator waits for opinions, and a bargain lasts' },
    competence: {
      ...required(share),
      note: 'chance that an opinion of fact is right; confidence follows it',
    },
    liarShare: {
      ...optional(share),
      note: 'agents that are sure of a wrong answer, and bid twice what it is worth',
    },
    arbiterShare: { ...required(share), note: 'conflicts for which a mediator with an opinion is at hand' },
  },
  metrics: {
    solvedShare: 'conflicts solved without a person, 0 to 1',
    solvedResource: 'of those over a resource, 0 to 1',
    solvedGoal: 'of those over an aim, 0 to 1',
    solvedPriority: 'of those over what goes first, 0 to 1',
    solvedInformation: 'of those over a fact, 0 to 1',
    solvedIssues: 'of those over several issues, 0 to 1',
    rightShare: 'facts solved without a person that were solved rightly, 0 to 1',
    dealShare: 'joint worth of the deals ÷ the best possible, 0 to 1',
    settledMs: 'mean virtual ms until solved',
    longestWaitMs: 'longest wait for the resource, virtual ms',
    lettersPerConflict: 'letters per conflict',
  },
  check: checkFaults,
  run: (settings, seed) => new NegotiationRun(settings as unknown as NegotiationScenario, seed).run(),
};

interface Open {
  readonly kind: Kind;
  readonly startMs: number;
  readonly truth: string;
  readonly opinions: Opinion[];
  readonly bids: { readonly agent: Opinion['agent']; readonly utility: number }[];
}

/** Agent 0 is the mediator. */
class NegotiationRun {
  readonly #scenario: NegotiationScenario;
  readonly #world: SmallWorld;
  readonly #random: RandomStream;
  readonly #liars: ReadonlySet<number>;
  readonly #open = new Map<number, Open>();
  readonly #queue: Desk<QueueInput, QueueEffect>;
  readonly #askedAtMs = new Map<number, number>();
  /** Two sides of a bargain, by conflict. */
  readonly #bargains = new Map<number, Bargain>();
  readonly #seen = Object.fromEntries(kinds.map((kind) => [kind, { all: 0, solved: 0 }])) as Record<
    Kind,
    { all: number; solved: number }
  >;
  readonly #sums = { ms: 0, facts: 0, right: 0, worth: 0, best: 0, longestWaitMs: 0 };

  constructor(scenario: NegotiationScenario, seed: number) {
    this.#scenario = scenario;
    const { agents } = scenario;
    this.#world = new SmallWorld({
      seed,
      agentCount: agents,
      link: scenario.network,
      faults: toFaultRules(scenario.faults ?? [], agents, RandomStream.fromSeed(seed).split('faults')),
    });
    this.#random = this.#world.random.split('negotiation');
    const order = this.#random.shuffle(Array.from({ length: agents - 1 }, (_, i) => i + 1));
    this.#liars = new Set(order.slice(0, Math.round(agents * (scenario.liarShare ?? 0))));
    this.#world.log.name(0, 'mediator');
    for (const liar of this.#liars) this.#world.log.name(liar, 'liar');
    for (let agent = 0; agent < agents; agent++)
      this.#world.settle(agent, { hear: (letter) => this.#hear(letter) });
    this.#queue = new Desk<QueueInput, QueueEffect>({
      world: this.#world,
      agent: 0,
      thread: 'resource',
      make: () => createResourceQueue({ resource: 'r', units: 1, leaseMs: 2 * resourceHoldMs }),
      act: (effect) => this.#grant(effect),
    });
  }

  run(): RunResult {
    const { conflicts, everyMs, waitMs } = this.#scenario;
    const world = this.#world;
    let atMs = world.nowMs;
    for (let number = 0; number < conflicts; number++) {
      atMs += this.#random.exponential(everyMs);
      world.kernel.schedule(atMs, () => this.#begin(number, kinds[number % kinds.length]!));
    }
    world.run(atMs - world.nowMs + 20 * waitMs + conflicts * resourceHoldMs, () => this.#isOver(conflicts));
    const share = ({ all, solved }: { all: number; solved: number }) => (all === 0 ? 0 : solved / all);
    const solved = kinds.reduce((sum, kind) => sum + this.#seen[kind].solved, 0);
    const { ms, facts, right, worth, best, longestWaitMs } = this.#sums;
    return world.finish({
      solvedShare: solved / conflicts,
      solvedResource: share(this.#seen.resource),
      solvedGoal: share(this.#seen.goal),
      solvedPriority: share(this.#seen.priority),
      solvedInformation: share(this.#seen.information),
      solvedIssues: share(this.#seen.issues),
      rightShare: facts === 0 ? 0 : right / facts,
      dealShare: best === 0 ? 0 : worth / best,
      settledMs: solved === 0 ? 0 : ms / solved,
      longestWaitMs,
      lettersPerConflict: world.letterCount / conflicts,
    });
  }

  #isOver(conflicts: number): boolean {
    const begun = kinds.reduce((sum, kind) => sum + this.#seen[kind].all, 0);
    return begun === conflicts && this.#open.size === 0 && this.#askedAtMs.size === 0;
  }

  #begin(number: number, kind: Kind): void {
    const { agents, waitMs } = this.#scenario;
    const world = this.#world;
    this.#seen[kind].all++;
    const truth = options[this.#random.below(options.length)]!;
    this.#open.set(number, { kind, startMs: world.elapsedMs, truth, opinions: [], bids: [] });
    const parties = this.#random
      .shuffle(Array.from({ length: agents - 1 }, (_, i) => i + 1))
      .slice(0, opinionsPerConflict);
    if (kind === 'issues') return this.#bargain(number, parties[0]!, parties[1]!);
    for (const party of parties) world.send(0, party, 'ask', { number, kind }, `conflict-${number}`);
    world.after(0, waitMs, () => this.#settle(number));
  }

  #hear({ from, to, type, body, thread }: Letter): void {
    const world = this.#world;
    const { number } = body as { readonly number: number };
    const open = this.#open.get(number);
    if (type === 'offer')
      return this.#bargains.get(number)?.hear(to, (body as { offer: readonly number[] }).offer);
    if (type === 'release') return this.#queue.give({ type: 'release', agent: world.dids[from]! });
    if (type === 'granted') {
      world.after(to, resourceHoldMs, () => world.send(to, 0, 'release', { number }, thread));
      return;
    }
    if (open === undefined) return;
    if (type === 'ask') return this.#reply(number, to, open);
    if (type === 'opinion') open.opinions.push((body as { opinion: Opinion }).opinion);
    if (type === 'bid')
      open.bids.push({ agent: world.dids[from]!, utility: (body as { utility: number }).utility });
  }

  #reply(number: number, agent: number, { kind, truth }: Open): void {
    const world = this.#world;
    const isLiar = this.#liars.has(agent);
    const thread = `conflict-${number}`;
    if (kind === 'resource') {
      const worth = this.#random.below(100);
      world.send(agent, 0, 'bid', { number, utility: isLiar ? 2 * worth : worth }, thread);
      return;
    }
    if (kind === 'priority') return;
    const opinion = this.#opinionOf(agent, truth, isLiar);
    world.send(agent, 0, 'opinion', { number, opinion }, thread);
  }

  /** An honest agent is about as sure as it is good; its reputation says so too. */
  #opinionOf(agent: number, truth: string, isLiar: boolean): Opinion {
    const { competence } = this.#scenario;
    const wrong = options.filter((option) => option !== truth);
    const isRight = !isLiar && this.#random.unit() < competence;
    return {
      agent: this.#world.dids[agent]!,
      option: isRight ? truth : wrong[this.#random.below(wrong.length)]!,
      confidence: isLiar ? 0.99 : Math.min(0.99, Math.max(0.34, competence + 0.1 * this.#random.normal())),
      reputation: isLiar ? 0.5 : 0.9,
    };
  }

  #settle(number: number): void {
    const open = this.#open.get(number)!;
    const settlement = settleConflict(this.#conflictOf(open));
    this.#open.delete(number);
    if (!settlement.settled) return;
    this.#note(number, open);
    if (open.kind === 'resource') this.#queueUp(open);
    if (open.kind !== 'information') return;
    this.#sums.facts++;
    if (settlement.option === open.truth) this.#sums.right++;
  }

  #note(number: number, { kind, startMs }: Open): void {
    this.#seen[kind].solved++;
    this.#sums.ms += this.#world.elapsedMs - startMs;
    this.#world.log.note(this.#world.elapsedMs, 'settled', { number, kind });
  }

  #conflictOf({ kind, truth, opinions, bids }: Open): Conflict {
    const help =
      this.#random.unit() < this.#scenario.arbiterShare ? { arbiter: this.#opinionOf(0, truth, false) } : {};
    switch (kind) {
      case 'resource':
        return { kind, bids, units: 1 };
      case 'priority':
        return {
          kind,
          ...help,
          atMs: this.#world.nowMs,
          tasks: options.map((option) => this.#claimOf(option)),
        };
      case 'goal':
        return { kind, ...help, opinions };
      default:
        return { kind: 'information', ...help, opinions };
    }
  }

  #claimOf(option: string) {
    const random = this.#random;
    return {
      option,
      workMs: 1 + random.unit() * 1_000,
      importance: random.unit(),
      blocksCount: random.below(4),
      ...(random.unit() < 0.7 ? { dueAtMs: this.#world.nowMs + random.unit() * 10_000 } : {}),
    };
  }

  /** Everyone who bid gets it in the end: the best bid first, the others by worth and age. */
  #queueUp({ bids }: Open): void {
    const world = this.#world;
    for (const { agent, utility } of bids) {
      const index = world.indexOf(agent);
      if (!this.#askedAtMs.has(index)) this.#askedAtMs.set(index, world.elapsedMs);
      this.#queue.give({ type: 'request', agent, utility });
    }
  }

  #grant(effect: QueueEffect): void {
    if (effect.type !== 'grant-resource') return;
    const world = this.#world;
    const index = world.indexOf(effect.agent);
    const waitedMs = world.elapsedMs - (this.#askedAtMs.get(index) ?? world.elapsedMs);
    this.#sums.longestWaitMs = Math.max(this.#sums.longestWaitMs, waitedMs);
    this.#askedAtMs.delete(index);
    world.send(0, index, 'granted', { number: -1 }, 'resource');
  }

  #bargain(number: number, left: number, right: number): void {
    const open = this.#open.get(number)!;
    const bargain = new Bargain({
      world: this.#world,
      random: this.#random,
      number,
      sides: [left, right],
      waitMs: this.#scenario.waitMs,
      onEnd: (deal) => {
        this.#bargains.delete(number);
        this.#open.delete(number);
        if (deal === undefined) return;
        this.#note(number, open);
        this.#sums.worth += deal.worth;
        this.#sums.best += deal.best;
      },
    });
    this.#bargains.set(number, bargain);
    bargain.begin();
  }
}
