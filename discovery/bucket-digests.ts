/**
 * One short digest per bucket of a set of names and what is known of each: what two nodes compare first. A bucket
 * is hashed again only after one of its names came, went or changed, and only when somebody compares: while a mesh
 * forms, everything changes all the time, and hardly anything is compared.
 */
import { compareText, toHex, utf8 } from '../protocol/bytes.ts';
import type { Keys } from '../protocol/ports.ts';
import { shortIdLength, syncBucketCount } from './index-messages.ts';
import { bucketOf } from './record-table.ts';

export interface BucketDigestsComponents<Name extends string> {
  readonly hash: Keys['hash'];
  /** Visit all names there are now, each once. */
  eachName(visit: (name: Name) => void): void;
  /** Says on one line what two nodes must agree on. */
  describe(name: Name): string;
}

export class BucketDigests<Name extends string> {
  readonly #components: BucketDigestsComponents<Name>;
  /** By bucket; `undefined` where something changed since. Empty buckets have an empty digest. */
  readonly #digests: (string | undefined)[] = Array.from({ length: syncBucketCount }, () => '');
  /** Of all buckets; made again after a change. */
  #list: readonly string[] | undefined;

  constructor(components: BucketDigestsComponents<Name>) {
    this.#components = components;
  }

  /** A name came or went, or something else is known of it than before. */
  changed(name: Name): void {
    this.#digests[bucketOf(name, syncBucketCount)] = undefined;
    this.#list = undefined;
  }

  /** Digests in the order of the buckets. */
  list(): readonly string[] {
    if (this.#list === undefined) {
      this.#renew(this.#namesWhere((at) => this.#digests[at] === undefined));
      this.#list = [...(this.#digests as string[])];
    }
    return this.#list;
  }

  /** The names in all buckets whose digest is another one than in `other`. */
  namesWhereDifferent(other: readonly string[]): readonly Name[] {
    // Whoever holds nothing of a bucket lacks all of it: no need to hash what a late joiner is sent.
    const buckets = this.#namesWhere((at) => other[at] === '' || this.#digests[at] !== other[at]);
    this.#renew(buckets.map((names, at) => (other[at] === '' ? undefined : names)));
    return buckets.flatMap((names, at) =>
      names !== undefined && (other[at] === '' || this.#digests[at] !== other[at]) ? names : [],
    );
  }

  /** By bucket, the names of those that are wanted. */
  #namesWhere(isWanted: (at: number) => boolean): readonly (Name[] | undefined)[] {
    const buckets = this.#digests.map((_, at) => (isWanted(at) ? ([] as Name[]) : undefined));
    if (buckets.some((names) => names !== undefined))
      this.#components.eachName((name) => buckets[bucketOf(name, syncBucketCount)]?.push(name));
    return buckets;
  }

  /** Hash the buckets that changed, as far as their names are given. */
  #renew(buckets: readonly (Name[] | undefined)[]): void {
    buckets.forEach((names, at) => {
      if (names !== undefined) this.#digests[at] ??= this.#compute(names);
    });
  }

  #compute(names: readonly Name[]): string {
    if (names.length === 0) return '';
    const { hash, describe } = this.#components;
    const lines = names.toSorted(compareText).map(describe);
    return toHex(hash(utf8(lines.join('\n')))).slice(0, shortIdLength);
  }
}
