/**
 * Alternating offers over several issues: each side asks for less as its time runs out, and among the packages that
 * are worth the same to itself offers the one nearest to what the other asked for: so issues are traded, not split.
 * @see Rubinstein, Perfect equilibrium in a bargaining model, 1982; Faratin, Sierra and Jennings, Negotiation decision
 * functions, 1998, and Using similarity criteria to make issue trade-offs, 2002
 */
import { type Ignored, ignore, type Machine } from '../machine.ts';

/** An option (by index) for each issue. */
export type Package = readonly number[];

export interface BargainerInit {
  /** `worths[issue][option]`, 0 to 1: how good each option is for this side. */
  readonly worths: readonly (readonly number[])[];
  /** How much each issue matters; any positive numbers. */
  readonly weights: readonly number[];
  /** Below this no deal is better than a deal. */
  readonly reserve: number;
  readonly startAtMs: number;
  readonly endAtMs: number;
  /** 1: concede evenly; below 1: hold out until late; above 1: give early. */
  readonly eagerness: number;
}

export type BargainerInput =
  | { readonly type: 'open'; readonly atMs: number }
  | { readonly type: 'offer-received'; readonly atMs: number; readonly offer: Package };

export type BargainerEffect =
  | Ignored
  | { readonly type: 'send-offer'; readonly offer: Package }
  | { readonly type: 'accept-offer'; readonly offer: Package; readonly utility: number }
  | { readonly type: 'walk-away'; readonly reason: 'out-of-time' };

/** Packages are enumerated; more than this many are a caller's mistake: fix some issues first. */
export const packagesMax = 4_096;

export function createBargainer(init: BargainerInit): Machine<BargainerInput, BargainerEffect> {
  const packages = listPackages(init.worths.map((options) => options.length));
  const total = init.weights.reduce((a, b) => a + b, 0);
  let isOver = false;
  return { step };

  function step(input: BargainerInput): readonly BargainerEffect[] {
    if (isOver) return ignore('over');
    switch (input.type) {
      case 'open':
        return [{ type: 'send-offer', offer: choosePackage(aspirationAt(input.atMs), undefined) }];
      case 'offer-received':
        return isPackage(input.offer) ? takeOffer(input.offer, input.atMs) : ignore('malformed-offer');
    }
  }

  function takeOffer(offer: Package, atMs: number): readonly BargainerEffect[] {
    const utility = utilityOf(offer);
    const aspiration = aspirationAt(atMs);
    if (utility >= aspiration) {
      isOver = true;
      return [{ type: 'accept-offer', offer, utility }];
    }
    if (atMs >= init.endAtMs) {
      isOver = true;
      return [{ type: 'walk-away', reason: 'out-of-time' }];
    }
    return [{ type: 'send-offer', offer: choosePackage(aspiration, offer) }];
  }

  /** From everything down to the reserve as time runs out. */
  function aspirationAt(atMs: number): number {
    const span = Math.max(1, init.endAtMs - init.startAtMs);
    const passed = Math.min(1, Math.max(0, (atMs - init.startAtMs) / span));
    return init.reserve + (1 - init.reserve) * (1 - passed ** (1 / init.eagerness));
  }

  function utilityOf(offer: Package): number {
    return (
      offer.reduce((sum, option, issue) => sum + init.worths[issue]![option]! * init.weights[issue]!, 0) /
      total
    );
  }

  function choosePackage(aspiration: number, wish: Package | undefined): Package {
    const good = packages.filter((offer) => utilityOf(offer) >= aspiration - 1e-9);
    const distance = (offer: Package) =>
      wish ? offer.filter((option, issue) => option !== wish[issue]).length : 0;
    const field = good.length > 0 ? good : [packages.reduce((a, b) => (utilityOf(b) > utilityOf(a) ? b : a))];
    return field.reduce((a, b) => {
      const nearer = distance(b) - distance(a);
      return nearer < 0 || (nearer === 0 && utilityOf(b) > utilityOf(a)) ? b : a;
    });
  }

  function isPackage(offer: Package): boolean {
    return (
      offer.length === init.worths.length &&
      offer.every((option, issue) => init.worths[issue]![option] !== undefined)
    );
  }
}

function listPackages(sizes: readonly number[]): readonly Package[] {
  const count = sizes.reduce((a, b) => a * b, 1);
  if (!(count >= 1 && count <= packagesMax))
    throw new RangeError(`${count} packages are not 1 to ${packagesMax}`);
  return sizes.reduce<Package[]>(
    (list, size) => list.flatMap((head) => Array.from({ length: size }, (_, option) => [...head, option])),
    [[]],
  );
}
