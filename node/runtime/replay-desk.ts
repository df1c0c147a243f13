/**
 * Remembers over a restart which messages were taken in, a few loop turns in one row, so that a message sent again
 * after its receipt was lost is never handed out twice.
 */
import { createReplayWindow, type ReplayVerdict } from '../../protocol/replay-window.ts';
import type { PeerCore } from './peer-core.ts';

export const seenBucket = 'seen';
/** As long as a message may live at most by default; mail that lives longer is guarded by its mailbox row. */
const windowMs = 3_600_000;

/** Digits of what is remembered of one message. */
const printLength = 24;
/** A row takes what later turns took in until it is this long, in code units. Judgement: each of them writes it anew. */
const rowLengthMax = 16 * printLength;
/** And no longer than this after its first. */
const rowSpanMs = 60_000;

export interface ReplayDesk {
  /** Take (author, id) in, for one receiver or for all; `content` tells one message from another under the same id. */
  add(key: string, content: string, messageAtMs: number): ReplayVerdict;
  /** Delete rows that no message can need any more. */
  sweep(): void;
  readonly entryCount: number;
}

export function createReplayDesk(core: PeerCore): ReplayDesk {
  return new StoredReplay(core);
}

class StoredReplay implements ReplayDesk {
  readonly #core: PeerCore;
  readonly #window = createReplayWindow({ windowMs });
  #gathered = '';
  #rowCount = 0;
  /** The row that is written now. */
  #row = { key: '', openedAtMs: Number.NEGATIVE_INFINITY, prints: '' };

  constructor(core: PeerCore) {
    this.#core = core;
    const nowMs = core.clock.nowMs();
    for (const row of core.store.scan(seenBucket, '', '', Number.MAX_SAFE_INTEGER)) {
      // As late as the last of the row may be: what is forgotten first must not be older than the window believes.
      const atMs = Math.min(nowMs, Number.parseInt(row.key.slice(0, 14), 10) + rowSpanMs);
      const prints = row.value as string;
      for (let at = 0; at < prints.length; at += printLength)
        this.#window.restore(prints.slice(at, at + printLength), atMs);
    }
  }

  #gather(): void {
    const nowMs = this.#core.clock.nowMs();
    const { openedAtMs, prints } = this.#row;
    if (prints.length + this.#gathered.length > rowLengthMax || nowMs - openedAtMs > rowSpanMs)
      this.#openRow(nowMs);
    this.#row.prints += this.#gathered;
    this.#gathered = '';
    this.#core.turn.persist(seenBucket, this.#row.key, this.#row.prints);
  }

  #openRow(nowMs: number): void {
    const key = `${String(nowMs).padStart(14, '0')}-${String(this.#rowCount++ % 1_000_000).padStart(6, '0')}`;
    this.#row = { key, openedAtMs: nowMs, prints: '' };
  }

  add(key: string, content: string, messageAtMs: number): ReplayVerdict {
    // The signature at the end of the text differs whenever anything in it differs.
    const mark = content.slice(-90);
    const verdict = this.#window.add(key, mark, messageAtMs, this.#core.clock.nowMs());
    if (verdict !== 'new') return verdict;
    if (this.#gathered.length === 0) this.#core.turn.beforeCommit(() => this.#gather());
    this.#gathered += this.#window.printOf(key, mark);
    return verdict;
  }

  sweep(): void {
    const before = String(this.#core.clock.nowMs() - 2 * windowMs).padStart(14, '0');
    for (const row of this.#core.store.scan(seenBucket, '', before, 1_000))
      this.#core.turn.persist(seenBucket, row.key, null);
  }

  get entryCount(): number {
    return this.#window.entryCount;
  }
}
