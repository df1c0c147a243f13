/** What the libp2p transport needs, what can be set, and what it gives beyond the port. */
import type { Stream } from '@libp2p/interface';
import type { Registry } from 'prom-client';
import type { NodeId } from '../../protocol/brand.ts';
import type { Clock, Rng, Store, Transport } from '../../protocol/ports.ts';
import type { DirectLanesCounts } from './direct-lanes.ts';
import type { GossipGateCounts } from './gossip-gate.ts';
import type { MeshLibp2p } from './libp2p-node.ts';

export interface Libp2pTransportComponents {
  readonly store: Store;
  readonly clock: Clock;
  readonly rng: Rng;
}

export interface Libp2pTransportInit {
  /** 32 bytes: the Ed25519 seed of the node's key (`Ed25519Keys.exportSeed`). */
  readonly seed: Uint8Array;
  /** Hash of the mesh's name and swarm key fingerprint, lower-case hexadecimal. */
  readonly meshId: string;
  /** All topics that may ever be used; fixed for the life of the node. */
  readonly topics: readonly string[];
  /** Multiaddrs; default TCP and WebSocket on free ports of 127.0.0.1. Others are never listened on unasked. */
  readonly listen?: readonly string[];
  /** Multiaddrs to tell others, for example behind a port forward. Default: what is listened on. */
  readonly announce?: readonly string[];
  /** Multiaddrs with a `/p2p/` part that are dialed and dialed again until they answer. */
  readonly bootstrap?: readonly string[];
  /** A closed mesh needs `swarmKey`. Default false. */
  readonly isClosed?: boolean;
  /** 32 bytes. */
  readonly swarmKey?: Uint8Array;
  /** Look for nodes of this mesh on the local network. Default false. */
  readonly isMdnsOn?: boolean;
  /** Carry connections for nodes that cannot be reached. Default false. */
  readonly isRelay?: boolean;
  /** Answer routing questions. Default true; false for a node that serves agents only. */
  readonly isDhtServer?: boolean;
  /** Default 5,000. */
  readonly dialTimeoutMs?: number;
  /** How long a publication may wait for somebody who listens. Default 15,000. */
  readonly publishWaitMs?: number;
  /** Default 24. */
  readonly connectionsWanted?: number;
  /** Whether a node may be connected to, in either direction: the allow-list. Default all. */
  readonly mayConnect?: (node: NodeId) => boolean;
  /** Local evidence about a neighbour for its gossip score, from -100 (never listen) to 10. Default 0. */
  readonly scoreOf?: (node: NodeId) => number;
  /** Where libp2p's and gossipsub's own series go. */
  readonly metrics?: Registry;
}

export interface ConnectionFacts {
  readonly node: NodeId;
  readonly address: string;
  readonly direction: 'inbound' | 'outbound';
  readonly isRelayed: boolean;
}

export interface TransportCounts extends DirectLanesCounts, GossipGateCounts {
  published: number;
  publishFailed: number;
}

export interface Libp2pTransport extends Transport {
  /** Resolves when the node listens. @throws AmpError AMP-1311 when it cannot. */
  listening(): Promise<void>;
  /** Close everything; what is queued fails. Idempotent. */
  stop(): Promise<void>;
  /** Multiaddrs by which others reach this node, with its peer id. */
  addresses(): readonly string[];
  /** Connect to a multiaddr. @throws AmpError AMP-1314 when that fails. */
  dial(address: string, signal?: AbortSignal): Promise<NodeId>;
  connectionList(): readonly ConnectionFacts[];
  /** Serve a protocol of one's own, for example blobs. The handler owns the stream. */
  handleStream(protocol: string, handler: (stream: Stream, from: NodeId) => void): Promise<void>;
  /** Open a stream of such a protocol, dialing when needed. @throws AmpError AMP-1314 when that fails. */
  openStream(to: NodeId, protocol: string, signal?: AbortSignal): Promise<Stream>;
  /** Gossip scores of the connected nodes, for people. */
  scores(): ReadonlyMap<NodeId, number>;
  counts(): TransportCounts;
  /** The node itself, for the directory beside this file. */
  readonly libp2p: MeshLibp2p;
}
