/** How fast full peers are on virtual time while links lose packets, islands part and nodes crash, all checkers on. */

import { type PeersScenario, runPeers } from '../../sim/peers/index.ts';
import { openScenario } from '../../sim/scenario/built-in.ts';
import { resolveScenario } from '../../sim/scenario/scenario-file.ts';
import { atLeast, type BenchGoal } from './report.ts';
import type { Part } from './sim.ts';

/** A wall clock that may be read inside a run, where the ambient one is forbidden. */
const readWallMs = performance.now.bind(performance);
/** Runs of the standard workload: the first finds everything cold, and the best is the code's own speed. */
const runCount = 5;

/** Virtual seconds per second. */
interface Speed {
  readonly whole: number;
  readonly whileFaultsLast: number;
}

/** The same run by two clocks: all threads' processor time, and the clock on the wall. */
interface Run {
  readonly cpu: Speed;
  readonly wall: Speed;
}

/**
 * Two workloads under the faults, crashes and skewed clocks of the built-in scenario `peers-faults`: the published
 * standard workload, and the scenario's own, which adds moves, letters to nobody, questions, entries, slow readers
 * and a job with a vote every second instead of every five. Each run joins, works while the faults last, and
 * heals; the faults' part is the dearest and is shown beside the whole. The standard workload runs five times with
 * one seed: the best counts, and the first is shown beside it.
 */
export function measureFaultyPeers(peers: number): Part {
  const heavy = resolveScenario(openScenario('peers-faults'), { peers }) as unknown as PeersScenario;
  const runs = Array.from({ length: runCount }, () => measureRun(toStandardWorkload(heavy)));
  const [first, best] = [runs[0]!, bestOf(runs)];
  const own = measureRun(heavy);
  const name = `faulty${peers}`;
  return {
    figures: {
      ...describeRun(`${name}StandardBest`, best),
      ...describeRun(`${name}StandardFirst`, first),
      ...describeRun(`${name}Heavy`, own),
    },
    goals: [
      isFast(`${peers} full peers under faults, standard workload, whole run`, best, 'whole'),
      isFast(`${peers} full peers, standard workload, while faults last`, best, 'whileFaultsLast'),
    ].flat(),
  };
}

function describeRun(name: string, { cpu, wall }: Run): Record<string, number> {
  return {
    [`${name}TimesRealTime`]: wall.whole,
    [`${name}PerCpuSecond`]: cpu.whole,
    [`${name}WhileFaultsLastTimesRealTime`]: wall.whileFaultsLast,
    [`${name}WhileFaultsLastPerCpuSecond`]: cpu.whileFaultsLast,
  };
}

function isFast(what: string, run: Run, part: keyof Speed): BenchGoal[] {
  return [
    atLeast(`${what}: times real time by the wall, best of ${runCount}`, run.wall[part], timesRealTimeMin),
    atLeast(
      `${what}: times real time by processor time, best of ${runCount}`,
      run.cpu[part],
      timesRealTimeMin,
    ),
  ];
}

const timesRealTimeMin = 30;

/** Each figure's best: which of the runs it was disturbed in is chance. */
function bestOf(runs: readonly Run[]): Run {
  const best = (clock: keyof Run, part: keyof Speed) => Math.max(...runs.map((run) => run[clock][part]));
  const speedBy = (clock: keyof Run): Speed => ({
    whole: best(clock, 'whole'),
    whileFaultsLast: best(clock, 'whileFaultsLast'),
  });
  return { cpu: speedBy('cpu'), wall: speedBy('wall') };
}

function toStandardWorkload(scenario: PeersScenario): PeersScenario {
  const {
    workload: _,
    movesPerSecond: _moves,
    lettersToNobodyPerSecond: _letters,
    readMs: _read,
    ...rest
  } = scenario;
  return rest;
}

function measureRun(scenario: PeersScenario): Run {
  const startCpu = process.cpuUsage();
  const startMs = readWallMs();
  const spent: Record<string, { readonly cpu: number; readonly wall: number }> = {};
  runPeers(scenario, 1, {
    withLog: false,
    onPhaseOver: (phase) => {
      spent[phase] = { cpu: cpuSeconds(startCpu), wall: (readWallMs() - startMs) / 1_000 };
    },
  });
  const { bootMs, runMs, settleMs } = scenario.phases;
  const speedBy = (clock: 'cpu' | 'wall'): Speed => ({
    whole: round((bootMs + runMs + settleMs) / 1_000 / spent.settleMs![clock]),
    whileFaultsLast: round(runMs / 1_000 / (spent.runMs![clock] - spent.bootMs![clock])),
  });
  return { cpu: speedBy('cpu'), wall: speedBy('wall') };
}

function cpuSeconds(since: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(since);
  return (user + system) / 1e6;
}

function round(value: number): number {
  return Number(value.toPrecision(4));
}
