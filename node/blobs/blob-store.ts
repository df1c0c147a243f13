/**
 * Content-addressed files of this node: named by their SHA-256, written to a partial file and renamed when the
 * hash is right, so that a blob is whole or absent; an interrupted upload goes on where it stopped.
 */
import { createHash, type Hash } from 'node:crypto';
import { createReadStream, existsSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { open, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { AmpError } from '../../protocol/errors.ts';
import { countPassed } from './collect-buffers.ts';

export interface BlobStoreInit {
  readonly folder: string;
  /** All blobs together, half-written ones too. @default 8 GiB */
  readonly bytesMax?: number;
  /** Half-written files that nobody went on with for this long are removed at the next start. @default 24 h */
  readonly partialLifeMs?: number;
}

export interface BlobStore {
  /** Size in bytes, or `undefined` when the blob is not here. */
  size(sha256: string): number | undefined;
  /** How much of an interrupted upload is here. */
  partialSize(sha256: string): number;
  /** Bytes from `start` to `end`, both included. */
  read(sha256: string, start?: number, end?: number): Readable;
  /**
   * Take in bytes that follow the first `offset` ones. Resolves when the blob is whole.
   * @throws AmpError AMP-1330 when the hash is another, AMP-1331 over quota, AMP-1332 at a wrong offset.
   */
  write(sha256: string, offset: number, bytes: AsyncIterable<Uint8Array>, bytesMax?: number): Promise<number>;
  readonly usedBytes: number;
}

export const sha256Pattern = /^[0-9a-f]{64}$/;

/** Interrupted writes whose hash so far is kept, so that going on does not read the file again. */
const hashesKeptMax = 64;

export function createBlobStore(init: BlobStoreInit): BlobStore {
  const bytesMax = init.bytesMax ?? 8 * 2 ** 30;
  mkdirSync(init.folder, { recursive: true, mode: 0o700 });
  removeStale(init.folder, init.partialLifeMs ?? 24 * 3_600_000);
  let usedBytes = readdirSync(init.folder).reduce(
    (sum, name) => sum + statSync(join(init.folder, name)).size,
    0,
  );
  const pathOf = (sha256: string): string => {
    if (!sha256Pattern.test(sha256))
      throw new AmpError('AMP-1333', `"${sha256.slice(0, 80)}" is no SHA-256 in lower-case hexadecimal.`);
    return join(init.folder, sha256);
  };
  const partialOf = (sha256: string): string => `${pathOf(sha256)}.partial`;
  /** One writer for each blob: a second one waits for the first. */
  const writing = new Map<string, Promise<number>>();
  /** After a restart the file itself is read once instead. */
  const hashes = new Map<string, { readonly hash: Hash; readonly at: number }>();

  function size(sha256: string): number | undefined {
    const path = pathOf(sha256);
    return existsSync(path) ? statSync(path).size : undefined;
  }

  function partialSize(sha256: string): number {
    const path = partialOf(sha256);
    return existsSync(path) ? statSync(path).size : 0;
  }

  async function write(
    sha256: string,
    offset: number,
    bytes: AsyncIterable<Uint8Array>,
    blobBytesMax = bytesMax,
  ): Promise<number> {
    const other = writing.get(sha256);
    if (other !== undefined) await other.catch(() => 0);
    const known = size(sha256);
    if (known !== undefined) return known;
    const work = append(sha256, offset, bytes, blobBytesMax);
    writing.set(sha256, work);
    try {
      return await work;
    } finally {
      writing.delete(sha256);
    }
  }

  async function append(
    sha256: string,
    offset: number,
    bytes: AsyncIterable<Uint8Array>,
    blobBytesMax: number,
  ): Promise<number> {
    const path = partialOf(sha256);
    const have = partialSize(sha256);
    if (offset > have)
      throw new AmpError('AMP-1332', `The upload starts at ${offset}, but only ${have} bytes are here.`, {
        have,
      });
    const hash = await hashUpTo(sha256, offset);
    const file = await open(path, offset > 0 ? 'r+' : 'w', 0o600);
    let at = offset;
    usedBytes -= have - offset;
    try {
      if (offset < have) await file.truncate(offset);
      for await (const chunk of bytes) {
        if (usedBytes + chunk.length > bytesMax || at + chunk.length > blobBytesMax) {
          throw new AmpError('AMP-1331', `The blob does not fit: ${blobBytesMax} bytes are allowed.`, {
            bytesMax: blobBytesMax,
          });
        }
        await file.write(chunk, 0, chunk.length, at);
        hash.update(chunk);
        at += chunk.length;
        usedBytes += chunk.length;
        countPassed(chunk.length);
      }
      await file.sync();
    } catch (error) {
      keepHash(sha256, hash, at);
      throw error;
    } finally {
      await file.close();
    }
    const found = hash.digest('hex');
    if (found !== sha256) {
      await rm(path, { force: true });
      usedBytes -= at;
      throw new AmpError('AMP-1330', `The bytes hash to ${found}.`, { found });
    }
    await rename(path, pathOf(sha256));
    return (await stat(pathOf(sha256))).size;
  }

  /** The hash of the first `offset` bytes: the one at which the last attempt stopped, or read again. */
  async function hashUpTo(sha256: string, offset: number): Promise<Hash> {
    const known = hashes.get(sha256);
    hashes.delete(sha256);
    if (known?.at === offset) return known.hash;
    const hash = createHash('sha256');
    if (offset > 0)
      for await (const chunk of createReadStream(partialOf(sha256), { end: offset - 1 })) {
        hash.update(chunk as Buffer);
        countPassed((chunk as Buffer).length);
      }
    return hash;
  }

  function keepHash(sha256: string, hash: Hash, at: number): void {
    hashes.set(sha256, { hash, at });
    if (hashes.size > hashesKeptMax) hashes.delete(hashes.keys().next().value!);
  }

  return {
    size,
    partialSize,
    read: (sha256, start, end) =>
      createReadStream(pathOf(sha256), {
        ...(start === undefined ? {} : { start }),
        ...(end === undefined ? {} : { end }),
      }),
    write,
    get usedBytes() {
      return usedBytes;
    },
  };
}

function removeStale(folder: string, lifeMs: number): void {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    if (name.endsWith('.partial') && Date.now() - statSync(path).mtimeMs > lifeMs) rmSync(path);
  }
}
