/** Many questions to a simulated index, one after the other, with the load of its holders watched in between. */
import type { DhtSimulation, QueryResult } from './dht-simulation.ts';

export interface AskManyInit {
  readonly queryCount: number;
  makeQuestion(): string;
}

export interface Asked {
  readonly results: readonly QueryResult[];
  /** The fullest holder over the mean, the worst that was seen. */
  readonly worstHolderRatio: number;
}

/** Virtual time between an answer and the next question. */
const pauseMs = 200;
/** Counting the load looks at every node: once in so many questions. */
const questionsPerLook = 10;

export function askMany(simulation: DhtSimulation, { queryCount, makeQuestion }: AskManyInit): Asked {
  const results: QueryResult[] = [];
  let worstHolderRatio = 0;
  for (let i = 0; i < queryCount; i++) {
    results.push(simulation.ask(makeQuestion()));
    simulation.run(pauseMs);
    if (i % questionsPerLook === 0)
      worstHolderRatio = Math.max(worstHolderRatio, simulation.holderLoad().ratio);
  }
  return { results, worstHolderRatio };
}
