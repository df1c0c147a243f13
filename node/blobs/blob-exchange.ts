/**
 * Blobs between nodes: one request on each stream, `{ sha256, offset }`, answered by a header `{ bytes }` and the
 * raw bytes from there on in chunks of 64 KiB. The asker checks the hash, so a lying holder costs time, never
 * truth; when one holder falls silent the next one goes on at the same offset.
 */
import type { Stream } from '@libp2p/interface';
import type { NodeId } from '../../protocol/brand.ts';
import { readUtf8, utf8 } from '../../protocol/bytes.ts';
import { AmpError } from '../../protocol/errors.ts';
import { type BlobStore, sha256Pattern } from './blob-store.ts';
import { countPassed } from './collect-buffers.ts';
import { readChunks } from './read-chunks.ts';

export interface BlobExchangeComponents {
  readonly blobs: BlobStore;
  readonly openStream: (node: NodeId, protocol: string, signal?: AbortSignal) => Promise<Stream>;
  readonly handleStream: (protocol: string, handler: (stream: Stream, from: NodeId) => void) => Promise<void>;
  /** Nodes to ask, the likeliest first. */
  readonly candidates: (sha256: string, hint: string | undefined) => readonly NodeId[];
  readonly onProblem: (problem: {
    readonly sha256: string;
    readonly node: NodeId;
    readonly reason: string;
  }) => void;
  /** A holder sent the bytes from `offset` to the end, at `bytes`. */
  readonly onFetched?: (piece: {
    readonly sha256: string;
    readonly node: NodeId;
    readonly offset: number;
    readonly bytes: number;
    readonly tookMs: number;
  }) => void;
}

export interface BlobExchangeInit {
  readonly meshId: string;
  /** A holder that says nothing for this long is given up. @default 10,000 */
  readonly idleMs?: number;
  /** Largest blob fetched, bytes. @default 8 GiB */
  readonly bytesMax?: number;
  /** Blobs fetched at once; further ones wait. @default 4 */
  readonly fetchesMax?: number;
  /** Blobs served at once; who asks beyond that hears `busy` and asks again. @default 8 */
  readonly servesMax?: number;
}

export interface BlobExchange {
  start(): Promise<void>;
  /**
   * Make sure that a blob is here. Equal requests share one transfer.
   * @throws AmpError AMP-1334 when no node that can be reached has it, AMP-1331 when it is too large, AMP-1335
   * when more fetches wait than the node allows.
   */
  fetch(sha256: string, hint?: string): Promise<number>;
}

const headerBytesMax = 256;
const chunkBytes = 64 * 1024;
/** Fetches that wait for their turn. */
const fetchesWaitingMax = 256;
/** Holders are asked again this often, after all of them failed in a row; each round starts where the last stopped. */
const roundsMax = 3;
const roundPauseMs = 300;
/** A holder that sends less than this in a minute keeps others waiting: it is given up. Judgement. */
const minuteBytesMin = 256 * 1024;

/** Why no candidate sent it. */
type Missed = 'absent' | 'busy' | 'unreached';
const reasons: Readonly<Record<Missed, string>> = {
  absent: 'none has it',
  busy: 'those that have it are busy',
  unreached: 'not all could be asked, and none of the others has it',
};

export function createBlobExchange(components: BlobExchangeComponents, init: BlobExchangeInit): BlobExchange {
  const { blobs, openStream, handleStream, candidates, onProblem } = components;
  const protocol = `/amp/${init.meshId}/blob/1`;
  const idleMs = init.idleMs ?? 10_000;
  const bytesMax = init.bytesMax ?? 8 * 2 ** 30;
  const fetchesMax = init.fetchesMax ?? 4;
  const servesMax = init.servesMax ?? 8;
  const fetching = new Map<string, Promise<number>>();
  const turns: (() => void)[] = [];
  let running = 0;
  let serving = 0;

  async function fetchFromAny(sha256: string, hint: string | undefined): Promise<number> {
    let why: Missed = 'absent';
    for (let round = 0; round < roundsMax; round += 1) {
      if (round > 0) await pause(roundPauseMs * round);
      const found = await askAll(sha256, hint);
      if (typeof found === 'number') return found;
      why = found;
      // Everybody answered that it is not there: asking again would not help.
      if (found === 'absent') break;
    }
    throw new AmpError('AMP-1334', `No node that can be reached sends the blob ${sha256}: ${reasons[why]}.`, {
      sha256,
      reason: why,
    });
  }

  async function askAll(sha256: string, hint: string | undefined): Promise<number | Missed> {
    const nodes = candidates(sha256, hint);
    let missed: Missed = nodes.length === 0 ? 'unreached' : 'absent';
    for (const node of nodes) {
      try {
        const bytes = await fetchFrom(node, sha256);
        if (typeof bytes === 'number') return bytes;
        if (bytes === 'busy') missed = 'busy';
      } catch (error) {
        if (error instanceof AmpError && error.code === 'AMP-1331') throw error;
        missed = 'unreached';
        onProblem({ sha256, node, reason: error instanceof Error ? error.message : String(error) });
      }
    }
    return missed;
  }

  /** `undefined` when the node does not have it. */
  async function fetchFrom(node: NodeId, sha256: string): Promise<number | 'busy' | undefined> {
    const offset = blobs.partialSize(sha256);
    const stream = await openStream(node, protocol, AbortSignal.timeout(idleMs));
    try {
      stream.send(utf8(`${JSON.stringify({ sha256, offset })}\n`));
      const reader = readWithHeader(stream, idleMs);
      const header = JSON.parse((await reader.header) || '{}') as { bytes?: unknown; busy?: unknown };
      if (header.busy === true) return 'busy';
      if (typeof header.bytes !== 'number') return undefined;
      if (header.bytes > bytesMax)
        throw new AmpError('AMP-1331', `The blob has ${header.bytes} bytes; ${bytesMax} are allowed.`, {
          bytesMax,
        });
      const startedAtMs = performance.now();
      const bytes = await blobs.write(
        sha256,
        offset,
        whole(reader.body(), header.bytes - offset),
        header.bytes,
      );
      const tookMs = Math.round(performance.now() - startedAtMs);
      components.onFetched?.({ sha256, node, offset, bytes, tookMs });
      return bytes;
    } finally {
      if (stream.status === 'open') stream.abort(new Error('done'));
    }
  }

  async function serve(stream: Stream): Promise<void> {
    serving += 1;
    try {
      const request = JSON.parse(await readWithHeader(stream, idleMs).header) as {
        sha256?: unknown;
        offset?: unknown;
      };
      const { sha256, offset } = request;
      const isValid =
        typeof sha256 === 'string' &&
        sha256Pattern.test(sha256) &&
        Number.isSafeInteger(offset) &&
        (offset as number) >= 0;
      if (serving > servesMax) {
        stream.send(utf8('{"busy":true}\n'));
        return await stream.close();
      }
      const bytes = isValid ? blobs.size(sha256 as string) : undefined;
      stream.send(utf8(`${JSON.stringify(bytes === undefined ? {} : { bytes })}\n`));
      if (bytes !== undefined && (offset as number) < bytes)
        await sendAll(stream, blobs.read(sha256 as string, offset as number));
      await stream.close();
    } catch (error) {
      stream.abort(error instanceof Error ? error : new Error(String(error)));
    } finally {
      serving -= 1;
    }
  }

  /** Run when fewer than the most fetches run; in the order of asking. */
  async function inTurn(work: () => Promise<number>): Promise<number> {
    if (running < fetchesMax) running += 1;
    else await waitForTurn();
    try {
      return await work();
    } finally {
      // A turn is handed on, so that nobody slips in between.
      const next = turns.shift();
      if (next === undefined) running -= 1;
      else next();
    }
  }

  function waitForTurn(): Promise<void> {
    if (turns.length >= fetchesWaitingMax)
      throw new AmpError('AMP-1335', `${turns.length} files wait to be fetched already.`);
    return new Promise((resolve) => turns.push(resolve));
  }

  async function sendAll(stream: Stream, source: AsyncIterable<Uint8Array>): Promise<void> {
    for await (const chunk of source) {
      countPassed(chunk.length);
      for (let at = 0; at < chunk.length; at += chunkBytes) {
        if (!stream.send(chunk.subarray(at, at + chunkBytes))) await drained(stream, idleMs);
      }
    }
  }

  return {
    start: () => handleStream(protocol, (stream) => void serve(stream)),
    async fetch(sha256, hint) {
      const known = blobs.size(sha256);
      if (known !== undefined) return known;
      const underway =
        fetching.get(sha256) ??
        inTurn(() => fetchFromAny(sha256, hint)).finally(() => fetching.delete(sha256));
      fetching.set(sha256, underway);
      return underway;
    },
  };
}

/** Resolves when the stream takes more; rejects when it ends or stays full. */
function drained(stream: Stream, timeoutMs: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => done(new Error('the reader is too slow')), timeoutMs);
    const onDrain = (): void => done();
    const onClose = (): void => done(new Error('the stream was closed'));
    function done(error?: Error): void {
      clearTimeout(timer);
      stream.removeEventListener('drain', onDrain);
      stream.removeEventListener('close', onClose);
      if (error === undefined) resolve();
      else reject(error);
    }
    stream.addEventListener('drain', onDrain);
    stream.addEventListener('close', onClose);
  });
}

/** Split a stream into its first line and the bytes after it. */
function readWithHeader(
  stream: Stream,
  timeoutMs: number,
): { readonly header: Promise<string>; body(): AsyncIterable<Uint8Array> } {
  const iterator = readChunks(stream);
  let rest: Uint8Array = new Uint8Array();

  async function next(): Promise<Uint8Array | undefined> {
    const timer = setTimeout(() => stream.abort(new Error('the other side fell silent')), timeoutMs);
    try {
      const item = await iterator.next();
      return item.done === true ? undefined : item.value;
    } finally {
      clearTimeout(timer);
    }
  }

  async function readHeader(): Promise<string> {
    let bytes: Uint8Array = new Uint8Array();
    for (;;) {
      const chunk = await next();
      if (chunk === undefined) throw new Error('the stream ended before the header');
      bytes = Buffer.concat([bytes, chunk]);
      const end = bytes.indexOf(10);
      if (end >= 0) {
        rest = bytes.subarray(end + 1);
        return readUtf8(bytes.subarray(0, end)) ?? '{}';
      }
      if (bytes.length > headerBytesMax) throw new Error('the header is too long');
    }
  }

  async function* body(): AsyncGenerator<Uint8Array> {
    if (rest.length > 0) yield rest;
    let minute = { sinceMs: performance.now(), bytes: 0 };
    for (let chunk = await next(); chunk !== undefined; chunk = await next()) {
      minute = { ...minute, bytes: minute.bytes + chunk.length };
      yield chunk;
      if (performance.now() - minute.sinceMs < 60_000) continue;
      if (minute.bytes < minuteBytesMin) throw new Error('the other side sends too slowly');
      minute = { sinceMs: performance.now(), bytes: 0 };
    }
  }

  return { header: readHeader(), body };
}

/** A holder that dies may end its stream politely: bytes that are missing are no wrong bytes. */
async function* whole(source: AsyncIterable<Uint8Array>, bytes: number): AsyncGenerator<Uint8Array> {
  let missingBytes = bytes;
  for await (const chunk of source) {
    missingBytes -= chunk.length;
    yield chunk;
  }
  if (missingBytes > 0) throw new Error(`the stream ended ${missingBytes} bytes early`);
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
