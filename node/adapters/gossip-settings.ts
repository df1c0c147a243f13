/**
 * How gossipsub is set here: a closed set of topics, signatures on everything, limits on everything a peer can
 * make grow, and scores under which four provably bad messages silence a peer.
 * @see Vyzovitis et al. 2020, "GossipSub: Attack-Resilient Message Propagation in the Filecoin and ETH2.0 Networks"
 */
import type { GossipsubOpts } from '@libp2p/gossipsub';
import { StrictSign } from '@libp2p/gossipsub';

/** A batch of envelopes is at most 64 KiB; a frame record with its proof stays below twice that. */
export const publishBytesMax = 128 * 1024;
/** One gossip message on the wire with its signature and headers. A longer one closes the peer's stream. */
const wireBytesMax = 256 * 1024;
/** What we send in one piece, so that answers with several messages stay under the receiver's limit. */
const outboundBufferBytesMax = 16 * 1024 * 1024;
/** IDONTWANT costs as much as a small message; Lodestar's measure of where it pays. */
const idontwantBytesMin = 16 * 1024;

/**
 * P4 is weight × (rejected messages)²: -6, -24, -54, -96 for one to four. With the graylist at -80 the fourth
 * silences an unknown peer and the fifth one with the best standing (+10 topics, +10 local evidence).
 */
const rejectWeight = -6;
const scoreCap = 10;
const graylistThreshold = -80;
/** Rejected messages are forgotten to a hundredth in ten minutes of one-second decay steps. */
const rejectDecay = 0.01 ** (1 / 600);

export interface GossipSettings {
  readonly topics: readonly string[];
  /** Local evidence about a node, by peer id text; clamped to [-100, 10]. */
  readonly scoreOf: (peer: string) => number;
}

export function gossipOptions({ topics, scoreOf }: GossipSettings): Partial<GossipsubOpts> {
  return {
    globalSignaturePolicy: StrictSign,
    allowedTopics: new Set(topics),
    fallbackToFloodsub: false,
    doPX: false,
    emitSelf: false,
    asyncValidation: true,
    // One after the other for each peer: a flood waits in its own sender's window, not in our memory.
    awaitRpcHandler: true,
    awaitRpcMessageHandler: true,
    batchPublish: true,
    floodPublish: true,
    runOnLimitedConnection: true,
    maxInboundStreams: 4,
    maxOutboundStreams: 4,
    maxInboundDataLength: wireBytesMax,
    maxOutboundBufferSize: outboundBufferBytesMax,
    maxTopicBytesPerPeer: 64 * 1024,
    idontwantMinDataSize: idontwantBytesMin,
    idontwantMaxMessages: 200,
    decodeRpcLimits: {
      maxSubscriptions: 100,
      maxMessages: 200,
      maxIhaveMessageIDs: 200,
      maxIwantMessageIDs: 200,
      maxIdontwantMessageIDs: 200,
      maxControlMessages: 100,
      maxPeerInfos: 0,
    },
    // A message already seen costs no second signature check. The id is put in the cache only after the first.
    fastMsgIdFn: (message) => fastMessageId(message.from, message.seqno),
    scoreThresholds: {
      gossipThreshold: -10,
      publishThreshold: -50,
      graylistThreshold,
      acceptPXThreshold: 1_000,
      opportunisticGraftThreshold: 1,
    },
    scoreParams: {
      topics: Object.fromEntries(topics.map((topic) => [topic, topicScore])),
      topicScoreCap: scoreCap,
      appSpecificScore: (peer) => Math.max(-100, Math.min(scoreCap, scoreOf(peer))),
      appSpecificWeight: 1,
      // A laboratory behind one address is no attack; a thousand identities on one machine are.
      IPColocationFactorThreshold: 32,
      IPColocationFactorWeight: -1,
      IPColocationFactorWhitelist: new Set(['127.0.0.1', '::1', '0:0:0:0:0:0:0:1']),
      behaviourPenaltyThreshold: 6,
      behaviourPenaltyWeight: -10,
      behaviourPenaltyDecay: 0.95,
      decayInterval: 1_000,
      decayToZero: 0.01,
      retainScore: 3_600_000,
    },
  };
}

/** Topics here are irregular, so a mesh peer is never punished for bringing nothing (P3 is off). */
const topicScore = {
  topicWeight: 1,
  timeInMeshWeight: scoreCap / 2 / 3_600,
  timeInMeshQuantum: 1_000,
  timeInMeshCap: 3_600,
  firstMessageDeliveriesWeight: 0.1,
  firstMessageDeliveriesDecay: 0.99,
  firstMessageDeliveriesCap: 50,
  meshMessageDeliveriesWeight: 0,
  meshMessageDeliveriesDecay: 0.5,
  meshMessageDeliveriesCap: 100,
  meshMessageDeliveriesThreshold: 1,
  meshMessageDeliveriesWindow: 2_000,
  meshMessageDeliveriesActivation: 5_000,
  meshFailurePenaltyWeight: 0,
  meshFailurePenaltyDecay: 0.5,
  invalidMessageDeliveriesWeight: rejectWeight,
  invalidMessageDeliveriesDecay: rejectDecay,
};

function fastMessageId(from: Uint8Array | undefined, sequence: Uint8Array | undefined): string {
  return Buffer.concat([from ?? new Uint8Array(), sequence ?? new Uint8Array()]).toString('latin1');
}
