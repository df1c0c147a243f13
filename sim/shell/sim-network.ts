/**
 * A virtual network: every node is a neighbour of every other, messages take time, some are lost, and partitions
 * come and go. A publication reaches each subscribed reachable node directly; the models of gossip and routing at
 * scale are elsewhere in `sim/`.
 */
import assert from 'node:assert/strict';
import type { NodeId } from '../../protocol/brand.ts';
import { compareText } from '../../protocol/bytes.ts';
import { AmpError } from '../../protocol/errors.ts';
import type { GossipVerdict, Transport, TransportEvent } from '../../protocol/ports.ts';
import type { SimScheduler } from './sim-clock.ts';
import type { SimRng } from './sim-rng.ts';

/** The limits of the real transport. */
const bytesMax = 1024 * 1024;
const publishBytesMax = 128 * 1024;

/** A message on its way, as a fault rule sees it. */
export interface SimMessage {
  readonly kind: 'direct' | 'published';
  readonly from: NodeId;
  readonly to: NodeId;
  /** Only when published. */
  readonly topic?: string;
  readonly bytes: Uint8Array;
  readonly atMs: number;
}

/** What becomes of a message: `delay` adds to the usual latency; `duplicate` breaks the port's promise on purpose. */
export type FaultAction =
  | { readonly type: 'pass' }
  | { readonly type: 'delay'; readonly delayMs: number }
  | { readonly type: 'duplicate'; readonly delayMs: number }
  | { readonly type: 'drop' };

/** A fault is a rule. The first one that does not pass decides. */
export type FaultRule = (message: SimMessage, rng: SimRng) => FaultAction;

export interface SimNetworkComponents {
  readonly scheduler: SimScheduler;
  readonly rng: SimRng;
}

export interface SimNetworkInit {
  /** Least and greatest one-way latency, ms; uniform between. Default 1 to 20. */
  readonly latencyMs?: readonly [number, number];
  /** Share of messages lost without a trace, 0 to 1. Default 0. */
  readonly lossRate?: number;
  readonly rules?: readonly FaultRule[];
}

/** Counted since the network was made. */
export interface SimNetworkCounts {
  sent: number;
  delivered: number;
  lost: number;
  failed: number;
  rejected: number;
}

export interface SimTransport extends Transport {
  /** Leave the network, as a crash or a shutdown does; the others see `peer-down`. Idempotent. */
  stop(): void;
}

export interface SimNetwork {
  /** A transport for `node`, on the network from its `start` on. One at a time for each node. */
  attach(node: NodeId): SimTransport;
  /** Only nodes of one group reach each other; a node in no group reaches nobody. Messages on their way are lost. */
  partition(groups: readonly (readonly NodeId[])[]): void;
  heal(): void;
  isReachable(from: NodeId, to: NodeId): boolean;
  /** Nodes that are up, sorted. */
  nodes(): readonly NodeId[];
  readonly counts: Readonly<SimNetworkCounts>;
}

interface Port {
  readonly node: NodeId;
  readonly topics: Set<string>;
  readonly listener: (event: TransportEvent) => void;
  /** Neighbours this node was told of. */
  readonly peers: Set<NodeId>;
}

export function createSimNetwork(components: SimNetworkComponents, init: SimNetworkInit = {}): SimNetwork {
  const { scheduler, rng } = components;
  const [latencyMin, latencyMax] = init.latencyMs ?? [1, 20];
  const { lossRate = 0, rules = [] } = init;
  const ports = new Map<NodeId, Port>();
  const counts: SimNetworkCounts = { sent: 0, delivered: 0, lost: 0, failed: 0, rejected: 0 };
  let groupOf: Map<NodeId, number> | undefined;
  let sorted: readonly NodeId[] | undefined;

  function isReachable(from: NodeId, to: NodeId): boolean {
    if (!ports.has(from) || !ports.has(to)) return false;
    if (groupOf === undefined) return true;
    const group = groupOf.get(from);
    return group !== undefined && group === groupOf.get(to);
  }

  function carry(message: SimMessage, deliver: (port: Port) => void): void {
    counts.sent++;
    const action = decideFate(rules, message, rng);
    const isLost = action.type === 'drop' || rng.chance(lossRate);
    if (isLost) {
      counts.lost++;
      return;
    }
    carryOnce(message, deliver, action.type === 'delay' ? action.delayMs : 0);
    if (action.type === 'duplicate') carryOnce(message, deliver, action.delayMs);
  }

  function carryOnce(message: SimMessage, deliver: (port: Port) => void, extraMs: number): void {
    const target = ports.get(message.to);
    const latencyMs = latencyMin + rng.below(latencyMax - latencyMin + 1);
    scheduler.schedule(message.atMs + latencyMs + extraMs, () => {
      const port = ports.get(message.to);
      // A node that restarted meanwhile is another process: what was on its way to the old one is gone.
      if (port === undefined || port !== target || !isReachable(message.from, message.to)) counts.lost++;
      else {
        counts.delivered++;
        deliver(port);
      }
    });
  }

  function send(port: Port, to: NodeId, bytes: Uint8Array): void {
    if (!isReachable(port.node, to)) {
      fail(port, { type: 'send-failed', to, reason: 'unreachable' });
      return;
    }
    const message: SimMessage = { kind: 'direct', from: port.node, to, bytes, atMs: scheduler.nowMs() };
    carry(message, (target) => target.listener({ type: 'direct', from: port.node, bytes }));
  }

  function publish(port: Port, topic: string, bytes: Uint8Array): void {
    let targetCount = 0;
    for (const to of nodes()) {
      if (to === port.node || !isReachable(port.node, to) || !ports.get(to)!.topics.has(topic)) continue;
      targetCount++;
      const message = {
        kind: 'published',
        from: port.node,
        to,
        topic,
        bytes,
        atMs: scheduler.nowMs(),
      } as const;
      carry(message, (target) => {
        if (!target.topics.has(topic)) return;
        const verdict = takeOneVerdict(counts);
        target.listener({ type: 'published', topic, origin: port.node, from: port.node, bytes, verdict });
      });
    }
    if (targetCount === 0) fail(port, { type: 'publish-failed', topic, reason: 'no-peers' });
  }

  function fail(port: Port, event: TransportEvent): void {
    counts.failed++;
    scheduler.schedule(scheduler.nowMs() + latencyMax, () => {
      if (ports.get(port.node) === port) port.listener(event);
    });
  }

  /** Nodes that are up, sorted; sorted again only when one came or went. */
  function nodes(): readonly NodeId[] {
    sorted ??= [...ports.keys()].sort(compareText);
    return sorted;
  }

  /** Tell two nodes of each other, when what they were told is no longer true. */
  function updatePair(one: NodeId, other: NodeId): void {
    for (const [node, peer] of [
      [one, other],
      [other, one],
    ] as const) {
      const port = ports.get(node);
      if (port === undefined || node === peer || port.peers.has(peer) === isReachable(node, peer)) continue;
      notify(port, port.peers.has(peer) ? 'peer-down' : 'peer-up', peer);
    }
  }

  function updateNode(node: NodeId): void {
    sorted = undefined;
    for (const other of nodes()) updatePair(node, other);
  }

  function updateAll(): void {
    const all = nodes();
    for (const [index, node] of all.entries())
      for (const other of all.slice(index + 1)) updatePair(node, other);
  }

  function notify(port: Port, type: 'peer-up' | 'peer-down', node: NodeId): void {
    if (type === 'peer-up') port.peers.add(node);
    else port.peers.delete(node);
    scheduler.schedule(scheduler.nowMs(), () => {
      if (ports.get(port.node) === port) port.listener({ type, node });
    });
  }

  return {
    attach: (self) => {
      let port: Port | undefined;
      const topics = new Set<string>();
      const check = (bytes: Uint8Array, limit: number): Port => {
        if (bytes.length > limit)
          throw new AmpError('AMP-1310', `A message of ${bytes.length} bytes is over ${limit}.`, { limit });
        assert(port !== undefined, 'the transport is not started');
        return port;
      };
      return {
        self,
        bytesMax,
        publishBytesMax,
        start(listener) {
          if (port !== undefined) return;
          assert(!ports.has(self), `${self} is on the network already`);
          port = { node: self, topics, listener, peers: new Set() };
          ports.set(self, port);
          updateNode(self);
        },
        stop() {
          if (port === undefined || ports.get(self) !== port) return;
          ports.delete(self);
          updateNode(self);
        },
        publish: (topic, bytes) => publish(check(bytes, publishBytesMax), topic, bytes),
        subscribe: (topic) => void topics.add(topic),
        unsubscribe: (topic) => void topics.delete(topic),
        send: (to, bytes) => send(check(bytes, bytesMax), to, bytes),
        peers: () => (port === undefined ? [] : [...port.peers].sort(compareText)),
      };
    },
    partition(groups) {
      groupOf = new Map(groups.flatMap((nodes, index) => nodes.map((node) => [node, index] as const)));
      updateAll();
    },
    heal() {
      groupOf = undefined;
      updateAll();
    },
    isReachable,
    nodes,
    counts,
  };
}

function decideFate(rules: readonly FaultRule[], message: SimMessage, rng: SimRng): FaultAction {
  for (const rule of rules) {
    const action = rule(message, rng);
    if (action.type !== 'pass') return action;
  }
  return { type: 'pass' };
}

/** A second verdict on one delivery is the caller's bug. */
function takeOneVerdict(counts: SimNetworkCounts): (verdict: GossipVerdict) => void {
  let isGiven = false;
  return (verdict) => {
    assert(!isGiven, 'a published message was given two verdicts');
    isGiven = true;
    if (verdict === 'reject') counts.rejected++;
  };
}
