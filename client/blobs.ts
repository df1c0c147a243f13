/** Files: bytes go to and come from the node over HTTP, named by their SHA-256. */
import { toHex } from '../protocol/bytes.ts';
import { AmpError } from '../protocol/errors.ts';
import type { FileReference } from '../protocol/messages.ts';
import type { NodeAddress } from './connection.ts';

export interface BlobClient {
  /** Keep bytes at the node; the answer is what a message attaches. */
  put(name: string, mediaType: string, bytes: Uint8Array): Promise<FileReference>;
  /** Fetch a file, from whichever node has it; `from` is the agent that mentioned it. */
  get(file: Pick<FileReference, 'sha256'>, from?: string): Promise<Uint8Array>;
  /** After a re-attachment: what was kept at the old node goes to the new one too. */
  restore(): Promise<void>;
  /** Where the bytes can be streamed to and from, with the header that opens it. */
  address(sha256: string): { readonly url: string; readonly authorization: string };
}

/** Bytes of own files kept for {@link BlobClient.restore}; the oldest give way. */
const ownBytesMax = 32 * 1024 * 1024;
const triesMax = 4;
const retryMs = 500;

export function createBlobClient(node: () => NodeAddress): BlobClient {
  /** What this agent put, so that a node that dies takes nothing along. */
  const own = new Map<string, Uint8Array>();
  let ownBytes = 0;

  function keepOwn(sha256: string, bytes: Uint8Array): void {
    if (own.has(sha256) || bytes.length > ownBytesMax) return;
    own.set(sha256, bytes);
    ownBytes += bytes.length;
    for (const [oldest, old] of own) {
      if (ownBytes <= ownBytesMax) break;
      own.delete(oldest);
      ownBytes -= old.length;
    }
  }

  function address(sha256: string) {
    const { url, token } = node();
    return {
      url: `${url.replace(/^ws/, 'http').replace(/\/amp\/mesh$/, '')}/blobs/${sha256}`,
      authorization: `Bearer ${token}`,
    };
  }

  /** A node may just have died: the agent is attached to another one in a moment. */
  async function request(sha256: string, query: string, init: RequestInit): Promise<Response> {
    let problem: unknown;
    for (let attempt = 0; attempt < triesMax; attempt++) {
      const { url, authorization } = address(sha256);
      try {
        const response = await fetch(`${url}${query}`, { ...init, headers: { authorization } });
        if (response.ok) return response;
        problem = await response.text();
        if (response.status !== 404 && response.status < 500) break;
      } catch (error) {
        problem = error;
      }
      await new Promise((resolve) => setTimeout(resolve, retryMs * (attempt + 1)));
    }
    throw new AmpError(
      'AMP-1334',
      `The blob ${sha256} could not be moved: ${String(problem).slice(0, 300)}.`,
      { sha256 },
    );
  }

  return {
    address,
    async put(name, mediaType, bytes) {
      const sha256 = toHex(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes as BufferSource)));
      keepOwn(sha256, bytes);
      await request(sha256, '', { method: 'PUT', body: bytes as BodyInit });
      return { sha256, bytes: bytes.length, mediaType, name };
    },
    async restore() {
      for (const [sha256, bytes] of own)
        await request(sha256, '', { method: 'PUT', body: bytes as BodyInit });
    },
    async get({ sha256 }, from) {
      const response = await request(
        sha256,
        from === undefined ? '' : `?from=${encodeURIComponent(from)}`,
        {},
      );
      const bytes = new Uint8Array(await response.arrayBuffer());
      const found = toHex(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes as BufferSource)));
      if (found !== sha256)
        throw new AmpError('AMP-1330', `The node sent bytes that hash to ${found}.`, { sha256 });
      return bytes;
    },
  };
}
