/** Channels over libp2p: one stream for each, with a frame for each text. */
import type { Stream } from '@libp2p/interface';
import { peerIdFromString } from '@libp2p/peer-id';
import type { NodeId } from '../../protocol/brand.ts';
import { readUtf8, utf8 } from '../../protocol/bytes.ts';
import { limits } from '../../protocol/limits.ts';
import { encodeFrames, FrameReader } from '../adapters/frame-reader.ts';
import type { ConnectionFacts } from '../adapters/libp2p-transport-types.ts';
import { toNodeId } from '../adapters/node-id.ts';
import { readChunks } from '../blobs/read-chunks.ts';
import type { ChannelCarrier, ChannelLine, ChannelLineEvents, ChannelPath } from './channel-carrier.ts';

export interface Libp2pCarrierComponents {
  readonly openStream: (node: NodeId, protocol: string, signal?: AbortSignal) => Promise<Stream>;
  readonly handleStream: (protocol: string, handler: (stream: Stream, from: NodeId) => void) => Promise<void>;
  readonly connectionList: () => readonly ConnectionFacts[];
}

export function createLibp2pCarrier(
  { openStream, handleStream, connectionList }: Libp2pCarrierComponents,
  { meshId }: { readonly meshId: string },
): ChannelCarrier {
  const protocol = `/amp/${meshId}/channel/1`;
  return {
    async open(node, events) {
      const stream = await openStream(node, protocol);
      const line = createLine(stream);
      void read(stream, events);
      return line;
    },
    serve: (accept) =>
      handleStream(protocol, (stream, from) => void read(stream, accept(from, createLine(stream)))),
    pathTo: (node) => describePath(connectionList().filter((one) => one.node === node)),
  };
}

/** A connection that does not pass a relay is the one that streams take. */
export function describePath(connections: readonly ConnectionFacts[]): ChannelPath {
  const relayed = connections.find((one) => one.isRelayed);
  if (relayed === undefined || connections.some((one) => !one.isRelayed)) return { kind: 'direct' };
  const peer = /\/p2p\/([^/]+)\/p2p-circuit/.exec(relayed.address)?.[1];
  const relay = peer === undefined ? undefined : toNodeId(peerIdFromString(peer));
  return { kind: 'relay', ...(relay === undefined ? {} : { relay }) };
}

function createLine(stream: Stream): ChannelLine {
  const queue: Uint8Array[] = [];
  let queuedBytes = 0;
  let isFull = false;
  let isClosing = false;

  function flush(): void {
    while (!isFull && queue.length > 0 && stream.status === 'open') {
      const frame = queue.shift()!;
      queuedBytes -= frame.length;
      isFull = !stream.send(frame);
    }
    if (isClosing && queue.length === 0 && stream.status === 'open')
      void stream.close().catch(() => stream.abort(new Error('closed')));
  }

  stream.addEventListener('drain', () => {
    isFull = false;
    flush();
  });
  return {
    get queuedBytes() {
      return queuedBytes;
    },
    send(text) {
      if (isClosing) return;
      const frame = encodeFrames([utf8(text)]);
      queue.push(frame);
      queuedBytes += frame.length;
      flush();
    },
    close() {
      if (isClosing) return;
      isClosing = true;
      flush();
    },
    abort(reason) {
      isClosing = true;
      queue.length = 0;
      if (stream.status === 'open') stream.abort(new Error(reason));
    },
  };
}

async function read(stream: Stream, events: ChannelLineEvents): Promise<void> {
  const reader = new FrameReader(limits.messageBytesMax);
  try {
    for await (const chunk of readChunks(stream)) {
      const frames = reader.push(chunk);
      if (frames === undefined) throw new Error('frame-too-large');
      for (const frame of frames) {
        const text = readUtf8(frame);
        if (text === undefined) throw new Error('not-utf8');
        events.onText(text);
      }
    }
    events.onEnd('carrier-closed');
  } catch (error) {
    if (stream.status === 'open') stream.abort(error as Error);
    events.onEnd('carrier-lost');
  }
}
