/**
 * The `Transport` port on the modelled network: publications travel by the gossip model, direct messages by the
 * link alone, connections are dialled and kept, partitions break them. Thousands of full peers share one world.
 */
import assert from 'node:assert/strict';
import type { NodeId } from '../../protocol/brand.ts';
import { compareText } from '../../protocol/bytes.ts';
import { AmpError } from '../../protocol/errors.ts';
import type { Transport, TransportEvent } from '../../protocol/ports.ts';
import type { SimKernel } from '../clock/kernel.ts';
import type { RandomStream } from '../clock/random.ts';
import { ticksPerMs } from '../clock/ticks.ts';
import type { FaultRules } from '../network/faults.ts';
import { type LinkModel, lost } from '../network/link-model.ts';
import { PeerGraph } from '../network/peer-graph.ts';
import { GossipNetwork } from './gossip-network.ts';
import { PeerScores } from './peer-scores.ts';
import { defaultGossipSettings, type GossipSettings } from './settings.ts';

export interface GossipWorldComponents {
  readonly kernel: SimKernel;
  readonly random: RandomStream;
  readonly link: LinkModel;
  readonly faults?: FaultRules;
}

export interface GossipWorldInit {
  /** Nodes that may ever attach. */
  readonly nodesMax: number;
  /** Connections that each node keeps up by dialling. Default 20; every other node when there are fewer. */
  readonly dialCount?: number;
  /** Most connections of a node. Default 128. */
  readonly slotsPerPeer?: number;
  readonly settings?: Partial<GossipSettings>;
  /** Score neighbours and graylist those whose publications are rejected. Default true. */
  readonly withScores?: boolean;
  /**
   * What a lying node puts on the wire instead: other bytes for some receivers. Called for each direct message and
   * each delivered publication; the answer replaces the bytes.
   */
  readonly tamper?: (from: NodeId, to: NodeId, bytes: Uint8Array) => Uint8Array;
}

export interface GossipTransport extends Transport {
  /** Leave, as a crash or a shutdown does; the others see `peer-down`. Idempotent. */
  stop(): void;
}

/** The limits of the real transport. */
const bytesMax = 1024 * 1024;
const publishBytesMax = 128 * 1024;
/** How often a node looks whether it needs more connections. */
const redialMs = 5000;
/** Up to this many nodes, a node looks at all of them when it dials. */
const smallNetwork = 64;
/** How long a dial or a send waits before it gives a silent node up. */
const dialTimeoutMs = 1000;

interface Attached {
  readonly node: NodeId;
  readonly index: number;
  readonly subscriptions: Set<number>;
  listener: ((event: TransportEvent) => void) | undefined;
  cancelRedial: (() => void) | undefined;
}

export class GossipWorld {
  readonly network: GossipNetwork;
  /** Direct messages handed over, and given up. */
  directCount = 0;
  directFailedCount = 0;

  readonly #components: GossipWorldComponents;
  readonly #init: GossipWorldInit;
  readonly #graph: PeerGraph;
  readonly #byIndex: Attached[] = [];
  readonly #byNode = new Map<NodeId, Attached>();
  /** Indices of started nodes, in the order of starting. */
  readonly #running: number[] = [];
  readonly #topicIndices = new Map<string, number>();
  readonly #topicNames: string[] = [];
  /** By message number. */
  readonly #payloads: (Uint8Array | undefined)[] = [];
  #groups: Int32Array | undefined;

  constructor(components: GossipWorldComponents, init: GossipWorldInit) {
    this.#components = components;
    this.#init = init;
    this.#graph = new PeerGraph({ peerCount: init.nodesMax, slotsPerPeer: init.slotsPerPeer ?? 128 });
    const { kernel, link, faults } = components;
    this.network = new GossipNetwork(
      {
        scheduler: kernel.scheduler,
        graph: this.#graph,
        link,
        random: components.random.split('gossip'),
        ...(faults === undefined ? {} : { faults }),
        ...(init.withScores === false ? {} : { scores: new PeerScores(this.#graph, () => kernel.nowTick) }),
      },
      {
        settings: { ...defaultGossipSettings, ...init.settings },
        topicCount: 0,
        arrive: (peer, message, edge) => this.#arrive(peer, message, edge),
      },
    );
    this.network.isAlive.fill(0);
    kernel.register((a, b) => this.network.handle(a, b));
  }

  /** A transport for `node`, on the network from its `start` on. */
  attach(node: NodeId): GossipTransport {
    return new PeerTransport(this, this.#byNode.get(node) ?? this.#admit(node));
  }

  /** Only nodes of one group reach each other from now on; connections across break. No group, no reach. */
  partition(groups: readonly (readonly NodeId[])[]): void {
    const groupOf = new Int32Array(this.#init.nodesMax).fill(-1);
    groups.forEach((nodes, group) => {
      for (const node of nodes) {
        const attached = this.#byNode.get(node);
        if (attached !== undefined) groupOf[attached.index] = group;
      }
    });
    this.#groups = groupOf;
    for (const index of this.#running)
      for (const edge of this.#graph.edgesOf(index))
        if (!this.#canReach(index, this.#graph.neighbourAt(edge))) this.#hangUp(edge);
  }

  heal(): void {
    this.#groups = undefined;
    for (const index of [...this.#running]) this.#redial(this.#byIndex[index]!);
  }

  isReachable(from: NodeId, to: NodeId): boolean {
    const a = this.#byNode.get(from);
    const b = this.#byNode.get(to);
    return a?.listener !== undefined && b?.listener !== undefined && this.#canReach(a.index, b.index);
  }

  #admit(node: NodeId): Attached {
    const index = this.#byIndex.length;
    if (index === this.#init.nodesMax) throw new RangeError(`more than ${index} nodes attach`);
    const attached: Attached = {
      node,
      index,
      subscriptions: new Set(),
      listener: undefined,
      cancelRedial: undefined,
    };
    this.#byIndex.push(attached);
    this.#byNode.set(node, attached);
    return attached;
  }

  // What the transports of nodes do.

  start(attached: Attached, listener: (event: TransportEvent) => void): void {
    attached.listener = listener;
    this.network.startPeer(attached.index);
    this.#running.push(attached.index);
    for (const topic of attached.subscriptions) this.network.subscribe(attached.index, topic);
    this.#redial(attached);
  }

  stop(attached: Attached): void {
    attached.cancelRedial?.();
    const edges = this.#graph.edgesOf(attached.index);
    attached.listener = undefined;
    for (const edge of edges) this.#hangUp(edge);
    for (const topic of attached.subscriptions) this.network.unsubscribe(attached.index, topic);
    attached.subscriptions.clear();
    this.network.stopPeer(attached.index);
    this.#running.splice(this.#running.indexOf(attached.index), 1);
  }

  publish(attached: Attached, topic: string, bytes: Uint8Array): void {
    const sendsBefore = this.network.counters.sends;
    const message = this.network.publish(attached.index, this.topicIndex(topic), bytes.length);
    this.#payloads[message] = bytes;
    if (this.network.counters.sends === sendsBefore)
      this.#later(attached, 1, () => ({ type: 'publish-failed', topic, reason: 'no-listeners' }));
  }

  #arrive(peer: number, message: number, edge: number): void {
    const attached = this.#byIndex[peer]!;
    const group = this.network.cache.groupOf(message);
    const origin = this.#byIndex[group.origin[message & 15]!]!.node;
    const bytes = this.#payloads[message]!;
    let isJudged = false;
    attached.listener?.({
      type: 'published',
      topic: this.#topicNames[group.topic]!,
      origin,
      from: this.#byIndex[this.#graph.neighbourAt(edge)]!.node,
      bytes: this.#init.tamper === undefined ? bytes : this.#init.tamper(origin, attached.node, bytes),
      verdict: (verdict) => {
        assert(!isJudged, 'a published message was given two verdicts');
        isJudged = true;
        if (attached.listener !== undefined) this.network.resolve(peer, message, edge, verdict);
      },
    });
  }

  send(from: Attached, to: NodeId, bytes: Uint8Array): void {
    const target = this.#byNode.get(to);
    const { kernel, link, faults } = this.#components;
    const now = kernel.nowTick;
    if (target?.listener === undefined || !this.#canReach(from.index, target.index)) {
      this.directFailedCount++;
      this.#later(from, dialTimeoutMs * ticksPerMs, () => ({
        type: 'send-failed',
        to,
        reason: 'unreachable',
      }));
      return;
    }
    const delay = link.delayTicks(from.index, target.index, bytes.length, now);
    const fate = faults?.decide(from.index, target.index, now) ?? { copies: 1, delayTicks: 0 };
    if (delay === lost) return;
    const { listener } = target;
    const sent = this.#init.tamper === undefined ? bytes : this.#init.tamper(from.node, to, bytes);
    for (let copy = 0; copy < fate.copies; copy++)
      kernel.scheduleTick(now + delay + fate.delayTicks + copy, () => {
        // A node that restarted meanwhile is another process: what was on its way to the old one is gone.
        if (target.listener !== listener || !this.#canReach(from.index, target.index)) return;
        this.directCount++;
        listener({ type: 'direct', from: from.node, bytes: sent });
      });
  }

  /** Tell a node something a little later, if it is still the same process then. */
  #later(attached: Attached, ticks: number, make: () => TransportEvent): void {
    const { listener } = attached;
    const { kernel } = this.#components;
    kernel.scheduleTick(kernel.nowTick + ticks, () => {
      if (attached.listener === listener) listener?.(make());
    });
  }

  /** Dial random running nodes until there are enough connections, and look again later. */
  #redial(attached: Attached): void {
    attached.cancelRedial?.();
    const { kernel, random } = this.#components;
    const wanted = Math.min(this.#init.dialCount ?? 20, this.#running.length - 1);
    const missing = wanted - this.#graph.degree(attached.index);
    if (missing > 0) {
      const draw = random.split('dial', attached.index, kernel.nowTick);
      for (const index of this.#drawOthers(attached.index, missing, draw))
        this.#connect(attached, this.#byIndex[index]!);
    }
    const dueTick = kernel.nowTick + redialMs * ticksPerMs;
    attached.cancelRedial = kernel.scheduleTick(dueTick, () => this.#redial(attached));
  }

  /** Distinct nodes to dial: any of a small network, a few random tries in a large one. */
  #drawOthers(self: number, wanted: number, draw: RandomStream): readonly number[] {
    if (this.#running.length <= smallNetwork) {
      const others = this.#running.filter((index) => this.#isDialable(self, index));
      return draw.shuffle(others).slice(0, wanted);
    }
    const chosen = new Set<number>();
    for (let i = 0; i < wanted * 4 && chosen.size < wanted; i++) {
      const index = this.#running[draw.below(this.#running.length)]!;
      if (this.#isDialable(self, index)) chosen.add(index);
    }
    return [...chosen];
  }

  #isDialable(from: number, to: number): boolean {
    return from !== to && this.#canReach(from, to) && this.#graph.findEdge(from, to) === -1;
  }

  #connect(dialler: Attached, other: Attached): void {
    if (!this.network.connect(dialler.index, other.index)) return;
    this.#later(dialler, 1, () => ({ type: 'peer-up', node: other.node }));
    this.#later(other, 1, () => ({ type: 'peer-up', node: dialler.node }));
  }

  #hangUp(edge: number): void {
    const ends = [edge >> this.#graph.slotBits, this.#graph.neighbourAt(edge)].map(
      (index) => this.#byIndex[index]!,
    );
    this.network.disconnect(edge);
    const [left, right] = ends as [Attached, Attached];
    this.#later(left, 1, () => ({ type: 'peer-down', node: right.node }));
    this.#later(right, 1, () => ({ type: 'peer-down', node: left.node }));
  }

  neighbours(attached: Attached): NodeId[] {
    return this.#graph
      .edgesOf(attached.index)
      .map((edge) => this.#byIndex[this.#graph.neighbourAt(edge)]!.node);
  }

  #canReach(from: number, to: number): boolean {
    const groups = this.#groups;
    return groups === undefined || (groups[from]! >= 0 && groups[from] === groups[to]);
  }

  topicIndex(topic: string): number {
    let index = this.#topicIndices.get(topic);
    if (index === undefined) {
      index = this.network.addTopic();
      this.#topicIndices.set(topic, index);
      this.#topicNames.push(topic);
    }
    return index;
  }
}

class PeerTransport implements GossipTransport {
  readonly #world: GossipWorld;
  readonly #attached: Attached;
  #isStarted = false;

  constructor(world: GossipWorld, attached: Attached) {
    this.#world = world;
    this.#attached = attached;
  }

  get self(): NodeId {
    return this.#attached.node;
  }

  get bytesMax(): number {
    return bytesMax;
  }

  get publishBytesMax(): number {
    return publishBytesMax;
  }

  start(listener: (event: TransportEvent) => void): void {
    if (this.#isStarted) return;
    assert(this.#attached.listener === undefined, `${this.self} is on the network already`);
    this.#isStarted = true;
    this.#world.start(this.#attached, listener);
  }

  stop(): void {
    if (!this.#isStarted || this.#attached.listener === undefined) return;
    this.#isStarted = false;
    this.#world.stop(this.#attached);
  }

  publish(topic: string, bytes: Uint8Array): void {
    this.#check(bytes, publishBytesMax);
    this.#world.publish(this.#attached, topic, bytes);
  }

  subscribe(topic: string): void {
    const index = this.#world.topicIndex(topic);
    this.#attached.subscriptions.add(index);
    if (this.#isStarted) this.#world.network.subscribe(this.#attached.index, index);
  }

  unsubscribe(topic: string): void {
    const index = this.#world.topicIndex(topic);
    this.#attached.subscriptions.delete(index);
    if (this.#isStarted) this.#world.network.unsubscribe(this.#attached.index, index);
  }

  send(to: NodeId, bytes: Uint8Array): void {
    this.#check(bytes, bytesMax);
    this.#world.send(this.#attached, to, bytes);
  }

  peers(): readonly NodeId[] {
    return this.#isStarted ? this.#world.neighbours(this.#attached).sort(compareText) : [];
  }

  #check(bytes: Uint8Array, limit: number): void {
    if (bytes.length > limit)
      throw new AmpError('AMP-1310', `A message of ${bytes.length} bytes is over ${limit}.`, { limit });
    assert(this.#isStarted, 'the transport is not started');
  }
}
