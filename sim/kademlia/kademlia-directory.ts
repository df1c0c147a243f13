/**
 * The `Directory` port on the modelled Kademlia: every lookup walks the routing tables of the nodes that run, takes
 * the time of its round trips, and finds what they know, not what is true. Holders keep records and may lie.
 */

import assert from 'node:assert/strict';
import { hash as nodeHash } from 'node:crypto';
import type { NodeId } from '../../protocol/brand.ts';
import { compareBytes, toHex } from '../../protocol/bytes.ts';
import type { Directory, DirectoryEvent, RecordFacts, RecordValidator } from '../../protocol/ports.ts';
import type { SimKernel } from '../clock/kernel.ts';
import type { RandomStream } from '../clock/random.ts';
import { ticksPerMs } from '../clock/ticks.ts';
import type { LinkModel } from '../network/link-model.ts';
import { KademliaNetwork } from './kademlia-network.ts';
import { readKey } from './key-space.ts';
import type { LookupInit, LookupResult } from './lookup.ts';

export interface KademliaWorldComponents {
  readonly kernel: SimKernel;
  readonly random: RandomStream;
  readonly link: LinkModel;
  /** Whether one node reaches another just now. Default: always. */
  readonly isReachable?: (from: NodeId, to: NodeId) => boolean;
  readonly validateRecord: RecordValidator;
}

export interface KademliaWorldInit {
  readonly nodesMax: number;
  readonly lookup?: LookupInit;
  /** Kademlia's k: bucket size, and holders of a record. Default 20. */
  readonly bucketSize?: number;
  /** Records that one holder keeps at most. Default 10,000. */
  readonly recordsMax?: number;
  /** How often a node refreshes its buckets. Default 10 minutes, as kad-dht's. */
  readonly refreshMs?: number;
}

/** What a lying holder does with the records it was given. */
export type HolderLie = 'withhold' | 'keep-oldest' | 'silent';

export interface KademliaDirectory extends Directory {
  /** Leave, with all records held here. Idempotent. */
  stop(): void;
}

interface Held extends RecordFacts {
  readonly bytes: Uint8Array;
}

interface Member {
  readonly node: NodeId;
  readonly index: number;
  /** By key in hexadecimal, which all holders share; of one key a record, or several of different slots. */
  readonly held: Map<string, Held | readonly Held[]>;
  heldCount: number;
  lie: HolderLie | undefined;
  listener: ((event: DirectoryEvent) => void) | undefined;
  cancelRefresh: (() => void) | undefined;
}

const none: readonly Held[] = [];

function listOf(held: Held | readonly Held[] | undefined): readonly Held[] {
  if (held === undefined) return none;
  return 'bytes' in held ? [held] : held;
}

/** Most keys have one record: it stands for its list. */
function shortest(held: readonly Held[]): Held | readonly Held[] {
  return held.length === 1 ? held[0]! : held;
}

export class KademliaWorld {
  readonly network: KademliaNetwork;
  readonly #components: KademliaWorldComponents;
  readonly #init: KademliaWorldInit;
  readonly #members: Member[] = [];
  readonly #byNode = new Map<NodeId, Member>();

  constructor(components: KademliaWorldComponents, init: KademliaWorldInit) {
    this.#components = components;
    this.#init = init;
    const { link, random } = components;
    this.network = new KademliaNetwork(
      {
        link: { delayTicks: (from, to, bytes, now) => this.#delayTicks(link, from, to, bytes, now) },
        random,
      },
      {
        peerCount: init.nodesMax,
        bucketSize: init.bucketSize ?? 20,
        ...(init.lookup ? { lookup: init.lookup } : {}),
      },
    );
  }

  attach(node: NodeId): KademliaDirectory {
    return new MemberDirectory(this, this.#byNode.get(node) ?? this.#admit(node));
  }

  /** From now on `node` lies about records, or says nothing at all; `undefined` makes it honest again. */
  setLie(node: NodeId, lie: HolderLie | undefined): void {
    const member = this.#byNode.get(node) ?? this.#admit(node);
    member.lie = lie;
  }

  #admit(node: NodeId): Member {
    const index = this.#members.length;
    if (index === this.#init.nodesMax) throw new RangeError(`more than ${index} nodes attach`);
    const place = readKey(new Uint8Array(nodeHash('sha256', node, 'buffer')));
    this.network.tables.setKey(index, place.high, place.low);
    const member: Member = {
      node,
      index,
      held: new Map(),
      heldCount: 0,
      lie: undefined,
      listener: undefined,
      cancelRefresh: undefined,
    };
    this.#members.push(member);
    this.#byNode.set(node, member);
    return member;
  }

  // What the directories of members do.

  closest(member: Member, request: string, key: Uint8Array, count: number): void {
    const found = this.#lookup(member, key, Math.min(count, this.network.tables.bucketSize));
    this.#answer(member, found.durationMs, () => ({
      type: 'closest-found',
      request,
      nodes: found.closest.map((index) => this.#members[index]!.node),
      distances: found.closest.map((index) => this.network.tables.distanceShare(index, key)),
      lookupMessageCount: found.requestCount * 2 - found.timeoutCount,
    }));
  }

  start(member: Member, listener: (event: DirectoryEvent) => void): void {
    if (member.listener !== undefined) return;
    member.listener = listener;
    this.network.join(member.index);
    this.#scheduleRefresh(member);
  }

  stop(member: Member): void {
    if (member.listener === undefined) return;
    member.listener = undefined;
    member.cancelRefresh?.();
    member.held.clear();
    member.heldCount = 0;
    this.network.leave(member.index);
  }

  #scheduleRefresh(member: Member): void {
    const { kernel } = this.#components;
    member.cancelRefresh = kernel.schedule(kernel.nowMs() + (this.#init.refreshMs ?? 600_000), () => {
      this.network.refresh(member.index);
      this.#scheduleRefresh(member);
    });
  }

  put(member: Member, request: string, key: Uint8Array, record: Uint8Array): void {
    if (this.#components.validateRecord(key, record) === undefined) {
      this.#answer(member, 1, () => ({ type: 'directory-failed', request, reason: 'invalid-record' }));
      return;
    }
    const found = this.#lookup(member, key);
    this.#answer(member, found.durationMs, () => {
      const holders = this.#holders(member, found);
      const facts = this.#components.validateRecord(key, record);
      const name = toHex(key);
      const held = facts === undefined ? undefined : { ...facts, bytes: record };
      const kept = held === undefined ? [] : holders.filter((holder) => this.#hold(holder, name, held));
      return { type: 'record-put', request, nodeCount: kept.length };
    });
  }

  get(member: Member, request: string, key: Uint8Array): void {
    const found = this.#lookup(member, key);
    this.#answer(member, found.durationMs, () => {
      const holders = this.#holders(member, found);
      const records = new Map<string, Uint8Array>();
      for (const holder of holders)
        for (const bytes of this.#recall(holder, key))
          if (this.#components.validateRecord(key, bytes) !== undefined) records.set(toHex(bytes), bytes);
      return {
        type: 'records-found',
        request,
        records: [...records.values()].sort(compareBytes),
        answeredCount: holders.length,
      };
    });
  }

  #holders(member: Member, found: LookupResult): readonly Member[] {
    return found.closest
      .map((index) => this.#members[index]!)
      .filter((holder) => holder.listener !== undefined && this.#isUp(member.index, holder.index));
  }

  #hold(holder: Member, name: string, record: Held): boolean {
    if (record.expiresAtMs <= this.#components.kernel.nowMs()) return false;
    const known = listOf(holder.held.get(name));
    const old = known.find((one) => one.slot === record.slot);
    if (old !== undefined && (old.seq > record.seq || holder.lie === 'keep-oldest')) return false;
    if (old === undefined && holder.heldCount >= (this.#init.recordsMax ?? 10_000)) return false;
    if (old === undefined) holder.heldCount++;
    // One list of its exact length: a spread leaves room for a dozen more.
    const rest = old === undefined ? known : known.filter((one) => one !== old);
    holder.held.set(name, shortest(rest.concat(record)));
    return true;
  }

  #recall(holder: Member, key: Uint8Array): readonly Uint8Array[] {
    const name = toHex(key);
    const known = holder.lie === 'withhold' ? none : listOf(holder.held.get(name));
    if (known.length === 0) return [];
    const alive = known.filter((one) => one.expiresAtMs > this.#components.kernel.nowMs());
    holder.heldCount -= known.length - alive.length;
    if (alive.length === 0) holder.held.delete(name);
    else if (alive.length < known.length) holder.held.set(name, shortest(alive));
    return alive.map((held) => held.bytes);
  }

  /** The asker is one of the nodes too, and may be among the closest: it costs no message. */
  #lookup(member: Member, key: Uint8Array, count = this.network.tables.bucketSize): LookupResult {
    const { high, low } = readKey(key);
    const { tables } = this.network;
    this.network.rejoin(member.index);
    const found = this.network.lookup(member.index, high, low, { count });
    const closest = [...found.closest, member.index].sort((a, b) => tables.compare(a, b, high, low));
    return { ...found, closest: closest.slice(0, count) };
  }

  /** Answer once, after the lookup's time, if the asker is still the same process then. */
  #answer(member: Member, delayMs: number, make: () => DirectoryEvent): void {
    const { listener } = member;
    assert(listener !== undefined, 'the directory is not started');
    const { kernel } = this.#components;
    kernel.scheduleTick(kernel.nowTick + Math.max(1, Math.round(delayMs * ticksPerMs)), () => {
      if (member.listener === listener) listener(make());
    });
  }

  #delayTicks(link: LinkModel, from: number, to: number, bytes: number, nowTick: number): number {
    return this.#isUp(from, to) ? link.delayTicks(from, to, bytes, nowTick) : -1;
  }

  #isUp(from: number, to: number): boolean {
    const { isReachable } = this.#components;
    const [source, target] = [this.#members[from]!, this.#members[to]!];
    if (source.lie === 'silent' || target.lie === 'silent') return false;
    return isReachable === undefined || isReachable(source.node, target.node);
  }
}

class MemberDirectory implements KademliaDirectory {
  readonly #world: KademliaWorld;
  readonly #member: Member;

  constructor(world: KademliaWorld, member: Member) {
    this.#world = world;
    this.#member = member;
  }

  start(listener: (event: DirectoryEvent) => void): void {
    this.#world.start(this.#member, listener);
  }

  stop(): void {
    this.#world.stop(this.#member);
  }

  closest(request: string, key: Uint8Array, count: number): void {
    this.#world.closest(this.#member, request, key, count);
  }

  putRecord(request: string, key: Uint8Array, record: Uint8Array): void {
    this.#world.put(this.#member, request, key, record);
  }

  getRecords(request: string, key: Uint8Array): void {
    this.#world.get(this.#member, request, key);
  }
}
