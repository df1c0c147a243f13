/**
 * The line of those who lost a resource: holders have leases, waiters gain with age, so nobody starves.
 *
 * The key of a waiter is utility + agingPerMs × waiting time. Utilities are capped, so a waiter of age
 * `utilityMax / agingPerMs` goes before every newcomer.
 */
import type { Did } from '../brand.ts';
import { compareText } from '../bytes.ts';
import {
  type CancelTimer,
  type Ignored,
  ignore,
  type Machine,
  type SetTimer,
  type TimerFired,
} from '../machine.ts';

/** Credits; larger utilities count as this. */
export const utilityMax = 1_000;
/** One credit per 100 ms: the least worthy request goes before any newcomer after 100 s. Judgement. */
export const agingPerMs = 0.01;
export const waitersMax = 256;

export type QueueInput =
  | { readonly type: 'request'; readonly atMs: number; readonly agent: Did; readonly utility: number }
  | { readonly type: 'release'; readonly atMs: number; readonly agent: Did }
  | TimerFired;

export type QueueEffect =
  | SetTimer
  | CancelTimer
  | Ignored
  | { readonly type: 'grant-resource'; readonly agent: Did; readonly untilMs: number }
  | { readonly type: 'revoke-resource'; readonly agent: Did }
  | { readonly type: 'refuse-request'; readonly agent: Did; readonly reason: 'queue-full' };

export interface QueueInit {
  readonly resource: string;
  readonly units: number;
  readonly leaseMs: number;
}

export function createResourceQueue(init: QueueInit): Machine<QueueInput, QueueEffect> {
  const holders = new Map<Did, number>();
  const waiters = new Map<Did, { utility: number; sinceMs: number }>();
  return { step };

  function step(input: QueueInput): readonly QueueEffect[] {
    switch (input.type) {
      case 'request':
        return request(input);
      case 'release':
        return release(input.agent, input.atMs);
      case 'timer-fired':
        return expire(input);
    }
  }

  function request({ agent, utility, atMs }: QueueInput & { type: 'request' }): readonly QueueEffect[] {
    if (holders.has(agent) || waiters.has(agent)) return ignore('duplicate');
    if (waiters.size >= waitersMax) return [{ type: 'refuse-request', agent, reason: 'queue-full' }];
    const worth = Number.isFinite(utility) ? Math.min(utilityMax, Math.max(0, utility)) : 0;
    waiters.set(agent, { utility: worth, sinceMs: atMs });
    const granted = grantFree(atMs);
    return granted.length > 0 ? granted : ignore('waiting');
  }

  function release(agent: Did, atMs: number): readonly QueueEffect[] {
    if (waiters.delete(agent)) return ignore('left-queue');
    if (!holders.delete(agent)) return ignore('not-a-holder');
    return [{ type: 'cancel-timer', timer: timerName(agent) }, ...grantFree(atMs)];
  }

  function expire(input: TimerFired): readonly QueueEffect[] {
    const agent = [...holders.keys()].find((holder) => timerName(holder) === input.timer);
    if (agent === undefined || holders.get(agent)! > input.atMs) return ignore('stale-timer');
    holders.delete(agent);
    return [{ type: 'revoke-resource', agent }, ...grantFree(input.atMs)];
  }

  function grantFree(atMs: number): readonly QueueEffect[] {
    const effects: QueueEffect[] = [];
    while (holders.size < init.units && waiters.size > 0) {
      const agent = pickNext(atMs);
      waiters.delete(agent);
      const untilMs = atMs + init.leaseMs;
      holders.set(agent, untilMs);
      effects.push(
        { type: 'set-timer', timer: timerName(agent), dueAtMs: untilMs },
        { type: 'grant-resource', agent, untilMs },
      );
    }
    return effects;
  }

  function pickNext(atMs: number): Did {
    const key = ([, waiter]: [Did, { utility: number; sinceMs: number }]) =>
      waiter.utility + agingPerMs * (atMs - waiter.sinceMs);
    return [...waiters].sort((a, b) => key(b) - key(a) || compareText(a[0], b[0]))[0]![0];
  }

  function timerName(agent: Did): string {
    return `resource/${init.resource}/${agent}`;
  }
}
