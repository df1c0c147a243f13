/** A virtual network of gossip indexes: latency, loss, death, late joiners. Messages are encoded and opened. */

import { ownKeyOnly } from '../../discovery/capability-record.ts';
import { GossipIndex } from '../../discovery/gossip-index.ts';
import type { GossipIndexEffect, GossipIndexInput } from '../../discovery/gossip-index-io.ts';
import {
  openBeacons,
  openEntries,
  readIndexMessage,
  writeIndexMessage,
} from '../../discovery/index-messages.ts';
import { sealBeacon } from '../../discovery/presence.ts';
import type { Answer } from '../../discovery/query.ts';
import type { HeldRecord } from '../../discovery/record-table.ts';
import type { NodeId } from '../../protocol/brand.ts';
import { createFakeKeys, createWordVectors, didOf, fakeMesh, fakeNowMs } from './fakes.ts';

export interface NetworkNode {
  readonly id: NodeId;
  readonly index: GossipIndex;
  readonly timers: Map<string, number>;
  readonly disk: Map<string, string | Uint8Array>;
  readonly peers: Set<NodeId>;
  isAlive: boolean;
}

export interface GossipNetworkInit {
  readonly latencyMs?: number;
  /** Whether a gossiped message is lost on its way to `to`. */
  isLost?(to: NodeId): boolean;
  mayNodeSee?(node: NodeId, record: HeldRecord): boolean;
}

export class GossipNetwork {
  readonly keys = createFakeKeys();
  readonly vectors = createWordVectors();
  readonly nodes = new Map<NodeId, NetworkNode>();
  nowMs = fakeNowMs;
  readonly sent = { directCount: 0, directBytes: 0, beaconCount: 0 };
  readonly #init: GossipNetworkInit;
  readonly #events: { atMs: number; run: () => void }[] = [];
  #taken = 0;

  constructor(init: GossipNetworkInit = {}) {
    this.#init = init;
  }

  add(number: number, peers: readonly NetworkNode[], fields: { antiEntropyMs?: number } = {}): NetworkNode {
    const id = didOf(number, 'node') as NodeId;
    const { mayNodeSee } = this.#init;
    const index = new GossipIndex(
      { hash: this.keys.hash, vectors: this.vectors, ...(mayNodeSee === undefined ? {} : { mayNodeSee }) },
      { self: id, mesh: fakeMesh, ...fields },
    );
    const node = { id, index, timers: new Map(), disk: new Map(), peers: new Set<NodeId>(), isAlive: true };
    this.nodes.set(id, node);
    this.feed(node, { type: 'start', atMs: this.nowMs });
    for (const peer of peers) this.connect(node, peer);
    return node;
  }

  connect(a: NetworkNode, b: NetworkNode): void {
    a.peers.add(b.id);
    b.peers.add(a.id);
    this.feed(a, { type: 'peer-up', atMs: this.nowMs, node: b.id });
    this.feed(b, { type: 'peer-up', atMs: this.nowMs, node: a.id });
  }

  /** Power cut: no goodbye. */
  kill(node: NetworkNode): void {
    node.isAlive = false;
    for (const peer of node.peers)
      this.feed(this.nodes.get(peer)!, { type: 'peer-down', atMs: this.nowMs, node: node.id });
  }

  feed(node: NetworkNode, input: GossipIndexInput): readonly GossipIndexEffect[] {
    if (!node.isAlive) return [];
    const effects = node.index.step(input);
    for (const effect of effects) this.#perform(node, effect);
    return effects;
  }

  search(node: NetworkNode, text: string, viewer = {}): Answer {
    return node.index.search({ query: { text, limit: 1_000 }, nowMs: this.nowMs, viewer });
  }

  run(durationMs: number): void {
    const endMs = this.nowMs + durationMs;
    for (;;) {
      const event = this.#next();
      if (event === undefined) break;
      if (event.atMs > endMs) {
        if (event === this.#events[this.#taken - 1]) this.#taken -= 1;
        break;
      }
      this.nowMs = Math.max(this.nowMs, event.atMs);
      event.run();
    }
    this.nowMs = endMs;
  }

  /** Latency is constant, so messages arrive in the order in which they were sent. */
  #next(): { atMs: number; run: () => void } | undefined {
    const event = this.#events[this.#taken];
    const timer = this.#earliestTimer();
    if (timer === undefined || (event !== undefined && event.atMs <= timer.atMs)) {
      if (event !== undefined) this.#taken += 1;
      return event;
    }
    return timer;
  }

  #earliestTimer(): { atMs: number; run: () => void } | undefined {
    let best: { atMs: number; run: () => void } | undefined;
    for (const node of this.nodes.values()) {
      if (!node.isAlive) continue;
      for (const [timer, dueAtMs] of node.timers)
        if (best === undefined || dueAtMs < best.atMs)
          best = { atMs: dueAtMs, run: () => this.#fire(node, timer) };
    }
    return best;
  }

  #fire(node: NetworkNode, timer: string): void {
    node.timers.delete(timer);
    this.feed(node, { type: 'timer-fired', atMs: this.nowMs, timer });
  }

  #later(run: () => void): void {
    const atMs = this.nowMs + (this.#init.latencyMs ?? 40);
    this.#events.push({ atMs, run });
  }

  #perform(node: NetworkNode, effect: GossipIndexEffect): void {
    switch (effect.type) {
      case 'set-timer':
        node.timers.set(effect.timer, effect.dueAtMs);
        return;
      case 'persist':
        if (effect.value === null) node.disk.delete(`${effect.bucket}/${effect.key}`);
        else node.disk.set(`${effect.bucket}/${effect.key}`, effect.value);
        return;
      case 'sign-beacon': {
        const beacon = sealBeacon(effect.draft, this.keys);
        this.feed(node, { type: 'presence-received', atMs: this.nowMs, beacon });
        return;
      }
      case 'publish-beacon':
        this.sent.beaconCount += 1;
        this.#gossip(node, (to) =>
          this.feed(to, { type: 'presence-received', atMs: this.nowMs, beacon: effect.beacon }),
        );
        return;
      case 'publish-record':
        this.#gossip(node, (to) =>
          this.feed(to, { type: 'record-received', atMs: this.nowMs, entry: effect.entry }),
        );
        return;
      case 'send-index-message': {
        const bytes = writeIndexMessage(effect.message);
        this.sent.directCount += 1;
        this.sent.directBytes += bytes.length;
        const to = this.nodes.get(effect.to)!;
        this.#later(() => this.#receive(to, node.id, bytes));
        return;
      }
      default:
        return;
    }
  }

  #gossip(from: NetworkNode, deliver: (to: NetworkNode) => void): void {
    for (const to of this.nodes.values())
      if (to !== from && to.isAlive && this.#init.isLost?.(to.id) !== true) this.#later(() => deliver(to));
  }

  #receive(to: NetworkNode, from: NodeId, bytes: Uint8Array): void {
    const read = readIndexMessage(bytes);
    if (!read.ok) throw new Error(`an honest node wrote ${read.refusal.message} at ${read.refusal.path}`);
    const message = read.value;
    const context = { mesh: fakeMesh, nowMs: this.nowMs, keys: this.keys, checkAuthority: ownKeyOnly };
    const atMs = this.nowMs;
    if (message.kind === 'sync') this.feed(to, { type: 'sync-received', atMs, from, message });
    if (message.kind === 'pull') this.feed(to, { type: 'pull-received', atMs, from, message });
    if (message.kind === 'beacons') {
      const beacons = openBeacons(message.beacons, context).opened;
      this.feed(to, { type: 'beacons-received', atMs, from, beacons, isLast: message.isLast });
    }
    if (message.kind === 'records') {
      const entries = openEntries(message.records, context).opened;
      this.feed(to, { type: 'records-received', atMs, from, entries, isLast: message.isLast });
    }
  }
}
