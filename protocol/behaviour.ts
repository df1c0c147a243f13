/**
 * What an agent does, as a plain object: hears a message, answers by sending, never waits. The simulator calls it
 * directly; whatever it asks for comes back as a later message, so virtual time needs no event loop.
 */
import type { Did } from './brand.ts';

/** What an agent hears: envelopes, receipts, errors, answers to its queries, and its own alarms. */
export type Heard = Readonly<Record<string, unknown>> & { readonly type: string };

export interface BehaviourContext {
  readonly self: Did;
  /** Display name, unique in its world. */
  readonly name: string;
  /** Number of the agent, from 0, and of all agents. */
  readonly index: number;
  readonly agentCount: number;
  /** Integer Unix ms of the agent's node. */
  nowMs(): number;
  /** Uniform in [0, 1), from the agent's own stream. */
  random(): number;
  /** Say something; the answer is the message's id. */
  send(message: Readonly<Record<string, unknown>> & { readonly type: string }): string;
  /** Hear `{ type: 'alarm', word }` after `delayMs`. */
  after(delayMs: number, word: string): void;
  /** Count something: it appears among the run's figures under this name. */
  count(figure: string, amount?: number): void;
}

export interface Behaviour {
  /** What the agent announces, if anything. */
  readonly capability?: string;
  /** The agent has joined: its first chance to speak. Called again after its node restarted. */
  start?(context: BehaviourContext): void;
  on(message: Heard, context: BehaviourContext): void;
}

/** Makes the behaviour of one agent; called once per agent, in the order of their numbers. */
export type BehaviourFactory = (index: number, agentCount: number) => Behaviour;

/** Makes a behaviour of the given functions; a place for the editor to check their types. */
export function defineBehaviour(make: BehaviourFactory): BehaviourFactory {
  return make;
}
