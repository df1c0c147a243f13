/** Look for a bug with a built-in scenario, seed after seed, and make the first failing run small. */
import type { createMeshPeer } from '../../node/runtime/mesh-peer.ts';
import { AmpError } from '../../protocol/errors.ts';
import { shrinkList } from '../../sim/check/shrink.ts';
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

/**
 * A seed that breaks this promise, then the smallest mesh in which one of the seeds breaks the same one, then
 * the fewest faults. Sizes are tried upward: whether a run fails is not monotone in the number of peers.
 */
export function hunt(
  scenario: PeersScenario,
  createPeer: typeof createMeshPeer,
  seeds: readonly number[],
  checker: string,
): Find | undefined {
  if (!seeds.some((seed) => breachOf(scenario, seed, createPeer) === checker)) return undefined;
  for (let peers = peersMin; peers <= scenario.peers; peers++)
    for (const seed of seeds) {
      const fails = (faults: PeersScenario['faults']) =>
        breachOf({ ...scenario, peers, ...(faults === undefined ? {} : { faults }) }, seed, createPeer) ===
        checker;
      if (!fails(scenario.faults)) continue;
      const { items } = shrinkList(scenario.faults ?? [], fails, { runsMax: 8 });
      return { seed, checker, peers, faults: items.map((fault) => fault.kind) };
    }
  return undefined;
}

/** Fewer do not make a mesh with a bystander. */
const peersMin = 3;
