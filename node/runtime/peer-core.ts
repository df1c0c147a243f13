/** What all desks of one mesh peer share. */
import type { NodeId } from '../../protocol/brand.ts';
import { CompactMap } from '../../protocol/compact-map.ts';
import type { CancelTimer, SetTimer } from '../../protocol/machine.ts';
import type { Clock, Keys, Rng, Store, Transport } from '../../protocol/ports.ts';
import { createDecoding, type Decoding } from './decoding.ts';
import { createEventLog, type EventLog, type MeshEventBody } from './events.ts';
import { createTurn, type Turn } from './turn.ts';

export interface PeerCore {
  readonly self: NodeId;
  readonly mesh: string;
  readonly clock: Clock;
  readonly rng: Rng;
  readonly keys: Keys;
  readonly store: Store;
  readonly transport: Transport;
  readonly turn: Turn;
  readonly timers: Timers;
  readonly decoding: Decoding;
  /** Tell whoever watches; kept in the event log. */
  note(event: MeshEventBody): void;
  /** A machine ignored an input: counted by machine and reason. */
  countIgnored(machine: string, reason: string): void;
}

/** Named one-shot timers of the machines, one namespace per machine. */
export interface Timers {
  apply(machine: string, effect: SetTimer | CancelTimer, fire: (timer: string, atMs: number) => void): void;
  cancelAll(): void;
  readonly count: number;
}

export interface PeerCoreComponents {
  readonly clock: Clock;
  readonly rng: Rng;
  readonly keys: Keys;
  readonly store: Store;
  readonly transport: Transport;
  /** Shared by the peers of a simulated world; a node's own unless told. */
  readonly decoding?: Decoding | undefined;
}

export interface PeerCoreInit {
  /** @see meshIdOf */
  readonly mesh: string;
  /** A display name for people and logs. */
  readonly nodeName: string;
  /** The disk refused: stop the process. */
  readonly onFatal: (error: unknown) => void;
  /** Events kept on disk; the oldest give way. @default 20,000 */
  readonly eventsMax?: number | undefined;
}

export interface CreatedCore {
  readonly core: PeerCore;
  readonly events: EventLog;
  /** Inputs that machines ignored, by machine and reason. */
  readonly ignoredCounts: ReadonlyMap<string, number>;
}

export function createPeerCore(components: PeerCoreComponents, init: PeerCoreInit): CreatedCore {
  const core = new SharedCore(components, init);
  return { core, events: core.events, ignoredCounts: core.ignoredCounts };
}

class SharedCore implements PeerCore {
  readonly self: NodeId;
  readonly mesh: string;
  readonly clock: Clock;
  readonly rng: Rng;
  readonly keys: Keys;
  readonly store: Store;
  readonly transport: Transport;
  readonly turn: Turn;
  readonly timers: Timers;
  readonly decoding: Decoding;
  readonly events: EventLog;
  readonly ignoredCounts = new CompactMap<string, number>();

  constructor(components: PeerCoreComponents, init: PeerCoreInit) {
    this.self = components.transport.self;
    this.mesh = init.mesh;
    this.clock = components.clock;
    this.rng = components.rng;
    this.keys = components.keys;
    this.store = components.store;
    this.transport = components.transport;
    this.decoding = components.decoding ?? createDecoding();
    this.turn = createTurn(components, { onStoreFailed: init.onFatal });
    this.timers = createTimers(components.clock);
    this.events = createEventLog(this, { nodeName: init.nodeName, eventsMax: init.eventsMax });
  }

  note(event: MeshEventBody): void {
    this.events.note(event);
  }

  countIgnored(machine: string, reason: string): void {
    const key = `${machine} ${reason}`;
    this.ignoredCounts.set(key, (this.ignoredCounts.get(key) ?? 0) + 1);
  }
}

function createTimers(clock: Clock): Timers {
  return new PeerTimers(clock);
}

class PeerTimers implements Timers {
  readonly clock: Clock;
  readonly running = new CompactMap<string, RunningTimer>();

  constructor(clock: Clock) {
    this.clock = clock;
  }

  apply(machine: string, effect: SetTimer | CancelTimer, fire: RunningTimer['fire']): void {
    // One flat text: it is kept as long as the timer runs.
    const key = [machine, effect.timer].join(' ');
    this.running.get(key)?.cancel();
    this.running.delete(key);
    if (effect.type === 'set-timer')
      this.running.set(key, new RunningTimer(this, key, effect.timer, effect.dueAtMs, fire));
  }

  cancelAll(): void {
    for (const timer of this.running.values()) timer.cancel();
    this.running.clear();
  }

  get count(): number {
    return this.running.size;
  }
}

class RunningTimer {
  readonly fire: (timer: string, atMs: number) => void;
  readonly cancel: () => void;
  readonly #timers: PeerTimers;
  readonly #key: string;
  readonly #timer: string;

  constructor(timers: PeerTimers, key: string, timer: string, dueAtMs: number, fire: RunningTimer['fire']) {
    this.fire = fire;
    this.#timers = timers;
    this.#key = key;
    this.#timer = timer;
    this.cancel = timers.clock.setTimer(dueAtMs, this.due.bind(this));
  }

  due(): void {
    this.#timers.running.delete(this.#key);
    this.fire(this.#timer, this.#timers.clock.nowMs());
  }
}
