/**
 * How many nodes there are, told by how close the closest ones lie: nobody counts. Keys are hashes, so nodes lie
 * evenly in the key space, and the k-th closest to a key is at about k shares of it. A lookup that finds fewer nodes
 * than it wanted has found them all.
 * @see Horowitz and Malkhi 2003, Estimating network size from local information; Kostoulas, Psaltoulis, Gupta, Birman
 *   and Demers 2005, Decentralized schemes for size estimation in large and dynamic groups (interval density)
 */

/** Lookups that are pooled; with 20 nodes each, 8 lookups give the size within about 8 % (one standard deviation). */
const samplesMax = 8;

interface Sample {
  readonly nodeCount: number;
  /** The farthest of them, as a share of the key space. */
  readonly farthest: number;
}

export class MeshSize {
  readonly #samples: Sample[] = [];
  /** In a mesh so small that a lookup found all. */
  #counted: number | undefined = 1;

  /** True while the size was counted rather than estimated. */
  get isCounted(): boolean {
    return this.#counted !== undefined;
  }

  /** At least 1: who asks is there. */
  get nodeCount(): number {
    if (this.#counted !== undefined) return Math.max(1, this.#counted);
    let nodes = 0;
    let share = 0;
    for (const { nodeCount, farthest } of this.#samples) {
      nodes += nodeCount;
      share += farthest;
    }
    // Unbiased, where the nodes within a distance follow Poisson: the distances' sum is of Gamma's distribution.
    return Math.max(this.#samples.at(-1)?.nodeCount ?? 1, Math.round((nodes - 1) / share));
  }

  /** A lookup ended that wanted the `wantedCount` closest nodes, the asker among them. */
  see(wantedCount: number, distances: readonly number[]): void {
    this.#counted = distances.length < wantedCount ? distances.length : undefined;
    if (this.#counted !== undefined) this.#samples.length = 0;
    else this.#add({ nodeCount: distances.length, farthest: distances.at(-1)! });
  }

  /** A mesh that grew or shrank much since makes old samples wrong, not only noisy. */
  #add(sample: Sample): void {
    const known = this.#samples.length === 0 ? 0 : this.nodeCount;
    const now = sample.nodeCount / sample.farthest;
    if (now > known * changeFactor || now < known / changeFactor) this.#samples.length = 0;
    this.#samples.push(sample);
    if (this.#samples.length > samplesMax) this.#samples.shift();
  }
}

/** Twenty nodes are twice as near or as far as they should be once in several thousand lookups. */
const changeFactor = 2;
