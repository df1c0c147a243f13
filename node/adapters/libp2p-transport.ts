/**
 * `Transport` over libp2p: gossip for what everybody may hear, one stream per peer for direct messages.
 *
 * Nothing happens before `start`. Then the node listens in the background (`listening()` tells when), dials what
 * the configuration names and whom it knew before, and reports by events.
 */
import { type Message, TopicValidatorResult } from '@libp2p/gossipsub';
import type { Connection, PeerId, Stream } from '@libp2p/interface';
import { multiaddr } from '@multiformats/multiaddr';
import type { NodeId } from '../../protocol/brand.ts';
import { compareText } from '../../protocol/bytes.ts';
import { AmpError } from '../../protocol/errors.ts';
import type { Clock, GossipVerdict, TransportEvent } from '../../protocol/ports.ts';
import { createDirectLanes, directBytesMax } from './direct-lanes.ts';
import { limitGossipAnswers } from './gossip-answers.ts';
import { limitGossipArrivals } from './gossip-arrivals.ts';
import { createGossipGate } from './gossip-gate.ts';
import { publishBytesMax } from './gossip-settings.ts';
import { createKnownPeers } from './known-peers.ts';
import { createNode } from './libp2p-node.ts';
import type {
  ConnectionFacts,
  Libp2pTransport,
  Libp2pTransportComponents,
  Libp2pTransportInit,
} from './libp2p-transport-types.ts';
import { toNodeId, toPeerId } from './node-id.ts';
import { createPeerDialer, type PeerDialer } from './peer-dialer.ts';
import { createPublishQueue } from './publish-queue.ts';

const dialTimeoutMsDefault = 5_000;
/** How long a publication waits for its first listener. Judgement: two dials to a slow peer. */
const publishWaitMsDefault = 15_000;
/** How long a publication waits for new neighbours to say what they listen to; they do so in one round trip. */
const settleMs = 500;
/** Connections a node looks for by itself. Gossip wants 12 at most in a mesh; the table of routes wants some more. */
const connectionsWantedDefault = 24;
/** One stream for each direction and one that is just being replaced. */
const directStreamsMax = 4;
const blobStreamsMax = 16;
const stopTimeoutMs = 2_000;
const swarmKeyBytes = 32;

/**
 * Build the transport.
 * @throws AmpError AMP-1312 when the mesh is closed and there is no swarm key.
 */
export async function createLibp2pTransport(
  components: Libp2pTransportComponents,
  init: Libp2pTransportInit,
): Promise<Libp2pTransport> {
  checkSwarmKey(init);
  const { clock, rng, store } = components;
  const directProtocol = `/amp/${init.meshId}/direct/1`;
  const dialTimeoutMs = init.dialTimeoutMs ?? dialTimeoutMsDefault;
  const libp2p = await createNode({
    seed: init.seed,
    meshId: init.meshId,
    topics: init.topics,
    listen: init.listen ?? ['/ip4/127.0.0.1/tcp/0', '/ip4/127.0.0.1/tcp/0/ws'],
    announce: init.announce ?? [],
    swarmKey: init.swarmKey,
    isMdnsOn: init.isMdnsOn ?? false,
    isRelay: init.isRelay ?? false,
    isDhtServer: init.isDhtServer ?? true,
    dialTimeoutMs,
    mayConnect: init.mayConnect ?? (() => true),
    scoreOf: init.scoreOf ?? (() => 0),
    metrics: init.metrics,
  });
  const pubsub = libp2p.services.pubsub;
  limitGossipAnswers(pubsub);
  /** Methods of the class that its interface leaves out. */
  const pubsubInside = pubsub as unknown as GossipInside;
  const self = toNodeId(libp2p.peerId)!;
  const peers = new Set<NodeId>();
  /** When nodes came that have not told their subscriptions yet; some have none to tell. */
  const newcomers = new Map<NodeId, number>();
  const topics = new Set(init.topics);
  const subscribed = new Set<string>();
  const published = { published: 0, publishFailed: 0 };
  let listener: ((event: TransportEvent) => void) | undefined;
  let starting: Promise<void> | undefined;
  let stopping: Promise<void> | undefined;

  const emit = (event: TransportEvent) => {
    if (stopping === undefined) listener?.(event);
  };

  const gate = createGossipGate({ clock });
  limitGossipArrivals(pubsub, (neighbour) => {
    const node = toNodeId(neighbour);
    return node !== undefined && gate.arrive(node);
  });
  const lanes = createDirectLanes(
    {
      clock,
      rng,
      openStream: openDirect,
      onDirect: (from, bytes) => emit({ type: 'direct', from, bytes }),
      onSendFailed: (to, reason) => emit({ type: 'send-failed', to, reason }),
    },
    { dialTimeoutMs },
  );
  const queue = createPublishQueue(
    {
      clock,
      isReady: (topic, waitedMs) =>
        pubsub.getSubscribers(topic).some((peer) => pubsubInside.streamsOutbound.has(peer.toString())) &&
        (waitedMs >= settleMs || !hasNewcomer()),
      publish: async (topic, bytes) => {
        const { recipients } = await pubsub.publish(topic, bytes);
        if (recipients.length > 0) published.published++;
        return recipients.length;
      },
      onGivenUp: (topic, reason) => {
        published.publishFailed++;
        clock.defer(() => emit({ type: 'publish-failed', topic, reason }));
      },
    },
    { waitMs: init.publishWaitMs ?? publishWaitMsDefault },
  );
  const dialer: PeerDialer = createPeerDialer(
    { clock, rng, knownPeers: createKnownPeers({ store, clock }), libp2p },
    {
      bootstrap: init.bootstrap ?? [],
      connectionsWanted: init.connectionsWanted ?? connectionsWantedDefault,
      dialTimeoutMs,
    },
  );

  function hasNewcomer(): boolean {
    for (const [node, sinceMs] of newcomers) {
      if (clock.nowMs() - sinceMs < settleMs) return true;
      newcomers.delete(node);
    }
    return false;
  }

  async function openDirect(to: NodeId, signal: AbortSignal): Promise<Stream> {
    await starting;
    return libp2p.dialProtocol(peerIdOf(to), directProtocol, { signal, runOnLimitedConnection: true });
  }

  async function listen(): Promise<void> {
    await libp2p.handle(directProtocol, acceptDirect, {
      maxInboundStreams: directStreamsMax,
      maxOutboundStreams: directStreamsMax,
      runOnLimitedConnection: true,
    });
    for (const topic of topics) pubsub.topicValidators.set(topic, admitMessage);
    pubsubInside.addEventListener('gossipsub:message', takeMessage);
    pubsub.addEventListener('subscription-change', ({ detail }) => {
      const node = toNodeId(detail.peerId);
      if (node !== undefined) newcomers.delete(node);
      queue.flush();
    });
    libp2p.addEventListener('peer:identify', ({ detail }) => {
      if (detail.protocols.includes(directProtocol)) raisePeer(detail.peerId);
    });
    libp2p.addEventListener('peer:disconnect', ({ detail }) => lowerPeer(detail));
    try {
      await libp2p.start();
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new AmpError('AMP-1311', `The node could not start: ${reason}.`, { reason }, cause);
    }
    for (const topic of subscribed) pubsub.subscribe(topic);
    dialer.start();
  }

  function acceptDirect(stream: Stream, connection: Connection): void {
    const from = toNodeId(connection.remotePeer);
    if (from === undefined || stopping !== undefined) {
      stream.abort(new Error('refused'));
      return;
    }
    // A message may be quicker than the exchange of identities.
    raisePeer(connection.remotePeer);
    lanes.accept(from, stream);
  }

  function raisePeer(peer: PeerId): void {
    const node = toNodeId(peer);
    if (node === undefined || peers.has(node) || libp2p.getConnections(peer).length === 0) return;
    peers.add(node);
    if (![...topics].some((topic) => pubsub.getSubscribers(topic).some((known) => known.equals(peer))))
      newcomers.set(node, clock.nowMs());
    lanes.wake(node);
    dialer.onPeerUp(node);
    emit({ type: 'peer-up', node });
    queue.flush();
  }

  function lowerPeer(peer: PeerId): void {
    const node = toNodeId(peer);
    if (node === undefined || !peers.delete(node)) return;
    newcomers.delete(node);
    dialer.onPeerDown(node);
    emit({ type: 'peer-down', node });
  }

  function admitMessage(neighbour: PeerId, message: Message): TopicValidatorResult {
    const from = toNodeId(neighbour);
    // No signature, or a length that no honest node publishes, is wrong from the bytes.
    if (message.type !== 'signed' || message.data.length > publishBytesMax)
      return TopicValidatorResult.Reject;
    const isAdmitted = from !== undefined && gate.admit(from, message.data.length);
    return isAdmitted ? TopicValidatorResult.Accept : TopicValidatorResult.Ignore;
  }

  function takeMessage({ detail }: CustomEvent<GossipDetail>): void {
    const { msg, msgId, propagationSource } = detail;
    const report = (verdict: GossipVerdict) =>
      pubsubInside.reportMessageValidationResult(msgId, propagationSource.toString(), verdict);
    const origin = msg.from === undefined ? undefined : toNodeId(msg.from);
    const from = toNodeId(propagationSource);
    if (origin === undefined || from === undefined) report('reject');
    else if (listener === undefined || stopping !== undefined || origin === self) report('ignore');
    else {
      const verdict = gate.await(msg.data.length, report);
      emit({ type: 'published', topic: msg.topic, origin, from, bytes: msg.data, verdict });
    }
  }

  function checkTopic(topic: string): void {
    if (!topics.has(topic))
      throw new AmpError('AMP-1313', `The topic ${topic} is not in the set.`, { topic });
  }

  function stop(): Promise<void> {
    stopping ??= (async () => {
      dialer.stop();
      queue.stop();
      gate.stop();
      lanes.stop();
      peers.clear();
      if (starting === undefined) return;
      await starting.catch(() => undefined);
      await stopWithin(clock, stopTimeoutMs, libp2p.stop());
    })();
    return stopping;
  }

  return {
    self,
    libp2p,
    bytesMax: directBytesMax,
    publishBytesMax,
    start(newListener) {
      if (starting !== undefined || stopping !== undefined) return;
      listener = newListener;
      starting = listen();
      // `listening()` reports it; here it must only not be lost as an unhandled rejection.
      starting.catch(() => undefined);
    },
    listening: async () => starting,
    stop,
    publish(topic, bytes) {
      checkTopic(topic);
      checkLength(bytes, publishBytesMax);
      queue.push(topic, bytes);
    },
    subscribe(topic) {
      checkTopic(topic);
      subscribed.add(topic);
      if (libp2p.status === 'started') pubsub.subscribe(topic);
    },
    unsubscribe(topic) {
      if (subscribed.delete(topic) && libp2p.status === 'started') pubsub.unsubscribe(topic);
    },
    send(to, bytes) {
      checkLength(bytes, directBytesMax);
      lanes.send(to, bytes);
    },
    peers: () => [...peers].sort(compareText),
    addresses: () => libp2p.getMultiaddrs().map(String),
    async dial(address, signal = AbortSignal.timeout(dialTimeoutMs)) {
      await starting;
      const connection = await dialing(address, libp2p.dial(multiaddr(address), { signal }));
      return toNodeId(connection.remotePeer)!;
    },
    connectionList: () => libp2p.getConnections().flatMap(describeConnection),
    async handleStream(protocol, handler) {
      const accept = (stream: Stream, connection: Connection) => {
        const from = toNodeId(connection.remotePeer);
        if (from === undefined || stopping !== undefined) stream.abort(new Error('refused'));
        else handler(stream, from);
      };
      await libp2p.handle(protocol, accept, {
        maxInboundStreams: blobStreamsMax,
        maxOutboundStreams: blobStreamsMax,
        runOnLimitedConnection: true,
      });
    },
    async openStream(to, protocol, signal = AbortSignal.timeout(dialTimeoutMs)) {
      await starting;
      const opening = async () =>
        libp2p.dialProtocol(peerIdOf(to), protocol, { signal, runOnLimitedConnection: true });
      return dialing(to, opening());
    },
    scores() {
      const nodes = [...peers].sort(compareText);
      return new Map(nodes.map((node) => [node, pubsubInside.getScore(peerIdOf(node).toString())]));
    },
    counts: () => ({ ...lanes.counts, ...gate.counts, ...published }),
  };
}

interface GossipDetail {
  readonly msg: { readonly topic: string; readonly data: Uint8Array; readonly from?: PeerId };
  readonly msgId: string;
  readonly propagationSource: PeerId;
}

/** Gossipsub's verdict words are the port's own. */
interface GossipInside {
  readonly streamsOutbound: ReadonlyMap<string, unknown>;
  getScore(peer: string): number;
  reportMessageValidationResult(messageId: string, propagationSource: string, verdict: GossipVerdict): void;
  addEventListener(type: 'gossipsub:message', listener: (event: CustomEvent<GossipDetail>) => void): void;
}

/** libp2p closes streams politely; a peer that does not answer may not keep us from leaving. */
async function stopWithin(clock: Clock, limitMs: number, stopping: void | Promise<void>): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const cancel = clock.setTimer(clock.nowMs() + limitMs, resolve);
  await Promise.race([stopping, promise]).finally(cancel);
}

function checkSwarmKey({ isClosed, swarmKey }: Libp2pTransportInit): void {
  if (isClosed === true && swarmKey === undefined)
    throw new AmpError('AMP-1312', 'The mesh is closed and the node has no swarm key.');
  if (swarmKey !== undefined && swarmKey.length !== swarmKeyBytes)
    throw new AmpError('AMP-1312', `A swarm key has ${swarmKeyBytes} bytes, not ${swarmKey.length}.`);
}

function checkLength(bytes: Uint8Array, limit: number): void {
  if (bytes.length > limit)
    throw new AmpError('AMP-1310', `A message of ${bytes.length} bytes is over ${limit}.`, { limit });
}

function peerIdOf(node: NodeId): PeerId {
  const peer = toPeerId(node);
  if (peer === undefined) throw new AmpError('AMP-1103', `${node} names no node.`, { node });
  return peer;
}

async function dialing<T>(target: string, attempt: Promise<T>): Promise<T> {
  try {
    return await attempt;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new AmpError('AMP-1314', `${target} could not be reached: ${reason}.`, { target, reason }, cause);
  }
}

function describeConnection(connection: Connection): ConnectionFacts[] {
  const node = toNodeId(connection.remotePeer);
  const address = connection.remoteAddr.toString();
  const { direction, limits } = connection;
  const isRelayed = limits !== undefined || address.includes('/p2p-circuit');
  return node === undefined ? [] : [{ node, address, direction, isRelayed }];
}
