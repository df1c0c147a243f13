/** What all desks of one mesh peer share. */
import type { NodeId } from '../../protocol/brand.ts';
import { CompactMap } from '../../protocol/compact-map.ts';
import type { Clock, Keys, Rng, Store, Transport } from '../../protocol/ports.ts';
import { createDecoding, type Decoding } from './decoding.ts';
import { createEventLog, type EventLog, type MeshEventBody } from './events.ts';
import { createTimers, type Timers } from './timers.ts';
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
    this.turn = createTurn(this, { onStoreFailed: init.onFatal });
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
