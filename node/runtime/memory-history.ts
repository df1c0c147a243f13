/** The log of a space as a node stores it: frames, fork proofs and checkpoints, to be verified and replayed offline. */
import { findCut, readPolicy, scopesIn } from '../../crdt/exchange/index.ts';
import {
  type AgentOwner,
  type CertifiedClaim,
  type EntryChange,
  type Frame,
  frameBucket,
  GraphView,
  type HashBytes,
  type Membership,
  type Replica,
  replayLog,
  type StoredLog,
} from '../../crdt/index.ts';
import type { SpaceId } from '../../protocol/brand.ts';
import { compareText } from '../../protocol/bytes.ts';
import type { Store } from '../../protocol/ports.ts';
import type { Members } from '../../protocol/records.ts';

/** Spaces of which frames are stored. One row of each tells: the search jumps to the next. */
export function listStoredSpaces(store: Store): readonly SpaceId[] {
  const spaces: SpaceId[] = [];
  for (let from = ''; ; from = `${spaces.at(-1)}0`) {
    const [row] = store.scan(frameBucket, from, '', 1);
    if (row === undefined) return spaces;
    spaces.push(row.key.slice(0, row.key.indexOf('/')) as SpaceId);
  }
}

/** Frames by the time their authors wrote them, each chain in order. */
export function byTime(frames: readonly Frame[]): readonly Frame[] {
  return [...frames].sort(
    (a, b) =>
      a.at - b.at || compareText(a.author, b.author) || compareText(a.epoch, b.epoch) || a.seq - b.seq,
  );
}

export interface WrittenChange extends EntryChange {
  /** When its frame was written, Unix ms. */
  readonly at: number;
}

export interface Replayed {
  readonly replica: Replica;
  readonly graph: GraphView;
  /** All that was written, in the order given; what a checkpoint repeated or a proof cut off included. */
  readonly changes: readonly WrittenChange[];
}

export interface ReplayPlace {
  readonly mesh: string;
  readonly space: string;
  readonly hash: HashBytes;
  /** The latest record: its cuts, policy and scopes hold for all that was ever written. */
  readonly members: Members | undefined;
  readonly owners?: readonly AgentOwner[];
  readonly certified?: readonly CertifiedClaim[];
  /** Binds attestations to content. */
  readonly digest?: (text: string) => string;
}

/** The state that a log makes, its frames taken in the order given. Their signatures were checked when they came. */
export function replayChanges(
  { mesh, space, hash, members, owners, certified, digest }: ReplayPlace,
  log: Omit<StoredLog, 'damaged'>,
): Replayed {
  const membership: Membership = {
    mayWrite: () => 'yes',
    isKnown: () => true,
    maySign: () => 'yes',
    cutAt: (author, epoch) => findCut(members, author, epoch),
  };
  const scopes = scopesIn(members?.policy);
  const graph = new GraphView(digest === undefined ? {} : { digest }, readPolicy(members?.policy));
  graph.learnOwners(owners ?? []);
  graph.learnCertified(certified ?? []);
  const changes: WrittenChange[] = [];
  const replica = replayLog({ mesh, space, hash, ...log, membership }, (effect) => {
    if (effect.type === 'frozen') return void graph.markForked(effect.author);
    graph.apply(
      effect.changes.map((one) => (scopes.mayWrite(one.author, one) ? one : { ...one, value: undefined })),
    );
    changes.push(...effect.changes.map((change) => ({ ...change, at: change.mark.at })));
  });
  return { replica, graph, changes };
}

/** Whether a change made, attested, related or retracted this entity. */
export function isAbout({ author, key, value }: EntryChange, entity: string): boolean {
  if (`${author}/${key.slice(2)}` === entity || `${author}/${key.slice(4)}` === entity) return true;
  if (key === `a/${entity}`) return true;
  const fields = value as { readonly from?: unknown; readonly to?: unknown } | undefined | null;
  return key.startsWith('r/') && (fields?.from === entity || fields?.to === entity);
}
