/**
 * A pile of review tasks shared without talking. Every agent sees the same list; in all arms but `memory` it sees the
 * finished work of the others as well. With traces it leaves a mark when it takes a task and takes the least marked
 * one; the marks are deposits in the shared memory and travel as its frames do. The ablations sense none, or marks
 * that were put at random tasks; `memory` is random choice that remembers its own work alone.
 * @see Grassé 1959; Bonabeau, Dorigo and Theraulaz 1999 (task sharing by marks)
 */
import { claimEdit } from '../../crdt/index.ts';
import { strengthAt } from '../../crdt/traces/index.ts';
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
import { SharedMemory, SmallWorld } from '../small-world/index.ts';

interface TracesScenario {
  readonly agents: number;
  readonly tasks: number;
  readonly network: LinkSettings;
  readonly faults?: readonly FaultEntry[];
  readonly workMs: number;
  readonly halfLifeMs: number;
  readonly traces: 'on' | 'off' | 'random' | 'memory';
  readonly deathShare?: number;
}

/** A mark at least so strong says that somebody is at it: one deposit, up to one half-life ago. */
const takenFrom = strengthAt({ amount: 1, halfLifeMs: 1, at: 0 }, 1);
/** Who finds everything taken looks again after this share of a mean work. Judgement. */
const waitShare = 0.1;
/** Nobody works for longer than so many times the whole pile, shared fairly. */
const patience = 20;

export const tracesModel: ScenarioModel = {
  name: 'traces',
  about: 'a pile of tasks shared by evaporating marks in the shared memory (crdt/traces), with ablations',
  keys: {
    agents: { ...required(integer(1, 60)), note: 'each with a replica of its own' },
    tasks: required(integer(1, 1000)),
    network: { ...networkField, isRequired: true },
    faults: faultsField,
    workMs: { ...required(number(1)), note: 'mean time a task takes, exponential' },
    halfLifeMs: { ...required(number(100)), note: 'of a mark' },
    traces: required({ type: 'text', oneOf: ['on', 'off', 'random', 'memory'] }),
    deathShare: { ...optional(share), note: 'agents that die at their first task and leave its mark behind' },
  },
  metrics: {
    makespanMs: 'virtual ms until every task was done at least once',
    doubleWork: 'tasks begun again although they were done or under way, per task',
    wastedMs: 'work on tasks that another finished or would finish, per agent',
    waitedMs: 'time that agents waited although tasks were open and nobody was at them, per agent',
    speedup: 'work of all tasks ÷ makespan: agents at best',
    packetsPerTask: 'packets on the wire per task',
  },
  check: checkFaults,
  run: (settings, seed) => new TraceRun(settings as unknown as TracesScenario, seed).run(),
};

class TraceRun {
  readonly #scenario: TracesScenario;
  readonly #world: SmallWorld;
  readonly #memory: SharedMemory;
  readonly #random: RandomStream;
  readonly #works: readonly number[];
  /** What is true, whoever knows it. */
  readonly #done: boolean[];
  readonly #underWay: number[];
  /** What each agent knows to be finished. */
  readonly #known: readonly Set<number>[];
  readonly #dying: ReadonlySet<number>;
  readonly #counts = { started: 0, done: 0, wastedMs: 0, waitedMs: 0 };

  constructor(scenario: TracesScenario, seed: number) {
    this.#scenario = scenario;
    const { agents, tasks } = scenario;
    this.#world = new SmallWorld({
      seed,
      agentCount: agents,
      link: scenario.network,
      faults: toFaultRules(scenario.faults ?? [], agents, RandomStream.fromSeed(seed).split('faults')),
    });
    this.#random = this.#world.random.split('tasks');
    this.#works = Array.from({ length: tasks }, () => this.#random.exponential(scenario.workMs));
    this.#done = this.#works.map(() => false);
    this.#underWay = this.#works.map(() => 0);
    this.#known = Array.from({ length: agents }, () => new Set<number>());
    const order = this.#random.shuffle(Array.from({ length: agents }, (_, i) => i));
    this.#dying = new Set(order.slice(0, Math.round(agents * (scenario.deathShare ?? 0))));
    this.#memory = new SharedMemory(this.#world, {
      onChange: (agent, changes) => {
        if (scenario.traces === 'memory') return;
        for (const { key } of changes)
          if (key.startsWith('e/done-')) this.#known[agent]!.add(Number(key.slice(7)));
      },
    });
  }

  run(): RunResult {
    const { agents, tasks, workMs } = this.#scenario;
    const world = this.#world;
    // Agents come one after another within one mean task, as machines that join do.
    for (let agent = 0; agent < agents; agent++)
      world.after(agent, this.#random.unit() * workMs, () => this.#choose(agent));
    const total = this.#works.reduce((sum, ms) => sum + ms, 0);
    world.run((patience * total) / agents + patience * workMs, () => this.#counts.done === tasks);
    const { started, wastedMs, waitedMs } = this.#counts;
    return world.finish({
      makespanMs: world.elapsedMs,
      doubleWork: started / tasks - 1,
      wastedMs: wastedMs / agents,
      waitedMs: waitedMs / agents,
      speedup: total / world.elapsedMs,
      packetsPerTask: world.packetCount / tasks,
    });
  }

  #choose(agent: number): void {
    const open = this.#works.flatMap((_, task) => (this.#known[agent]!.has(task) ? [] : [task]));
    if (open.length === 0) return;
    const marks = this.#sense(agent);
    const strength = (task: number) => marks.get(task) ?? 0;
    const least = Math.min(...open.map(strength));
    if (least >= takenFrom) return this.#wait(agent);
    const best = open.filter((task) => strength(task) <= least);
    this.#take(agent, best[this.#random.below(best.length)]!);
  }

  #wait(agent: number): void {
    const waitMs = waitShare * this.#scenario.workMs;
    const isNeedless = this.#works.some((_, task) => !this.#done[task] && this.#underWay[task] === 0);
    if (isNeedless) this.#counts.waitedMs += waitMs;
    this.#world.after(agent, waitMs, () => this.#choose(agent));
  }

  #take(agent: number, task: number): void {
    const world = this.#world;
    this.#counts.started++;
    this.#underWay[task]!++;
    const isDouble = this.#done[task] || this.#underWay[task]! > 1;
    world.log.note(world.elapsedMs, 'take', { agent, task, isDouble });
    this.#mark(agent, task);
    if (this.#dying.has(agent)) {
      world.after(agent, this.#works[task]! / 2, () => {
        this.#underWay[task]!--;
        world.crash(agent);
      });
      return;
    }
    world.after(agent, this.#works[task]!, () => {
      this.#underWay[task]!--;
      if (isDouble) this.#counts.wastedMs += this.#works[task]!;
      if (!this.#done[task]) this.#counts.done++;
      this.#done[task] = true;
      this.#known[agent]!.add(task);
      this.#write(agent, claimEdit(`done-${task}`, { type: 'solution', text: `review of task ${task}` }));
      this.#choose(agent);
    });
  }

  #mark(agent: number, task: number): void {
    const { traces, tasks, halfLifeMs } = this.#scenario;
    if (traces === 'off' || traces === 'memory') return;
    const marked = traces === 'random' ? this.#random.below(tasks) : task;
    const { traces: view, author } = this.#memory.agents[agent]!;
    const deposit = { location: `tasks/${marked}`, kind: 'taken', amount: 1, halfLifeMs };
    this.#write(agent, view.deposit(author, deposit, this.#world.nowMs));
  }

  #write(agent: number, edit: ReturnType<typeof claimEdit>): void {
    if (edit.ok) this.#memory.agents[agent]!.write([edit.value]);
  }

  /** Strength of the marks at each task, as this agent's replica shows them. */
  #sense(agent: number): ReadonlyMap<number, number> {
    const { traces } = this.#scenario;
    if (traces === 'off' || traces === 'memory') return new Map();
    const found = this.#memory.agents[agent]!.traces.sense('tasks/', this.#world.nowMs, true);
    return new Map(found.map(({ location, amount }) => [Number(location.slice('tasks/'.length)), amount]));
  }
}
