import { expect, test } from 'vitest';
import type { Did } from '../brand.ts';
import type { Verified } from '../signing.ts';
import {
  type Contribution,
  convergenceDefault,
  createDebateMachine,
  type DebateEffect,
} from './debate-machine.ts';

const [ann, bob, eve] = ['did:ann', 'did:bob', 'did:eve'] as Did[] as [Did, Did, Did];

function debate(weights: readonly number[] = [1, 1, 1], roundCount = 2) {
  const participants = [ann, bob, eve].map((did, i) => ({ did, weight: weights[i]! }));
  const machine = createDebateMachine({
    debate: 'd',
    participants,
    roundCount,
    phaseMs: 100,
    convergence: convergenceDefault,
  });
  const say = (
    phase: Contribution['phase'],
    round: number,
    author: Did,
    of?: Did,
    text = `${author} ${phase}`,
  ) =>
    machine.step({
      type: 'contribution-received',
      atMs: 1,
      contribution: { phase, round, author, text, ...(of && { of }) } as Verified<Contribution>,
    });
  /** All three speak; `of` names each one's target. */
  const all = (phase: Contribution['phase'], round: number, of?: readonly Did[]) =>
    [ann, bob, eve].map((author, i) => say(phase, round, author, of?.[i])).at(-1)!;
  const fire = (phase: string, round: number) =>
    machine.step({ type: 'timer-fired', atMs: 100, timer: `debate/d/${phase}/${round}` });
  machine.step({ type: 'start', atMs: 0 });
  return { machine, say, all, fire };
}

function types(effects: readonly DebateEffect[]): string[] {
  return effects.map((effect) =>
    effect.type === 'ask-participants' ? `ask ${effect.phase} ${effect.round}` : effect.type,
  );
}

test('all propose, criticise and revise; two thirds behind one proposal end the debate', () => {
  const { all } = debate();
  expect(types(all('propose', 1))).toEqual(['cancel-timer', 'ask critique 1', 'set-timer']);
  expect(types(all('critique', 1, [bob, ann, ann]))).toContain('ask revise 1');
  const effects = all('revise', 1, [ann, ann, eve]);
  expect(effects.at(-1)).toMatchObject({ type: 'report-converged', support: 2, proposal: { author: ann } });
});

test('what an author rewrote is what they agree on', () => {
  const { all, say } = debate();
  all('propose', 1);
  all('critique', 1, [bob, ann, ann]);
  say('revise', 1, ann, ann, 'better');
  say('revise', 1, bob, ann);
  expect(say('revise', 1, eve, eve).at(-1)).toMatchObject({ proposal: { text: 'better' } });
});

test('without convergence the next round begins, and after the last one the weight is asked', () => {
  const { all } = debate([1, 2, 4]);
  all('propose', 1);
  all('critique', 1, [bob, ann, ann]);
  expect(types(all('revise', 1, [ann, bob, eve]))).toEqual(['cancel-timer', 'ask critique 2', 'set-timer']);
  all('critique', 2, [bob, ann, ann]);
  const ballot = all('revise', 2, [bob, bob, eve]).at(-1)!;
  expect(ballot).toMatchObject({ type: 'open-ballot', rule: { method: 'weighted' } });
  expect(ballot.type === 'open-ballot' && ballot.proposals.map(({ author }) => author)).toEqual([eve, bob]);
});

test('who is silent stands by its own proposal; a phase ends by its timer', () => {
  const { say, fire } = debate([1, 1, 1], 1);
  say('propose', 1, ann);
  say('propose', 1, bob);
  expect(types(fire('propose', 1))).toContain('ask critique 1');
  fire('critique', 1);
  say('revise', 1, eve, bob);
  expect(fire('revise', 1).at(-1)).toMatchObject({
    type: 'report-converged',
    support: 2,
    proposal: { author: bob },
  });
});

test('nobody proposes: the debate ends empty', () => {
  const { fire } = debate();
  expect(fire('propose', 1)).toEqual([{ type: 'report-empty' }]);
});

test('strangers, repeats, wrong phases, unknown proposals and stale timers change nothing', () => {
  const { say, all, fire } = debate();
  expect(say('propose', 1, 'did:mallory' as Did)).toEqual([{ type: 'ignored', reason: 'not-a-participant' }]);
  expect(say('critique', 1, ann, bob)).toEqual([{ type: 'ignored', reason: 'out-of-phase' }]);
  say('propose', 1, ann);
  expect(say('propose', 1, ann)).toEqual([{ type: 'ignored', reason: 'duplicate' }]);
  all('propose', 1);
  expect(say('critique', 1, ann, 'did:mallory' as Did)).toEqual([
    { type: 'ignored', reason: 'unknown-proposal' },
  ]);
  expect(say('critique', 1, ann)).toEqual([{ type: 'ignored', reason: 'unknown-proposal' }]);
  expect(fire('propose', 1)).toEqual([{ type: 'ignored', reason: 'stale-timer' }]);
});
