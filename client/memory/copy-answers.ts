/** Questions to a copy, answered from what is here. */
import {
  type Answer,
  findPath,
  type GraphView,
  isKnown,
  listOpen,
  queryGraph,
  type TraceView,
  VectorIndex,
} from '../../crdt/index.ts';
import { AmpError } from '../../protocol/errors.ts';
import type { Known, MemoryQuery, SensedMark } from './memory.ts';

/** The same answers as `Memory` gives, at once. What waits to be sent has `provenance.seq` -1. */
export interface CopyAnswers {
  query(query?: MemoryQuery): readonly Known[];
  conflicts(status?: 'open' | 'resolved'): readonly object[];
  open(): readonly Known[];
  /** Solved problems near in meaning. */
  isKnown(problem: string, min?: number): readonly Known[];
  /** The relations that lead from one entity to another; none when nothing does. */
  path(from: string, to: string): readonly object[];
  sense(location: string, isPrefix?: boolean): readonly SensedMark[];
}

export interface AnswerComponents {
  readonly graph: GraphView;
  readonly traces: TraceView;
  readonly embed: ((text: string) => Float32Array) | undefined;
}

export function answerFrom({ graph, traces, embed }: AnswerComponents): CopyAnswers {
  let index: VectorIndex | undefined;
  /** What each vector was made of. */
  const embedded = new Map<string, string>();

  /** Vectors of all texts that have changed since the last question. */
  function vectorsOf(text: string): { readonly index: VectorIndex; readonly vector: Float32Array } {
    if (embed === undefined)
      throw new AmpError('AMP-1690', 'A copy answers by meaning only with `embed`.', { space: 'none' });
    const vector = embed(text);
    index ??= new VectorIndex(vector.length);
    for (const [id, { body }] of graph.nodes) {
      if (embedded.get(id) === body.text) continue;
      index.set(id, embed(body.text));
      embedded.set(id, body.text);
    }
    for (const id of embedded.keys()) {
      if (graph.nodes.has(id)) continue;
      index.delete(id);
      embedded.delete(id);
    }
    return { index, vector };
  }

  const say = (answers: readonly Answer[]) => answers as unknown as readonly Known[];
  return {
    query({ text, min, ...filter } = {}) {
      if (text === undefined) return say(queryGraph(graph, filter as object));
      const { index, vector } = vectorsOf(text);
      const near = min === undefined ? { vector } : { vector, min };
      return say(queryGraph(graph, { ...(filter as object), near }, index));
    },
    conflicts: (status) =>
      graph.listConflicts().filter((one) => status === undefined || one.status === status),
    open: () => say(listOpen(graph)),
    isKnown(problem, min) {
      const { index, vector } = vectorsOf(problem);
      return say(isKnown(graph, index, vector, min));
    },
    path: (from, to) => findPath(graph, from, to) ?? [],
    sense: (location, isPrefix = false) => traces.sense(location, Date.now(), isPrefix),
  };
}
