/**
 * Coalitions under crashes, partitions, loss, delay and unreliable agents.
 * The long run: AMPMESH_SEEDS=50000 npx vitest run test/teams/coalition-seeds.test.ts
 */
import { describe, expect, it } from 'vitest';
import type { Did, MessageId } from '../../protocol/brand.ts';
import { nothing } from '../../protocol/budget/index.ts';
import {
  type AskerEffect,
  type AskerInput,
  createAsker,
  createMember,
} from '../../protocol/coalition/index.ts';
import { type CoalitionMachines, type CoalitionReport, runCoalitionWorld } from './coalition-world.ts';
import { importPatched } from './patched.ts';

const seedCount = Number(process.env.AMPMESH_SEEDS ?? 1_500);
const firstSeed = Number(process.env.AMPMESH_FIRST_SEED ?? 1);
const machines: CoalitionMachines = { createAsker, createMember };

describe('a team whose every member dies', () => {
  const [ann, bob, cid, dan] = ['did:ann', 'did:bob', 'did:cid', 'did:dan'] as [Did, Did, Did, Did];
  const leaseMs = 1_000;

  function createTeam() {
    const asker = createAsker({
      ...{ self: 'did:asker' as Did, mesh: 'm', coalition: 'c' as MessageId, goal: 'goal' },
      items: [
        { task: 't1' as MessageId, skill: 'cook' },
        { task: 't2' as MessageId, skill: 'bake' },
      ],
      ...{ budget: {}, sizeMax: 2, leaseMs, itemMs: 100_000, formingMs: leaseMs, endsAt: 1_000_000 },
    });
    const seen: AskerEffect[] = [];
    const timers = new Map<string, number>();
    let nowMs = 0;
    const give = (input: object) => {
      for (const effect of asker.step({ ...input, atMs: nowMs } as AskerInput)) {
        seen.push(effect);
        if (effect.type === 'set-timer') timers.set(effect.timer, effect.dueAtMs);
        if (effect.type === 'cancel-timer') timers.delete(effect.timer);
      }
    };
    const candidate = (agent: Did, skill: string) => ({
      ...{ agent, cost: nothing, qualities: { [skill]: agent < 'did:c' ? 0.9 : 0.5 } },
      ...{ context: 0.5, reputation: 0.5 },
    });
    const candidates = [
      candidate(ann, 'cook'),
      candidate(bob, 'bake'),
      candidate(cid, 'cook'),
      candidate(dan, 'bake'),
    ];
    const accept = (from: Did) =>
      give({ type: 'accept-received', from, body: { coalition: 'c', version: 0 } });
    give({ type: 'form-team', candidates });
    const invited = () => seen.flatMap((one) => (one.type === 'send-invite' ? [one.to] : []));
    /** Let timers fire until `until`. */
    const pass = (until: number) => {
      for (;;) {
        const next = [...timers].filter(([, dueAtMs]) => dueAtMs <= until).sort((a, b) => a[1] - b[1])[0];
        if (next === undefined) break;
        timers.delete(next[0]);
        nowMs = next[1];
        give({ type: 'timer-fired', timer: next[0] });
      }
      nowMs = until;
    };
    return { accept, invited, pass, seen };
  }

  it('is formed again from the reserve, and led by whoever answers first', () => {
    const { accept, invited, pass, seen } = createTeam();
    expect(invited()).toEqual([ann, bob]);
    accept(ann);
    accept(bob);
    pass(6 * leaseMs + 1);
    expect(invited()).toContain(dan);
    expect(invited()).not.toContain(cid);
    accept(dan);
    const roster = seen
      .flatMap((one) => (one.type === 'send-invite' && one.to === dan ? [one.body] : []))
      .at(-1)!;
    expect(roster.coordinator).toBe(dan);
  });

  it('ends when nobody in the reserve answers either', () => {
    const { accept, pass, seen } = createTeam();
    accept(ann);
    accept(bob);
    pass(30 * leaseMs);
    const ends = seen.flatMap((one) => (one.type === 'dissolve-team' ? [one.body.reason] : []));
    expect(ends).toEqual(['nobody-left']);
  });
});

describe('coalitions on a bad network', () => {
  it('accept each item at most once, keep to the budget, and always end', {
    timeout: 60_000 + seedCount * 40,
  }, () => {
    const seen = new Map<string, number>();
    const bad: CoalitionReport[] = [];
    for (let seed = firstSeed; seed < firstSeed + seedCount; seed++) {
      const report = runCoalitionWorld(seed, machines);
      if (report.violations.length > 0) bad.push(report);
      for (const name of report.seen) seen.set(name, (seen.get(name) ?? 0) + 1);
    }
    if (process.env.AMPMESH_SEEDS) console.log(seedCount, 'seeds', Object.fromEntries([...seen].sort()));
    expect(bad.slice(0, 5).map(({ seed, violations }) => ({ seed, violations }))).toEqual([]);
    if (seedCount >= 1_000) for (const name of mustHappen) expect(seen.has(name), name).toBe(true);
  });

  it('without faults always finish the whole job', () => {
    for (let seed = 1; seed <= 100; seed++) {
      const { outcome, violations } = runCoalitionWorld(seed, machines, { calm: true });
      expect(violations).toEqual([]);
      if (outcome?.reason !== 'no-team') expect(outcome).toMatchObject({ kind: 'result', reason: 'done' });
    }
  });

  it('the same seed gives the same run', () => {
    for (let seed = 20; seed <= 100; seed += 20)
      expect(runCoalitionWorld(seed, machines).digest).toBe(runCoalitionWorld(seed, machines).digest);
  });
});

const mustHappen = [
  ...['outcome-result-done', 'outcome-void-no-team', 'outcome-partial-expired', 'partitioned'],
  ...['asker-crashed', 'member-crashed', 'term-claimed', 'awarded-in-a-later-term', 'item-revised'],
  ...['stopped-superseded', 'ignored-stale-fencing', 'ignored-stale-term', 'ignored-late-accept'],
];

const askerPath = 'protocol/coalition/asker.ts';
const memberPath = 'protocol/coalition/member.ts';

/** Each planted bug: the file, the rule as it is written, the broken form, what the checker must say. */
const plantedBugs: readonly [name: string, path: string, find: string, replace: string, caught: RegExp][] = [
  [
    'what was accepted is forgotten',
    askerPath,
    'return state.items.find((item) => item.task === task);',
    'const item = state.items.find((each) => each.task === task);\n    if (item) item.accepted = null;\n    return item;',
    /accepted twice/,
  ],
  [
    'a result without an award is taken',
    askerPath,
    'if (body.fencing > item.fencing) return park(item, from, body);',
    'if (body.fencing > item.fencing) [item.fencing, item.holder] = [body.fencing, from];',
    /no award covers/,
  ],
  [
    'an award of any member is taken',
    askerPath,
    "if (readTerm(body.fencing) !== state.term || from !== leader()) return ignore('stale-term');",
    '',
    /no award covers/,
  ],
  [
    'a result of another than the holder is taken',
    askerPath,
    "if (from !== item.holder) return ignore('not-the-holder');",
    '',
    /another agent’s|not awarded to/,
  ],
  [
    'the substitute is paid from money that is gone',
    askerPath,
    'const budget = lessGranted(init.budget, seats.granted());',
    'const budget = init.budget;',
    /exceed the budget/,
  ],
  [
    'a member that leaves keeps its grant open',
    askerPath,
    "if (state.phase === 'forming') return inviteTeam(input.atMs, [settled]);",
    "if (state.phase === 'forming') return inviteTeam(input.atMs, []);",
    /settled 0 times/,
  ],
  [
    'a team that fails has no end',
    askerPath,
    'const settled = seats.taken().map(settleSeat);',
    "if (reason !== 'done') return [persist()];\n    const settled = seats.taken().map(settleSeat);",
    /never ended/,
  ],
  [
    'a superseded member works on after the end',
    memberPath,
    "const stopped = tasks.flatMap((task) => drop(task, 'over'));",
    'const stopped = tasks.flatMap(() => [] as MemberEffect[]);',
    /runs after the end/,
  ],
];

describe('each planted bug is caught', () => {
  for (const [name, path, find, replace, caught] of plantedBugs) {
    it(name, { timeout: 60_000 }, async () => {
      const broken = {
        ...machines,
        ...(await importPatched<Partial<CoalitionMachines>>(path, find, replace)),
      };
      let found = 'nothing was found';
      for (let seed = 1; seed <= 3_000 && found === 'nothing was found'; seed++) {
        const { violations } = runCoalitionWorld(seed, broken);
        if (violations.length > 0) found = violations.join('; ');
      }
      expect(found).toMatch(caught);
    });
  }
});
