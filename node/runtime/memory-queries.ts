/** Questions to a shared space: the graph by filter or by meaning, traces, conflicts, what is open or known, paths. */
import * as z from 'zod';
import {
  type Answer,
  askBelief,
  type Conflict,
  findPath,
  type GraphFilter,
  type GraphView,
  isKnown,
  listOpen,
  queryGraph,
} from '../../crdt/index.ts';
import type { VectorSource } from '../../discovery/vector-source.ts';
import { compareText } from '../../protocol/bytes.ts';
import { matchSchema } from '../../protocol/decode.ts';
import { accept, type Checked, refuse } from '../../protocol/errors.ts';
import * as f from '../../protocol/message-fields.ts';
import { readShared, sharedKinds } from './memory-shared.ts';
import type { MemorySpace } from './memory-space.ts';

/** What can be asked of a space. */
export const memoryKinds = [
  'graph',
  'relations',
  'conflicts',
  'open',
  'known',
  'path',
  'belief',
  'traces',
  'heads',
  'shared',
  'documents',
  'document',
] as const;
export type MemoryKind = (typeof memoryKinds)[number];

export function isMemoryKind(what: string): what is MemoryKind {
  return (memoryKinds as readonly string[]).includes(what);
}

const entity = z.string().min(1).max(384);
const words = (max: number) => z.array(z.string().min(1).max(384)).max(max).optional();

const graphShape = {
  space: f.spaceId,
  ids: words(256),
  types: words(16),
  authors: words(256),
  statuses: words(16),
  subject: f.line.optional(),
  predicate: f.line.optional(),
  thread: entity.optional(),
  fromMs: f.unixMs.optional(),
  toMs: f.unixMs.optional(),
  relation: z
    .strictObject({ kind: z.string().max(32), to: entity.optional(), from: entity.optional() })
    .optional(),
};

const filters = {
  graph: z.strictObject({ ...graphShape, min: f.share.optional() }),
  relations: z.strictObject({ space: f.spaceId, kind: z.string().max(32).optional() }),
  conflicts: z.strictObject({ space: f.spaceId, status: z.enum(['open', 'resolved']).optional() }),
  open: z.strictObject({ space: f.spaceId }),
  known: z.strictObject({ space: f.spaceId, min: f.share.optional() }),
  path: z.strictObject({
    space: f.spaceId,
    from: entity,
    to: entity,
    kinds: words(16),
    hops: z.int().min(1).max(8).optional(),
  }),
  belief: z.strictObject({ space: f.spaceId, subject: f.line, predicate: f.line }),
  traces: z.strictObject({ space: f.spaceId, location: f.line.optional(), prefix: z.boolean().optional() }),
  heads: z.strictObject({ space: f.spaceId }),
  shared: z.strictObject({ space: f.spaceId, kind: z.enum(sharedKinds), name: f.line.min(1).max(160) }),
  documents: z.strictObject({ space: f.spaceId }),
  document: z.strictObject({
    space: f.spaceId,
    document: f.documentName,
    after: z.string().max(512).optional(),
  }),
} as const;

/** What an agent subscribes to, beside `topic: 'graph'`. */
export const graphSubscriptionSchema = z.strictObject({ topic: z.literal('graph'), ...graphShape });

/** What an agent subscribes to, beside `topic: 'document'`. */
export const documentSubscriptionSchema = z.strictObject({
  topic: z.literal('document'),
  space: f.spaceId,
  document: f.documentName,
});

/** Which space a question is about: checked before its answer is looked for. */
export function spaceOfFilter(what: MemoryKind, filter: unknown): Checked<string> {
  const read = matchSchema(filters[what] as z.ZodType<{ space: string }>, filter ?? {});
  return read.ok
    ? accept(read.value.space)
    : refuse(read.refusal.code, read.refusal.message, `filter.${read.refusal.path}`);
}

export interface MemoryQuestion {
  readonly what: MemoryKind;
  /** Checked by {@link spaceOfFilter}. */
  readonly filter: unknown;
  /** Near in meaning. */
  readonly text?: string | undefined;
  readonly limit: number;
  readonly nowMs: number;
}

/** Whether the question is one by meaning: the space's texts need their vectors first (`whenEmbedded`). */
export function isByMeaning({ what, text }: Pick<MemoryQuestion, 'what' | 'text'>): boolean {
  return what === 'known' || (what === 'graph' && text !== undefined && text !== '');
}

export interface MemoryAnswer {
  readonly items: readonly unknown[];
  readonly explain: Readonly<Record<string, unknown>>;
}

export function askMemory(space: MemorySpace, vectors: VectorSource, question: MemoryQuestion): MemoryAnswer {
  const { what, text, limit, nowMs } = question;
  const { view } = space.graph;
  const answer = (items: readonly unknown[], explain: Record<string, unknown> = {}): MemoryAnswer => ({
    items: items.slice(0, limit),
    explain: { ...explain, total: items.length },
  });
  switch (what) {
    case 'graph': {
      const { space: _space, min, ...rest } = question.filter as z.infer<typeof filters.graph>;
      const found = findEntities(space, vectors, rest as unknown as GraphFilter, { text, min, limit });
      return answer(found, { conflicts: conflictsOf(view.listConflicts(), found) });
    }
    case 'relations': {
      const { kind } = question.filter as z.infer<typeof filters.relations>;
      return answer(listRelations(view).filter((one) => kind === undefined || one.kind === kind));
    }
    case 'conflicts': {
      const { status } = question.filter as z.infer<typeof filters.conflicts>;
      return answer(view.listConflicts().filter((one) => status === undefined || one.status === status));
    }
    case 'open':
      return answer(listOpen(view));
    case 'known': {
      const { min } = question.filter as z.infer<typeof filters.known>;
      return answer(isKnown(view, space.graph.vectors!, vectors.embed(text ?? ''), min));
    }
    case 'path': {
      const { from, to, kinds, hops } = question.filter as z.infer<typeof filters.path>;
      const options = {
        ...(kinds === undefined ? {} : { kinds }),
        ...(hops === undefined ? {} : { hops }),
      } as Parameters<typeof findPath>[3];
      const path = findPath(view, from, to, options);
      return answer(path ?? [], { isConnected: path !== undefined });
    }
    case 'belief': {
      const { subject, predicate } = question.filter as z.infer<typeof filters.belief>;
      const belief = askBelief(view, subject, predicate);
      return answer(belief === undefined ? [] : [belief]);
    }
    case 'traces': {
      const { location, prefix } = question.filter as z.infer<typeof filters.traces>;
      return answer(space.traces.sense(location ?? '', nowMs, prefix ?? location === undefined));
    }
    case 'heads':
      return answer(space.replica.heads());
    case 'shared': {
      const { kind, name } = question.filter as z.infer<typeof filters.shared>;
      return answer(readShared(space.classic, kind, name, nowMs));
    }
    case 'documents':
      return answer(space.documents.list());
    case 'document': {
      const { document, after } = question.filter as z.infer<typeof filters.document>;
      const { items, next } = space.documents.page(document, after ?? '');
      return { items, explain: next === undefined ? {} : { next } };
    }
  }
}

function findEntities(
  space: MemorySpace,
  vectors: VectorSource,
  filter: GraphFilter,
  near: { readonly text: string | undefined; readonly min: number | undefined; readonly limit: number },
): readonly Answer[] {
  const { view, vectors: index } = space.graph;
  if (near.text === undefined || near.text === '') return queryGraph(view, { ...filter, limit: near.limit });
  const min = near.min === undefined ? {} : { min: near.min };
  const query = { ...filter, near: { vector: vectors.embed(near.text), ...min }, limit: near.limit };
  return queryGraph(view, query, index);
}

/** Relations that count, by author and name, each with where it was written. */
function listRelations(view: GraphView): readonly WrittenRelation[] {
  const written = [...view.around.values()].flatMap((around) => [...around.from.values()]);
  return written
    .map(({ author, key, body, mark }) => ({
      id: `${author}/${key}`,
      author,
      kind: body.kind,
      from: body.from,
      to: body.to,
      provenance: mark,
    }))
    .sort((a, b) => compareText(a.id, b.id));
}

interface WrittenRelation {
  /** What `retract` takes. */
  readonly id: string;
  readonly kind: string;
}

/** Conflicts that touch what was found: both sides are named, whether they were found or not. */
function conflictsOf(conflicts: readonly Conflict[], found: readonly Answer[]): readonly Conflict[] {
  const named = new Set(found.flatMap((one) => one.conflicts));
  return conflicts.filter((conflict) => named.has(conflict.id)).slice(0, 100);
}
