import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Did } from '../brand.ts';
import { fromBase64Url, toBase64Url } from '../bytes.ts';
import type { MachineEffect } from '../machine.ts';
import type { Keys } from '../ports.ts';
import { signObject, type Verified } from '../signing.ts';
import { createBallotMachine } from './ballot-machine.ts';
import { checkBallot, closeDecision, hashDecision, verifyBallotCertificate } from './decision-certificate.ts';
import { checkApproval, gatherEscalation } from './escalation.ts';
import { electLeader } from './leader.ts';
import {
  type Ballot,
  type DecisionRecord,
  type DecisionRule,
  decisionDomains,
  type TieBreak,
} from './records.ts';
import { schulzeWinners } from './schulze.ts';
import { tally } from './tally.ts';
import { planTier, type TierEvent } from './tiers.ts';

const sha256 = (...parts: (string | Uint8Array)[]) => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return new Uint8Array(hash.digest());
};
/** A keyed hash twice over: 64 bytes, only good for tests. */
const keys: Keys = {
  create: () => didOf(0),
  has: () => true,
  sign: (did, bytes) => Uint8Array.from([...sha256(did, bytes), ...sha256(bytes, did)]),
  verify: (did, bytes, signature) => toBase64Url(keys.sign(did, bytes)) === toBase64Url(signature),
  hash: (bytes) => sha256(bytes),
};

function didOf(number: number): Did {
  return `did:key:z6Mk${'123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdef'[number]}${'c'.repeat(43)}` as Did;
}

const id = '0190a8f0-0000-7000-8000-000000000001';

function decisionOf(
  rule: DecisionRule,
  weights: readonly number[],
  options = ['a', 'b', 'c'],
): DecisionRecord {
  return signObject(keys, didOf(30), decisionDomains.decision, {
    record: 'decision' as const,
    mesh: 'm',
    space: 'commons',
    id,
    question: 'Which one?',
    options,
    rule,
    voters: weights.map((weight, i) => ({ did: didOf(i), key: didOf(i), weight })),
    closesAt: 1_000,
    asker: didOf(30),
  });
}

function ballotOf(
  decision: DecisionRecord,
  voter: number,
  choice: string | string[],
  more: Partial<Ballot> = {},
): Ballot {
  return signObject(keys, didOf(voter), decisionDomains.ballot, {
    record: 'ballot' as const,
    mesh: 'm',
    space: 'commons',
    decision: hashDecision(keys, decision),
    voter: didOf(voter),
    choice: typeof choice === 'string' ? [choice] : choice,
    ...more,
  }) as Ballot;
}

function tieBreakOf(decision: DecisionRecord, leader: Did, option: string): TieBreak {
  return signObject(keys, leader, decisionDomains['tie-break'], {
    record: 'tie-break' as const,
    mesh: 'm',
    space: 'commons',
    decision: hashDecision(keys, decision),
    option,
    leader,
  });
}

/** Voter i votes for the i-th choice; empty: stays away. */
function count(rule: DecisionRule, choices: readonly (string | string[])[], weights = choices.map(() => 1)) {
  const decision = decisionOf(rule, weights);
  const ballots = choices.flatMap((choice, i) => (choice === '' ? [] : [ballotOf(decision, i, choice)]));
  return tally(decision, ballots);
}

// ---- rules

test('majority: more than half of all voters, not of those who came', () => {
  expect(count({ method: 'majority' }, ['a', 'a', 'b'])).toEqual({ type: 'decided', option: 'a' });
  expect(count({ method: 'majority' }, ['a', 'a', 'b', '', ''])).toEqual({
    type: 'undecided',
    reason: 'missed',
  });
  expect(count({ method: 'majority' }, ['a', '', ''])).toEqual({
    type: 'undecided',
    reason: 'too-few-ballots',
  });
});

test('majority: half against half is a tie for the leader', () => {
  expect(count({ method: 'majority' }, ['a', 'a', 'b', 'b'])).toEqual({ type: 'tied', options: ['a', 'b'] });
});

test('weighted: the weight decides, not the heads', () => {
  expect(count({ method: 'weighted' }, ['a', 'b', 'b'], [5, 2, 2])).toEqual({ type: 'decided', option: 'a' });
  expect(count({ method: 'majority' }, ['a', 'b', 'b'], [5, 2, 2])).toEqual({ type: 'decided', option: 'b' });
});

test('supermajority: two thirds exactly are enough, a ballot less is not', () => {
  const rule = { method: 'supermajority', numerator: 2, denominator: 3 } as const;
  expect(count(rule, ['a', 'a', 'b'])).toEqual({ type: 'decided', option: 'a' });
  expect(count(rule, ['a', 'a', 'b', 'a', 'b'])).toEqual({ type: 'undecided', reason: 'missed' });
});

test('supermajority: a share below half never lets two options win', () => {
  const rule = { method: 'supermajority', numerator: 1, denominator: 3 } as const;
  expect(count(rule, ['a', 'a', 'b', 'b'])).toEqual({ type: 'undecided', reason: 'missed' });
});

test('unanimity: one other voice or one absence prevents it', () => {
  expect(count({ method: 'unanimity' }, ['a', 'a', 'a'])).toEqual({ type: 'decided', option: 'a' });
  expect(count({ method: 'unanimity' }, ['a', 'a', 'b'])).toEqual({ type: 'undecided', reason: 'missed' });
  expect(count({ method: 'unanimity' }, ['a', 'a', ''])).toEqual({ type: 'undecided', reason: 'missed' });
});

test('approval: the option that most can live with wins', () => {
  expect(count({ method: 'approval' }, [['a', 'b'], ['b', 'c'], ['a']])).toEqual({
    type: 'tied',
    options: ['a', 'b'],
  });
  expect(count({ method: 'approval' }, [['a', 'b'], ['b', 'c'], ['b']])).toEqual({
    type: 'decided',
    option: 'b',
  });
  expect(count({ method: 'approval' }, [['a'], '', ''])).toEqual({
    type: 'undecided',
    reason: 'too-few-ballots',
  });
});

test('ranked: the option that beats each other one wins although few rank it first', () => {
  const choices = [
    ['a', 'b', 'c'],
    ['a', 'b', 'c'],
    ['c', 'b', 'a'],
    ['c', 'b', 'a'],
    ['b', 'a', 'c'],
  ];
  expect(count({ method: 'ranked' }, choices)).toEqual({ type: 'decided', option: 'b' });
});

test('ranked: the published example of 45 voters elects E', () => {
  const groups: [number, string][] = [
    [5, 'ACBED'],
    [5, 'ADECB'],
    [8, 'BEDAC'],
    [3, 'CABED'],
    [7, 'CAEBD'],
    [2, 'CBADE'],
    [7, 'DCEBA'],
    [8, 'EBADC'],
  ];
  const ballots = groups.map(([weight, ranking]) => ({ weight, ranking: [...ranking] }));
  expect(schulzeWinners([...'ABCDE'], ballots)).toEqual(['E']);
});

const rankings = fc.array(fc.shuffledSubarray(['a', 'b', 'c', 'd'], { minLength: 1 }), {
  minLength: 1,
  maxLength: 9,
});

test('ranked: whoever beats all others in pairs is elected, always', () => {
  const options = ['a', 'b', 'c', 'd'];
  fc.assert(
    fc.property(rankings, (lists) => {
      const ballots = lists.map((ranking) => ({ ranking, weight: 1 }));
      const place = (list: readonly string[], option: string) =>
        list.includes(option) ? list.indexOf(option) : options.length;
      const beats = (x: string, y: string) => {
        const forX = lists.filter((list) => place(list, x) < place(list, y)).length;
        const forY = lists.filter((list) => place(list, y) < place(list, x)).length;
        return forX > forY;
      };
      const winner = options.find((x) => options.every((y) => x === y || beats(x, y)));
      const elected = schulzeWinners(options, ballots);
      expect(elected.length).toBeGreaterThan(0);
      if (winner !== undefined) expect(elected).toEqual([winner]);
    }),
    { seed: 3, numRuns: 500 },
  );
});

test('ranked: lifting the winner to the top of a ballot never makes it lose', () => {
  const options = ['a', 'b', 'c', 'd'];
  fc.assert(
    fc.property(rankings, fc.nat(8), (lists, which) => {
      const elect = (all: readonly (readonly string[])[]) =>
        schulzeWinners(
          options,
          all.map((ranking) => ({ ranking, weight: 1 })),
        );
      const winners = elect(lists);
      fc.pre(winners.length === 1);
      const winner = winners[0]!;
      const lifted = lists.map((list, i) =>
        i === which % lists.length ? [winner, ...list.filter((option) => option !== winner)] : list,
      );
      expect(elect(lifted)).toContain(winner);
    }),
    { seed: 4, numRuns: 500 },
  );
});

// ---- ballots and certificates

test('a ballot for another question, by a stranger, or with a wrong choice is refused', () => {
  const decision = decisionOf({ method: 'majority' }, [1, 1, 1]);
  const hash = hashDecision(keys, decision);
  const refused = [
    ballotOf(decision, 0, 'a', { decision: '0'.repeat(64) }),
    ballotOf(decision, 0, 'a', { mesh: 'other' }),
    ballotOf(decision, 7, 'a'),
    ballotOf(decision, 0, 'nothing'),
    ballotOf(decision, 0, ['a', 'b']),
    ballotOf(decision, 0, ['a', 'a']),
  ];
  for (const ballot of refused) expect(checkBallot(decision, hash, ballot).ok).toBe(false);
  expect(checkBallot(decision, hash, ballotOf(decision, 0, [])).ok).toBe(true);
});

test('a certificate verifies by counting again, and no changed outcome, ballot or voter does', () => {
  const decision = decisionOf({ method: 'majority' }, [1, 1, 1]);
  const ballots = [ballotOf(decision, 0, 'a'), ballotOf(decision, 1, 'a'), ballotOf(decision, 2, 'b')];
  const certificate = closeDecision(keys, { decision, ballots });
  expect(certificate.outcome).toEqual({ type: 'decided', option: 'a' });
  expect(verifyBallotCertificate(keys, JSON.parse(JSON.stringify(certificate)))).toMatchObject({ ok: true });
  const forged = [
    { ...certificate, outcome: { type: 'decided', option: 'b' } },
    { ...certificate, ballots: certificate.ballots.slice(1) },
    { ...certificate, ballots: [...certificate.ballots, ballotOf(decision, 7, 'b')] },
    { ...certificate, ballots: certificate.ballots.map((ballot) => ({ ...ballot, choice: ['b'] })) },
    { ...certificate, decision: { ...decision, question: 'Another?' } },
    { ...certificate, decision: decisionOf({ method: 'unanimity' }, [1, 1, 1]) },
  ];
  for (const file of forged) expect(verifyBallotCertificate(keys, file).ok).toBe(false);
});

test('who votes twice has no vote, and the certificate proves why', () => {
  const decision = decisionOf({ method: 'majority' }, [1, 1, 1]);
  const ballots = [0, 1, 2].map((voter) => ballotOf(decision, voter, 'a'));
  const certificate = closeDecision(keys, { decision, ballots: [...ballots, ballotOf(decision, 2, 'b')] });
  expect(certificate.outcome).toEqual({ type: 'decided', option: 'a' });
  expect(certificate.ballots).toHaveLength(2);
  expect(certificate.equivocations).toHaveLength(1);
  expect(verifyBallotCertificate(keys, certificate).ok).toBe(true);
  const hidden = { ...certificate, ballots: [...certificate.ballots, ballots[2]], equivocations: [] };
  expect(verifyBallotCertificate(keys, hidden).ok, 'without the second ballot nobody can know').toBe(true);
});

test('the leader is whom the voters trust most by weight, and only its word breaks a tie among the tied', () => {
  const decision = decisionOf({ method: 'majority' }, [1, 1, 1, 1]);
  const hash = hashDecision(keys, decision);
  const ballots = ['a', 'a', 'b', 'b'].map((choice, i) =>
    ballotOf(decision, i, choice, { leader: didOf(i === 0 ? 1 : 3) }),
  );
  expect(electLeader(keys, decision, hash, ballots)).toBe(didOf(3));
  const close = (tieBreak?: TieBreak) => closeDecision(keys, { decision, ballots, tieBreak });
  expect(close().outcome).toEqual({ type: 'tied', options: ['a', 'b'] });
  expect(close(tieBreakOf(decision, didOf(1), 'a')).outcome.type).toBe('tied');
  expect(close(tieBreakOf(decision, didOf(3), 'c')).outcome.type).toBe('tied');
  const broken = close(tieBreakOf(decision, didOf(3), 'b'));
  expect(broken.outcome).toEqual({ type: 'decided', option: 'b' });
  expect(verifyBallotCertificate(keys, broken).ok).toBe(true);
});

test('without nominations all compute the same leader, and it changes with the question', () => {
  const leaders = new Set(
    Array.from({ length: 20 }, (_, i) => {
      const decision = decisionOf({ method: 'majority' }, [1, 1, 1, 1], ['a', `b${i}`]);
      return electLeader(keys, decision, hashDecision(keys, decision), []);
    }),
  );
  expect(leaders.size).toBeGreaterThan(1);
});

// ---- the ballot machine

function machineOf(decision: DecisionRecord, restored: Ballot[] = []) {
  const machine = createBallotMachine(keys, { decision, tieBreakMs: 100, restored });
  const log: MachineEffect[] = [...machine.step({ type: 'start', atMs: 0 })];
  const vote = (ballot: Ballot) => {
    const effects = machine.step({ type: 'ballot-received', atMs: 1, ballot: ballot as Verified<Ballot> });
    log.push(...effects);
    return effects;
  };
  return { machine, vote, log };
}

test('a ballot is stored before it counts, the last one closes', () => {
  const decision = decisionOf({ method: 'majority' }, [1, 1, 1]);
  const { vote } = machineOf(decision);
  expect(vote(ballotOf(decision, 0, 'a')).map((effect) => effect.type)).toEqual(['persist']);
  expect(vote(ballotOf(decision, 0, 'a'))).toEqual([{ type: 'ignored', reason: 'duplicate' }]);
  vote(ballotOf(decision, 1, 'a'));
  const effects = vote(ballotOf(decision, 2, 'b'));
  expect(effects.map((effect) => effect.type)).toEqual(['persist', 'cancel-timer', 'report-outcome']);
  expect(vote(ballotOf(decision, 2, 'b'))).toEqual([{ type: 'ignored', reason: 'closed' }]);
});

test('at the deadline what is there is counted, and a stale timer does nothing', () => {
  const decision = decisionOf({ method: 'majority' }, [1, 1, 1]);
  const { machine, vote } = machineOf(decision);
  vote(ballotOf(decision, 0, 'a'));
  vote(ballotOf(decision, 1, 'a'));
  const fire = () => machine.step({ type: 'timer-fired', atMs: 1_000, timer: `ballot/${id}/close` });
  expect(fire().at(-1)).toMatchObject({ certificate: { outcome: { type: 'decided', option: 'a' } } });
  expect(fire()).toEqual([{ type: 'ignored', reason: 'stale-timer' }]);
});

test('a tie asks the elected leader once; silence leaves it tied', () => {
  const decision = decisionOf({ method: 'majority' }, [1, 1]);
  for (const answers of [true, false]) {
    const { machine, vote } = machineOf(decision);
    vote(ballotOf(decision, 0, 'a', { leader: didOf(1) }));
    const [, , ask] = vote(ballotOf(decision, 1, 'b', { leader: didOf(1) }));
    expect(ask).toEqual({ type: 'ask-leader', leader: didOf(1), options: ['a', 'b'] });
    const effects = answers
      ? machine.step({
          type: 'tie-break-received',
          atMs: 2,
          tieBreak: tieBreakOf(decision, didOf(1), 'a') as Verified<TieBreak>,
        })
      : machine.step({ type: 'timer-fired', atMs: 200, timer: `ballot/${id}/tie-break` });
    const type = answers ? 'decided' : 'tied';
    expect(effects.at(-1)).toMatchObject({ type: 'report-outcome', certificate: { outcome: { type } } });
  }
});

test('after a restart the stored ballots still count', () => {
  const decision = decisionOf({ method: 'majority' }, [1, 1, 1]);
  const { vote } = machineOf(decision, [ballotOf(decision, 0, 'a'), ballotOf(decision, 1, 'a')]);
  expect(vote(ballotOf(decision, 2, 'b')).at(-1)).toMatchObject({ type: 'report-outcome' });
});

// ---- tiers and people

const missed = { type: 'undecided', reason: 'missed' } as const;
const decidedA = { type: 'decided', option: 'a' } as const;

test('operational: one majority ballot and nothing else', () => {
  expect(planTier('operational', [])).toEqual({ type: 'open-ballot', rule: { method: 'majority' } });
  const closed: TierEvent = { type: 'ballot-closed', rule: 'majority', outcome: missed };
  expect(planTier('operational', [closed])).toEqual({ type: 'finish', outcome: missed });
});

test('tactical: two thirds, else three rounds of debate, then the weight, then a person', () => {
  const past: TierEvent[] = [];
  expect(planTier('tactical', past)).toMatchObject({
    type: 'open-ballot',
    rule: { method: 'supermajority' },
  });
  past.push({ type: 'ballot-closed', rule: 'supermajority', outcome: missed });
  expect(planTier('tactical', past)).toEqual({ type: 'open-debate', roundCount: 3 });
  const converged: TierEvent = { type: 'debate-ended', converged: 'a' };
  expect(planTier('tactical', [...past, converged])).toEqual({ type: 'finish', outcome: decidedA });
  past.push({ type: 'debate-ended', converged: undefined });
  expect(planTier('tactical', past)).toEqual({ type: 'open-ballot', rule: { method: 'weighted' } });
  const weighted: TierEvent = { type: 'ballot-closed', rule: 'weighted', outcome: decidedA };
  expect(planTier('tactical', [...past, weighted])).toEqual({ type: 'finish', outcome: decidedA });
  past.push({ type: 'ballot-closed', rule: 'weighted', outcome: missed });
  expect(planTier('tactical', past)).toMatchObject({ type: 'ask-person' });
});

test('strategic: five rounds, then a person whatever came of them', () => {
  expect(planTier('strategic', [])).toEqual({ type: 'open-debate', roundCount: 5 });
  for (const converged of ['a', undefined])
    expect(planTier('strategic', [{ type: 'debate-ended', converged }])).toMatchObject({
      type: 'ask-person',
    });
});

test('a person sees options by weight with what was said for them, and only who may can answer', () => {
  const decision = decisionOf({ method: 'majority' }, [1, 3, 1]);
  const hash = hashDecision(keys, decision);
  const ballots = [
    ballotOf(decision, 0, 'a', { opinion: 'cheap' }),
    ballotOf(decision, 1, 'b', { opinion: 'safe' }),
  ];
  const escalation = gatherEscalation(closeDecision(keys, { decision, ballots }), hash, 'no majority');
  expect(escalation.options.map(({ option, weight }) => [option, weight])).toEqual([
    ['b', 3],
    ['a', 1],
    ['c', 0],
  ]);
  expect(escalation.options[0]!.opinions).toEqual([{ voter: didOf(1), opinion: 'safe' }]);
  const approval = {
    record: 'approval',
    mesh: 'm',
    space: 'commons',
    decision: hash,
    option: 'b',
    person: didOf(9),
    at: 1,
    sig: '',
  } as const;
  expect(checkApproval(decision, hash, new Set([didOf(9)]), approval).ok).toBe(true);
  expect(checkApproval(decision, hash, new Set([didOf(8)]), approval).ok).toBe(false);
  expect(checkApproval(decision, hash, new Set([didOf(9)]), { ...approval, option: 'z' }).ok).toBe(false);
  expect(fromBase64Url(ballots[0]!.sig)).toHaveLength(64);
});
