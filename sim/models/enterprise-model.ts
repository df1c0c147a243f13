/**
 * One intention, many agents, six deliverables: coalitions inside coalitions, of the machines that ship. Whoever is
 * awarded a deliverable asks for a team for its parts; whoever is awarded a part asks for a team for its pieces. Each
 * asker finds its candidates by meaning (the built-in embedder over capability texts) and nobody sees the whole.
 */
import { createBuiltinEmbedder, quantize } from '../../discovery/embed/index.ts';
import { FlatVectorIndex } from '../../discovery/vector-index.ts';
import type { Did, MessageId } from '../../protocol/brand.ts';
import { type Amount, nothing } from '../../protocol/budget/amount.ts';
import { type AskerCandidate, planNesting, type WorkItem } from '../../protocol/coalition/index.ts';
import type { RandomStream } from '../clock/random.ts';
import type { RunResult, ScenarioModel } from '../scenario/model.ts';
import { type LinkSettings, networkField } from '../scenario/network-keys.ts';
import { integer, number, optional, required, share } from '../scenario/shape.ts';
import { SmallWorld, Team } from '../small-world/index.ts';
import { enterpriseDomains } from './enterprise-domains.ts';

interface EnterpriseScenario {
  readonly agents: number;
  readonly network: LinkSettings;
  readonly workMs: number;
  readonly leaseMs: number;
  readonly deadShare?: number;
  readonly dies?: 'anyone' | 'leaders';
}

/** Of a part's pieces a worker does one best, and some others in need. */
const piecesPerWorker = 3;
const inNeed = 0.8;
/** Coalitions that one agent can ask for at a time: a second one, when the leader before it died. */
const leadsMax = 2;
/** What one piece may cost, in tokens; who leads asks for so much more than its pieces cost. */
const pieceTokens = 100;
const reserve = 1.5;
/** A leader that dies has used up its grant: so much more is set aside for others. */
const spareShare = 3;
/** Candidates that an asker looks at for each thing that it needs. Judgement. */
const candidatesPerSkill = 8;
/** The share of a domain's agents that its teams are sized for, and the largest such team with two levels. */
const spareless = 0.85;
const teamMax = 7;
const beaconMs = 2_000;
const callsMax = 10;
const jobMs = 3_600_000;

export const enterpriseModel: ScenarioModel = {
  name: 'enterprise',
  about: 'six deliverables of one intention by coalitions inside coalitions, found by meaning',
  keys: {
    agents: { ...required(integer(60, 2_000)), note: 'who may be asked; one more has the intention' },
    network: { ...networkField, isRequired: true },
    workMs: { ...required(number(1)), note: 'mean time for a piece' },
    leaseMs: {
      ...required(number(30)),
      note: 'silence that costs a maker of pieces its work; each level above has one more',
    },
    deadShare: { ...optional(share), note: 'agents that die for good while work runs' },
    dies: {
      ...optional({ type: 'text', oneOf: ['anyone', 'leaders'] }),
      note: 'whom: by lot, or those that lead most others first. Default anyone',
    },
  },
  metrics: {
    deliverables: 'of six, accepted by whoever had the intention',
    wholeShare: 'pieces that are in the accepted deliverables, of all pieces asked for, 0 to 1',
    makespanMs: 'virtual ms until the last deliverable; the time allowed when one is missing',
    messagesPerAgent: 'letters said, for each agent',
    largestShare: 'letters to and from the busiest agent, as a share of all letters',
    coalitions: 'coalitions that were asked for, at every depth',
    depth: 'coalitions around the innermost one, plus one',
    taskedShare: 'agents that worked on something, 0 to 1',
    died: 'agents that died',
    leadersDied: 'of them, agents that led a coalition at that moment',
  },
  run: (settings, seed) => new EnterpriseRun(settings as unknown as EnterpriseScenario, seed).run(),
};

/** A coalition that somebody asked for, and what it is to bring. */
interface Job {
  readonly team: Team;
  readonly asker: number;
  readonly depth: number;
}

/** Agent 0 has the intention; the others are 1 and up. */
class EnterpriseRun {
  readonly #scenario: EnterpriseScenario;
  readonly #world: SmallWorld;
  readonly #random: RandomStream;
  readonly #index: FlatVectorIndex<number>;
  readonly #vectors = new Map<string, Int8Array>();
  readonly #embedder = createBuiltinEmbedder();
  readonly #jobs = new Map<string, Job>();
  /** Coalitions that an agent asked for and that run. */
  readonly #leads = new Map<number, number>();
  /** When the agent takes on something else. */
  readonly #freeAtMs = new Map<number, number>();
  readonly #workEndsAtMs = new Map<number, number>();
  readonly #letters: Float64Array;
  readonly #tasked = new Set<number>();
  readonly #known = new Set<number>();
  /** Parts of a whole, at each level. */
  readonly #partCount: number;
  /** Levels of teams below whoever leads a deliverable: the last one makes the pieces. */
  readonly #levels: number;
  readonly #accepted: string[] = [];
  #jobCount = 0;
  #depth = 0;
  #died = 0;
  #leadersDied = 0;

  constructor(scenario: EnterpriseScenario, seed: number) {
    this.#scenario = scenario;
    const { agents } = scenario;
    this.#world = new SmallWorld({ seed, agentCount: agents + 1, link: scenario.network });
    this.#random = this.#world.random.split('enterprise');
    this.#letters = new Float64Array(agents + 1);
    // A sixth of the agents share a domain: they divide its work level by level into teams of a few, some to spare.
    const perDomain = Math.floor(spareless * (agents / 6));
    this.#levels = largestTeam(perDomain, 2) <= teamMax ? 2 : 3;
    this.#partCount = largestTeam(perDomain, this.#levels);
    this.#index = new FlatVectorIndex(this.#embedder.dimensions);
    this.#world.log.name(0, 'asker');
    for (let agent = 1; agent <= agents; agent++) {
      const domain = enterpriseDomains[agent % 6]!;
      const trade = domain.trades[Math.floor(agent / 6) % this.#partCount]!;
      this.#index.set(this.#world.dids[agent]!, this.#vectorOf(`${trade} (${domain.name})`), agent);
      this.#world.log.name(agent, domain.name);
    }
    for (let agent = 0; agent <= agents; agent++)
      this.#world.settle(agent, {
        hear: (letter) => {
          this.#letters[letter.from]!++;
          this.#letters[letter.to]!++;
          this.#jobs.get(letter.thread)?.team.hear(letter);
        },
      });
  }

  run(): RunResult {
    const { agents, deadShare = 0 } = this.#scenario;
    const world = this.#world;
    let isOver = false;
    this.#ask({
      asker: 0,
      depth: 0,
      skills: enterpriseDomains.map((domain) => domain.deliverable),
      // Whoever may lead a deliverable knows one of its trades.
      lookFor: (at) => enterpriseDomains[at]!.deliverable,
      each: this.#costAt(0),
      endsAfterMs: jobMs,
      onEnd: () => {
        isOver = true;
      },
    });
    this.#beat();
    this.#planDeaths(Math.round(deadShare * agents));
    world.run(jobMs + 60_000, () => isOver);
    const makespanMs = this.#accepted.length === 6 ? world.elapsedMs : jobMs;
    const letters = world.letterCount;
    return world.finish({
      deliverables: this.#accepted.length,
      wholeShare: this.#countPieces() / (6 * this.#partCount ** this.#levels),
      makespanMs,
      messagesPerAgent: letters / (agents + 1),
      largestShare: this.#letters.reduce((most, count) => Math.max(most, count), 0) / letters,
      coalitions: this.#jobCount,
      depth: this.#depth + 1,
      taskedShare: this.#tasked.size / agents,
      died: this.#died,
      leadersDied: this.#leadersDied,
    });
  }

  /** Ask for a coalition. */
  #ask(asked: {
    asker: number;
    depth: number;
    skills: readonly string[];
    lookFor: (at: number) => string;
    each: number;
    endsAfterMs: number;
    onEnd: (isWhole: boolean, contents: ReadonlyMap<string, string>) => void;
    attempt?: number;
  }): void {
    const { asker, depth, skills, each, endsAfterMs } = asked;
    const { workMs } = this.#scenario;
    const leaseMs = this.#leaseAt(depth);
    const contents = new Map<string, string>();
    this.#depth = Math.max(this.#depth, depth);
    this.#leads.set(asker, (this.#leads.get(asker) ?? 0) + 1);
    const team: Team = new Team({
      world: this.#world,
      number: ++this.#jobCount,
      asker,
      candidates: this.#candidates(asker, skills, asked.lookFor, each, depth),
      skills,
      budget: { tokens: Math.ceil(each * skills.length * (asker === 0 ? spareShare : reserve)) },
      sizeMax: skills.length + 2,
      leaseMs,
      itemMs: this.#isLast(depth) ? 20 * workMs : endsAfterMs,
      formingMs: leaseMs,
      endsAfterMs,
      depth,
      behaviour: {
        considers: (agent) => this.#consider(agent, depth),
        works: (agent, item) => this.#work(agent, item, team, depth, each),
        judges: (item, content) => {
          contents.set(item.task, content);
          if (depth === 0) this.#accepted.push(content);
          return { verdict: 'accept', quality: 1 };
        },
        judgingMs: 100,
      },
      onEnd: ({ kind }) => {
        this.#leads.set(asker, this.#leads.get(asker)! - 1);
        const attempt = (asked.attempt ?? 1) + 1;
        const endsAfterMs = team.endsAtMs - this.#world.nowMs - leaseMs;
        // Nobody was free: call again a little later, for who is free then.
        if (kind === 'void' && attempt <= callsMax && endsAfterMs > leaseMs)
          this.#world.after(asker, leaseMs / 3, () => this.#ask({ ...asked, attempt, endsAfterMs }));
        else asked.onEnd(kind === 'result', contents);
      },
    });
    this.#jobs.set(team.thread, { team, asker, depth });
  }

  /** One thing at a time: who works is free again when it is done, who leads may lead once more. */
  #consider(agent: number, depth: number): 'accept' | 'refuse' {
    const leads = this.#leads.get(agent) ?? 0;
    if (this.#isBusy(agent) || leads >= (this.#isLast(depth) ? 1 : leadsMax)) return 'refuse';
    // Until the award comes it keeps itself free for this one.
    this.#freeAtMs.set(agent, this.#world.nowMs + this.#scenario.leaseMs / 3);
    return 'accept';
  }

  #isBusy(agent: number): boolean {
    return (this.#freeAtMs.get(agent) ?? 0) > this.#world.nowMs;
  }

  /** What presence beacons told last: who has something to do. */
  #beat(): void {
    this.#known.clear();
    for (let agent = 1; agent <= this.#scenario.agents; agent++)
      if (this.#isBusy(agent) || (this.#leads.get(agent) ?? 0) > 0) this.#known.add(agent);
    this.#world.kernel.schedule(this.#world.nowMs + beaconMs, () => this.#beat());
  }

  #work(agent: number, item: WorkItem, team: Team, depth: number, grant: number) {
    this.#tasked.add(agent);
    const { nowMs } = this.#world;
    const leaseMs = this.#leaseAt(depth);
    if (this.#isLast(depth)) return this.#makePiece(agent, item);
    const wanted = { ...nothing, tokens: Math.floor(grant / reserve) };
    const available = { ...nothing, tokens: grant };
    const facts = { outerDepth: depth, outerEndsAt: team.endsAtMs, leaseMs, available, wanted, atMs: nowMs };
    const plan = planNesting(facts);
    if (!plan.allowed) return { durationMs: 0, content: plan.reason, spent: nothing, isFailure: true };
    const skills = depth === 0 ? this.#partsOf(item.skill) : this.#piecesOf(item.skill);
    this.#ask({
      asker: agent,
      depth: plan.depth,
      skills,
      lookFor: (at) => (depth === 0 ? skills[at]! : tradeOf(item.skill)),
      each: this.#costAt(depth + 1),
      endsAfterMs: plan.endsAt - nowMs,
      onEnd: (isWhole, contents) => this.#handIn(team, agent, item.task, isWhole, contents, wanted),
    });
    return 'later' as const;
  }

  #handIn(
    team: Team,
    agent: number,
    task: MessageId,
    isWhole: boolean,
    contents: ReadonlyMap<string, string>,
    spent: Amount,
  ): void {
    const content = [...contents.values()].join('\n');
    team.finish(agent, task, isWhole ? { content, spent } : { content, spent, isFailure: true });
  }

  #makePiece(agent: number, item: WorkItem) {
    const { nowMs } = this.#world;
    const startMs = Math.max(nowMs, this.#workEndsAtMs.get(agent) ?? 0);
    const doneMs = startMs + this.#random.exponential(this.#scenario.workMs);
    this.#workEndsAtMs.set(agent, doneMs);
    this.#freeAtMs.set(agent, doneMs);
    return {
      durationMs: doneMs - nowMs,
      content: item.skill,
      spent: { ...nothing, tokens: pieceTokens / 2 },
    };
  }

  /** Found by meaning; what one asks for oneself is left to others. */
  #candidates(
    asker: number,
    skills: readonly string[],
    lookFor: (at: number) => string,
    each: number,
    depth: number,
  ): readonly AskerCandidate[] {
    const qualities = new Map<number, Record<string, number>>();
    for (const [at, skill] of skills.entries()) {
      const limit = depth < 2 ? candidatesPerSkill : Math.ceil(this.#scenario.agents / (6 * skills.length));
      const hits = this.#index.search(this.#vectorOf(lookFor(at)), { limit });
      for (const { payload: agent, similarity } of hits) {
        if (agent === asker || this.#known.has(agent)) continue;
        const fitness = depth < 2 ? 1 : this.#fitness(agent, at, skills.length);
        if (fitness === 0) continue;
        const known = qualities.get(agent) ?? {};
        // Askers know different agents better: what one expects of equals differs a little.
        const taste = 1 - 0.1 * this.#random.split('taste', asker * 4_096 + agent).unit();
        known[skill] = Math.max(0.01, Math.min(1, similarity)) * fitness * taste;
        qualities.set(agent, known);
      }
    }
    return [...qualities].map(([agent, known]) => ({
      agent: this.#world.dids[agent]! as Did,
      cost: { ...nothing, tokens: each },
      qualities: known,
      context: 0.5,
      reputation: 0.5,
    }));
  }

  #vectorOf(text: string): Int8Array {
    const known = this.#vectors.get(text) ?? quantize(this.#embedder.embed(text));
    this.#vectors.set(text, known);
    return known;
  }

  #fitness(agent: number, piece: number, pieces: number): number {
    const rank = Math.floor(agent / (6 * this.#partCount));
    const distance = (piece - rank + 64 * pieces) % pieces;
    return distance === 0 ? 1 : distance < piecesPerWorker ? inNeed : 0;
  }

  #partsOf(deliverable: string): readonly string[] {
    const domain = enterpriseDomains.find((one) => one.deliverable === deliverable)!;
    return domain.trades.slice(0, this.#partCount).map((trade) => `${trade} (${domain.name})`);
  }

  /** Parts of a part: of one trade, so the number tells them apart. */
  #piecesOf(part: string): readonly string[] {
    return Array.from({ length: this.#partCount }, (_, i) => `${part} #${i + 1}`);
  }

  /** Work that takes longer is watched less often: each level up has one lease more. */
  #leaseAt(depth: number): number {
    return this.#scenario.leaseMs * (1 + this.#levels - depth);
  }

  /** What an item of a coalition at this depth may cost: its pieces, and at each level above them a reserve. */
  #costAt(depth: number): number {
    const below = this.#levels - depth;
    return Math.ceil(pieceTokens * (this.#partCount * reserve ** 2) ** below);
  }

  #isLast(depth: number): boolean {
    return depth === this.#levels;
  }

  #countPieces(): number {
    return new Set(this.#accepted.flatMap((content) => content.split('\n'))).size;
  }

  /** Spread over the time in which teams form and work. */
  #planDeaths(count: number): void {
    const { agents, dies = 'anyone', workMs } = this.#scenario;
    const order = this.#random.shuffle(Array.from({ length: agents }, (_, i) => i + 1));
    for (let i = 0; i < count; i++) {
      const atMs = this.#world.nowMs + this.#random.unit() * 6 * workMs;
      this.#world.kernel.schedule(atMs, () => this.#die(dies === 'leaders' ? this.#leader() : order[i]!));
    }
  }

  /** Of those alive, who leads; the more it leads the sooner. */
  #leader(): number {
    const alive = this.#random
      .shuffle([...this.#leads])
      .filter(([agent, count]) => agent !== 0 && count > 0 && this.#world.isUp(agent));
    const any = Array.from(this.#letters.keys()).filter((agent) => agent > 0 && this.#world.isUp(agent));
    return alive[0]?.[0] ?? any[this.#random.below(any.length)]!;
  }

  #die(agent: number): void {
    if (!this.#world.isUp(agent)) return;
    this.#died++;
    if ((this.#leads.get(agent) ?? 0) > 0) this.#leadersDied++;
    this.#world.crash(agent);
  }
}

/** The most parts, at each level, for which there are agents: makers of pieces, and a leader for each team. */
function largestTeam(agents: number, levels: number): number {
  const needed = (parts: number) =>
    Array.from({ length: levels + 1 }, (_, i) => parts ** i).reduce((a, b) => a + b);
  let parts = 2;
  while (parts < 11 && needed(parts + 1) <= agents) parts++;
  return parts;
}

/** The trade that a part, or a part of it, is of. */
function tradeOf(part: string): string {
  return part.split(' #')[0]!;
}
