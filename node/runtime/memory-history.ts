/** The frames of a space as a node stores them: its event log, to be read again, verified and replayed offline. */
import { findCut } from '../../crdt/exchange/index.ts';
import {
  createReplica,
  type EntryChange,
  type Frame,
  frameBucket,
  GraphView,
  type HashBytes,
  type Membership,
  type Policy,
  type Replica,
  readRow,
  spaceRange,
} from '../../crdt/index.ts';
import type { SpaceId } from '../../protocol/brand.ts';
import { compareText } from '../../protocol/bytes.ts';
import type { Store } from '../../protocol/ports.ts';
import type { Members } from '../../protocol/records.ts';
import type { Verified } from '../../protocol/signing.ts';

/** Rows read in one go. */
const rowsMax = 2_000;

export interface StoredFrames {
  /** Each chain in order. */
  readonly frames: readonly Frame[];
  /** Keys of rows whose bytes are not what was stored. */
  readonly damaged: readonly string[];
}

/** Spaces of which frames are stored. One row of each tells: the search jumps to the next. */
export function listStoredSpaces(store: Store): readonly SpaceId[] {
  const spaces: SpaceId[] = [];
  for (let from = ''; ; from = `${spaces.at(-1)}0`) {
    const [row] = store.scan(frameBucket, from, '', 1);
    if (row === undefined) return spaces;
    spaces.push(row.key.slice(0, row.key.indexOf('/')) as SpaceId);
  }
}

export function readStoredFrames(store: Store, mesh: string, space: string, hash: HashBytes): StoredFrames {
  const frames: Frame[] = [];
  const damaged: string[] = [];
  const [first, end] = spaceRange(space);
  for (let from = first; ; ) {
    const rows = store.scan(frameBucket, from, end, rowsMax);
    for (const row of rows) {
      const frame = readRow(row, mesh, space, hash);
      if (frame === undefined) damaged.push(row.key);
      else frames.push(frame);
    }
    const last = rows.at(-1);
    if (last === undefined || rows.length < rowsMax) return { frames, damaged };
    from = `${last.key}\0`;
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
  /** All that was written, in the order given. */
  readonly changes: readonly WrittenChange[];
}

/** Feed stored frames to a fresh replica, in the order given. Their signatures were checked when they came. */
export function replayChanges(
  place: { readonly mesh: string; readonly space: string; readonly hash: HashBytes },
  frames: readonly Frame[],
  members: Members | undefined,
  policy?: Policy,
): Replayed {
  const membership: Membership = {
    mayWrite: () => 'yes',
    isKnown: () => true,
    maySign: () => 'yes',
    cutAt: (author, epoch) => findCut(members, author, epoch),
  };
  const { mesh, space, hash } = place;
  const replica = createReplica(
    { hash, membership },
    { mesh, space, authorBurstBytes: Number.MAX_SAFE_INTEGER },
  );
  const graph = new GraphView({}, policy);
  const changes: WrittenChange[] = [];
  for (const frame of frames) {
    const input = { type: 'frame-received', atMs: frame.at, from: frame.author } as const;
    for (const effect of replica.step({ ...input, frame: frame as Verified<Frame> })) {
      if (effect.type !== 'view-changed') continue;
      graph.apply(effect.changes);
      changes.push(...effect.changes.map((change) => ({ ...change, at: change.mark.at })));
    }
  }
  return { replica, graph, changes };
}

/** Whether a change made, attested, related or retracted this entity. */
export function isAbout({ author, key, value }: EntryChange, entity: string): boolean {
  if (`${author}/${key.slice(2)}` === entity || `${author}/${key.slice(4)}` === entity) return true;
  if (key === `a/${entity}`) return true;
  const fields = value as { readonly from?: unknown; readonly to?: unknown } | undefined | null;
  return key.startsWith('r/') && (fields?.from === entity || fields?.to === entity);
}
