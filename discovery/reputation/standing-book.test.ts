import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Did } from '../../protocol/brand.ts';
import { createFakeKeys, didOf, fakeMesh, fakeNowMs } from '../../test/discovery/fakes.ts';
import { Calibration } from './calibration.ts';
import { decodeOutcome, type OutcomeDraft, outcomeAgeMaxMs, sealOutcome } from './outcome-record.ts';
import { StandingBook, type StandingInput, standingDefaults, trustTimer } from './standing-book.ts';
import { computeTrust } from './trust.ts';

const keys = createFakeKeys();
const me = didOf(1);
const dayMs = 24 * 3_600_000;
let taskNumber = 0;

function draft(rater: Did, agent: Did, score: number, fields: Partial<OutcomeDraft> = {}): OutcomeDraft {
  const task = `01890000-0000-7000-8000-${(taskNumber++).toString(16).padStart(12, '0')}`;
  return {
    ...{ record: 'outcome', mesh: fakeMesh, rater, agent, capability: 'plan', task, score },
    at: fakeNowMs,
    ...fields,
  };
}

function take(book: StandingBook, ...args: Parameters<typeof draft>) {
  const outcome = sealOutcome(draft(...args), keys);
  return book.step({ type: 'outcome-received', atMs: Math.max(fakeNowMs, outcome.body.at), outcome });
}

function refresh(book: StandingBook, atMs = fakeNowMs) {
  return book.step({ type: 'timer-fired', atMs, timer: trustTimer });
}

const meanOf = (book: StandingBook, agent: Did, capability = 'plan', nowMs = fakeNowMs) =>
  book.reputationOf(agent, capability, nowMs).mean;

describe('an outcome', () => {
  const context = { mesh: fakeMesh, nowMs: fakeNowMs, keys };
  const codeOf = (fields: Partial<OutcomeDraft>) => {
    const { bytes } = sealOutcome(draft(me, didOf(2), 0, fields), keys);
    const result = decodeOutcome(bytes, {
      ...context,
      checkAuthority: (body) => (body.key ?? body.rater) as Did,
    });
    return result.ok ? 'accepted' : result.refusal.code;
  };

  test('is refused about oneself, from another mesh, too old, from the future, or contradicting itself', () => {
    expect(codeOf({})).toBe('accepted');
    expect(codeOf({ agent: me })).toBe('AMP-1603');
    expect(codeOf({ mesh: 'other' })).toBe('AMP-1105');
    expect(codeOf({ at: fakeNowMs - outcomeAgeMaxMs })).toBe('AMP-1602');
    expect(codeOf({ at: fakeNowMs + 60_001 })).toBe('AMP-1012');
    expect(codeOf({ isSchemaBreach: true, score: 0.5 })).toBe('AMP-1601');
    expect(codeOf({ isSchemaBreach: true })).toBe('accepted');
  });

  test('with a changed byte is refused', () => {
    const { bytes } = sealOutcome(draft(me, didOf(2), 1), keys);
    const text = new TextDecoder().decode(bytes).replace('"score":1', '"score":0');
    const result = decodeOutcome(new TextEncoder().encode(text), { ...context, checkAuthority: () => me });
    expect(result.ok === false && result.refusal.code).toBe('AMP-1101');
  });

  test('of one task counts once', () => {
    const book = new StandingBook({ trusted: [me] });
    const outcome = sealOutcome(draft(me, didOf(2), 1), keys);
    const input: StandingInput = { type: 'outcome-received', atMs: fakeNowMs, outcome };
    expect(book.step(input)[0]).toMatchObject({ type: 'persist' });
    expect(book.step(input)).toEqual([{ type: 'ignored', reason: 'duplicate' }]);
  });
});

describe('reputation', () => {
  test('of a newcomer is the documented prior, and moves with each outcome', () => {
    const book = new StandingBook({ trusted: [me] });
    expect(meanOf(book, didOf(2))).toBe(standingDefaults.priorMean);
    take(book, me, didOf(2), 1);
    expect(meanOf(book, didOf(2))).toBeCloseTo(2 / 3, 12);
    take(book, me, didOf(2), 0);
    expect(meanOf(book, didOf(2))).toBeCloseTo(1 / 2, 12);
  });

  test('is kept for each capability, and carries over to others only as a prior', () => {
    const book = new StandingBook({ trusted: [me] });
    for (let i = 0; i < 8; i++) take(book, me, didOf(2), 1, { capability: 'code' });
    const [code, draw] = ['code', 'draw'].map((capability) => meanOf(book, didOf(2), capability));
    expect(code).toBeGreaterThan(draw!);
    expect(draw).toBeGreaterThan(0.5);
  });

  test('halves its evidence once per half-life and returns to the prior', () => {
    const book = new StandingBook({ trusted: [me], halfLifeMs: dayMs });
    for (let i = 0; i < 4; i++) take(book, me, didOf(2), 1);
    expect(book.reputationOf(didOf(2), 'plan', fakeNowMs).weight).toBeCloseTo(4, 9);
    expect(book.reputationOf(didOf(2), 'plan', fakeNowMs + dayMs).weight).toBeCloseTo(2, 9);
    expect(meanOf(book, didOf(2), 'plan', fakeNowMs + 30 * dayMs)).toBeCloseTo(0.5, 6);
  });

  test('does not depend on the order in which outcomes arrive', () => {
    const outcome = fc.record({ score: fc.constantFrom(0, 0.5, 1), day: fc.nat(20), rater: fc.nat(3) });
    const property = fc.property(
      fc.array(outcome, { maxLength: 20, size: 'max' }),
      fc.nat(1_000),
      (outcomes, seed) => {
        const drafts = outcomes.map(({ score, day, rater }) =>
          sealOutcome(draft(didOf(rater + 1), didOf(9), score, { at: fakeNowMs - day * dayMs }), keys),
        );
        const shuffled = [...drafts].sort(
          (a, b) => (a.body.task > b.body.task ? 1 : -1) * ((seed % 2) * 2 - 1),
        );
        const means = [drafts, shuffled].map((order) => {
          const book = new StandingBook({ trusted: [me] });
          for (const entry of order) book.step({ type: 'outcome-received', atMs: fakeNowMs, outcome: entry });
          refresh(book);
          return meanOf(book, didOf(9));
        });
        expect(means[0]).toBeCloseTo(means[1]!, 9);
      },
    );
    fc.assert(property, { numRuns: 150, seed: 5 });
  });

  test('is moved by any number of invented raters no further than by two own outcomes', () => {
    const book = new StandingBook({ trusted: [me] });
    for (let i = 0; i < 500; i++) take(book, didOf(100 + i), didOf(2), 1);
    refresh(book);
    const twoOwn = new StandingBook({ trusted: [me] });
    take(twoOwn, me, didOf(2), 1);
    take(twoOwn, me, didOf(2), 1);
    expect(meanOf(book, didOf(2))).toBeLessThanOrEqual(meanOf(twoOwn, didOf(2)) + 1e-9);
  });

  test('listens to a rater whose work was good and whose word held, and no more to one whose word did not', () => {
    const book = new StandingBook({ trusted: [me] });
    const [honest, liar, seen, unseen] = [didOf(10), didOf(11), didOf(12), didOf(13)];
    for (const rater of [honest, liar]) for (let i = 0; i < 4; i++) take(book, me, rater, 1);
    for (let i = 0; i < 4; i++) take(book, me, seen, 0);
    for (let i = 0; i < 4; i++) take(book, honest, seen, 0);
    for (let i = 0; i < 4; i++) take(book, liar, seen, 1);
    for (let i = 0; i < 4; i++) take(book, honest, unseen, 0);
    for (let i = 0; i < 4; i++) take(book, liar, unseen, 1);
    refresh(book);
    expect(book.trustOf(honest)).toBeGreaterThan(0);
    expect(book.trustOf(liar)).toBe(0);
    expect(meanOf(book, unseen)).toBeLessThan(0.5);
  });

  test('is the same after a restart from the persisted outcomes', () => {
    const book = new StandingBook({ trusted: [me] });
    const outcomes = Array.from({ length: 60 }, (_, i) =>
      sealOutcome(
        draft(didOf((i % 3) + 1), didOf(4 + (i % 5)), i % 4 === 0 ? 0 : 1, {
          confidence: 0.9,
          at: fakeNowMs + i,
        }),
        keys,
      ),
    );
    for (const outcome of outcomes) book.step({ type: 'outcome-received', atMs: fakeNowMs + 99, outcome });
    refresh(book, fakeNowMs + 99);
    const again = new StandingBook({ trusted: [me] });
    again.step({ type: 'load', atMs: fakeNowMs + 99, outcomes: [...outcomes].reverse() });
    for (let agent = 4; agent < 9; agent++)
      expect(meanOf(again, didOf(agent), 'plan', fakeNowMs + 99)).toBeCloseTo(
        meanOf(book, didOf(agent), 'plan', fakeNowMs + 99),
        9,
      );
    expect(again.outcomeCount).toBe(60);
  });

  test('forgets outcomes after 30 days, on disk too', () => {
    const book = new StandingBook({ trusted: [me] });
    take(book, me, didOf(2), 1);
    const gone = refresh(book, fakeNowMs + outcomeAgeMaxMs);
    expect(gone[0]).toMatchObject({ type: 'persist', value: null });
    expect(book.outcomeCount).toBe(0);
  });
});

describe('trust', () => {
  const edge = fc.record({
    from: fc.nat(6).map(String),
    to: fc.nat(6).map(String),
    weight: fc.integer({ min: -2, max: 5 }),
  });

  test('is never more than one in all, never negative, and the same for any order', () => {
    const property = fc.property(fc.array(edge, { maxLength: 30, size: 'max' }), (edges) => {
      const trust = computeTrust(edges, ['0', '1']);
      const again = computeTrust([...edges].reverse(), ['1', '0']);
      const values = [...trust.values()];
      expect(values.every((value) => value >= 0)).toBe(true);
      expect(values.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 9);
      for (const [agent, value] of trust) expect(again.get(agent)).toBeCloseTo(value, 9);
    });
    fc.assert(property, { numRuns: 300, seed: 6 });
  });

  test('does not reach those whom nobody trusted was served by', () => {
    const trust = computeTrust(
      [
        { from: 'x', to: 'y', weight: 9 },
        { from: 'a', to: 'b', weight: 1 },
      ],
      ['a'],
    );
    expect([...trust.keys()].sort()).toEqual(['a', 'b']);
  });
});

describe('calibration', () => {
  test('learns that a boaster’s 0.95 means 0.2, and improves the Brier score', () => {
    const calibration = new Calibration(dayMs);
    for (let i = 0; i < 50; i++) calibration.learn(0.95, i % 5 === 0 ? 1 : 0, fakeNowMs);
    expect(calibration.calibrate(0.95, fakeNowMs)).toBeCloseTo(0.2, 1);
    const { raw, calibrated } = calibration.brier(fakeNowMs);
    expect(raw).toBeGreaterThan(0.6);
    expect(calibrated).toBeLessThan(0.25);
  });

  test('leaves an honest forecaster nearly as it is, and takes a stranger’s word at half', () => {
    const calibration = new Calibration(dayMs);
    expect(calibration.calibrate(0.9, fakeNowMs)).toBeCloseTo(0.7, 9);
    for (let i = 0; i < 100; i++) calibration.learn(0.85, i % 20 < 17 ? 1 : 0, fakeNowMs);
    expect(calibration.calibrate(0.85, fakeNowMs)).toBeCloseTo(0.85, 1);
  });

  test('always answers between 0 and 1', () => {
    const pair = fc.tuple(
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.double({ min: 0, max: 1, noNaN: true }),
    );
    const property = fc.property(
      fc.array(pair, { maxLength: 30, size: 'max' }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (pairs, raw) => {
        const calibration = new Calibration(dayMs, new Calibration(dayMs));
        for (const [claim, score] of pairs) calibration.learn(claim, score, fakeNowMs);
        const value = calibration.calibrate(raw, fakeNowMs);
        expect(value >= 0 && value <= 1).toBe(true);
      },
    );
    fc.assert(property, { numRuns: 200, seed: 8 });
  });
});

describe('affinity', () => {
  test('grows with success, falls with failure, and fades to neutral', () => {
    const book = new StandingBook({ trusted: [me], halfLifeMs: dayMs });
    expect(book.affinityOf(me, didOf(2), fakeNowMs)).toBe(0.5);
    take(book, me, didOf(2), 1);
    take(book, me, didOf(3), 0);
    expect(book.affinityOf(me, didOf(2), fakeNowMs)).toBeCloseTo(0.6, 9);
    expect(book.affinityOf(me, didOf(3), fakeNowMs)).toBeCloseTo(0.4, 9);
    expect(book.affinityOf(me, didOf(2), fakeNowMs + dayMs)).toBeCloseTo(0.55, 9);
  });
});
