/**
 * One real peer of a live run: the node's own libp2p transport and directory, on TCP over loopback, connected to just
 * those neighbours that the scenario gives, its links delayed, its packets counted.
 */
import { createHash } from 'node:crypto';
import type { PeerId } from '@libp2p/interface';
import { createLibp2pDirectory } from '../../node/adapters/libp2p-directory.ts';
import { createLibp2pTransport } from '../../node/adapters/libp2p-transport.ts';
import { toPeerId } from '../../node/adapters/node-id.ts';
import { createSecureRng } from '../../node/adapters/secure-rng.ts';
import { createSystemClock } from '../../node/adapters/system-clock.ts';
import type { NodeId } from '../../protocol/brand.ts';
import type { DirectoryEvent } from '../../protocol/ports.ts';
import type { GossipSettings } from '../gossip/settings.ts';
import { createSimDisk } from '../shell/index.ts';
import { delayLinks, type LinkDelays, monotonicMs } from './link-delay.ts';
import { gossipOptionNames } from './live-plan.ts';
import { type LookupTrace, traceLookups } from './lookup-trace.ts';

export interface LivePeerInit extends LinkDelays {
  /** 32 bytes. */
  readonly keySeed: Uint8Array;
  readonly meshId: string;
  readonly settings: Partial<GossipSettings>;
  readonly mayConnect: (node: NodeId) => boolean;
  readonly arrived: (publication: number, atMs: number) => void;
}

/** Packets of one peer. */
export interface LiveCounts {
  /** Whole messages handed to connections, and taken from them. */
  sends: number;
  arrivals: number;
  ihave: number;
  iwant: number;
}

export interface LivePeer {
  readonly node: NodeId;
  readonly address: string;
  /** Its place in Kademlia's key space: 32 bytes. */
  readonly place: Uint8Array;
  readonly counts: LiveCounts;
  dial(address: string): Promise<void>;
  canGossipWith(node: NodeId): boolean;
  /** Ask those that gossip cannot be sent to once more what they speak: on a busy machine they may have been too slow. */
  askAgain(): Promise<void>;
  /** Drop the connection to a neighbour, whatever state it is in. */
  drop(node: NodeId): void;
  meshDegree(): number;
  subscribe(): void;
  /** Answers when it was published, ms of {@link monotonicMs}. */
  publish(publication: number, bytes: number): number;
  lookup(key: Uint8Array, count: number): Promise<LookupTrace>;
  stop(): Promise<void>;
}

/** Parts of gossipsub's class that its interface leaves out. */
interface GossipInside {
  readonly opts: Record<string, unknown>;
  readonly streamsOutbound: ReadonlyMap<string, unknown>;
  getMeshPeers(topic: string): readonly string[];
  sendRpc(peer: string, packet: Packet): boolean;
  sendRpcInBatch(peers: Set<string>, packet: Packet): void;
  handleReceivedRpc(from: PeerId, packet: Packet): Promise<void>;
}

interface Packet {
  readonly messages: readonly unknown[];
  readonly control?: { readonly ihave?: readonly unknown[]; readonly iwant?: readonly unknown[] } | undefined;
}

/** Four delayed round trips and two handshakes; the rest is for a busy machine. */
const dialTimeoutMs = 30_000;

export async function createLivePeer(init: LivePeerInit): Promise<LivePeer> {
  const clock = createSystemClock();
  const topic = `/amp/1/${init.meshId}/commons`;
  const transport = await createLibp2pTransport(
    { store: createSimDisk().open(), clock, rng: createSecureRng() },
    {
      seed: init.keySeed,
      meshId: init.meshId,
      topics: [topic],
      listen: ['/ip4/127.0.0.1/tcp/0'],
      // The graph is the scenario's: the node looks for nobody by itself.
      connectionsWanted: 0,
      dialTimeoutMs,
      mayConnect: init.mayConnect,
    },
  );
  const { libp2p } = transport;
  const pubsub = libp2p.services.pubsub as unknown as GossipInside;
  applySettings(pubsub, init.settings);
  const counts = countPackets(pubsub);
  delayLinks(libp2p, init);
  const directory = createLibp2pDirectory(
    { transport, clock, validateRecord: () => undefined },
    { meshId: init.meshId },
  );
  const answers = new Map<string, (event: DirectoryEvent) => void>();
  directory.start((event) => answers.get(event.request)?.(event));
  const tracer = traceLookups(libp2p);
  transport.start((event) => {
    if (event.type !== 'published') return;
    init.arrived(readPublication(event.bytes), monotonicMs());
    event.verdict('accept');
  });
  await transport.listening();
  return {
    node: transport.self,
    address: transport.addresses()[0]!,
    place: placeOf(libp2p.peerId),
    counts,
    dial: async (address) => void (await transport.dial(address, AbortSignal.timeout(dialTimeoutMs))),
    canGossipWith: (node) => pubsub.streamsOutbound.has(String(toPeerId(node))),
    async askAgain() {
      const silent = libp2p
        .getConnections()
        .filter((one) => !pubsub.streamsOutbound.has(String(one.remotePeer)));
      // Who fails again is asked again: the caller has a deadline.
      await Promise.allSettled(silent.map((connection) => libp2p.services.identify.identify(connection)));
    },
    drop(node) {
      for (const connection of libp2p.getConnections(toPeerId(node)))
        connection.abort(new Error('it never came to gossip'));
    },
    meshDegree: () => pubsub.getMeshPeers(topic).length,
    subscribe: () => transport.subscribe(topic),
    publish(publication, bytes) {
      const message = new Uint8Array(Math.max(4, bytes));
      new DataView(message.buffer).setUint32(0, publication);
      const atMs = monotonicMs();
      transport.publish(topic, message);
      return atMs;
    },
    async lookup(key, count) {
      const { promise, resolve } = Promise.withResolvers<DirectoryEvent>();
      answers.set('lookup', resolve);
      const trace = tracer.follow(key, sha256(key));
      directory.closest('lookup', key, count);
      const event = await promise;
      return trace.finish(event, transport.self);
    },
    async stop() {
      directory.stop();
      await transport.stop();
      clock.stop();
    },
  };
}

/** Gossipsub reads its options at each use; nothing has used them yet. */
function applySettings(pubsub: GossipInside, settings: Partial<GossipSettings>): void {
  for (const [name, value] of Object.entries(settings))
    if (name in gossipOptionNames)
      pubsub.opts[gossipOptionNames[name as keyof typeof gossipOptionNames]] = value;
}

/** Count at both ends of the wire: what is sent must arrive, so the two sums check each other. */
function countPackets(pubsub: GossipInside): LiveCounts {
  const counts: LiveCounts = { sends: 0, arrivals: 0, ihave: 0, iwant: 0 };
  const sendRpc = pubsub.sendRpc.bind(pubsub);
  const sendBatch = pubsub.sendRpcInBatch.bind(pubsub);
  const handle = pubsub.handleReceivedRpc.bind(pubsub);
  pubsub.sendRpc = (peer, packet) => {
    const isSent = sendRpc(peer, packet);
    if (isSent) counts.sends += packet.messages.length;
    return isSent;
  };
  pubsub.sendRpcInBatch = (peers, packet) => {
    sendBatch(peers, packet);
    // What could not be sent has been taken out of the set.
    counts.sends += peers.size * packet.messages.length;
  };
  pubsub.handleReceivedRpc = (from, packet) => {
    counts.arrivals += packet.messages.length;
    if ((packet.control?.ihave?.length ?? 0) > 0) counts.ihave++;
    if ((packet.control?.iwant?.length ?? 0) > 0) counts.iwant++;
    return handle(from, packet);
  };
  return counts;
}

function readPublication(bytes: Uint8Array): number {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(0);
}

/** Kademlia's place of a peer: the hash of its multihash. */
function placeOf(peer: PeerId): Uint8Array {
  return sha256(peer.toMultihash().bytes);
}

function sha256(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(createHash('sha256').update(bytes).digest());
}
