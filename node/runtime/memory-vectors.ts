/**
 * Vectors of a space's texts: made when somebody first asks by meaning, a slice of the work at a time so that the node
 * goes on answering, and kept on disk so that after a restart nothing is embedded again. A stored vector is bound to
 * its text and embedding space by a digest; one number takes a byte, in memory and in the index the same before and
 * after a restart.
 */
import type { VectorSource } from '../../discovery/vector-source.ts';
import type { SpaceId } from '../../protocol/brand.ts';
import { utf8 } from '../../protocol/bytes.ts';
import type { PeerCore } from './peer-core.ts';

export const vectorBucket = 'memory-vector';
/** Of SHA-256, before each stored vector: enough that no text is taken for another by accident. */
const digestBytes = 8;
/** A slice of work ends after so long, ms, as far as the clock tells … */
const sliceMs = 10;
/** … and after so many stored vectors, or so many characters embedded. Measured: about 5 ms on a busy machine. */
const sliceRows = 256;
const sliceChars = 8_192;

export interface MemoryVectorsComponents {
  readonly core: PeerCore;
  readonly vectors: VectorSource;
  readonly learn: (known: readonly { id: string; vector: Float32Array; text: string }[]) => void;
}

export interface MemoryVectors {
  /** These texts have no vector yet. */
  want(texts: readonly { readonly id: string; readonly text: string }[]): void;
  /** The entity is gone. */
  forget(id: string): void;
  /** Call back once all that is wanted now has its vector: at once when nothing waits, else in a later turn. */
  whenKnown(done: () => void): void;
  readonly waitingCount: number;
}

export function createMemoryVectors(
  { core, vectors, learn }: MemoryVectorsComponents,
  space: SpaceId,
): MemoryVectors {
  const waiting = new Map<string, string>();
  const asked: { readonly ids: Set<string>; readonly done: () => void }[] = [];
  let isRunning = false;

  function run(): void {
    if (isRunning) return;
    isRunning = true;
    core.clock.defer(runSlice);
  }

  function runSlice(): void {
    isRunning = false;
    const startMs = core.clock.nowMs();
    const known: { id: string; vector: Float32Array; text: string }[] = [];
    let chars = 0;
    for (const [id, text] of waiting) {
      if (known.length >= sliceRows || chars >= sliceChars || core.clock.nowMs() - startMs >= sliceMs) break;
      waiting.delete(id);
      const digest = digestOf(text);
      const stored = readVector(core.store.get(vectorBucket, keyOf(id)), digest, vectors.dimensions);
      if (stored === undefined) chars += text.length + 64;
      known.push({ id, text, vector: stored ?? make(id, text, digest) });
    }
    learn(known);
    settle(known.map(({ id }) => id));
    if (asked.length > 0) run();
  }

  function make(id: string, text: string, digest: Uint8Array): Float32Array {
    const bytes = vectors.quantize(vectors.embed(text)).slice(0, vectors.dimensions);
    const row = new Uint8Array(digestBytes + bytes.length);
    row.set(digest);
    row.set(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length), digestBytes);
    core.turn.persist(vectorBucket, keyOf(id), row);
    return toUnit(bytes);
  }

  function settle(ids: readonly string[]): void {
    for (const one of [...asked]) {
      for (const id of ids) one.ids.delete(id);
      if (one.ids.size > 0) continue;
      asked.splice(asked.indexOf(one), 1);
      one.done();
    }
  }

  function digestOf(text: string): Uint8Array {
    return core.keys.hash(utf8(`${vectors.space}\n${text}`)).subarray(0, digestBytes);
  }

  function keyOf(id: string): string {
    return `${space}/${id}`;
  }

  return {
    want(texts) {
      for (const { id, text } of texts) waiting.set(id, text);
    },
    forget(id) {
      waiting.delete(id);
      core.turn.persist(vectorBucket, keyOf(id), null);
      settle([id]);
    },
    whenKnown(done) {
      if (waiting.size === 0) return done();
      asked.push({ ids: new Set(waiting.keys()), done });
      run();
    },
    get waitingCount() {
      return waiting.size;
    },
  };
}

function readVector(value: unknown, digest: Uint8Array, dimensions: number): Float32Array | undefined {
  if (!(value instanceof Uint8Array) || value.length !== digestBytes + dimensions) return undefined;
  if (!digest.every((byte, at) => value[at] === byte)) return undefined;
  return toUnit(new Int8Array(value.buffer, value.byteOffset + digestBytes, dimensions));
}

/** Of unit length, as the index wants it. */
function toUnit(bytes: Int8Array): Float32Array {
  let sum = 0;
  for (const byte of bytes) sum += byte * byte;
  const scale = sum === 0 ? 0 : 1 / Math.sqrt(sum);
  return Float32Array.from(bytes, (byte) => byte * scale);
}
