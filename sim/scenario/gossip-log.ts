/**
 * What a run of gossip leaves for its reader. A million peers fit into no picture and no log, so a neighbourhood is
 * watched: the peers nearest to the first publisher in the mesh that has formed. The first event says what was sampled.
 */
import type { GossipNetwork } from '../gossip/gossip-network.ts';
import type { GossipPopulationInit, GossipWatch } from '../gossip/population.ts';
import { drawPublishers } from '../gossip/population.ts';
import type { PeerGraph } from '../network/peer-graph.ts';
import { conversationsMax, drawnEdgesMax, drawnNodesMax, eventsMax, RunLog } from '../small-world/run-log.ts';
import type { RunResult, Topology } from './model.ts';

/** Of the events: deliveries; what is left is for publications, GRAFT and PRUNE. */
const deliveryShare = 0.8;

export class GossipLog implements GossipWatch {
  readonly #log = new RunLog(0);
  readonly #init: GossipPopulationInit;
  readonly #center: number;
  /** Every so many publications its deliveries are events. */
  readonly #every: number;
  /** By peer: its number in the neighbourhood, from 1; 0 outside. */
  readonly #places: Uint8Array;
  /** The neighbourhood, nearest first, and the hops from its center. */
  readonly #peers: number[] = [];
  readonly #hops: number[] = [];
  /** First deliveries between two of the neighbourhood: smaller place × 256 + larger. */
  readonly #crossed = new Map<number, number>();
  readonly #publishers: readonly number[];
  /** By publication. */
  readonly #publishedAtMs: Float64Array;
  readonly #lastMs: Float64Array;
  readonly #lastPeer: Int32Array;
  readonly #deliveryCount: Int32Array;
  #network: GossipNetwork | undefined;

  constructor(init: GossipPopulationInit) {
    this.#init = init;
    this.#publishers = drawPublishers(init).publishers;
    this.#center = this.#publishers[0]!;
    const shownMax = Math.min(drawnNodesMax, init.peerCount);
    this.#every = Math.max(1, Math.ceil((init.messageCount * shownMax) / (deliveryShare * eventsMax)));
    this.#places = new Uint8Array(init.peerCount);
    this.#publishedAtMs = new Float64Array(init.messageCount);
    this.#lastMs = new Float64Array(init.messageCount);
    this.#lastPeer = new Int32Array(init.messageCount);
    this.#deliveryCount = new Int32Array(init.messageCount);
    this.#log.note(0, 'sampled', {
      peers: `the ${shownMax} nearest to peer ${this.#center} in the mesh at ${init.warmUpMs} ms, of ${init.peerCount}`,
      publications: this.#every === 1 ? 'all' : `0, ${this.#every}, ${2 * this.#every}…`,
      events: 'deliveries to, and GRAFT and PRUNE sent by, these peers after the warm-up',
    });
  }

  /** Breadth first from the first publisher. */
  warm(network: GossipNetwork, graph: PeerGraph): void {
    this.#network = network;
    const edges = new Int32Array(graph.slotsPerPeer);
    this.#show(this.#center, 0);
    for (let at = 0; at < this.#peers.length && this.#peers.length < drawnNodesMax; at++) {
      const count = network.topics[0]!.listMesh(this.#peers[at]!, edges);
      for (const edge of edges.subarray(0, count)) this.#show(graph.neighbourAt(edge), this.#hops[at]! + 1);
    }
  }

  #show(peer: number, hops: number): void {
    if (this.#places[peer] !== 0 || this.#peers.length >= drawnNodesMax) return;
    this.#peers.push(peer);
    this.#hops.push(hops);
    this.#places[peer] = this.#peers.length;
  }

  published(publication: number, peer: number, atMs: number): void {
    this.#publishedAtMs[publication] = atMs;
    if (publication % this.#every === 0) this.#log.note(atMs, 'publish', { publication, peer });
  }

  delivered(publication: number, peer: number, delayMs: number, from: number): void {
    this.#deliveryCount[publication]!++;
    // In the order of time: the latest is the last.
    this.#lastMs[publication] = delayMs;
    this.#lastPeer[publication] = peer;
    const place = this.#places[peer]!;
    if (place === 0) return;
    this.#cross(place, this.#places[from]!);
    if (publication % this.#every === 0)
      this.#log.note(this.#publishedAtMs[publication]! + delayMs, 'deliver', {
        publication,
        peer,
        from,
        delayMs,
      });
  }

  meshed(peer: number, neighbour: number, what: 'graft' | 'prune', atMs: number): void {
    if (this.#places[peer] !== 0) this.#log.note(atMs, what, { peer, neighbour });
  }

  #cross(a: number, b: number): void {
    if (b === 0) return;
    const pair = Math.min(a, b) * 256 + Math.max(a, b);
    this.#crossed.set(pair, (this.#crossed.get(pair) ?? 0) + 1);
  }

  result(): Required<Pick<RunResult, 'events' | 'conversations' | 'topology'>> {
    const slowest = Array.from(this.#lastMs.keys())
      .sort((a, b) => this.#lastMs[b]! - this.#lastMs[a]! || a - b)
      .slice(0, conversationsMax);
    for (const publication of slowest)
      this.#log.tell({
        name: `publication ${publication} by peer ${this.#publishers[publication]}, last to peer ${this.#lastPeer[publication]}`,
        startMs: this.#publishedAtMs[publication]!,
        durationMs: this.#lastMs[publication]!,
        messageCount: this.#deliveryCount[publication]!,
        // Who comes back after a stop hears it anew.
        participantCount: Math.min(this.#deliveryCount[publication]! + 1, this.#init.peerCount),
      });
    const { events, conversations } = this.#log.result();
    return { events, conversations, topology: this.#draw() };
  }

  /** Mesh links at the end, and all that a first delivery has crossed. */
  #draw(): Topology {
    const count = this.#peers.length;
    const edges: (readonly [number, number, number])[] = [];
    for (let a = 0; a < count; a++)
      for (let b = a + 1; b < count; b++) {
        const crossed = this.#crossed.get((a + 1) * 256 + b + 1) ?? 0;
        if (crossed > 0 || this.#isMeshed(this.#peers[a]!, this.#peers[b]!)) edges.push([a, b, crossed + 1]);
      }
    const whom =
      count < this.#init.peerCount
        ? `the ${count} peers nearest to peer ${this.#center} when meshes had formed, of ${this.#init.peerCount}`
        : `all ${count} peers`;
    return {
      about: `Mesh links at the end among ${whom}, and links that messages came by first; the thicker, the more of them.`,
      nodes: this.#peers.map((peer, i) => {
        const hops = this.#hops[i]!;
        return { name: String(peer), kind: describeHops(hops), ring: hops };
      }),
      edges: edges.sort((x, y) => y[2] - x[2] || x[0] - y[0] || x[1] - y[1]).slice(0, drawnEdgesMax),
    };
  }

  #isMeshed(a: number, b: number): boolean {
    return this.#network!.isInMesh(a, b, 0) || this.#network!.isInMesh(b, a, 0);
  }
}

function describeHops(hops: number): string {
  return hops === 0 ? 'first publisher' : hops === 1 ? '1 hop away' : `${hops} hops away`;
}
