/** Nodes this one was connected to, with their addresses, kept in the store so that a restart finds them again. */
import type { NodeId } from '../../protocol/brand.ts';
import { isDid } from '../../protocol/did.ts';
import type { Clock, Store } from '../../protocol/ports.ts';

const knownPeersBucket = 'known-peers';
/** The oldest are forgotten first. Judgement: more than a node ever dials, 256 KiB on disk. */
const peersMax = 1_000;
const addressesMax = 8;

export interface KnownPeer {
  readonly node: NodeId;
  /** Multiaddrs, as text. */
  readonly addresses: readonly string[];
  readonly seenAtMs: number;
}

export interface KnownPeers {
  /** Last seen first. */
  list(): readonly KnownPeer[];
  remember(node: NodeId, addresses: readonly string[]): void;
}

export function createKnownPeers({
  store,
  clock,
}: {
  readonly store: Store;
  readonly clock: Clock;
}): KnownPeers {
  function list(): readonly KnownPeer[] {
    const rows = store.scan(knownPeersBucket, '', '', peersMax + 1);
    const peers = rows.flatMap(({ key, value }) => readPeer(key, value) ?? []);
    return peers.sort((a, b) => b.seenAtMs - a.seenAtMs);
  }

  return {
    list,
    remember(node, addresses) {
      if (addresses.length === 0) return;
      const row = { addresses: addresses.slice(0, addressesMax), seenAtMs: clock.nowMs() };
      const forgotten = list()
        .filter((peer) => peer.node !== node)
        .slice(peersMax - 1);
      store.commit([
        { bucket: knownPeersBucket, key: node, value: JSON.stringify(row) },
        ...forgotten.map((peer) => ({ bucket: knownPeersBucket, key: peer.node, value: null })),
      ]);
    },
  };
}

/** `undefined` for a row that an older or a damaged version wrote: the peer will be found again. */
function readPeer(key: string, value: unknown): KnownPeer | undefined {
  if (!isDid(key) || typeof value !== 'string') return undefined;
  try {
    const row = JSON.parse(value) as { addresses?: unknown; seenAtMs?: unknown };
    const { addresses, seenAtMs } = row;
    if (!Array.isArray(addresses) || typeof seenAtMs !== 'number') return undefined;
    return { node: key, addresses: addresses.filter((address) => typeof address === 'string'), seenAtMs };
  } catch {
    return undefined;
  }
}
