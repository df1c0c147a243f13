import { describe, expect, it } from 'vitest';
import { createSecureRng } from '../../node/adapters/secure-rng.ts';
import { createSystemClock } from '../../node/adapters/system-clock.ts';
import { createSimClock, createSimRng, createSimScheduler } from '../../sim/shell/index.ts';
import { describeClockContract } from './clock-contract.ts';
import { untilReal, untilVirtual } from './world.ts';

describeClockContract('system', () => ({ clock: createSystemClock(), until: untilReal }));
describeClockContract('sim', () => {
  const scheduler = createSimScheduler();
  return { clock: createSimClock(scheduler), until: untilVirtual(scheduler) };
});
describeClockContract('sim, set wrong by an hour', () => {
  const scheduler = createSimScheduler();
  return { clock: createSimClock(scheduler, { skewMs: -3_600_000 }), until: untilVirtual(scheduler) };
});

describe('SystemClock', () => {
  it('waits for a time that one system timer cannot hold', () => {
    const clock = createSystemClock();
    let hasFired = false;
    // 60 days: setTimeout would fire at once.
    const cancel = clock.setTimer(clock.nowMs() + 60 * 86_400_000, () => {
      hasFired = true;
    });
    return new Promise<void>((resolve) => clock.setTimer(clock.nowMs() + 20, resolve)).then(() => {
      cancel();
      clock.stop();
      expect(hasFired).toBe(false);
    });
  });
});

describe('SimScheduler', () => {
  it('runs events of one moment in the order in which they were made, whatever was cancelled', () => {
    const scheduler = createSimScheduler(0);
    const rng = createSimRng(5);
    const expected: { at: number; name: number }[] = [];
    const ran: number[] = [];
    for (let name = 0; name < 500; name++) {
      const at = rng.below(20);
      const cancel = scheduler.schedule(at, () => ran.push(name));
      if (rng.chance(0.3)) cancel();
      else expected.push({ at, name });
    }
    expect(scheduler.pendingCount).toBe(expected.length);
    expect(scheduler.runUntil(100)).toBe(expected.length);
    expect(ran).toEqual(expected.sort((a, b) => a.at - b.at || a.name - b.name).map((event) => event.name));
    expect(scheduler.nowMs()).toBe(100);
  });
});

describe('Rng', () => {
  it.each([
    ['secure', createSecureRng()],
    ['sim', createSimRng(1)],
  ])('%s: numbers spread over 32 bits and bytes over 256 values', (_, rng) => {
    const numbers = Array.from({ length: 4_096 }, () => rng.uint32());
    expect(numbers.every((number) => Number.isInteger(number) && number >= 0 && number < 2 ** 32)).toBe(true);
    const mean = numbers.reduce((sum, number) => sum + number / 2 ** 32, 0) / numbers.length;
    // The mean of 4,096 uniform numbers has a standard deviation of 0.0045.
    expect(Math.abs(mean - 0.5)).toBeLessThan(0.03);
    expect(new Set(numbers).size).toBeGreaterThan(4_090);
    expect(rng.bytes(0).length).toBe(0);
    expect(new Set(rng.bytes(4_097)).size).toBe(256);
  });

  it('sim: a split depends on seed and name, not on what was drawn before', () => {
    const [one, two] = [createSimRng(9), createSimRng(9)];
    one.uint32();
    expect(one.split('disk').bytes(8)).toEqual(two.split('disk').bytes(8));
    expect(one.split('disk').bytes(8)).not.toEqual(two.split('network').bytes(8));
    expect(createSimRng(9).bytes(8)).not.toEqual(createSimRng(10).bytes(8));
  });
});
