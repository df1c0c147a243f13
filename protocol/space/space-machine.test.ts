import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Did, NodeId, SpaceId } from '../brand.ts';
import type { Members } from '../records.ts';
import type { Verified } from '../signing.ts';
import { createSpaceMachine, type SpaceEffect, type SpaceEntry, type SpaceMachine } from './space-machine.ts';

const space = '01890a5d-ac96-774b-bcce-b302099a8057' as SpaceId;
const owner = 'owner' as Did;
const friend = 'friend' as Did;

function members(version: number, agents: readonly Did[], rest: Partial<Members> = {}): Verified<Members> {
  return {
    record: 'members',
    mesh: 'm',
    space,
    version,
    prev: '',
    owners: [owner],
    signer: owner,
    at: version,
    sig: '',
    members: agents.map((agent) => ({ agent, joinedAt: 0 })),
    ...rest,
  } as Members as Verified<Members>;
}

function entry(number: number, from: Did = owner): SpaceEntry {
  const id = `01890a5d-ac96-774b-bcce-${String(number).padStart(12, '0')}`;
  return { id, space, from, at: number, text: JSON.stringify({ id, space, from, at: number }) };
}

function open(): SpaceMachine {
  const machine = createSpaceMachine();
  machine.step({ type: 'members-seen', record: members(1, [owner, friend]), hash: 'h1', atMs: 0 });
  return machine;
}

const reasonOf = (effects: readonly SpaceEffect[]): string | undefined =>
  effects.flatMap((effect) => (effect.type === 'ignored' ? [effect.reason] : []))[0];

describe('members', () => {
  test('a record by somebody who is no owner is ignored', () => {
    expect(
      reasonOf(
        open().step({
          type: 'members-seen',
          record: members(2, [friend], { signer: friend }),
          hash: 'h2',
          atMs: 1,
        }),
      ),
    ).toBe('signer-is-no-owner');
  });

  test('nobody makes himself an owner by writing himself into the record', () => {
    const coup = members(2, [friend], { signer: friend, owners: [friend] });
    expect(reasonOf(open().step({ type: 'members-seen', record: coup, hash: 'h2', atMs: 1 }))).toBe(
      'signer-was-no-owner',
    );
  });

  test('an older version never comes back', () => {
    const machine = open();
    machine.step({ type: 'members-seen', record: members(3, [owner]), hash: 'h3', atMs: 1 });
    expect(
      reasonOf(
        machine.step({ type: 'members-seen', record: members(2, [owner, friend]), hash: 'h2', atMs: 2 }),
      ),
    ).toBe('older-members');
    expect(machine.isMember(space, friend)).toBe(false);
  });

  test('of two records with one version every node keeps the same', () => {
    for (const order of [
      ['a', 'b'],
      ['b', 'a'],
    ]) {
      const machine = open();
      for (const hash of order)
        machine.step({
          type: 'members-seen',
          record: members(2, hash === 'a' ? [owner] : [owner, friend]),
          hash,
          atMs: 1,
        });
      expect(machine.isMember(space, friend)).toBe(false);
    }
  });
});

describe('entries', () => {
  test('by a stranger wait until a member record knows the author', () => {
    const machine = open();
    const late = 'late' as Did;
    expect(reasonOf(machine.step({ type: 'entry-seen', entry: entry(1, late), atMs: 1 }))).toBe(
      'author-not-known-yet',
    );
    const effects = machine.step({
      type: 'members-seen',
      record: members(2, [owner, friend, late]),
      hash: 'h2',
      atMs: 2,
    });
    expect(effects.some((effect) => effect.type === 'entry-added')).toBe(true);
  });

  test('a space that is full says so', () => {
    const machine = createSpaceMachine({ entriesMax: 1 });
    machine.step({ type: 'members-seen', record: members(1, [owner]), hash: 'h1', atMs: 0 });
    machine.step({ type: 'entry-seen', entry: entry(1), atMs: 1 });
    expect(reasonOf(machine.step({ type: 'entry-seen', entry: entry(2), atMs: 1 }))).toBe('space-full');
  });

  test('are kept from nodes without a member', () => {
    const machine = open();
    machine.step({ type: 'entry-seen', entry: entry(1), atMs: 1 });
    const pull = { kind: 'pull', space, version: 0, have: [] } as const;
    expect(
      reasonOf(
        machine.step({ type: 'packet', node: 'spy' as NodeId, packet: pull, isHolder: false, atMs: 2 }),
      ),
    ).toBe('not-a-holder');
  });
});

test('two authors who use one id both keep what they said', () => {
  const machine = open();
  machine.step({ type: 'entry-seen', entry: entry(1, owner), atMs: 1 });
  machine.step({ type: 'entry-seen', entry: entry(1, friend), atMs: 1 });
  expect(machine.entries(space).map((one) => one.from)).toEqual([friend, owner]);
});

test('two holders that differ in any way end with the same entries and members', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.integer({ min: 1, max: 300 }), fc.boolean(), fc.boolean()), { maxLength: 40 }),
      fc.boolean(),
      (written, isAhead) => {
        const holders: Record<string, SpaceMachine> = { a: open(), b: open() };
        if (isAhead)
          holders.a!.step({ type: 'members-seen', record: members(2, [owner, friend]), hash: 'h2', atMs: 1 });
        for (const [number, atA, atB] of written) {
          if (atA) holders.a!.step({ type: 'entry-seen', entry: entry(number), atMs: 1 });
          if (atB) holders.b!.step({ type: 'entry-seen', entry: entry(number), atMs: 1 });
        }
        exchange(holders);
        const idsOf = (name: string): string[] => holders[name]!.entries(space).map((one) => one.id);
        expect(idsOf('a')).toEqual(idsOf('b'));
        expect(holders.b!.members(space)?.version).toBe(isAhead ? 2 : 1);
        expect(new Set(idsOf('a')).size).toBe(
          new Set(written.filter(([, atA, atB]) => atA || atB).map(([number]) => number)).size,
        );
      },
    ),
    { numRuns: 300, seed: 3 },
  );
});

/** Greet from one side and carry packets until nobody says anything. */
function exchange(holders: Record<string, SpaceMachine>): void {
  const queue = holders
    .a!.step({ type: 'holders-found', space, nodes: ['b' as NodeId], atMs: 2 })
    .map((effect) => ({ from: 'a', effect }));
  for (let i = 0; i < queue.length && i < 500; i++) {
    const { from, effect } = queue[i]!;
    if (effect.type !== 'send-packet') continue;
    const to = effect.node as string;
    const { packet } = effect;
    const machine = holders[to]!;
    const answers =
      packet.kind === 'entries'
        ? packet.texts.flatMap((text) =>
            machine.step({
              type: 'entry-seen',
              entry: { ...(JSON.parse(text) as SpaceEntry), text },
              atMs: 3,
            }),
          )
        : packet.kind === 'members'
          ? packet.records.flatMap((record) =>
              machine.step({
                type: 'members-seen',
                record: record as Verified<Members>,
                hash: `h${record.version}`,
                atMs: 3,
              }),
            )
          : machine.step({ type: 'packet', node: from as NodeId, packet, isHolder: true, atMs: 3 });
    queue.push(...answers.map((answer) => ({ from: to, effect: answer })));
  }
}

describe('comparing', () => {
  const dueOf = (effects: readonly SpaceEffect[]): number | undefined =>
    effects.flatMap((effect) => (effect.type === 'set-timer' ? [effect.dueAtMs] : [])).at(-1);
  const isCompared = (effects: readonly SpaceEffect[]): boolean =>
    effects.some((effect) => effect.type === 'find-holders');

  test('waits twice as long each time while nothing differs, and the timer as long', () => {
    const machine = createSpaceMachine();
    const first = machine.step({ type: 'members-seen', record: members(1, [owner]), hash: 'h1', atMs: 0 });
    const waits: number[] = [];
    let dueAtMs = dueOf(first)!;
    for (let round = 0; round < 4; round++) {
      const effects = machine.step({ type: 'timer-fired', timer: 'space-sync', atMs: dueAtMs });
      expect(isCompared(effects)).toBe(true);
      waits.push(dueOf(effects)! - dueAtMs);
      dueAtMs = dueOf(effects)!;
    }
    expect(waits).toEqual([1_000, 2_000, 4_000, 8_000]);
  });

  test('goes on in a space in which something is said all the time', () => {
    const machine = open();
    let dueAtMs = 500;
    let rounds = 0;
    for (let atMs = 100; atMs <= 5_000; atMs += 100) {
      const said = machine.step({ type: 'entry-seen', entry: entry(atMs), atMs });
      dueAtMs = Math.min(dueAtMs, dueOf(said) ?? dueAtMs);
      if (dueAtMs > atMs) continue;
      const effects = machine.step({ type: 'timer-fired', timer: 'space-sync', atMs });
      if (isCompared(effects)) rounds += 1;
      dueAtMs = dueOf(effects)!;
    }
    expect(rounds).toBeGreaterThanOrEqual(8);
  });
});
