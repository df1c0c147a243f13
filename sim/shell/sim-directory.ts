/**
 * A modelled Kademlia: it knows every node that is up, so that a lookup finds the true closest nodes, after a
 * delay, with as many messages as Kademlia would have sent. Records are kept by the holders, who may lie.
 * @see Maymounkov, Mazières 2002, "Kademlia", §2.3
 */
import assert from 'node:assert/strict';
import { hash as nodeHash } from 'node:crypto';
import type { NodeId } from '../../protocol/brand.ts';
import { compareBytes, toHex } from '../../protocol/bytes.ts';
import type { Directory, DirectoryEvent, RecordFacts, RecordValidator } from '../../protocol/ports.ts';
import type { SimScheduler } from './sim-clock.ts';
import type { SimRng } from './sim-rng.ts';

/** Kademlia's k: a record goes to, and is read from, that many holders. */
const holderCountDefault = 20;
/** Kademlia's alpha: how many are asked at once. */
const parallelCount = 3;

/** What a lying holder does with the records it was given. */
export type DirectoryLie = 'withhold' | 'keep-oldest' | 'silent';

export interface SimDirectoryComponents {
  readonly scheduler: SimScheduler;
  readonly rng: SimRng;
  /** Whether one node reaches another just now; a `SimNetwork` tells. Default: always. */
  readonly isReachable?: (from: NodeId, to: NodeId) => boolean;
  readonly validateRecord: RecordValidator;
}

export interface SimDirectoryInit {
  /** Least and greatest time of one round trip, ms. Default 2 to 40. */
  readonly roundTripMs?: readonly [number, number];
  readonly holderCount?: number;
  /** Records one holder keeps at most. Default 10,000. */
  readonly recordsMax?: number;
}

export interface SimDirectory extends Directory {
  /** Leave, with all records held here. Idempotent. */
  stop(): void;
}

export interface SimDirectoryWorld {
  attach(node: NodeId): SimDirectory;
  /** From now on `node` lies; `undefined` makes it honest again. */
  setLie(node: NodeId, lie: DirectoryLie | undefined): void;
  /** All nodes that are up, closest to the key first, by a plain sort: for checkers. */
  sortByDistance(key: Uint8Array): readonly NodeId[];
}

interface Held extends RecordFacts {
  readonly bytes: Uint8Array;
}

interface Member {
  readonly node: NodeId;
  /** SHA-256 of the node's name: its place in the key space. */
  readonly place: Uint8Array;
  /** By key in hexadecimal, then by slot. */
  readonly held: Map<string, Map<string, Held>>;
  heldCount: number;
  lie: DirectoryLie | undefined;
}

export function createSimDirectoryWorld(
  components: SimDirectoryComponents,
  init: SimDirectoryInit = {},
): SimDirectoryWorld {
  const { scheduler, rng, validateRecord, isReachable = () => true } = components;
  const [roundTripMin, roundTripMax] = init.roundTripMs ?? [2, 40];
  const { holderCount = holderCountDefault, recordsMax = 10_000 } = init;
  const members = new Map<NodeId, Member>();
  /** Members in the order of their places. */
  const byPlace: Member[] = [];
  const lies = new Map<NodeId, DirectoryLie>();

  function findClosest(from: NodeId, key: Uint8Array, count: number): readonly Member[] {
    return closestMembers(byPlace, key, count, (member) => isReachable(from, member.node));
  }

  /** Hops of a Kademlia lookup in this many nodes: each halves the distance, alpha asked at each. */
  function lookupCost(count: number): { messageCount: number; delayMs: number } {
    const hopCount = Math.max(1, Math.ceil(Math.log2(Math.max(2, members.size)) / 2));
    let delayMs = 0;
    for (let i = 0; i < hopCount; i++) delayMs += roundTripMin + rng.below(roundTripMax - roundTripMin + 1);
    return { messageCount: hopCount * parallelCount + count, delayMs };
  }

  function hold(member: Member, key: Uint8Array, bytes: Uint8Array): boolean {
    const facts = validateRecord(key, bytes);
    if (facts === undefined || facts.expiresAtMs <= scheduler.nowMs()) return false;
    const slots = member.held.get(toHex(key)) ?? new Map<string, Held>();
    const old = slots.get(facts.slot);
    if (old !== undefined && (old.seq > facts.seq || member.lie === 'keep-oldest')) return false;
    if (old === undefined && member.heldCount >= recordsMax) return false;
    if (old === undefined) member.heldCount++;
    slots.set(facts.slot, { ...facts, bytes });
    member.held.set(toHex(key), slots);
    return true;
  }

  function recall(member: Member, key: Uint8Array): readonly Uint8Array[] {
    if (member.lie === 'withhold') return [];
    const slots = member.held.get(toHex(key));
    if (slots === undefined) return [];
    for (const [slot, held] of slots)
      if (held.expiresAtMs <= scheduler.nowMs()) {
        slots.delete(slot);
        member.heldCount--;
      }
    return [...slots.values()].map((held) => held.bytes);
  }

  function attach(node: NodeId): SimDirectory {
    let member: Member | undefined;
    let listener: ((event: DirectoryEvent) => void) | undefined;

    /** Answer once, after the delay, if this node is still up then. */
    function answer(delayMs: number, make: () => DirectoryEvent): void {
      assert(member !== undefined, 'the directory is not started');
      const asker = member;
      scheduler.schedule(scheduler.nowMs() + delayMs, () => {
        if (members.get(node) === asker) listener?.(make());
      });
    }

    return {
      start(newListener) {
        if (member !== undefined) return;
        listener = newListener;
        const place = placeOf(node);
        member = { node, place, held: new Map(), heldCount: 0, lie: lies.get(node) };
        members.set(node, member);
        byPlace.splice(findPlace(byPlace, place), 0, member);
      },
      stop() {
        if (member === undefined || members.get(node) !== member) return;
        members.delete(node);
        byPlace.splice(byPlace.indexOf(member), 1);
      },
      closest(request, key, count) {
        const { messageCount, delayMs } = lookupCost(0);
        answer(delayMs, () => {
          const found = findClosest(node, key, count);
          return {
            type: 'closest-found',
            request,
            nodes: found.map((one) => one.node),
            distances: found.map((one) => distanceShare(one.place, key)),
            lookupMessageCount: messageCount,
          };
        });
      },
      putRecord(request, key, record) {
        answer(lookupCost(holderCount).delayMs, () => {
          if (validateRecord(key, record) === undefined)
            return { type: 'directory-failed', request, reason: 'invalid-record' };
          const holders = findClosest(node, key, holderCount).filter(isAnswering);
          const keptCount = holders.filter((holder) => hold(holder, key, record)).length;
          return { type: 'record-put', request, nodeCount: keptCount };
        });
      },
      getRecords(request, key) {
        answer(lookupCost(holderCount).delayMs, () => {
          const holders = findClosest(node, key, holderCount).filter(isAnswering);
          const records = new Map(
            holders.flatMap((holder) => recall(holder, key)).map((bytes) => [toHex(bytes), bytes]),
          );
          const valid = [...records.values()].filter((bytes) => validateRecord(key, bytes) !== undefined);
          return {
            type: 'records-found',
            request,
            records: valid.sort(compareBytes),
            answeredCount: holders.length,
          };
        });
      },
    };
  }

  return {
    attach,
    sortByDistance: (key) =>
      [...byPlace].sort((a, b) => compareDistance(a.place, b.place, key)).map((member) => member.node),
    setLie(node, lie) {
      if (lie === undefined) lies.delete(node);
      else lies.set(node, lie);
      const member = members.get(node);
      if (member !== undefined) member.lie = lie;
    },
  };
}

function isAnswering(member: Member): boolean {
  return member.lie !== 'silent';
}

function placeOf(node: NodeId): Uint8Array {
  return new Uint8Array(nodeHash('sha256', node, 'buffer'));
}

/** Where `place` is in the ordered list, or would be. */
function findPlace(members: readonly Member[], place: Uint8Array): number {
  let low = 0;
  let high = members.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (compareBytes(members[middle]!.place, place) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * The `count` members closest to `key` by XOR, closest first. Members that share a longer prefix with the key
 * are closer than all that share less, and lie side by side: widen the prefix until enough are in.
 */
function closestMembers(
  byPlace: readonly Member[],
  key: Uint8Array,
  count: number,
  isWanted: (member: Member) => boolean,
): readonly Member[] {
  for (let bits = Math.min(256, Math.ceil(Math.log2(byPlace.length + 1))); ; bits--) {
    const [low, high] = prefixRange(byPlace, key, bits);
    const wanted = byPlace.slice(low, high).filter(isWanted);
    if (wanted.length < count && bits > 0) continue;
    return wanted.sort((a, b) => compareDistance(a.place, b.place, key)).slice(0, count);
  }
}

function prefixRange(byPlace: readonly Member[], key: Uint8Array, bits: number): readonly [number, number] {
  const low = key.slice(0, 32);
  const high = key.slice(0, 32);
  for (let bit = bits; bit < 256; bit++) {
    low[bit >> 3]! &= ~(0x80 >> (bit & 7));
    high[bit >> 3]! |= 0x80 >> (bit & 7);
  }
  const end = findPlace(byPlace, high);
  const isHighTaken = end < byPlace.length && compareBytes(byPlace[end]!.place, high) === 0;
  return [findPlace(byPlace, low), isHighTaken ? end + 1 : end];
}

/** The XOR distance as a share of the key space: its first six bytes say enough. */
function distanceShare(place: Uint8Array, key: Uint8Array): number {
  let share = 0;
  for (let i = 0; i < 6; i++) share = share * 256 + (place[i]! ^ key[i]!);
  return share / 2 ** 48;
}

function compareDistance(a: Uint8Array, b: Uint8Array, key: Uint8Array): number {
  for (let i = 0; i < key.length; i++) {
    const difference = (a[i]! ^ key[i]!) - (b[i]! ^ key[i]!);
    if (difference !== 0) return difference;
  }
  return 0;
}
