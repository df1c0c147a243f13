/** Drives the DHT index: own records into the mesh, the records that this node keeps for others, and queries. */

import type { CapabilityContext } from '../../discovery/capability-record.ts';
import {
  createCodebookKeys,
  createConceptCodebook,
  DhtIndex,
  type DhtIndexEffect,
  type DhtIndexInput,
  dhtDefaults,
  type Found,
  MeshSize,
} from '../../discovery/dht/index.ts';
import { type IndexMessage, type OpenedEntry, openEntries } from '../../discovery/index-messages.ts';
import type { Query } from '../../discovery/query.ts';
import type { VectorSource } from '../../discovery/vector-source.ts';
import type { Did, NodeId } from '../../protocol/brand.ts';
import { utf8 } from '../../protocol/bytes.ts';
import { CompactMap } from '../../protocol/compact-map.ts';
import type { Directory, DirectoryEvent } from '../../protocol/ports.ts';
import type { PeerCore } from './peer-core.ts';
import type { TimerOwner } from './timers.ts';

export interface DhtDeskComponents {
  readonly core: PeerCore;
  readonly vectors: VectorSource;
  /** The mesh is twice as large as it was: what was put at the closest nodes lies elsewhere now. */
  readonly onMeshGrown?: (() => void) | undefined;
}

/** What the desk beside it, that holds the own records, does for this one. */
export interface DhtHost {
  /** How records of others are checked now. */
  context(): CapabilityContext;
  send(to: NodeId, message: IndexMessage): void;
  /** As the neighbours' beacons tell. */
  recordsPerNode(): number;
}

export interface DhtDesk {
  readonly index: DhtIndex;
  announce(entry: OpenedEntry): void;
  /** `done` is called once, at the query's deadline at the latest. */
  ask(query: Query, done: (found: Found) => void): void;
  /** False for a message that is not for the DHT index. */
  takeDirect(from: NodeId, message: IndexMessage, byteCount: number): boolean;
  /** False for an answer to somebody else's request. */
  takeDirectory(event: DirectoryEvent): boolean;
  sendFailed(node: NodeId): void;
  setAttached(attached: ReadonlyMap<Did, number>): void;
  /** What the beacons tell of the mesh, where they reach everybody. */
  setMesh(mesh: { readonly nodes: readonly NodeId[]; readonly recordCount: number }): void;
  /** Find out the size of the mesh from lookups, now and again. */
  watchSize(): void;
  /** A neighbour came or went. */
  neighboursChanged(): void;
  /** Nodes in the mesh: counted while they are few, estimated beyond. */
  nodeCount(): number;
}

/** Nodes that a lookup for the size wants: Kademlia's k, and more than a small mesh has. */
const sizeLookupCount = 20;
/** How soon the size is looked at again: at first and when it has doubled, then after twice as long each time. */
const sizeEveryMinMs = 5_000;
const sizeEveryMaxMs = 60_000;

export function createDhtDesk(parts: DhtDeskComponents, directory: Directory, host: DhtHost): DhtDesk {
  return new DhtDriver(parts, directory, host);
}

class DhtDriver implements DhtDesk, TimerOwner {
  readonly #parts: DhtDeskComponents;
  readonly #core: PeerCore;
  readonly #directory: Directory;
  readonly #host: DhtHost;
  readonly index: DhtIndex;
  readonly #waiting = new CompactMap<string, (found: Found) => void>();
  #requestCount = 0;
  readonly #size = new MeshSize();
  #isSizeWatched = false;
  #sizeEveryMs = sizeEveryMinMs;
  /** All nodes, where a lookup found so few. */
  #found: readonly NodeId[] = [];
  #sizeLookups = 0;
  #largestCount = 1;

  constructor(parts: DhtDeskComponents, directory: Directory, host: DhtHost) {
    this.#parts = parts;
    this.#core = parts.core;
    this.#directory = directory;
    this.#host = host;
    const buckets = createCodebookKeys(createConceptCodebook(this.#parts.vectors), dhtDefaults.copyCount);
    this.index = new DhtIndex(
      { hash: this.#core.keys.hash, vectors: this.#parts.vectors, buckets: buckets },
      { self: this.#core.self, mesh: this.#core.mesh },
    );
  }

  #step(input: DhtIndexInput): void {
    for (const effect of this.index.step(input)) this.#perform(effect);
  }

  #perform(effect: DhtIndexEffect): void {
    switch (effect.type) {
      case 'find-closest':
        return this.#directory.closest(effect.request, effect.key, effect.count);
      case 'send-index-message': {
        const { to, message } = effect;
        return this.#core.turn.afterCommit(() => this.#host.send(to, message));
      }
      case 'found': {
        const done = this.#waiting.get(effect.request);
        this.#waiting.delete(effect.request);
        return done?.(effect);
      }
      case 'set-timer':
        return this.#core.timers.apply('dht', effect, this);
      case 'ignored':
        return this.#core.countIgnored('dht', effect.reason);
    }
  }

  onTimer(timer: string, atMs: number, machine: string): void {
    if (machine === 'dht') this.#step({ type: 'timer-fired', timer, atMs });
    else this.#lookAround();
  }

  takeDirect(from: NodeId, message: IndexMessage, byteCount: number): boolean {
    const atMs = this.#core.clock.nowMs();
    switch (message.kind) {
      case 'put':
        this.#step({
          type: 'put-received',
          from,
          message,
          entries: this.#open(message.records).opened,
          atMs,
        });
        return true;
      case 'put-done':
        this.#step({ type: 'put-done-received', from, message, atMs });
        return true;
      case 'query':
        this.#step({ type: 'query-received', from, message, atMs });
        return true;
      case 'ranked': {
        const { opened, refusals } = this.#open(message.records);
        const refusedCount = refusals.length;
        this.#step({
          type: 'ranked-received',
          from,
          message,
          entries: opened,
          refusedCount,
          byteCount,
          atMs,
        });
        return true;
      }
      case 'probe':
        this.#step({ type: 'probe-received', from, message, atMs });
        return true;
      case 'alive':
        this.#step({ type: 'alive-received', from, message, byteCount, atMs });
        return true;
      default:
        return false;
    }
  }

  #open(records: Parameters<typeof openEntries>[0]): ReturnType<typeof openEntries> {
    const read = openEntries(records, this.#host.context());
    for (const reason of read.refusals) this.#core.countIgnored('dht', reason);
    return read;
  }

  // The size of the mesh.

  #lookAround(): void {
    // Another key each time: eight places tell more than one.
    const key = this.#core.keys.hash(utf8(`amp/1/size\n${this.#core.self}\n${this.#sizeLookups++ % 8}`));
    this.#directory.closest(`size/${this.#sizeLookups}`, key, sizeLookupCount);
    this.#lookAroundIn(this.#sizeEveryMs);
    this.#sizeEveryMs = Math.min(sizeEveryMaxMs, 2 * this.#sizeEveryMs);
  }

  #lookAroundIn(delayMs: number): void {
    const dueAtMs = this.#core.clock.nowMs() + delayMs;
    this.#core.timers.apply('dht-size', { type: 'set-timer', timer: 'look', dueAtMs }, this);
  }

  #takeSize(event: DirectoryEvent): void {
    if (event.type !== 'closest-found' || event.nodes.length === 0) return;
    const before = this.#size.nodeCount;
    this.#size.see(sizeLookupCount, event.distances);
    this.#found = this.#size.isCounted ? event.nodes : [];
    if (this.#size.nodeCount >= 2 * before) {
      this.#sizeEveryMs = sizeEveryMinMs;
      this.#lookAroundIn(this.#sizeEveryMs);
    }
    this.#tellSize();
  }

  /** In a small mesh the neighbours are most of it, and known at once. */
  #tellSize(): void {
    const nodes = this.#size.isCounted
      ? [...new Set([this.#core.self, ...this.#found, ...this.#core.transport.peers()])]
      : [];
    const nodeCount = Math.max(nodes.length, this.#size.nodeCount);
    const recordCount = Math.ceil(nodeCount * (this.#isSizeWatched ? this.#host.recordsPerNode() : 1));
    this.#step({ type: 'mesh-size', nodes, nodeCount, recordCount, atMs: this.#core.clock.nowMs() });
    if (nodeCount < 2 * this.#largestCount) return;
    this.#largestCount = nodeCount;
    this.#parts.onMeshGrown?.();
  }

  takeDirectory(event: DirectoryEvent): boolean {
    if (event.request.startsWith('size/')) {
      this.#takeSize(event);
      return true;
    }
    if (!event.request.startsWith('dht/')) return false;
    const { request } = event;
    const atMs = this.#core.clock.nowMs();
    if (event.type === 'closest-found') {
      const { nodes, lookupMessageCount } = event;
      const byteCount = lookupMessageCount * lookupMessageBytes;
      this.#step({ type: 'closest-found', request, nodes, lookupMessageCount, byteCount, atMs });
    } else this.#step({ type: 'directory-failed', request, atMs });
    return true;
  }

  announce(entry: OpenedEntry): void {
    this.#step({ type: 'announce', entry, atMs: this.#core.clock.nowMs() });
  }

  ask(query: Query, done: (found: Found) => void): void {
    const request = `ask/${++this.#requestCount}`;
    this.#waiting.set(request, done);
    this.#step({ type: 'ask', request, query, atMs: this.#core.clock.nowMs() });
  }

  sendFailed(to: NodeId): void {
    this.#step({ type: 'send-failed', to, atMs: this.#core.clock.nowMs() });
  }

  setAttached(attached: ReadonlyMap<Did, number>): void {
    this.#step({ type: 'load-changed', attached, atMs: this.#core.clock.nowMs() });
  }

  setMesh({ nodes, recordCount }: { readonly nodes: readonly NodeId[]; readonly recordCount: number }): void {
    const facts = { nodes, nodeCount: nodes.length, recordCount };
    this.#step({ type: 'mesh-size', ...facts, atMs: this.#core.clock.nowMs() });
  }

  watchSize(): void {
    this.#isSizeWatched = true;
    this.#lookAround();
  }

  neighboursChanged(): void {
    if (this.#isSizeWatched && this.#size.isCounted) this.#tellSize();
  }

  nodeCount(): number {
    return Math.max(this.#size.nodeCount, this.#size.isCounted ? this.#core.transport.peers().length + 1 : 1);
  }
}

/** A request and the answer with twenty addresses have 1.6 KiB together. */
const lookupMessageBytes = 820;
