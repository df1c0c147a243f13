/** Questions to the graph: by id, type, author, status, relation, time and meaning; paths, needs, gaps, what is known. */
import type { Did } from '../../protocol/brand.ts';
import { compareText } from '../../protocol/bytes.ts';
import { aggregateBelief, type Belief } from './belief.ts';
import { type EntityStatus, type Found, isStanding, saidAt } from './graph-entity.ts';
import type { EntityType, RelationKind } from './graph-entry.ts';
import type { GraphView } from './graph-view.ts';
import type { VectorIndex } from './vector-index.ts';

export interface GraphFilter {
  readonly ids?: readonly string[];
  readonly types?: readonly EntityType[];
  readonly authors?: readonly Did[];
  readonly statuses?: readonly EntityStatus[];
  readonly subject?: string;
  readonly predicate?: string;
  readonly thread?: string;
  /** When it was said, ms. */
  readonly fromMs?: number;
  readonly toMs?: number;
  /** Entities that stand in this relation: `from` it to the named one, or `to` it from the named one. */
  readonly relation?: { readonly kind: RelationKind; readonly to?: string; readonly from?: string };
}

export interface GraphQuery extends GraphFilter {
  /** Near in meaning, best first. */
  readonly near?: { readonly vector: Float32Array; readonly min?: number };
  /** Default 100. */
  readonly limit?: number;
}

export type Answer = Found & { readonly similarity?: number };

const limitDefault = 100;
/** Of a path: judgement, what a person still follows. */
const hopsMax = 8;
const visitedMax = 10_000;

export function matches(view: GraphView, id: string, filter: GraphFilter): boolean {
  const node = view.nodes.get(id);
  if (node === undefined) return false;
  const { body, author, mark, status } = node;
  if (filter.ids !== undefined && !filter.ids.includes(id)) return false;
  if (filter.types !== undefined && !filter.types.includes(body.type)) return false;
  if (filter.authors !== undefined && !filter.authors.includes(author)) return false;
  if (filter.statuses !== undefined && !filter.statuses.includes(status)) return false;
  if (filter.subject !== undefined && body.subject !== filter.subject) return false;
  if (filter.predicate !== undefined && body.predicate !== filter.predicate) return false;
  if (filter.thread !== undefined && body.thread !== filter.thread) return false;
  const at = saidAt(body, mark);
  if (at < (filter.fromMs ?? 0) || at > (filter.toMs ?? Number.POSITIVE_INFINITY)) return false;
  return filter.relation === undefined || isRelated(view, id, filter.relation);
}

function isRelated(
  view: GraphView,
  id: string,
  { kind, to, from }: NonNullable<GraphFilter['relation']>,
): boolean {
  const around = view.around.get(id);
  if (around === undefined) return false;
  const out = [...around.from.values()].some(({ body }) => body.kind === kind && body.to === to);
  const back = [...around.to.values()].some(({ body }) => body.kind === kind && body.from === from);
  return (
    (to === undefined || out) && (from === undefined || back) && (to !== undefined || from !== undefined)
  );
}

/** Entities that match, by meaning when asked so, else by id. */
export function queryGraph(view: GraphView, query: GraphQuery, vectors?: VectorIndex): Answer[] {
  const limit = query.limit ?? limitDefault;
  const { near, limit: _, ...filter } = query;
  if (near !== undefined) {
    const found = vectors?.search(near.vector, limit, near.min, (id) => matches(view, id, filter)) ?? [];
    return found.map(({ id, similarity }) => ({ ...view.find(id)!, similarity }));
  }
  const ids = [...candidates(view, filter)].filter((id) => matches(view, id, filter));
  return ids
    .sort(compareText)
    .slice(0, limit)
    .map((id) => view.find(id)!);
}

/** The smallest known set that holds all matches. */
function candidates(view: GraphView, filter: GraphFilter): Iterable<string> {
  if (filter.ids !== undefined) return new Set(filter.ids);
  const { types, relation, subject, predicate } = filter;
  if (subject !== undefined && predicate !== undefined) return view.conflicts.said(subject, predicate);
  if (relation?.to !== undefined)
    return [...(view.around.get(relation.to)?.to.values() ?? [])].map(({ body }) => body.from);
  if (relation?.from !== undefined)
    return [...(view.around.get(relation.from)?.from.values() ?? [])].map(({ body }) => body.to);
  const isFew = types?.every((type) => isListed(type));
  return isFew ? types!.flatMap((type) => [...(view.listed.get(type) ?? [])]) : view.nodes.keys();
}

function isListed(type: EntityType): boolean {
  return (
    type !== 'fact' &&
    type !== 'hypothesis' &&
    type !== 'solution' &&
    type !== 'intention' &&
    type !== 'message'
  );
}

export interface Step {
  readonly from: string;
  readonly kind: RelationKind;
  readonly to: string;
  /** Who says so, and where. */
  readonly author: Did;
  readonly epoch: string;
  readonly seq: number;
}

/** A shortest path of relations, each with its provenance, or `undefined`. Ties go by id, so it is the same everywhere. */
export function findPath(
  view: GraphView,
  from: string,
  to: string,
  options: { readonly kinds?: readonly RelationKind[]; readonly hops?: number } = {},
): Step[] | undefined {
  const cameBy = new Map<string, Step | undefined>([[from, undefined]]);
  let edge = [from];
  for (let hop = 0; hop < Math.min(options.hops ?? hopsMax, hopsMax) && !cameBy.has(to); hop++) {
    const next: string[] = [];
    for (const step of edge.flatMap((id) => stepsFrom(view, id, options.kinds))) {
      if (cameBy.has(step.to) || cameBy.size > visitedMax) continue;
      cameBy.set(step.to, step);
      next.push(step.to);
    }
    edge = next;
  }
  if (!cameBy.has(to)) return undefined;
  const path: Step[] = [];
  for (let step = cameBy.get(to); step !== undefined; step = cameBy.get(step.from)) path.unshift(step);
  return path;
}

function stepsFrom(view: GraphView, id: string, kinds: readonly RelationKind[] | undefined): Step[] {
  return [...(view.around.get(id)?.from.values() ?? [])]
    .filter(({ body }) => kinds === undefined || kinds.includes(body.kind))
    .map(({ author, body, mark }) => ({ ...body, author, epoch: mark.epoch, seq: mark.seq }))
    .map(({ from, kind, to, author, epoch, seq }) => ({ from, kind, to, author, epoch, seq }))
    .sort(
      (a, b) => compareText(a.to, b.to) || compareText(a.author, b.author) || compareText(a.kind, b.kind),
    );
}

/** Open questions, needs, goals, requirements and gaps. */
export function listOpen(view: GraphView): Found[] {
  return queryGraph(view, {
    types: ['question', 'need', 'goal', 'requirement', 'gap'],
    statuses: ['open'],
    limit: Number.POSITIVE_INFINITY,
  });
}

/** Solved problems near in meaning: solutions and facts that were not retracted, disputed or contested. */
export function isKnown(view: GraphView, vectors: VectorIndex, problem: Float32Array, min = 0.8): Answer[] {
  return queryGraph(
    view,
    { near: { vector: problem, min }, limit: 5, types: ['solution', 'fact', 'hypothesis', 'question'] },
    vectors,
  ).filter(
    ({ body, status }) =>
      status === 'fact' || (body.type === 'solution' && status === 'hypothesis') || status === 'closed',
  );
}

/** What the authors of numeric claims on a subject and predicate come to believe together. */
export function askBelief(
  view: GraphView,
  subject: string,
  predicate: string,
  trust?: (a: Did, b: Did) => number,
): Belief | undefined {
  const latest = new Map<Did, { value: number; confidence: number; at: number; id: string }>();
  for (const id of view.conflicts.said(subject, predicate)) {
    const node = view.nodes.get(id)!;
    const { author, body, mark } = node;
    if (!isStanding(node)) continue;
    if (typeof body.value !== 'number') continue;
    const at = saidAt(body, mark);
    const known = latest.get(author);
    const isNewer = known === undefined || at > known.at || (at === known.at && id > known.id);
    if (isNewer) latest.set(author, { value: body.value, confidence: body.confidence ?? 1, at, id });
  }
  const opinions = [...latest].map(([author, { value, confidence }]) => ({ author, value, confidence }));
  return aggregateBelief(opinions, trust);
}
