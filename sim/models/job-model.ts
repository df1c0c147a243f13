/**
 * One job done four ways by the same agents: by one after another, by a supervisor through whom everything goes, by
 * independent agents that do not talk, and by a mesh that calls for bids (the contract-net machines that ship) and
 * hands results from agent to agent. Makespan, quality, letters and cost come out of the task graph, the latencies
 * and the queues of the agents.
 */
import { RandomStream } from '../clock/random.ts';
import { fourRegions, measureKm, type PeerPlaces } from '../network/places.ts';
import type { RunResult, ScenarioModel } from '../scenario/model.ts';
import {
  checkFaults,
  type FaultEntry,
  faultsField,
  type LinkSettings,
  networkField,
  toFaultRules,
} from '../scenario/network-keys.ts';
import { integer, number, required, share } from '../scenario/shape.ts';
import { SmallWorld } from '../small-world/index.ts';
import { Contract } from './job/contract.ts';
import { Crew } from './job/job-crew.ts';
import { type JobPart, type JobPlan, planApp, planRegions } from './job/job-plan.ts';

const arms = ['sequential', 'independent', 'supervisor', 'mesh'] as const;

interface JobScenario {
  readonly agents: number;
  readonly network: LinkSettings;
  readonly faults?: readonly FaultEntry[];
  readonly job: 'app' | 'regions';
  readonly modules: number;
  readonly arm: (typeof arms)[number];
  readonly handleMs: number;
  readonly bidders: number;
  readonly bidWindowMs: number;
  readonly bidThinkMs: number;
  readonly conventionShare: number;
}

const leaseMs = 30_000;
/** Ways to settle what the parts of an app must agree on. */
const conventionCount = 4;

export const jobModel: ScenarioModel = {
  name: 'job',
  about: 'one job by one agent, by a supervisor, by independent agents and by a mesh of contracts',
  keys: {
    agents: {
      ...required(integer(2, 2000)),
      note: 'the first asks, and supervises where there is a supervisor',
    },
    network: { ...networkField, isRequired: true },
    faults: faultsField,
    job: required({ type: 'text', oneOf: ['app', 'regions'] }),
    modules: { ...required(integer(0, 1000)), note: 'of an app; 0: one for each five agents' },
    arm: required({ type: 'text', oneOf: arms }),
    handleMs: {
      ...required(number(0)),
      note: 'mean time that a supervisor takes for each result and each order',
    },
    bidders: { ...required(integer(1, 64)), note: 'agents that a call goes to' },
    bidWindowMs: required(number(1)),
    bidThinkMs: { ...required(number(0)), note: 'an agent’s time for one bid' },
    conventionShare: {
      ...required(share),
      note: 'chance that an agent that hears nobody settles an open question as most would',
    },
  },
  metrics: {
    makespanMs: 'virtual ms from the request to the last part',
    speedup: 'time of one agent after another ÷ makespan',
    quality: 'modules that fit the others, 0 to 1',
    letters: 'letters said',
    lettersPerPart: 'letters per part',
    costMs: 'agent time: work, planning, handling, bids',
    costOverWork: 'agent time ÷ time of one agent after another',
    hubOverhead: 'of a supervisor: makespan ÷ makespan if it handled in no time, less 1; else 0',
  },
  check: checkFaults,
  run(settings, seed) {
    const scenario = settings as unknown as JobScenario;
    const free =
      scenario.arm === 'supervisor'
        ? new JobRun({ ...scenario, handleMs: 0 }, seed).run().metrics.makespanMs
        : undefined;
    return new JobRun(scenario, seed).run(free);
  },
};

/** Agent 0 asks; the last part is done where the job began. */
class JobRun {
  readonly #scenario: JobScenario;
  readonly #world: SmallWorld;
  readonly #crew: Crew;
  readonly #random: RandomStream;
  readonly #plan: JobPlan;
  readonly #done = new Set<number>();
  readonly #begun = new Set<number>();
  readonly #contracts = new Map<string, Contract>();
  /** What agents settled for each module. */
  readonly #conventions: number[];
  readonly #orderedUntilMs: number[] = [];
  #isOver = false;

  constructor(scenario: JobScenario, seed: number) {
    this.#scenario = scenario;
    const { agents, job, modules } = scenario;
    this.#world = new SmallWorld({
      seed,
      agentCount: agents,
      link: scenario.network,
      places: spread(agents),
      faults: toFaultRules(scenario.faults ?? [], agents, RandomStream.fromSeed(seed).split('faults')),
    });
    this.#random = this.#world.random.split('job');
    this.#crew = new Crew(this.#world, this.#random.split('crew'));
    this.#plan =
      job === 'regions'
        ? planRegions()
        : planApp(modules > 0 ? modules : Math.max(1, Math.round(agents / 5)));
    this.#conventions = Array.from({ length: this.#plan.moduleCount }, () => 0);
    this.#world.log.name(0, scenario.arm === 'supervisor' ? 'supervisor' : 'asker');
    for (let agent = 0; agent < agents; agent++)
      this.#world.settle(agent, { hear: (letter) => this.#hear(letter.type, letter) });
  }

  run(makespanOfFreeHub?: number): RunResult {
    const { parts } = this.#plan;
    const alone = parts.reduce((sum, part) => sum + part.workMs, 0);
    const { arm } = this.#scenario;
    if (arm === 'sequential') this.#doAll(0, parts, () => this.#end());
    else if (arm === 'independent') this.#goAlone();
    else this.#do(0, parts[0]!);
    this.#world.run(10 * alone + 600_000, () => this.#isOver);
    const makespanMs = this.#world.elapsedMs;
    const { letterCount } = this.#world;
    const { costMs } = this.#crew;
    return this.#world.finish({
      makespanMs,
      speedup: alone / makespanMs,
      quality: this.#isOver ? this.#measureFit() : 0,
      letters: letterCount,
      lettersPerPart: letterCount / parts.length,
      costMs,
      costOverWork: costMs / alone,
      hubOverhead: makespanOfFreeHub === undefined ? 0 : makespanMs / makespanOfFreeHub - 1,
    });
  }

  #end(): void {
    this.#isOver = true;
    this.#world.log.note(this.#world.elapsedMs, 'done', {});
  }

  #hear(type: string, letter: Parameters<Contract['hear']>[0]): void {
    const { body, to } = letter;
    const found = this.#contracts.get(letter.thread);
    if (found !== undefined) return found.hear(letter);
    const { part, module } = body as { readonly part?: number; readonly module?: number };
    if (type === 'handed-in') return this.#finishAlone(module!);
    if (type === 'order') return this.#do(to, this.#plan.parts[part!]!);
    // A supervisor reads a result before anything follows from it.
    if (type === 'result')
      this.#crew.occupy(0, this.#random.exponential(this.#scenario.handleMs), () => this.#finish(part!));
  }

  /** Do a part oneself, then tell whoever waits for it. */
  #do(agent: number, part: JobPart): void {
    this.#begun.add(part.number);
    this.#crew.occupy(agent, this.#crew.durationOf(agent, part), () => {
      if (agent === 0) return this.#finish(part.number);
      const body = { part: part.number, content: 'x'.repeat(part.bytes) };
      this.#world.send(agent, 0, 'result', body, `order-${part.number}`);
    });
  }

  #finish(number: number): void {
    this.#done.add(number);
    this.#world.log.note(this.#world.elapsedMs, 'part', { part: number });
    const { parts } = this.#plan;
    if (number === parts.length - 1) return this.#end();
    for (const part of parts) {
      const isReady = part.waitsFor.every((one) => this.#done.has(one));
      if (!isReady || this.#begun.has(part.number)) continue;
      this.#begun.add(part.number);
      this.#give(part);
    }
  }

  #give(part: JobPart): void {
    // The asker puts the whole together itself.
    if (part.module < 0) return this.#do(0, part);
    if (this.#scenario.arm === 'supervisor') this.#order(part);
    else this.#call(part);
  }

  /** To whom the supervisor knows to be free soonest. */
  #order(part: JobPart): void {
    const { agents, handleMs } = this.#scenario;
    const able = this.#crew.listSkilled(part.skill, 0, agents);
    const worker = able.reduce((best, one) =>
      this.#endAt(one, part) < this.#endAt(best, part) ? one : best,
    );
    this.#orderedUntilMs[worker] = this.#endAt(worker, part);
    this.#crew.occupy(0, this.#random.exponential(handleMs), () =>
      this.#world.send(
        0,
        worker,
        'order',
        { part: part.number, content: 'x'.repeat(part.bytes) },
        `order-${part.number}`,
      ),
    );
  }

  /** What the supervisor knows: its own orders. */
  #endAt(agent: number, part: JobPart): number {
    const freeAtMs = Math.max(this.#world.nowMs, this.#orderedUntilMs[agent] ?? 0);
    return freeAtMs + this.#crew.durationOf(agent, part);
  }

  /** An app's modules have each a lead; of a few regions the asker keeps the lead itself. */
  #leadOf({ module }: JobPart): number {
    const { job, agents } = this.#scenario;
    return job === 'regions' ? 0 : 1 + (module % Math.max(1, agents - 1));
  }

  #callAgain(part: JobPart, attempt: number): void {
    this.#world.after(this.#leadOf(part), 1, () => this.#call(part, attempt + 1));
  }

  /** The module's lead calls for bids among agents that semantic addressing would name. */
  #call(part: JobPart, attempt = 1): void {
    const { agents, bidders, bidWindowMs, bidThinkMs } = this.#scenario;
    const lead = this.#leadOf(part);
    const from = this.#random.below(Math.max(1, agents - 1));
    const named = this.#crew.listSkilled(part.skill, from, bidders).filter((agent) => agent !== lead);
    const contract = new Contract({
      ...{
        crew: this.#crew,
        part,
        asker: lead,
        bidders: named.length > 0 ? named : [0],
        bidWindowMs,
        bidThinkMs,
      },
      ...{ attempt, leaseMs, onResult: () => this.#finish(part.number) },
      onFailure: () => this.#callAgain(part, attempt),
    });
    this.#contracts.set(contract.thread, contract);
  }

  #doAll(agent: number, parts: readonly JobPart[], then: () => void): void {
    const [first, ...rest] = parts;
    if (first === undefined) return then();
    // One agent that does everything is made for everything.
    this.#crew.occupy(agent, agent === 0 ? first.workMs : this.#crew.durationOf(agent, first), () => {
      this.#done.add(first.number);
      this.#doAll(agent, rest, then);
    });
  }

  /** Each plans for itself, does its modules alone and hands them in. */
  #goAlone(): void {
    const { parts, moduleCount } = this.#plan;
    const { agents, conventionShare } = this.#scenario;
    for (let module = 0; module < moduleCount; module++) {
      const agent = module % agents;
      const own = parts.filter((part) => part.module === module);
      // Whoever has no module waits; whoever has several plans once.
      const todo = module < agents ? [parts[0]!, ...own] : own;
      const isUsual = this.#random.unit() < conventionShare;
      const convention = isUsual ? 0 : 1 + this.#random.below(conventionCount - 1);
      this.#conventions[module] = module < agents ? convention : this.#conventions[agent]!;
      this.#doAll(agent, todo, () => this.#world.send(agent, 0, 'handed-in', { module }, `module-${module}`));
    }
  }

  #finishAlone(module: number): void {
    this.#done.add(-1 - module);
    const handedIn = [...this.#done].filter((number) => number < 0).length;
    if (handedIn < this.#plan.moduleCount) return;
    this.#crew.occupy(0, this.#plan.parts.at(-1)!.workMs, () => this.#end());
  }

  #measureFit(): number {
    const counts = Array.from({ length: conventionCount }, () => 0);
    for (const convention of this.#conventions) counts[convention]!++;
    return Math.max(...counts) / this.#conventions.length;
  }
}

/** Agents in turn over the four regions. */
function spread(agentCount: number): PeerPlaces {
  const regions = Uint8Array.from({ length: agentCount }, (_, agent) => agent % fourRegions.length);
  const at = (agent: number) => fourRegions[regions[agent]!]!;
  return {
    regions,
    distanceKm: (a, b) => measureKm(at(a).latitude, at(a).longitude, at(b).latitude, at(b).longitude),
  };
}
