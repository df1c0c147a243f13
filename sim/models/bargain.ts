/** Two sides with tastes of their own that settle several issues by alternating offers over the network. */
import { type BargainerInput, createBargainer } from '../../protocol/negotiation/index.ts';
import type { RandomStream } from '../clock/random.ts';
import type { SmallWorld } from '../small-world/index.ts';

export interface BargainInit {
  readonly world: SmallWorld;
  readonly random: RandomStream;
  readonly number: number;
  readonly sides: readonly [number, number];
  readonly waitMs: number;
  readonly onEnd: (deal: { readonly worth: number; readonly best: number } | undefined) => void;
}

/** Two bargaining machines that answer each other over the network, as fast as it is. */
export class Bargain {
  readonly #init: BargainInit;
  readonly #worths: readonly (readonly (readonly number[])[])[];
  readonly #machines: readonly ReturnType<typeof createBargainer>[];
  #isOver = false;

  constructor(init: BargainInit) {
    this.#init = init;
    const { random, world, waitMs } = init;
    // Each side has its own taste in three issues of three options.
    this.#worths = init.sides.map(() =>
      [0, 1, 2].map(() =>
        (random.unit() < 0.5 ? [0, 0.5, 1] : [1, 0.5, 0]).map((worth) => worth * (0.2 + random.unit())),
      ),
    );
    this.#machines = this.#worths.map((worths) =>
      createBargainer({
        worths: worths.map((row) => row.map((worth) => worth / 1.2)),
        weights: [1, 1, 1],
        reserve: 0.2,
        startAtMs: world.nowMs,
        endAtMs: world.nowMs + waitMs,
        eagerness: 0.7 + random.unit(),
      }),
    );
  }

  begin(): void {
    const { world, sides, waitMs, onEnd } = this.#init;
    this.#step(0, { type: 'open', atMs: world.nowMs });
    world.after(sides[0], 3 * waitMs, () => {
      if (this.#isOver) return;
      this.#isOver = true;
      onEnd(undefined);
    });
  }

  hear(agent: number, offer: readonly number[]): void {
    const { world, sides } = this.#init;
    if (!this.#isOver) this.#step(sides.indexOf(agent), { type: 'offer-received', atMs: world.nowMs, offer });
  }

  #step(side: number, input: BargainerInput): void {
    const { world, sides, number, onEnd } = this.#init;
    for (const effect of this.#machines[side]!.step(input)) {
      if (effect.type === 'send-offer')
        world.send(
          sides[side]!,
          sides[1 - side]!,
          'offer',
          { number, offer: effect.offer },
          `conflict-${number}`,
        );
      if (effect.type !== 'accept-offer' && effect.type !== 'walk-away') continue;
      this.#isOver = true;
      onEnd(
        effect.type === 'accept-offer'
          ? { worth: this.#jointWorth(effect.offer), best: this.#best() }
          : undefined,
      );
    }
  }

  #jointWorth(offer: readonly number[]): number {
    return this.#worths.reduce(
      (sum, worths) => sum + offer.reduce((part, option, issue) => part + worths[issue]![option]!, 0),
      0,
    );
  }

  #best(): number {
    const perIssue = [0, 1, 2].map((issue) =>
      Math.max(
        ...[0, 1, 2].map((option) => this.#worths[0]![issue]![option]! + this.#worths[1]![issue]![option]!),
      ),
    );
    return perIssue.reduce((sum, worth) => sum + worth, 0);
  }
}
