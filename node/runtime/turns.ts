/** Whom to compare with next: a few at once, in turn, so that each has its turn and nobody is asked by all. */
import type { SpaceId } from '../../protocol/brand.ts';
import type { Rng } from '../../protocol/ports.ts';

export interface Turns {
  /** The next few of `all`, or all when they are no more. `count`: fewer than usual. */
  next<One>(space: SpaceId, all: readonly One[], count?: number): readonly One[];
}

/** `fanOut`: how many have their turn at once. The first one is drawn: not every node begins with the same. */
export function createTurns(rng: Rng, fanOut: number): Turns {
  const turnOf = new Map<SpaceId, number>();

  return {
    next(space, all, count = fanOut) {
      if (all.length <= count) return all;
      const turn = turnOf.get(space) ?? rng.uint32() % all.length;
      turnOf.set(space, turn + count);
      return Array.from({ length: count }, (_, i) => all[(turn + i) % all.length]!);
    },
  };
}
