/**
 * Remembers over a restart which messages were taken in, one row per loop turn, so that a message sent again
 * after its receipt was lost is never handed out twice.
 */
import { createReplayWindow, type ReplayVerdict } from '../../protocol/replay-window.ts';
import type { PeerCore } from './peer-core.ts';

export const seenBucket = 'seen';
/** As long as a message may live at most by default; mail that lives longer is guarded by its mailbox row. */
const windowMs = 3_600_000;

/** Digits of what is remembered of one message. */
const printLength = 24;

export interface ReplayDesk {
  /** Take (author, id) in, for one receiver or for all; `content` tells one message from another under the same id. */
  add(key: string, content: string, messageAtMs: number): ReplayVerdict;
  /** Delete rows that no message can need any more. */
  sweep(): void;
  readonly entryCount: number;
}

export function createReplayDesk(core: PeerCore): ReplayDesk {
  const window = createReplayWindow({ windowMs });
  let gathered = '';
  let chunk = 0;
  for (const row of core.store.scan(seenBucket, '', '', Number.MAX_SAFE_INTEGER)) {
    const atMs = Number.parseInt(row.key.slice(0, 14), 10);
    const prints = row.value as string;
    for (let at = 0; at < prints.length; at += printLength)
      window.restore(prints.slice(at, at + printLength), atMs);
  }

  function gather(): void {
    const key = `${String(core.clock.nowMs()).padStart(14, '0')}-${String(chunk++ % 1_000_000).padStart(6, '0')}`;
    core.turn.persist(seenBucket, key, gathered);
    gathered = '';
  }

  return {
    add(key, content, messageAtMs) {
      // The signature at the end of the text differs whenever anything in it differs.
      const mark = content.slice(-90);
      const verdict = window.add(key, mark, messageAtMs, core.clock.nowMs());
      if (verdict !== 'new') return verdict;
      if (gathered.length === 0) core.turn.beforeCommit(gather);
      gathered += window.printOf(key, mark);
      return verdict;
    },
    sweep() {
      const before = String(core.clock.nowMs() - 2 * windowMs).padStart(14, '0');
      for (const row of core.store.scan(seenBucket, '', before, 1_000))
        core.turn.persist(seenBucket, row.key, null);
    },
    get entryCount() {
      return window.entryCount;
    },
  };
}
