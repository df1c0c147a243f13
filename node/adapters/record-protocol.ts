/**
 * `/amp/<mesh>/record/1`: one request on each stream. The asker sends one frame and closes its end; the holder
 * answers with frames and closes its own.
 */
import type { Stream } from '@libp2p/interface';
import { encodeFrames, FrameReader } from './frame-reader.ts';
import { recordBytesMax, recordsPerKeyMax } from './record-shelf.ts';

export const recordKeyBytes = 32;
const requestBytesMax = 1 + recordKeyBytes + recordBytesMax;
const putCode = 1;
const getCode = 2;

export type RecordRequest =
  | { readonly type: 'put'; readonly key: Uint8Array; readonly record: Uint8Array }
  | { readonly type: 'get'; readonly key: Uint8Array };

export interface RecordHandler {
  put(key: Uint8Array, record: Uint8Array): boolean;
  get(key: Uint8Array): readonly Uint8Array[];
}

/** Ask a holder. A put answers with one byte: 1 for kept. Rejects when the stream breaks or says too much. */
export async function askHolder(
  stream: Stream,
  request: RecordRequest,
  signal: AbortSignal,
): Promise<readonly Uint8Array[]> {
  return whileOpen(stream, signal, async () => {
    const answer = readFrames(stream, recordBytesMax, recordsPerKeyMax);
    // When sending throws, nobody waits for the answer, which then fails too.
    answer.catch(() => undefined);
    stream.send(encodeFrames([encodeRequest(request)]));
    const [frames] = await Promise.all([answer, stream.close({ signal })]);
    return frames;
  });
}

/** Answer one request. Rejects, and the stream is reset, when it is no request. */
export async function answerAsker(
  stream: Stream,
  handler: RecordHandler,
  signal: AbortSignal,
): Promise<void> {
  await whileOpen(stream, signal, async () => {
    const [frame] = await readFrames(stream, requestBytesMax, 1);
    const request = frame === undefined ? undefined : decodeRequest(frame);
    if (request === undefined) throw new Error('not a record request');
    const answer =
      request.type === 'put'
        ? [Uint8Array.of(handler.put(request.key, request.record) ? 1 : 0)]
        : handler.get(request.key);
    if (answer.length > 0) stream.send(encodeFrames(answer));
    await stream.close({ signal });
  });
}

/** Whatever goes wrong, and when the time is over, the stream is reset and not left half open. */
async function whileOpen<T>(stream: Stream, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  const abort = () => stream.abort(new Error('record request timed out'));
  signal.addEventListener('abort', abort);
  try {
    return await work();
  } catch (error) {
    stream.abort(error instanceof Error ? error : new Error(String(error)));
    throw error;
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

/**
 * All frames until the other side closes its end. By events and not by iterating: an end that came before the
 * iterator did is never told to it, and quick peers close before we look.
 */
function readFrames(stream: Stream, bytesMax: number, countMax: number): Promise<readonly Uint8Array[]> {
  const { promise, resolve, reject } = Promise.withResolvers<readonly Uint8Array[]>();
  const reader = new FrameReader(bytesMax);
  const frames: Uint8Array[] = [];
  const finish = () => {
    if (reader.bufferedBytes > 0) reject(new Error('the stream ended within a frame'));
    else resolve(frames);
  };
  stream.addEventListener('message', ({ data }) => {
    const complete = reader.push(data.subarray());
    if (complete === undefined) reject(new Error('a frame is too long'));
    else if (frames.push(...complete) > countMax) reject(new Error('too many frames'));
  });
  stream.addEventListener('end', finish);
  stream.addEventListener('close', ({ error }) => reject(error ?? new Error('the stream closed early')));
  if (stream.readableEnded) finish();
  return promise;
}

function encodeRequest(request: RecordRequest): Uint8Array {
  const record = request.type === 'put' ? request.record : new Uint8Array();
  const bytes = new Uint8Array(1 + recordKeyBytes + record.length);
  bytes[0] = request.type === 'put' ? putCode : getCode;
  bytes.set(request.key, 1);
  bytes.set(record, 1 + recordKeyBytes);
  return bytes;
}

function decodeRequest(bytes: Uint8Array): RecordRequest | undefined {
  if (bytes.length < 1 + recordKeyBytes) return undefined;
  const key = bytes.slice(1, 1 + recordKeyBytes);
  if (bytes[0] === putCode) return { type: 'put', key, record: bytes.slice(1 + recordKeyBytes) };
  return bytes[0] === getCode && bytes.length === 1 + recordKeyBytes ? { type: 'get', key } : undefined;
}
