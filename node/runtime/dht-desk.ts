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
import type { Directory, DirectoryEvent } from '../../protocol/ports.ts';
import type { PeerCore } from './peer-core.ts';

export interface DhtDeskComponents {
  readonly core: PeerCore;
  readonly directory: Directory;
  readonly vectors: VectorSource;
  /** How records of others are checked now. */
  readonly context: () => CapabilityContext;
  readonly send: (to: NodeId, message: IndexMessage) => void;
  /** The mesh is twice as large as it was: what was put at the closest nodes lies elsewhere now. */
  readonly onGrown?: (() => void) | undefined;
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
  /** Find out the size of the mesh from lookups, now and again; `recordsPerNode` is what neighbours tell. */
  watchSize(recordsPerNode: () => number): void;
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

export function createDhtDesk(components: DhtDeskComponents): DhtDesk {
  const { core, directory, vectors, context, send, onGrown } = components;
  const buckets = createCodebookKeys(createConceptCodebook(vectors), dhtDefaults.copyCount);
  const index = new DhtIndex(
    { hash: core.keys.hash, vectors, buckets },
    { self: core.self, mesh: core.mesh },
  );
  const waiting = new Map<string, (found: Found) => void>();
  let requestCount = 0;
  const size = new MeshSize();
  let recordsPerNode: (() => number) | undefined;
  let sizeEveryMs = sizeEveryMinMs;
  /** All nodes, where a lookup found so few. */
  let found: readonly NodeId[] = [];
  let sizeLookups = 0;
  let largestCount = 1;

  function step(input: DhtIndexInput): void {
    for (const effect of index.step(input)) perform(effect);
  }

  function perform(effect: DhtIndexEffect): void {
    switch (effect.type) {
      case 'find-closest':
        return directory.closest(effect.request, effect.key, effect.count);
      case 'send-index-message': {
        const { to, message } = effect;
        return core.turn.afterCommit(() => send(to, message));
      }
      case 'found': {
        const done = waiting.get(effect.request);
        waiting.delete(effect.request);
        return done?.(effect);
      }
      case 'set-timer':
        return core.timers.apply('dht', effect, (timer, atMs) => step({ type: 'timer-fired', timer, atMs }));
      case 'ignored':
        return core.countIgnored('dht', effect.reason);
    }
  }

  function takeDirect(from: NodeId, message: IndexMessage, byteCount: number): boolean {
    const atMs = core.clock.nowMs();
    switch (message.kind) {
      case 'put':
        step({ type: 'put-received', from, message, entries: open(message.records).opened, atMs });
        return true;
      case 'put-done':
        step({ type: 'put-done-received', from, message, atMs });
        return true;
      case 'query':
        step({ type: 'query-received', from, message, atMs });
        return true;
      case 'ranked': {
        const { opened, refusals } = open(message.records);
        const refusedCount = refusals.length;
        step({ type: 'ranked-received', from, message, entries: opened, refusedCount, byteCount, atMs });
        return true;
      }
      case 'probe':
        step({ type: 'probe-received', from, message, atMs });
        return true;
      case 'alive':
        step({ type: 'alive-received', from, message, byteCount, atMs });
        return true;
      default:
        return false;
    }
  }

  function open(records: Parameters<typeof openEntries>[0]): ReturnType<typeof openEntries> {
    const read = openEntries(records, context());
    for (const reason of read.refusals) core.countIgnored('dht', reason);
    return read;
  }

  // The size of the mesh.

  function lookAround(): void {
    // Another key each time: eight places tell more than one.
    const key = core.keys.hash(utf8(`amp/1/size\n${core.self}\n${sizeLookups++ % 8}`));
    directory.closest(`size/${sizeLookups}`, key, sizeLookupCount);
    lookAroundIn(sizeEveryMs);
    sizeEveryMs = Math.min(sizeEveryMaxMs, 2 * sizeEveryMs);
  }

  function lookAroundIn(delayMs: number): void {
    const dueAtMs = core.clock.nowMs() + delayMs;
    core.timers.apply('dht-size', { type: 'set-timer', timer: 'look', dueAtMs }, lookAround);
  }

  function takeSize(event: DirectoryEvent): void {
    if (event.type !== 'closest-found' || event.nodes.length === 0) return;
    const before = size.nodeCount;
    size.see(sizeLookupCount, event.distances);
    found = size.isCounted ? event.nodes : [];
    if (size.nodeCount >= 2 * before) {
      sizeEveryMs = sizeEveryMinMs;
      lookAroundIn(sizeEveryMs);
    }
    tellSize();
  }

  /** In a small mesh the neighbours are most of it, and known at once. */
  function tellSize(): void {
    const nodes = size.isCounted ? [...new Set([core.self, ...found, ...core.transport.peers()])] : [];
    const nodeCount = Math.max(nodes.length, size.nodeCount);
    const recordCount = Math.ceil(nodeCount * (recordsPerNode?.() ?? 1));
    step({ type: 'mesh-size', nodes, nodeCount, recordCount, atMs: core.clock.nowMs() });
    if (nodeCount < 2 * largestCount) return;
    largestCount = nodeCount;
    onGrown?.();
  }

  function takeDirectory(event: DirectoryEvent): boolean {
    if (event.request.startsWith('size/')) {
      takeSize(event);
      return true;
    }
    if (!event.request.startsWith('dht/')) return false;
    const { request } = event;
    const atMs = core.clock.nowMs();
    if (event.type === 'closest-found') {
      const { nodes, lookupMessageCount } = event;
      const byteCount = lookupMessageCount * lookupMessageBytes;
      step({ type: 'closest-found', request, nodes, lookupMessageCount, byteCount, atMs });
    } else step({ type: 'directory-failed', request, atMs });
    return true;
  }

  return {
    index,
    announce: (entry) => step({ type: 'announce', entry, atMs: core.clock.nowMs() }),
    ask(query, done) {
      const request = `ask/${++requestCount}`;
      waiting.set(request, done);
      step({ type: 'ask', request, query, atMs: core.clock.nowMs() });
    },
    takeDirect,
    takeDirectory,
    sendFailed: (to) => step({ type: 'send-failed', to, atMs: core.clock.nowMs() }),
    setAttached: (attached) => step({ type: 'load-changed', attached, atMs: core.clock.nowMs() }),
    setMesh({ nodes, recordCount }) {
      const facts = { nodes, nodeCount: nodes.length, recordCount };
      step({ type: 'mesh-size', ...facts, atMs: core.clock.nowMs() });
    },
    watchSize(perNode) {
      recordsPerNode = perNode;
      lookAround();
    },
    neighboursChanged() {
      if (recordsPerNode !== undefined && size.isCounted) tellSize();
    },
    nodeCount: () => Math.max(size.nodeCount, size.isCounted ? core.transport.peers().length + 1 : 1),
  };
}

/** A request and the answer with twenty addresses have 1.6 KiB together. */
const lookupMessageBytes = 820;
