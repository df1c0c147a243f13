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
}

export interface BlobExchangeInit {
  readonly meshId: string;
  /** A holder that says nothing for this long is given up. @default 10,000 */
  readonly idleMs?: number;
}

export interface BlobExchange {
  start(): Promise<void>;
  /**
   * Make sure that a blob is here. Equal requests share one transfer.
   * @throws AmpError AMP-1334 when no node that can be reached has it.
   */
  fetch(sha256: string, hint?: string): Promise<number>;
}

const headerBytesMax = 256;
const chunkBytes = 64 * 1024;

export function createBlobExchange(components: BlobExchangeComponents, init: BlobExchangeInit): BlobExchange {
  const { blobs, openStream, handleStream, candidates, onProblem } = components;
  const protocol = `/amp/${init.meshId}/blob/1`;
  const idleMs = init.idleMs ?? 10_000;
  const fetching = new Map<string, Promise<number>>();

  async function fetchFromAny(sha256: string, hint: string | undefined): Promise<number> {
    for (const node of candidates(sha256, hint)) {
      try {
        const bytes = await fetchFrom(node, sha256);
        if (bytes !== undefined) return bytes;
      } catch (error) {
        onProblem({ sha256, node, reason: error instanceof Error ? error.message : String(error) });
      }
    }
    throw new AmpError('AMP-1334', `No node that can be reached has the blob ${sha256}.`, { sha256 });
  }

  /** `undefined` when the node does not have it. */
  async function fetchFrom(node: NodeId, sha256: string): Promise<number | undefined> {
    const offset = blobs.partialSize(sha256);
    const stream = await openStream(node, protocol, AbortSignal.timeout(idleMs));
    try {
      stream.send(utf8(`${JSON.stringify({ sha256, offset })}\n`));
      const reader = readWithHeader(stream, idleMs);
      const header = JSON.parse((await reader.header) || '{}') as { bytes?: unknown };
      if (typeof header.bytes !== 'number') return undefined;
      return await blobs.write(sha256, offset, reader.body(), header.bytes);
    } finally {
      if (stream.status === 'open') stream.abort(new Error('done'));
    }
  }

  async function serve(stream: Stream): Promise<void> {
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
      const bytes = isValid ? blobs.size(sha256 as string) : undefined;
      stream.send(utf8(`${JSON.stringify(bytes === undefined ? {} : { bytes })}\n`));
      if (bytes !== undefined && (offset as number) < bytes)
        await sendAll(stream, blobs.read(sha256 as string, offset as number));
      await stream.close();
    } catch (error) {
      stream.abort(error instanceof Error ? error : new Error(String(error)));
    }
  }

  async function sendAll(stream: Stream, source: AsyncIterable<Uint8Array>): Promise<void> {
    for await (const chunk of source) {
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
      const running =
        fetching.get(sha256) ?? fetchFromAny(sha256, hint).finally(() => fetching.delete(sha256));
      fetching.set(sha256, running);
      return running;
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
  const iterator = stream[Symbol.asyncIterator]();
  let rest: Uint8Array = new Uint8Array();

  async function next(): Promise<Uint8Array | undefined> {
    const timer = setTimeout(() => stream.abort(new Error('the other side fell silent')), timeoutMs);
    try {
      const item = await iterator.next();
      return item.done === true ? undefined : item.value.subarray();
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
    for (let chunk = await next(); chunk !== undefined; chunk = await next()) yield chunk;
  }

  return { header: readHeader(), body };
}
