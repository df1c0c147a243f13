/**
 * One topic's meshes: who forwards to whom, who may not graft whom yet, who publishes without subscribing.
 * It decides; `gossip-network.ts` sends.
 */
import { clearBit, countBits, hasBit, lowestBit, type PeerGraph, setBit } from '../network/peer-graph.ts';

export class TopicMesh {
  readonly index: number;
  /** By peer. */
  readonly isSubscribed: Uint8Array;
  readonly #graph: PeerGraph;
  /** Bit sets over slots: mesh members, and neighbours known to subscribe. */
  readonly #mesh: Int32Array;
  readonly #subscribers: Int32Array;
  /** By edge: first tick at which a GRAFT is allowed again. */
  readonly #backoff = new Map<number, number>();
  #sweepSize = 4096;
  readonly #fanout = new Map<number, { edges: number[]; expiresTick: number }>();

  constructor(index: number, graph: PeerGraph) {
    this.index = index;
    this.#graph = graph;
    this.isSubscribed = new Uint8Array(graph.peerCount);
    this.#mesh = new Int32Array(graph.peerCount * graph.wordsPerPeer);
    this.#subscribers = new Int32Array(graph.peerCount * graph.wordsPerPeer);
  }

  /** Note a subscription at the peer and, as its neighbours learn of it, at every neighbour. */
  subscribe(peer: number): void {
    this.isSubscribed[peer] = 1;
    const { reverse, wordsPerPeer, slotBits } = this.#graph;
    for (const edge of this.#graph.edgesOf(peer))
      setBit(this.#subscribers, wordsPerPeer, slotBits, reverse[edge]!);
  }

  /** The same without the neighbours' knowing: each hears of it over its link, {@link noteSubscriber}. */
  subscribeUnheard(peer: number): void {
    this.isSubscribed[peer] = 1;
  }

  /** The owner of `edge` has heard that the neighbour there subscribed. */
  noteSubscriber(edge: number): void {
    setBit(this.#subscribers, this.#graph.wordsPerPeer, this.#graph.slotBits, edge);
  }

  unsubscribe(peer: number): void {
    this.isSubscribed[peer] = 0;
    const { reverse, wordsPerPeer, slotBits } = this.#graph;
    for (const edge of this.#graph.edgesOf(peer))
      clearBit(this.#subscribers, wordsPerPeer, slotBits, reverse[edge]!);
  }

  /** Everyone subscribes, with a connection graph that is already there. */
  subscribeAll(): void {
    this.isSubscribed.fill(1);
    this.#subscribers.set(this.#graph.connected);
  }

  /** Two peers have just met and exchanged their subscriptions. */
  noteConnection(edge: number): void {
    const { reverse, wordsPerPeer, slotBits } = this.#graph;
    for (const end of [edge, reverse[edge]!])
      if (this.isSubscribed[this.#graph.neighbourAt(end)] === 1)
        setBit(this.#subscribers, wordsPerPeer, slotBits, end);
  }

  /** A connection has gone: before the graph forgets it. */
  dropConnection(edge: number): void {
    const { reverse, wordsPerPeer, slotBits } = this.#graph;
    for (const end of [edge, reverse[edge]!]) {
      clearBit(this.#subscribers, wordsPerPeer, slotBits, end);
      clearBit(this.#mesh, wordsPerPeer, slotBits, end);
      this.#backoff.delete(end);
    }
  }

  has(edge: number): boolean {
    return hasBit(this.#mesh, this.#graph.wordsPerPeer, this.#graph.slotBits, edge);
  }

  add(edge: number): void {
    setBit(this.#mesh, this.#graph.wordsPerPeer, this.#graph.slotBits, edge);
  }

  remove(edge: number): void {
    clearBit(this.#mesh, this.#graph.wordsPerPeer, this.#graph.slotBits, edge);
  }

  size(peer: number): number {
    const words = this.#graph.wordsPerPeer;
    let count = 0;
    for (let i = peer * words; i < (peer + 1) * words; i++) count += countBits(this.#mesh[i]!);
    return count;
  }

  outboundCount(peer: number): number {
    const words = this.#graph.wordsPerPeer;
    let count = 0;
    for (let i = peer * words; i < (peer + 1) * words; i++)
      count += countBits(this.#mesh[i]! & this.#graph.outbound[i]!);
    return count;
  }

  /** Write the peer's mesh edges into `into`, in slot order; answers how many. */
  listMesh(peer: number, into: Int32Array): number {
    const words = this.#graph.wordsPerPeer;
    const first = peer << this.#graph.slotBits;
    let count = 0;
    for (let word = 0; word < words; word++)
      for (let bits = this.#mesh[peer * words + word]!; bits !== 0; bits &= bits - 1)
        into[count++] = first + (word << 5) + lowestBit(bits);
    return count;
  }

  /** Write the edges to subscribed neighbours outside the mesh into `into`, in slot order. */
  listOthers(peer: number, into: Int32Array): number {
    const words = this.#graph.wordsPerPeer;
    const first = peer << this.#graph.slotBits;
    let count = 0;
    for (let word = 0; word < words; word++) {
      const at = peer * words + word;
      for (let bits = this.#subscribers[at]! & ~this.#mesh[at]!; bits !== 0; bits &= bits - 1)
        into[count++] = first + (word << 5) + lowestBit(bits);
    }
    return count;
  }

  /** Write the edges to all subscribed neighbours into `into`, in slot order. */
  listSubscribers(peer: number, into: Int32Array): number {
    const words = this.#graph.wordsPerPeer;
    const first = peer << this.#graph.slotBits;
    let count = 0;
    for (let word = 0; word < words; word++)
      for (let bits = this.#subscribers[peer * words + word]!; bits !== 0; bits &= bits - 1)
        into[count++] = first + (word << 5) + lowestBit(bits);
    return count;
  }

  isBackedOff(edge: number, nowTick: number): boolean {
    const until = this.#backoff.get(edge);
    return until !== undefined && nowTick < until;
  }

  /** Forbid grafts over this edge until then; a longer backoff stays. */
  backOff(edge: number, untilTick: number, nowTick: number): void {
    if ((this.#backoff.get(edge) ?? 0) < untilTick) this.#backoff.set(edge, untilTick);
    if (this.#backoff.size > this.#sweepSize) this.#sweep(nowTick);
  }

  /** The edges that a publisher without subscription uses, while they last. */
  fanout(peer: number, nowTick: number): readonly number[] | undefined {
    const kept = this.#fanout.get(peer);
    return kept !== undefined && nowTick < kept.expiresTick ? kept.edges : undefined;
  }

  setFanout(peer: number, edges: number[], expiresTick: number): void {
    this.#fanout.set(peer, { edges, expiresTick });
  }

  get bytes(): number {
    return this.#mesh.byteLength + this.#subscribers.byteLength + this.isSubscribed.byteLength;
  }

  #sweep(nowTick: number): void {
    for (const [edge, until] of this.#backoff) if (until <= nowTick) this.#backoff.delete(edge);
    this.#sweepSize = Math.max(4096, this.#backoff.size * 2);
  }
}
