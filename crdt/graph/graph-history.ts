/** Time travel: the frames are the event log, so any earlier version is a replay of a prefix of each chain. */
import { compareText } from '../../protocol/bytes.ts';
import { toCanonicalJson } from '../../protocol/canonical.ts';
import type { Verified } from '../../protocol/signing.ts';
import type { Frame, HashBytes } from '../frames/frame.ts';
import { createReplica } from '../replica/replica.ts';
import type { Head, Membership } from '../replica/replica-types.ts';
import { type GraphComponents, GraphView } from './graph-view.ts';
import type { Policy } from './policy.ts';

/** How far each chain goes: what `replica.heads()` answered at the time. */
export type Version = readonly Pick<Head, 'author' | 'epoch' | 'seq'>[];

const ownLog: Membership = {
  mayWrite: () => 'yes',
  isKnown: () => true,
  cutAt: () => undefined,
  maySign: () => 'yes',
};

export interface ReplaySource {
  readonly mesh: string;
  readonly space: string;
  readonly hash: HashBytes;
  /** Frames of the log, each chain in order. Own storage: signatures were checked when they came. */
  readonly frames: Iterable<Frame>;
  readonly components?: GraphComponents;
  readonly policy?: Policy;
}

/** The graph as it was at a version; without one, as the whole log makes it. */
export function replayGraph(source: ReplaySource, version?: Version): GraphView {
  const { mesh, space, hash } = source;
  const replica = createReplica(
    { hash, membership: ownLog },
    { mesh, space, authorBurstBytes: Number.MAX_SAFE_INTEGER },
  );
  const view = new GraphView(source.components, source.policy);
  const limits = new Map(version?.map(({ author, epoch, seq }) => [`${author}/${epoch}`, seq]));
  for (const frame of source.frames) {
    if (version !== undefined && frame.seq > (limits.get(`${frame.author}/${frame.epoch}`) ?? -1)) continue;
    const input = {
      type: 'frame-received',
      atMs: frame.at,
      from: frame.author,
      frame: frame as Verified<Frame>,
    } as const;
    for (const effect of replica.step(input)) if (effect.type === 'view-changed') view.apply(effect.changes);
  }
  return view;
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
