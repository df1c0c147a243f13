/** Claims of one agent in one space: announced there, consented to by the job's witnesses in direct words. */
import type { Did } from '../protocol/brand.ts';
import { type ClaimEffect, type ClaimInput, createClaims } from '../protocol/job/claims.ts';
import { createMessageId } from '../protocol/message-id.ts';
import type { Agent, Delivered, Saying } from './agent.ts';
import type { Space } from './space.ts';

export interface Claims {
  /**
   * Announce a claim and wait for the witnesses; answers what of it is this agent's alone, for ten seconds.
   */
  claim(about: readonly string[], init?: ClaimWaitInit): Promise<ReadonlySet<string>>;
  isHeld(about: string): boolean;
  /** Let go of what is held. */
  letGo(about: readonly string[]): void;
  stop(): void;
}

export interface ClaimWaitInit {
  /** How long to wait for a majority, ms. @default as long as a claim lasts: asking anew would only be slower */
  readonly patienceMs?: number;
  /**
   * Without a majority in time it is taken for granted as long as no better claim was heard: for work that must go
   * on when witnesses are gone, and where two doing it would only be a waste. @default false
   */
  readonly isAdvisory?: boolean;
}

export interface ClaimsComponents {
  readonly agent: Pick<Agent, 'did' | 'on' | 'send'>;
  readonly space: Pick<Space, 'id' | 'view' | 'members' | 'post'>;
  readonly onProblem: (error: unknown) => void;
}

/** A claim lasts so long, ms. Judgement: most pieces of work that one takes in passing. */
const claimMs = 10_000;

interface Waiting {
  readonly about: Set<string>;
  readonly held: Set<string>;
  readonly done: PromiseWithResolvers<ReadonlySet<string>>;
}

/** Every member runs this, with or without claims of its own: it is a witness of the others'. */
export function followClaims({ agent, space, onProblem }: ClaimsComponents): Claims {
  const self = agent.did;
  const waiting = new Map<string, Waiting>();
  /** Id of the claim by which a thing is held. */
  const heldBy = new Map<string, string>();
  const timers = new Set<ReturnType<typeof setTimeout>>();
  const machine = createClaims({
    self,
    witnesses,
    isOpen,
  });
  let named: readonly Did[] = [];

  /** Named once by the asker; in a space without, all members are. */
  function witnesses(): readonly Did[] {
    if (named.length === 0) named = space.view().witnesses;
    return named.length > 0 ? named : space.members();
  }

  function isOpen(about: string): boolean {
    const view = space.view();
    const requirement = view.requirements.find((one) => one.id === about);
    if (requirement !== undefined) return requirement.state === 'open';
    return view.concerns.find((one) => one.id === about)?.isOpen ?? true;
  }

  function step(input: ClaimInput): void {
    for (const effect of machine.step(input)) perform(effect);
  }

  function perform(effect: ClaimEffect): void {
    switch (effect.type) {
      case 'hold':
        for (const about of effect.about) heldBy.set(about, effect.claim);
        return settle(effect.claim, effect.about, true);
      case 'yield':
        return settle(effect.claim, effect.about, false);
      case 'send-consent':
        return say({ consent: { claim: effect.claim, about: effect.about } }, effect.to);
      case 'post-release': {
        for (const about of effect.about) heldBy.delete(about);
        const intention = { about: effect.about, forMs: 0 };
        return say({ intention, released: effect.claim }, undefined);
      }
      case 'ignored':
    }
  }

  function say(content: Record<string, unknown>, to: Did | undefined): void {
    const task = space.view().goalId;
    if (task === undefined) return;
    const said = { type: 'progress', task, fencing: 0, content } as const;
    const isSent =
      to === undefined
        ? space.post(said as Parameters<Space['post']>[0])
        : agent.send({ ...said, to, space: space.id } as Saying);
    isSent.catch(onProblem);
  }

  function settle(claim: string, about: readonly string[], isHeld: boolean): void {
    const known = waiting.get(claim);
    if (known === undefined) return;
    for (const one of about) {
      known.about.delete(one);
      if (isHeld) known.held.add(one);
    }
    if (known.about.size > 0) return;
    waiting.delete(claim);
    known.done.resolve(known.held);
  }

  function hear(message: Delivered): void {
    if (message.space !== space.id || message.type !== 'progress') return;
    if (typeof message.content !== 'object') return;
    const { from, at } = message;
    const atMs = Date.now();
    const { consent, intention, released } = message.content as Record<string, unknown>;
    if (message.to === self) {
      const said = readAbout(consent);
      if (said !== undefined && typeof said.claim === 'string')
        step({ type: 'consent-heard', witness: from as Did, claim: said.claim, about: said.about, atMs });
    }
    const said = readAbout(intention);
    if (message.to !== undefined || said === undefined) return;
    if (typeof released === 'string')
      return step({ type: 'release-heard', agent: from as Did, claim: released, about: said.about, atMs });
    // The lease to coordinate and plain announcements exclude nobody.
    if (said.isClaim !== true || typeof said.forMs !== 'number' || !(said.forMs > 0)) return;
    const facts = {
      claim: message.id,
      agent: from as Did,
      writtenAt: at,
      about: said.about,
      forMs: said.forMs,
    };
    step({ type: 'claim-heard', ...facts, atMs });
  }

  async function claim(about: readonly string[], init: ClaimWaitInit = {}): Promise<ReadonlySet<string>> {
    const mine = about.filter(isHeld);
    const wanted = about.filter((one) => !mine.includes(one));
    const task = space.view().goalId;
    if (wanted.length === 0 || task === undefined) return new Set(mine);
    const bytes = (count: number) => crypto.getRandomValues(new Uint8Array(count));
    const id = createMessageId(Date.now(), { bytes });
    const known: Waiting = { about: new Set(wanted), held: new Set(), done: Promise.withResolvers() };
    waiting.set(id, known);
    const intention = { about: [...wanted], forMs: claimMs, isClaim: true };
    await space.post({ id, type: 'progress', task, fencing: 0, content: { intention } } as Parameters<
      Space['post']
    >[0]);
    const timer = setTimeout(() => {
      timers.delete(timer);
      giveUp(id, known, init.isAdvisory ?? false);
    }, init.patienceMs ?? claimMs);
    timers.add(timer);
    const held = await known.done.promise;
    clearTimeout(timer);
    timers.delete(timer);
    return new Set([...mine, ...held]);
  }

  /** No majority in time. */
  function giveUp(id: string, { about }: Waiting, isAdvisory: boolean): void {
    const rest = [...about];
    if (isAdvisory) return settle(id, rest, true);
    step({ type: 'let-go', claim: id, about: rest, atMs: Date.now() });
    settle(id, rest, false);
  }

  function isHeld(about: string): boolean {
    return machine.isHeld(about, Date.now());
  }

  const endings = [agent.on('message', hear), agent.on('sent', (message) => hear(message as Delivered))];

  return {
    claim,
    isHeld,
    letGo(about) {
      for (const one of about) {
        const id = heldBy.get(one);
        if (id !== undefined) step({ type: 'let-go', claim: id, about: [one], atMs: Date.now() });
      }
    },
    stop() {
      for (const end of endings) end();
      for (const timer of timers) clearTimeout(timer);
      for (const one of waiting.values()) one.done.resolve(new Set());
      waiting.clear();
    },
  };
}

interface SaidAbout {
  readonly about: readonly string[];
  readonly claim?: unknown;
  readonly forMs?: unknown;
  readonly isClaim?: unknown;
}

function readAbout(said: unknown): SaidAbout | undefined {
  if (typeof said !== 'object' || said === null || !('about' in said) || !Array.isArray(said.about))
    return undefined;
  const about = said.about.filter((one): one is string => typeof one === 'string').slice(0, 64);
  return { ...said, about };
}
