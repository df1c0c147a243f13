/** What the node's operator asks of any space that is open here: all views, and the history of what was written. */
import { readStoredLog } from '../../crdt/index.ts';
import type { VectorSource } from '../../discovery/vector-source.ts';
import type { SpaceId } from '../../protocol/brand.ts';
import { accept, type Checked, refuse } from '../../protocol/errors.ts';
import type { JsonObject } from '../../protocol/json.ts';
import type { Members } from '../../protocol/records.ts';
import { isAbout, replayChanges } from './memory-history.ts';
import { askMemory, isByMeaning, isMemoryKind, type MemoryAnswer, spaceOfFilter } from './memory-queries.ts';
import type { MemorySpace } from './memory-space.ts';
import type { PeerCore } from './peer-core.ts';

export interface MemoryLookComponents {
  readonly core: PeerCore;
  readonly vectors: VectorSource;
  readonly membersOf: (space: SpaceId) => Members | undefined;
  readonly find: (space: SpaceId) => MemorySpace | undefined;
}

export interface MemoryLook {
  /** Call back when a question by meaning can be answered by `look`: at once for all others. */
  prepare(what: string, filter: JsonObject, text: string | undefined, done: () => void): void;
  /** For the operator: any space that is open here. @throws nothing; refuses what is unknown or malformed. */
  look(
    what: string,
    filter: JsonObject,
    text: string | undefined,
    limit: number | undefined,
  ): Checked<MemoryAnswer>;
}

/** Changes in one history. */
const changesMax = 1_000;

export function createMemoryLook({ core, vectors, membersOf, find }: MemoryLookComponents): MemoryLook {
  function historySpace(filter: JsonObject): Checked<string> {
    return typeof filter.space === 'string'
      ? accept(filter.space)
      : refuse('AMP-1005', 'Name the space.', 'filter.space');
  }

  /** What was written, oldest first; with `entity` only about that one. */
  function history({ id }: MemorySpace, { entity }: JsonObject, limit: number): MemoryAnswer {
    const place = { mesh: core.mesh, space: id, hash: core.keys.hash };
    const { changes } = replayChanges({ ...place, members: membersOf(id) }, readStoredLog(core.store, place));
    const items = changes.filter((one) => typeof entity !== 'string' || isAbout(one, entity));
    return { items: items.slice(-limit), explain: { total: items.length } };
  }

  return {
    prepare(what, filter, text, done) {
      const space = typeof filter.space === 'string' ? find(filter.space as SpaceId) : undefined;
      if (space === undefined || !isMemoryKind(what) || !isByMeaning({ what, text })) return done();
      space.whenEmbedded(done);
    },
    look(what, filter, text, limit) {
      const read =
        what === 'history'
          ? historySpace(filter)
          : isMemoryKind(what)
            ? spaceOfFilter(what, filter)
            : undefined;
      if (read === undefined) return refuse('AMP-1005', `There is no view "${what}" of a space.`, 'what');
      if (!read.ok) return read;
      const space = find(read.value as SpaceId);
      if (space === undefined)
        return refuse('AMP-1401', 'This node keeps no memory of that space.', 'filter.space');
      if (!isMemoryKind(what)) return accept(history(space, filter, limit ?? changesMax));
      const question = { what, filter, text, limit: limit ?? 100, nowMs: core.clock.nowMs() };
      return accept(askMemory(space, vectors, question));
    },
  };
}
