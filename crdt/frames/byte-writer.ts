/** Writes what {@link ByteReader} reads: one spelling for each value. */
import { utf8 } from '../../protocol/bytes.ts';

/** Kept behind what was written rather than copied away. */
const slackBytesMax = 64;

export class ByteWriter {
  private bytes: Uint8Array;
  private length = 0;

  /** `capacity`: bytes that will be written, about. */
  constructor(capacity = 256) {
    this.bytes = new Uint8Array(capacity);
  }

  uint8(byte: number): void {
    if (this.length === this.bytes.length) this.grow(1);
    this.bytes[this.length++] = byte;
  }

  varUint(value: number): void {
    let rest = value;
    while (rest > 0x7f) {
      this.uint8(0x80 | (rest % 128));
      rest = Math.floor(rest / 128);
    }
    this.uint8(rest);
  }

  /** lib0's signed varint. */
  varInt(value: number): void {
    const isNegative = value < 0;
    let rest = Math.abs(value);
    this.uint8((rest > 0x3f ? 0x80 : 0) | (isNegative ? 0x40 : 0) | (rest % 64));
    rest = Math.floor(rest / 64);
    while (rest > 0) {
      this.uint8((rest > 0x7f ? 0x80 : 0) | (rest % 128));
      rest = Math.floor(rest / 128);
    }
  }

  float32(value: number): void {
    this.reserve(4);
    new DataView(this.bytes.buffer).setFloat32(this.length, value);
    this.length += 4;
  }

  float64(value: number): void {
    this.reserve(8);
    new DataView(this.bytes.buffer).setFloat64(this.length, value);
    this.length += 8;
  }

  raw(bytes: Uint8Array): void {
    this.reserve(bytes.length);
    this.bytes.set(bytes, this.length);
    this.length += bytes.length;
  }

  lengthAndBytes(bytes: Uint8Array): void {
    this.varUint(bytes.length);
    this.raw(bytes);
  }

  /** Short ASCII texts, which keys nearly always are, are written by hand: the encoder's call costs more. */
  text(text: string): void {
    if (text.length >= 0x80 || !isAscii(text)) {
      this.lengthAndBytes(utf8(text));
      return;
    }
    this.reserve(text.length + 1);
    this.bytes[this.length++] = text.length;
    for (let i = 0; i < text.length; i++) this.bytes[this.length++] = text.charCodeAt(i);
  }

  /** What was written, as long as that; nothing more is written after. */
  take(): Uint8Array {
    const { bytes, length } = this;
    // A little slack is cheaper than a copy.
    return bytes.length - length <= slackBytesMax ? bytes.subarray(0, length) : bytes.slice(0, length);
  }

  private reserve(count: number): void {
    if (this.length + count > this.bytes.length) this.grow(count);
  }

  private grow(count: number): void {
    const larger = new Uint8Array(Math.max(this.bytes.length * 2, this.length + count));
    larger.set(this.bytes);
    this.bytes = larger;
  }
}

function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) >= 0x80) return false;
  return true;
}
