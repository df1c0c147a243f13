/** Look for a bug with a built-in scenario, seed after seed, and make the first failing run small. */
import type { createMeshPeer } from '../../node/runtime/mesh-peer.ts';
import { AmpError } from '../../protocol/errors.ts';
import { shrinkList, shrinkNumber } from '../../sim/check/shrink.ts';
import { type PeersScenario, runPeers } from '../../sim/peers/index.ts';
import { openScenario } from '../../sim/scenario/built-in.ts';
import { resolveScenario } from '../../sim/scenario/scenario-file.ts';
import type { Point } from '../../sim/scenario/sweep.ts';

export interface Find {
  readonly seed: number;
  readonly checker: string;
  readonly peers: number;
  readonly faults: readonly string[];
}

export function scenarioOf(name: string, point: Point): PeersScenario {
  return resolveScenario(openScenario(name), point) as unknown as PeersScenario;
}

/** The promise that a run breaks, or `undefined`. */
export function breachOf(
  scenario: PeersScenario,
  seed: number,
  createPeer?: typeof createMeshPeer,
): string | undefined {
  try {
    runPeers(scenario, seed, createPeer === undefined ? {} : { createPeer });
    return undefined;
  } catch (error) {
    if (error instanceof AmpError && error.code === 'AMP-1904') return String(error.facts?.checker);
    throw error;
  }
}

export function hunt(
  scenario: PeersScenario,
  createPeer: typeof createMeshPeer,
  seeds: readonly number[],
): Find | undefined {
  for (const seed of seeds) {
    const checker = breachOf(scenario, seed, createPeer);
    if (checker === undefined) continue;
    const fails = (tried: PeersScenario) => breachOf(tried, seed, createPeer) === checker;
    const peers = shrinkNumber(3, scenario.peers, (count) => fails({ ...scenario, peers: count }));
    const { items } = shrinkList(scenario.faults ?? [], (faults) => fails({ ...scenario, peers, faults }), {
      runsMax: 6,
    });
    return { seed, checker, peers, faults: items.map((fault) => fault.kind) };
  }
  return undefined;
}
