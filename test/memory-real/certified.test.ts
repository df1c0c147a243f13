/** A claim becomes a fact by a decision of all members, and by no other; independence goes by who answers for a node. */
import { expect, test } from 'vitest';
import { claimBallot } from '../../client/index.ts';
import { attest, claim, convergeMs, createTeam, look, space } from './team.ts';

const decision = '01890a5d-ac96-774b-bcce-b302099a8058';

function createDecidingTeam() {
  const { mesh, team } = createTeam(['ann', 'ben', 'cat'], 1, {
    quorum: { by: 'count', min: 2 },
    certificate: 'required',
  });
  const id = claim(mesh, team[0], { id: 'bridge', text: 'The bridge carries 40 tons' });
  mesh.run(convergeMs);
  const [found] = look(mesh, team[1], { ids: [id] }).items as [{ id: string; body: never }];
  const { question, options } = claimBallot(space, found);
  return { mesh, team, id, question, options };
}

test('a decision of all members makes the claim a fact everywhere, as it was decided on and no further', () => {
  const { mesh, team, id, question, options } = createDecidingTeam();
  const deadlineAt = mesh.scheduler.nowMs() + 20_000;
  for (const other of [team[1], team[2]]) attest(mesh, other, id, { model: other.did.slice(-4) });
  mesh.run(convergeMs);
  expect(look(mesh, team[0]).items[0]).toMatchObject({ status: 'hypothesis', support: 2 });
  team[0].send({ type: 'decide', decision, space, question, options, rule: 'majority', deadlineAt });
  mesh.run(500);
  for (const agent of team) agent.send({ type: 'vote', decision, choice: ['fact'] });
  mesh.run(22_000);
  for (const agent of team) expect(look(mesh, agent).items[0]).toMatchObject({ id, status: 'fact' });
  mesh.crash(1);
  mesh.restart(1);
  const ben = mesh.join(1, 'ben', undefined, { resume: team[1].resume! });
  mesh.run(convergeMs);
  expect(look(mesh, ben).items[0]).toMatchObject({ id, status: 'fact' });
  claim(mesh, team[0], { id: 'bridge', text: 'The bridge carries 400 tons' });
  mesh.run(convergeMs);
  for (const agent of [team[0], ben, team[2]])
    expect(look(mesh, agent).items[0]).toMatchObject({ id, status: 'hypothesis' });
});

test('a decision that asked friends only makes nothing a fact', () => {
  const { mesh, team, id, question, options } = createDecidingTeam();
  const deadlineAt = mesh.scheduler.nowMs() + 20_000;
  const voters = [team[0].did, team[1].did];
  team[0].send({ type: 'decide', decision, space, question, options, rule: 'majority', deadlineAt, voters });
  mesh.run(500);
  for (const agent of team.slice(0, 2)) agent.send({ type: 'vote', decision, choice: ['fact'] });
  mesh.run(22_000);
  const told = team[0].of('event').map((one) => one.event as { kind: string; outcome?: string });
  expect(told.filter((one) => one.kind === 'decided')).toMatchObject([{ outcome: 'fact' }]);
  for (const agent of team) expect(look(mesh, agent).items[0]).toMatchObject({ id, status: 'hypothesis' });
});

test('two agents of one node speak with one voice', () => {
  const { mesh, team } = createTeam(['ann', 'ben'], 1, {
    quorum: { by: 'count', min: 2 },
    independence: { owner: true },
  });
  const [ann, ben] = team;
  const dan = mesh.join(1, 'dan');
  mesh.run(500);
  ann.send({ type: 'invite', space, to: dan.did, goal: 'join us' });
  mesh.run(500);
  dan.send({ type: 'accept', space, invitation: dan.of('invite')[0]!.id, to: ann.did });
  mesh.run(convergeMs);
  const id = claim(mesh, ann, { text: 'The bridge carries 40 tons' });
  mesh.run(convergeMs);
  for (const one of [ben, dan]) attest(mesh, one, id);
  mesh.run(convergeMs);
  for (const agent of [ann, ben, dan])
    expect(look(mesh, agent).items[0]).toMatchObject({ status: 'hypothesis', support: 1 });
});
