/**
 * Parameters of gossipsub, with the names and defaults of its specification.
 * @see Vyzovitis et al. 2020, "GossipSub: Attack-Resilient Message Propagation", and the libp2p specification
 * gossipsub v1.1 (parameters) and v1.2 (IDONTWANT).
 */
import { ticksPerMs } from '../clock/ticks.ts';

/**
 * Whose habits beyond the specification a peer has. `js-libp2p` is what gossipsub 17.1.1 of js-libp2p does: a
 * subscription travels the link and is answered with GRAFT at once while the mesh is below `degreeLow`, so that a
 * mesh that forms is one of quick links; and a message goes back to its publisher when another brought it.
 */
export type GossipImplementation = 'specification' | 'js-libp2p';

export interface GossipSettings {
  /** Default `specification`. */
  readonly implementation: GossipImplementation;
  /** Desired, lowest and highest mesh degree. */
  readonly degree: number;
  readonly degreeLow: number;
  readonly degreeHigh: number;
  /** Best-scored peers kept, and outbound connections kept, when a mesh is cut down. */
  readonly degreeScore: number;
  readonly degreeOut: number;
  /** Gossip goes to at least `degreeLazy` peers, or to `gossipShare` of the peers outside the mesh. */
  readonly degreeLazy: number;
  readonly gossipShare: number;
  readonly heartbeatMs: number;
  /** Heartbeats for which a message can be fetched, and for which it is announced. At most 7. */
  readonly historyHeartbeats: number;
  readonly gossipHeartbeats: number;
  /** A publisher sends its own message to every neighbour in the topic, not to its mesh alone. */
  readonly floodPublish: boolean;
  readonly fanoutTtlMs: number;
  readonly seenTtlMs: number;
  readonly pruneBackoffMs: number;
  readonly unsubscribeBackoffMs: number;
  /** Messages of at least this size are answered to the mesh with IDONTWANT; Infinity turns it off. */
  readonly dontWantBytesMin: number;
  /** Time that a peer takes to validate a message, where no runtime does it. Default 0. */
  readonly validationMs: number;
  /** Heartbeats between attempts to improve a mesh of low median score. */
  readonly opportunisticGraftHeartbeats: number;
  readonly opportunisticGraftPeers: number;
}

export const defaultGossipSettings: GossipSettings = {
  implementation: 'specification',
  degree: 6,
  degreeLow: 4,
  degreeHigh: 12,
  degreeScore: 4,
  degreeOut: 2,
  degreeLazy: 6,
  gossipShare: 0.25,
  heartbeatMs: 1000,
  historyHeartbeats: 5,
  gossipHeartbeats: 3,
  floodPublish: true,
  fanoutTtlMs: 60_000,
  seenTtlMs: 120_000,
  pruneBackoffMs: 60_000,
  unsubscribeBackoffMs: 10_000,
  dontWantBytesMin: Number.POSITIVE_INFINITY,
  validationMs: 0,
  opportunisticGraftHeartbeats: 60,
  opportunisticGraftPeers: 2,
};

/** What the message cache has room for beside the seen bit: see `message-cache.ts`. */
const historyHeartbeatsMax = 7;

/** @throws RangeError when the numbers contradict each other. */
export function checkGossipSettings(settings: GossipSettings): void {
  const s = settings;
  if (!(s.degreeLow <= s.degree && s.degree <= s.degreeHigh))
    throw new RangeError('degreeLow <= degree <= degreeHigh must hold');
  if (!(s.degreeOut < s.degreeLow || s.degreeOut === 0) || s.degreeOut > s.degree / 2)
    throw new RangeError('degreeOut must be below degreeLow and at most half of degree');
  if (!(s.gossipHeartbeats <= s.historyHeartbeats && s.historyHeartbeats <= historyHeartbeatsMax))
    throw new RangeError(`gossipHeartbeats <= historyHeartbeats <= ${historyHeartbeatsMax} must hold`);
  if (s.heartbeatMs * ticksPerMs < 1) throw new RangeError('heartbeatMs must be at least one tick');
}
