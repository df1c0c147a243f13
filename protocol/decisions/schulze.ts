/**
 * Ranked choice by the Schulze method. Unlike instant-runoff it always elects the option that beats every other
 * one in pairs, ranking an option higher never hurts it, and a copy of an option changes nothing else; with at
 * most 32 options its cubic cost is nothing.
 * @see Schulze 2011, "A new monotonic, clone-independent, reversal symmetric, and Condorcet-consistent
 *   single-winner election method"
 */

export interface RankedBallot {
  /** Best first; options left out are below all named ones and equal among themselves. */
  readonly ranking: readonly string[];
  readonly weight: number;
}

/** The winners, in the order of `options`: more than one is a tie. */
export function schulzeWinners(options: readonly string[], ballots: readonly RankedBallot[]): string[] {
  const preferred = countPairs(options, ballots);
  const strength = strongestPaths(preferred);
  return options.filter((_, a) => options.every((_, b) => strength[a]![b]! >= strength[b]![a]!));
}

/** How much weight prefers option a to option b. */
function countPairs(options: readonly string[], ballots: readonly RankedBallot[]): number[][] {
  const pairs = options.map(() => options.map(() => 0));
  for (const { ranking, weight } of ballots) {
    const rank = options.map((option) => {
      const place = ranking.indexOf(option);
      return place < 0 ? options.length : place;
    });
    for (let a = 0; a < options.length; a++) {
      for (let b = 0; b < options.length; b++) if (rank[a]! < rank[b]!) pairs[a]![b]! += weight;
    }
  }
  return pairs;
}

/** The widest path between each two options (Floyd and Warshall), over won pairs only. */
function strongestPaths(preferred: readonly (readonly number[])[]): number[][] {
  const n = preferred.length;
  const strength = preferred.map((row, a) =>
    row.map((weight, b) => (weight > preferred[b]![a]! ? weight : 0)),
  );
  for (let via = 0; via < n; via++) {
    for (let a = 0; a < n; a++) {
      for (let b = 0; b < n; b++) {
        if (a === b) continue;
        const detour = Math.min(strength[a]![via]!, strength[via]![b]!);
        if (detour > strength[a]![b]!) strength[a]![b] = detour;
      }
    }
  }
  return strength;
}
