/**
 * `Directory` over Kademlia: kad-dht finds who is close to a key, and a protocol of our own keeps signed records
 * there. kad-dht's own values and provider entries are not used: a value has one author per key, and provider
 * entries are unsigned and end at twenty, so that one lying holder can end a lookup.
 */
import { createHash } from 'node:crypto';
import type { PeerId, PeerInfo, Stream } from '@libp2p/interface';
import type { NodeId } from '../../protocol/brand.ts';
import { compareBytes, toHex } from '../../protocol/bytes.ts';
import { AmpError } from '../../protocol/errors.ts';
import type { Clock, Directory, DirectoryEvent, RecordValidator } from '../../protocol/ports.ts';
import { findClosest as lookUp } from './closest-lookup.ts';
import type { Libp2pTransport } from './libp2p-transport-types.ts';
import { toNodeId } from './node-id.ts';
import { answerAsker, askHolder, recordKeyBytes } from './record-protocol.ts';
import { createRecordShelf, recordBytesMax } from './record-shelf.ts';
import { TokenBucket } from './token-bucket.ts';

/** Kademlia's k. */
const holderCountDefault = 20;
/** Holders asked at a time. */
const parallelMax = 8;
/** Requests under way together; further ones wait, and beyond the second number they fail. */
const requestsMax = 16;
const waitingMax = 256;
const lookupTimeoutMs = 10_000;
/** One step of a lookup: a dead node must not take its whole time. */
const stepTimeoutMs = 2_500;
const holderTimeoutMs = 4_000;
/** All records of one answer. */
const recordsMax = 1_024;
/** Requests of one asker. A node that republishes a thousand records takes under a minute. */
const askerRate = { perSecond: 20, burst: 200 };
const askersMax = 1_024;

export interface Libp2pDirectoryComponents {
  readonly transport: Libp2pTransport;
  readonly clock: Clock;
  readonly validateRecord: RecordValidator;
}

export interface Libp2pDirectoryInit {
  readonly meshId: string;
  /** Default 20. */
  readonly holderCount?: number;
}

export interface Libp2pDirectory extends Directory {
  /** Requests under way fail with `stopped`. Stop it before the transport. Idempotent. */
  stop(): void;
  counts(): { readonly asked: number; readonly answered: number; readonly refused: number };
}

/** The transport's `handleStream` is called at once, so make the directory before the transport starts. */
export function createLibp2pDirectory(
  components: Libp2pDirectoryComponents,
  init: Libp2pDirectoryInit,
): Libp2pDirectory {
  const { transport, clock, validateRecord } = components;
  const { holderCount = holderCountDefault } = init;
  const protocol = `/amp/${init.meshId}/record/1`;
  const shelf = createRecordShelf(validateRecord);
  const askers = new Map<NodeId, TokenBucket>();
  const counts = { asked: 0, answered: 0, refused: 0 };
  const stopped = new AbortController();
  const waiting: (() => void)[] = [];
  let underWay = 0;
  let listener: ((event: DirectoryEvent) => void) | undefined;
  const serving = transport.handleStream(protocol, answer);
  // Only a second directory on the same transport makes this fail; every request then says so.
  serving.catch(() => undefined);

  function answer(stream: Stream, from: NodeId): void {
    if (stopped.signal.aborted || !isInRate(from)) {
      counts.refused++;
      stream.abort(new Error('too many requests'));
      return;
    }
    const handler = {
      put: (key: Uint8Array, record: Uint8Array) => shelf.put(key, record, clock.nowMs()),
      get: (key: Uint8Array) => shelf.get(key, clock.nowMs()),
    };
    answerAsker(stream, handler, AbortSignal.timeout(holderTimeoutMs)).then(
      () => counts.answered++,
      () => counts.refused++,
    );
  }

  function isInRate(from: NodeId): boolean {
    const bucket = askers.get(from) ?? new TokenBucket(askerRate, clock.nowMs());
    if (!askers.has(from) && askers.size >= askersMax) askers.delete(askers.keys().next().value as NodeId);
    askers.set(from, bucket);
    return bucket.take(1, clock.nowMs());
  }

  /** Run a request when there is room and answer it by exactly one event. */
  function run(request: string, work: (signal: AbortSignal) => Promise<DirectoryEvent>): void {
    const fail = (reason: string) => clock.defer(() => emit({ type: 'directory-failed', request, reason }));
    if (stopped.signal.aborted) fail('stopped');
    else if (waiting.length >= waitingMax) fail('busy');
    else {
      waiting.push(() => void runNow(request, work));
      runNext();
    }
  }

  function runNext(): void {
    if (underWay >= requestsMax) return;
    const next = waiting.shift();
    if (next === undefined) return;
    underWay++;
    next();
  }

  async function runNow(
    request: string,
    work: (signal: AbortSignal) => Promise<DirectoryEvent>,
  ): Promise<void> {
    const signal = AbortSignal.any([stopped.signal, AbortSignal.timeout(lookupTimeoutMs + holderTimeoutMs)]);
    try {
      await serving;
      await transport.listening();
      emit(await work(signal));
    } catch (error) {
      const reason = stopped.signal.aborted
        ? 'stopped'
        : error instanceof Error
          ? error.message
          : String(error);
      emit({ type: 'directory-failed', request, reason });
    } finally {
      underWay--;
      runNext();
    }
  }

  function emit(event: DirectoryEvent): void {
    listener?.(event);
  }

  async function findClosest(key: Uint8Array, count: number, signal: AbortSignal): Promise<Lookup> {
    const { peerId, services } = transport.libp2p;
    const dht = services.dht as unknown as KadInside;
    const target = sha256(key);
    const limited = AbortSignal.any([signal, AbortSignal.timeout(lookupTimeoutMs)]);
    const known = dht.routingTable.closestPeers(target, { count: Math.max(count, holderCountDefault) });
    const ask = (peer: PeerId, asked: AbortSignal) => askForCloser(dht, peer, key, asked);
    const found = await lookUp({ self: peerId, placeOf, known, ask }, { target, count, signal: limited });
    const closest = found.peers.flatMap((peer, at) => {
      const node = toNodeId(peer);
      return node === undefined ? [] : [{ node, distance: toShare(found.distances[at]!) }];
    });
    return { closest, messageCount: found.messageCount };
  }

  async function findHolders(key: Uint8Array, signal: AbortSignal): Promise<readonly NodeId[]> {
    const { closest } = await findClosest(key, holderCount, signal);
    return closest.map(({ node }) => node);
  }

  /** One FIND_NODE; the addresses that came with the answer are remembered, so that who was named can be dialled. */
  async function askForCloser(dht: KadInside, peer: PeerId, key: Uint8Array, signal: AbortSignal) {
    const limited = AbortSignal.any([signal, AbortSignal.timeout(stepTimeoutMs)]);
    const path = { index: 0, queued: 0, running: 0, total: 0 };
    for await (const event of dht.network.sendRequest(
      peer,
      { type: 'FIND_NODE', key },
      { signal: limited, path },
    )) {
      if (event.name === 'QUERY_ERROR') throw event.error;
      if (event.name !== 'PEER_RESPONSE') continue;
      for (const { id, multiaddrs } of event.closer)
        if (!id.equals(transport.libp2p.peerId) && multiaddrs.length > 0)
          await transport.libp2p.peerStore.merge(id, { multiaddrs });
      return event.closer.map(({ id }) => id);
    }
    throw new Error('no answer');
  }

  async function put(
    holder: NodeId,
    key: Uint8Array,
    record: Uint8Array,
    signal: AbortSignal,
  ): Promise<boolean> {
    if (holder === transport.self) return shelf.put(key, record, clock.nowMs());
    const [answered] = await ask(holder, { type: 'put', key, record }, signal);
    return answered?.[0] === 1;
  }

  async function get(holder: NodeId, key: Uint8Array, signal: AbortSignal): Promise<readonly Uint8Array[]> {
    return holder === transport.self
      ? shelf.get(key, clock.nowMs())
      : ask(holder, { type: 'get', key }, signal);
  }

  async function ask(
    holder: NodeId,
    request: Parameters<typeof askHolder>[1],
    signal: AbortSignal,
  ): Promise<readonly Uint8Array[]> {
    counts.asked++;
    const limited = AbortSignal.any([signal, AbortSignal.timeout(holderTimeoutMs)]);
    return askHolder(await transport.openStream(holder, protocol, limited), request, limited);
  }

  async function collect(request: string, key: Uint8Array, signal: AbortSignal): Promise<DirectoryEvent> {
    const nodes = await findHolders(key, signal);
    const answers = await inParallel(nodes, (holder) => get(holder, key, signal));
    const records = new Map<string, Uint8Array>();
    for (const record of answers.flat())
      if (records.size < recordsMax && isValid(key, record)) records.set(toHex(record), record);
    const sorted = [...records.values()].sort(compareBytes);
    return { type: 'records-found', request, records: sorted, answeredCount: answers.length };
  }

  function isValid(key: Uint8Array, record: Uint8Array): boolean {
    const facts = validateRecord(key, record);
    return facts !== undefined && facts.expiresAtMs > clock.nowMs();
  }

  return {
    start(newListener) {
      listener ??= newListener;
    },
    closest(request, key, count) {
      run(request, async (signal) => {
        const { closest, messageCount } = await findClosest(key, count, signal);
        return {
          type: 'closest-found',
          request,
          nodes: closest.map(({ node }) => node),
          distances: closest.map(({ distance }) => distance),
          lookupMessageCount: messageCount,
        };
      });
    },
    putRecord(request, key, record) {
      checkRecord(key, record);
      run(request, async (signal) => {
        if (!isValid(key, record)) return { type: 'directory-failed', request, reason: 'invalid-record' };
        const nodes = await findHolders(key, signal);
        const kept = await inParallel(nodes, (holder) => put(holder, key, record, signal));
        return { type: 'record-put', request, nodeCount: kept.filter(Boolean).length };
      });
    },
    getRecords: (request, key) => run(request, (signal) => collect(request, key, signal)),
    stop() {
      stopped.abort(new Error('stopped'));
    },
    counts: () => counts,
  };
}

/** What kad-dht's class offers beside its interface: its table of routes, and one request to one peer. */
interface KadInside {
  readonly routingTable: { closestPeers(place: Uint8Array, options: { count: number }): PeerId[] };
  readonly network: {
    sendRequest(
      to: PeerId,
      message: { readonly type: 'FIND_NODE'; readonly key: Uint8Array },
      options: { readonly signal: AbortSignal; readonly path: object },
    ): AsyncIterable<
      | { readonly name: 'PEER_RESPONSE'; readonly closer: readonly PeerInfo[] }
      | { readonly name: 'QUERY_ERROR'; readonly error: Error }
      | { readonly name: 'DIAL_PEER' | 'SEND_QUERY' }
    >;
  };
}

interface Lookup {
  readonly closest: readonly { readonly node: NodeId; readonly distance: number }[];
  readonly messageCount: number;
}

function checkRecord(key: Uint8Array, record: Uint8Array): void {
  if (record.length > recordBytesMax)
    throw new AmpError('AMP-1310', `A record of ${record.length} bytes is over ${recordBytesMax}.`, {
      limit: recordBytesMax,
    });
  if (key.length !== recordKeyBytes)
    throw new RangeError(`a key has ${recordKeyBytes} bytes, not ${key.length}`);
}

/** The answers of those holders that answered; a holder that failed is simply not among them. */
async function inParallel<T>(
  nodes: readonly NodeId[],
  ask: (node: NodeId) => Promise<T>,
): Promise<readonly T[]> {
  const answers: T[] = [];
  const left = [...nodes];
  const work = async () => {
    for (let node = left.shift(); node !== undefined; node = left.shift()) {
      const [answer] = await Promise.allSettled([ask(node)]);
      if (answer.status === 'fulfilled') answers.push(answer.value);
    }
  };
  await Promise.all(Array.from({ length: parallelMax }, work));
  return answers;
}

/** A distance of 32 bytes as a share of the key space: its first six bytes say enough. */
function toShare(distance: Uint8Array): number {
  return distance.subarray(0, 6).reduce((sum, byte) => sum * 256 + byte, 0) / 2 ** 48;
}

/** Kademlia's place of a peer: the hash of its multihash. */
function placeOf(peer: PeerId): Uint8Array {
  return sha256(peer.toMultihash().bytes);
}

function sha256(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(createHash('sha256').update(bytes).digest());
}
