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
} from '../../discovery/dht/index.ts';
import { type IndexMessage, type OpenedEntry, openEntries } from '../../discovery/index-messages.ts';
import type { Query } from '../../discovery/query.ts';
import type { VectorSource } from '../../discovery/vector-source.ts';
import type { Did, NodeId } from '../../protocol/brand.ts';
import type { Directory, DirectoryEvent } from '../../protocol/ports.ts';
import type { PeerCore } from './peer-core.ts';

export interface DhtDeskComponents {
  readonly core: PeerCore;
  readonly directory: Directory;
  readonly vectors: VectorSource;
  /** How records of others are checked now. */
  readonly context: () => CapabilityContext;
  readonly send: (to: NodeId, message: IndexMessage) => void;
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
  /** What the beacons tell of the mesh. */
  setMesh(mesh: { readonly nodes: readonly NodeId[]; readonly recordCount: number }): void;
}

export function createDhtDesk(components: DhtDeskComponents): DhtDesk {
  const { core, directory, vectors, context, send } = components;
  const buckets = createCodebookKeys(createConceptCodebook(vectors), dhtDefaults.copyCount);
  const index = new DhtIndex(
    { hash: core.keys.hash, vectors, buckets },
    { self: core.self, mesh: core.mesh },
  );
  const waiting = new Map<string, (found: Found) => void>();
  let requestCount = 0;

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

  function takeDirectory(event: DirectoryEvent): boolean {
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
  };
}

/** A request and the answer with twenty addresses have 1.6 KiB together. */
const lookupMessageBytes = 820;
