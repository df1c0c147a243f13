/**
 * Taking something for oneself alone, without a boss and without trusting clocks or delays: a claim is announced in
 * the space, the job's witnesses consent to one claim at a time, and who has the consent of a majority holds it. Of
 * claims made at once the earliest (time, DID) is preferred: the others yield and their witnesses consent anew. Two
 * majorities share a witness, so two never hold one thing.
 * @see Maekawa 1985, "A √N algorithm for mutual exclusion": permissions of a quorum, and yielding to break a deadlock
 * @see Gray & Cheriton 1989, "Leases": a permission that ends by itself when its holder dies
 */
import type { Did } from '../brand.ts';
import { compareText } from '../bytes.ts';
import { type Ignored, ignore, type Machine, type MachineInput } from '../machine.ts';

/** A claim as it was announced. */
export interface ClaimFacts {
  /** Id of the entry that announced it. */
  readonly claim: string;
  readonly agent: Did;
  /** When its author wrote it, integer Unix ms: for the preference only, never for an end. */
  readonly writtenAt: number;
  readonly about: readonly string[];
  /** How long it is meant to last. Counted by each from its own clock: by the author from before it left. */
  readonly forMs: number;
}

export type ClaimInput =
  /** One's own, or another's. */
  | (MachineInput & ClaimFacts & { readonly type: 'claim-heard' })
  | (MachineInput & {
      readonly type: 'release-heard';
      readonly agent: Did;
      readonly claim: string;
      readonly about: readonly string[];
    })
  | (MachineInput & {
      readonly type: 'consent-heard';
      readonly witness: Did;
      readonly claim: string;
      readonly about: readonly string[];
    })
  /** Waited long enough for a majority, or the work is done: let go of one's own claim. */
  | (MachineInput & { readonly type: 'let-go'; readonly claim: string; readonly about: readonly string[] });

export type ClaimEffect =
  | {
      readonly type: 'send-consent';
      readonly to: Did;
      readonly claim: string;
      readonly about: readonly string[];
    }
  | { readonly type: 'post-release'; readonly claim: string; readonly about: readonly string[] }
  /** The things are this agent's alone until `untilMs` of its own clock. */
  | {
      readonly type: 'hold';
      readonly claim: string;
      readonly about: readonly string[];
      readonly untilMs: number;
    }
  | { readonly type: 'yield'; readonly claim: string; readonly about: readonly string[] }
  | Ignored;

export interface ClaimInit {
  readonly self: Did;
  /** Who consents to claims in this job; every member names the same. */
  readonly witnesses: () => readonly Did[];
  /** Whether there is still something to do about it: what is done is not consented to. */
  readonly isOpen?: (about: string) => boolean;
}

export interface ClaimMachine extends Machine<ClaimInput, ClaimEffect> {
  /** Whether this agent holds it at `nowMs`. */
  isHeld(about: string, nowMs: number): boolean;
}

/** No claim lasts longer, whatever it says. Judgement: as long as an announced intention. */
export const claimMsMax = 30_000;
/** Things and released claims remembered, each. */
const rememberedMax = 4_096;

/** Witnesses of one job: enough to outlive two, few enough to ask. Judgement. */
const witnessesMax = 9;

/**
 * Who witnesses the claims of a job, named once by its asker: of those able to, the first by DID. An odd number needs
 * no more consents to outlive as many; the asker makes it odd.
 */
export function chooseWitnesses(able: readonly Did[], asker: Did): readonly Did[] {
  const first = [...new Set(able)].sort(compareText).slice(0, witnessesMax);
  return first.length === 0 || first.length % 2 === 1 ? first : [...first, asker];
}

interface Heard {
  readonly claim: string;
  readonly agent: Did;
  readonly writtenAt: number;
  readonly endMs: number;
}

interface Thing {
  readonly heard: Map<string, Heard>;
  /** The claim that this witness consented to. */
  promised: Heard | undefined;
  own: { readonly heard: Heard; readonly consents: Set<Did>; isHeld: boolean } | undefined;
}

export function createClaims({ self, witnesses, isOpen = () => true }: ClaimInit): ClaimMachine {
  const things = new Map<string, Thing>();
  /** Claim and thing, let go by their author, perhaps before the claim itself was heard. */
  const released = new Set<string>();

  function step(input: ClaimInput): readonly ClaimEffect[] {
    switch (input.type) {
      case 'claim-heard':
        return hearClaim(input);
      case 'release-heard':
        return hearRelease(input);
      case 'consent-heard':
        return hearConsent(input);
      case 'let-go':
        return letGo(input);
    }
  }

  function hearClaim(input: Extract<ClaimInput, { type: 'claim-heard' }>): readonly ClaimEffect[] {
    const { claim, agent, writtenAt, atMs } = input;
    const heard = { claim, agent, writtenAt, endMs: atMs + Math.min(input.forMs, claimMsMax) };
    const effects: ClaimEffect[] = [];
    for (const about of input.about) {
      const thing = thingOf(about);
      if (thing.heard.has(claim) || released.has(`${claim} ${about}`)) continue;
      expire(thing, atMs);
      thing.heard.set(claim, heard);
      if (agent === self) thing.own ??= { heard, consents: new Set(), isHeld: false };
      effects.push(...preferBest(about, thing, atMs), ...consent(about, thing, atMs));
    }
    return effects.length === 0 ? ignore('nothing-new') : merge(effects);
  }

  function hearRelease(input: Extract<ClaimInput, { type: 'release-heard' }>): readonly ClaimEffect[] {
    const effects: ClaimEffect[] = [];
    for (const about of input.about) {
      const thing = thingOf(about);
      const known = thing.heard.get(input.claim);
      // Only its author lets a claim go.
      if (known !== undefined && known.agent !== input.agent) continue;
      remember(`${input.claim} ${about}`);
      effects.push(...drop(about, thing, input));
    }
    return effects.length === 0 ? ignore('nothing-new') : merge(effects);
  }

  function hearConsent(input: Extract<ClaimInput, { type: 'consent-heard' }>): readonly ClaimEffect[] {
    const { witness, claim, atMs } = input;
    if (!witnesses().includes(witness)) return ignore('not-a-witness');
    const effects = input.about.flatMap((about) => {
      const thing = things.get(about);
      if (thing?.own?.heard.claim !== claim || thing.own.heard.endMs <= atMs) return [];
      thing.own.consents.add(witness);
      return hold(about, thing);
    });
    return effects.length === 0 ? ignore('no-majority-yet') : merge(effects);
  }

  function letGo(input: Extract<ClaimInput, { type: 'let-go' }>): readonly ClaimEffect[] {
    const effects = input.about.flatMap((about) => {
      const thing = things.get(about);
      return thing?.own?.heard.claim === input.claim ? yieldOwn(about, thing, input.atMs) : [];
    });
    return effects.length === 0 ? ignore('not-claimed') : merge(effects);
  }

  /** Of claims made at once the best one goes on; one that is held already is not taken away. */
  function preferBest(about: string, thing: Thing, nowMs: number): readonly ClaimEffect[] {
    if (thing.own === undefined || thing.own.isHeld || bestOf(thing)?.agent === self) return [];
    return yieldOwn(about, thing, nowMs);
  }

  function yieldOwn(about: string, thing: Thing, atMs: number): readonly ClaimEffect[] {
    const { claim } = thing.own!.heard;
    remember(`${claim} ${about}`);
    const next = drop(about, thing, { claim, atMs });
    return [
      { type: 'yield', claim, about: [about] },
      { type: 'post-release', claim, about: [about] },
      ...next,
    ];
  }

  function drop(
    about: string,
    thing: Thing,
    { claim, atMs }: { readonly claim: string; readonly atMs: number },
  ): readonly ClaimEffect[] {
    thing.heard.delete(claim);
    if (thing.own?.heard.claim === claim) thing.own = undefined;
    if (thing.promised?.claim === claim) thing.promised = undefined;
    return consent(about, thing, atMs);
  }

  /** As a witness: to one claim at a time, and to no other before that one ends or is let go. */
  function consent(about: string, thing: Thing, nowMs: number): readonly ClaimEffect[] {
    if (!witnesses().includes(self)) return [];
    if (thing.promised !== undefined && thing.promised.endMs > nowMs) return [];
    thing.promised = undefined;
    expire(thing, nowMs);
    const best = bestOf(thing);
    if (best === undefined || !isOpen(about)) return [];
    thing.promised = best;
    if (best.agent !== self)
      return [{ type: 'send-consent', to: best.agent, claim: best.claim, about: [about] }];
    thing.own?.consents.add(self);
    return hold(about, thing);
  }

  function hold(about: string, thing: Thing): readonly ClaimEffect[] {
    const { own } = thing;
    if (own === undefined || own.isHeld || own.consents.size * 2 <= witnesses().length) return [];
    own.isHeld = true;
    return [{ type: 'hold', claim: own.heard.claim, about: [about], untilMs: own.heard.endMs }];
  }

  function expire(thing: Thing, nowMs: number): void {
    for (const [claim, one] of thing.heard) if (one.endMs <= nowMs) thing.heard.delete(claim);
    if (thing.own !== undefined && thing.own.heard.endMs <= nowMs) thing.own = undefined;
  }

  function bestOf(thing: Thing): Heard | undefined {
    return [...thing.heard.values()].sort(compareClaims)[0];
  }

  function thingOf(about: string): Thing {
    const known = things.get(about) ?? { heard: new Map(), promised: undefined, own: undefined };
    things.set(about, known);
    if (things.size > rememberedMax) forgetOne();
    return known;
  }

  /** The oldest thing that nobody holds anything to. */
  function forgetOne(): void {
    for (const [about, thing] of things)
      if (thing.promised === undefined && thing.own === undefined) return void things.delete(about);
  }

  function remember(claim: string): void {
    released.add(claim);
    if (released.size > rememberedMax) released.delete(released.keys().next().value!);
  }

  return {
    step,
    isHeld(about, nowMs) {
      const own = things.get(about)?.own;
      return own?.isHeld === true && own.heard.endMs > nowMs;
    },
  };
}

function compareClaims(a: Heard, b: Heard): number {
  return a.writtenAt - b.writtenAt || compareText(a.agent, b.agent) || compareText(a.claim, b.claim);
}

/** One message about many things says less than many about one. */
function merge(effects: readonly ClaimEffect[]): readonly ClaimEffect[] {
  const merged = new Map<string, ClaimEffect>();
  for (const effect of effects) {
    if (effect.type === 'ignored') continue;
    const key = `${effect.type} ${effect.claim}`;
    const known = merged.get(key);
    const about = [...(known !== undefined && 'about' in known ? known.about : []), ...effect.about];
    merged.set(key, { ...effect, about });
  }
  return [...merged.values()];
}
