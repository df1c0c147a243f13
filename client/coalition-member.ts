/**
 * Serve in coalitions: bid for places, join, do the items that the coordinator awards, coordinate when it is this
 * agent's turn. The rules are the member's machine of `protocol/coalition/`; this is its shell. What an item may
 * cost, the seat's ledger says (`coalition-item.ts`).
 */
import type { Did, MessageId } from '../protocol/brand.ts';
import type { Amount } from '../protocol/budget/index.ts';
import { fitsCeiling } from '../protocol/budget/index.ts';
import {
  createMember,
  type Invite,
  type MemberEffect,
  type MemberInput,
  memberBucket,
  type WorkItem,
} from '../protocol/coalition/index.ts';
import type { Cfp, Offer } from '../protocol/contract-net/index.ts';
import type { Agent, Delivered } from './agent.ts';
import { type AgentStore, createMemoryStore } from './agent-store.ts';
import { formCoalition } from './coalition.ts';
import { openSeatBudget, type RunningItem, runItem, type SeatBudget } from './coalition-item.ts';
import type { CoalitionEnd, CoalitionInit } from './coalition-types.ts';
import { createTeamVoice, readTeamWord, type TeamWord } from './coalition-words.ts';
import { createMachineTimers, type TeamContent } from './machine-shell.ts';
import { followSpace, type Space } from './space.ts';

export interface CoalitionHandler {
  /** Bid for a place, or say why not; nothing at all keeps silent. */
  consider(call: Cfp, from: Did): Offer | { readonly refuse: string } | undefined;
  /** Take the place, or say why not. @default takes it */
  join?(invite: Invite): true | { readonly refuse: string } | Promise<true | { readonly refuse: string }>;
  /** Do one item: its answer is the result; what it throws is the reason of a failure. */
  work(item: ItemWork): Promise<TeamContent> | TeamContent;
  /** The coalition is over for this agent; with the signed outcome when the asker dissolved it. */
  onEnd?(coalition: MessageId, outcome: Readonly<Record<string, unknown>> | undefined): void;
}

/** One item of work, as its holder sees it. */
export interface ItemWork {
  readonly coalition: MessageId;
  readonly asker: Did;
  readonly goal: string;
  readonly task: MessageId;
  readonly skill: string;
  readonly content: TeamContent | undefined;
  readonly fencing: number;
  /** What the asker wants changed, when it sent an earlier result back. */
  readonly revise: TeamContent | undefined;
  readonly space: Space;
  /** Aborted when the item goes to another, the coalition ends, or the budget is used up. */
  readonly signal: AbortSignal;
  /** What this seat may still spend. */
  left(): Amount;
  /**
   * Book what was used, before using it.
   * @throws AmpError AMP-1810 when it would exceed the grant: the job stops, and what was kept is handed in.
   */
  spend(amount: Partial<Amount>): void;
  /** What there is so far: handed in, marked incomplete, when the budget ends the work. */
  keep(content: TeamContent): void;
  /**
   * Form a team inside this one, on this seat's grant, and wait for what comes of it.
   * @throws AmpError AMP-1810 for a budget above what is left, AMP-1811 when teams are nested too deep or time is up.
   */
  form(init: InnerCoalitionInit): Promise<CoalitionEnd>;
}

export type InnerCoalitionInit = Omit<CoalitionInit, 'budget' | 'depth' | 'store'> & {
  /** Moved out of this seat's grant; a kind left out is nothing. */
  readonly budget: Partial<Amount>;
};

export interface CoalitionService {
  /** Coalitions that this agent is in. */
  seats(): readonly {
    readonly coalition: MessageId;
    readonly isCoordinator: boolean;
    readonly term: number;
  }[];
  leave(coalition: MessageId, reason: string): void;
  /** Stop serving; with a store, serving again takes up what was open. */
  stop(): void;
}

interface Seat {
  step(input: MemberInput): void;
  hear(word: TeamWord): void;
  standing(): Standing;
  stop(): void;
}

/** Of a member machine's state, what is shown. */
interface Standing {
  readonly phase: 'new' | 'considering' | 'member' | 'ended';
  readonly coordinator: Did | null;
  readonly term: number;
}

/** Seats of one agent at a time. Judgement: more than it can work in. */
const seatsMax = 64;
const biddenMax = 1_024;

export function serveCoalitions(
  agent: Agent,
  handler: CoalitionHandler,
  init: { readonly store?: AgentStore } = {},
): CoalitionService {
  const store = init.store ?? createMemoryStore();
  const seats = new Map<MessageId, Seat>();
  /** Calls answered, so that a repeated one is answered the same. */
  const answered = new Set<string>();

  function consider(message: Delivered): void {
    if (message.type !== 'cfp' || message.terms?.team === undefined) return;
    const { terms, from, task } = message;
    if (answered.has(`${from} ${task}`) || terms.deadlineAt <= Date.now()) return;
    answered.add(`${from} ${task}`);
    if (answered.size > biddenMax) answered.delete(answered.values().next().value!);
    const offer = handler.consider(terms, from as Did);
    if (offer === undefined) return;
    const to = from as Did;
    const answer =
      'refuse' in offer
        ? agent.send({ type: 'refuse', to, task, reason: offer.refuse })
        : fitsCeiling(offer.cost, terms.ceiling)
          ? agent.send({
              type: 'bid',
              to,
              task,
              confidence: offer.confidence,
              terms: { task: terms.task, offer },
            })
          : agent.send({ type: 'refuse', to, task, reason: 'over-budget' });
    // An asker that does not hear a bid does without it.
    answer.catch(() => undefined);
  }

  const ending = agent.on('message', (message) => {
    consider(message);
    const word = readTeamWord(message);
    if (word === undefined || !heardByMembers.has(word.type)) return;
    const isNew = word.type === 'invite' && word.from === word.body.asker && !seats.has(word.coalition);
    if (isNew && seats.size < seatsMax)
      seats.set(word.coalition, openSeat(word.coalition, word.from, word.body.grant));
    seats.get(word.coalition)?.hear(word);
  });

  function openSeat(coalition: MessageId, asker: Did, grant: Amount, saved?: string): Seat {
    return serveSeat({
      ...{ agent, handler, store, coalition, asker, saved },
      budget: openSeatBudget(store, coalition, grant),
      onClose: () => seats.delete(coalition),
    });
  }

  for (const key of store.keys(memberBucket)) {
    const saved = store.load(memberBucket, key)!;
    const { roster } = JSON.parse(saved) as { readonly roster: Invite | null };
    const isOver = roster === null || roster.endsAt + roster.leaseMs <= Date.now();
    if (isOver) store.save(memberBucket, key, null);
    else seats.set(key as MessageId, openSeat(key as MessageId, roster.asker, roster.grant, saved));
  }
  for (const seat of seats.values()) seat.step({ type: 'recovered', atMs: Date.now() });

  return {
    seats: () =>
      [...seats].flatMap(([coalition, seat]) => {
        const { phase, coordinator, term } = seat.standing();
        return phase === 'member' ? [{ coalition, isCoordinator: coordinator === agent.did, term }] : [];
      }),
    leave: (coalition, reason) => seats.get(coalition)?.step({ type: 'leave', atMs: Date.now(), reason }),
    stop() {
      ending();
      for (const seat of seats.values()) seat.stop();
      seats.clear();
    },
  };
}

const heardByMembers = new Set(['invite', 'award', 'progress', 'result', 'failure', 'review', 'dissolve']);

interface SeatInit {
  readonly agent: Agent;
  readonly handler: CoalitionHandler;
  readonly store: AgentStore;
  readonly coalition: MessageId;
  readonly asker: Did;
  readonly saved: string | undefined;
  readonly budget: SeatBudget;
  readonly onClose: () => void;
}

function serveSeat({ agent, handler, store, coalition, asker, saved, budget, onClose }: SeatInit): Seat {
  const voice = createTeamVoice(agent, coalition);
  const space = followSpace(agent, coalition);
  const machine = createMember({
    self: agent.did,
    coalition,
    asker,
    ...(saved === undefined ? {} : { saved }),
  });
  const timers = createMachineTimers((timer) => step({ type: 'timer-fired', timer, atMs: Date.now() }));
  const running = new Map<MessageId, RunningItem>();
  let roster = saved === undefined ? undefined : (JSON.parse(saved) as { roster: Invite }).roster;
  let standing: Standing = { phase: 'new', coordinator: null, term: 0 };
  if (saved !== undefined) seeStanding(saved);
  let outcome: Readonly<Record<string, unknown>> | undefined;

  function step(input: MemberInput): void {
    for (const effect of machine.step(input)) perform(effect);
  }

  function perform(effect: MemberEffect): void {
    switch (effect.type) {
      case 'persist':
        seeStanding(effect.value as string);
        return store.save(effect.bucket, effect.key, effect.value as string | null);
      case 'set-timer':
      case 'cancel-timer':
        return timers.apply(effect);
      case 'consider-invite':
        return void considerInvite(effect.body);
      case 'send-accept':
        return voice.say(effect.to, 'accept', effect.body);
      case 'send-decline':
        voice.say(effect.to, 'decline', effect.body);
        return leaveSpace(effect.body.reason);
      case 'send-invite':
        for (const to of effect.to) voice.say(to, 'invite', effect.body);
        return;
      case 'send-award':
        for (const to of effect.to) voice.say(to, 'award', effect.body);
        return;
      case 'send-progress':
        for (const to of effect.to) voice.say(to, 'progress', effect.body);
        return;
      case 'send-result':
        for (const to of effect.to) voice.say(to, 'result', effect.body);
        return;
      case 'send-failure':
        for (const to of effect.to) voice.say(to, 'failure', effect.body);
        return;
      case 'start-item':
        return startItem(effect.task, effect.fencing, effect.revise);
      case 'stop-item':
        running.get(effect.task)?.stop(effect.reason);
        return void running.delete(effect.task);
      case 'close-space':
        return close();
      case 'ignored':
        return;
    }
  }

  /** The machine's own account of who leads: claims and rosters have been weighed there. */
  function seeStanding(state: string): void {
    standing = JSON.parse(state) as Standing;
  }

  async function considerInvite(invite: Invite): Promise<void> {
    // Who cannot make up its mind does not join.
    const answer = await Promise.resolve(handler.join?.(invite) ?? true).catch((error: unknown) => ({
      refuse: String(error),
    }));
    if (answer === true) step({ type: 'accept-invite', atMs: Date.now() });
    else step({ type: 'refuse-invite', atMs: Date.now(), reason: answer.refuse });
  }

  function startItem(task: MessageId, fencing: number, revise: TeamContent | undefined): void {
    const item = roster?.items.find((one) => one.task === task);
    if (item === undefined || roster === undefined) return;
    running.get(task)?.stop('superseded');
    const mine = runItem(budget, task, (hand) => handler.work(workOf(roster!, item, fencing, revise, hand)));
    running.set(task, mine);
    void mine.ended.then((end) => {
      if (running.get(task) !== mine) return;
      running.delete(task);
      step({ ...end, task, atMs: Date.now() });
    });
  }

  function workOf(
    { goal, asker: from }: Invite,
    { task, skill, content }: WorkItem,
    fencing: number,
    revise: TeamContent | undefined,
    hand: Pick<ItemWork, 'signal' | 'left' | 'spend' | 'keep'>,
  ): ItemWork {
    return {
      ...{ coalition, asker: from, goal, task, skill, content, fencing, revise, space },
      ...hand,
      form: (init) => formInside(task, hand.signal, init),
    };
  }

  /** The inner team's budget leaves this seat's ledger first, and what it did not use comes back. */
  async function formInside(
    task: MessageId,
    signal: AbortSignal,
    init: InnerCoalitionInit,
  ): Promise<CoalitionEnd> {
    const { plan, settle } = budget.open(task, roster!, init.budget);
    const endMs = Math.min(init.endMs ?? Number.MAX_SAFE_INTEGER, plan.endsAt - Date.now());
    let spent: Amount | undefined;
    try {
      const inner = await formCoalition(agent, { ...init, budget: plan.budget, depth: plan.depth, endMs });
      const stop = (): void => inner.dissolve();
      signal.addEventListener('abort', stop, { once: true });
      if (signal.aborted) stop();
      const end = await inner.ended;
      signal.removeEventListener('abort', stop);
      spent = end.outcome.spent;
      return end;
    } finally {
      settle(spent);
    }
  }

  function hear(word: TeamWord): void {
    if (word.type === 'invite') {
      voice.invitation = word.from === asker ? word.messageId : voice.invitation;
      if (word.from === asker && word.body.version >= (roster?.version ?? 0)) roster = word.body;
    }
    if (word.type === 'dissolve' && word.from === asker) outcome = word.body.outcome;
    const { type, from, body } = word;
    step({ type: `${type}-received`, from, body, atMs: Date.now() } as MemberInput);
  }

  /** The seat stays: the asker may not have heard it, and must not be answered as if it asked for the first time. */
  function leaveSpace(reason: string): void {
    if (space.members().includes(agent.did)) space.leave(reason).catch(() => undefined);
  }

  function close(): void {
    store.save(memberBucket, coalition, null);
    budget.forget();
    stop();
    onClose();
    handler.onEnd?.(coalition, outcome);
  }

  function stop(): void {
    timers.cancelAll();
    for (const item of running.values()) item.stop('stopped');
    running.clear();
    space.forget();
  }

  return { step, hear, standing: () => standing, stop };
}
