/**
 * Pass a task on to another agent: explicit accept, context filtered or full, confirmation, rollback, no going round
 * in circles, ten holders at most. The rules are the machine of `protocol/handoff/`; this is its shell, for both sides.
 */
import type { Did, MessageId } from '../protocol/brand.ts';
import { type Amount, nothing } from '../protocol/budget/amount.ts';
import {
  type ContextEntry,
  type ContextFilter,
  createHandoff,
  filterContext,
  type Handoff,
  type HandoffEffect,
  type HandoffInput,
  handoffBucket,
} from '../protocol/handoff/index.ts';
import type { Agent } from './agent.ts';
import { type AgentStore, createMemoryStore } from './agent-store.ts';
import { createMachineTimers, makeId, type TeamContent } from './machine-shell.ts';

export interface HandoffInit {
  readonly task: MessageId;
  readonly content: TeamContent;
  /** What is known so far; `private` entries never travel. */
  readonly entries?: readonly ContextEntry[];
  /** All that may be shown, or what serves these tags. @default everything */
  readonly filter?: Partial<ContextFilter>;
  /** Who held it before this agent, oldest first: `HandedTask.path` of the handoff that brought it. */
  readonly path?: readonly Did[];
  readonly fencing?: number;
  readonly grant?: Amount;
  /** How long the other has to answer, ms. @default 5,000 */
  readonly answerMs?: number;
}

/** Where the work is now. */
export type HandoffEnd =
  | { readonly kind: 'handed'; readonly to: Did }
  /** It stayed, or came back: this agent works on. `reason` is the other's word, `no-answer`, or a fault of the path. */
  | { readonly kind: 'kept'; readonly reason: string };

/** A task that was handed to this agent and confirmed. */
export interface HandedTask {
  readonly task: MessageId;
  readonly from: Did;
  readonly content: TeamContent;
  readonly entries: readonly ContextEntry[];
  readonly isFull: boolean;
  /** Everyone who held it before this agent, oldest first: to be passed on with the next handoff. */
  readonly path: readonly Did[];
  readonly fencing: number;
  readonly grant: Amount;
  /** Give it back after all: the sender works on. */
  giveBack(reason: string): void;
}

export interface HandoffHandler {
  /** Take the task, or say why not. */
  consider(
    offer: Handoff,
    from: Did,
  ): true | { readonly refuse: string } | Promise<true | { readonly refuse: string }>;
  /** It is this agent's now; nobody else works on it. */
  start(task: HandedTask): void;
  /** Stop: this agent gave it back. */
  stop?(task: MessageId): void;
  /** A task that this agent had handed on came back later. */
  onReturn?(task: MessageId, reason: string): void;
}

export interface HandoffService {
  /** Hand a task on; this agent has stopped working on it by the time of the call. Resolves with where the work is. */
  handOff(to: Did, init: HandoffInit): Promise<HandoffEnd>;
  stop(): void;
}

/** Room for context in one message, in UTF-16 code units of its JSON: well within the longest message. */
const contextLengthMax = 64 * 1024;
/** Handoffs remembered at a time. Judgement. */
const handoffsKept = 512;

interface Running {
  step(input: HandoffInput): void;
  readonly ended: Promise<HandoffEnd>;
  stop(): void;
}

/** Hand tasks on and take them over. With a store, neither side's restart loses a task or does it twice. */
export function serveHandoffs(
  agent: Agent,
  handler: HandoffHandler,
  { store = createMemoryStore() }: { readonly store?: AgentStore } = {},
): HandoffService {
  const running = new Map<string, Running>();

  function open(handoff: MessageId, saved?: string): Running {
    const one = runHandoff({ agent, handler, store, handoff, saved });
    running.set(handoff, one);
    if (running.size > handoffsKept) {
      const [oldest, gone] = running.entries().next().value!;
      gone.stop();
      running.delete(oldest);
      store.save(handoffBucket, oldest, null);
    }
    return one;
  }

  const ending = agent.on('message', (message) => {
    const from = message.from as Did;
    const atMs = Date.now();
    if (message.type === 'handoff' && message.terms !== undefined) {
      const { terms: body } = message;
      const one = running.get(body.handoff) ?? open(body.handoff);
      one.step({ type: 'handoff-received', from, body, atMs });
    }
    if (message.type === 'handoff_response' && message.terms !== undefined)
      running
        .get(message.terms.handoff)
        ?.step({ type: 'response-received', from, body: message.terms, atMs });
  });

  for (const key of store.keys(handoffBucket)) open(key as MessageId, store.load(handoffBucket, key));
  for (const one of running.values()) one.step({ type: 'recovered', atMs: Date.now() });

  return {
    handOff(to, init) {
      const handoff = makeId();
      const one = open(handoff);
      one.step({ type: 'offer-task', atMs: Date.now(), to, body: writeHandoff(agent.did, handoff, init) });
      return one.ended;
    },
    stop() {
      ending();
      for (const one of running.values()) one.stop();
      running.clear();
    },
  };
}

function writeHandoff(self: Did, handoff: MessageId, init: HandoffInit): Handoff {
  const { full = true, tags = [], isTeammate = false, lengthMax = contextLengthMax } = init.filter ?? {};
  const entries = filterContext(init.entries ?? [], { full, tags, isTeammate, lengthMax });
  return {
    ...{ task: init.task, handoff, content: init.content, full, entries: [...entries] },
    path: [...(init.path ?? []), self],
    ...{ fencing: init.fencing ?? 1, grant: init.grant ?? nothing },
    answerBy: Date.now() + (init.answerMs ?? 5_000),
  };
}

interface RunInit {
  readonly agent: Agent;
  readonly handler: HandoffHandler;
  readonly store: AgentStore;
  readonly handoff: MessageId;
  readonly saved: string | undefined;
}

function runHandoff({ agent, handler, store, handoff, saved }: RunInit): Running {
  const machine = createHandoff({ self: agent.did, handoff, ...(saved === undefined ? {} : { saved }) });
  const timers = createMachineTimers((timer) => step({ type: 'timer-fired', timer, atMs: Date.now() }));
  const ended = Promise.withResolvers<HandoffEnd>();
  let isEnded = false;
  let isStopped = false;

  function step(input: HandoffInput): void {
    if (isStopped) return;
    for (const effect of machine.step(input)) perform(effect, input);
  }

  function perform(effect: HandoffEffect, cause: HandoffInput): void {
    switch (effect.type) {
      case 'persist':
        return store.save(effect.bucket, effect.key, effect.value as string | null);
      case 'set-timer':
      case 'cancel-timer':
        return timers.apply(effect);
      case 'send-handoff': {
        const { task, content, full } = effect.body;
        return say({ type: 'handoff', to: effect.to, task, content, full, terms: effect.body });
      }
      case 'send-response': {
        const { task, answer, reason } = effect.body;
        const accepted = answer === 'accept' || answer === 'confirm';
        const why = reason === undefined ? {} : { reason };
        return say({ type: 'handoff_response', to: effect.to, task, accepted, ...why, terms: effect.body });
      }
      case 'consider-handoff':
        return void consider(effect.from, effect.body);
      case 'start-work':
        return start(effect.body);
      case 'stop-work':
        // The sender has stopped before it offered.
        if (cause.type === 'return-task') handler.stop?.(effect.task);
        return;
      case 'resume-work':
        if (isEnded || cause.type === 'recovered') handler.onReturn?.(effect.task, effect.reason);
        return settle({ kind: 'kept', reason: effect.reason });
      case 'refuse-offer':
        return settle({ kind: 'kept', reason: effect.fault });
      case 'complete-handoff':
        return settle({ kind: 'handed', to: effect.to });
      case 'ignored':
        return;
    }
  }

  function settle(end: HandoffEnd): void {
    isEnded = true;
    ended.resolve(end);
  }

  function say(saying: Parameters<Agent['send']>[0]): void {
    // What cannot be said is a dead letter at the node: the time for answers decides.
    agent.send(saying).catch(() => undefined);
  }

  async function consider(from: Did, body: Handoff): Promise<void> {
    // Who cannot make up its mind does not take it.
    const answer = await Promise.resolve(handler.consider(body, from)).catch((error: unknown) => ({
      refuse: String(error),
    }));
    const atMs = Date.now();
    if (answer === true) step({ type: 'answer-handoff', atMs, accept: true });
    else step({ type: 'answer-handoff', atMs, accept: false, reason: answer.refuse });
  }

  function start({ task, content, entries, full, path, fencing, grant }: Handoff): void {
    handler.start({
      ...{ task, from: path.at(-1)!, content, entries, isFull: full, fencing, grant },
      path,
      giveBack: (reason) => step({ type: 'return-task', atMs: Date.now(), reason }),
    });
  }

  return {
    step,
    ended: ended.promise,
    stop() {
      isStopped = true;
      timers.cancelAll();
    },
  };
}
