/**
 * The timers of one machine. A step's timer has its round in its name and starts once; one that was cancelled or
 * belongs to an earlier round is unknown when it fires (L1).
 */
import type { CancelTimer, SetTimer } from '../machine.ts';
import { dueAtMs, type TimedStep, type Timeouts } from './timeouts.ts';

export type TimerKind = TimedStep | 'resend' | 'deadline' | 'retention';

export class Timers {
  readonly #instance: string;
  readonly #timeouts: Timeouts;
  readonly #emit: (effect: SetTimer | CancelTimer) => void;
  readonly #running = new Set<string>();

  constructor(instance: string, timeouts: Timeouts, emit: (effect: SetTimer | CancelTimer) => void) {
    this.#instance = instance;
    this.#timeouts = timeouts;
    this.#emit = emit;
  }

  get count(): number {
    return this.#running.size;
  }

  startStep(step: TimedStep, round: number, atMs: number): void {
    const timer = this.#name(step, round);
    if (this.#running.has(timer)) return;
    this.#running.add(timer);
    this.#emit({ type: 'set-timer', timer, dueAtMs: dueAtMs(this.#timeouts, step, round, atMs) });
  }

  start(kind: 'resend' | 'deadline' | 'retention', dueAtMs: number): void {
    const timer = this.#name(kind, 0);
    this.#running.add(timer);
    this.#emit({ type: 'set-timer', timer, dueAtMs });
  }

  /** The kind of a timer that was running; undefined for a stale one. */
  fire(timer: string): TimerKind | undefined {
    return this.#running.delete(timer) ? (timer.split('/').at(-2) as TimerKind) : undefined;
  }

  cancelSteps(round: number): void {
    for (const kind of ['propose', 'prevote', 'precommit'] as const) this.#cancel(this.#name(kind, round));
  }

  cancelAll(): void {
    for (const timer of [...this.#running]) this.#cancel(timer);
  }

  #cancel(timer: string): void {
    if (this.#running.delete(timer)) this.#emit({ type: 'cancel-timer', timer });
  }

  #name(kind: TimerKind, round: number): string {
    return `consensus/${this.#instance}/${kind}/${round}`;
  }
}
