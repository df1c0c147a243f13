/**
 * Task sharing by marks alone: agents take tasks without talking, and sense which ones others have taken. The marks
 * are those of the shared memory; the ablations sense none, or marks moved to random tasks.
 */
import { TraceView } from '../../crdt/traces/index.ts';
import type { Did } from '../../protocol/brand.ts';
import { RunDigest } from '../clock/digest.ts';
import { RandomStream } from '../clock/random.ts';
import type { RunResult, ScenarioModel } from '../scenario/model.ts';
import { integer, number, required } from '../scenario/shape.ts';

interface TracesScenario {
  readonly agents: number;
  readonly tasks: number;
  readonly workMs: number;
  readonly halfLifeMs: number;
  readonly delayMs: number;
  readonly traces: 'on' | 'off' | 'random';
}

export const tracesModel: ScenarioModel = {
  name: 'traces',
  about: 'agents that share tasks by evaporating marks instead of messages, with ablations',
  keys: {
    agents: { ...required(integer(1, 1000)), note: 'how many' },
    tasks: required(integer(1, 10_000)),
    workMs: { ...required(number(1)), note: 'mean time a task takes' },
    halfLifeMs: { ...required(number(100)), note: 'of a mark' },
    delayMs: { ...required(number(0)), note: 'until others sense a mark' },
    traces: required({ type: 'text', oneOf: ['on', 'off', 'random'] }),
  },
  metrics: {
    makespanMs: 'virtual ms until every task was done at least once',
    doubleWork: 'tasks done again although they were done or under way, per task',
    speedup: 'work of all tasks ÷ makespan: agents at best',
  },
  run: (settings, seed) => runTraces(settings as unknown as TracesScenario, seed),
};

interface Finish {
  readonly atMs: number;
  readonly agent: number;
  readonly task: number;
}

function runTraces(scenario: TracesScenario, seed: number): RunResult {
  const random = RandomStream.fromSeed(seed).split('traces');
  const works = Array.from({ length: scenario.tasks }, () => random.exponential(scenario.workMs));
  const marks = new DelayedMarks(scenario, random.split('marks'));
  const isDone = new Uint8Array(scenario.tasks);
  /** What an agent itself has done it does not do again, marks or not. */
  const ownDone = Array.from({ length: scenario.agents }, () => new Set<number>());
  const digest = new RunDigest();
  const working: Finish[] = [];
  let startedCount = 0;
  const take = (agent: number, nowMs: number) => {
    const task = choose(scenario, random, marks.sensed(nowMs), ownDone[agent]!);
    if (task === undefined) return;
    startedCount++;
    marks.leave(agent, task, nowMs);
    working.push({ atMs: nowMs + works[task]!, agent, task });
  };
  // Agents come one after another within one mean task, as machines that join do.
  for (let agent = 0; agent < scenario.agents; agent++)
    working.push({ atMs: random.unit() * scenario.workMs, agent, task: -1 });
  let doneCount = 0;
  let nowMs = 0;
  while (doneCount < scenario.tasks && working.length > 0) {
    const next = working.reduce((best, one, i) => (one.atMs < working[best]!.atMs ? i : best), 0);
    const { agent, task, atMs } = working.splice(next, 1)[0]!;
    nowMs = atMs;
    digest.add(Math.round(nowMs * 1000), agent, task);
    if (task >= 0) {
      ownDone[agent]!.add(task);
      marks.leave(agent, task, nowMs);
      if (isDone[task] === 0) doneCount++;
      isDone[task] = 1;
    }
    take(agent, nowMs);
  }
  return {
    metrics: {
      makespanMs: nowMs,
      doubleWork: startedCount / scenario.tasks - 1,
      speedup: works.reduce((sum, ms) => sum + ms, 0) / nowMs,
    },
    digest: digest.toString(),
    eventCount: startedCount,
  };
}

/** The least marked of a few random tasks that it has not done itself. */
function choose(
  { tasks }: TracesScenario,
  random: RandomStream,
  sensed: ReadonlyMap<number, number>,
  own: ReadonlySet<number>,
): number | undefined {
  const open = Array.from({ length: tasks }, (_, task) => task).filter((task) => !own.has(task));
  if (open.length === 0) return undefined;
  const strength = (task: number) => sensed.get(task) ?? 0;
  const least = Math.min(...open.map(strength));
  const best = open.filter((task) => strength(task) <= least);
  return best[random.below(best.length)];
}

/** The trace view that ships, fed as replication feeds it: later than written. */
class DelayedMarks {
  readonly #view = new TraceView();
  readonly #scenario: TracesScenario;
  readonly #random: RandomStream;
  readonly #waiting: {
    readonly dueMs: number;
    readonly agent: number;
    readonly task: number;
    readonly atMs: number;
  }[] = [];

  constructor(scenario: TracesScenario, random: RandomStream) {
    this.#scenario = scenario;
    this.#random = random;
  }

  leave(agent: number, task: number, atMs: number): void {
    const { traces, delayMs, tasks } = this.#scenario;
    if (traces === 'off') return;
    const marked = traces === 'random' ? this.#random.below(tasks) : task;
    this.#waiting.push({ dueMs: atMs + delayMs, agent, task: marked, atMs });
  }

  /** Strength of the marks at each task. */
  sensed(nowMs: number): ReadonlyMap<number, number> {
    while (this.#waiting.length > 0 && this.#waiting[0]!.dueMs <= nowMs) this.#apply(this.#waiting.shift()!);
    const found = this.#view.sense('tasks/', nowMs, true);
    return new Map(found.map(({ location, amount }) => [Number(location.slice('tasks/'.length)), amount]));
  }

  #apply({ agent, task, atMs }: { agent: number; task: number; atMs: number }): void {
    const author = `did:key:agent${agent}` as Did;
    const deposit = {
      location: `tasks/${task}`,
      kind: 'taken',
      amount: 1,
      halfLifeMs: this.#scenario.halfLifeMs,
    };
    const edit = this.#view.deposit(author, deposit, atMs);
    // Beyond its quota an agent leaves no further mark.
    if (!edit.ok) return;
    const mark = { epoch: 'e', seq: 0, at: atMs, members: '' };
    this.#view.apply([{ author, key: edit.value.key, value: edit.value.value, mark }]);
  }
}
