/**
 * Agents drift from their first behaviour as their context fills, and drifting costs quality. Three remedies, alone
 * and together: consolidation empties the context, routing follows the rank factors of the drift watch that ships,
 * anchoring shows an agent its own best outputs when the watch asks for it. What is put in is how fast agents drift and
 * what a distance costs; what a remedy saves comes out.
 * @see Rath 2026, Agent drift (the remedies and their published 35, 42, 28 and together 82 % on language models)
 */
import { createDriftWatch, rankWorkers } from '../../discovery/learning/index.ts';
import { RandomStream } from '../clock/random.ts';
import type { RunResult, ScenarioModel, SeriesPoint } from '../scenario/model.ts';
import { checkFaults, type LinkSettings, networkField } from '../scenario/network-keys.ts';
import { integer, number, required, share } from '../scenario/shape.ts';
import { createOwnBook, type Letter, type OwnBook, SmallWorld } from '../small-world/index.ts';

const remedies = ['none', 'consolidation', 'routing', 'anchoring', 'all'] as const;
type Remedy = (typeof remedies)[number];

interface DriftScenario {
  readonly agents: number;
  readonly network: LinkSettings;
  readonly remedy: Remedy;
  readonly tasks: number;
  readonly workMs: number;
  readonly driftPerTask: number;
  readonly driftingShare: number;
  readonly costOfDistance: number;
  readonly consolidateEvery: number;
  readonly noise: number;
}

/** Enough that unrelated styles are nearly orthogonal. */
const dimensions = 32;
/** So far an agent comes back towards its best outputs when it is shown them. Judgement. */
const anchorShare = 0.5;
/** Every agent does a task well so often while it has not drifted. */
const skill = 0.9;
const kind = 'work';

export const driftModel: ScenarioModel = {
  name: 'drift',
  about:
    'agents that drift as their context fills, with the drift watch of discovery/learning and three remedies',
  keys: {
    agents: { ...required(integer(2, 200)), note: 'workers; one more asks' },
    network: { ...networkField, isRequired: true },
    remedy: required({ type: 'text', oneOf: remedies }),
    tasks: { ...required(integer(10, 100_000)), note: 'given out one after another' },
    workMs: required(number(1)),
    driftPerTask: {
      ...required(number(0, 1)),
      note: 'step of a drifting agent’s style, times its context in tasks',
    },
    driftingShare: { ...required(share), note: 'agents that drift at all' },
    costOfDistance: {
      ...required(number(0, 10)),
      note: 'chance of success lost per unit of cosine distance',
    },
    consolidateEvery: { ...required(integer(1, 10_000)), note: 'tasks after which the context is emptied' },
    noise: { ...required(number(0, 2)), note: 'of a single output around its agent’s style' },
  },
  metrics: {
    lossShare: 'successes lost to drift, of those possible without it, 0 to 1',
    lossAvoided: 'share of the loss without remedy, same seed, that the remedy avoids',
    distance: 'mean cosine distance of the agents’ styles from their first, at the end',
    successShare: 'tasks that went well, 0 to 1',
    alarms: 'times the watch asked an agent to re-anchor',
    falseAlarms: 'of them, those of agents that do not drift',
    lettersPerTask: 'letters per task',
  },
  check: checkFaults,
  run(settings, seed) {
    const scenario = settings as unknown as DriftScenario;
    const bare =
      scenario.remedy === 'none' ? undefined : new DriftRun({ ...scenario, remedy: 'none' }, seed).run();
    return new DriftRun(scenario, seed).run(bare?.metrics.lossShare);
  },
};

interface Worker {
  style: Float64Array;
  readonly first: Float64Array;
  readonly direction: Float64Array;
  readonly isDrifting: boolean;
  context: number;
  factor: number;
  readonly outputs: Map<string, Float64Array>;
}

interface Made {
  readonly task: number;
  readonly isGood: boolean;
  readonly vector: Float32Array;
}

/** Agent 0 asks, judges and watches. */
class DriftRun {
  readonly #scenario: DriftScenario;
  readonly #world: SmallWorld;
  readonly #random: RandomStream;
  readonly #workers: readonly Worker[];
  readonly #watch = createDriftWatch();
  readonly #book: OwnBook;
  readonly #made = new Map<number, Made>();
  readonly #counts = { done: 0, good: 0, possible: 0, alarms: 0, falseAlarms: 0 };
  readonly #series: SeriesPoint[] = [];

  constructor(scenario: DriftScenario, seed: number) {
    this.#scenario = scenario;
    const { agents } = scenario;
    this.#world = new SmallWorld({ seed, agentCount: agents + 1, link: scenario.network });
    this.#random = RandomStream.fromSeed(seed).split('drift');
    this.#book = createOwnBook(this.#world, 0);
    const draw = this.#random.split('workers');
    const driftingCount = Math.round(agents * scenario.driftingShare);
    this.#workers = Array.from({ length: agents }, (_, i) => {
      const first = unit(drawVector(draw));
      const [style, direction] = [first, unit(drawVector(draw))];
      return {
        style,
        first,
        direction,
        isDrifting: i < driftingCount,
        context: 0,
        factor: 1,
        outputs: new Map(),
      };
    });
    this.#world.log.name(0, 'asker');
    this.#world.settle(0, { hear: (letter) => this.#judge(letter) });
    this.#workers.forEach((worker, i) => {
      if (worker.isDrifting) this.#world.log.name(i + 1, 'drifting');
      this.#world.settle(i + 1, { hear: (letter) => this.#hear(letter) });
    });
  }

  run(lossWithout?: number): RunResult {
    const { tasks, workMs, agents } = this.#scenario;
    const world = this.#world;
    this.#giveNext();
    world.run(tasks * workMs * 50, () => this.#counts.done === tasks);
    const { good, possible, alarms, falseAlarms } = this.#counts;
    const loss = possible === 0 ? 0 : (possible - good) / possible;
    const distances = this.#workers.map(({ style, first }) => 1 - dot(style, first));
    return world.finish(
      {
        lossShare: loss,
        lossAvoided: lossWithout === undefined || lossWithout <= 0 ? 0 : 1 - loss / lossWithout,
        distance: distances.reduce((a, b) => a + b, 0) / agents,
        successShare: good / tasks,
        alarms,
        falseAlarms,
        lettersPerTask: world.letterCount / tasks,
      },
      this.#series,
    );
  }

  #giveNext(): void {
    const task = this.#counts.done;
    const worker = this.#choose(task);
    this.#world.send(0, worker + 1, 'task', { task }, `task-${task}`);
  }

  /** In turn; or, with routing, the best by the playbook times the watch's factor. */
  #choose(task: number): number {
    const { remedy, agents } = this.#scenario;
    if (remedy !== 'routing' && remedy !== 'all') return task % agents;
    const options = this.#workers.map((worker, i) => ({
      agent: this.#world.dids[i + 1]!,
      expectation: this.#book.expect(kind, i + 1, skill),
      cost: 0,
      rankFactor: worker.factor,
    }));
    // The three best take turns, so that no agent's context fills alone.
    const ranked = rankWorkers(options).slice(0, Math.max(1, Math.ceil(agents / 3)));
    return this.#world.indexOf(ranked[task % ranked.length]!.agent) - 1;
  }

  #hear({ to, type, body }: Letter): void {
    if (type === 'anchor')
      return this.#anchor(this.#workers[to - 1]!, (body as { examples: string[] }).examples);
    const { task } = body as { readonly task: number };
    this.#world.after(to, this.#random.exponential(this.#scenario.workMs), () => this.#make(to, task));
  }

  #make(agent: number, task: number): void {
    const { remedy, consolidateEvery, driftPerTask, costOfDistance, noise } = this.#scenario;
    const worker = this.#workers[agent - 1]!;
    worker.context++;
    if (worker.isDrifting) worker.style = step(worker.style, worker.direction, driftPerTask * worker.context);
    const distance = Math.max(0, 1 - dot(worker.style, worker.first));
    // One draw decides both what would have gone well and what did: the loss is that of drift alone.
    const luck = this.#random.unit();
    const isGood = luck < skill * Math.max(0, 1 - costOfDistance * distance);
    if (luck < skill) this.#counts.possible++;
    const vector = jitter(worker.style, noise, this.#random);
    worker.outputs.set(String(task), worker.style);
    this.#made.set(task, { task, isGood, vector });
    if ((remedy === 'consolidation' || remedy === 'all') && worker.context >= consolidateEvery)
      worker.context = 0;
    this.#world.send(agent, 0, 'made', { task }, `task-${task}`);
  }

  #judge({ from, body }: Letter): void {
    const { task, isGood, vector } = this.#made.get((body as { task: number }).task)!;
    const world = this.#world;
    this.#made.delete(task);
    this.#counts.done++;
    if (isGood) this.#counts.good++;
    this.#book.learn(from, kind, Number(isGood));
    const score = isGood ? 1 : 0;
    const input = {
      type: 'output-observed',
      atMs: world.nowMs,
      agent: world.dids[from]!,
      output: String(task),
    } as const;
    for (const effect of this.#watch.step({ ...input, vector, score })) {
      if (effect.type === 'set-rank-factor') this.#workers[from - 1]!.factor = effect.factor;
      if (effect.type === 'ask-reanchor') this.#askBack(from, effect.examples, task);
    }
    const every = Math.max(1, Math.floor(this.#scenario.tasks / 40));
    if (this.#counts.done % every === 0)
      this.#series.push({
        metric: 'success',
        at: this.#counts.done,
        value: this.#counts.good / this.#counts.done,
      });
    if (this.#counts.done < this.#scenario.tasks) this.#giveNext();
  }

  #askBack(agent: number, examples: readonly string[], task: number): void {
    const { remedy } = this.#scenario;
    this.#counts.alarms++;
    if (!this.#workers[agent - 1]!.isDrifting) this.#counts.falseAlarms++;
    this.#world.log.note(this.#world.elapsedMs, 'alarm', { agent, task });
    if (remedy === 'anchoring' || remedy === 'all')
      this.#world.send(0, agent, 'anchor', { examples }, `task-${task}`);
  }

  /** Halfway back to what its best outputs had in common. */
  #anchor(worker: Worker, examples: readonly string[]): void {
    const shown = examples.flatMap((output) => worker.outputs.get(output) ?? []);
    if (shown.length === 0) return;
    const mean = new Float64Array(dimensions);
    for (const one of shown)
      one.forEach((value, i) => {
        mean[i]! += value / shown.length;
      });
    worker.style = unit(worker.style.map((value, i) => (1 - anchorShare) * value + anchorShare * mean[i]!));
  }
}

function drawVector(random: RandomStream): Float64Array {
  return Float64Array.from({ length: dimensions }, () => random.normal());
}

function unit(vector: Float64Array): Float64Array {
  const norm = Math.sqrt(dot(vector, vector));
  return vector.map((value) => value / norm);
}

function step(style: Float64Array, direction: Float64Array, length: number): Float64Array {
  return unit(style.map((value, i) => value + length * direction[i]!));
}

function jitter(style: Float64Array, noise: number, random: RandomStream): Float32Array {
  const scale = noise / Math.sqrt(dimensions);
  return Float32Array.from(unit(style.map((value) => value + scale * random.normal())));
}

function dot(a: Float64Array, b: Float64Array): number {
  return a.reduce((sum, value, i) => sum + value * b[i]!, 0);
}
