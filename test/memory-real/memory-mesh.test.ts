/** Shared memory between whole peers on the virtual shell: the agents' words in, the same view everywhere out. */
import { describe, expect, test } from 'vitest';
import { createSimMesh } from '../mesh/sim-mesh.ts';
import { ask, attest, claim, convergeMs, createTeam, look, space, viewsOf } from './team.ts';

describe('shared memory between peers', () => {
  test('a claim becomes a fact once two independent members attest it, and each peer says so with provenance', () => {
    const { mesh, team } = createTeam(['ann', 'ben', 'cat']);
    const [ann, ben, cat] = team;
    const id = claim(mesh, ann, { text: 'The bridge carries 40 tons' });
    mesh.run(convergeMs);
    for (const agent of team)
      expect(look(mesh, agent).items).toMatchObject([{ id, author: ann.did, status: 'hypothesis' }]);
    attest(mesh, ben, id);
    mesh.run(convergeMs);
    expect(look(mesh, cat, { ids: [id] }).items[0]).toMatchObject({ status: 'hypothesis', support: 1 });
    attest(mesh, cat, id, { model: 'another' });
    mesh.run(convergeMs);
    for (const agent of team) {
      const [fact] = look(mesh, agent, { statuses: ['fact'] }).items;
      expect(fact).toMatchObject({ id, status: 'fact', support: 2, provenance: { seq: 0 } });
      const voices = (fact!.attestations as { author: string }[]).map((one) => one.author);
      expect(new Set(voices)).toEqual(new Set([ben.did, cat.did]));
    }
    expect(new Set(viewsOf(mesh)).size).toBe(1);
  });

  test("a space's own policy decides: where one supporter is enough, one makes a fact", () => {
    const { mesh, team } = createTeam(['ann', 'ben'], 1, { quorum: { by: 'count', min: 1 } });
    const [ann, ben] = team;
    const id = claim(mesh, ann, { text: 'The pump is on' });
    mesh.run(convergeMs);
    attest(mesh, ben, id);
    mesh.run(convergeMs);
    expect(look(mesh, ann).items[0]).toMatchObject({ status: 'fact' });
  });

  test('two exclusive values are a conflict on every peer, until a retraction settles it, and it stays listed', () => {
    const { mesh, team } = createTeam(['ann', 'ben', 'cat']);
    const [ann, ben, cat] = team;
    const one = claim(mesh, ann, { text: 'x is 1', subject: 'x', predicate: 'is', value: 1 });
    const two = claim(mesh, ben, { text: 'x is 2', subject: 'x', predicate: 'is', value: 2 });
    mesh.run(convergeMs);
    const [conflict] = look(mesh, cat, { status: 'open' }, 'conflicts').items;
    expect(conflict).toMatchObject({ kind: 'exclusive-values', sides: [one, two].sort(), status: 'open' });
    expect(look(mesh, cat, { ids: [one] }).explain.conflicts).toMatchObject([{ id: conflict!.id }]);
    expect(ask(mesh, ann, { type: 'retract', space, entity: two })).toMatchObject({ code: 'AMP-1706' });
    ask(mesh, ben, { type: 'retract', space, entity: two, reason: 'misread' });
    mesh.run(convergeMs);
    const [settled] = look(mesh, cat, {}, 'conflicts').items;
    expect(settled).toMatchObject({ id: conflict!.id, status: 'resolved', resolution: { by: 'retraction' } });
    expect(look(mesh, cat, { ids: [two] }).items[0]).toMatchObject({
      status: 'retracted',
      retraction: { reason: 'misread' },
    });
  });

  test('both sides of a partition go on writing, and 5 s after it heals all views are equal', () => {
    const { mesh, team } = createTeam(['ann', 'ben', 'cat']);
    const selves = mesh.peers.map((peer) => peer.self);
    claim(mesh, team[0], { text: 'before' });
    mesh.run(convergeMs);
    mesh.network.partition([[selves[0]!], [selves[1]!, selves[2]!]]);
    for (let i = 0; i < 40; i++) claim(mesh, team[i % 3]!, { text: `claim ${i} in the dark` });
    mesh.run(convergeMs);
    expect(new Set(viewsOf(mesh)).size).toBe(2);
    mesh.network.heal();
    mesh.run(convergeMs);
    expect(new Set(viewsOf(mesh)).size).toBe(1);
    expect(look(mesh, team[0]).items).toHaveLength(41);
  });

  test('a crashed node comes back with every claim that it acknowledged, and uses no seq twice', () => {
    const { mesh, team } = createTeam(['ann', 'ben']);
    const acknowledged = [0, 1, 2].map((i) => claim(mesh, team[0], { text: `claim ${i}` }));
    mesh.crash(0);
    mesh.restart(0);
    const ann = mesh.join(0, 'ann', undefined, { resume: team[0].resume! });
    mesh.run(convergeMs);
    expect(new Set(look(mesh, ann).items.map((one) => one.id))).toEqual(new Set(acknowledged));
    claim(mesh, ann, { text: 'after the crash' });
    mesh.run(convergeMs);
    expect(look(mesh, team[1]).items).toHaveLength(4);
    const heads = mesh.peers[1]!.memory.space(space)!.replica.heads();
    expect(heads.filter((head) => head.author === ann.did).map((head) => head.seq)).toEqual(
      expect.arrayContaining([2, 0]),
    );
    expect(mesh.peers[1]!.memory.space(space)!.replica.proofs()).toEqual([]);
    expect(new Set(viewsOf(mesh)).size).toBe(1);
  });

  test('a newcomer to the space gets what was known before it came', () => {
    const { mesh, team } = createTeam(['ann', 'ben', 'cat']);
    for (let i = 0; i < 5; i++) claim(mesh, team[0], { text: `old ${i}` });
    const dan = mesh.join(2, 'dan');
    mesh.run(500);
    expect(ask(mesh, dan, { type: 'query', what: 'graph', filter: { space } })).toMatchObject({
      code: 'AMP-1401',
    });
    team[0].send({ type: 'invite', space, to: dan.did, goal: 'join us' });
    mesh.run(500);
    dan.send({ type: 'accept', space, invitation: dan.of('invite')[0]!.id, to: team[0].did });
    mesh.run(convergeMs);
    const answer = look(mesh, dan);
    expect(answer.items).toHaveLength(5);
    expect(answer.complete).toBe(true);
  });

  test('who left the space writes no more, and what it wrote before still counts', () => {
    const { mesh, team } = createTeam(['ann', 'ben', 'cat']);
    const [ann, ben, cat] = team;
    const id = claim(mesh, ben, { text: 'from my time' });
    mesh.run(convergeMs);
    ben.send({ type: 'leave', space });
    mesh.run(convergeMs);
    const late = ask(mesh, ben, { type: 'claim', space, claim: { type: 'hypothesis', text: 'too late' } });
    expect(late).toMatchObject({ type: 'error', code: 'AMP-1401' });
    for (const agent of [ann, cat]) expect(look(mesh, agent).items.map((one) => one.id)).toEqual([id]);
  });

  test('what a leaver wrote before its node heard of it is cut off everywhere, though that node stays a holder', () => {
    const { mesh, team } = createTeam(['ann', 'ben', 'cat']);
    const [ann, ben, cat] = team;
    const dan = mesh.join(1, 'dan');
    mesh.run(500);
    ann.send({ type: 'invite', space, to: dan.did, goal: 'join us' });
    mesh.run(500);
    dan.send({ type: 'accept', space, invitation: dan.of('invite')[0]!.id, to: ann.did });
    mesh.run(convergeMs);
    const id = claim(mesh, ben, { text: 'from my time' });
    mesh.run(convergeMs);
    const isMember = () => mesh.peers[0]!.spaces.machine.isMember(space, ben.did);
    ben.send({ type: 'leave', space });
    while (isMember()) mesh.run(1);
    const [first, second, third] = mesh.peers.map((peer) => peer.self);
    mesh.network.partition([[second!], [first!, third!]]);
    const late = claim(mesh, ben, { text: 'written after the removal' });
    expect(look(mesh, dan).items.map((one) => one.id)).toContain(late);
    mesh.network.heal();
    mesh.run(2 * convergeMs);
    for (const agent of [ann, cat, dan]) expect(look(mesh, agent).items.map((one) => one.id)).toEqual([id]);
    expect(new Set(viewsOf(mesh)).size).toBe(1);
  });

  test('subscribers hear each change that fits their filter, with the entity', () => {
    const { mesh, team } = createTeam(['ann', 'ben']);
    const [ann, ben] = team;
    ben.send({
      type: 'subscribe',
      subscription: 'q',
      filter: { topic: 'graph', space, types: ['question'] },
    });
    claim(mesh, ann, { text: 'not asked' });
    const id = claim(mesh, ann, { type: 'question', text: 'How deep is it?' });
    mesh.run(convergeMs);
    const events = ben.of('event').filter((one) => one.subscription === 'q');
    expect(events).toHaveLength(1);
    expect(events[0]!.event).toMatchObject({
      kind: 'graph',
      space,
      changes: [{ id, status: 'open', entity: { body: { text: 'How deep is it?' } } }],
    });
    ben.send({ type: 'unsubscribe', subscription: 'q' });
    claim(mesh, ann, { type: 'question', text: 'Why?' });
    mesh.run(convergeMs);
    expect(ben.of('event').filter((one) => one.subscription === 'q')).toHaveLength(1);
  });

  test('a need calls for help in the mesh once, and the contribution that meets it closes it', () => {
    const { mesh, team } = createTeam(['ann', 'ben', 'cat']);
    const helper = mesh.join(2, 'helper', 'Translates Finnish contracts into English');
    mesh.run(3_000);
    const [ann, ben] = team;
    const need = claim(mesh, ann, {
      type: 'need',
      text: 'The contract is in Finnish',
      capability: 'Translate a Finnish contract into English',
    });
    mesh.run(convergeMs);
    expect(helper.of('broadcast')).toHaveLength(1);
    expect(helper.of('broadcast')[0]).toMatchObject({ context: { space, need } });
    expect(look(mesh, ben, {}, 'open').items).toMatchObject([{ id: need, status: 'open' }]);
    const text = claim(mesh, ben, { type: 'solution', text: 'Here it is in English' });
    ask(mesh, ben, { type: 'relate', space, relation: { kind: 'meets', from: text, to: need } });
    mesh.run(convergeMs);
    expect(look(mesh, ann, {}, 'open').items).toEqual([]);
    expect(helper.of('broadcast')).toHaveLength(1);
  });

  test('a question by meaning finds the near claim first', () => {
    const { mesh, team } = createTeam(['ann', 'ben']);
    const near = claim(mesh, team[0], { text: 'The database query is slow because an index is missing' });
    claim(mesh, team[0], { text: 'Bananas ripen faster next to apples' });
    mesh.run(convergeMs);
    const found = look(mesh, team[1], {}, 'graph', 'why is my database query slow').items;
    expect(found[0]).toMatchObject({ id: near });
    expect(found[0]!.similarity as number).toBeGreaterThan((found[1]?.similarity as number) ?? 0);
  });

  test('a mark is sensed on other peers, halves in its half-life, and deposits add up', () => {
    const { mesh, team } = createTeam(['ann', 'ben']);
    const [ann, ben] = team;
    const mark = { space, location: 'tasks/7', kind: 'done', amount: 8, halfLifeMs: 60_000 };
    ask(mesh, ann, { type: 'deposit', ...mark });
    ask(mesh, ben, { type: 'deposit', ...mark });
    mesh.run(convergeMs);
    const sense = () => {
      const heard = ask(mesh, ben, { type: 'sense', space, location: 'tasks/', prefix: true });
      return (heard.traces as { amount: number; authors: string[] }[])[0]!;
    };
    const first = sense();
    expect(first.authors).toHaveLength(2);
    expect(first.amount).toBeGreaterThan(14);
    mesh.run(60_000);
    expect(sense().amount / first.amount).toBeCloseTo(0.5, 2);
  });

  test('everyone attached writes into the commons, without an invitation', () => {
    const mesh = createSimMesh(2);
    const [ann, ben] = [mesh.join(0, 'ann'), mesh.join(1, 'ben')];
    mesh.run(500);
    ask(mesh, ann, { type: 'claim', space: 'commons', claim: { type: 'fact', text: 'Water is wet' } });
    mesh.run(convergeMs);
    const found = ask(mesh, ben, { type: 'query', what: 'graph', filter: { space: 'commons' } });
    expect(found.items).toMatchObject([{ author: ann.did, status: 'hypothesis' }]);
  });

  test('a frame whose signature is wrong is refused before any replica sees it', () => {
    const { mesh, team } = createTeam(['ann', 'ben']);
    claim(mesh, team[0], { text: 'true' });
    mesh.run(convergeMs);
    const from = mesh.peers[0]!.self;
    const before = viewsOf(mesh)[1];
    const frame = {
      ...{ record: 'frame', v: 1, mesh: team[0].heard.length > 0 ? 'x' : 'x', space, author: team[0].did },
      ...{ epoch: 'ab'.repeat(16), seq: 0, prev: '', members: '2', at: 1 },
      ...{ update: 'AAA', sig: 'A'.repeat(86) },
    };
    mesh.peers[1]!.memory.takePacket(from, { kind: 'frames', space, frames: [frame], attachments: [] });
    expect(mesh.peers[1]!.ignoredCounts.get('memory AMP-1101')).toBe(1);
    expect(viewsOf(mesh)[1]).toBe(before);
  });

  test('each wrong word is answered with its code and the request that it was about', () => {
    const { mesh, team } = createTeam(['ann', 'ben']);
    const [ann] = team;
    const codeOf = (message: Record<string, unknown>) => ask(mesh, ann, message).code;
    expect(codeOf({ type: 'claim', space, claim: { type: 'rumour', text: 'x' } })).toBe('AMP-1705');
    expect(codeOf({ type: 'claim', space, claim: { id: 'no/slash', type: 'fact', text: 'x' } })).toBe(
      'AMP-1705',
    );
    expect(codeOf({ type: 'attest', space, attestation: { target: 'nobody/1', stance: 'support' } })).toBe(
      'AMP-1706',
    );
    expect(codeOf({ type: 'relate', space, relation: { kind: 'likes', from: 'a', to: 'b' } })).toBe(
      'AMP-1705',
    );
    expect(codeOf({ type: 'query', what: 'graph', filter: { space, colour: 1 } })).toMatch(/^AMP-10/);
    const foreign = '01890a5d-ac96-774b-bcce-b302099a8058';
    expect(codeOf({ type: 'claim', space: foreign, claim: { type: 'fact', text: 'x' } })).toBe('AMP-1401');
    const mark = { location: 'x', kind: 'done', amount: 1e9, halfLifeMs: 1_000 };
    expect(codeOf({ type: 'deposit', space, ...mark, halfLifeMs: 1 })).toBe('AMP-1705');
  });
});
