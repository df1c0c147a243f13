/**
 * Does remembering help? Three questions, each over many drawn worlds with the same draws for every policy.
 *
 * 1. 200 tasks of 3 kinds given to 12 agents whose chance of success per kind is hidden: Beta(2, 2). Each agent claims
 *    its chance with an error (normal, standard deviation 0.25, clamped to [0, 1]) and costs uniformly 0.05 to 0.35.
 *    Success is worth 2. *Memoryless* trusts the claims; *best so far* takes the best observed rate (the claim where
 *    nothing was observed).
 * 2. One of 8 equal agents drifts after 60 of its own outputs: the direction of its outputs turns, over 20 outputs,
 *    by 45 degrees. Outputs are unit vectors of 32 dimensions: a direction plus normal noise of the same length.
 * 3. A node without experience forms 10 teams for 4 skills out of 8 of 16 agents; a quarter of the agents overclaim
 *    by 0.4. It reads the playbook of 5 others who gave 40 jobs each, or it does not.
 */
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import {
  createDriftWatch,
  createPlaybook,
  type Play,
  type Playbook,
  rankWorkers,
  type SealedPlay,
} from '../../discovery/learning/index.ts';
import type { Did } from '../../protocol/brand.ts';
import { nothing } from '../../protocol/budget/index.ts';
import { chooseTeam } from '../../protocol/coalition/index.ts';
import type { Verified } from '../../protocol/signing.ts';
import { atLeast, atMost, type BenchReport, describeMachine } from './report.ts';

export interface LearningBenchOptions {
  /**
   * Drawn worlds per question. @default 4,000 for the first, whose gain over the best so far is below half a percentage
   * point (400 worlds leave an interval as wide), and 400 for the other two
   */
  readonly worldCount?: number;
  readonly seed?: number;
}

const taskCount = 200;
const minuteMs = 60_000;
/** What a success is worth, in the unit of the costs: how every policy weighs the two. */
const successWorth = 2;
const agents = Array.from({ length: 16 }, (_, i) => `did:key:agent${String(i).padStart(2, '0')}` as Did);

export async function runLearningBench(options: LearningBenchOptions = {}): Promise<BenchReport> {
  const draw = (count: number) => Array.from({ length: count }, (_, i) => (options.seed ?? 1) * 10_007 + i);
  const worlds = draw(options.worldCount ?? 400);
  const selectionWorlds = draw(options.worldCount ?? 4_000);
  const selection = measureSelection(selectionWorlds);
  const drift = measureDrift(worlds);
  const teams = measureFirstTeams(worlds);
  return {
    bench: 'learning',
    machine: describeMachine(),
    figures: {
      worlds: worlds.length,
      selectionWorlds: selectionWorlds.length,
      ...selection,
      ...drift,
      ...teams,
    },
    goals: [
      atLeast('success gained over memoryless, low end of 95 %', selection.successOverMemorylessLow, 0.001),
      atLeast('success gained over best so far, low end of 95 %', selection.successOverBestSoFarLow, 0.001),
      atLeast(
        'worth per task gained over best so far, low end of 95 %',
        selection.worthOverBestSoFarLow,
        0.001,
      ),
      atMost(
        'cost per success against memoryless, high end of 95 %',
        selection.costOverMemorylessHigh,
        -0.001,
      ),
      atMost(
        'cost per success against best so far, high end of 95 %',
        selection.costOverBestSoFarHigh,
        -0.001,
      ),
      atLeast(
        'success of the last 50 tasks over the first 50, low end of 95 %',
        selection.successRiseLow,
        0.001,
      ),
      atLeast('share of drifts detected within 50 interactions', drift.driftDetectedWithin50, 0.95),
      atMost('share of awards of a drifting agent, after over before', drift.driftShareAfterOverBefore, 0.5),
      atLeast('value of first teams gained by the playbook, low end of 95 %', teams.firstTeamGainLow, 0.001),
    ],
  };
}

type Policy = 'playbook' | 'memoryless' | 'bestSoFar';

interface Run {
  readonly success: number;
  readonly costPerSuccess: number;
  readonly early: number;
  readonly late: number;
  readonly costEarly: number;
  readonly costLate: number;
}

function measureSelection(worlds: readonly number[]) {
  const runs = worlds.map((seed) => ({
    playbook: runSelection(seed, 'playbook'),
    memoryless: runSelection(seed, 'memoryless'),
    bestSoFar: runSelection(seed, 'bestSoFar'),
  }));
  const differences = (of: (run: Run) => number, than: Policy) =>
    runs.map((run) => of(run.playbook) - of(run[than]));
  const success = (run: Run) => run.success;
  const cost = (run: Run) => run.costPerSuccess;
  const overMemoryless = interval(differences(success, 'memoryless'));
  const overBest = interval(differences(success, 'bestSoFar'));
  const costMemoryless = interval(differences(cost, 'memoryless'));
  const costBest = interval(differences(cost, 'bestSoFar'));
  const worth = (run: Run) => successWorth * run.success - run.success * run.costPerSuccess;
  const worthMemoryless = interval(differences(worth, 'memoryless'));
  const worthBest = interval(differences(worth, 'bestSoFar'));
  const rise = interval(runs.map((run) => run.playbook.late - run.playbook.early));
  const fall = interval(runs.map((run) => run.playbook.costLate - run.playbook.costEarly));
  return {
    successPlaybook: mean(runs.map((run) => run.playbook.success)),
    successMemoryless: mean(runs.map((run) => run.memoryless.success)),
    successBestSoFar: mean(runs.map((run) => run.bestSoFar.success)),
    ...{ successOverMemoryless: overMemoryless.mean, successOverMemorylessLow: overMemoryless.low },
    ...{ successOverBestSoFar: overBest.mean, successOverBestSoFarLow: overBest.low },
    costPlaybook: mean(runs.map((run) => run.playbook.costPerSuccess)),
    costMemoryless: mean(runs.map((run) => run.memoryless.costPerSuccess)),
    costBestSoFar: mean(runs.map((run) => run.bestSoFar.costPerSuccess)),
    ...{ costOverMemoryless: costMemoryless.mean, costOverMemorylessHigh: costMemoryless.high },
    ...{ costOverBestSoFar: costBest.mean, costOverBestSoFarHigh: costBest.high },
    ...{ worthOverMemoryless: worthMemoryless.mean, worthOverMemorylessLow: worthMemoryless.low },
    ...{ worthOverBestSoFar: worthBest.mean, worthOverBestSoFarLow: worthBest.low },
    ...{ successRise: rise.mean, successRiseLow: rise.low, costFall: fall.mean, costFallHigh: fall.high },
  };
}

function runSelection(seed: number, policy: Policy): Run {
  const draw = createDraw(seed);
  const field = agents.slice(0, 12);
  const kinds = ['diagnose', 'write', 'review'];
  const quality = kinds.map(() => field.map(() => draw.beta22()));
  const claims = quality.map((row) => row.map((truth) => clamp(truth + 0.25 * draw.normal())));
  const costs = field.map(() => 0.05 + 0.3 * draw.next());
  const tasks = Array.from({ length: taskCount }, () => ({
    kind: Math.floor(draw.next() * 3),
    luck: draw.next(),
  }));
  const asker = 'did:key:asker' as Did;
  const book = createPlaybook({ isOwn: (one) => one === asker });
  const tallies = kinds.map(() => field.map(() => ({ good: 0, count: 0 })));
  const log = tasks.map(({ kind, luck }, task) => {
    const nowMs = task * minuteMs;
    const chosen = choose(kind, nowMs);
    const isGood = luck < quality[kind]![chosen]!;
    const tally = tallies[kind]![chosen]!;
    tally.count += 1;
    tally.good += isGood ? 1 : 0;
    const members = [{ agent: field[chosen]!, skills: [] }];
    play(
      book,
      { asker, coalition: `${task}`, kind: kinds[kind]!, members, score: isGood ? 1 : 0, at: nowMs },
      nowMs,
    );
    return { isGood, cost: costs[chosen]! };
  });
  const rate = (part: typeof log) => part.filter((entry) => entry.isGood).length / part.length;
  const cost = (part: typeof log) =>
    part.reduce((sum, e) => sum + e.cost, 0) / Math.max(1, part.filter((e) => e.isGood).length);
  const [first, last] = [log.slice(0, 50), log.slice(-50)];
  return {
    success: rate(log),
    costPerSuccess: cost(log),
    early: rate(first),
    late: rate(last),
    costEarly: cost(first),
    costLate: cost(last),
  };

  function choose(kind: number, nowMs: number): number {
    if (policy === 'playbook') {
      const options = field.map((agent, i) => ({
        agent,
        expectation: book.expect(kinds[kind]!, agent, claims[kind]![i]!, nowMs),
        cost: costs[i]! / successWorth,
      }));
      return field.indexOf(rankWorkers(options)[0]!.agent);
    }
    const worth = field.map((_, i) => {
      const { good, count } = tallies[kind]![i]!;
      const known = policy === 'bestSoFar' && count > 0 ? good / count : claims[kind]![i]!;
      return known - costs[i]! / successWorth;
    });
    return worth.indexOf(Math.max(...worth));
  }
}

const dimensions = 32;
const driftAfter = 60;

function measureDrift(worlds: readonly number[]) {
  const runs = worlds.map(runDrift);
  const delays = runs.map((run) => run.delay).sort((a, b) => a - b);
  return {
    driftDetectedWithin50: delays.filter((delay) => delay <= 50).length / delays.length,
    driftDelayMedian: delays[delays.length >> 1]!,
    driftDelayWorst: delays.at(-1)!,
    driftShareBefore: mean(runs.map((run) => run.shareBefore)),
    driftShareAfter: mean(runs.map((run) => run.shareAfter)),
    driftShareAfterOverBefore:
      mean(runs.map((run) => run.shareAfter)) / mean(runs.map((run) => run.shareBefore)),
    /** Agents that did not drift, asked to re-anchor within some 160 outputs. */
    driftFalseAlarmShare: mean(runs.map((run) => run.falseAlarmShare)),
  };
}

function runDrift(seed: number) {
  const draw = createDraw(seed);
  const field = agents.slice(0, 8);
  const watch = createDriftWatch();
  const directions = field.map(() => unit(Array.from({ length: dimensions }, () => draw.normal())));
  const away = unit(
    removeAlong(
      Array.from({ length: dimensions }, () => draw.normal()),
      directions[0]!,
    ),
  );
  const outputs = field.map(() => 0);
  const factors = field.map(() => 1);
  const alarms = new Map<number, number>();
  const awards: number[] = [];
  let driftStart = -1;
  let alarmAt = -1;
  for (let task = 0; task < 1_600; task++) {
    const options = field.map((agent, i) => ({
      agent,
      // Equal agents: who is free first is chance.
      expectation: { mean: 0.8 + 0.1 * draw.next(), deviation: 0, evidence: 10 },
      cost: 0.1,
      rankFactor: factors[i]!,
    }));
    const chosen = field.indexOf(rankWorkers(options)[0]!.agent);
    awards.push(chosen);
    const count = ++outputs[chosen]!;
    if (chosen === 0 && count === driftAfter) driftStart = task;
    const turn = chosen === 0 ? (Math.PI / 4) * clamp((count - driftAfter) / 20) : 0;
    const base = directions[chosen]!.map((value, i) => Math.cos(turn) * value + Math.sin(turn) * away[i]!);
    const noisy = unit(base.map((value) => value + draw.normal() / Math.sqrt(dimensions)));
    const vector = Float32Array.from(noisy);
    for (const effect of watch.step({
      type: 'output-observed',
      atMs: task,
      agent: field[chosen]!,
      output: `${task}`,
      vector,
    })) {
      if (effect.type === 'set-rank-factor') factors[chosen] = effect.factor;
      if (effect.type === 'ask-reanchor' && (chosen !== 0 || driftStart >= 0) && !alarms.has(chosen)) {
        alarms.set(chosen, count - driftAfter);
        if (chosen === 0) alarmAt = task;
      }
    }
  }
  const share = (part: readonly number[]) =>
    part.length === 0 ? 0 : part.filter((one) => one === 0).length / part.length;
  return {
    delay: alarms.get(0) ?? Number.POSITIVE_INFINITY,
    shareBefore: share(awards.slice(0, Math.max(1, driftStart))),
    shareAfter: share(alarmAt < 0 ? awards : awards.slice(alarmAt + 1, alarmAt + 401)),
    falseAlarmShare: [...alarms.keys()].filter((agent) => agent !== 0).length / (field.length - 1),
  };
}

const skills = ['monitor', 'database', 'network', 'fix'];

function measureFirstTeams(worlds: readonly number[]) {
  const runs = worlds.map(runFirstTeams);
  const gain = interval(runs.map((run) => run.withBook - run.without));
  return {
    firstTeamValueWithPlaybook: mean(runs.map((run) => run.withBook)),
    firstTeamValueWithout: mean(runs.map((run) => run.without)),
    ...{ firstTeamGain: gain.mean, firstTeamGainLow: gain.low, firstTeamGainHigh: gain.high },
  };
}

/** Values are shares of what the best team (by the hidden truth) of the same agents would be worth. */
function runFirstTeams(seed: number): { withBook: number; without: number } {
  const draw = createDraw(seed);
  const quality = agents.map(() => skills.map(() => draw.beta22()));
  const claims = quality.map((row, i) =>
    row.map((truth) => clamp(truth + 0.25 * draw.normal() + (i % 4 === 0 ? 0.4 : 0))),
  );
  const shared: Play[] = [];
  for (let veteran = 0; veteran < 5; veteran++) {
    const asker = `did:key:veteran${veteran}` as Did;
    const own = createPlaybook({ isOwn: (one) => one === asker });
    for (let job = 0; job < 40; job++) {
      const nowMs = job * minuteMs;
      for (const [skill, agent] of pickTeam(pickField(), own, nowMs)) {
        const score = draw.next() < quality[agent]![skill]! ? 1 : 0;
        const members = [{ agent: agents[agent]!, skills: [skills[skill]!] }];
        const coalition = `${job} ${skill}`;
        shared.push(play(own, { asker, coalition, kind: skills[skill]!, members, score, at: nowMs }, nowMs));
      }
    }
  }
  const nowMs = 41 * minuteMs;
  const [reader, blank] = [createPlaybook(), createPlaybook()];
  for (const one of shared) reader.step({ type: 'play-received', atMs: nowMs, play: sealedOf(one) });
  const totals = { withBook: 0, without: 0 };
  for (let job = 0; job < 10; job++) {
    const field = pickField();
    const best = skills.reduce(
      (sum, _, skill) => sum + Math.max(...field.map((agent) => quality[agent]![skill]!)),
      0,
    );
    const worth = (book: Playbook) =>
      pickTeam(field, book, nowMs).reduce((sum, [skill, agent]) => sum + quality[agent]![skill]!, 0) / best;
    totals.withBook += worth(reader) / 10;
    totals.without += worth(blank) / 10;
  }
  return totals;

  function pickField(): number[] {
    return agents
      .map((_, i) => i)
      .sort(() => draw.next() - 0.5)
      .slice(0, 8);
  }

  function pickTeam(
    field: readonly number[],
    book: Playbook,
    nowMs: number,
  ): [skill: number, agent: number][] {
    const candidates = field.map((i) => ({
      agent: agents[i]!,
      cost: nothing,
      qualities: Object.fromEntries(
        skills.map((skill, s) => [
          skill,
          Math.max(0.001, book.expect(skill, agents[i]!, claims[i]![s]!, nowMs).mean),
        ]),
      ),
    }));
    const choice = chooseTeam({ skills, budget: {}, sizeMax: 4, candidates });
    if (!choice.found) return [];
    return skills.map((skill, s) => [s, agents.indexOf(choice.assignment[skill]!)]);
  }
}

function play(
  book: Playbook,
  facts: Pick<Play, 'asker' | 'coalition' | 'kind' | 'score' | 'at'> & {
    members: { agent: Did; skills: string[] }[];
  },
  atMs: number,
): Play {
  const made: Play = {
    record: 'play',
    mesh: 'bench',
    talk: 'direct',
    proposals: 'shared',
    cost: 0,
    sig: '',
    ...facts,
  };
  book.step({ type: 'play-received', atMs, play: sealedOf(made) });
  return made;
}

/** Its signature is not what is measured. */
function sealedOf(body: Play): Verified<SealedPlay> {
  const id = `${body.asker} ${body.coalition}`;
  return { body, id, bytes: new Uint8Array() } as unknown as Verified<SealedPlay>;
}

interface Draw {
  next(): number;
  normal(): number;
  /** The median of three uniform draws is Beta(2, 2). */
  beta22(): number;
}

function createDraw(seed: number): Draw {
  const generator = xoroshiro128plus(seed);
  const next = () => (generator.next() >>> 0) / 2 ** 32;
  return {
    next,
    normal: () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next()),
    beta22: () => [next(), next(), next()].sort((a, b) => a - b)[1]!,
  };
}

function unit(vector: readonly number[]): number[] {
  const norm = Math.hypot(...vector);
  return vector.map((value) => value / norm);
}

/** What is left of a vector at right angles to a direction. */
function removeAlong(vector: readonly number[], direction: readonly number[]): number[] {
  const along = vector.reduce((sum, value, i) => sum + value * direction[i]!, 0);
  return vector.map((value, i) => value - along * direction[i]!);
}

function clamp(value: number): number {
  return Math.min(1, Math.max(0, value));
}

function mean(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0) / values.length;
}

/** The mean and its 95 % interval (normal approximation; the worlds are independent). */
function interval(values: readonly number[]): { mean: number; low: number; high: number } {
  const middle = mean(values);
  const variance = values.reduce((sum, value) => sum + (value - middle) ** 2, 0) / (values.length - 1);
  const half = 1.96 * Math.sqrt(variance / values.length);
  return { mean: middle, low: middle - half, high: middle + half };
}
