/**
 * Jobs done by coalitions of the machines that ship, while agents come and go, lie about what they can do, or are
 * killed at the worst moment: does the job get done, rightly, and how soon does another take over?
 */
import type { Did } from '../../protocol/brand.ts';
import { nothing } from '../../protocol/budget/amount.ts';
import type { AskerCandidate, AskerEffect, MemberEffect } from '../../protocol/coalition/index.ts';
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
import { meanOf } from '../scenario/statistics.ts';
import { createOwnBook, type OwnBook, SmallWorld, Team } from '../small-world/index.ts';

interface TeamScenario {
  readonly agents: number;
  readonly jobs: number;
  readonly itemsPerJob: number;
  readonly network: LinkSettings;
  readonly faults?: readonly FaultEntry[];
  readonly workMs: number;
  readonly leaseMs: number;
  readonly skillShare: number;
  readonly liarShare?: number;
  readonly catchShare?: number;
  readonly learns?: boolean;
  readonly meanUpMs?: number;
  readonly meanDownMs?: number;
  readonly kill?: 'nobody' | 'coordinator' | 'worker' | 'asker';
}

const skillNames = ['plan', 'store', 'serve', 'show', 'check', 'ship'] as const;
/** A job that is not done after so many of its mean works is given up. Judgement. */
const patienceInWorks = 40;
/** An asker does not list a skill of an agent from which it expects less. Judgement. */
const qualityMin = 0.35;
/** The kind under which the playbook keeps an agent's standing at any work. */
const anything = 'anything';

export const teamModel: ScenarioModel = {
  name: 'team',
  about: 'jobs done by coalitions (the machines of protocol/coalition) under churn, liars and kills',
  keys: {
    agents: { ...required(integer(2, 200)), note: 'who may be invited; one more asks' },
    jobs: { ...required(integer(1, 200)), note: 'one after another' },
    itemsPerJob: { ...required(integer(1, skillNames.length)), note: 'parts, each of one skill' },
    network: { ...networkField, isRequired: true },
    faults: faultsField,
    workMs: { ...required(number(1)), note: 'mean time for a part' },
    leaseMs: { ...required(number(30)), note: 'silence that costs a member its parts' },
    skillShare: { ...required(share), note: 'share of the skills that an agent has' },
    liarShare: { ...optional(share), note: 'agents that claim every skill at top quality and do bad work' },
    catchShare: { ...optional(share), note: 'share of bad work that the asker notices. Default 0.9' },
    learns: {
      ...optional({ type: 'boolean' }),
      note: 'the asker tempers claims by its playbook (discovery/learning). Default true',
    },
    meanUpMs: { ...optional(number(1)), note: 'mean time until an agent crashes; absent: never' },
    meanDownMs: { ...optional(number(1)), note: 'mean time until it is back. Default a lease' },
    kill: {
      ...optional({ type: 'text', oneOf: ['nobody', 'coordinator', 'worker', 'asker'] }),
      note: 'whom to kill once a job, at a random moment of its work',
    },
  },
  metrics: {
    finishedShare: 'jobs whose every part was accepted in time, 0 to 1',
    rightShare: 'accepted parts that were truly good, 0 to 1',
    makespanMs: 'mean virtual ms of a finished job; the patience when none was',
    handoverMs:
      'mean ms from a kill or crash of a holder or coordinator at work until the next award of its part',
    awardsPerItem: 'awards per part of all jobs, 1 at best',
    lettersPerItem: 'letters per part of all jobs',
    acceptedTwice: 'parts that were accepted twice, under another number or from another agent',
    crashes: 'agents that died at least once while a job ran',
  },
  check: checkFaults,
  run: (settings, seed) => new TeamRun(settings as unknown as TeamScenario, seed).run(),
};

/** The asker is agent 0; candidates are 1 and up. */
class TeamRun {
  readonly #scenario: TeamScenario;
  readonly #world: SmallWorld;
  readonly #random: RandomStream;
  readonly #liars: ReadonlySet<number>;
  readonly #skills: readonly (readonly string[])[];
  #team: Team | undefined;
  readonly #counts = { finished: 0, accepted: 0, right: 0, awards: 0, twice: 0, crashes: 0 };
  readonly #spans: number[] = [];
  readonly #handovers: number[] = [];
  readonly #book: OwnBook;
  /** Part → what was handed in last. */
  readonly #handedIn = new Map<string, string>();
  /** Part → the newest award. */
  #numbers = new Map<string, number>();
  /** Part → what is accepted of it. */
  #accepted = new Map<string, string>();
  /** When the present holder, or leader, of a part was lost. */
  #lostAt = new Map<string, number>();
  #holders = new Map<string, number>();
  #leader = -1;
  /** Killed in this job. */
  readonly #victims = new Set<number>();

  constructor(scenario: TeamScenario, seed: number) {
    this.#scenario = scenario;
    const { agents } = scenario;
    this.#world = new SmallWorld({
      seed,
      agentCount: agents + 1,
      link: scenario.network,
      ...(scenario.faults === undefined
        ? {}
        : { faults: toFaultRules(scenario.faults, agents + 1, RandomStream.fromSeed(seed).split('faults')) }),
    });
    this.#random = this.#world.random.split('team');
    this.#book = createOwnBook(this.#world, 0);
    const order = this.#random.shuffle(Array.from({ length: agents }, (_, i) => i + 1));
    this.#liars = new Set(order.slice(0, Math.round(agents * (scenario.liarShare ?? 0))));
    this.#skills = Array.from({ length: agents + 1 }, () =>
      skillNames.filter(() => this.#random.unit() < scenario.skillShare),
    );
    this.#world.log.name(0, 'asker');
    for (const liar of this.#liars) this.#world.log.name(liar, 'liar');
    for (let agent = 0; agent <= agents; agent++)
      this.#world.settle(agent, {
        hear: (letter) => this.#team?.hear(letter),
        restart: () => this.#team?.restart(agent),
      });
  }

  run(): RunResult {
    const { jobs, itemsPerJob, agents } = this.#scenario;
    if (this.#scenario.meanUpMs !== undefined)
      for (let agent = 1; agent <= agents; agent++) this.#planCrash(agent);
    for (let job = 1; job <= jobs; job++) this.#runJob(job);
    const patienceMs = this.#patienceMs();
    const items = jobs * itemsPerJob;
    const { finished, accepted, right, awards, twice, crashes } = this.#counts;
    return this.#world.finish({
      finishedShare: finished / jobs,
      rightShare: accepted === 0 ? 0 : right / accepted,
      makespanMs: this.#spans.length === 0 ? patienceMs : meanOf(this.#spans),
      handoverMs: this.#handovers.length === 0 ? 0 : meanOf(this.#handovers),
      awardsPerItem: awards / items,
      lettersPerItem: this.#world.letterCount / items,
      acceptedTwice: twice,
      crashes,
    });
  }

  #runJob(job: number): void {
    const world = this.#world;
    const { itemsPerJob, workMs, leaseMs } = this.#scenario;
    const startMs = world.elapsedMs;
    this.#accepted = new Map();
    this.#lostAt = new Map();
    this.#holders = new Map();
    this.#numbers = new Map();
    this.#leader = -1;
    let isOver = false;
    this.#team = new Team({
      world,
      number: job,
      asker: 0,
      candidates: this.#candidates(),
      skills: skillNames.slice(0, itemsPerJob),
      budget: { tokens: 1_000 * itemsPerJob },
      sizeMax: itemsPerJob + 2,
      leaseMs,
      itemMs: 10 * workMs,
      formingMs: 4 * leaseMs,
      endsAfterMs: this.#patienceMs(),
      behaviour: {
        considers: () => 'accept',
        works: (agent, { skill }) => this.#work(agent, skill),
        judges: (item, content) => this.#judge(item.task, item.skill, content),
        judgingMs: workMs / 10,
      },
      onEnd: ({ kind }) => {
        isOver = true;
        if (kind === 'result') this.#counts.finished++;
        if (kind === 'result') this.#spans.push(world.elapsedMs - startMs);
      },
      watch: (agent, effect) => this.#watch(agent, effect),
    });
    this.#planKill(job);
    world.run(this.#patienceMs() + 10 * leaseMs, () => isOver);
    // Whoever was killed is back for the next job; what was on its way arrives.
    for (const victim of this.#victims) world.restart(victim);
    this.#victims.clear();
    world.run(2 * leaseMs);
    this.#team = undefined;
  }

  #patienceMs(): number {
    return patienceInWorks * this.#scenario.workMs;
  }

  /** Claims: an honest agent's own skills at about what they are worth, a liar's everything at its best. */
  #candidates(): readonly AskerCandidate[] {
    return Array.from({ length: this.#scenario.agents }, (_, i) => {
      const agent = i + 1;
      const isLiar = this.#liars.has(agent);
      const claimed = isLiar ? skillNames : this.#skills[agent]!;
      const random = this.#random.split('claims', agent);
      return {
        agent: this.#world.dids[agent]!,
        cost: { tokens: 100 + random.below(100), moneyMicros: 0, timeMs: 0 },
        qualities: Object.fromEntries(
          claimed
            .map(
              (skill) =>
                [skill, this.#expect(agent, skill, isLiar ? 0.95 : 0.5 + 0.4 * random.unit())] as const,
            )
            .filter(([, quality]) => quality >= qualityMin),
        ),
        context: random.unit(),
        // To a stranger a liar stands as well as the rest.
        reputation: this.#expect(agent, anything, 0.5),
      };
    });
  }

  #expect(agent: number, skill: string, claim: number): number {
    if (this.#scenario.learns === false) return claim;
    return this.#book.expect(skill, agent, claim).mean;
  }

  #work(agent: number, skill: string) {
    const isGood = !this.#liars.has(agent) && this.#skills[agent]!.includes(skill);
    return {
      durationMs: this.#random.exponential(this.#scenario.workMs),
      content: isGood ? 'good' : 'bad',
      spent: { ...nothing, tokens: 50 },
    };
  }

  #judge(task: string, skill: string, content: string) {
    const isCaught = content === 'bad' && this.#random.unit() < (this.#scenario.catchShare ?? 0.9);
    this.#handedIn.set(task, content);
    for (const kind of [skill, anything]) this.#book.learn(this.#holders.get(task)!, kind, isCaught ? 0 : 1);
    return { verdict: isCaught ? ('change' as const) : ('accept' as const), quality: isCaught ? 0 : 1 };
  }

  #watch(agent: number, effect: AskerEffect | MemberEffect): void {
    if (effect.type === 'send-award') this.#noteAward(agent, effect.body);
    if (effect.type === 'send-review' && effect.body.verdict === 'accept') this.#noteAcceptance(effect.body);
  }

  #noteAward(
    leader: number,
    { task, fencing, winner }: { task: string; fencing: number; winner: Did },
  ): void {
    // Said again to an asker that may have missed it.
    if (fencing <= (this.#numbers.get(task) ?? 0)) return;
    this.#numbers.set(task, fencing);
    this.#counts.awards++;
    const lostAtMs = this.#lostAt.get(task);
    if (lostAtMs !== undefined) this.#handovers.push(this.#world.elapsedMs - lostAtMs);
    this.#lostAt.delete(task);
    this.#holders.set(task, this.#world.indexOf(winner));
    this.#leader = leader;
    this.#world.log.note(this.#world.elapsedMs, 'award', {
      leader,
      winner: this.#holders.get(task)!,
      fencing,
    });
  }

  #noteAcceptance({ of, fencing }: { readonly of: string; readonly fencing: number }): void {
    const earlier = this.#accepted.get(of);
    if (earlier !== undefined) {
      if (earlier !== String(fencing)) this.#counts.twice++;
      return;
    }
    this.#accepted.set(of, String(fencing));
    this.#counts.accepted++;
    if (this.#handedIn.get(of) === 'good') this.#counts.right++;
  }

  #planCrash(agent: number): void {
    const { meanUpMs, meanDownMs, leaseMs } = this.#scenario;
    const world = this.#world;
    world.after(agent, this.#random.exponential(meanUpMs!), () => {
      this.#kill(agent);
      world.kernel.schedule(world.nowMs + this.#random.exponential(meanDownMs ?? leaseMs), () => {
        world.restart(agent);
        this.#planCrash(agent);
      });
    });
  }

  /** Once a job, at a moment of its work; the victim stays away until the job is over. */
  #planKill(job: number): void {
    const { kill = 'nobody', workMs, leaseMs } = this.#scenario;
    if (kill === 'nobody') return;
    const world = this.#world;
    const draw = this.#random.split('kill', job);
    // The work begins some round trips after the call; parts take workMs on average.
    const atMs = world.nowMs + 2 * leaseMs + draw.unit() * workMs;
    world.kernel.schedule(atMs, () => {
      const open = [...this.#holders].filter(([task]) => !this.#accepted.has(task));
      const workers = open.map(([, holder]) => holder).filter((holder) => holder !== this.#leader);
      const victim =
        kill === 'asker'
          ? 0
          : kill === 'coordinator'
            ? this.#leader
            : (workers[draw.below(workers.length)] ?? -1);
      if (victim < 0 || (kill !== 'asker' && open.length === 0)) return;
      this.#kill(victim);
      this.#victims.add(victim);
      // An asker has to come back: nobody else may accept.
      const awayMs = kill === 'asker' ? 4 * leaseMs : this.#patienceMs();
      world.kernel.schedule(world.nowMs + awayMs, () => world.restart(victim));
    });
  }

  #kill(agent: number): void {
    const world = this.#world;
    if (!world.isUp(agent)) return;
    world.crash(agent);
    this.#counts.crashes++;
    for (const [task, holder] of this.#holders)
      if (!this.#accepted.has(task) && (holder === agent || this.#leader === agent))
        this.#lostAt.set(task, world.elapsedMs);
  }
}
