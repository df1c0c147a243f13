/**
 * Gossipsub v1.1 among all peers of a simulation, in typed arrays: meshes kept by heartbeats, GRAFT and PRUNE
 * with backoff, IHAVE and IWANT over a sliding window, flood publishing, fanout, a seen cache and IDONTWANT.
 *
 * One model serves a million bare peers and, through {@link GossipInit.arrive}, full peers that validate.
 * An event is two integers: the receiver's edge, and a kind of four bits with 28 bits of content.
 * @see Vyzovitis et al. 2020; libp2p specification, gossipsub v1.0, v1.1 and v1.2
 */

import type { GossipVerdict } from '../../protocol/ports.ts';
import type { RandomStream } from '../clock/random.ts';
import type { EventScheduler } from '../clock/scheduler.ts';
import { ticksPerMs } from '../clock/ticks.ts';
import type { FaultRules } from '../network/faults.ts';
import { type LinkModel, lost } from '../network/link-model.ts';
import { hasBit, lowestBit, type PeerGraph } from '../network/peer-graph.ts';
import { GossipCounters } from './counters.ts';
import { MessageCache, type MessageGroup, messagesPerGroup, wordsPerPeer } from './message-cache.ts';
import type { PeerScores } from './peer-scores.ts';
import { checkGossipSettings, type GossipSettings } from './settings.ts';
import { TopicMesh } from './topic-mesh.ts';

/** Event kinds 1 to 10 are gossip's. The upper four bits of an event's second integer. */
export const gossipKinds = {
  message: 1,
  ihave: 2,
  iwant: 3,
  graft: 4,
  prune: 5,
  heartbeat: 6,
  dontWant: 7,
  release: 8,
  validated: 9,
  subscription: 10,
} as const;

const contentMask = 0x0fffffff;
/** Approximate bytes of a control packet, and of each message id in it, for bandwidth. */
const controlBytes = 64;
const messageIdBytes = 40;
/** How long a closed connection's slot rests: longer than any packet can be under way. */
const releaseAfterMs = 30_000;

export interface GossipInit {
  readonly settings: GossipSettings;
  readonly topicCount: number;
  /**
   * A message came to a peer for the first time. The receiver answers with {@link GossipNetwork.resolve}, at
   * once or later. Left out: every message is accepted at once.
   */
  readonly arrive?: (peer: number, message: number, edge: number) => void;
  /** Every acceptance, the publisher's own excluded, and the receiver's edge by which it came. */
  readonly delivered?: (peer: number, message: number, edge: number) => void;
  /** A peer puts a neighbour into its mesh, or takes it out, and tells it: the peer's edge. */
  readonly meshed?: (edge: number, what: 'graft' | 'prune') => void;
}

export interface GossipComponents {
  readonly scheduler: EventScheduler;
  readonly graph: PeerGraph;
  readonly link: LinkModel;
  readonly random: RandomStream;
  readonly faults?: FaultRules;
  readonly scores?: PeerScores;
}

export class GossipNetwork {
  readonly counters = new GossipCounters();
  readonly cache: MessageCache;
  readonly topics: TopicMesh[] = [];
  /** 1 for peers that run. */
  readonly isAlive: Uint8Array;

  readonly #scheduler: EventScheduler;
  readonly #graph: PeerGraph;
  readonly #link: LinkModel;
  readonly #random: RandomStream;
  readonly #faults: FaultRules | undefined;
  readonly #scores: PeerScores | undefined;
  readonly #settings: GossipSettings;
  readonly #init: GossipInit;
  readonly #isJsLibp2p: boolean;
  readonly #heartbeatTicks: number;
  readonly #validationTicks: number;
  /** By peer: how often it stopped, so that the heartbeats of an earlier life end. */
  readonly #lives: Uint16Array;
  readonly #list: Int32Array;
  readonly #others: Int32Array;
  #retireTick = 0;
  /** By peer, only with scores: heartbeats since the start, for opportunistic grafting. */
  readonly #heartbeatCounts: Uint32Array | undefined;

  constructor(components: GossipComponents, init: GossipInit) {
    checkGossipSettings(init.settings);
    this.#scheduler = components.scheduler;
    this.#graph = components.graph;
    this.#link = components.link;
    this.#random = components.random;
    this.#faults = components.faults;
    this.#scores = components.scores;
    this.#settings = init.settings;
    this.#init = init;
    this.#isJsLibp2p = init.settings.implementation === 'js-libp2p';
    this.#heartbeatTicks = init.settings.heartbeatMs * ticksPerMs;
    this.#validationTicks = Math.round(init.settings.validationMs * ticksPerMs);
    const { peerCount, slotsPerPeer } = components.graph;
    this.topics = Array.from(
      { length: init.topicCount },
      (_, index) => new TopicMesh(index, components.graph),
    );
    for (let i = 0; i < init.topicCount; i++) this.addTopic();
    this.isAlive = new Uint8Array(peerCount).fill(1);
    this.#lives = new Uint16Array(peerCount);
    this.#list = new Int32Array(slotsPerPeer);
    this.#others = new Int32Array(slotsPerPeer);
    this.#heartbeatCounts = components.scores === undefined ? undefined : new Uint32Array(peerCount);
    this.cache = new MessageCache({
      peerCount,
      historyHeartbeats: init.settings.historyHeartbeats,
      heartbeatTicks: this.#heartbeatTicks,
      seenTtlTicks: init.settings.seenTtlMs * ticksPerMs,
    });
  }

  /** Begin every peer's heartbeats, each at its own phase within one interval from now. */
  start(): void {
    for (let peer = 0; peer < this.#graph.peerCount; peer++) this.#startHeartbeat(peer);
  }

  /** Handle an event of one of the {@link gossipKinds}; `false` for any other kind. */
  handle(a: number, b: number): boolean {
    const content = b & contentMask;
    switch (b >>> 28) {
      case gossipKinds.message:
        this.#onMessage(a, content);
        return true;
      case gossipKinds.ihave:
        this.#onIHave(a, content);
        return true;
      case gossipKinds.iwant:
        this.#onIWant(a, content);
        return true;
      case gossipKinds.graft:
        this.#onGraft(a, this.topics[content]!);
        return true;
      case gossipKinds.prune:
        this.#onPrune(a, content);
        return true;
      case gossipKinds.heartbeat:
        if (content === this.#lives[a]) this.#onHeartbeat(a);
        return true;
      case gossipKinds.dontWant:
        this.#onDontWant(a, content);
        return true;
      case gossipKinds.subscription:
        this.#onSubscription(a, this.topics[content]!);
        return true;
      case gossipKinds.release:
        this.#graph.release(a);
        return true;
      case gossipKinds.validated:
        if (this.#isOpen(a)) this.#accept(a >> this.#graph.slotBits, content, this.cache.groupOf(content), a);
        return true;
      default:
        return false;
    }
  }

  /** One more topic; answers its index. */
  addTopic(): number {
    return this.topics.push(new TopicMesh(this.topics.length, this.#graph)) - 1;
  }

  /** Subscribe a peer and graft its first mesh from the neighbours it knows (JOIN). */
  subscribe(peer: number, topicIndex: number): void {
    const topic = this.topics[topicIndex]!;
    if (topic.isSubscribed[peer] === 1) return;
    if (this.#isJsLibp2p) this.#tellSubscription(peer, topic);
    else topic.subscribe(peer);
    this.#graftMore(peer, topic, this.#settings.degree, false);
  }

  /** Leave a topic: the mesh is pruned with the short backoff (LEAVE). */
  unsubscribe(peer: number, topicIndex: number): void {
    const topic = this.topics[topicIndex]!;
    if (topic.isSubscribed[peer] === 0) return;
    const count = topic.listMesh(peer, this.#list);
    for (let i = 0; i < count; i++)
      this.#prune(peer, this.#list[i]!, topic, this.#settings.unsubscribeBackoffMs);
    topic.unsubscribe(peer);
  }

  /**
   * Publish a message of `bytes` length; answers its number.
   * @throws AmpError AMP-1901 when too many messages live at once.
   */
  publish(peer: number, topicIndex: number, bytes: number): number {
    const now = this.#scheduler.nowTick;
    const topic = this.topics[topicIndex]!;
    const message = this.cache.add(topicIndex, peer, bytes, now);
    const group = this.cache.groupOf(message);
    this.counters.published++;
    this.cache.take(group, peer, 1 << (message % messagesPerGroup), now);
    const count = this.#listPublishEdges(peer, topic);
    for (let i = 0; i < count; i++) this.#sendMessage(peer, this.#list[i]!, message, bytes);
    return message;
  }

  /** Answer an arrival: accept to deliver and forward, ignore or reject to stop here. */
  resolve(peer: number, message: number, edge: number, verdict: GossipVerdict): void {
    const group = this.cache.groupOf(message);
    if (verdict === 'accept') this.#accept(peer, message, group, edge);
    else if (verdict === 'ignore') this.counters.ignored++;
    else {
      this.counters.rejected++;
      this.#scores?.noteInvalid(edge);
    }
  }

  /** Stop a peer: its connections close and its caches are lost. */
  stopPeer(peer: number): void {
    if (this.isAlive[peer] === 0) return;
    this.isAlive[peer] = 0;
    this.#lives[peer] = this.#lives[peer]! + 1;
    for (const edge of this.#graph.edgesOf(peer)) this.disconnect(edge);
    this.cache.wipe(peer);
  }

  /** Start a stopped peer without connections; its subscriptions are as they were. */
  startPeer(peer: number): void {
    if (this.isAlive[peer] === 1) return;
    this.isAlive[peer] = 1;
    this.#startHeartbeat(peer);
  }

  /** Connect two running peers; false when the graph refuses. */
  connect(dialler: number, listener: number): boolean {
    if (this.isAlive[dialler] === 0 || this.isAlive[listener] === 0) return false;
    if (!this.#graph.connect(dialler, listener)) return false;
    const edge = this.#graph.findEdge(dialler, listener);
    for (const topic of this.topics) this.#meet(edge, topic);
    return true;
  }

  disconnect(edge: number): void {
    const reverse = this.#graph.reverse[edge]!;
    for (const topic of this.topics) topic.dropConnection(edge);
    this.#scores?.forget(edge, reverse);
    this.#graph.disconnect(edge);
    const releaseTick = this.#scheduler.nowTick + releaseAfterMs * ticksPerMs;
    this.#scheduler.schedule(releaseTick, edge, gossipKinds.release << 28);
    this.#scheduler.schedule(releaseTick, reverse, gossipKinds.release << 28);
  }

  /** Whether `peer` sends to its neighbour `other` what it hears in a topic. */
  isInMesh(peer: number, other: number, topicIndex: number): boolean {
    const edge = this.#graph.findEdge(peer, other);
    return edge !== -1 && this.topics[topicIndex]!.has(edge);
  }

  get bytes(): number {
    return this.cache.bytes + this.topics.reduce((sum, topic) => sum + topic.bytes, this.isAlive.byteLength);
  }

  // --- messages ---

  #onMessage(edge: number, message: number): void {
    const peer = edge >> this.#graph.slotBits;
    if (this.isAlive[peer] === 0 || this.#graph.reverse[edge] === -1) return;
    const group = this.cache.groups[message >> 4]!;
    const bit = 1 << (message & 15);
    const at = peer * wordsPerPeer;
    const seen = group.state[at]!;
    if ((seen & bit) !== 0) {
      this.counters.duplicates++;
      this.#scores?.noteDelivery(edge, false);
      return;
    }
    if (this.#scores?.isGraylisted(edge)) return;
    group.state[at] = seen | bit;
    if (group.bytes[message & 15]! >= this.#settings.dontWantBytesMin)
      this.#sendDontWant(peer, message, edge);
    if (this.#init.arrive !== undefined) this.#init.arrive(peer, message, edge);
    else if (this.#validationTicks > 0) {
      const validated = (gossipKinds.validated << 28) | message;
      this.#scheduler.schedule(this.#scheduler.nowTick + this.#validationTicks, edge, validated);
    } else this.#accept(peer, message, group, edge);
  }

  #accept(peer: number, message: number, group: MessageGroup, edge: number): void {
    const now = this.#scheduler.nowTick;
    const place = message & 15;
    this.cache.take(group, peer, 1 << place, now);
    this.counters.noteDelivery(now - group.publishedTick[place]!);
    this.#scores?.noteDelivery(edge, true);
    this.#init.delivered?.(peer, message, edge);
    this.#forward(peer, message, group, edge);
  }

  /** To the mesh, but not to where it came from nor to where it was published. */
  #forward(peer: number, message: number, group: MessageGroup, from: number): void {
    const topic = this.topics[group.topic]!;
    const origin = group.origin[message & 15]!;
    const bytes = group.bytes[message & 15]!;
    const count = topic.listMesh(peer, this.#list);
    for (let i = 0; i < count; i++) {
      const edge = this.#list[i]!;
      if (edge === from || (!this.#isJsLibp2p && this.#graph.neighbourAt(edge) === origin)) continue;
      if (group.unwanted !== undefined && (group.unwanted[edge]! & (1 << (message & 15))) !== 0) continue;
      this.#sendMessage(peer, edge, message, bytes);
    }
  }

  #listPublishEdges(peer: number, topic: TopicMesh): number {
    if (this.#settings.floodPublish) return topic.listSubscribers(peer, this.#list);
    if (topic.isSubscribed[peer] === 1) return topic.listMesh(peer, this.#list);
    const now = this.#scheduler.nowTick;
    const kept = topic.fanout(peer, now)?.filter((edge) => this.#graph.reverse[edge] !== -1);
    const count = kept?.length ?? this.#pick(topic.listSubscribers(peer, this.#list), this.#settings.degree);
    kept?.forEach((edge, i) => {
      this.#list[i] = edge;
    });
    const expires = now + this.#settings.fanoutTtlMs * ticksPerMs;
    topic.setFanout(peer, Array.from(this.#list.subarray(0, count)), expires);
    return count;
  }

  /** Before validation: what the mesh would send meanwhile is what this saves. */
  #sendDontWant(peer: number, message: number, from: number): void {
    const count = this.topics[this.cache.groupOf(message).topic]!.listMesh(peer, this.#list);
    for (let i = 0; i < count; i++) {
      if (this.#list[i] === from) continue;
      this.counters.dontWant++;
      this.#transmit(peer, this.#list[i]!, (gossipKinds.dontWant << 28) | message, controlBytes);
    }
  }

  #onDontWant(edge: number, message: number): void {
    const group = this.cache.groupOf(message);
    group.unwanted ??= new Uint16Array(this.#graph.reverse.length);
    group.unwanted[edge] = group.unwanted[edge]! | (1 << (message & 15));
  }

  // --- gossip about messages ---

  #onIHave(edge: number, content: number): void {
    const peer = edge >> this.#graph.slotBits;
    const group = this.cache.groups[content >> 16]!;
    const wanted = content & 0xffff & ~group.state[peer * wordsPerPeer]!;
    if (wanted === 0 || !this.#isOpen(edge) || this.topics[group.topic]!.isSubscribed[peer] === 0) return;
    if (this.#scores?.isBelowGossip(edge)) return;
    this.counters.iwant++;
    const kindAndGroup = (gossipKinds.iwant << 28) | (group.index << 16);
    this.#transmit(peer, edge, kindAndGroup | wanted, controlBytes + messageIdBytes);
  }

  /** Whatever is still in the history goes out; the limit of three sends per neighbour cannot bind here. */
  #onIWant(edge: number, content: number): void {
    if (!this.#isOpen(edge) || this.#scores?.isBelowGossip(edge)) return;
    const peer = edge >> this.#graph.slotBits;
    const group = this.cache.groups[content >> 16]!;
    let found = content & 0xffff & this.cache.recent(group, peer, this.#settings.historyHeartbeats);
    for (; found !== 0; found &= found - 1) {
      const place = lowestBit(found);
      this.counters.fetched++;
      this.#sendMessage(peer, edge, group.index * messagesPerGroup + place, group.bytes[place]!);
    }
  }

  // --- meshes ---

  #tellSubscription(peer: number, topic: TopicMesh): void {
    topic.subscribeUnheard(peer);
    for (const edge of this.#graph.edgesOf(peer)) this.#sendSubscription(peer, edge, topic);
  }

  #sendSubscription(peer: number, edge: number, topic: TopicMesh): void {
    this.#transmit(peer, edge, (gossipKinds.subscription << 28) | topic.index, controlBytes);
  }

  /** js-libp2p fills a mesh that is too small from whoever is heard of first. */
  #onSubscription(edge: number, topic: TopicMesh): void {
    const peer = edge >> this.#graph.slotBits;
    if (!this.#isOpen(edge) || topic.isSubscribed[this.#graph.neighbourAt(edge)] === 0) return;
    topic.noteSubscriber(edge);
    if (topic.isSubscribed[peer] === 0 || topic.has(edge)) return;
    if (topic.size(peer) >= this.#settings.degreeLow) return;
    if (topic.isBackedOff(edge, this.#scheduler.nowTick) || this.#scores?.isNegative(edge)) return;
    this.#graft(peer, edge, topic);
  }

  /** Two peers have just met: they know each other's subscriptions at once, or tell them. */
  #meet(edge: number, topic: TopicMesh): void {
    if (!this.#isJsLibp2p) return topic.noteConnection(edge);
    for (const end of [edge, this.#graph.reverse[edge]!]) {
      const peer = end >> this.#graph.slotBits;
      if (topic.isSubscribed[peer] === 1) this.#sendSubscription(peer, end, topic);
    }
  }

  #onGraft(edge: number, topic: TopicMesh): void {
    const peer = edge >> this.#graph.slotBits;
    if (!this.#isOpen(edge) || topic.isSubscribed[peer] === 0 || topic.has(edge)) return;
    const now = this.#scheduler.nowTick;
    if (topic.isBackedOff(edge, now)) {
      this.#scores?.notePenalty(edge);
      this.#prune(peer, edge, topic, this.#settings.pruneBackoffMs);
    } else if ((this.#scores?.isNegative(edge) ?? false) || this.#isFull(peer, edge, topic))
      this.#prune(peer, edge, topic, this.#settings.pruneBackoffMs);
    else {
      topic.add(edge);
      this.#scores?.noteGraft(edge, now);
    }
  }

  /** A full mesh takes in only peers that this peer dialled (v1.1, outbound quotas). */
  #isFull(peer: number, edge: number, topic: TopicMesh): boolean {
    const { outbound, wordsPerPeer: words, slotBits } = this.#graph;
    return topic.size(peer) >= this.#settings.degreeHigh && !hasBit(outbound, words, slotBits, edge);
  }

  /** Content: the topic, and in bit 27 whether the short backoff of an unsubscription applies. */
  #onPrune(edge: number, content: number): void {
    if (!this.#isOpen(edge)) return;
    const topic = this.topics[content & 0xffff]!;
    const isLeaving = (content & (1 << 27)) !== 0;
    const backoffMs = isLeaving ? this.#settings.unsubscribeBackoffMs : this.#settings.pruneBackoffMs;
    const now = this.#scheduler.nowTick;
    if (topic.has(edge)) this.#scores?.notePrune(edge, now);
    topic.remove(edge);
    topic.backOff(edge, now + backoffMs * ticksPerMs, now);
  }

  #onHeartbeat(peer: number): void {
    if (this.isAlive[peer] === 0) return;
    const now = this.#scheduler.nowTick;
    if (now >= this.#retireTick) {
      this.#retireTick = now + this.#heartbeatTicks;
      this.cache.retire(now);
    }
    this.#scores?.decay(peer, now);
    for (const topic of this.topics) if (topic.isSubscribed[peer] === 1) this.#keepMesh(peer, topic);
    for (const group of this.cache.active) this.#announce(peer, group);
    this.cache.shift(peer);
    this.#scheduler.schedule(
      now + this.#heartbeatTicks,
      peer,
      (gossipKinds.heartbeat << 28) | this.#lives[peer]!,
    );
  }

  #keepMesh(peer: number, topic: TopicMesh): void {
    const s = this.#settings;
    if (this.#scores !== undefined) this.#pruneNegative(peer, topic, this.#scores);
    const size = topic.size(peer);
    if (size < s.degreeLow) this.#graftMore(peer, topic, s.degree - size, false);
    else if (size > s.degreeHigh) this.#cutDown(peer, topic, size);
    else if (s.degreeOut > 0) {
      const missing = s.degreeOut - topic.outboundCount(peer);
      if (missing > 0) this.#graftMore(peer, topic, missing, true);
    }
    if (this.#scores !== undefined) this.#graftOpportunistically(peer, topic, this.#scores);
  }

  #graftMore(peer: number, topic: TopicMesh, wanted: number, outboundOnly: boolean): void {
    const now = this.#scheduler.nowTick;
    const { outbound, wordsPerPeer: words, slotBits } = this.#graph;
    const found = topic.listOthers(peer, this.#list);
    let count = 0;
    for (let i = 0; i < found; i++) {
      const edge = this.#list[i]!;
      if (outboundOnly && !hasBit(outbound, words, slotBits, edge)) continue;
      if (topic.isBackedOff(edge, now) || this.#scores?.isNegative(edge)) continue;
      this.#list[count++] = edge;
    }
    count = this.#pick(count, wanted);
    for (let i = 0; i < count; i++) this.#graft(peer, this.#list[i]!, topic);
  }

  #graft(peer: number, edge: number, topic: TopicMesh): void {
    topic.add(edge);
    this.#scores?.noteGraft(edge, this.#scheduler.nowTick);
    this.counters.graft++;
    this.#init.meshed?.(edge, 'graft');
    this.#transmit(peer, edge, (gossipKinds.graft << 28) | topic.index, controlBytes);
  }

  #prune(peer: number, edge: number, topic: TopicMesh, backoffMs: number): void {
    const now = this.#scheduler.nowTick;
    if (topic.has(edge)) this.#scores?.notePrune(edge, now);
    topic.remove(edge);
    topic.backOff(edge, now + backoffMs * ticksPerMs, now);
    this.counters.prune++;
    this.#init.meshed?.(edge, 'prune');
    const isLeaving = backoffMs === this.#settings.unsubscribeBackoffMs ? 1 << 27 : 0;
    this.#transmit(peer, edge, (gossipKinds.prune << 28) | isLeaving | topic.index, controlBytes);
  }

  /** Too many: keep the best by score, fill up at random, and see that enough of them are outbound. */
  #cutDown(peer: number, topic: TopicMesh, size: number): void {
    const s = this.#settings;
    const { outbound, wordsPerPeer: words, slotBits } = this.#graph;
    topic.listMesh(peer, this.#list);
    this.#pick(size, size);
    const ranked = Array.from(this.#list.subarray(0, size));
    const scores = this.#scores;
    if (scores !== undefined) {
      ranked.sort((a, b) => scores.score(b) - scores.score(a));
      this.#shuffleTail(ranked, s.degreeScore);
    }
    const isOutbound = (edge: number) => hasBit(outbound, words, slotBits, edge);
    let kept = ranked.slice(0, s.degree).filter(isOutbound).length;
    for (let i = s.degree; i < size && kept < s.degreeOut; i++) {
      if (!isOutbound(ranked[i]!)) continue;
      ranked.splice(0, 0, ...ranked.splice(i, 1));
      kept++;
    }
    for (const edge of ranked.slice(s.degree)) this.#prune(peer, edge, topic, s.pruneBackoffMs);
  }

  #shuffleTail(list: number[], from: number): void {
    const tail = this.#random.shuffle(list.slice(from));
    for (let i = 0; i < tail.length; i++) list[from + i] = tail[i]!;
  }

  #pruneNegative(peer: number, topic: TopicMesh, scores: PeerScores): void {
    const count = topic.listMesh(peer, this.#others);
    for (let i = 0; i < count; i++)
      if (scores.isNegative(this.#others[i]!))
        this.#prune(peer, this.#others[i]!, topic, this.#settings.pruneBackoffMs);
  }

  #graftOpportunistically(peer: number, topic: TopicMesh, scores: PeerScores): void {
    const counts = this.#heartbeatCounts!;
    counts[peer] = counts[peer]! + 1;
    if (counts[peer]! % this.#settings.opportunisticGraftHeartbeats !== 0) return;
    const size = topic.listMesh(peer, this.#list);
    if (size < 2) return;
    const ranked = Array.from(this.#list.subarray(0, size), (edge) => scores.score(edge)).sort(
      (a, b) => a - b,
    );
    const median = ranked[size >> 1]!;
    if (median >= scores.settings.opportunisticGraftScore) return;
    const found = topic.listOthers(peer, this.#others);
    let count = 0;
    for (let i = 0; i < found; i++) {
      const edge = this.#others[i]!;
      if (scores.score(edge) > median && !topic.isBackedOff(edge, this.#scheduler.nowTick))
        this.#list[count++] = edge;
    }
    count = this.#pick(count, this.#settings.opportunisticGraftPeers);
    for (let i = 0; i < count; i++) this.#graft(peer, this.#list[i]!, topic);
  }

  /** IHAVE for what came in the last windows, to random neighbours outside the mesh. */
  #announce(peer: number, group: MessageGroup): void {
    const mask = this.cache.recent(group, peer, this.#settings.gossipHeartbeats);
    if (mask === 0) return;
    const topic = this.topics[group.topic]!;
    const found = topic.listOthers(peer, this.#list);
    const wanted = Math.max(this.#settings.degreeLazy, Math.floor(this.#settings.gossipShare * found));
    const count = this.#pick(found, wanted);
    const packed = (gossipKinds.ihave << 28) | (group.index << 16) | mask;
    for (let i = 0; i < count; i++) {
      this.counters.ihave++;
      this.#transmit(peer, this.#list[i]!, packed, controlBytes + messageIdBytes);
    }
  }

  // --- shared ---

  #startHeartbeat(peer: number): void {
    const phase = this.#random.below(this.#heartbeatTicks);
    const packed = (gossipKinds.heartbeat << 28) | this.#lives[peer]!;
    this.#scheduler.schedule(this.#scheduler.nowTick + phase, peer, packed);
  }

  /** Move `wanted` random entries of the first `count` of the list to its front; answers how many. */
  #pick(count: number, wanted: number): number {
    const list = this.#list;
    const picked = Math.min(count, wanted);
    for (let i = 0; i < picked; i++) {
      const j = i + this.#random.below(count - i);
      const kept = list[i]!;
      list[i] = list[j]!;
      list[j] = kept;
    }
    return picked;
  }

  #isOpen(edge: number): boolean {
    return this.isAlive[edge >> this.#graph.slotBits] === 1 && this.#graph.reverse[edge] !== -1;
  }

  #sendMessage(peer: number, edge: number, message: number, bytes: number): void {
    this.counters.sends++;
    this.#transmit(peer, edge, (gossipKinds.message << 28) | message, bytes);
  }

  #transmit(peer: number, edge: number, packed: number, bytes: number): void {
    const reverse = this.#graph.reverse[edge]!;
    if (reverse === -1) return;
    const to = reverse >> this.#graph.slotBits;
    const now = this.#scheduler.nowTick;
    const delay = this.#link.delayTicks(peer, to, bytes, now);
    if (delay === lost) this.counters.lost++;
    else if (this.#faults === undefined) this.#scheduler.schedule(now + delay, reverse, packed);
    else this.#transmitUnderFaults(this.#faults, peer, to, now + delay, reverse, packed);
  }

  #transmitUnderFaults(
    faults: FaultRules,
    peer: number,
    to: number,
    dueTick: number,
    reverse: number,
    packed: number,
  ): void {
    const fate = faults.decide(peer, to, this.#scheduler.nowTick);
    if (fate.copies === 0) this.counters.lost++;
    for (let copy = 0; copy < fate.copies; copy++)
      this.#scheduler.schedule(dueTick + fate.delayTicks + copy, reverse, packed);
  }
}
