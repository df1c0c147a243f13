import { describe, expect, it } from 'vitest';
import { nestingDepthMax, planNesting } from './index.ts';

const ten = { tokens: 10, moneyMicros: 10, timeMs: 10 };
const facts = { outerDepth: 0, outerEndsAt: 1_000, leaseMs: 100, available: ten, wanted: ten, atMs: 0 };

describe('a team inside a team', () => {
  it('is bounded in depth, budget and time by the one around it', () => {
    expect(planNesting(facts)).toEqual({ allowed: true, depth: 1, budget: ten, endsAt: 900 });
    expect(planNesting({ ...facts, outerDepth: nestingDepthMax - 1 })).toMatchObject({ reason: 'too-deep' });
    expect(planNesting({ ...facts, wanted: { ...ten, tokens: 11 } })).toMatchObject({
      reason: 'over-budget',
    });
    expect(planNesting({ ...facts, atMs: 900 })).toMatchObject({ reason: 'no-time' });
  });
});
