/**
 * `Directory` over Kademlia: kad-dht finds who is close to a key, and a protocol of our own keeps signed records
 * there. kad-dht's own values and provider entries are not used: a value has one author per key, and provider
 * entries are unsigned and end at twenty, so that one lying holder can end a lookup.
 */
import { createHash } from 'node:crypto';
import type { PeerId, Stream } from '@libp2p/interface';
import type { NodeId } from '../../protocol/brand.ts';
import { compareBytes, toHex } from '../../protocol/bytes.ts';
import { AmpError } from '../../protocol/errors.ts';
import type { Clock, Directory, DirectoryEvent, RecordValidator } from '../../protocol/ports.ts';
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
    const found = new Map<NodeId, PeerId>([[transport.self, transport.libp2p.peerId]]);
    let messageCount = 0;
    const lookup = AbortSignal.any([signal, AbortSignal.timeout(lookupTimeoutMs)]);
    for await (const event of transport.libp2p.services.dht.getClosestPeers(key, { signal: lookup })) {
      if (event.name === 'SEND_QUERY') messageCount++;
      if (event.name !== 'FINAL_PEER') continue;
      const node = toNodeId(event.peer.id);
      if (node !== undefined) found.set(node, event.peer.id);
    }
    return { nodes: sortByDistance([...found], key).slice(0, count), messageCount };
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
    const { nodes } = await findClosest(key, holderCount, signal);
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
        const { nodes, messageCount } = await findClosest(key, count, signal);
        return { type: 'closest-found', request, nodes, lookupMessageCount: messageCount };
      });
    },
    putRecord(request, key, record) {
      checkRecord(key, record);
      run(request, async (signal) => {
        if (!isValid(key, record)) return { type: 'directory-failed', request, reason: 'invalid-record' };
        const { nodes } = await findClosest(key, holderCount, signal);
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

interface Lookup {
  readonly nodes: readonly NodeId[];
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

/** Kademlia's measure: the XOR of the hashes, those of peer ids by their multihash. */
function sortByDistance(peers: readonly (readonly [NodeId, PeerId])[], key: Uint8Array): readonly NodeId[] {
  const target = sha256(key);
  const distances = peers.map(([node, peer]) => {
    const place = sha256(peer.toMultihash().bytes);
    return [node, place.map((byte, index) => byte ^ target[index]!)] as const;
  });
  return distances.sort(([, a], [, b]) => compareBytes(a, b)).map(([node]) => node);
}

function sha256(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(createHash('sha256').update(bytes).digest());
}
