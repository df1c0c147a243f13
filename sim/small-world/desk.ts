/** Runs one machine for one agent: persists, arms timers, sends its letters; the rest of its effects go to `act`. */
import type { Did } from '../../protocol/brand.ts';
import type { Machine, MachineInput } from '../../protocol/machine.ts';
import type { SmallWorld } from './small-world.ts';

interface AnyEffect {
  readonly type: string;
}

export interface DeskInit<Input extends MachineInput, Effect extends AnyEffect> {
  readonly world: SmallWorld;
  readonly agent: number;
  /** The conversation that its letters belong to. */
  readonly thread: string;
  /** Anew, or from what was persisted. */
  readonly make: (saved: string | undefined) => Machine<Input, Effect>;
  /** What the agent behind the machine does. */
  readonly act: (effect: Effect) => void;
  /** Sees every effect before it is done. */
  readonly watch?: (effect: Effect) => void;
}

/** `atMs` is the desk's to fill in. */
export type Given<Input> = Input extends { readonly atMs: number } ? Omit<Input, 'atMs'> : never;

export class Desk<Input extends MachineInput, Effect extends AnyEffect> {
  readonly #init: DeskInit<Input, Effect>;
  #machine: Machine<Input, Effect>;
  #saved: string | undefined;

  constructor(init: DeskInit<Input, Effect>) {
    this.#init = init;
    this.#machine = init.make(undefined);
  }

  give(input: Given<Input>): void {
    const { world, agent, watch } = this.#init;
    if (!world.isUp(agent)) return;
    const effects = this.#machine.step({ ...input, atMs: world.nowMs } as unknown as Input);
    for (const effect of effects) {
      watch?.(effect);
      this.#perform(effect);
    }
  }

  /** A machine of an agent that came back: what it had persisted, and the news that it is back. */
  restart(): void {
    this.#machine = this.#init.make(this.#saved);
    if (this.#saved !== undefined) this.give({ type: 'recovered' } as unknown as Given<Input>);
  }

  #perform(effect: Effect): void {
    const { world, agent, thread, act } = this.#init;
    const { type } = effect;
    if (type === 'ignored') return;
    if (type === 'persist') {
      this.#saved = String((effect as unknown as { value: unknown }).value);
      return;
    }
    if (type === 'set-timer') {
      const { timer, dueAtMs } = effect as unknown as { timer: string; dueAtMs: number };
      world.setTimer(agent, timer, dueAtMs, () =>
        this.give({ type: 'timer-fired', timer } as unknown as Given<Input>),
      );
      return;
    }
    if (type === 'cancel-timer')
      return world.cancelTimer(agent, (effect as unknown as { timer: string }).timer);
    const { to, body } = effect as unknown as { to?: Did | readonly Did[]; body?: unknown };
    if (!type.startsWith('send-') || to === undefined) return act(effect);
    for (const one of typeof to === 'string' ? [to] : to)
      world.send(agent, world.indexOf(one), type.slice('send-'.length), body, thread);
  }
}
