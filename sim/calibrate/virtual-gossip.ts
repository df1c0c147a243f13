/** The virtual side of a comparison: the plan of the real nodes, its meshes drawn anew several times. */
import { runGossipPopulation } from '../gossip/population.ts';
import type { Delivery, LivePlan } from '../live/index.ts';

export interface VirtualGossip {
  /** Of all draws. */
  readonly deliveries: readonly Delivery[];
  readonly sends: number;
  /** IHAVE packets per draw. */
  readonly ihave: number;
  readonly meanMeshDegree: number;
}

/**
 * Graph, links and publishers are those of `plan.seed`; which neighbours graft each other is chance on real nodes too,
 * so it is drawn `drawCount` times.
 *
 * @param processorMs what a peer takes to check and pass on a message, ms.
 */
export function runVirtualGossip(plan: LivePlan, processorMs: number, drawCount: number): VirtualGossip {
  const deliveries: Delivery[] = [];
  let sends = 0;
  let ihave = 0;
  let meshDegrees = 0;
  for (let meshSeed = 1; meshSeed <= drawCount; meshSeed++) {
    const run = runGossipPopulation({
      ...plan,
      settings: { ...plan.settings, validationMs: processorMs },
      meshSeed,
      withDigest: false,
      delivered: (publication, receiver, delayMs) => deliveries.push({ publication, receiver, delayMs }),
    });
    sends += run.counters.sends;
    ihave += run.counters.ihave;
    meshDegrees += run.meanMeshDegree;
  }
  return { deliveries, sends, ihave: ihave / drawCount, meanMeshDegree: meshDegrees / drawCount };
}
