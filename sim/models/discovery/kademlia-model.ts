/**
 * Kademlia as a model: real routing tables of k-buckets that go stale as nodes die, real iterative lookups with
 * their messages counted, but answered in one call with a modelled duration instead of packets.
 *
 * @see Maymounkov and Mazières 2002, Kademlia
 */
import type { NodeId } from '../../../protocol/brand.ts';
import { sha256 } from './stand-ins.ts';

const bucketSize = 20;
const parallel = 3;
/** A request holds a key and a name; an answer twenty names with an address each. */
const requestBytes = 100;
const answerBytes = bucketSize * 80;

interface Contact {
  readonly node: NodeId;
  /** The first 32 bits of the node's hash: enough for thousands of nodes. */
  readonly place: number;
  readonly buckets: Contact[][];
  isAlive: boolean;
}

export interface Lookup {
  readonly nodes: readonly NodeId[];
  readonly messageCount: number;
  readonly byteCount: number;
  readonly durationMs: number;
}

export class KademliaModel {
  readonly #contacts = new Map<NodeId, Contact>();
  readonly #random: () => number;

  constructor(random: () => number) {
    this.#random = random;
  }

  /** Join through a node that is there; it looks up itself and a few others to fill both tables. */
  join(node: NodeId, bootstrap: NodeId | undefined): void {
    const contact: Contact = { node, place: placeOf(sha256(node)), buckets: [], isAlive: true };
    for (let i = 0; i <= 32; i++) contact.buckets.push([]);
    this.#contacts.set(node, contact);
    const first = bootstrap === undefined ? undefined : this.#contacts.get(bootstrap);
    if (first === undefined) return;
    learn(contact, first);
    learn(first, contact);
    this.#lookup(contact, contact.place, bucketSize);
    for (let bit = 0; bit < 4; bit++)
      this.#lookup(contact, (contact.place ^ (1 << (31 - bit))) >>> 0, bucketSize);
  }

  leave(node: NodeId): void {
    const contact = this.#contacts.get(node);
    if (contact !== undefined) contact.isAlive = false;
    this.#contacts.delete(node);
  }

  /** What a node does now and then to keep its table fresh. */
  refresh(node: NodeId): void {
    const contact = this.#contacts.get(node)!;
    this.#lookup(contact, contact.place, bucketSize);
    this.#lookup(contact, Math.floor(this.#random() * 2 ** 32), bucketSize);
  }

  /** The nodes closest to a key that answered, closest first; the asker itself when it is one of them. */
  closest(from: NodeId, key: Uint8Array, count: number): Lookup {
    return this.#lookup(this.#contacts.get(from)!, placeOf(key), count);
  }

  #lookup(from: Contact, place: number, count: number): Lookup {
    const byDistance = (a: Contact, b: Contact) => ((a.place ^ place) >>> 0) - ((b.place ^ place) >>> 0);
    let list = nearestIn(from, place);
    const asked = new Set<Contact>([from]);
    const seen = new Set<Contact>(list);
    const cost = { messageCount: 0, byteCount: 0, durationMs: 0 };
    for (;;) {
      const batch = list
        .slice(0, count)
        .filter((contact) => !asked.has(contact))
        .slice(0, parallel);
      if (batch.length === 0) break;
      let anyLost = false;
      for (const contact of batch) {
        asked.add(contact);
        cost.messageCount += 1;
        cost.byteCount += requestBytes;
        if (!contact.isAlive) {
          anyLost = true;
          forget(from, contact);
          list = list.filter((other) => other !== contact);
          continue;
        }
        cost.messageCount += 1;
        cost.byteCount += answerBytes;
        learn(from, contact);
        learn(contact, from);
        for (const other of nearestIn(contact, place)) {
          if (other === from || seen.has(other)) continue;
          seen.add(other);
          list.push(other);
        }
      }
      cost.durationMs += anyLost ? 500 : 60 + Math.floor(this.#random() * 60);
      list = list.sort(byDistance).slice(0, bucketSize);
    }
    const closest = [...list, from].sort(byDistance).slice(0, count);
    return { ...cost, nodes: closest.map((contact) => contact.node) };
  }
}

function placeOf(bytes: Uint8Array): number {
  return new DataView(bytes.buffer, bytes.byteOffset).getUint32(0);
}

function bucketFor(owner: Contact, other: Contact): Contact[] {
  return owner.buckets[Math.clz32(owner.place ^ other.place)]!;
}

/** Old contacts are kept before new ones, as the paper has it. */
function learn(owner: Contact, other: Contact): void {
  if (owner === other) return;
  const bucket = bucketFor(owner, other);
  if (bucket.length < bucketSize && !bucket.includes(other)) bucket.push(other);
}

function forget(owner: Contact, other: Contact): void {
  const bucket = bucketFor(owner, other);
  const at = bucket.indexOf(other);
  if (at >= 0) bucket.splice(at, 1);
}

/** The twenty contacts nearest to a place, found bucket by bucket from where it would lie. */
function nearestIn(owner: Contact, place: number): Contact[] {
  const prefix = Math.clz32(owner.place ^ place);
  const found = [...owner.buckets[prefix]!];
  // Deeper buckets all lie as near as the owner itself, shallower ones ever further.
  if (found.length < bucketSize) for (let i = prefix + 1; i <= 32; i++) found.push(...owner.buckets[i]!);
  for (let i = prefix - 1; i >= 0 && found.length < bucketSize; i--) found.push(...owner.buckets[i]!);
  return found.sort((a, b) => ((a.place ^ place) >>> 0) - ((b.place ^ place) >>> 0)).slice(0, bucketSize);
}
