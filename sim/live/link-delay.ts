/**
 * Adds a scenario's link delays to real connections, below encryption and multiplexing, so that whatever a node says
 * takes the time of its link. Both directions are delayed at the dialling end: only it knows at once whom it talks to,
 * and the link model knows both directions.
 */
import { hrtime } from 'node:process';
import { ticksPerMs } from '../clock/ticks.ts';
import type { LinkModel } from '../network/link-model.ts';

/** Milliseconds of the machine's monotonic clock, which all its processes share; resolution 1 µs. */
export function monotonicMs(): number {
  return Number(hrtime.bigint()) / 1e6;
}

export interface LinkDelays {
  readonly link: LinkModel;
  /** Number of this peer. */
  readonly self: number;
  /** Number of the peer that listens on a TCP port, or `undefined` for a stranger, who is not delayed. */
  readonly peerAtPort: (port: number) => number | undefined;
  readonly lateness: Lateness;
}

/** How much later than planned delayed bytes went on: the error that timers add to every hop. */
export class Lateness {
  /** Tenths of a millisecond; the last bucket takes all that is more. */
  readonly counts = new Float64Array(1001);

  note(lateMs: number): void {
    const bucket = Math.max(0, Math.min(this.counts.length - 1, Math.floor(lateMs * 10)));
    this.counts[bucket] = this.counts[bucket]! + 1;
  }
}

/** From now on everything that this node dials is delayed; call it before the first dial. */
export function delayLinks(libp2p: unknown, delays: LinkDelays): void {
  const { transportManager } = (libp2p as Libp2pInside).components;
  for (const transport of transportManager.getTransports()) {
    if (transport[Symbol.toStringTag] !== '@libp2p/tcp') continue;
    const dial = transport.dial.bind(transport);
    transport.dial = (address, options) => {
      const { upgrader } = options;
      const upgradeOutbound = (connection: ConnectionInside, more: unknown) => {
        const to = delays.peerAtPort(portOf(String(address)));
        if (to !== undefined) delayConnection(connection, delays, to);
        return upgrader.upgradeOutbound(connection, more);
      };
      return dial(address, { ...options, upgrader: { ...upgrader, upgradeOutbound } });
    };
  }
}

/** The parts of libp2p that its interfaces leave out. */
interface Libp2pInside {
  readonly components: { readonly transportManager: { getTransports(): TransportInside[] } };
}

interface TransportInside {
  readonly [Symbol.toStringTag]: string;
  dial(address: unknown, options: DialOptions): Promise<unknown>;
}

interface DialOptions {
  readonly upgrader: { upgradeOutbound(connection: ConnectionInside, options: unknown): Promise<unknown> };
}

/** A TCP connection before its upgrade: one method takes what is to be sent, one what has come. */
interface ConnectionInside {
  sendData(data: Chunk): { sentBytes: number; canSendMore: boolean };
  onData(data: Uint8Array | Chunk): void;
  sendClose(options?: unknown): Promise<void>;
}

interface Chunk {
  readonly byteLength: number;
  subarray(): Uint8Array;
}

function portOf(address: string): number {
  return Number(/\/tcp\/(\d+)/.exec(address)?.[1] ?? 0);
}

function delayConnection(connection: ConnectionInside, delays: LinkDelays, to: number): void {
  const { link, self, lateness } = delays;
  const send = connection.sendData.bind(connection);
  const take = connection.onData.bind(connection);
  const close = connection.sendClose.bind(connection);
  const delayMs = (from: number, target: number, bytes: number) =>
    link.delayTicks(from, target, bytes, 0) / ticksPerMs;
  const outbound = new DelayLine<Uint8Array>((bytes) => void send([bytes] as unknown as Chunk), lateness);
  const inbound = new DelayLine<Uint8Array>(take, lateness);
  connection.sendData = (data) => {
    // A copy: the caller uses its buffers again.
    outbound.push(data.subarray().slice(), delayMs(self, to, data.byteLength));
    return { sentBytes: data.byteLength, canSendMore: true };
  };
  connection.onData = (data) => {
    const bytes = data instanceof Uint8Array ? data : data.subarray();
    inbound.push(bytes, delayMs(to, self, bytes.byteLength));
  };
  connection.sendClose = async (options) => {
    await outbound.emptied();
    await close(options);
  };
}

/** Hands things on after their delay, in the order in which they came, as a TCP connection does. */
class DelayLine<T> {
  readonly #handOn: (thing: T) => void;
  readonly #lateness: Lateness;
  readonly #queue: { readonly thing: T; readonly dueMs: number }[] = [];
  #timer: NodeJS.Timeout | undefined;
  #waiting: (() => void)[] = [];

  constructor(handOn: (thing: T) => void, lateness: Lateness) {
    this.#handOn = handOn;
    this.#lateness = lateness;
  }

  push(thing: T, delayMs: number): void {
    const dueMs = Math.max(monotonicMs() + delayMs, this.#queue.at(-1)?.dueMs ?? 0);
    this.#queue.push({ thing, dueMs });
    if (this.#queue.length === 1) this.#arm();
  }

  emptied(): Promise<void> {
    if (this.#queue.length === 0) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  #arm(): void {
    this.#timer = setTimeout(() => this.#run(), Math.max(0, this.#queue[0]!.dueMs - monotonicMs()));
    this.#timer.unref();
  }

  #run(): void {
    // Timers count whole milliseconds of a cached clock: half a millisecond early is on time.
    for (
      let next = this.#queue[0];
      next !== undefined && next.dueMs - monotonicMs() < 0.5;
      next = this.#queue[0]
    ) {
      this.#queue.shift();
      this.#lateness.note(monotonicMs() - next.dueMs);
      this.#handOn(next.thing);
    }
    if (this.#queue.length > 0) return this.#arm();
    for (const done of this.#waiting.splice(0)) done();
  }
}
