/**
 * The graph as a machine: entries in, events for subscribers and calls for help out. Queries read the view
 * between steps.
 */
import type { Did } from '../../protocol/brand.ts';
import type { Ignored, Machine, MachineInput } from '../../protocol/machine.ts';
import { ignore } from '../../protocol/machine.ts';
import type { Edit } from '../frames/update-writer.ts';
import type { EntryChange } from '../replica/replica-types.ts';
import type { EntityStatus, GraphChange } from './graph-entity.ts';
import { quoteEdit } from './graph-entry.ts';
import { type GraphFilter, matches } from './graph-queries.ts';
import { type GraphComponents, GraphView } from './graph-view.ts';
import type { Policy } from './policy.ts';
import { VectorIndex } from './vector-index.ts';
import type { AgentOwner, CertifiedClaim } from './world-facts.ts';

/** Texts handed to the embedder in one effect. */
const embedBatchMax = 256;
export const subscriptionsMax = 1_024;

export type GraphInput =
  | (MachineInput & { readonly type: 'entries-changed'; readonly changes: readonly EntryChange[] })
  | (MachineInput & { readonly type: 'author-forked'; readonly author: Did })
  /**
   * Who runs which agents, from signed records that the runtime verified. All that is known is told after a start
   * and whatever changes later; an agent nobody speaks for is its own owner.
   */
  | (MachineInput & { readonly type: 'owners-known'; readonly owners: readonly AgentOwner[] })
  /** Claims that decision certificates stand for, verified by the runtime; told again after a start. */
  | (MachineInput & { readonly type: 'claims-certified'; readonly claims: readonly CertifiedClaim[] })
  | (MachineInput & { readonly type: 'policy-changed'; readonly policy?: Policy })
  | (MachineInput & {
      readonly type: 'vectors-known';
      /** `text`: what was embedded. A vector whose text has changed meanwhile is not taken. */
      readonly vectors: readonly {
        readonly id: string;
        readonly vector: Float32Array;
        readonly text?: string;
      }[];
    })
  | (MachineInput & {
      readonly type: 'subscribe';
      readonly subscription: string;
      readonly filter: GraphFilter;
    })
  | (MachineInput & { readonly type: 'unsubscribe'; readonly subscription: string });

export type GraphEffect =
  | Ignored
  | { readonly type: 'notify'; readonly subscription: string; readonly changes: readonly GraphChange[] }
  /** A need opened: ask for agents with this capability. */
  | { readonly type: 'call-for-help'; readonly need: string; readonly capability: string }
  | { readonly type: 'need-closed'; readonly need: string }
  /**
   * A fork of its author is cutting this entity off, and others rely on it. For each of `attesters` that writes
   * here (with a `certificate`, for any one author that writes here), write `edit`.
   */
  | {
      readonly type: 'quote';
      readonly entity: string;
      readonly attesters: readonly Did[];
      readonly certificate: string | undefined;
      readonly edit: Edit;
    }
  /** Texts without a vector of theirs yet: embed them and answer with `vectors-known`. */
  | { readonly type: 'embed'; readonly texts: readonly { readonly id: string; readonly text: string }[] };

export interface GraphInit {
  readonly policy?: Policy;
  /** Of the mesh's embedding space. Without it nothing is embedded. */
  readonly dimensions?: number;
}

export interface Graph extends Machine<GraphInput, GraphEffect> {
  readonly view: GraphView;
  readonly vectors: VectorIndex | undefined;
}

export function createGraph(components: GraphComponents = {}, init: GraphInit = {}): Graph {
  const view = new GraphView(components, init.policy);
  const vectors = init.dimensions === undefined ? undefined : new VectorIndex(init.dimensions);
  const subscriptions = new Map<string, GraphFilter>();
  const tell = (changes: readonly GraphChange[]) => [
    ...followNeeds(view, changes),
    ...wantVectors(view, vectors, changes),
    ...wantQuotes(view),
    ...notify(view, subscriptions, changes),
  ];
  const step = (input: GraphInput): readonly GraphEffect[] => {
    switch (input.type) {
      case 'entries-changed':
        return tell(view.apply(input.changes));
      case 'author-forked':
        return tell(view.markForked(input.author));
      case 'owners-known':
        return tell(view.learnOwners(input.owners));
      case 'claims-certified':
        return tell(view.learnCertified(input.claims));
      case 'policy-changed':
        return tell(view.rejudge(input.policy));
      case 'vectors-known':
        for (const known of input.vectors) takeVector(view, vectors, known);
        return [];
      case 'subscribe':
        if (subscriptions.size >= subscriptionsMax) return ignore('too-many-subscriptions');
        subscriptions.set(input.subscription, input.filter);
        return [];
      case 'unsubscribe':
        return subscriptions.delete(input.subscription) ? [] : ignore('unknown-subscription');
    }
  };
  return { step, view, vectors };
}

function followNeeds(view: GraphView, changes: readonly GraphChange[]): GraphEffect[] {
  return changes.flatMap(({ id, before, status }): GraphEffect[] => {
    const body = view.nodes.get(id)?.body;
    if (body?.type !== 'need' || before === status) return [];
    const isOver = (one: EntityStatus | undefined) => one === 'closed' || one === 'retracted';
    if (isOver(status)) return isOver(before) ? [] : [{ type: 'need-closed', need: id }];
    return [{ type: 'call-for-help', need: id, capability: body.capability ?? body.text }];
  });
}

function wantVectors(
  view: GraphView,
  vectors: VectorIndex | undefined,
  changes: readonly GraphChange[],
): GraphEffect[] {
  if (vectors === undefined) return [];
  const texts: { id: string; text: string }[] = [];
  for (const { id, status, isRewritten } of changes) {
    const node = view.nodes.get(id);
    const isGone = status === undefined || node === undefined;
    // A vector of the text before would answer for what is no longer said.
    if (isGone || isRewritten) vectors.delete(id);
    if (!isGone && !vectors.has(id)) texts.push({ id, text: node.body.text });
  }
  const effects: GraphEffect[] = [];
  for (let at = 0; at < texts.length; at += embedBatchMax) {
    effects.push({ type: 'embed', texts: texts.slice(at, at + embedBatchMax) });
  }
  return effects;
}

function takeVector(
  view: GraphView,
  vectors: VectorIndex | undefined,
  { id, vector, text }: { readonly id: string; readonly vector: Float32Array; readonly text?: string },
): undefined {
  const node = view.nodes.get(id);
  if (node !== undefined && (text === undefined || text === node.body.text)) vectors?.set(id, vector);
}

function wantQuotes(view: GraphView): GraphEffect[] {
  return view.takeQuotable().flatMap(({ entity, body, attesters, certificate }): GraphEffect[] => {
    const edit = quoteEdit(entity, body);
    return edit.ok ? [{ type: 'quote', entity, attesters, certificate, edit: edit.value }] : [];
  });
}

function notify(
  view: GraphView,
  subscriptions: ReadonlyMap<string, GraphFilter>,
  changes: readonly GraphChange[],
): GraphEffect[] {
  return [...subscriptions].flatMap(([subscription, filter]): GraphEffect[] => {
    const own = changes.filter(({ id, status }) =>
      status === undefined ? filter.ids?.includes(id) : matches(view, id, filter),
    );
    return own.length === 0 ? [] : [{ type: 'notify', subscription, changes: own }];
  });
}
