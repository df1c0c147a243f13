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

export function createTurn(parts: TurnComponents, init: TurnInit): Turn {
  return new LoopTurn(parts, init);
}

class LoopTurn implements Turn {
  readonly #parts: TurnComponents;
  readonly #onStoreFailed: TurnInit['onStoreFailed'];
  #writes: Write[] = [];
  #actions: (() => void)[] = [];
  #gathers: (() => void)[] = [];
  #isScheduled = false;

  constructor(parts: TurnComponents, init: TurnInit) {
    this.#parts = parts;
    this.#onStoreFailed = init.onStoreFailed;
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    this.#parts.clock.defer(() => this.flush());
  }

  flush(): void {
    this.#isScheduled = false;
    const toGather = this.#gathers;
    this.#gathers = [];
    for (const gather of toGather) gather();
    const toCommit = this.#writes;
    const toRun = this.#actions;
    this.#writes = [];
    this.#actions = [];
    if (toCommit.length > 0 && !this.#commit(toCommit)) return;
    for (const action of toRun) action();
  }

  #commit(toCommit: readonly Write[]): boolean {
    try {
      this.#parts.store.commit(toCommit);
      return true;
    } catch (error) {
      this.#onStoreFailed(error);
      return false;
    }
  }

  persist(bucket: string, key: string, value: string | Uint8Array | null): void {
    this.#writes.push({ bucket, key, value });
    this.#schedule();
  }

  beforeCommit(action: () => void): void {
    this.#gathers.push(action);
    this.#schedule();
  }

  afterCommit(action: () => void): void {
    this.#actions.push(action);
    this.#schedule();
  }
}
