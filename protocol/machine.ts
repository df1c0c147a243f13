/**
 * The shape every deterministic machine of the mesh shares: an input goes in, effects come out, and
 * nothing else happens. The shell (`node/adapters` or `sim`) owns time, randomness, sockets and disk.
 */

/** What every input carries: its kind and the moment (integer Unix ms) at which the shell took it in. */
export interface MachineInput {
  readonly type: string;
  readonly atMs: number;
}

/** What every effect carries: its kind, in the imperative ("broadcast-vote"). */
export interface MachineEffect {
  readonly type: string;
}

/**
 * A deterministic state machine.
 *
 * `step` is synchronous and total: no peer's input makes it throw, and a late, duplicate or foreign input
 * answers with a single {@link Ignored}. Effects come in the order in which they must happen: whatever has
 * to be durable is listed before the message that depends on it.
 */
export interface Machine<Input extends MachineInput, Effect extends MachineEffect> {
  step(input: Input): readonly Effect[];
}

/** Ask the shell for a `timer-fired` input carrying the same `timer` name. A second one replaces the first. */
export interface SetTimer {
  readonly type: 'set-timer';
  readonly timer: string;
  /** Absolute, integer Unix ms. */
  readonly dueAtMs: number;
}

export interface CancelTimer {
  readonly type: 'cancel-timer';
  readonly timer: string;
}

export interface TimerFired extends MachineInput {
  readonly type: 'timer-fired';
  readonly timer: string;
}

/** The input changed nothing; the reason is a stable kebab-case word that the runtime counts. */
export interface Ignored {
  readonly type: 'ignored';
  readonly reason: string;
}

/** Make a value durable before any later effect of the same answer leaves. `null` deletes. */
export interface Persist {
  readonly type: 'persist';
  readonly bucket: string;
  readonly key: string;
  readonly value: string | Uint8Array | null;
}

/** Build the answer of an input that changes nothing. */
export function ignore(reason: string): readonly Ignored[] {
  return [{ type: 'ignored', reason }];
}
