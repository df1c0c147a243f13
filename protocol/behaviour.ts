/**
 * What an agent does, as a plain object: hears a message, answers by sending, never waits. The simulator calls it
 * directly and the client runs the same object on a socket; whatever it asks for comes back as a later message, so
 * virtual time needs no event loop. Only what {@link BehaviourContext} hands out differs between the two.
 */
import type { Did } from './brand.ts';

/** What an agent hears: envelopes, receipts, errors, answers to its queries, and its own alarms. */
export type Heard = Readonly<Record<string, unknown>> & { readonly type: string };

/** What an agent says: an envelope without what the node fills in, or a word to the node only, such as a query. */
export type Said = Readonly<Record<string, unknown>> & { readonly type: string };

/** The agent's world. Time and chance are virtual and drawn from the seed in a simulation, real on real nodes. */
export interface BehaviourContext {
  readonly self: Did;
  /** Display name, unique in its world. */
  readonly name: string;
  /** Number of the agent, from 0, and of all agents. */
  readonly index: number;
  readonly agentCount: number;
  /** Integer Unix ms: the virtual clock of the agent's node, or this machine's. Never backward. */
  nowMs(): number;
  /** Uniform in [0, 1): from the agent's own stream of the seed, or from the machine's generator. */
  random(): number;
  /** Say something; the answer is the message's id. Nothing is said while there is no node. */
  send(message: Said): string;
  /** Hear `{ type: 'alarm', word }` after `delayMs`, virtual or real; forgotten when the node is lost before. */
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

/** What keeps a value from being a {@link Behaviour}, as the end of a sentence; `undefined` for one that is. */
export function findBehaviourFault(made: unknown): string | undefined {
  if (made === undefined) return 'makes nothing; let it return an object';
  if (typeof made !== 'object' || made === null) return `makes ${describeKind(made)}, not an object`;
  const { on, start, capability } = made as Readonly<Record<keyof Behaviour, unknown>>;
  if (typeof on !== 'function') return `makes an agent whose \`on\` is ${describeKind(on)}, not a function`;
  if (start !== undefined && typeof start !== 'function')
    return `makes an agent whose \`start\` is ${describeKind(start)}, not a function`;
  if (capability !== undefined && typeof capability !== 'string')
    return `makes an agent whose \`capability\` is ${describeKind(capability)}, not a text`;
  return undefined;
}

function describeKind(value: unknown): string {
  if (value === undefined) return 'missing';
  return value === null ? 'null' : `a ${typeof value}`;
}
