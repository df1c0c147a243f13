/**
 * The simulator: virtual time, modelled networks, faults, checkers and experiments.
 *
 * Why: a mesh is judged by what it does with a thousand peers, lost packets and liars, and neither can be had at a
 * desk. Everything here is decided by one seed, and a run has a digest.
 *
 * @example
 * const file = openScenario('gossip-propagation');
 * const { summary } = await runExperiment(file, { folder: 'out/propagation', workerCount: 2 });
 * console.log(summary?.ok, summary?.digest);
 */
export { buildFloodGraph, runFlood, runFloodOnSimPy } from './baseline/flood.ts';
export { EventLog, type LoggedEvent } from './check/event-log.ts';
export { type Breach, type Checker, Coverage, InvariantChecks } from './check/invariants.ts';
export { compareRuns, describeDifference, findDifference, type ReplayableRun } from './check/replay.ts';
export { type Shrunk, shrinkList, shrinkNumber } from './check/shrink.ts';
export { forbidAmbient } from './check/tripwire.ts';
export { RunDigest } from './clock/digest.ts';
export { type KernelHandler, SimKernel } from './clock/kernel.ts';
export { hashPair, RandomStream } from './clock/random.ts';
export { type EventHandler, EventScheduler } from './clock/scheduler.ts';
export { ticksPerMs } from './clock/ticks.ts';
export { GossipCounters } from './gossip/counters.ts';
export { GossipNetwork } from './gossip/gossip-network.ts';
export { type GossipTransport, GossipWorld, type GossipWorldInit } from './gossip/gossip-transport.ts';
export {
  type GossipPopulationInit,
  type GossipPopulationResult,
  runGossipPopulation,
} from './gossip/population.ts';
export {
  gossipV10,
  histogramBand,
  measureGap,
  publishedHistogram,
  runGossipHistogram,
} from './gossip/published-histogram.ts';
export { defaultGossipSettings, type GossipSettings } from './gossip/settings.ts';
export { type HolderLie, type KademliaDirectory, KademliaWorld } from './kademlia/kademlia-directory.ts';
export { KademliaNetwork } from './kademlia/kademlia-network.ts';
export type { LookupInit, LookupResult } from './kademlia/lookup.ts';
export { type ChurnSettings, drawLengthMs, drawSkewsMs, type Lengths } from './network/churn.ts';
export { evenIslands, type FaultRule, FaultRules, halves } from './network/faults.ts';
export { createLinkModel, type Latency, type LinkModel, type LinkSettings } from './network/link-model.ts';
export { connectRandomly, PeerGraph } from './network/peer-graph.ts';
export { fourRegions, placePeers } from './network/places.ts';
export {
  type Behaviour,
  type BehaviourContext,
  type BehaviourFactory,
  defineBehaviour,
  type Heard,
  type PeersScenario,
  PeerWorld,
  type PeerWorldInit,
  runPeers,
} from './peers/index.ts';
export { builtInModels, listScenarios, openScenario } from './scenario/built-in.ts';
export { type Comparison, compareExperiments } from './scenario/compare.ts';
export { runExperiment, thresholdFailedStatus, writeResults } from './scenario/experiment.ts';
export type { RunResult, ScenarioModel, SeriesPoint } from './scenario/model.ts';
export { RunStore } from './scenario/run-store.ts';
export { type FinishedRun, planRuns, type RunTask } from './scenario/run-task.ts';
export { collectRuns, runTasks } from './scenario/runner.ts';
export { resolveScenario, type ScenarioFile } from './scenario/scenario-file.ts';
export { formatSummary, type Summary, summarise } from './scenario/summary.ts';
export { parseSeeds, parseValues, toScalar } from './scenario/sweep.ts';
export {
  Desk,
  type Letter,
  SharedMemory,
  SmallWorld,
  type SmallWorldInit,
  Team,
  type TeamInit,
} from './small-world/index.ts';
