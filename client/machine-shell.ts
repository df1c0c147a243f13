/** What the shells of the team machines share: timers, ids, hashing. */
import type { MessageId } from '../protocol/brand.ts';
import { createMessageId } from '../protocol/message-id.ts';
import { sha256 } from './sha256.ts';

export type TeamContent = string | Record<string, unknown>;

export const hashing = { hash: sha256 };

export interface MachineTimers {
  apply(effect: { readonly type: string; readonly timer: string; readonly dueAtMs?: number }): void;
  cancelAll(): void;
}

/** Run a machine's `set-timer` and `cancel-timer` on the platform's timers. */
export function createMachineTimers(fire: (timer: string) => void): MachineTimers {
  const running = new Map<string, ReturnType<typeof setTimeout>>();
  return {
    apply({ type, timer, dueAtMs }) {
      clearTimeout(running.get(timer));
      running.delete(timer);
      if (type === 'cancel-timer') return;
      // The platform's timers may run a millisecond early, before the moment that the machine waits for; and they
      // take no more than 2^31 ms at a time.
      const onTime = (): void => {
        const leftMs = dueAtMs! - Date.now();
        if (leftMs > 0) return void running.set(timer, setTimeout(onTime, Math.min(leftMs, delayMsMax)));
        running.delete(timer);
        fire(timer);
      };
      running.set(timer, setTimeout(onTime, Math.min(Math.max(0, dueAtMs! - Date.now()), delayMsMax)));
    },
    cancelAll() {
      for (const handle of running.values()) clearTimeout(handle);
      running.clear();
    },
  };
}

const delayMsMax = 2 ** 31 - 1;

export function makeId(): MessageId {
  return createMessageId(Date.now(), { bytes: (count) => crypto.getRandomValues(new Uint8Array(count)) });
}

/** An error's own words, short enough for a message's line. */
export function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.slice(0, reasonLengthMax) || 'failed';
}

const reasonLengthMax = 500;
