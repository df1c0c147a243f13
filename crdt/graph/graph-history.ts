/** Time travel: the frames are the event log, so any earlier version is a replay of a prefix of each chain. */
import { compareText } from '../../protocol/bytes.ts';
import { toCanonicalJson } from '../../protocol/canonical.ts';
import type { Head } from '../replica/replica-types.ts';
import { type ReplaySource, replayLog } from '../replica/stored-log.ts';
import { type GraphComponents, GraphView } from './graph-view.ts';
import type { Policy } from './policy.ts';
import type { AgentOwner, CertifiedClaim } from './world-facts.ts';

/** How far each chain goes: what `replica.heads()` answered at the time. */
export type Version = readonly Pick<Head, 'author' | 'epoch' | 'seq'>[];

export interface GraphReplaySource extends ReplaySource {
  readonly components?: GraphComponents;
  readonly policy?: Policy;
  /** What the runtime told the live graph of the world. */
  readonly owners?: readonly AgentOwner[];
  readonly certified?: readonly CertifiedClaim[];
}

/** The graph as it was at a version; without one, as the whole log makes it. */
export function replayGraph(source: GraphReplaySource, version?: Version): GraphView {
  const view = new GraphView(source.components, source.policy);
  view.learnOwners(source.owners ?? []);
  view.learnCertified(source.certified ?? []);
  replayLog(version === undefined ? source : cutTo(source, version), (effect) => {
    if (effect.type === 'frozen') view.markForked(effect.author);
    else view.apply(effect.changes);
  });
  return view;
}

/** The part of the log that a version names. A fork known today is shown as one in the past too. */
function cutTo(source: ReplaySource, version: Version): ReplaySource {
  const limits = new Map(version.map(({ author, epoch, seq }) => [`${author}/${epoch}`, seq]));
  const isIn = (author: string, epoch: string, seq: number) =>
    seq <= (limits.get(`${author}/${epoch}`) ?? -1);
  return {
    ...source,
    frames: filter(source.frames, ({ author, epoch, seq }) => isIn(author, epoch, seq)),
    checkpoints: filter(source.checkpoints ?? [], ({ author, next }) => isIn(author, next.epoch, next.seq)),
  };
}

function* filter<T>(items: Iterable<T>, accepts: (item: T) => boolean): Generator<T> {
  for (const item of items) if (accepts(item)) yield item;
}

export interface GraphDiff {
  readonly added: readonly string[];
  readonly removed: readonly string[];
  readonly changed: readonly string[];
}

/** What differs between two views, by id. */
export function diffGraphs(before: GraphView, after: GraphView): GraphDiff {
  const ids = [...new Set([...before.nodes.keys(), ...after.nodes.keys()])].sort(compareText);
  const textOf = (view: GraphView, id: string) => {
    const node = view.nodes.get(id);
    return node === undefined ? undefined : toCanonicalJson([node.body, node.status]);
  };
  const is = (id: string) => [textOf(before, id), textOf(after, id)] as const;
  return {
    added: ids.filter((id) => is(id)[0] === undefined),
    removed: ids.filter((id) => is(id)[1] === undefined),
    changed: ids.filter(
      (id) => is(id)[0] !== undefined && is(id)[1] !== undefined && is(id)[0] !== is(id)[1],
    ),
  };
}
