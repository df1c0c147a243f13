/**
 * Who is connected to whom, for up to millions of peers: a row of fixed slots per peer in one typed array.
 *
 * An *edge* is a slot seen from its owner: `edge = peer * slots + slot`. Each edge stores the edge at the other
 * end, so that a message can carry one integer that names both the receiver and the neighbour it came through.
 */
import type { RandomStream } from '../clock/random.ts';

export interface PeerGraphInit {
  readonly peerCount: number;
  /** Most connections of a peer: 32, 64, 128 or 256. Default 64. */
  readonly slotsPerPeer?: number;
}

export class PeerGraph {
  readonly peerCount: number;
  /** A power of two. */
  readonly slotsPerPeer: number;
  /** `edge >> slotBits` is the edge's owner. */
  readonly slotBits: number;
  /** 32-bit words of a bit set over one peer's slots. */
  readonly wordsPerPeer: number;
  /** By edge: the edge at the other end, or -1. */
  readonly reverse: Int32Array;
  /** Bit sets over slots: which are connected, and which of those this peer dialled. */
  readonly connected: Int32Array;
  readonly outbound: Int32Array;
  /** Slots of closed connections, kept free until no packet of theirs can be under way. */
  readonly #draining: Int32Array;

  constructor(init: PeerGraphInit) {
    this.peerCount = init.peerCount;
    this.slotsPerPeer = init.slotsPerPeer ?? 64;
    this.slotBits = Math.log2(this.slotsPerPeer);
    if (![5, 6, 7, 8].includes(this.slotBits))
      throw new RangeError(`slotsPerPeer must be 32, 64, 128 or 256, not ${this.slotsPerPeer}`);
    if (this.peerCount * this.slotsPerPeer >= 2 ** 31)
      throw new RangeError(`${this.peerCount} peers of ${this.slotsPerPeer} slots exceed 2^31 edges`);
    this.wordsPerPeer = this.slotsPerPeer >> 5;
    this.reverse = new Int32Array(this.peerCount << this.slotBits).fill(-1);
    this.connected = new Int32Array(this.peerCount * this.wordsPerPeer);
    this.outbound = new Int32Array(this.peerCount * this.wordsPerPeer);
    this.#draining = new Int32Array(this.peerCount * this.wordsPerPeer);
  }

  /** The peer at the other end of a connected edge. */
  neighbourAt(edge: number): number {
    return this.reverse[edge]! >> this.slotBits;
  }

  /** The edge from `peer` to `neighbour`, or -1. */
  findEdge(peer: number, neighbour: number): number {
    const base = peer << this.slotBits;
    for (let edge = base; edge < base + this.slotsPerPeer; edge++) {
      const reverse = this.reverse[edge]!;
      if (reverse !== -1 && reverse >> this.slotBits === neighbour) return edge;
    }
    return -1;
  }

  /** Connect two peers, dialled by `dialler`. False when they are connected, are one, or one has no free slot. */
  connect(dialler: number, listener: number): boolean {
    if (dialler === listener || this.findEdge(dialler, listener) !== -1) return false;
    const from = this.#findFree(dialler);
    const to = this.#findFree(listener);
    if (from === -1 || to === -1) return false;
    this.reverse[from] = to;
    this.reverse[to] = from;
    setBit(this.connected, this.wordsPerPeer, this.slotBits, from);
    setBit(this.connected, this.wordsPerPeer, this.slotBits, to);
    setBit(this.outbound, this.wordsPerPeer, this.slotBits, from);
    return true;
  }

  /** Close a connection. Both slots stay out of use until {@link release}. */
  disconnect(edge: number): void {
    for (const end of [edge, this.reverse[edge]!]) {
      this.reverse[end] = -1;
      setBit(this.#draining, this.wordsPerPeer, this.slotBits, end);
      clearBit(this.connected, this.wordsPerPeer, this.slotBits, end);
      clearBit(this.outbound, this.wordsPerPeer, this.slotBits, end);
    }
  }

  /** Let a closed connection's slot be used again: nothing sent over it can still arrive. */
  release(edge: number): void {
    clearBit(this.#draining, this.wordsPerPeer, this.slotBits, edge);
  }

  degree(peer: number): number {
    let count = 0;
    const base = peer * this.wordsPerPeer;
    for (let word = base; word < base + this.wordsPerPeer; word++) count += countBits(this.connected[word]!);
    return count;
  }

  /** Connected edges of a peer, in slot order. */
  edgesOf(peer: number): number[] {
    const base = peer << this.slotBits;
    const edges: number[] = [];
    for (let edge = base; edge < base + this.slotsPerPeer; edge++)
      if (this.reverse[edge] !== -1) edges.push(edge);
    return edges;
  }

  #findFree(peer: number): number {
    const base = peer * this.wordsPerPeer;
    for (let i = 0; i < this.wordsPerPeer; i++) {
      const free = ~(this.connected[base + i]! | this.#draining[base + i]!);
      if (free !== 0) return (peer << this.slotBits) + (i << 5) + lowestBit(free);
    }
    return -1;
  }

  get bytes(): number {
    return this.reverse.byteLength + this.connected.byteLength + this.outbound.byteLength * 2;
  }
}

/**
 * Every peer dials `dialCount` distinct random others; a pair that both chose is one connection, so the mean
 * degree is a little under `2 * dialCount`. A peer without a free slot refuses.
 */
export function connectRandomly(graph: PeerGraph, dialCount: number, random: RandomStream): void {
  const wanted = Math.min(dialCount, graph.peerCount - 1);
  const chosen = new Int32Array(wanted);
  for (let peer = 0; peer < graph.peerCount; peer++) {
    for (let i = 0; i < wanted; i++) chosen[i] = drawOther(graph.peerCount, peer, chosen, i, random);
    for (let i = 0; i < wanted; i++) graph.connect(peer, chosen[i]!);
  }
}

function drawOther(
  peerCount: number,
  peer: number,
  chosen: Int32Array,
  count: number,
  random: RandomStream,
): number {
  for (;;) {
    const other = random.below(peerCount);
    if (other === peer) continue;
    let isNew = true;
    for (let i = 0; i < count && isNew; i++) isNew = chosen[i] !== other;
    if (isNew) return other;
  }
}

/** Position of the lowest set bit; the word must not be zero. */
export function lowestBit(word: number): number {
  return 31 - Math.clz32(word & -word);
}

/** Population count of a 32-bit word. */
export function countBits(word: number): number {
  let x = word - ((word >>> 1) & 0x55555555);
  x = (x & 0x33333333) + ((x >>> 2) & 0x33333333);
  return Math.imul((x + (x >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

export function setBit(bits: Int32Array, words: number, slotBits: number, edge: number): void {
  const slot = edge & ((1 << slotBits) - 1);
  const word = (edge >> slotBits) * words + (slot >> 5);
  bits[word] = bits[word]! | (1 << (slot & 31));
}

export function clearBit(bits: Int32Array, words: number, slotBits: number, edge: number): void {
  const slot = edge & ((1 << slotBits) - 1);
  const word = (edge >> slotBits) * words + (slot >> 5);
  bits[word] = bits[word]! & ~(1 << (slot & 31));
}

export function hasBit(bits: Int32Array, words: number, slotBits: number, edge: number): boolean {
  const slot = edge & ((1 << slotBits) - 1);
  return (bits[(edge >> slotBits) * words + (slot >> 5)]! & (1 << (slot & 31))) !== 0;
}
