/**
 * The chunks of a stream, taken no faster than the reader reads: libp2p's own iterator buffers without end, so here
 * the stream is paused while chunks wait, and the muxer's window stops the sender.
 */
import type { Stream } from '@libp2p/interface';

/** Bytes that may wait before the stream is paused, and that may be left when it goes on. Judgement. */
const waitingBytesMax = 512 * 1024;
const waitingBytesLow = 128 * 1024;

/** Ends with the other side; @throws what ended the stream otherwise. */
export async function* readChunks(stream: Stream): AsyncGenerator<Uint8Array> {
  const waiting: Uint8Array[] = [];
  let waitingBytes = 0;
  let isOver = false;
  let isPaused = false;
  let isResuming = false;
  let problem: Error | undefined;
  let wake = Promise.withResolvers<void>();

  function pauseWhenFull(): void {
    if (isPaused || waitingBytes <= waitingBytesMax || stream.status !== 'open') return;
    isPaused = true;
    stream.pause();
  }

  /** Resuming hands over at once what came meanwhile; pausing inside of that would leave the sender running. */
  function resumeWhenLow(): void {
    if (!isPaused || waitingBytes >= waitingBytesLow || stream.status !== 'open') return;
    isPaused = false;
    isResuming = true;
    stream.resume();
    isResuming = false;
    pauseWhenFull();
  }

  function ring(): void {
    wake.resolve();
  }
  const onMessage = ({ data }: { readonly data: { subarray(): Uint8Array } }): void => {
    const chunk = data.subarray();
    waiting.push(chunk);
    waitingBytes += chunk.length;
    if (!isResuming) pauseWhenFull();
    ring();
  };
  const onClose = (event: Event & { readonly error?: Error }): void => {
    isOver = true;
    problem = event.error;
    ring();
  };
  const onRemoteClose = (): void => {
    isOver = true;
    ring();
  };

  stream.addEventListener('close', onClose);
  stream.addEventListener('remoteCloseWrite', onRemoteClose);
  stream.addEventListener('message', onMessage);
  // A stream that ended before anybody listened says so only once; what it had left still comes.
  if (stream.status !== 'open' || (stream.remoteWriteStatus !== 'writable' && stream.readBufferLength === 0))
    isOver = true;
  try {
    for (;;) {
      const chunk = waiting.shift();
      if (chunk !== undefined) {
        waitingBytes -= chunk.length;
        yield chunk;
        resumeWhenLow();
        continue;
      }
      if (isOver) break;
      await wake.promise;
      wake = Promise.withResolvers();
    }
    if (problem !== undefined) throw problem;
  } finally {
    stream.removeEventListener('message', onMessage);
    stream.removeEventListener('close', onClose);
    stream.removeEventListener('remoteCloseWrite', onRemoteClose);
  }
}
