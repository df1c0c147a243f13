/** The records that a reader holds: by line, by node, by agent, with the digest of each node's public set. */
import type { NodeId } from '../protocol/brand.ts';
import { compareText, toHex, utf8 } from '../protocol/bytes.ts';
import type { Keys } from '../protocol/ports.ts';
import type { Verified } from '../protocol/signing.ts';
import { capabilityKey, type SealedCapability } from './capability-record.ts';
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
  readonly keys: Set<string>;
  digest: SetDigest | undefined;
  /** When the newest record held of the node was signed, Unix ms by the node's own clock. */
  newestAtMs: number;
}

export class RecordTable {
  readonly #byKey = new Map<string, HeldRecord>();
  readonly #byNode = new Map<string, NodeSet>();
  readonly #byAgent = new Map<string, Set<string>>();
  readonly #hash: Keys['hash'];
  #digestOfNothing: SetDigest | undefined;

  constructor(hash: Keys['hash']) {
    this.#hash = hash;
  }

  get size(): number {
    return this.#byKey.size;
  }

  get(key: string): HeldRecord | undefined {
    return this.#byKey.get(key);
  }

  countOfAgent(agent: string): number {
    return this.#byAgent.get(agent)?.size ?? 0;
  }

  countOfNode(node: string): number {
    return this.#byNode.get(node)?.keys.size ?? 0;
  }

  /** Add, or replace the older record of the same line. */
  put(sealed: Verified<SealedCapability>): HeldRecord {
    const { body } = sealed;
    const key = capabilityKey(body);
    this.delete(key);
    const held = { key, sealed };
    this.#byKey.set(key, held);
    const set = this.#byNode.get(body.node) ?? { keys: new Set(), digest: undefined, newestAtMs: 0 };
    this.#byNode.set(body.node, set);
    set.keys.add(key);
    set.digest = undefined;
    set.newestAtMs = Math.max(set.newestAtMs, body.createdAt);
    this.#byAgent.set(body.agent, (this.#byAgent.get(body.agent) ?? new Set()).add(key));
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
    set.keys.delete(key);
    set.digest = undefined;
    if (set.keys.size === 0) this.#byNode.delete(node);
    const ofAgent = this.#byAgent.get(agent)!;
    ofAgent.delete(key);
    if (ofAgent.size === 0) this.#byAgent.delete(agent);
    return held;
  }

  /** Records of one agent, in the order of their names. */
  ofAgent(agent: string): readonly HeldRecord[] {
    return [...(this.#byAgent.get(agent) ?? [])].sort(compareText).map((key) => this.#byKey.get(key)!);
  }

  /** Records that name this node, in the order of their hashes. */
  ofNode(node: string): readonly HeldRecord[] {
    const held = [...(this.#byNode.get(node)?.keys ?? [])].map((key) => this.#byKey.get(key)!);
    return held.sort((a, b) => compareText(a.sealed.id, b.sealed.id));
  }

  /** The digest that the node's beacon would carry if the node held exactly these public records. */
  digestOf(node: string): SetDigest {
    const set = this.#byNode.get(node);
    if (set === undefined) {
      this.#digestOfNothing ??= this.#digest([]);
      return this.#digestOfNothing;
    }
    set.digest ??= this.#digest(this.ofNode(node).filter(isPublic));
    return set.digest;
  }

  /** When the newest record held of this node was signed, Unix ms by the node's clock; 0 for none. */
  newestAtMs(node: string): number {
    return this.#byNode.get(node)?.newestAtMs ?? 0;
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

  #digest(sorted: readonly HeldRecord[]): SetDigest {
    const text = sorted.map((held) => held.sealed.id).join('\n');
    return { count: sorted.length, hash: toHex(this.#hash(utf8(text))) };
  }
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
