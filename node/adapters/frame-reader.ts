/** Frames on a stream of bytes: four bytes of length, big-endian, then so many bytes. */

export const frameHeaderBytes = 4;

/** One frame, or several one after the other, as bytes to send. */
export function encodeFrames(messages: readonly Uint8Array[]): Uint8Array {
  const length = messages.reduce((sum, message) => sum + frameHeaderBytes + message.length, 0);
  const bytes = new Uint8Array(length);
  const view = new DataView(bytes.buffer);
  let offset = 0;
  for (const message of messages) {
    view.setUint32(offset, message.length);
    bytes.set(message, offset + frameHeaderBytes);
    offset += frameHeaderBytes + message.length;
  }
  return bytes;
}

/** Cuts chunks into frames. It allocates for what came, never for what a header promises. */
export class FrameReader {
  readonly #bytesMax: number;
  #chunks: Uint8Array[] = [];
  #bufferedBytes = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  /** Bytes of an incomplete frame. */
  get bufferedBytes(): number {
    return this.#bufferedBytes;
  }

  /** The frames that are complete now, in order; `undefined` when a frame says that it is too long. */
  push(chunk: Uint8Array): readonly Uint8Array[] | undefined {
    this.#chunks.push(chunk);
    this.#bufferedBytes += chunk.length;
    const neededBytes = this.#peekNeededBytes();
    if (neededBytes > frameHeaderBytes + this.#bytesMax) return undefined;
    if (this.#bufferedBytes < neededBytes) return [];
    return this.#cut(this.#chunks.length === 1 ? this.#chunks[0]! : Buffer.concat(this.#chunks));
  }

  /** How many bytes the first frame takes, header and all, as far as it can be told. */
  #peekNeededBytes(): number {
    if (this.#bufferedBytes < frameHeaderBytes) return frameHeaderBytes;
    let length = 0;
    let seen = 0;
    for (const chunk of this.#chunks)
      for (let i = 0; i < chunk.length && seen < frameHeaderBytes; i++, seen++)
        length = length * 256 + chunk[i]!;
    return frameHeaderBytes + length;
  }

  #cut(bytes: Uint8Array): readonly Uint8Array[] | undefined {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const frames: Uint8Array[] = [];
    let offset = 0;
    while (bytes.length - offset >= frameHeaderBytes) {
      const length = view.getUint32(offset);
      if (length > this.#bytesMax) return undefined;
      const end = offset + frameHeaderBytes + length;
      if (end > bytes.length) break;
      // A copy: a view would keep the whole chunk in memory for as long as one small message lives.
      frames.push(new Uint8Array(bytes.subarray(offset + frameHeaderBytes, end)));
      offset = end;
    }
    this.#chunks = offset < bytes.length ? [bytes.subarray(offset)] : [];
    this.#bufferedBytes = bytes.length - offset;
    return frames;
  }
}
