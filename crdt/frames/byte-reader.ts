/**
 * Reads untrusted bytes: minimal varints only, every length checked against what is left, strict UTF-8.
 * It fails by throwing a {@link Refused} value, which the decoders of this folder catch and turn into an
 * answer; nothing else may see one.
 */
import { sharedTextBytesMax, type ValuePool } from './value-pool.ts';

/** Why bytes or a frame were refused: a stable kebab-case word that the runtime counts. */
export type RefusalReason =
  | 'truncated'
  | 'trailing-bytes'
  | 'varint'
  | 'count'
  | 'utf8'
  | 'number'
  | 'content-kind'
  | 'forbidden-key'
  | 'duplicate-key'
  | 'key-length'
  | 'depth'
  | 'too-large'
  | 'client-blocks'
  | 'client'
  | 'root'
  | 'parent'
  | 'origin'
  | 'right-origin'
  | 'flags'
  | 'clock'
  | 'length'
  | 'delete-set'
  | 'empty'
  | 'quota'
  | 'form';

export class Refused {
  readonly reason: RefusalReason;
  constructor(reason: RefusalReason) {
    this.reason = reason;
  }
}

/** Run a decoder; the value, or the reason it refused. A program error passes through. */
export function catchRefusal<T>(decode: () => T): T | Refused {
  try {
    return decode();
  } catch (error) {
    if (error instanceof Refused) return error;
    throw error;
  }
}

const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const scratch = new DataView(new ArrayBuffer(8));
/** Texts up to this many ASCII characters are built by hand: the decoder's call costs more than the text. */
const shortTextLength = 20;

type WithLatin1 = Uint8Array & { latin1Slice?: (from: number, to: number) => string };
const latin1 =
  typeof Buffer === 'undefined'
    ? undefined
    : (Buffer.prototype as unknown as Required<WithLatin1>).latin1Slice;

export class ByteReader {
  readonly bytes: Uint8Array;
  readonly pool: ValuePool | undefined;
  at = 0;

  /** `pool`: what the values read share with those read before. */
  constructor(bytes: Uint8Array, pool?: ValuePool) {
    this.bytes = bytes;
    this.pool = pool;
  }

  get left(): number {
    return this.bytes.length - this.at;
  }

  uint8(): number {
    if (this.at >= this.bytes.length) throw new Refused('truncated');
    return this.bytes[this.at++]!;
  }

  /** Below 2^53, in the one shortest spelling. */
  varUint(): number {
    const first = this.uint8();
    if (first < 0x80) return first;
    let value = first & 0x7f;
    let factor = 128;
    for (;;) {
      const byte = this.uint8();
      value += (byte & 0x7f) * factor;
      if (value > Number.MAX_SAFE_INTEGER) throw new Refused('varint');
      if (byte < 0x80) {
        if (byte === 0) throw new Refused('varint');
        return value;
      }
      factor *= 128;
      if (factor > 2 ** 53) throw new Refused('varint');
    }
  }

  /** A count of things that need `bytesEach` at least, so no more than fit in what is left. */
  count(bytesEach: number): number {
    const count = this.varUint();
    if (count * bytesEach > this.left) throw new Refused('count');
    return count;
  }

  /** lib0's signed varint, magnitude below 2^31, never minus zero. */
  varInt31(): number {
    const first = this.uint8();
    const sign = (first & 0x40) === 0 ? 1 : -1;
    let value = first & 0x3f;
    if ((first & 0x80) !== 0) {
      let factor = 64;
      for (;;) {
        const byte = this.uint8();
        value += (byte & 0x7f) * factor;
        if (value > 0x7fffffff) throw new Refused('number');
        if (byte < 0x80) {
          if (byte === 0) throw new Refused('varint');
          break;
        }
        factor *= 128;
      }
    }
    if (value === 0 && sign < 0) throw new Refused('number');
    return sign * value;
  }

  float32(): number {
    this.copyToScratch(4);
    return scratch.getFloat32(0);
  }

  float64(): number {
    this.copyToScratch(8);
    return scratch.getFloat64(0);
  }

  private copyToScratch(count: number): void {
    if (this.left < count) throw new Refused('truncated');
    for (let i = 0; i < count; i++) scratch.setUint8(i, this.bytes[this.at++]!);
  }

  /** A view of the next `count` bytes, not a copy. */
  take(count: number): Uint8Array {
    if (count > this.left) throw new Refused('truncated');
    this.at += count;
    return this.bytes.subarray(this.at - count, this.at);
  }

  /** A text with its length in bytes before it. */
  text(bytesMax: number): string {
    const length = this.varUint();
    if (length > bytesMax) throw new Refused('key-length');
    return this.textOf(length);
  }

  textOf(length: number): string {
    if (length > this.left) throw new Refused('truncated');
    const from = this.at;
    this.at += length;
    const { bytes } = this;
    let mix = length;
    for (let i = from; i < this.at; i++) {
      const byte = bytes[i]!;
      if (byte >= 0x80) return decodeUtf8(bytes.subarray(from, this.at));
      mix = (Math.imul(mix, 31) + byte) | 0;
    }
    return length <= sharedTextBytesMax && this.pool !== undefined
      ? this.pool.text(bytes, from, length, mix, this)
      : this.makeText(from, length);
  }

  /** Of ASCII bytes. */
  makeText(from: number, length: number): string {
    const { bytes } = this;
    const to = from + length;
    if (length > shortTextLength && latin1 !== undefined) return latin1.call(bytes, from, to);
    if (length > 4096) return decodeUtf8(bytes.subarray(from, to));
    return String.fromCharCode.apply(null, bytes.subarray(from, to) as unknown as number[]);
  }

  end(): void {
    if (this.left !== 0) throw new Refused('trailing-bytes');
  }
}

function decodeUtf8(bytes: Uint8Array): string {
  try {
    return strictUtf8.decode(bytes);
  } catch (error) {
    if (error instanceof TypeError) throw new Refused('utf8');
    throw error;
  }
}
