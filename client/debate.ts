/**
 * Debate in rounds over a space: all propose an option and say why, all criticise, all revise and say whose proposal
 * they stand behind, until enough weight stands behind one. What is said are signed entries of the space, so a person
 * who has to decide in the end can read it. The rules are the machine of `protocol/decisions/debate-machine.ts`.
 * @see Du et al. 2023, "Improving Factuality and Reasoning in Language Models through Multiagent Debate"
 */
import type { Did } from '../protocol/brand.ts';
import {
  type Contribution,
  convergenceDefault,
  createDebateMachine,
  type DebateEffect,
  type DebateInput,
} from '../protocol/decisions/index.ts';
import type { Verified } from '../protocol/signing.ts';
import type { Agent, Delivered } from './agent.ts';
import type { AgentStore } from './agent-store.ts';
import { createMachineTimers, makeId } from './machine-shell.ts';

export type DebatePhase = Contribution['phase'];

export interface DebateInit {
  readonly question: string;
  readonly options: readonly string[];
  readonly participants: readonly { readonly did: Did; readonly weight: number }[];
  readonly roundCount: number;
  /** How long each phase waits for all, ms. */
  readonly phaseMs: number;
  /** Names the debate. With a store, leading it again under the same name goes on where it stood. */
  readonly id?: string;
  /** Keeps what was said, so that the asker's restart ends nothing. Each word is there before anything rests on it. */
  readonly store?: AgentStore;
}

/** What one participant said in one phase. */
export interface Argument {
  readonly phase: DebatePhase;
  /** 1 for the first round. */
  readonly round: number;
  readonly author: Did;
  /** The option it is about: proposed, criticised, or stood behind. */
  readonly option: string;
  readonly text: string;
}

export interface DebateEnd {
  /** The option that enough weight stands behind. */
  readonly converged: string | undefined;
  /** Options still supported, most supported first. */
  readonly supported: readonly string[];
  readonly arguments: readonly Argument[];
}

/** What a participant is asked. */
export interface DebateTurn {
  readonly debate: string;
  readonly from: Did;
  readonly question: string;
  readonly options: readonly string[];
  readonly phase: DebatePhase;
  readonly round: number;
  readonly arguments: readonly Argument[];
}

/** An option with what there is to say: proposed, criticised or stood behind, by the phase. Nothing keeps silent. */
export type DebateAnswer = { readonly option: string; readonly text: string } | undefined;

const debateBucket = 'debate';

/** Forget a debate that is over and done with. */
export function forgetDebate(store: AgentStore, id: string): void {
  for (const key of keysOf(store, id)) store.save(debateBucket, key, null);
}

function keysOf(store: AgentStore, id: string): readonly string[] {
  return store.keys(debateBucket).filter((key) => key.startsWith(`${id}/`));
}

/**
 * Lead a debate among members of a space; its asker does not take part unless it is named and answers as well.
 * Resumed, it asks for the present phase again, with all of its time: nobody who has answered is counted twice.
 */
export function debate(agent: Agent, space: string, init: DebateInit): Promise<DebateEnd> {
  const { id = makeId(), store } = init;
  const { question, options, participants, roundCount, phaseMs } = init;
  const ended = Promise.withResolvers<DebateEnd>();
  const said: Argument[] = [];
  const convergence = convergenceDefault;
  const machine = createDebateMachine({ debate: id, participants, roundCount, phaseMs, convergence });
  const timers = createMachineTimers((timer) => step({ type: 'timer-fired', timer, atMs: Date.now() }));

  let inputCount = 0;

  function step(input: DebateInput): void {
    const effects = machine.step(input);
    if (effects.some((effect) => effect.type === 'ignored')) return;
    // On disk before anybody is asked for more, or told how it ended.
    store?.save(debateBucket, `${id}/${String(inputCount).padStart(6, '0')}`, JSON.stringify(input));
    take(input);
    for (const effect of effects) perform(effect);
  }

  function take(input: DebateInput): void {
    inputCount += 1;
    if (input.type === 'contribution-received') said.push(toArgument(input.contribution));
  }

  /** The inputs alone make the machine what it was; what it wanted last is done again. */
  function resume(keys: readonly string[]): void {
    let last: readonly DebateEffect[] = [];
    for (const key of keys) {
      const input = JSON.parse(store!.load(debateBucket, key)!) as DebateInput;
      const effects = machine.step(input);
      take(input);
      if (effects.some(({ type }) => type !== 'cancel-timer')) last = effects;
    }
    const freshMs = Date.now() + phaseMs;
    for (const effect of last)
      perform(effect.type === 'set-timer' ? { ...effect, dueAtMs: freshMs } : effect);
  }

  function perform(effect: DebateEffect): void {
    switch (effect.type) {
      case 'set-timer':
      case 'cancel-timer':
        return timers.apply(effect);
      case 'ask-participants': {
        const { phase, round } = effect;
        const content = { debate: id, question, options, phase, round, arguments: said };
        return void agent.send({ type: 'question', space, content }).catch(ended.reject);
      }
      case 'report-converged':
        return finish(readOption(effect.proposal), []);
      case 'open-ballot':
        return finish(undefined, effect.proposals.map(readOption));
      case 'report-empty':
        return finish(undefined, []);
      case 'ignored':
        return;
    }
  }

  function finish(converged: string | undefined, supported: readonly string[]): void {
    timers.cancelAll();
    for (const end of endings) end();
    ended.resolve({
      converged,
      supported: converged === undefined ? [...new Set(supported)] : [converged],
      arguments: said,
    });
  }

  /** The first author of an option speaks for it: two who propose the same are one proposal. */
  function authorOf(option: string): Did | undefined {
    return said.find((one) => one.phase === 'propose' && one.option === option)?.author;
  }

  function hear(message: Delivered): void {
    if (message.type !== 'answer' || message.space !== space || typeof message.content !== 'object') return;
    const { content } = message;
    const { phase, round, option, text = '' } = content as unknown as Argument;
    if (content.debate !== id || !options.includes(option)) return;
    const author = message.from as Did;
    const of = phase === 'propose' ? undefined : authorOf(option);
    const contribution: Contribution = {
      ...{ phase, round, author, text: `${option}\n${text}` },
      ...(of === undefined ? {} : { of }),
    };
    // The node has checked the signature of every message that it hands over.
    step({
      type: 'contribution-received',
      contribution: contribution as Verified<Contribution>,
      atMs: Date.now(),
    });
  }

  // What the asker itself says does not come back to it.
  const endings = [agent.on('message', hear), agent.on('sent', (message) => hear(message))];
  const keys = store === undefined ? [] : keysOf(store, id);
  if (keys.length > 0) resume(keys);
  else step({ type: 'start', atMs: Date.now() });
  return ended.promise;
}

function toArgument({ phase, round, author, text }: Contribution): Argument {
  const at = text.indexOf('\n');
  return { phase, round, author, option: text.slice(0, at), text: text.slice(at + 1) };
}

function readOption(contribution: Contribution): string {
  return toArgument(contribution).option;
}

/** Take part in the debates of this agent's spaces. The answer ends it. */
export function onDebate(
  agent: Agent,
  handler: (turn: DebateTurn) => DebateAnswer | Promise<DebateAnswer>,
  onProblem: (problem: Error) => void = () => undefined,
): () => void {
  async function take(message: Delivered): Promise<void> {
    if (message.type !== 'question' || message.space === undefined || typeof message.content !== 'object')
      return;
    const turn = message.content as unknown as DebateTurn;
    if (turn.debate === undefined) return;
    const answer = await handler({ ...turn, from: message.from as Did });
    if (answer === undefined) return;
    const { debate: id, phase, round } = turn;
    const content = { debate: id, phase, round, ...answer };
    await agent.send({ type: 'answer', space: message.space, parent: message.id, content });
  }

  const hear = (message: Delivered): void => void take(message).catch(onProblem);
  const endings = [agent.on('message', hear), agent.on('sent', hear)];
  return () => {
    for (const end of endings) end();
  };
}
