/** The records that a reader holds: by line, by node, by agent, with the digest of each node's public set. */

import type { NodeId } from '../protocol/brand.ts';
import { compareText } from '../protocol/bytes.ts';
import { CompactMap } from '../protocol/compact-map.ts';
import type { Verified } from '../protocol/signing.ts';
import type { SealedCapability } from './capability-record.ts';
import type { HeldSequence, HeldSequences } from './sequence-memory.ts';
import type { SealedAnnex } from './vector-annex.ts';

export interface HeldRecord {
  readonly key: string;
  readonly sealed: Verified<SealedCapability>;
  /** The announcing node's dense vector, when one came for exactly this record. */
  readonly annex?: Verified<SealedAnnex>;
}

/** How many public records name a node, and the SHA-256 over their sorted hashes. */
export interface SetDigest {
  readonly count: number;
  readonly hash: string;
}

interface NodeSet {
  keys: KeySet;
  digest: SetDigest | undefined;
  /** When the newest record held of the node was signed, Unix ms by the node's own clock. */
  newestAtMs: number;
}

/** Keys of one node or agent, never none. Nearly all have one record: a set for each would be most of the table. */
type KeySet = string | Set<string>;

export class RecordTable implements HeldSequences {
  readonly #byKey = new CompactMap<string, HeldRecord>();
  readonly #byNode = new CompactMap<string, NodeSet>();
  readonly #byAgent = new CompactMap<string, KeySet>();
  readonly #hashText: (text: string) => string;
  readonly #emptyDigest: SetDigest;

  /** `hashText` is SHA-256 in hexadecimal. */
  constructor(hashText: (text: string) => string) {
    this.#hashText = hashText;
    this.#emptyDigest = this.#digest([]);
  }

  get size(): number {
    return this.#byKey.size;
  }

  get(key: string): HeldRecord | undefined {
    return this.#byKey.get(key);
  }

  sequenceOf(key: string): HeldSequence | undefined {
    const sealed = this.#byKey.get(key)?.sealed;
    return sealed === undefined ? undefined : sequenceOf(sealed);
  }

  countOfAgent(agent: string): number {
    return sizeOf(this.#byAgent.get(agent));
  }

  countOfNode(node: string): number {
    return sizeOf(this.#byNode.get(node)?.keys);
  }

  /** Add, or replace the older record of the same line, which `key` names. */
  put(key: string, sealed: Verified<SealedCapability>): HeldRecord {
    const { body } = sealed;
    this.delete(key);
    const held = { key, sealed };
    this.#byKey.set(key, held);
    const set = this.#byNode.get(body.node);
    if (set === undefined)
      this.#byNode.set(body.node, { keys: key, digest: undefined, newestAtMs: body.createdAt });
    else {
      set.keys = withKey(set.keys, key);
      set.digest = undefined;
      set.newestAtMs = Math.max(set.newestAtMs, body.createdAt);
    }
    this.#byAgent.set(body.agent, withKey(this.#byAgent.get(body.agent), key));
    return held;
  }

  attachAnnex(key: string, annex: Verified<SealedAnnex>): HeldRecord {
    const held = { ...this.#byKey.get(key)!, annex };
    this.#byKey.set(key, held);
    return held;
  }

  delete(key: string): HeldRecord | undefined {
    const held = this.#byKey.get(key);
    if (held === undefined) return undefined;
    const { node, agent } = held.sealed.body;
    this.#byKey.delete(key);
    const set = this.#byNode.get(node)!;
    const keysLeft = withoutKey(set.keys, key);
    set.digest = undefined;
    if (keysLeft === undefined) this.#byNode.delete(node);
    else set.keys = keysLeft;
    const ofAgent = withoutKey(this.#byAgent.get(agent)!, key);
    if (ofAgent === undefined) this.#byAgent.delete(agent);
    else this.#byAgent.set(agent, ofAgent);
    return held;
  }

  /** Records of one agent, in the order of their names. */
  ofAgent(agent: string): readonly HeldRecord[] {
    return listOf(this.#byAgent.get(agent))
      .sort(compareText)
      .map((key) => this.#byKey.get(key)!);
  }

  /** Records that name this node, in the order of their hashes. */
  ofNode(node: string): readonly HeldRecord[] {
    const held = listOf(this.#byNode.get(node)?.keys).map((key) => this.#byKey.get(key)!);
    return held.length < 2 ? held : held.sort((a, b) => compareText(a.sealed.id, b.sealed.id));
  }

  /** The digest that the node's beacon would carry if the node held exactly these public records. */
  digestOf(node: string): SetDigest {
    const set = this.#byNode.get(node);
    if (set === undefined) return this.#emptyDigest;
    set.digest ??= this.#digest(this.publicIdsOf(node));
    return set.digest;
  }

  /** Hashes of the public records that name this node, sorted. */
  publicIdsOf(node: string): readonly string[] {
    const keys = this.#byNode.get(node)?.keys;
    if (typeof keys !== 'string')
      return this.ofNode(node)
        .filter(isPublic)
        .map((held) => held.sealed.id);
    const held = this.#byKey.get(keys)!;
    return isPublic(held) ? [held.sealed.id] : [];
  }

  /** Whether the node said at `atMs` that it has other public records than these, and none held is as young. */
  differs(node: string, said: SetDigest, atMs: number): boolean {
    const set = this.#byNode.get(node);
    if (set !== undefined && set.newestAtMs >= atMs) return false;
    const held = set?.digest ?? this.digestOf(node);
    return said.count !== held.count || said.hash !== held.hash;
  }

  /** Keys of the records that are over at `nowMs`, sorted, and the moment when the next one will be. */
  expired(nowMs: number): { readonly keys: readonly string[]; readonly nextAtMs: number } {
    const keys: string[] = [];
    let nextAtMs = Number.POSITIVE_INFINITY;
    for (const [key, held] of this.#byKey) {
      const { expiresAt } = held.sealed.body;
      if (expiresAt <= nowMs) keys.push(key);
      else nextAtMs = Math.min(nextAtMs, expiresAt);
    }
    return { keys: keys.sort(compareText), nextAtMs };
  }

  values(): IterableIterator<HeldRecord> {
    return this.#byKey.values();
  }

  #digest(sortedIds: readonly string[]): SetDigest {
    return { count: sortedIds.length, hash: this.#hashText(sortedIds.join('\n')) };
  }
}

function sizeOf(keys: KeySet | undefined): number {
  if (keys === undefined) return 0;
  return typeof keys === 'string' ? 1 : keys.size;
}

function listOf(keys: KeySet | undefined): string[] {
  if (keys === undefined) return [];
  return typeof keys === 'string' ? [keys] : [...keys];
}

function withKey(keys: KeySet | undefined, key: string): KeySet {
  if (keys === undefined || keys === key) return key;
  return typeof keys === 'string' ? new Set([keys, key]) : keys.add(key);
}

/** `undefined` when none is left. */
function withoutKey(keys: KeySet, key: string): KeySet | undefined {
  if (typeof keys === 'string') return keys === key ? undefined : keys;
  keys.delete(key);
  return keys.size === 0 ? undefined : keys;
}

export function sequenceOf({ body, id }: SealedCapability): HeldSequence {
  return { seq: body.seq, id, expiresAtMs: body.expiresAt };
}

export function isPublic(held: HeldRecord): boolean {
  return held.sealed.body.audience === 'mesh';
}

/** A stable small number of a node's name: which of `count` buckets or parts it falls into. */
export function bucketOf(node: NodeId | string, count: number): number {
  // FNV-1a, 32 bits: spread, not security.
  let hash = 0x811c9dc5;
  for (let i = 0; i < node.length; i++) hash = Math.imul(hash ^ node.charCodeAt(i), 0x01000193);
  return (hash >>> 0) % count;
}
