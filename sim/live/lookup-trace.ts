/** Follows real Kademlia lookups request by request, to count what the virtual ones count. */
import type { PeerId, PeerInfo } from '@libp2p/interface';
import { peerIdFromString } from '@libp2p/peer-id';
import { toNodeId } from '../../node/adapters/node-id.ts';
import type { NodeId } from '../../protocol/brand.ts';
import { toHex } from '../../protocol/bytes.ts';
import type { DirectoryEvent } from '../../protocol/ports.ts';

export interface LookupTrace {
  /** Length of the chain of answers that led to the closest peer found; 0 when the asker knew it. */
  readonly hops: number;
  readonly requestCount: number;
  /** Closest first, the asker left out. */
  readonly closest: readonly NodeId[];
  /** Why it failed, if it did. */
  readonly failure?: string;
}

export interface LookupTracer {
  /** Follow the next lookup of `key`, whose place is `target`. */
  follow(key: Uint8Array, target: Uint8Array): { finish(event: DirectoryEvent, self: NodeId): LookupTrace };
}

/** What kad-dht's class offers beside its interface. */
interface KadInside {
  readonly routingTable: { closestPeers(place: Uint8Array, options: { count: number }): PeerId[] };
  readonly network: {
    sendRequest(
      to: PeerId,
      message: { readonly key: Uint8Array },
      options: object,
    ): AsyncIterable<{ readonly name: string; readonly closer?: readonly PeerInfo[] }>;
  };
}

/** Contacts that a lookup starts from: Kademlia's k. */
const knownCount = 20;

export function traceLookups(libp2p: { readonly services: { readonly dht: unknown } }): LookupTracer {
  const dht = libp2p.services.dht as KadInside;
  const followed = new Map<string, { readonly depths: Map<string, number>; requestCount: number }>();
  const sendRequest = dht.network.sendRequest.bind(dht.network);
  dht.network.sendRequest = async function* (to, message, options) {
    const lookup = followed.get(toHex(message.key));
    if (lookup !== undefined) lookup.requestCount++;
    for await (const event of sendRequest(to, message, options)) {
      if (lookup !== undefined && event.closer !== undefined) {
        const depth = (lookup.depths.get(String(to)) ?? 0) + 1;
        for (const { id } of event.closer)
          if (!lookup.depths.has(String(id))) lookup.depths.set(String(id), depth);
      }
      yield event;
    }
  };
  return {
    follow(key, target) {
      const known = dht.routingTable.closestPeers(target, { count: knownCount });
      const lookup = { depths: new Map(known.map((peer) => [String(peer), 0])), requestCount: 0 };
      followed.set(toHex(key), lookup);
      return {
        finish(event, self) {
          followed.delete(toHex(key));
          const { requestCount } = lookup;
          if (event.type !== 'closest-found')
            return {
              hops: 0,
              requestCount,
              closest: [],
              failure: 'reason' in event ? event.reason : event.type,
            };
          const closest = event.nodes.filter((node) => node !== self);
          const depthOf = new Map([...lookup.depths].map(([peer, depth]) => [nodeOf(peer), depth]));
          return { hops: depthOf.get(closest[0]) ?? 0, requestCount, closest };
        },
      };
    },
  };
}

function nodeOf(peer: string): NodeId | undefined {
  return toNodeId(peerIdFromString(peer));
}
