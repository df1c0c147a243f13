/**
 * Every benchmark by name: loaded when asked for, so that one that needs much does not slow down the others.
 *
 *     const report = await benches.ws.run({});
 */
import type { BenchReport } from './report.ts';

/** What a person may say beside the name; each bench takes what concerns it. */
export interface BenchFlags {
  /** A folder with labelled data, for `discovery`. */
  readonly data?: string | undefined;
  /** One line of progress for people. */
  readonly progress?: ((line: string) => void) | undefined;
}

export interface Bench {
  readonly about: string;
  run(flags: BenchFlags): Promise<BenchReport>;
}

const labelledData = new URL('../../test/data/agent-search', import.meta.url).pathname;

export const benches: Readonly<Record<string, Bench>> = {
  ws: {
    about: 'messages a second between two agents of one node, against a bare signing relay',
    run: async () => (await import('./ws.ts')).runWsBench(),
  },
  gossip: {
    about: 'verified envelopes a second over 50 nodes, batched against one publication each',
    run: async () => (await import('./gossip.ts')).runGossipBench(),
  },
  tasks: {
    about: 'ten agents, three nodes, a thousand tasks: rate, latency, memory',
    run: async () => (await import('./tasks.ts')).runTasksBench(),
  },
  discovery: {
    about: 'how well agents are found by meaning, against BM25',
    run: async ({ data }) =>
      (await import('./discovery.ts')).runDiscoveryBench({ data: data ?? labelledData }),
  },
  'discovery-index': {
    about: 'a query over 10,000 agents, against a plain scan',
    run: async () => (await import('./discovery-index.ts')).runDiscoveryIndexBench(),
  },
  'discovery-dht': {
    about: 'finding through the DHT in meshes of growing size, with liars',
    run: async () => (await import('./discovery-dht.ts')).runDhtBench(),
  },
  reputation: {
    about: 'choosing by reputation, with liars, drift and renaming',
    run: async () => (await import('./reputation.ts')).runReputationBench(),
  },
  graph: {
    about: 'the shared knowledge graph: merging, views and answers',
    run: async () => (await import('./graph.ts')).runGraphBench(),
  },
  teams: {
    about: 'forming teams and awarding work',
    run: async () => (await import('./teams.ts')).runTeamsBench(),
  },
  learning: {
    about: 'what a mesh learns from its outcomes',
    run: async () => (await import('./learning.ts')).runLearningBench(),
  },
  consensus: {
    about: 'Byzantine agreements a second, against their bare signatures',
    run: async () => (await import('./consensus.ts')).runConsensusBench(),
  },
  sim: {
    about: 'simulated events a second, against SimPy',
    run: async ({ progress }) =>
      (await import('./sim.ts')).runSimBench(progress === undefined ? {} : { progress }),
  },
};
