/**
 * Which peer has seen which message, and in which heartbeat it came.
 *
 * Messages live in *groups* of sixteen. A group keeps eight 16-bit words for each peer, 16 bytes, a quarter of
 * a cache line: word 0 is the seen cache, words 1 to 7 are the ring of history windows, one bit per message.
 * So a set of messages, as IHAVE and IWANT carry it, is a group and a 16-bit mask: 28 bits.
 */
import { AmpError } from '../../protocol/errors.ts';

export const messagesPerGroup = 16;
/** 12 bits of group index, so 65,536 messages may live at once. */
export const groupCountMax = 4096;
/** Words per peer and group. */
export const wordsPerPeer = 8;

export interface MessageGroup {
  readonly index: number;
  readonly topic: number;
  readonly state: Uint16Array;
  readonly publishedTick: Float64Array;
  readonly origin: Int32Array;
  readonly bytes: Int32Array;
  /** By edge: messages that the neighbour asked not to be sent. Made when first needed. */
  unwanted: Uint16Array | undefined;
  messageCount: number;
  /** When any peer last took in one of its messages; older groups need no work at heartbeats. */
  lastTakenTick: number;
  isActive: boolean;
}

export interface MessageCacheInit {
  readonly peerCount: number;
  readonly historyHeartbeats: number;
  readonly heartbeatTicks: number;
  readonly seenTtlTicks: number;
}

export class MessageCache {
  /** By group index; holes where a group has expired. */
  readonly groups: (MessageGroup | undefined)[] = [];
  /** Groups with messages in some history window. */
  active: MessageGroup[] = [];
  /** Each peer's current window, 0 to historyHeartbeats - 1. */
  readonly window: Uint8Array;

  readonly #init: MessageCacheInit;
  /** By topic: the group that is being filled. */
  readonly #open = new Map<number, MessageGroup>();

  constructor(init: MessageCacheInit) {
    this.#init = init;
    this.window = new Uint8Array(init.peerCount);
  }

  /**
   * A number for a new message: group times 16 plus place. Expired groups are given up first.
   * @throws AmpError AMP-1901 when more messages live at once than the cache has numbers for.
   */
  add(topic: number, origin: number, bytes: number, nowTick: number): number {
    let group = this.#open.get(topic);
    if (group === undefined || group.messageCount === messagesPerGroup) {
      group = this.#openGroup(topic, nowTick);
      this.#open.set(topic, group);
    }
    const place = group.messageCount++;
    group.publishedTick[place] = nowTick;
    group.origin[place] = origin;
    group.bytes[place] = bytes;
    return group.index * messagesPerGroup + place;
  }

  groupOf(message: number): MessageGroup {
    return this.groups[message >> 4]!;
  }

  /** Note that a peer took a message in: seen, and in the peer's present window. */
  take(group: MessageGroup, peer: number, bit: number, nowTick: number): void {
    const at = peer * wordsPerPeer;
    group.state[at] = group.state[at]! | bit;
    const windowAt = at + 1 + this.window[peer]!;
    group.state[windowAt] = group.state[windowAt]! | bit;
    group.lastTakenTick = nowTick;
    if (!group.isActive) this.#activate(group);
  }

  /** Messages that the peer took in within its last `heartbeats` windows, the present one included. */
  recent(group: MessageGroup, peer: number, heartbeats: number): number {
    const at = peer * wordsPerPeer + 1;
    const ring = this.#init.historyHeartbeats;
    let window = this.window[peer]!;
    let mask = 0;
    for (let i = 0; i < heartbeats; i++) {
      mask |= group.state[at + window]!;
      window = window === 0 ? ring - 1 : window - 1;
    }
    return mask;
  }

  /** Begin a peer's next window; the oldest one is forgotten, the seen cache is not. */
  shift(peer: number): void {
    const ring = this.#init.historyHeartbeats;
    const next = (this.window[peer]! + 1) % ring;
    this.window[peer] = next;
    for (const group of this.active) group.state[peer * wordsPerPeer + 1 + next] = 0;
  }

  /** Forget everything one peer knew: it restarted. */
  wipe(peer: number): void {
    const at = peer * wordsPerPeer;
    for (const group of this.groups) group?.state.fill(0, at, at + wordsPerPeer);
  }

  /** Retire groups whose windows are all empty by now; call it once per heartbeat interval. */
  retire(nowTick: number): void {
    const keepTicks = (this.#init.historyHeartbeats + 1) * this.#init.heartbeatTicks;
    if (!this.active.some((group) => nowTick - group.lastTakenTick > keepTicks)) return;
    for (const group of this.active) group.isActive = nowTick - group.lastTakenTick <= keepTicks;
    this.active = this.active.filter((group) => group.isActive);
  }

  get bytes(): number {
    let sum = this.window.byteLength;
    for (const group of this.groups)
      sum += (group?.state.byteLength ?? 0) + (group?.unwanted?.byteLength ?? 0);
    return sum;
  }

  #activate(group: MessageGroup): void {
    group.isActive = true;
    this.active.push(group);
  }

  #openGroup(topic: number, nowTick: number): MessageGroup {
    const index = this.#freeIndex(nowTick);
    const group: MessageGroup = {
      index,
      topic,
      state: this.groups[index]?.state.fill(0) ?? new Uint16Array(this.#init.peerCount * wordsPerPeer),
      publishedTick: new Float64Array(messagesPerGroup),
      origin: new Int32Array(messagesPerGroup),
      bytes: new Int32Array(messagesPerGroup),
      unwanted: undefined,
      messageCount: 0,
      lastTakenTick: nowTick,
      isActive: false,
    };
    this.groups[index] = group;
    return group;
  }

  /** The index of a full group whose last message has left every seen cache, or a new one. */
  #freeIndex(nowTick: number): number {
    for (let index = 0; index < this.groups.length; index++) {
      const group = this.groups[index];
      if (group === undefined) return index;
      const isFull = group.messageCount === messagesPerGroup;
      const newest = group.publishedTick[group.messageCount - 1] ?? nowTick;
      if (isFull && !group.isActive && nowTick - newest > this.#init.seenTtlTicks) return index;
    }
    if (this.groups.length === groupCountMax)
      throw new AmpError('AMP-1901', `more than ${groupCountMax * messagesPerGroup} messages live at once.`);
    return this.groups.length;
  }
}
