/** The libp2p node under the transport: which modules, with which limits. */
import { noise } from '@chainsafe/libp2p-noise';
import {
  type CircuitRelayService,
  circuitRelayServer,
  circuitRelayTransport,
} from '@libp2p/circuit-relay-v2';
import { generateKeyPairFromSeed } from '@libp2p/crypto/keys';
import { type GossipSub, gossipsub } from '@libp2p/gossipsub';
import { type Identify, identify } from '@libp2p/identify';
import type { ConnectionGater, Libp2p, PeerId } from '@libp2p/interface';
import { type KadDHT, kadDHT } from '@libp2p/kad-dht';
import { peerIdFromString } from '@libp2p/peer-id';
import { type Ping, ping } from '@libp2p/ping';
import { tcp } from '@libp2p/tcp';
import { webSockets } from '@libp2p/websockets';
import { yamux } from '@libp2p/yamux';
import { createLibp2p } from 'libp2p';
import type { Registry } from 'prom-client';
import type { NodeId } from '../../protocol/brand.ts';
import { toHex, utf8 } from '../../protocol/bytes.ts';
import { createBoundedDatastore } from './bounded-datastore.ts';
import { gossipOptions } from './gossip-settings.ts';
import { toNodeId } from './node-id.ts';

/** A peer may not make us hold more than this for one stream that we do not read. */
const streamWindowBytes = 1024 * 1024;
const connectionsMax = 300;
/** New connections a second from one host. The default of 5 is less than one machine's demo nodes at a start. */
const hostConnectionsPerSecond = 32;
/** A relay of ours carries whole meshes; the public default is 128 KiB in two minutes. */
const relayBytesMax = 1024n * 1024n * 1024n;
const relayDurationMs = 12 * 3_600_000;
const relayReservationsMax = 64;

export interface NodeSettings {
  /** 32 bytes: the Ed25519 seed whose DID is the node's name. */
  readonly seed: Uint8Array;
  /** Hash of the mesh's name and swarm key fingerprint; in protocol ids and the mDNS tag. */
  readonly meshId: string;
  readonly topics: readonly string[];
  /** Multiaddrs to listen on. */
  readonly listen: readonly string[];
  /** Multiaddrs to tell others instead of those. */
  readonly announce: readonly string[];
  readonly swarmKey: Uint8Array | undefined;
  readonly isMdnsOn: boolean;
  readonly isRelay: boolean;
  readonly isDhtServer: boolean;
  readonly dialTimeoutMs: number;
  readonly mayConnect: (node: NodeId) => boolean;
  readonly scoreOf: (node: NodeId) => number;
  readonly metrics: Registry | undefined;
}

export type NodeServices = {
  identify: Identify;
  ping: Ping;
  pubsub: GossipSub;
  dht: KadDHT;
  relay?: CircuitRelayService;
};

export type MeshLibp2p = Libp2p<NodeServices>;

/** Build the node; it neither listens nor dials before its `start`. */
export async function createNode(settings: NodeSettings): Promise<MeshLibp2p> {
  const { listen, announce } = settings;
  const optional = await loadOptionalModules(settings);
  return createLibp2p<NodeServices>({
    start: false,
    privateKey: await generateKeyPairFromSeed('Ed25519', settings.seed),
    nodeInfo: { name: 'ampmesh', version: '1', userAgent: 'ampmesh/1' },
    addresses: { listen: [...listen], announce: [...announce] },
    datastore: createBoundedDatastore(),
    transports: [tcp(), webSockets(), circuitRelayTransport(), ...optional.transports],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux({ streamOptions: { maxStreamWindowSize: streamWindowBytes } })],
    ...optional.settings,
    connectionGater: gateConnections(settings.mayConnect),
    connectionManager: {
      maxConnections: connectionsMax,
      inboundConnectionThreshold: hostConnectionsPerSecond,
      maxIncomingPendingConnections: 64,
      maxParallelDials: 32,
      dialTimeout: settings.dialTimeoutMs,
      // The transport plans its own dials.
      reconnectRetries: 0,
    },
    peerDiscovery: optional.peerDiscovery,
    services: {
      identify: identify({ runOnConnectionOpen: true, maxMessageSize: 16 * 1024 }),
      ping: ping(),
      pubsub: gossipsub({
        ...gossipOptions({ topics: settings.topics, scoreOf: scoreByText(settings.scoreOf) }),
        ...optional.gossip,
      }),
      dht: kadDHT({
        protocol: `/amp/${settings.meshId}/kad/1`,
        clientMode: !settings.isDhtServer,
        // The default drops private addresses, and with them every node on a LAN or on loopback.
        peerInfoMapper: (info) => info,
        validators: { pk: refuseValue, amp: refuseValue },
        maxInboundStreams: 8,
        maxOutboundStreams: 16,
        alpha: 3,
        allowQueryWithZeroPeers: true,
      }),
      ...(settings.isRelay ? { relay: relayService() } : {}),
    },
  });
}

/** What few nodes need is loaded when asked for: each of these costs 1 to 5 MB of memory. */
async function loadOptionalModules(settings: NodeSettings) {
  const { listen, metrics, swarmKey, isMdnsOn, meshId, topics } = settings;
  const needsMemory = listen.some((address) => address.startsWith('/memory/'));
  return {
    transports: needsMemory ? [(await import('@libp2p/memory')).memory()] : [],
    peerDiscovery: isMdnsOn ? [(await import('@libp2p/mdns')).mdns({ serviceTag: mdnsTag(meshId) })] : [],
    gossip: metrics === undefined ? {} : (await import('./gossip-metrics.ts')).gossipMetrics(metrics, topics),
    settings: {
      ...(swarmKey === undefined
        ? {}
        : {
            connectionProtector: (await import('@libp2p/pnet')).preSharedKey({ psk: swarmKeyText(swarmKey) }),
          }),
      ...(metrics === undefined ? {} : { metrics: await prometheusFactory(metrics) }),
    },
  };
}

/** A label of a DNS name holds 63 bytes; half the hash is still no accident. */
function mdnsTag(meshId: string): string {
  return `_amp-${meshId.slice(0, 32)}._udp.local`;
}

async function prometheusFactory(registry: Registry) {
  const { prometheusMetrics } = await import('@libp2p/prometheus-metrics');
  return prometheusMetrics({ registry, collectDefaultMetrics: false, preserveExistingMetrics: true });
}

function relayService(): ReturnType<typeof circuitRelayServer> {
  return circuitRelayServer({
    reservations: {
      maxReservations: relayReservationsMax,
      defaultDurationLimit: relayDurationMs,
      defaultDataLimit: relayBytesMax,
    },
  });
}

/** Signed records are kept by a protocol of our own: nobody stores anything in this table. */
function refuseValue(): never {
  throw new Error('this mesh keeps no Kademlia values');
}

/** Only nodes (Ed25519 keys) that the mesh lets in, whoever dials. */
function gateConnections(mayConnect: (node: NodeId) => boolean): ConnectionGater {
  const isDenied = (peer: PeerId) => {
    const node = toNodeId(peer);
    return node === undefined || !mayConnect(node);
  };
  return {
    denyDialPeer: isDenied,
    denyInboundEncryptedConnection: isDenied,
    denyOutboundEncryptedConnection: isDenied,
    denyInboundRelayReservation: isDenied,
    denyInboundRelayedConnection: (_relay, remote) => isDenied(remote),
  };
}

/** Gossipsub names peers by text and asks often: the answer of the text's last translation is kept. */
function scoreByText(scoreOf: (node: NodeId) => number): (peer: string) => number {
  return (peer) => {
    const node = nodeOfText(peer);
    return node === undefined ? 0 : scoreOf(node);
  };
}

function nodeOfText(text: string): NodeId | undefined {
  try {
    return toNodeId(peerIdFromString(text));
  } catch {
    return undefined;
  }
}

/** The file form that every libp2p reads. */
function swarmKeyText(key: Uint8Array): Uint8Array {
  return utf8(`/key/swarm/psk/1.0.0/\n/base16/\n${toHex(key)}`);
}
