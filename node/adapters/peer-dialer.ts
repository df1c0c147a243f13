/**
 * Keeps a node connected: dials what the configuration names until it answers, whom it knew before the restart,
 * and whom the local network or the others make known; remembers who was connected.
 */
import type { PeerInfo } from '@libp2p/interface';
import { peerIdFromString } from '@libp2p/peer-id';
import { multiaddr } from '@multiformats/multiaddr';
import type { NodeId } from '../../protocol/brand.ts';
import type { Clock, Rng } from '../../protocol/ports.ts';
import { planDials, planRetryMs } from './dial-plan.ts';
import type { KnownPeers } from './known-peers.ts';
import type { MeshLibp2p } from './libp2p-node.ts';
import { toNodeId, toPeerId } from './node-id.ts';

/** How often the plan is made again. */
const planEveryMs = 1_000;
/** Known peers are dialed spread over this time, so that a mesh that restarts together does not storm. */
const startJitterMs = 2_000;
const candidatesMax = 1_024;
const parallelMax = 8;
/** A peer that was never reached is forgotten after so many failures in a row. */
const failuresMax = 12;

export interface PeerDialerComponents {
  readonly clock: Clock;
  readonly rng: Rng;
  readonly knownPeers: KnownPeers;
  readonly libp2p: MeshLibp2p;
}

export interface PeerDialerInit {
  readonly bootstrap: readonly string[];
  readonly connectionsWanted: number;
  readonly dialTimeoutMs: number;
}

export interface PeerDialer {
  start(): void;
  onPeerUp(node: NodeId): void;
  onPeerDown(node: NodeId): void;
  stop(): void;
}

interface Candidate {
  /** The node, or for a configured address without a name the address itself. */
  readonly key: string;
  readonly isPinned: boolean;
  readonly addresses: Set<string>;
  isConnected: boolean;
  isDialing: boolean;
  failureCount: number;
  retryAtMs: number;
}

export function createPeerDialer(components: PeerDialerComponents, init: PeerDialerInit): PeerDialer {
  const { clock, rng, knownPeers, libp2p } = components;
  const candidates = new Map<string, Candidate>();
  const stopped = new AbortController();
  let cancelTimer: (() => void) | undefined;

  function suggest(key: string, addresses: readonly string[], isPinned: boolean, delayMs: number): void {
    const known = candidates.get(key);
    if (known !== undefined) {
      for (const address of addresses.slice(0, 8)) if (known.addresses.size < 8) known.addresses.add(address);
      return;
    }
    if (!isPinned && candidates.size >= candidatesMax) return;
    candidates.set(key, {
      key,
      isPinned,
      addresses: new Set(addresses.slice(0, 8)),
      isConnected: false,
      isDialing: false,
      failureCount: 0,
      retryAtMs: clock.nowMs() + delayMs,
    });
  }

  function onDiscovery({ detail }: CustomEvent<PeerInfo>): void {
    const node = toNodeId(detail.id);
    if (node === undefined || detail.id.equals(libp2p.peerId)) return;
    suggest(node, detail.multiaddrs.map(String), false, 0);
    plan();
  }

  function plan(): void {
    if (stopped.signal.aborted) return;
    const planned = planDials({
      nowMs: clock.nowMs(),
      candidates: [...candidates.values()],
      connectionsWanted: init.connectionsWanted,
      parallelMax,
    });
    for (const { key } of planned) void dial(candidates.get(key)!);
  }

  async function dial(candidate: Candidate): Promise<void> {
    candidate.isDialing = true;
    const controller = new AbortController();
    const abort = () => controller.abort(new Error('dial-timeout'));
    const cancelTimeout = clock.setTimer(clock.nowMs() + init.dialTimeoutMs, abort);
    stopped.signal.addEventListener('abort', abort);
    try {
      const connection = await libp2p.dial(dialTarget(candidate), { signal: controller.signal });
      candidate.failureCount = 0;
      // An address without a name has told us its node now.
      candidate.isConnected = connection.status === 'open';
    } catch {
      // Not reachable, not let in, or not of this mesh: all of them end in waiting longer.
      candidate.failureCount++;
      candidate.retryAtMs = clock.nowMs() + planRetryMs(candidate.failureCount, rng.uint32() / 2 ** 32);
      if (!candidate.isPinned && candidate.failureCount >= failuresMax) candidates.delete(candidate.key);
    } finally {
      cancelTimeout();
      stopped.signal.removeEventListener('abort', abort);
      candidate.isDialing = false;
    }
  }

  function watch(): void {
    cancelTimer = clock.setTimer(clock.nowMs() + planEveryMs, () => {
      plan();
      watch();
    });
  }

  async function remember(node: NodeId): Promise<void> {
    const peer = toPeerId(node);
    if (peer === undefined || stopped.signal.aborted) return;
    const found = await libp2p.peerStore.get(peer);
    if (stopped.signal.aborted) return;
    knownPeers.remember(
      node,
      found.addresses.map(({ multiaddr: address }) => address.toString()),
    );
  }

  return {
    start() {
      for (const address of init.bootstrap) suggest(nodeInAddress(address) ?? address, [address], true, 0);
      for (const { node, addresses } of knownPeers.list())
        suggest(node, addresses, false, Math.floor((rng.uint32() / 2 ** 32) * startJitterMs));
      libp2p.addEventListener('peer:discovery', onDiscovery);
      plan();
      watch();
    },
    onPeerUp(node) {
      const candidate = candidates.get(node);
      if (candidate !== undefined) candidate.isConnected = true;
      // A peer that left again meanwhile is in nobody's store; then there is nothing to remember.
      remember(node).catch(() => undefined);
    },
    onPeerDown(node) {
      const candidate = candidates.get(node);
      if (candidate === undefined) {
        suggest(node, [], false, planRetryMs(1, rng.uint32() / 2 ** 32));
        return;
      }
      candidate.isConnected = false;
      candidate.retryAtMs = clock.nowMs() + planRetryMs(1, rng.uint32() / 2 ** 32);
    },
    stop() {
      stopped.abort();
      cancelTimer?.();
      libp2p.removeEventListener('peer:discovery', onDiscovery);
    },
  };
}

/** Addresses of one node are dialed together, so each of them names it: libp2p refuses a mixture. */
function dialTarget({ key, addresses }: Candidate): Parameters<MeshLibp2p['dial']>[0] {
  const peer = toPeerId(key as NodeId);
  if (addresses.size === 0) return peer ?? multiaddr(key);
  const name = (address: string): string =>
    peer === undefined || nodeInAddress(address) !== undefined
      ? address
      : `${address}/p2p/${peer.toString()}`;
  return [...addresses].map((address) => multiaddr(name(address)));
}

/** The node that an address names in its last `/p2p/` part. */
function nodeInAddress(address: string): NodeId | undefined {
  const name = multiaddr(address)
    .getComponents()
    .findLast((component) => component.name === 'p2p')?.value;
  return name === undefined ? undefined : toNodeId(peerIdFromString(name));
}
