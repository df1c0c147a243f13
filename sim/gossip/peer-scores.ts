/**
 * What each peer thinks of each neighbour (gossipsub v1.1 peer score), in typed arrays by edge.
 *
 * Counters are kept per neighbour, not per neighbour and topic: P1 time in mesh, P2 first deliveries, P4 invalid
 * messages, P7 behaviour. P3 (delivery deficits), P5 (application) and P6 (shared addresses) are left out, as
 * js gossipsub's default topic parameters leave them without weight.
 * @see libp2p specification, gossipsub v1.1, "Peer Scoring"
 */
import { ticksPerMs } from '../clock/ticks.ts';
import type { PeerGraph } from '../network/peer-graph.ts';

export interface ScoreSettings {
  /** Points per second in the mesh, up to the cap. */
  readonly meshTimeWeight: number;
  readonly meshTimeCap: number;
  readonly firstDeliveryWeight: number;
  readonly firstDeliveryCap: number;
  /** Negative, times the square of the count. */
  readonly invalidWeight: number;
  readonly behaviourWeight: number;
  /** Share of each counter that is left after a heartbeat. */
  readonly decay: number;
  /** Below these: no gossip, nothing at all. */
  readonly gossipThreshold: number;
  readonly graylistThreshold: number;
  readonly opportunisticGraftScore: number;
}

/** Thresholds: js gossipsub's defaults. Weights: five invalid messages within a minute reach the graylist. */
export const defaultScoreSettings: ScoreSettings = {
  meshTimeWeight: 0.01,
  meshTimeCap: 10,
  firstDeliveryWeight: 0.5,
  firstDeliveryCap: 20,
  invalidWeight: -5,
  behaviourWeight: -10,
  decay: 0.99,
  gossipThreshold: -10,
  graylistThreshold: -80,
  opportunisticGraftScore: 1,
};

/** Counters below this are nothing (the specification's decayToZero). */
const decayToZero = 0.01;

export class PeerScores {
  readonly settings: ScoreSettings;
  readonly #graph: PeerGraph;
  /** By edge. The tick of the graft, -1 outside the mesh. */
  readonly #graftedTick: Float64Array;
  readonly #first: Float32Array;
  readonly #invalid: Float32Array;
  readonly #behaviour: Float32Array;
  readonly #nowTick: () => number;

  constructor(graph: PeerGraph, nowTick: () => number, settings: ScoreSettings = defaultScoreSettings) {
    this.settings = settings;
    this.#graph = graph;
    this.#nowTick = nowTick;
    const edgeCount = graph.reverse.length;
    this.#graftedTick = new Float64Array(edgeCount).fill(-1);
    this.#first = new Float32Array(edgeCount);
    this.#invalid = new Float32Array(edgeCount);
    this.#behaviour = new Float32Array(edgeCount);
  }

  score(edge: number): number {
    const s = this.settings;
    const grafted = this.#graftedTick[edge]!;
    const meshSeconds = grafted < 0 ? 0 : (this.#nowTick() - grafted) / (1000 * ticksPerMs);
    return (
      Math.min(s.meshTimeCap, meshSeconds * s.meshTimeWeight) +
      this.#first[edge]! * s.firstDeliveryWeight +
      this.#invalid[edge]! ** 2 * s.invalidWeight +
      this.#behaviour[edge]! ** 2 * s.behaviourWeight
    );
  }

  isNegative(edge: number): boolean {
    return this.score(edge) < 0;
  }

  isBelowGossip(edge: number): boolean {
    return this.score(edge) < this.settings.gossipThreshold;
  }

  isGraylisted(edge: number): boolean {
    return this.score(edge) < this.settings.graylistThreshold;
  }

  noteDelivery(edge: number, isFirst: boolean): void {
    if (isFirst && edge >= 0)
      this.#first[edge] = Math.min(this.settings.firstDeliveryCap, this.#first[edge]! + 1);
  }

  noteInvalid(edge: number): void {
    this.#invalid[edge] = this.#invalid[edge]! + 1;
  }

  notePenalty(edge: number): void {
    this.#behaviour[edge] = this.#behaviour[edge]! + 1;
  }

  noteGraft(edge: number, nowTick: number): void {
    this.#graftedTick[edge] = nowTick;
  }

  notePrune(edge: number, _nowTick: number): void {
    this.#graftedTick[edge] = -1;
  }

  /** One heartbeat of a peer: every counter about its neighbours shrinks. */
  decay(peer: number, _nowTick: number): void {
    const first = peer << this.#graph.slotBits;
    for (let edge = first; edge < first + this.#graph.slotsPerPeer; edge++) {
      if (this.#graph.reverse[edge] === -1) continue;
      for (const counter of [this.#first, this.#invalid, this.#behaviour]) {
        const left = counter[edge]! * this.settings.decay;
        counter[edge] = left < decayToZero ? 0 : left;
      }
    }
  }

  /** A connection closed: both ends forget. (Real peers remember a bad score for a while.) */
  forget(...edges: readonly number[]): void {
    for (const edge of edges) {
      this.#graftedTick[edge] = -1;
      this.#first[edge] = 0;
      this.#invalid[edge] = 0;
      this.#behaviour[edge] = 0;
    }
  }
}
