/**
 * One short digest per bucket of live nodes, over what is held of each: what two nodes compare first. A bucket is
 * hashed again only after one of its nodes came, went or changed its records, so that comparing costs the changes
 * and not the mesh.
 */
import type { NodeId } from '../protocol/brand.ts';
import { compareText, toHex, utf8 } from '../protocol/bytes.ts';
import type { Keys } from '../protocol/ports.ts';
import { shortIdLength, syncBucketCount } from './index-messages.ts';
import { bucketOf, type SetDigest } from './record-table.ts';

interface Bucket {
  /** Live nodes, sorted. */
  readonly nodes: NodeId[];
  digest: string | undefined;
}

export class BucketDigests {
  readonly #buckets: readonly Bucket[] = Array.from({ length: syncBucketCount }, () => ({
    nodes: [],
    digest: '',
  }));
  readonly #hash: Keys['hash'];
  readonly #digestOf: (node: NodeId) => SetDigest;

  constructor(hash: Keys['hash'], digestOf: (node: NodeId) => SetDigest) {
    this.#hash = hash;
    this.#digestOf = digestOf;
  }

  /** A node's lease began or ended. */
  setUp(node: NodeId, isUp: boolean): void {
    const bucket = this.#bucketOf(node);
    const at = placeOf(bucket.nodes, node);
    if ((bucket.nodes[at] === node) === isUp) return;
    if (isUp) bucket.nodes.splice(at, 0, node);
    else bucket.nodes.splice(at, 1);
    bucket.digest = undefined;
  }

  /** Other records are held of this node than before. */
  recordsChanged(node: NodeId): void {
    this.#bucketOf(node).digest = undefined;
  }

  /** Digests in the order of the buckets. Empty buckets have an empty digest. */
  list(): readonly string[] {
    return this.#buckets.map((bucket) => {
      bucket.digest ??= this.#compute(bucket.nodes);
      return bucket.digest;
    });
  }

  /** Live nodes of one bucket, sorted. */
  nodesOf(bucket: number): readonly NodeId[] {
    return this.#buckets[bucket]!.nodes;
  }

  #bucketOf(node: NodeId): Bucket {
    return this.#buckets[bucketOf(node, syncBucketCount)]!;
  }

  #compute(nodes: readonly NodeId[]): string {
    if (nodes.length === 0) return '';
    const lines = nodes.map((node) => {
      const { count, hash } = this.#digestOf(node);
      return `${node} ${count} ${hash}`;
    });
    return toHex(this.#hash(utf8(lines.join('\n')))).slice(0, shortIdLength);
  }
}

/** Where `node` is in the sorted list, or would be. */
function placeOf(nodes: readonly NodeId[], node: NodeId): number {
  let low = 0;
  let high = nodes.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (compareText(nodes[middle]!, node) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
