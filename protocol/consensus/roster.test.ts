import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Did } from '../brand.ts';
import { bitCount, faultMax, quorum, rosterMax } from './quorum.ts';
import { checkRoster, type RosterCandidate, type RosterFacts, selectRoster } from './roster.ts';

const keys = { hash: (bytes: Uint8Array) => new Uint8Array(createHash('sha256').update(bytes).digest()) };
const alphabet = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';

function didOf(number: number): Did {
  return `did:key:z6Mk${alphabet[number % 58]}${alphabet[Math.floor(number / 58)]}${'b'.repeat(42)}` as Did;
}

function candidate(number: number, node = number, owner = number): RosterCandidate {
  return { did: didOf(number), node: didOf(node), owner: didOf(owner), key: didOf(number) };
}

function facts(members: RosterCandidate[], witnesses: RosterCandidate[] = [], instance = 'i'): RosterFacts {
  return { mesh: 'm', space: 'commons', instance, membersVersion: 3, members, witnesses };
}

const many = (count: number) => Array.from({ length: count }, (_, i) => candidate(i));

test('Q = n - f = floor(2n / 3) + 1, and two quorums share more than f members', () => {
  for (let n = 1; n <= rosterMax; n++) {
    expect(quorum(n)).toBe(Math.floor((2 * n) / 3) + 1);
    expect(2 * quorum(n) - n).toBeGreaterThan(faultMax(n));
    expect(n).toBeGreaterThanOrEqual(3 * faultMax(n) + 1);
  }
});

test('bits are counted as a loop counts them', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 0x7fffffff }), (mask) => {
      expect(bitCount(mask)).toBe(mask.toString(2).replaceAll('0', '').length);
    }),
    { seed: 1 },
  );
});

test('the roster does not depend on the order of the candidates, and is sorted by DID', () => {
  const forward = selectRoster(keys, facts(many(9)));
  const backward = selectRoster(keys, facts(many(9).reverse()));
  expect(backward).toEqual(forward);
  const dids = forward.record.members.map((member) => member.did);
  expect(dids).toEqual([...dids].sort());
});

test('the hash names the instance, the members version, nodes, owners and keys', () => {
  const base = selectRoster(keys, facts(many(5)));
  const others = [
    selectRoster(keys, facts(many(5), [], 'j')),
    selectRoster(keys, { ...facts(many(5)), membersVersion: 4 }),
    selectRoster(keys, facts(many(5).map((member, i) => ({ ...member, node: didOf(50 + i) })))),
    selectRoster(keys, facts(many(5).map((member, i) => ({ ...member, owner: didOf(50 + i) })))),
    selectRoster(keys, facts(many(5).map((member, i) => ({ ...member, key: didOf(50 + i) })))),
  ];
  expect(new Set([base, ...others].map((roster) => roster.hash)).size).toBe(6);
});

test('at most one per node, at most f per owner, at most 31, whoever applies', () => {
  const arbitrary = fc.array(fc.tuple(fc.nat(40), fc.nat(12)), { minLength: 1, maxLength: 60 });
  fc.assert(
    fc.property(arbitrary, (pairs) => {
      const members = pairs.map(([node, owner], i) => candidate(i, 100 + node, 200 + owner));
      const { record, hash } = selectRoster(keys, facts(members));
      const nodes = new Set(record.members.map((member) => member.node));
      expect(nodes.size).toBe(record.members.length);
      expect(record.members.length).toBeLessThanOrEqual(rosterMax);
      expect(checkRoster(keys, record)).toEqual({ ok: true, value: { record, hash } });
      if (record.label === 'not-byzantine') return;
      const n = record.members.length;
      for (const { owner } of record.members) {
        const own = record.members.filter((member) => member.owner === owner);
        expect(own.length).toBeLessThanOrEqual(faultMax(n));
      }
    }),
    { seed: 2 },
  );
});

test('too few members call witnesses, the same ones everywhere, others for another instance', () => {
  const witnesses = Array.from({ length: 40 }, (_, i) => candidate(100 + i));
  const roster = selectRoster(keys, facts(many(2), witnesses));
  expect(roster.record.label).toBe('byzantine');
  expect(roster.record.members).toHaveLength(4);
  expect(roster.record.members.filter((member) => member.witness)).toHaveLength(2);
  expect(selectRoster(keys, facts(many(2), witnesses.toReversed()))).toEqual(roster);
  const other = selectRoster(keys, facts(many(2), witnesses, 'another'));
  expect(other.record.members.map((m) => m.did)).not.toEqual(roster.record.members.map((m) => m.did));
});

test('enough members call no witness', () => {
  const { record } = selectRoster(keys, facts(many(4), [candidate(100)]));
  expect(record.members.some((member) => member.witness)).toBe(false);
});

test('fewer than four independent members are labelled: one lie can change the outcome', () => {
  expect(selectRoster(keys, facts(many(3))).record.label).toBe('not-byzantine');
  const oneOwner = many(6).map((member) => ({ ...member, owner: didOf(99) }));
  expect(selectRoster(keys, facts(oneOwner)).record).toMatchObject({ label: 'not-byzantine' });
});

test('a roster from outside that is unsorted, crowded or mislabelled is refused', () => {
  const { record } = selectRoster(keys, facts(many(5)));
  const refused = [
    { ...record, members: record.members.toReversed() },
    { ...record, label: 'not-byzantine' },
    { ...record, members: record.members.map((member) => ({ ...member, node: didOf(77) })) },
    { ...record, members: record.members.map((member) => ({ ...member, owner: didOf(77) })) },
    { ...record, members: [] },
    { ...record, extra: 1 },
    null,
  ];
  for (const roster of refused) expect(checkRoster(keys, roster)).toMatchObject({ ok: false });
});
