/** `Clock` on the machine's time: the wall time at start plus monotonic time, so that it never goes backward. */
import type { Clock } from '../../protocol/ports.ts';

/** The longest delay `setTimeout` takes without firing at once (2^31 - 1 ms); longer ones are chained. */
const timeoutMsMax = 0x7fff_ffff;

export interface SystemClock extends Clock {
  /** Drop every timer and deferred call. A stopped clock still tells the time. */
  stop(): void;
}

export function createSystemClock(): SystemClock {
  const startMs = Date.now() - performance.now();
  const pending = new Set<() => void>();
  let isStopped = false;

  const nowMs = () => Math.floor(startMs + performance.now());

  function setTimer(dueAtMs: number, callback: () => void): () => void {
    if (isStopped) return () => undefined;
    let handle: NodeJS.Timeout;
    const cancel = () => {
      clearTimeout(handle);
      pending.delete(cancel);
    };
    const wait = () => {
      const leftMs = dueAtMs - nowMs();
      if (leftMs > 0) handle = setTimeout(wait, Math.min(leftMs, timeoutMsMax));
      else {
        pending.delete(cancel);
        callback();
      }
    };
    // Never in the caller's own turn, even when it is due already.
    handle = setTimeout(wait, Math.min(Math.max(0, dueAtMs - nowMs()), timeoutMsMax));
    pending.add(cancel);
    return cancel;
  }

  return {
    nowMs,
    setTimer,
    defer(callback) {
      if (isStopped) return;
      const cancel = () => {
        clearImmediate(handle);
        pending.delete(cancel);
      };
      const handle = setImmediate(() => {
        pending.delete(cancel);
        callback();
      });
      pending.add(cancel);
    },
    stop() {
      isStopped = true;
      for (const cancel of [...pending]) cancel();
    },
  };
}
