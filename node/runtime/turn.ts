/**
 * One loop turn: inputs are taken in, their writes are gathered into one commit, and only then do their sends
 * and receipts leave, in order. So whatever a message rests on is on disk before the message goes.
 */
import type { Clock, Store, Write } from '../../protocol/ports.ts';

export interface TurnComponents {
  readonly clock: Clock;
  readonly store: Store;
}

export interface TurnInit {
  /** The disk refused: the peer must stop signing and acknowledging. Nothing of the turn leaves. */
  readonly onStoreFailed: (error: unknown) => void;
}

export interface Turn {
  /** Make a value durable with this turn's commit; `null` deletes. */
  persist(bucket: string, key: string, value: string | Uint8Array | null): void;
  /** Run once, just before this turn's commit: the place to gather many small facts into one row. */
  beforeCommit(action: () => void): void;
  /** Run after this turn's commit, in the order given. */
  afterCommit(action: () => void): void;
  /** Commit and let go now: at a shutdown. */
  flush(): void;
}

export function createTurn({ clock, store }: TurnComponents, init: TurnInit): Turn {
  let writes: Write[] = [];
  let actions: (() => void)[] = [];
  let gathers: (() => void)[] = [];
  let isScheduled = false;

  function schedule(): void {
    if (isScheduled) return;
    isScheduled = true;
    clock.defer(flush);
  }

  function flush(): void {
    isScheduled = false;
    const toGather = gathers;
    gathers = [];
    for (const gather of toGather) gather();
    const toCommit = writes;
    const toRun = actions;
    writes = [];
    actions = [];
    if (toCommit.length > 0 && !commit(toCommit)) return;
    for (const action of toRun) action();
  }

  function commit(toCommit: readonly Write[]): boolean {
    try {
      store.commit(toCommit);
      return true;
    } catch (error) {
      init.onStoreFailed(error);
      return false;
    }
  }

  return {
    persist(bucket, key, value) {
      writes.push({ bucket, key, value });
      schedule();
    },
    beforeCommit(action) {
      gathers.push(action);
      schedule();
    },
    afterCommit(action) {
      actions.push(action);
      schedule();
    },
    flush,
  };
}
