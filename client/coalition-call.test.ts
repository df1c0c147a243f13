/** Bids are weighed by what the mesh learned: a claim is moved towards what was seen, pairs and leaders gain a little. */
import { expect, it } from 'vitest';
import type { Did } from '../protocol/brand.ts';
import { nothing } from '../protocol/budget/index.ts';
import type { Agent } from './agent.ts';
import { Ratings, TeamExperience, toCandidate } from './coalition-call.ts';

const [ann, bob] = ['did:ann' as Did, 'did:bob' as Did];
const offer = { cost: nothing, quality: 1, confidence: 1, skills: ['sum'] };

function answering(items: readonly unknown[], explain: object = {}): Agent {
  return { did: 'did:asker', query: async () => ({ items, explain }) } as unknown as Agent;
}

async function weigh(items: readonly unknown[], explain: object = {}) {
  const ratings = await Ratings.ask(answering([]), ['sum']);
  const experience = await TeamExperience.ask(answering(items, explain), 'goal', [ann, bob]);
  const bid = (from: Did) =>
    toCandidate({ from, offer }, { skills: ['sum'], bonusOf: undefined }, ratings, experience)!;
  return [bid(ann), bid(bob)] as const;
}

const known = (agent: Did, mean: number, evidence: number, roles: readonly unknown[] = []) => ({
  ...{ agent, expectation: { mean, evidence }, roles },
});

it('a claim that experience contradicts is worth less than one that it confirms', async () => {
  const [one, other] = await weigh([known(ann, 0.1, 12), known(bob, 0.9, 12)]);
  expect(one.qualities.sum).toBeCloseTo((0.5 * 4 + 0.1 * 12) / 16);
  expect(other.qualities.sum).toBeCloseTo((0.5 * 4 + 0.9 * 12) / 16);
});

it('without experience the claim stands', async () => {
  const [one] = await weigh([]);
  expect([one.qualities.sum, one.bonus]).toEqual([0.5, 0]);
});

it('a pair that did well together and an agent that has led well gain a little', async () => {
  const leads = [{ role: 'coordinator', strength: 0.5 }];
  const [one, other] = await weigh([known(ann, 0.5, 0), known(bob, 0.5, 0, leads)], {
    pairs: [{ a: ann, b: bob, synergy: 0.15 }],
  });
  expect(one.bonus).toBeCloseTo(0.15);
  expect(other.bonus).toBeCloseTo(0.25);
});
