import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Did } from '../brand.ts';
import { type Amount, addAmounts, fitsCeiling, nothing } from '../budget/amount.ts';
import { rankCoordinators } from './choose-coordinator.ts';
import { chooseTeam, type TeamCandidate, type TeamRequest } from './choose-team.ts';

const skills = ['a', 'b', 'c', 'd'];
const cost = (tokens: number): Amount => ({ tokens, moneyMicros: 0, timeMs: 0 });

const candidateArb = fc.record(
  {
    tokens: fc.nat(50),
    a: fc.integer({ min: 1, max: 100 }),
    b: fc.integer({ min: 1, max: 100 }),
    c: fc.integer({ min: 1, max: 100 }),
    d: fc.integer({ min: 1, max: 100 }),
    bonus: fc.nat(20),
  },
  { requiredKeys: ['tokens'] },
);
const requestArb: fc.Arbitrary<TeamRequest> = fc
  .record({
    list: fc.array(candidateArb, { maxLength: 9 }),
    budget: fc.nat(150),
    sizeMax: fc.integer({ min: 1, max: 5 }),
    required: fc.boolean(),
  })
  .map(({ list, budget, sizeMax, required }) => ({
    skills,
    budget: { tokens: budget },
    sizeMax,
    ...(required && list.length > 0 ? { required: ['did:0' as Did] } : {}),
    candidates: list.map(({ tokens, bonus, ...marks }, i) => ({
      agent: `did:${i}` as Did,
      cost: cost(tokens),
      qualities: Object.fromEntries(Object.entries(marks).map(([skill, mark]) => [skill, mark / 100])),
      bonus: (bonus ?? 0) / 100,
    })),
  }));

function worthOf(request: TeamRequest, team: readonly TeamCandidate[]): number {
  return (
    request.skills.reduce((sum, s) => sum + Math.max(0, ...team.map((m) => m.qualities[s] ?? 0)), 0) +
    team.reduce((sum, m) => sum + (m.bonus ?? 0), 0)
  );
}

/** Every subset: the oracle. */
function bruteForce(request: TeamRequest): number | undefined {
  let best: number | undefined;
  for (let mask = 0; mask < 2 ** request.candidates.length; mask++) {
    const team = request.candidates.filter((_, i) => mask & (1 << i));
    if (team.length > request.sizeMax || !isFeasible(request, team)) continue;
    best = Math.max(best ?? 0, worthOf(request, team));
  }
  return best;
}

function isFeasible(request: TeamRequest, team: readonly TeamCandidate[]): boolean {
  const total = team.reduce((sum, member) => addAmounts(sum, member.cost), nothing);
  return (
    fitsCeiling(total, request.budget) &&
    (request.required ?? []).every((agent) => team.some((member) => member.agent === agent)) &&
    request.skills.every((skill) => team.some((member) => (member.qualities[skill] ?? 0) > 0))
  );
}

describe('choosing a team', () => {
  it('finds the best of all subsets, and none where there is none', () => {
    fc.assert(
      fc.property(requestArb, (request) => {
        const best = bruteForce(request);
        const choice = chooseTeam(request);
        expect(choice.isExact).toBe(true);
        expect(choice.found).toBe(best !== undefined);
        if (!choice.found || best === undefined) return;
        expect(choice.value).toBeCloseTo(best, 9);
        expect(worthOf(request, choice.members)).toBeCloseTo(choice.value, 9);
        expect(isFeasible(request, choice.members)).toBe(true);
        expect(choice.members.length).toBeLessThanOrEqual(request.sizeMax);
        expect(Object.keys(choice.assignment).sort()).toEqual(skills);
      }),
      { numRuns: 400 },
    );
  });

  it('names the skills that nobody offers', () => {
    const one = { agent: 'did:1' as Did, cost: nothing, qualities: { a: 1 } };
    expect(chooseTeam({ skills, budget: {}, sizeMax: 3, candidates: [one] })).toEqual({
      found: false,
      missing: ['b', 'c', 'd'],
      isExact: true,
    });
  });

  it('of a large field stays within its own proven bound, and close to it', () => {
    const wide = Array.from({ length: 12 }, (_, i) => `s${i}`);
    let worst = 1;
    for (let seed = 1; seed <= 8; seed++) {
      let state = seed;
      const next = () => {
        state = (state * 48_271) % 2_147_483_647;
        return state / 2_147_483_647;
      };
      const candidates = Array.from({ length: 80 }, (_, i) => ({
        agent: `did:${i}` as Did,
        cost: cost(Math.ceil(next() * 40)),
        qualities: Object.fromEntries(
          wide.filter(() => next() < 0.25).map((skill) => [skill, 0.2 + 0.8 * next()]),
        ),
      }));
      const choice = chooseTeam({ skills: wide, budget: { tokens: 120 }, sizeMax: 6, candidates });
      if (!choice.found) throw new Error('a team exists');
      expect(choice.value).toBeLessThanOrEqual(choice.valueMax);
      worst = Math.min(worst, choice.value / choice.valueMax);
    }
    expect(worst).toBeGreaterThan(0.7);
  });

  it('does not depend on the order of the bids', () => {
    fc.assert(
      fc.property(requestArb, (request) => {
        const turned = chooseTeam({ ...request, candidates: [...request.candidates].reverse() });
        const choice = chooseTeam(request);
        expect(turned.found && turned.value).toEqual(choice.found && choice.value);
      }),
      { numRuns: 100 },
    );
  });

  it('is refused for no skills, repeated skills and no size', () => {
    const base = { budget: {}, sizeMax: 2, candidates: [] };
    expect(() => chooseTeam({ ...base, skills: [] })).toThrow(/AMP-1811/);
    expect(() => chooseTeam({ ...base, skills: ['a', 'a'] })).toThrow(/AMP-1811/);
    expect(() => chooseTeam({ ...base, skills, sizeMax: 0 })).toThrow(/AMP-1811/);
  });
});

describe('the coordinator', () => {
  it('is who holds context and trust, and the same on every machine', () => {
    const of = (agent: string, context: number, reputation: number) => ({
      agent: agent as Did,
      context,
      reputation,
    });
    const list = [of('z', 0.2, 0.9), of('y', 0.8, 0.8), of('x', 0.9, 0.2), of('w', 0.8, 0.8)];
    expect(rankCoordinators(list)).toEqual(['w', 'y', 'x', 'z']);
    expect(rankCoordinators([...list].reverse())).toEqual(['w', 'y', 'x', 'z']);
  });
});
