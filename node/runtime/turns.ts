/** Whom to compare with next: a few at once, in turn, so that each has its turn and nobody is asked by all. */
import type { SpaceId } from '../../protocol/brand.ts';
import { CompactMap } from '../../protocol/compact-map.ts';
import type { Rng } from '../../protocol/ports.ts';

export interface Turns {
  /** The next few of `all`, or all when they are no more. `count`: fewer than usual. */
  next<One>(space: SpaceId, all: readonly One[], count?: number): readonly One[];
}

/** `fanOut`: how many have their turn at once. The first one is drawn: not every node begins with the same. */
export function createTurns(rng: Rng, fanOut: number): Turns {
  return new SpaceTurns(rng, fanOut);
}

class SpaceTurns implements Turns {
  readonly #rng: Rng;
  readonly #fanOut: number;
  readonly #turnOf = new CompactMap<SpaceId, number>();

  constructor(rng: Rng, fanOut: number) {
    this.#rng = rng;
    this.#fanOut = fanOut;
  }

  next<One>(space: SpaceId, all: readonly One[], count: number = this.#fanOut): readonly One[] {
    if (all.length <= count) return all;
    const turn = this.#turnOf.get(space) ?? this.#rng.uint32() % all.length;
    this.#turnOf.set(space, turn + count);
    return Array.from({ length: count }, (_, i) => all[(turn + i) % all.length]!);
  }
}
