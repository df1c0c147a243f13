/** What carries a channel between two nodes: a libp2p stream today; anything ordered and reliable would do. */
import type { NodeId } from '../../protocol/brand.ts';

/** One channel's way to the other node: texts in order, or its end. */
export interface ChannelLine {
  /** Queue a text; what is queued goes out as fast as the other side takes it. */
  send(text: string): void;
  /** Bytes queued and not yet taken. */
  readonly queuedBytes: number;
  /** Let what is queued go out, then end. Idempotent. */
  close(): void;
  /** End at once. Idempotent. */
  abort(reason: string): void;
}

export interface ChannelLineEvents {
  readonly onText: (text: string) => void;
  /** Called once; no text follows. */
  readonly onEnd: (reason: string) => void;
}

/** How the two nodes reach each other. */
export interface ChannelPath {
  readonly kind: 'local' | 'direct' | 'relay';
  /** The node that carries the connection, when they cannot dial each other. */
  readonly relay?: NodeId;
}

export interface ChannelCarrier {
  /** @throws AmpError AMP-1314 when the node cannot be reached. */
  open(node: NodeId, events: ChannelLineEvents): Promise<ChannelLine>;
  /** Take lines that others open. */
  serve(accept: (from: NodeId, line: ChannelLine) => ChannelLineEvents): Promise<void>;
  pathTo(node: NodeId): ChannelPath;
}
