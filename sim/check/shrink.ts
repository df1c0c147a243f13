/**
 * Make a failing run small: the fewest faults, peers or actions with which it still fails, by delta debugging.
 * @see Zeller and Hildebrandt 2002, "Simplifying and Isolating Failure-Inducing Input", algorithm ddmin
 */

export interface ShrinkInit {
  /** Runs that may be made. Default 1,000. */
  readonly runsMax?: number;
  readonly progress?: (size: number, runs: number) => void;
}

export interface Shrunk<T> {
  /** Still fails; without any one of them it does not, unless the budget ran out. */
  readonly items: readonly T[];
  readonly runs: number;
  readonly isMinimal: boolean;
}

/**
 * Shrink a list. `fails` runs the world with a part of the list, in its order, and answers whether the same failure
 * shows; it must hold for the whole list, and be deterministic.
 * @throws RangeError when the whole list does not fail.
 */
export function shrinkList<T>(
  items: readonly T[],
  fails: (items: readonly T[]) => boolean,
  init: ShrinkInit = {},
): Shrunk<T> {
  const runsMax = init.runsMax ?? 1000;
  let runs = 0;
  const test = (part: readonly T[]) => {
    runs++;
    return fails(part);
  };
  if (!test(items)) throw new RangeError('what is to be shrunk does not fail');
  if (test([])) return { items: [], runs, isMinimal: true };
  let current = items;
  let partCount = 2;
  while (current.length >= 2 && runs < runsMax) {
    const smaller = findSmaller(current, partCount, (part) => runs < runsMax && test(part));
    if (smaller !== undefined) {
      partCount = smaller.isComplement ? Math.max(partCount - 1, 2) : 2;
      current = smaller.part;
      init.progress?.(current.length, runs);
    } else if (partCount >= current.length) return { items: current, runs, isMinimal: runs < runsMax };
    else partCount = Math.min(partCount * 2, current.length);
  }
  return { items: current, runs, isMinimal: current.length < 2 };
}

/** A part, or all but a part, that still fails. */
function findSmaller<T>(
  items: readonly T[],
  partCount: number,
  test: (part: readonly T[]) => boolean,
): { part: readonly T[]; isComplement: boolean } | undefined {
  const bound = (i: number) => Math.floor((i * items.length) / partCount);
  for (let i = 0; i < partCount; i++) {
    const part = items.slice(bound(i), bound(i + 1));
    if (part.length < items.length && test(part)) return { part, isComplement: false };
  }
  if (partCount === 2) return undefined;
  for (let i = 0; i < partCount; i++) {
    const rest = [...items.slice(0, bound(i)), ...items.slice(bound(i + 1))];
    if (test(rest)) return { part: rest, isComplement: true };
  }
  return undefined;
}

/**
 * Smallest number in [low, high] that still fails, if failing is monotone; else some smaller one that fails.
 * `high` must fail.
 */
export function shrinkNumber(low: number, high: number, fails: (value: number) => boolean): number {
  let from = low;
  let to = high;
  while (from < to) {
    const middle = Math.floor((from + to) / 2);
    if (fails(middle)) to = middle;
    else from = middle + 1;
  }
  return to;
}
