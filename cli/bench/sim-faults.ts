/** How fast full peers are on virtual time while links lose packets, islands part and nodes crash, all checkers on. */

import { type PeersScenario, runPeers } from '../../sim/peers/index.ts';
import { openScenario } from '../../sim/scenario/built-in.ts';
import { resolveScenario } from '../../sim/scenario/scenario-file.ts';
import { atLeast } from './report.ts';
import type { Part } from './sim.ts';

/**
 * Two workloads under the faults, crashes and skewed clocks of the built-in scenario `peers-faults`: the published
 * standard workload, and the scenario's own, which adds moves, letters to nobody, questions, entries, slow readers
 * and a job with a vote every second instead of every five. Each run joins, works while the faults last, and
 * heals; the faults' part is the dearest and is shown beside the whole.
 */
export function measureFaultyPeers(peers: number): Part {
  const heavy = resolveScenario(openScenario('peers-faults'), { peers }) as unknown as PeersScenario;
  const standard = measureRun(toStandardWorkload(heavy));
  const own = measureRun(heavy);
  return {
    figures: {
      [`faulty${peers}StandardTimesRealTime`]: standard.whole,
      [`faulty${peers}StandardWhileFaultsLastTimesRealTime`]: standard.whileFaultsLast,
      [`faulty${peers}HeavyTimesRealTime`]: own.whole,
      [`faulty${peers}HeavyWhileFaultsLastTimesRealTime`]: own.whileFaultsLast,
    },
    goals: [
      atLeast(
        `${peers} full peers under faults, standard workload, whole run: times real time`,
        standard.whole,
        30,
      ),
      atLeast(
        `${peers} full peers, standard workload, while faults last: times real time`,
        standard.whileFaultsLast,
        30,
      ),
    ],
  };
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

/** Virtual seconds per second of processor time. */
function measureRun(scenario: PeersScenario): { readonly whole: number; readonly whileFaultsLast: number } {
  const start = process.cpuUsage();
  const spent: Record<string, number> = {};
  runPeers(scenario, 1, { withLog: false, onPhaseOver: (phase) => (spent[phase] = cpuSeconds(start)) });
  const { bootMs, runMs, settleMs } = scenario.phases;
  return {
    whole: round((bootMs + runMs + settleMs) / 1_000 / spent.settleMs!),
    whileFaultsLast: round(runMs / 1_000 / (spent.runMs! - spent.bootMs!)),
  };
}

function cpuSeconds(since: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(since);
  return (user + system) / 1e6;
}

function round(value: number): number {
  return Number(value.toPrecision(4));
}
