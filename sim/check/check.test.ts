import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SimKernel } from '../clock/kernel.ts';
import { RandomStream } from '../clock/random.ts';
import { EventLog } from './event-log.ts';
import { type Breach, Coverage, InvariantChecks } from './invariants.ts';
import { compareRuns, describeDifference, findDifference, type ReplayableRun } from './replay.ts';
import { shrinkList, shrinkNumber } from './shrink.ts';
import { forbidAmbient } from './tripwire.ts';

/** Twenty peers pass tokens around on the kernel; `chooseNext` is where a bug goes in. */
function tokenRing(chooseNext: (peers: readonly number[], random: RandomStream) => number): ReplayableRun {
  return (log) => {
    const kernel = new SimKernel({ startMs: 0 });
    const random = RandomStream.fromSeed(11);
    const peers = Array.from({ length: 20 }, (_, i) => i);
    const pass = (peer: number) => {
      log.add(kernel.nowMs(), `token at ${peer}`);
      const next = chooseNext(peers, random);
      kernel.schedule(kernel.nowMs() + 1 + random.below(5), () => pass(next));
    };
    kernel.schedule(1, () => pass(0));
    kernel.runFor(1000);
  };
}

/** Module-level state, as a forgotten registry would be: filled in another order the second time. */
const registry = new Set<number>();

describe('replay', () => {
  it('finds two runs of an honest world equal', () => {
    const result = compareRuns(
      tokenRing((peers, random) => peers[random.below(20)]!),
      3,
    );
    expect(result.isEqual).toBe(true);
    if (result.isEqual) expect(result.eventCount).toBeGreaterThan(200);
  });

  it('names the first event after a wall-clock read', () => {
    let reads = 0;
    const run = tokenRing((peers, random) => {
      const index = random.below(20);
      // The planted bug: on the 51st pass, the wall clock decides.
      return ++reads % 300 === 51 ? peers[Math.floor(performance.now() * 1e6) % 20]! : peers[index]!;
    });
    const results = Array.from({ length: 3 }, () => {
      reads = 0;
      return compareRuns((log) => {
        reads = 0;
        run(log);
      }, 4);
    });
    const different = results.filter((result) => !result.isEqual);
    expect(different.length).toBeGreaterThan(0);
    for (const result of different) {
      if (result.isEqual) continue;
      expect(result.index).toBe(51);
      expect(result.before.at(-1)?.index).toBe(50);
      expect(describeDifference(result)).toContain('differ at event 51');
    }
  });

  it('names the first event after an iteration whose order an earlier run has changed', () => {
    const run = tokenRing((_peers, random) => {
      const drawn = random.below(20);
      // The planted bug: the order of a set that outlives the run.
      registry.delete(drawn);
      registry.add(drawn);
      return [...registry][0]!;
    });
    registry.clear();
    const result = compareRuns(run);
    expect(result.isEqual).toBe(false);
    if (result.isEqual) return;
    expect(result.event?.text).toMatch(/^token at/);
    expect(result.other?.text).toMatch(/^token at/);
    expect(result.event?.text).not.toBe(result.other?.text);
  });

  it('names the end of the shorter run', () => {
    const recorded = new EventLog();
    for (let i = 0; i < 10; i++) recorded.add(i, `event ${i}`);
    const shorter = findDifference((log) => {
      for (let i = 0; i < 7; i++) log.add(i, `event ${i}`);
    }, recorded);
    expect(shorter).toMatchObject({ index: 7, event: undefined });
    const longer = findDifference((log) => {
      for (let i = 0; i < 12; i++) log.add(i, `event ${i}`);
    }, recorded);
    expect(longer).toMatchObject({ index: 10, event: { text: 'event 10' } });
  });
});

describe('the event log', () => {
  it('keeps the last words, all hashes, and a digest that any change changes', () => {
    const fill = (change: number) => {
      const log = new EventLog({ textsMax: 10 });
      for (let i = 0; i < 5000; i++) log.add(i, i === change ? 'other' : `event ${i}`);
      return log;
    };
    const log = fill(-1);
    expect(log.recent()).toHaveLength(10);
    expect(log.recent()[0]!.index).toBe(4990);
    expect(log.digest).toBe(fill(-1).digest);
    expect(log.digest).not.toBe(fill(4999).digest);
    expect(log.hashAt(17)).toBe(fill(18).hashAt(17));
    expect(log.hashAt(18)).not.toBe(fill(18).hashAt(18));
  });
});

describe('tripwires', () => {
  it('name a wall-clock read and a global draw, and are gone afterwards', () => {
    for (const call of [
      () => Date.now(),
      () => Math.random(),
      () => performance.now(),
      () => crypto.randomUUID(),
      () => setTimeout(() => undefined, 1),
    ])
      expect(() => forbidAmbient<unknown>(call)).toThrow(/AMP-1905/);
    expect(forbidAmbient(() => 5)).toBe(5);
    expect(performance.now()).toBeGreaterThan(0);
    expect(Date.now()).toBeGreaterThan(0);
    expect(Math.random()).toBeLessThan(1);
  });
});

describe('invariant checks', () => {
  const init = { seed: 9, command: 'ampmesh sim replay x.yaml --seed 9', eventCount: () => 42 };
  const checker = (name: string, everyMs: number, check: (nowMs: number) => Breach | undefined) => ({
    name,
    everyMs,
    check,
  });

  it('end the run at the first breach with seed, event and command', () => {
    const checks = new InvariantChecks(
      [
        checker('tokens are kept', 0, (nowMs) =>
          nowMs > 5 ? { what: 'one is gone', facts: { token: 3 } } : undefined,
        ),
      ],
      init,
    );
    checks.run(5);
    expect(() => checks.run(6)).toThrow(/tokens are kept.*6 ms, event 42: one is gone.*--seed 9/);
    try {
      checks.run(6);
    } catch (error) {
      expect(error).toMatchObject({ code: 'AMP-1904', facts: { seed: 9, token: 3, eventCount: 42 } });
    }
  });

  it('look as often as they ask for, and once more at the end', () => {
    const checks = new InvariantChecks(
      [checker('every', 0, () => undefined), checker('seldom', 100, () => undefined)],
      init,
    );
    for (let ms = 0; ms < 1000; ms++) checks.run(ms);
    expect([...checks.checkCounts]).toEqual([1000, 10]);
    const atEnd = new InvariantChecks(
      [{ ...checker('quiet', 1000, () => undefined), finish: () => ({ what: 'not converged' }) }],
      init,
    );
    expect(() => atEnd.finish(5)).toThrow(/not converged/);
  });

  it('count what must sometimes happen, over runs', () => {
    const left = new Coverage();
    left.hit('skip');
    const right = new Coverage();
    right.hit('skip', 2);
    right.hit('fork');
    left.merge(right);
    expect(left.entries()).toEqual([
      ['fork', 1],
      ['skip', 3],
    ]);
    expect(left.missing(['skip', 'rebuild', 'fork'])).toEqual(['rebuild']);
  });
});

describe('the shrinker', () => {
  it('finds exactly the culprits, wherever they are', () => {
    fc.assert(
      fc.property(
        fc
          .integer({ min: 1, max: 120 })
          .chain((length) =>
            fc.tuple(
              fc.constant(length),
              fc.uniqueArray(fc.integer({ min: 0, max: length - 1 }), { minLength: 1, maxLength: 5 }),
            ),
          ),
        ([length, culprits]) => {
          const items = Array.from({ length }, (_, i) => i);
          const shrunk = shrinkList(items, (part) => culprits.every((culprit) => part.includes(culprit)));
          expect([...shrunk.items]).toEqual([...culprits].sort((a, b) => a - b));
          expect(shrunk.isMinimal).toBe(true);
        },
      ),
    );
  });

  it('answers with a minimal list where several do, and keeps to its budget', () => {
    const items = Array.from({ length: 64 }, (_, i) => i);
    const fails = (part: readonly number[]) => part.filter((item) => item % 2 === 0).length >= 3;
    const shrunk = shrinkList(items, fails);
    expect(shrunk.items).toHaveLength(3);
    const cut = shrinkList(items, fails, { runsMax: 4 });
    expect(cut.runs).toBeLessThanOrEqual(5);
    expect(fails(cut.items)).toBe(true);
    expect(cut.isMinimal).toBe(false);
  });

  it('refuses what does not fail, and shrinks to nothing what always fails', () => {
    expect(() => shrinkList([1, 2], () => false)).toThrow(RangeError);
    expect(shrinkList([1, 2], () => true).items).toEqual([]);
    expect(shrinkNumber(1, 1000, (value) => value >= 37)).toBe(37);
  });
});
