import { describe, expect, it } from 'vitest';
import type { Did } from '../../protocol/brand.ts';
import type { Verified } from '../../protocol/signing.ts';
import {
  askerWeightMax,
  type Behaviour,
  baselineCount,
  createDriftWatch,
  createGroupWatch,
  createPlaybook,
  type Deed,
  type DriftEffect,
  detectRoles,
  measureGroup,
  type Play,
  playHalfLifeMs,
  rankWorkers,
  roleBonus,
  type SealedPlay,
} from './index.ts';

const [ann, bob, cid] = ['did:ann' as Did, 'did:bob' as Did, 'did:cid' as Did];

describe('roles', () => {
  const none = { ledCount: 0, doneBySkill: {}, rescuedCount: 0, settledCount: 0 };
  const group: Behaviour[] = [
    { ...none, agent: ann, ledCount: 9, doneBySkill: { a: 3, b: 3 } },
    { ...none, agent: bob, ledCount: 1, doneBySkill: { a: 9, b: 1 }, rescuedCount: 1 },
    { ...none, agent: cid, rescuedCount: 7, settledCount: 2 },
  ];
  it('are seen in what agents do, and only on enough deeds', () => {
    const found = detectRoles(group).map((finding) => `${finding.agent} ${finding.role}`);
    expect(found.sort()).toEqual(['did:ann coordinator', 'did:bob specialist', 'did:cid gap-filler']);
  });
  it('are worth at most 0.2 to a team that needs them, and nothing to another', () => {
    const findings = detectRoles(group);
    expect(roleBonus(findings, ann, ['coordinator'])).toBeCloseTo(0.18);
    expect(roleBonus(findings, ann, ['mediator'])).toBe(0);
  });
});

describe('the playbook', () => {
  let count = 0;
  const play = (change: Partial<Play>): Verified<SealedPlay> =>
    sealedOf({
      ...{ record: 'play', mesh: 'm', asker: 'did:x', coalition: `${count++}`, kind: 'k', talk: 'direct' },
      ...{
        proposals: 'shared',
        members: [{ agent: ann, skills: [] }],
        score: 1,
        cost: 0,
        at: 0,
        sig: '',
        ...change,
      },
    } as Play);
  const sealedOf = (body: Play) =>
    ({ body, id: `${count}`, bytes: new Uint8Array() }) as unknown as Verified<SealedPlay>;
  const read = (plays: readonly Verified<SealedPlay>[], atMs = 0) => {
    const book = createPlaybook();
    for (const one of plays) book.step({ type: 'play-received', atMs, play: one });
    return book;
  };

  it('counts a play once and in any order', () => {
    const one = play({ at: 5 });
    const plays = [one, one, play({ score: 0, at: playHalfLifeMs })];
    const expected = read(plays, playHalfLifeMs).expect('k', ann, 0.5, playHalfLifeMs);
    expect(expected.evidence).toBeCloseTo(1.5, 5);
    expect(read([...plays].reverse(), playHalfLifeMs).expect('k', ann, 0.5, playHalfLifeMs).mean).toBeCloseTo(
      expected.mean,
      9,
    );
  });
  it('one asker cannot write alone, but believes its own eyes', () => {
    const many = Array.from({ length: 500 }, () => play({ asker: 'did:liar' as Did }));
    expect(read(many).expect('k', ann, 0.5, 0).evidence).toBeLessThanOrEqual(askerWeightMax);
    const own = createPlaybook({ isOwn: (asker) => asker === 'did:liar' });
    for (const one of many) own.step({ type: 'play-received', atMs: 0, play: one });
    expect(own.expect('k', ann, 0.5, 0).evidence).toBe(500);
  });
  it('forgets: what stopped being true stops being recommended, and is pruned in the end', () => {
    const book = read(Array.from({ length: 20 }, () => play({})));
    const later = 4 * playHalfLifeMs;
    for (let i = 0; i < 6; i++)
      book.step({ type: 'play-received', atMs: later, play: play({ score: 0, at: later }) });
    const options = [ann, bob].map((agent) => ({
      agent,
      cost: 0,
      expectation: book.expect('k', agent, 0.5, later),
    }));
    expect(rankWorkers(options)[0]!.agent).toBe(bob);
    expect(book.step({ type: 'prune', atMs: later })).toMatchObject([{ reason: 'nothing-to-prune' }]);
    const pruned = book.step({ type: 'prune', atMs: 30 * playHalfLifeMs });
    expect(pruned.filter((effect) => effect.type === 'persist' && effect.value === null)).toHaveLength(26);
    expect(pruned.at(-1)).toMatchObject({ type: 'note-pruned', count: 3 });
    expect([book.kinds(), book.playCount]).toEqual([[], 0]);
  });
  it('knows pairs that are better together, and the forms of work that paid', () => {
    const member = (agent: Did) => ({ agent, skills: [] });
    const book = read([
      ...Array.from({ length: 8 }, () =>
        play({ members: [member(ann), member(bob)], talk: 'shared-memory' }),
      ),
      ...Array.from({ length: 8 }, () => play({ members: [member(ann)], score: 0, proposals: 'rival' })),
      ...Array.from({ length: 8 }, () => play({ members: [member(bob)], score: 0 })),
    ]);
    expect(book.synergy('k', ann, bob, 0)).toBeGreaterThan(0.1);
    expect(book.synergy('k', bob, ann, 0)).toBe(book.synergy('k', ann, bob, 0));
    expect(book.synergy('k', ann, cid, 0)).toBe(0);
    expect(book.bestForm('k', 0)).toEqual({ talk: 'shared-memory', proposals: 'shared' });
  });
});

describe('the drift watch', () => {
  /** A small generator (Park and Miller, 1988). */
  function outputs(seed: number) {
    let state = seed * 7_919 + 1;
    const next = () => {
      state = (state * 48_271) % 2_147_483_647;
      return state / 2_147_483_647;
    };
    return (turn: number) => {
      const vector = Array.from({ length: 16 }, () => (next() + next() + next() - 1.5) / 4);
      vector[0]! += Math.cos(turn);
      vector[1]! += Math.sin(turn);
      const norm = Math.hypot(...vector);
      return Float32Array.from(vector, (value) => value / norm);
    };
  }
  function watch(seed: number, turns: readonly number[]) {
    const machine = createDriftWatch();
    const draw = outputs(seed);
    const effects: (DriftEffect & { at: number })[] = [];
    turns.forEach((turn, at) => {
      const input = {
        type: 'output-observed',
        atMs: at,
        agent: ann,
        output: `${at}`,
        vector: draw(turn),
        score: at / 1_000,
      } as const;
      for (const effect of machine.step(input))
        if (effect.type !== 'ignored') effects.push({ ...effect, at });
    });
    return effects;
  }
  const steady = Array.from({ length: 100 }, () => 0);

  it('notices a lasting turn within 50 outputs: ranks lower, asks to re-anchor, then rests the agent', () => {
    for (let seed = 1; seed <= 20; seed++) {
      const effects = watch(seed, [
        ...steady,
        ...Array.from({ length: 100 }, (_, i) => Math.min(0.8, i * 0.04)),
      ]);
      const first = effects.find((effect) => effect.type === 'ask-reanchor');
      if (first?.type !== 'ask-reanchor') throw new Error('the drift went unnoticed');
      expect(first.at).toBeGreaterThanOrEqual(100);
      expect(first.at).toBeLessThanOrEqual(150);
      expect(first.examples).toHaveLength(3);
      expect(effects.some((effect) => effect.type === 'rest-agent')).toBe(true);
      expect(
        effects.filter((effect) => effect.type === 'set-rank-factor').every((effect) => effect.factor < 1),
      ).toBe(true);
    }
  });
  it('lets single odd outputs and steady agents pass, but for at most one in twenty', () => {
    let alarmCount = 0;
    for (let seed = 1; seed <= 20; seed++) {
      const odd = steady.map((_, i) => (i > baselineCount && i % 25 === 0 ? 3 : 0));
      if (watch(seed, [...odd, ...steady, ...steady]).length > 0) alarmCount += 1;
    }
    expect(alarmCount).toBeLessThanOrEqual(1);
  });
  it('does not compare vectors of another space', () => {
    const machine = createDriftWatch();
    const see = (vector: Float32Array) =>
      machine.step({ type: 'output-observed', atMs: 0, agent: ann, output: 'x', vector });
    see(Float32Array.of(1, 0));
    expect(see(Float32Array.of(1, 0, 0))).toMatchObject([{ reason: 'other-vector-space' }]);
  });
});

describe('the group watch', () => {
  const work = (agent: Did, what: string): Deed => ({ deed: 'work', agent, what });
  it('measures concentration, repetition and failed handoffs', () => {
    const deeds = [work(ann, '1'), work(ann, '2'), work(ann, '2'), work(ann, '3'), work(bob, '4')];
    expect(measureGroup(deeds)).toMatchObject({
      topWorker: ann,
      concentration: 0.8,
      repeatedShare: 0.19999999999999996,
    });
    expect(measureGroup([work(ann, '1')])).toMatchObject({ concentration: 0 });
    const handoffs: Deed[] = [true, false, false, false, true].map((ok) => ({ deed: 'handoff', ok }));
    expect(measureGroup(handoffs).failedHandoffShare).toBeCloseTo(0.6);
  });
  it('raises a concern once, asks for a decision when it stays, and falls silent when it is over', () => {
    const machine = createGroupWatch();
    for (let i = 0; i < 8; i++) machine.step({ type: 'deed-seen', atMs: 0, deed: work(ann, `${i}`) });
    const look = (metShare: number) => machine.step({ type: 'look', atMs: 0, metShare });
    expect(look(0.1)).toMatchObject([
      { type: 'raise-concern', kind: 'concentration', measure: 1, about: ann },
    ]);
    expect(look(0.2)).toMatchObject([{ reason: 'all-well' }]);
    expect(look(0.3)).toMatchObject([{ type: 'ask-decision', kind: 'concentration' }]);
    for (let i = 0; i < 8; i++) machine.step({ type: 'deed-seen', atMs: 0, deed: work(bob, `b${i}`) });
    expect([look(0.4), look(0.4), look(0.4)].flat()).toMatchObject([{}, {}, {}]);
    expect(look(0.4)).toMatchObject([{ type: 'raise-concern', kind: 'standstill' }]);
    expect(look(1)).toMatchObject([{ reason: 'all-well' }]);
  });
});
