/**
 * Direct messages between nodes: one long-lived stream for each peer and direction, length-prefixed frames, a
 * queue bounded in bytes, a dial on demand, and a wait after each failure that grows.
 */
import type { Stream } from '@libp2p/interface';
import type { NodeId } from '../../protocol/brand.ts';
import type { Clock, Rng } from '../../protocol/ports.ts';
import { planRetryMs } from './dial-plan.ts';
import { encodeFrames, FrameReader } from './frame-reader.ts';
import { TokenBucket } from './token-bucket.ts';

/** The longest direct message: a batch of envelopes and records; files go by the blob protocol. */
export const directBytesMax = 1024 * 1024;
/** Queued for one peer: eight of the longest messages. Over it a send fails at once. */
const laneQueueBytesMax = 8 * 1024 * 1024;
/** Queued for all peers together. */
const queueBytesMax = 64 * 1024 * 1024;
/** Small frames leave together, for each write is encrypted and framed by itself. */
const writeBytesWanted = 64 * 1024;
/** A stream without traffic is closed; the next message opens one again (one round trip). */
const idleMs = 120_000;
/** A frame must be complete this long after its first byte. 1 MiB takes 30 s at 280 kbit/s. */
const frameMs = 30_000;
const sweepMs = 10_000;
/** Incomplete frames of all peers together; over it the stream that asks for more is closed. */
const incompleteBytesMax = 32 * 1024 * 1024;
/** What one peer may send on average; over it its stream is paused, so it waits on its own side. */
const inboundRate = { perSecond: 32 * 1024 * 1024, burst: 64 * 1024 * 1024 };
/** A message counts as this many bytes at least: 16,000 small messages a second. */
const messageCostBytes = 2 * 1024;

export interface DirectLanesComponents {
  readonly clock: Clock;
  readonly rng: Rng;
  /** Open a stream to a node, dialing when needed. Rejects when that fails or `signal` aborts. */
  readonly openStream: (to: NodeId, signal: AbortSignal) => Promise<Stream>;
  readonly onDirect: (from: NodeId, bytes: Uint8Array) => void;
  readonly onSendFailed: (to: NodeId, reason: string) => void;
}

export interface DirectLanesInit {
  readonly dialTimeoutMs: number;
}

export interface DirectLanesCounts {
  sent: number;
  received: number;
  failed: number;
  /** Inbound streams closed because of what was on them. */
  violations: number;
  /** Times that a peer was made to wait. */
  paused: number;
}

export interface DirectLanes {
  send(to: NodeId, bytes: Uint8Array): void;
  /** Read frames from a stream that `from` has opened. */
  accept(from: NodeId, stream: Stream): void;
  /** A connection to the node is there: what was waiting for one need not wait longer. */
  wake(node: NodeId): void;
  stop(): void;
  readonly counts: Readonly<DirectLanesCounts>;
}

interface Lane {
  readonly to: NodeId;
  queue: Uint8Array[];
  queuedBytes: number;
  stream: Stream | undefined;
  opening: AbortController | undefined;
  failureCount: number;
  retryAtMs: number;
  usedAtMs: number;
}

interface Inbound {
  readonly from: NodeId;
  readonly stream: Stream;
  readonly reader: FrameReader;
  /** When the first byte of an incomplete frame came. */
  incompleteSinceMs: number | undefined;
  cancelPause: (() => void) | undefined;
}

export function createDirectLanes(components: DirectLanesComponents, init: DirectLanesInit): DirectLanes {
  const { clock, rng, openStream, onDirect, onSendFailed } = components;
  const lanes = new Map<NodeId, Lane>();
  const inbounds = new Set<Inbound>();
  const buckets = new Map<NodeId, TokenBucket>();
  const counts: DirectLanesCounts = { sent: 0, received: 0, failed: 0, violations: 0, paused: 0 };
  let queuedBytes = 0;
  let incompleteBytes = 0;
  let cancelSweep: (() => void) | undefined;
  let isStopped = false;

  function send(to: NodeId, bytes: Uint8Array): void {
    const lane = laneTo(to);
    const refusal = refuseSend(lane, bytes.length);
    if (refusal !== undefined) {
      fail(to, refusal);
      return;
    }
    lane.queue.push(bytes);
    lane.queuedBytes += bytes.length;
    queuedBytes += bytes.length;
    if (lane.stream !== undefined) pump(lane);
    else if (lane.opening === undefined) void open(lane);
  }

  function refuseSend(lane: Lane, length: number): string | undefined {
    const isWaiting = lane.stream === undefined && lane.opening === undefined;
    if (isStopped) return 'stopped';
    if (isWaiting && lane.retryAtMs > clock.nowMs()) return 'backing-off';
    const isFull = lane.queuedBytes + length > laneQueueBytesMax || queuedBytes + length > queueBytesMax;
    return isFull ? 'queue-full' : undefined;
  }

  function laneTo(to: NodeId): Lane {
    let lane = lanes.get(to);
    if (lane === undefined) {
      const usedAtMs = clock.nowMs();
      lane = {
        to,
        queue: [],
        queuedBytes: 0,
        stream: undefined,
        opening: undefined,
        failureCount: 0,
        retryAtMs: 0,
        usedAtMs,
      };
      lanes.set(to, lane);
      watch();
    }
    return lane;
  }

  /** Never in the caller's own turn: the runtime is in the middle of its effects then. */
  function fail(to: NodeId, reason: string): void {
    counts.failed++;
    clock.defer(() => onSendFailed(to, reason));
  }

  async function open(lane: Lane): Promise<void> {
    const controller = new AbortController();
    lane.opening = controller;
    const cancelTimeout = clock.setTimer(clock.nowMs() + init.dialTimeoutMs, () =>
      controller.abort(new Error('dial-timeout')),
    );
    try {
      const stream = await openStream(lane.to, controller.signal);
      if (isStopped || controller.signal.aborted) stream.abort(new Error('stopped'));
      else {
        lane.failureCount = 0;
        attach(lane, stream);
      }
    } catch {
      // The reason is the operating system's or the peer's; the sender is told that the message did not leave.
      backOff(lane);
      failQueue(lane, 'unreachable');
    } finally {
      cancelTimeout();
      lane.opening = undefined;
    }
    if (lane.stream !== undefined) pump(lane);
  }

  function attach(lane: Lane, stream: Stream): void {
    lane.stream = stream;
    stream.addEventListener('drain', () => {
      if (lane.stream === stream) pump(lane);
    });
    stream.addEventListener('end', () => closeQuietly(stream));
    stream.addEventListener('close', () => {
      if (lane.stream !== stream) return;
      lane.stream = undefined;
      failQueue(lane, 'connection-lost');
    });
  }

  function backOff(lane: Lane): void {
    lane.failureCount++;
    lane.retryAtMs = clock.nowMs() + planRetryMs(lane.failureCount, rng.uint32() / 2 ** 32);
  }

  function failQueue(lane: Lane, reason: string): void {
    const { queue } = lane;
    queuedBytes -= lane.queuedBytes;
    lane.queue = [];
    lane.queuedBytes = 0;
    for (const _ of queue) fail(lane.to, reason);
  }

  function pump(lane: Lane): void {
    const { stream } = lane;
    if (stream === undefined) return;
    lane.usedAtMs = clock.nowMs();
    while (lane.queue.length > 0 && !stream.writableNeedsDrain && stream.writeStatus === 'writable') {
      const batch = takeBatch(lane.queue);
      const batchBytes = batch.reduce((sum, message) => sum + message.length, 0);
      lane.queue.splice(0, batch.length);
      lane.queuedBytes -= batchBytes;
      queuedBytes -= batchBytes;
      try {
        stream.send(encodeFrames(batch));
        counts.sent += batch.length;
      } catch {
        // The stream closed between two lines of ours; its `close` event fails what is still queued.
        for (const _ of batch) fail(lane.to, 'connection-lost');
      }
    }
    if (lane.queue.length > 0 && stream.writeStatus !== 'writable') failQueue(lane, 'connection-lost');
  }

  function accept(from: NodeId, stream: Stream): void {
    const inbound: Inbound = {
      from,
      stream,
      reader: new FrameReader(directBytesMax),
      incompleteSinceMs: undefined,
      cancelPause: undefined,
    };
    if (isStopped) {
      stream.abort(new Error('stopped'));
      return;
    }
    inbounds.add(inbound);
    watch();
    stream.addEventListener('message', (event) => read(inbound, event.data.subarray()));
    stream.addEventListener('end', () => closeQuietly(stream));
    stream.addEventListener('close', () => forget(inbound));
    // Both may have been before we listened.
    if (stream.status !== 'open' && stream.readBufferLength === 0) forget(inbound);
    else if (stream.readableEnded) closeQuietly(stream);
  }

  function read(inbound: Inbound, chunk: Uint8Array): void {
    const { reader, from } = inbound;
    if (!inbounds.has(inbound)) return;
    const before = reader.bufferedBytes;
    const frames = reader.push(chunk);
    incompleteBytes += reader.bufferedBytes - before;
    if (frames === undefined || incompleteBytes > incompleteBytesMax) {
      refuseStream(inbound, frames === undefined ? 'a frame is too long' : 'too many incomplete frames');
      return;
    }
    if (reader.bufferedBytes === 0) inbound.incompleteSinceMs = undefined;
    else if (frames.length > 0 || before === 0) inbound.incompleteSinceMs = clock.nowMs();
    slowDown(inbound, chunk.length + frames.length * messageCostBytes);
    counts.received += frames.length;
    for (const frame of frames) onDirect(from, frame);
  }

  function slowDown(inbound: Inbound, cost: number): void {
    const waitMs = bucketOf(inbound.from).takeInAdvance(cost, clock.nowMs());
    if (waitMs === 0 || inbound.cancelPause !== undefined || inbound.stream.readStatus !== 'readable') return;
    counts.paused++;
    inbound.stream.pause();
    inbound.cancelPause = clock.setTimer(clock.nowMs() + waitMs, () => {
      inbound.cancelPause = undefined;
      if (inbound.stream.readStatus === 'paused') inbound.stream.resume();
    });
  }

  function bucketOf(from: NodeId): TokenBucket {
    const bucket = buckets.get(from) ?? new TokenBucket(inboundRate, clock.nowMs());
    buckets.set(from, bucket);
    return bucket;
  }

  function refuseStream(inbound: Inbound, what: string): void {
    counts.violations++;
    forget(inbound);
    inbound.stream.abort(new Error(what));
  }

  function forget(inbound: Inbound): void {
    if (!inbounds.delete(inbound)) return;
    inbound.cancelPause?.();
    incompleteBytes -= inbound.reader.bufferedBytes;
    const isLast = ![...inbounds].some((other) => other.from === inbound.from);
    if (isLast) buckets.delete(inbound.from);
  }

  /** One timer for everything that ends by time; none when there is nothing to end. */
  function watch(): void {
    if (cancelSweep !== undefined || isStopped || (lanes.size === 0 && inbounds.size === 0)) return;
    cancelSweep = clock.setTimer(clock.nowMs() + sweepMs, () => {
      cancelSweep = undefined;
      sweep(clock.nowMs());
      watch();
    });
  }

  function sweep(nowMs: number): void {
    for (const [to, lane] of lanes) {
      const isBusy = lane.opening !== undefined || lane.queue.length > 0 || lane.retryAtMs > nowMs;
      if (isBusy || (lane.stream !== undefined && nowMs - lane.usedAtMs < idleMs)) continue;
      lanes.delete(to);
      if (lane.stream !== undefined) closeQuietly(lane.stream);
    }
    for (const inbound of inbounds)
      if (inbound.incompleteSinceMs !== undefined && nowMs - inbound.incompleteSinceMs > frameMs)
        refuseStream(inbound, 'a frame took too long');
  }

  return {
    send,
    accept,
    counts,
    wake(node) {
      const lane = lanes.get(node);
      if (lane === undefined) return;
      lane.retryAtMs = 0;
      lane.failureCount = 0;
    },
    stop() {
      isStopped = true;
      cancelSweep?.();
      for (const inbound of [...inbounds]) {
        forget(inbound);
        inbound.stream.abort(new Error('stopped'));
      }
      for (const lane of lanes.values()) {
        lane.opening?.abort(new Error('stopped'));
        lane.stream?.abort(new Error('stopped'));
      }
      lanes.clear();
    },
  };
}

/** As many messages from the front as make a write of the wanted length, at least one. */
function takeBatch(queue: readonly Uint8Array[]): readonly Uint8Array[] {
  let count = 0;
  let length = 0;
  do length += queue[count++]!.length;
  while (count < queue.length && length + queue[count]!.length <= writeBytesWanted);
  return queue.slice(0, count);
}

function closeQuietly(stream: Stream): void {
  stream.close().catch((error: unknown) => stream.abort(error instanceof Error ? error : new Error('close')));
}
