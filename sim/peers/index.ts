/**
 * Full peers on virtual time: the runtime that ships, its agents, what goes wrong, and who watches.
 *
 * @example
 * const world = new PeerWorld({ seed: 1, peerCount: 30, link, behaviour: helpfulAgent });
 * const workload = new Workload(world);
 * workload.populate(2_000);
 * workload.start(60_000);
 * world.run(60_000);
 */
export {
  type Behaviour,
  type BehaviourContext,
  type BehaviourFactory,
  defineBehaviour,
  type Heard,
} from '../../protocol/behaviour.ts';
export { helpfulAgent } from './helpful-agent.ts';
export { Ledger } from './ledger.ts';
export { loadBehaviour, type ReadBehaviour, readBehaviour } from './load-behaviour.ts';
export { linkPeers, PeerWorld, type PeerWorldInit } from './peer-world.ts';
export { type PeersRun, type PeersRunInit, type PeersScenario, peersModel, runPeers } from './peers-model.ts';
export type { SimAgent, Witness } from './sim-agent.ts';
export { createSpaceCheckers } from './space-checkers.ts';
export { standardWorkload, Workload, type WorkloadSettings } from './workload.ts';
