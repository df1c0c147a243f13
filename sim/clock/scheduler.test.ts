import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RandomStream } from './random.ts';
import { EventScheduler } from './scheduler.ts';

describe('the event scheduler', () => {
  it('hands events out by tick, and within a tick in the order of scheduling, near and far alike', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(500), { maxLength: 300 }),
        fc.constantFrom(2, 16, 1024),
        (ticks, wheelTicks) => {
          const scheduler = new EventScheduler({ wheelTicks });
          ticks.forEach((tick, sequence) => {
            scheduler.schedule(tick, sequence, tick);
          });
          const seen: number[] = [];
          scheduler.run(1000, (a) => seen.push(a));
          const expected = ticks
            .map((tick, sequence) => ({ tick, sequence }))
            .sort((a, b) => a.tick - b.tick || a.sequence - b.sequence)
            .map(({ sequence }) => sequence);
          expect(seen).toEqual(expected);
          expect(scheduler.pendingCount).toBe(0);
        },
      ),
    );
  });

  it('agrees with a sorted list when handlers schedule more, across growth and many turns of the wheel', () => {
    const random = RandomStream.fromSeed(7);
    const scheduler = new EventScheduler({ wheelTicks: 64 });
    const waiting: { tick: number; id: number }[] = [];
    let nextId = 0;
    const add = (tick: number) => {
      waiting.push({ tick, id: nextId });
      scheduler.schedule(tick, nextId++, 0);
    };
    for (let i = 0; i < 500; i++) add(random.below(300));
    let handled = 0;
    scheduler.run(100_000, (a) => {
      let first = waiting[0]!;
      for (const entry of waiting)
        if (entry.tick < first.tick || (entry.tick === first.tick && entry.id < first.id)) first = entry;
      expect(a).toBe(first.id);
      expect(scheduler.nowTick).toBe(first.tick);
      waiting.splice(waiting.indexOf(first), 1);
      if (++handled < 5000)
        for (let i = random.below(3); i >= 0; i--) add(scheduler.nowTick + random.below(200));
    });
    expect(waiting).toEqual([]);
  });

  it('runs what is scheduled for the present tick within the same turn', () => {
    const scheduler = new EventScheduler();
    const seen: number[] = [];
    scheduler.schedule(5, 1, 0);
    scheduler.run(5, (a) => {
      seen.push(a);
      if (a < 4) scheduler.schedule(5, a + 1, 0);
    });
    expect(seen).toEqual([1, 2, 3, 4]);
    expect(scheduler.nowTick).toBe(5);
  });

  it('stops after the present event and goes on from there', () => {
    const scheduler = new EventScheduler();
    for (let i = 0; i < 5; i++) scheduler.schedule(3, i, 0);
    const seen: number[] = [];
    const handle = (a: number) => {
      seen.push(a);
      if (a === 1) scheduler.stop();
    };
    scheduler.run(10, handle);
    expect(seen).toEqual([0, 1]);
    expect(scheduler.nowTick).toBe(3);
    scheduler.run(10, handle);
    expect(seen).toEqual([0, 1, 2, 3, 4]);
    expect(scheduler.nowTick).toBe(10);
  });

  it('refuses the past, and keeps its order where ticks exceed 32 bits', () => {
    const start = 2 ** 40;
    const scheduler = new EventScheduler({ startTick: start, wheelTicks: 32 });
    expect(() => scheduler.schedule(start - 1, 0, 0)).toThrow(RangeError);
    for (const delay of [100, 5, 31, 32, 33, 5]) scheduler.schedule(start + delay, delay, 0);
    const seen: number[] = [];
    scheduler.run(start + 200, (a) => seen.push(a));
    expect(seen).toEqual([5, 5, 31, 32, 33, 100]);
  });

  it('uses its memory again: a million events with a thousand in flight take what a thousand need', () => {
    const scheduler = new EventScheduler({ wheelTicks: 1024 });
    const random = RandomStream.fromSeed(3);
    for (let i = 0; i < 1000; i++) scheduler.schedule(random.below(100), i, 0);
    const bytes = scheduler.bytes;
    while (scheduler.eventCount < 1_000_000)
      scheduler.run(scheduler.nowTick + 1000, (a) =>
        scheduler.schedule(scheduler.nowTick + 1 + (a % 97), a, 0),
      );
    expect(scheduler.bytes).toBe(bytes);
  });
});
