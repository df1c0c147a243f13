/** What all desks of one mesh peer share. */
import type { Did, NodeId } from '../../protocol/brand.ts';
import type { CancelTimer, SetTimer } from '../../protocol/machine.ts';
import type { Clock, Keys, Rng, Store, Transport } from '../../protocol/ports.ts';
import type { MeshEvent, MeshEventBody } from './events.ts';
import type { Turn } from './turn.ts';

export interface PeerCore {
  readonly self: NodeId;
  readonly mesh: string;
  readonly clock: Clock;
  readonly rng: Rng;
  readonly keys: Keys;
  readonly store: Store;
  readonly transport: Transport;
  readonly turn: Turn;
  readonly timers: Timers;
  /** Tell whoever watches; kept in the event log. */
  note(event: MeshEventBody): void;
  /** A machine ignored an input: counted by machine and reason. */
  countIgnored(machine: string, reason: string): void;
}

export type { Did, MeshEvent, NodeId };

/** Named one-shot timers of the machines, one namespace per machine. */
export interface Timers {
  apply(machine: string, effect: SetTimer | CancelTimer, fire: (timer: string, atMs: number) => void): void;
  cancelAll(): void;
  readonly count: number;
}

export function createTimers(clock: Clock): Timers {
  const running = new Map<string, () => void>();

  return {
    apply(machine, effect, fire) {
      const key = `${machine} ${effect.timer}`;
      running.get(key)?.();
      running.delete(key);
      if (effect.type === 'cancel-timer') return;
      const cancel = clock.setTimer(effect.dueAtMs, () => {
        running.delete(key);
        fire(effect.timer, clock.nowMs());
      });
      running.set(key, cancel);
    },
    cancelAll() {
      for (const cancel of running.values()) cancel();
      running.clear();
    },
    get count() {
      return running.size;
    },
  };
}
