/** What every `Clock` promises, whatever makes its time pass. */
import { describe, expect, it } from 'vitest';
import type { Clock } from '../../protocol/ports.ts';
import type { Until } from './world.ts';

export interface ClockWorld {
  readonly clock: Clock & { stop(): void };
  readonly until: Until;
}

export function describeClockContract(name: string, create: () => ClockWorld): void {
  async function withClock(run: (world: ClockWorld) => Promise<void>): Promise<void> {
    const world = create();
    try {
      await run(world);
    } finally {
      world.clock.stop();
    }
  }

  describe(`Clock contract: ${name}`, () => {
    it('tells integer milliseconds that never go backward', () =>
      withClock(async ({ clock, until }) => {
        const readings = [clock.nowMs()];
        const startMs = readings[0]!;
        const tick = () => {
          readings.push(clock.nowMs());
          clock.setTimer(clock.nowMs() + 1, tick);
        };
        tick();
        await until('time passes', () => readings.at(-1)! > startMs + 20);
        expect(readings).toEqual([...readings].sort((a, b) => a - b));
        expect(readings.every(Number.isSafeInteger)).toBe(true);
      }));

    it('fires timers in the order of their times, not before them, once', () =>
      withClock(async ({ clock, until }) => {
        const fired: number[] = [];
        const startMs = clock.nowMs();
        let early = 0;
        for (const delayMs of [40, 0, 20, -5])
          clock.setTimer(startMs + delayMs, () => {
            if (clock.nowMs() < startMs + delayMs) early++;
            fired.push(delayMs);
          });
        expect(fired).toEqual([]);
        await until('all fired', () => fired.length >= 4);
        expect(new Set(fired.slice(0, 2))).toEqual(new Set([0, -5]));
        expect(fired.slice(2)).toEqual([20, 40]);
        expect(early).toBe(0);
      }));

    it('does not fire a cancelled timer, and cancelling twice or late does nothing', () =>
      withClock(async ({ clock, until }) => {
        const fired: string[] = [];
        const cancel = clock.setTimer(clock.nowMs() + 5, () => fired.push('cancelled'));
        const cancelLate = clock.setTimer(clock.nowMs() + 10, () => fired.push('fired'));
        cancel();
        cancel();
        await until('the other fired', () => fired.length > 0);
        cancelLate();
        expect(fired).toEqual(['fired']);
      }));

    it('defers to after the present turn, in order', () =>
      withClock(async ({ clock, until }) => {
        const order: string[] = [];
        clock.defer(() => order.push('first'));
        clock.defer(() => order.push('second'));
        order.push('now');
        await until('both ran', () => order.length === 3);
        expect(order).toEqual(['now', 'first', 'second']);
      }));

    it('runs nothing after it was stopped', () => {
      const stopped = create();
      return withClock(async ({ clock, until }) => {
        let ranCount = 0;
        const count = () => ranCount++;
        stopped.clock.setTimer(stopped.clock.nowMs() + 1, count);
        stopped.clock.defer(count);
        stopped.clock.stop();
        stopped.clock.setTimer(stopped.clock.nowMs(), count);
        stopped.clock.defer(count);
        let isOver = false;
        clock.setTimer(clock.nowMs() + 30, () => {
          isOver = true;
        });
        await until('they would have run', () => isOver);
        await stopped.until('nothing is left', () => true);
        expect(ranCount).toBe(0);
      });
    });
  });
}
