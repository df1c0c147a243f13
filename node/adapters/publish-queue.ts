/**
 * Publications that wait for their topic's first listener. Gossip to a topic that was just joined, before any
 * neighbour is known to listen, would be lost without a word; here it waits, within limits, and is then sent or
 * given up with a reason.
 */
import type { Clock } from '../../protocol/ports.ts';

/** How often to look again. There is no event for "the stream to that neighbour is open". */
const retryMs = 50;
const queuedCountMax = 1_024;
const queuedBytesMax = 8 * 1024 * 1024;

export interface PublishQueueComponents {
  readonly clock: Clock;
  /** Whether somebody who listens to the topic can be reached now, after so much waiting. */
  readonly isReady: (topic: string, waitedMs: number) => boolean;
  /** Hand over to gossip; resolves to how many neighbours it went to. */
  readonly publish: (topic: string, bytes: Uint8Array) => Promise<number>;
  readonly onGivenUp: (topic: string, reason: string) => void;
}

export interface PublishQueue {
  push(topic: string, bytes: Uint8Array): void;
  /** Send what can be sent now: call when a neighbour came, joined or opened its stream. */
  flush(): void;
  stop(): void;
  readonly queuedCount: number;
}

interface Queued {
  readonly topic: string;
  readonly bytes: Uint8Array;
  readonly queuedAtMs: number;
}

export function createPublishQueue(
  components: PublishQueueComponents,
  { waitMs }: { readonly waitMs: number },
): PublishQueue {
  const { clock, isReady, publish, onGivenUp } = components;
  let queue: Queued[] = [];
  let queuedBytes = 0;
  let cancelTimer: (() => void) | undefined;

  function push(topic: string, bytes: Uint8Array): void {
    const isFirst = !queue.some((queued) => queued.topic === topic);
    const isFull = queue.length >= queuedCountMax || queuedBytes + bytes.length > queuedBytesMax;
    if (isFirst && isReady(topic, 0)) handOver(topic, bytes);
    else if (isFull) onGivenUp(topic, 'queue-full');
    else {
      queue.push({ topic, bytes, queuedAtMs: clock.nowMs() });
      queuedBytes += bytes.length;
      watch();
    }
  }

  function handOver(topic: string, bytes: Uint8Array): void {
    publish(topic, bytes).then(
      (count) => {
        if (count === 0) onGivenUp(topic, 'no-peers');
      },
      (error: unknown) => onGivenUp(topic, error instanceof Error ? error.message : String(error)),
    );
  }

  function flush(): void {
    const kept: Queued[] = [];
    const nowMs = clock.nowMs();
    const waiting = queue;
    queue = [];
    for (const queued of waiting) {
      const waitedMs = nowMs - queued.queuedAtMs;
      if (isReady(queued.topic, waitedMs)) handOver(queued.topic, queued.bytes);
      else if (waitedMs >= waitMs) onGivenUp(queued.topic, 'no-peers');
      else {
        kept.push(queued);
        continue;
      }
      queuedBytes -= queued.bytes.length;
    }
    queue = [...kept, ...queue];
  }

  function watch(): void {
    if (queue.length === 0 || cancelTimer !== undefined) return;
    cancelTimer = clock.setTimer(clock.nowMs() + retryMs, () => {
      cancelTimer = undefined;
      flush();
      watch();
    });
  }

  return {
    push,
    flush,
    stop() {
      cancelTimer?.();
      cancelTimer = undefined;
      for (const queued of queue) onGivenUp(queued.topic, 'stopped');
      queue = [];
      queuedBytes = 0;
    },
    get queuedCount() {
      return queue.length;
    },
  };
}
