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
