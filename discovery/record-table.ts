/** The records that a reader holds: by line, by node, by agent, with the digest of each node's public set. */

import type { NodeId } from '../protocol/brand.ts';
import { compareText } from '../protocol/bytes.ts';
import { CompactMap } from '../protocol/compact-map.ts';
import type { Verified } from '../protocol/signing.ts';
import type { SealedCapability } from './capability-record.ts';
import { type KnownNode, KnownNodes } from './known-nodes.ts';
import type { HeldSequence, HeldSequences } from './sequence-memory.ts';
import type { SealedAnnex } from './vector-annex.ts';

export interface HeldRecord {
  readonly key: string;
  readonly sealed: Verified<SealedCapability>;
  /** The announcing node's dense vector, when one came for exactly this record. Its index sets it. */
  annex?: Verified<SealedAnnex>;
}

/** How many public records name a node, and the SHA-256 over their sorted hashes. */
export interface SetDigest {
  readonly count: number;
  readonly hash: string;
}

/** Records of one node or agent, never none. Nearly all have one: a map for each would be most of the table. */
export type RecordGroup = HeldRecord | Map<string, HeldRecord>;

export class RecordTable implements HeldSequences {
  readonly #byAgent = new CompactMap<string, RecordGroup>();
  readonly #nodes: KnownNodes;
  readonly #hashText: (text: string) => string;
  readonly #emptyHash: string;
  #size = 0;
  #privateCount = 0;

  /** `hashText` is SHA-256 in hexadecimal. `nodes` gets the records of each node. */
  constructor(hashText: (text: string) => string, nodes = new KnownNodes()) {
    this.#hashText = hashText;
    this.#nodes = nodes;
    this.#emptyHash = hashText('');
  }

  get size(): number {
    return this.#size;
  }

  /** Records that are not for everyone. */
  get privateCount(): number {
    return this.#privateCount;
  }

  /** `key` is a {@link capabilityKey}: the agent, and after a space the name of the capability. */
  get(key: string): HeldRecord | undefined {
    return this.find(key.slice(0, key.indexOf(' ')), key);
  }

  /** The same, of a known agent. */
  find(agent: string, key: string): HeldRecord | undefined {
    const group = this.#byAgent.get(agent);
    if (group === undefined) return undefined;
    if (group instanceof Map) return group.get(key);
    return group.key === key ? group : undefined;
  }

  sequenceOf(key: string): HeldSequence | undefined {
    const sealed = this.get(key)?.sealed;
    return sealed === undefined ? undefined : sequenceOf(sealed);
  }

  countOfAgent(agent: string): number {
    return sizeOf(this.#byAgent.get(agent));
  }

  countOfNode(node: string): number {
    return sizeOf(this.#nodes.get(node)?.records);
  }

  /** Add, or replace the older record of the same line, which `key` names. */
  put(key: string, sealed: Verified<SealedCapability>): HeldRecord {
    const { agent, node } = sealed.body;
    const before = this.find(agent, key);
    if (before !== undefined) this.#remove(before);
    const held: HeldRecord = { key, sealed };
    this.#byAgent.set(agent, withRecord(this.#byAgent.get(agent), held));
    const known = this.#nodes.entryOf(node);
    known.records = withRecord(known.records, held);
    known.recordsHash = undefined;
    this.#size += 1;
    if (!isPublic(held)) this.#privateCount += 1;
    return held;
  }

  delete(key: string): HeldRecord | undefined {
    const held = this.get(key);
    if (held !== undefined) this.#remove(held);
    return held;
  }

  #remove(held: HeldRecord): void {
    const { node, agent } = held.sealed.body;
    const ofAgent = withoutRecord(this.#byAgent.get(agent)!, held);
    if (ofAgent === undefined) this.#byAgent.delete(agent);
    else this.#byAgent.set(agent, ofAgent);
    const known = this.#nodes.get(node)!;
    known.records = withoutRecord(known.records!, held);
    known.recordsHash = undefined;
    this.#nodes.sweep(node, known);
    this.#size -= 1;
    if (!isPublic(held)) this.#privateCount -= 1;
  }

  /** Records of one agent, in the order of their names. */
  ofAgent(agent: string): readonly HeldRecord[] {
    return listOf(this.#byAgent.get(agent)).sort((a, b) => compareText(a.key, b.key));
  }

  /** Records that name this node, in the order of their hashes. */
  ofNode(node: string): readonly HeldRecord[] {
    return sortedOf(this.#nodes.get(node)?.records);
  }

  /** The digest that the node's beacon would carry if the node held exactly these public records. */
  digestOf(node: string): SetDigest {
    const known = this.#nodes.get(node);
    return known === undefined ? { count: 0, hash: this.#emptyHash } : this.#digestOf(known);
  }

  /** Hashes of the public records that name this node, sorted. */
  publicIdsOf(node: string): readonly string[] {
    return publicIdsIn(this.#nodes.get(node)?.records);
  }

  /** Whether the node said at `atMs` that it has other public records than these, and none held is as young. */
  differs(node: string, said: SetDigest, atMs: number): boolean {
    const known = this.#nodes.get(node);
    const records = known?.records;
    if (records === undefined) return said.count !== 0 || said.hash !== this.#emptyHash;
    if (newestAtMs(records) >= atMs) return false;
    const held = this.#digestOf(known!);
    return said.count !== held.count || said.hash !== held.hash;
  }

  /** Keys of the records that are over at `nowMs`, sorted, and the moment when the next one will be. */
  expired(nowMs: number): { readonly keys: readonly string[]; readonly nextAtMs: number } {
    const keys: string[] = [];
    let nextAtMs = Number.POSITIVE_INFINITY;
    for (const { key, sealed } of this.values()) {
      const { expiresAt } = sealed.body;
      if (expiresAt <= nowMs) keys.push(key);
      else nextAtMs = Math.min(nextAtMs, expiresAt);
    }
    return { keys: keys.sort(compareText), nextAtMs };
  }

  *values(): IterableIterator<HeldRecord> {
    for (const group of this.#byAgent.values()) {
      if (group instanceof Map) yield* group.values();
      else yield group;
    }
  }

  #digestOf(known: KnownNode): SetDigest {
    known.recordsHash ??= this.#hashText(publicIdsIn(known.records).join('\n'));
    return { count: publicCountOf(known.records), hash: known.recordsHash };
  }
}

function sizeOf(group: RecordGroup | undefined): number {
  if (group === undefined) return 0;
  return group instanceof Map ? group.size : 1;
}

function listOf(group: RecordGroup | undefined): HeldRecord[] {
  if (group === undefined) return [];
  return group instanceof Map ? [...group.values()] : [group];
}

function sortedOf(group: RecordGroup | undefined): readonly HeldRecord[] {
  return listOf(group).sort((a, b) => compareText(a.sealed.id, b.sealed.id));
}

function publicIdsIn(group: RecordGroup | undefined): readonly string[] {
  if (group !== undefined && !(group instanceof Map)) return isPublic(group) ? [group.sealed.id] : [];
  return sortedOf(group)
    .filter(isPublic)
    .map((held) => held.sealed.id);
}

function publicCountOf(group: RecordGroup | undefined): number {
  if (group === undefined) return 0;
  if (!(group instanceof Map)) return isPublic(group) ? 1 : 0;
  let count = 0;
  for (const held of group.values()) if (isPublic(held)) count += 1;
  return count;
}

/** When the newest record was signed, Unix ms by the node's own clock. */
function newestAtMs(group: RecordGroup): number {
  if (!(group instanceof Map)) return group.sealed.body.createdAt;
  let newest = Number.NEGATIVE_INFINITY;
  for (const { sealed } of group.values()) newest = Math.max(newest, sealed.body.createdAt);
  return newest;
}

function withRecord(group: RecordGroup | undefined, held: HeldRecord): RecordGroup {
  if (group === undefined) return held;
  if (group instanceof Map) return group.set(held.key, held);
  return new Map([group, held].map((one) => [one.key, one]));
}

/** `undefined` when none is left. */
function withoutRecord(group: RecordGroup, held: HeldRecord): RecordGroup | undefined {
  if (!(group instanceof Map)) return group === held ? undefined : group;
  group.delete(held.key);
  return group.size === 0 ? undefined : group;
}

export function sequenceOf({ body, id }: SealedCapability): HeldSequence {
  return { seq: body.seq, id, expiresAtMs: body.expiresAt };
}

export function isPublic(held: HeldRecord): boolean {
  return held.sealed.body.audience === 'mesh';
}

/** The last characters of a name or hash, which differ: the first are those of every `did:key`. */
const bucketCharacters = 12;

/** A stable small number of a node's name: which of `count` buckets or parts it falls into. */
export function bucketOf(node: NodeId | string, count: number): number {
  // FNV-1a, 32 bits: spread, not security.
  let hash = 0x811c9dc5;
  for (let i = Math.max(0, node.length - bucketCharacters); i < node.length; i++)
    hash = Math.imul(hash ^ node.charCodeAt(i), 0x01000193);
  return (hash >>> 0) % count;
}
