/**
 * One short digest per bucket of a set of names and what is known of each: what two nodes compare first. A bucket
 * is hashed again only after one of its names came, went or changed, so that comparing costs the changes and not
 * the set.
 */
import { compareText, toHex, utf8 } from '../protocol/bytes.ts';
import type { Keys } from '../protocol/ports.ts';
import { shortIdLength, syncBucketCount } from './index-messages.ts';
import { bucketOf } from './record-table.ts';

interface Bucket<Name> {
  /** Sorted. */
  readonly names: Name[];
  digest: string | undefined;
}

export class BucketDigests<Name extends string> {
  /** Made when the first of its names comes: most buckets of a small mesh stay empty. */
  readonly #buckets: (Bucket<Name> | undefined)[] = [];
  /** Of all buckets; made again after a change. */
  #list: readonly string[] | undefined;
  readonly #hash: Keys['hash'];
  readonly #describe: (name: Name) => string;

  /** `describe` says on one line what two nodes must agree on. */
  constructor(hash: Keys['hash'], describe: (name: Name) => string) {
    this.#hash = hash;
    this.#describe = describe;
  }

  /** A name came or went. */
  set(name: Name, isIn: boolean): void {
    const bucket = this.#bucketOf(name);
    const at = placeOf(bucket.names, name);
    if ((bucket.names[at] === name) === isIn) return;
    if (isIn) bucket.names.splice(at, 0, name);
    else bucket.names.splice(at, 1);
    bucket.digest = undefined;
    this.#list = undefined;
  }

  /** Something else is known of this name than before. */
  changed(name: Name): void {
    this.#bucketOf(name).digest = undefined;
    this.#list = undefined;
  }

  /** Digests in the order of the buckets. Empty buckets have an empty digest. */
  list(): readonly string[] {
    this.#list ??= Array.from({ length: syncBucketCount }, (_, at) => this.#digestOf(this.#buckets[at]));
    return this.#list;
  }

  /** The names in all buckets whose digest is another one than in `other`. */
  namesWhereDifferent(other: readonly string[]): readonly Name[] {
    const different: Name[] = [];
    this.#buckets.forEach((bucket, at) => {
      // Whoever holds nothing of a bucket lacks all of it: no need to hash what a late joiner is sent.
      if (bucket !== undefined && (other[at] === '' || this.#digestOf(bucket) !== other[at]))
        different.push(...bucket.names);
    });
    return different;
  }

  #digestOf(bucket: Bucket<Name> | undefined): string {
    if (bucket === undefined) return '';
    bucket.digest ??= this.#compute(bucket.names);
    return bucket.digest;
  }

  #bucketOf(name: Name): Bucket<Name> {
    const at = bucketOf(name, syncBucketCount);
    this.#buckets[at] ??= { names: [], digest: '' };
    return this.#buckets[at];
  }

  #compute(names: readonly Name[]): string {
    if (names.length === 0) return '';
    return toHex(this.#hash(utf8(names.map(this.#describe).join('\n')))).slice(0, shortIdLength);
  }
}

/** Where `name` is in the sorted list, or would be. */
function placeOf(names: readonly string[], name: string): number {
  let low = 0;
  let high = names.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (compareText(names[middle]!, name) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
