/**
 * Finding agents by meaning through the DHT index that ships, on a virtual network: recall against exhaustive search
 * and cost of a query, while nodes are replaced and others lie.
 */
import { createBuiltinVectors } from '../../discovery/builtin-vectors.ts';
import { createCodebookKeys } from '../../discovery/dht/bucket-keys.ts';
import { createConceptCodebook } from '../../discovery/dht/concept-codebook.ts';
import { dhtDefaults } from '../../discovery/dht/dht-settings.ts';
import { RandomStream } from '../clock/random.ts';
import type { RunEvent, RunResult, ScenarioModel } from '../scenario/model.ts';
import { integer, number, optional, required, share } from '../scenario/shape.ts';
import { meanOf } from '../scenario/statistics.ts';
import { askMany } from './discovery/ask-many.ts';
import { makeCapabilityText, makeQuestion } from './discovery/capability-texts.ts';
import { DhtSimulation, type QueryResult } from './discovery/dht-simulation.ts';

interface DiscoveryScenario {
  readonly nodes: number;
  readonly agentsPerNode: number;
  readonly queries: number;
  readonly index: 'dht';
  readonly churnShare: number;
  readonly liarShare: number;
  readonly warmUpMs?: number;
}

/** Virtual ms before the first question: everything has been put, and put again once. */
const defaultWarmUpMs = 90_000;
/** Each node lies or not by chance: with so many honest ones expected, none at all is one chance in 10⁸. */
const honestMin = 20;

export const discoveryModel: ScenarioModel = {
  name: 'discovery',
  about:
    'questions to the index that ships, with every message encoded, 20 to 80 ms of latency, churn and liars',
  keys: {
    nodes: { ...required(integer(2, 5_000)), note: 'how many at any time' },
    agentsPerNode: { ...required(integer(1, 50)), note: 'each announces one capability' },
    queries: { ...required(integer(1, 10_000)), note: 'one after the other, from random honest nodes' },
    index: required({ type: 'text', oneOf: ['dht'] }),
    churnShare: { ...required(share), note: 'nodes that are replaced in a minute, without a goodbye' },
    liarShare: {
      ...required(share),
      note: 'nodes that in equal parts are silent, forge records, or withhold true ones; they route honestly',
    },
    warmUpMs: { ...optional(number(0)), note: 'before the first question, default 90,000' },
  },
  metrics: {
    recallAt5:
      'of the five nearest agents that run and were announced 10 s ago the share in the answer, mean, 0 to 1',
    failed: 'share of queries that found none of those five, 0 to 1',
    messages: 'per query, mean',
    messagesMax: 'of the query that took most',
    bytes: 'per query, mean',
    bytesMax: 'of the query that took most',
    durationMs: 'until the answer, mean, virtual ms',
    deadShare: 'share of the five places of an answer that hold an agent that runs no more, 0 to 1',
    refused: 'records per query that were forged and refused, mean',
    holderRatio: 'records kept by the fullest node over the mean, worst',
  },
  check(values, fail) {
    if (Math.round(Number(values.nodes) * (1 - Number(values.liarShare))) < honestMin)
      fail('liarShare', `fewer than ${honestMin} honest nodes would be there to ask`, 'Write a lower share.');
  },
  run: (settings, seed) => runDiscovery(settings as unknown as DiscoveryScenario, seed),
};

function runDiscovery(scenario: DiscoveryScenario, seed: number): RunResult {
  const random = RandomStream.fromSeed(seed).split('discovery');
  const [world, questions] = [random.split('world'), random.split('questions')];
  const vectors = createBuiltinVectors();
  const simulation = new DhtSimulation({
    nodeCount: scenario.nodes,
    agentsPerNode: scenario.agentsPerNode,
    liarShare: scenario.liarShare,
    replacedPerMinute: scenario.churnShare,
    vectors,
    buckets: createCodebookKeys(createConceptCodebook(vectors), dhtDefaults.copyCount),
    makeText: makeCapabilityText,
    random: () => world.unit(),
  });
  const startMs = simulation.nowMs;
  simulation.run(scenario.warmUpMs ?? defaultWarmUpMs);
  const { results, worstHolderRatio } = askMany(simulation, {
    queryCount: scenario.queries,
    makeQuestion: () => makeQuestion(() => questions.unit()),
  });
  for (const result of results)
    simulation.digest.add(result.messageCount, result.byteCount, Math.round(1_000 * result.recall));
  return {
    metrics: { ...measure(results), holderRatio: worstHolderRatio },
    digest: simulation.digest.toString(),
    eventCount: simulation.eventCount,
    events: results.map((result) => describeQuery(result, startMs)),
  };
}

function measure(results: readonly QueryResult[]): Record<string, number> {
  const mean = (pick: (result: QueryResult) => number) => meanOf(results.map(pick));
  const max = (pick: (result: QueryResult) => number) => Math.max(...results.map(pick));
  return {
    recallAt5: mean((result) => result.recall),
    failed: mean((result) => (result.recall === 0 ? 1 : 0)),
    messages: mean((result) => result.messageCount),
    messagesMax: max((result) => result.messageCount),
    bytes: mean((result) => result.byteCount),
    bytesMax: max((result) => result.byteCount),
    durationMs: mean((result) => result.durationMs),
    deadShare: mean((result) => result.deadCount / 5),
    refused: mean((result) => result.refusedCount),
  };
}

function describeQuery(result: QueryResult, startMs: number): RunEvent {
  return {
    atMs: result.askedAtMs - startMs,
    what: 'query',
    recall: result.recall,
    messages: result.messageCount,
    bytes: result.byteCount,
    durationMs: result.durationMs,
    refused: result.refusedCount,
  };
}
