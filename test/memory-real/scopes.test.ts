/** Who writes and reads which blocks of a shared memory: stated by the owner, kept by nodes and by every replica. */
import { expect, test } from 'vitest';
import type { Heard } from '../mesh/sim-mesh.ts';
import { ask, claim, convergeMs, createTeam, look, space, viewsOf } from './team.ts';

/** Ann owns the space; ben writes pumps and traces of deck 2 and reads all; cat reads pumps only. */
function createScopedTeam() {
  return createTeam(['ann', 'ben', 'cat'], 1, ([, ben, cat]) => ({
    scopes: {
      [ben.did]: { write: ['entity/pump', 'thread/repairs', 'trace/deck/2', 'shared/pumps'] },
      [cat.did]: { write: [], read: ['entity/pump', 'trace/deck/2'] },
    },
  }));
}

const codeOf = (heard: Heard) => heard.code;

test('an agent writes the blocks that it was given, and is refused by name elsewhere', () => {
  const { mesh, team } = createScopedTeam();
  const [ann, ben, cat] = team;
  claim(mesh, ben, { id: 'pump.1', text: 'The pump runs' });
  claim(mesh, ben, { id: 'x', text: 'About the repair', type: 'message', thread: `${ann.did}/repairs` });
  const outside = [
    { type: 'claim', space, claim: { id: 'valve.1', type: 'hypothesis', text: 'The valve leaks' } },
    { type: 'deposit', space, location: 'deck/3', kind: 'seen', amount: 1, halfLifeMs: 60_000 },
    { type: 'amend', space, kind: 'counter', name: 'valves', by: 1 },
    { type: 'document', space, document: 'report', id: 'a', update: 'AAA' },
  ];
  for (const message of outside) expect(codeOf(ask(mesh, ben, message))).toBe('AMP-1721');
  expect(codeOf(ask(mesh, cat, { type: 'amend', space, kind: 'counter', name: 'pumps', by: 1 }))).toBe(
    'AMP-1721',
  );
  const inside = [
    { type: 'deposit', space, location: 'deck/2/a', kind: 'seen', amount: 1, halfLifeMs: 60_000 },
    { type: 'amend', space, kind: 'counter', name: 'pumps', by: 1 },
  ];
  for (const message of inside) expect(ask(mesh, ben, message)).toMatchObject({ type: 'found' });
  for (const message of outside) expect(ask(mesh, ann, message)).toMatchObject({ type: 'found' });
});

test('a node that lets its agent write elsewhere convinces nobody: every replica leaves it out, and the chain goes on', () => {
  const { mesh, team } = createScopedTeam();
  const [ann, ben] = team;
  look(mesh, ben);
  const own = mesh.peers[1]!.memory.space(space)!;
  const body = { type: 'fact', text: 'The valve is fine', at: 1 };
  own.edit(ben.did, undefined, '3', [{ key: 'e/valve.1', value: body }], () => undefined);
  const id = claim(mesh, ben, { id: 'pump.2', text: 'Written after it' });
  mesh.run(convergeMs);
  for (const agent of team.slice(0, 2)) expect(look(mesh, agent).items.map((one) => one.id)).toEqual([id]);
  // The frame itself is there, signed: evidence of what was tried.
  expect(mesh.peers[0]!.memory.space(space)!.replica.find(ben.did, 'e/valve.1')).toMatchObject(body);
  expect(mesh.peers[0]!.ignoredCounts.get('memory outside-write-scope')).toBeGreaterThan(0);
  expect(new Set(viewsOf(mesh)).size).toBe(1);
  expect(look(mesh, ann, { ids: [`${ben.did}/valve.1`] }).items).toEqual([]);
});

test('an agent reads the blocks that it was given: answers, marks and changes are cut to them, and a copy is refused', () => {
  const { mesh, team } = createScopedTeam();
  const [ann, ben, cat] = team;
  cat.send({ type: 'subscribe', subscription: 'all', filter: { topic: 'graph', space } });
  const pump = claim(mesh, ann, { id: 'pump.1', text: 'The pump runs' });
  const secret = claim(mesh, ann, { id: 'budget', text: 'The budget is low' });
  for (const location of ['deck/2', 'deck/3'])
    ask(mesh, ann, { type: 'deposit', space, location, kind: 'seen', amount: 1, halfLifeMs: 60_000 });
  mesh.run(convergeMs);
  const answer = look(mesh, cat);
  expect(answer.items.map((one) => one.id)).toEqual([pump]);
  expect(answer.explain).toMatchObject({ hidden: 1 });
  expect(look(mesh, ben).items).toHaveLength(2);
  const refused = { type: 'query', what: 'graph', filter: { space, ids: [secret] } };
  expect(codeOf(ask(mesh, cat, refused))).toBe('AMP-1722');
  const marks = ask(mesh, cat, { type: 'sense', space, location: 'deck/', prefix: true });
  expect(marks.traces).toMatchObject([{ location: 'deck/2' }]);
  const events = cat.of('event').filter((one) => one.subscription === 'all');
  expect(
    events.flatMap((one) => (one.event as { changes: { id: string }[] }).changes.map(({ id }) => id)),
  ).toEqual([pump]);
  const summary = { kind: 'heads', space, buckets: [], heads: [], isReply: false };
  cat.send({ type: 'sync', body: { kind: 'summary', space, summary } });
  mesh.run(10);
  expect(cat.of('error').at(-1)).toMatchObject({ code: 'AMP-1722' });
});

test('a policy whose scopes are malformed gives nobody anything, rather than everybody everything', () => {
  const { mesh, team } = createTeam(['ann', 'ben'], 1, { scopes: { '*': { wirte: ['entity/'] } } });
  const refused = ask(mesh, team[1], {
    ...{ type: 'claim', space },
    claim: { type: 'fact', text: 'x' },
  });
  expect(codeOf(refused)).toBe('AMP-1721');
});

/** All that an agent may write into a memory, one of each kind; none rests on what was written before. */
const everyKind = (target: string) => [
  { type: 'claim', space, claim: { type: 'hypothesis', text: 'The valve leaks' } },
  { type: 'attest', space, attestation: { target, stance: 'support' } },
  { type: 'relate', space, relation: { kind: 'supports', from: target, to: target } },
  { type: 'deposit', space, location: 'deck/3', kind: 'seen', amount: 1, halfLifeMs: 60_000 },
  { type: 'amend', space, kind: 'counter', name: 'valves', by: 1 },
  { type: 'document', space, document: 'report', id: 'a', update: 'AAA' },
];

test('who belongs to a space to read along reads all of its memory and writes nothing there, whatever the kind', () => {
  const { mesh, team } = createTeam(['ann', 'ben']);
  const [ann, ben] = team;
  const target = claim(mesh, ann, { id: 'pump.1', text: 'The pump runs' });
  const reader = mesh.join(1, 'rik');
  ann.send({ type: 'invite', space, to: reader.did, goal: 'know together', reader: true });
  mesh.run(500);
  reader.send({ type: 'accept', space, invitation: reader.of('invite')[0]!.id, to: ann.did });
  mesh.run(convergeMs);
  for (const message of everyKind(target)) {
    expect(codeOf(ask(mesh, reader, message))).toBe('AMP-1721');
    expect(ask(mesh, ben, message)).toMatchObject({ type: 'found' });
  }
  // A node that asks its own replica directly, past its desk, is refused as well.
  const outcomes: boolean[] = [];
  const entry = { key: 'e/own', value: { type: 'fact', text: 'Mine', at: 1 } };
  mesh.peers[1]!.memory.space(space)!.edit(reader.did, undefined, '3', [entry], ({ ok }) =>
    outcomes.push(ok),
  );
  expect(outcomes).toEqual([false]);
  mesh.run(convergeMs);
  expect(look(mesh, reader).items).toHaveLength(2);
  expect(new Set(viewsOf(mesh)).size).toBe(1);
  for (const peer of mesh.peers)
    expect(
      peer.memory
        .space(space)!
        .replica.heads()
        .map((head) => head.author),
    ).not.toContain(reader.did);
});

test('an owner changes who writes what: what was written by then stands everywhere, what comes after does not', () => {
  const { mesh, team } = createScopedTeam();
  const [ann, ben] = team;
  const before = claim(mesh, ben, { id: 'pump.1', text: 'The pump runs' });
  mesh.run(convergeMs);
  const scopes = { [ben.did]: { write: ['entity/valve'] } };
  expect(codeOf(ask(mesh, ben, { type: 'scope', space, scopes }))).toBe('AMP-1404');
  const wrong = { [ben.did]: { wirte: [] } };
  expect(codeOf(ask(mesh, ann, { type: 'scope', space, scopes: wrong }))).toBe('AMP-1005');
  const version = mesh.peers[0]!.spaces.machine.members(space)!.version;
  expect(ask(mesh, ann, { type: 'scope', space, scopes })).toMatchObject({
    items: [{ version: version + 1 }],
  });
  mesh.run(convergeMs);
  expect(codeOf(ask(mesh, ben, { type: 'amend', space, kind: 'counter', name: 'pumps', by: 1 }))).toBe(
    'AMP-1721',
  );
  const after = claim(mesh, ben, { id: 'valve.1', text: 'The valve leaks' });
  mesh.run(convergeMs);
  for (const agent of team)
    expect(
      look(mesh, agent)
        .items.map((one) => one.id)
        .sort(),
    ).toEqual([before, after]);
  // Narrowed again, both still stand; opened to all, and narrowed without keeping anything, neither does.
  ask(mesh, ann, { type: 'scope', space, scopes: { [ben.did]: { write: [] } } });
  mesh.run(convergeMs);
  expect(look(mesh, ann).items).toHaveLength(2);
  ask(mesh, ann, { type: 'scope', space, scopes: { [ben.did]: { write: [] } }, keep: false });
  mesh.run(convergeMs);
  for (const agent of team) expect(look(mesh, agent).items).toHaveLength(0);
  ask(mesh, ann, { type: 'scope', space });
  mesh.run(convergeMs);
  for (const agent of team) expect(look(mesh, agent).items).toHaveLength(2);
  expect(new Set(viewsOf(mesh)).size).toBe(1);
});

test('records and frames cross in any order: what the owner had not seen when it took the right away is set aside by all', () => {
  for (const isOwnerAlone of [true, false]) {
    const { mesh, team } = createTeam(['ann', 'ben', 'cat'], isOwnerAlone ? 3 : 4);
    const [ann, ben] = team;
    const seen = claim(mesh, ben, { id: 'seen', text: 'Written while it was allowed' });
    mesh.run(convergeMs);
    const [first, second, third] = mesh.peers.map((peer) => peer.self);
    // Either the third hears the frame first and the record later, or the other way round.
    mesh.network.partition(isOwnerAlone ? [[first!], [second!, third!]] : [[first!, third!], [second!]]);
    claim(mesh, ben, { id: 'unseen', text: 'Written before the record was heard of' });
    ask(mesh, ann, { type: 'scope', space, scopes: { [ben.did]: { write: ['entity/late'] } } });
    mesh.run(convergeMs);
    mesh.network.heal();
    mesh.run(2 * convergeMs);
    const late = claim(mesh, ben, { id: 'late', text: 'Within the new scope' });
    mesh.run(convergeMs);
    for (const agent of team)
      expect(
        look(mesh, agent)
          .items.map((one) => one.id)
          .sort(),
      ).toEqual([late, seen]);
    expect(new Set(viewsOf(mesh)).size).toBe(1);
    // Whoever comes late judges by the latest record alone, and sees the same.
    mesh.crash(2);
    mesh.restart(2);
    mesh.run(convergeMs);
    expect(viewsOf(mesh)[2]).toBe(viewsOf(mesh)[0]);
  }
});
