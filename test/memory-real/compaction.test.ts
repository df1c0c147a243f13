/** Authors' frames are compacted by themselves: nothing that is live is lost, nobody sees it happen, crashes do no harm. */
import { expect, test } from 'vitest';
import { readStoredLog } from '../../crdt/index.ts';
import { compactionFramesMin } from '../../node/runtime/memory-compaction.ts';
import { replayChanges } from '../../node/runtime/memory-history.ts';
import { readOwners, readVouchers } from '../../node/runtime/memory-standing.ts';
import { toHex, utf8 } from '../../protocol/bytes.ts';
import { claim, convergeMs, createTeam, look, space, viewsOf } from './team.ts';

/** Ann says the same thing anew until her frames are compacted, and a little more. */
function createTalkativeTeam() {
  const { mesh, team } = createTeam(['ann', 'ben', 'cat']);
  const [ann] = team;
  const first = claim(mesh, ann, { id: 'stays', text: 'Said once' });
  const memory = mesh.peers[0]!.memory.space(space)!;
  for (let i = 0; i < compactionFramesMin + 100; i++) {
    const value = { type: 'hypothesis', text: `Version ${i}`, at: 1 };
    memory.edit(ann.did, undefined, '3', [{ key: 'e/anew', value }], (outcome) =>
      expect(outcome.ok).toBe(true),
    );
    if (i % 64 === 0) mesh.run(20);
  }
  mesh.run(2 * convergeMs);
  return { mesh, team, first, last: `Version ${compactionFramesMin + 99}` };
}

const headsOf = (mesh: ReturnType<typeof createTeam>['mesh'], at: number, author: string) =>
  mesh.peers[at]!.memory.space(space)!
    .replica.heads()
    .filter((head) => head.author === author);

test('from the stated size on, a chain of mostly old words is replaced, everywhere, and a newcomer is sent the rest', {
  timeout: 30_000,
}, () => {
  const { mesh, team, first, last } = createTalkativeTeam();
  const [ann, ben] = team;
  for (const agent of [ann, ben]) {
    const found = look(mesh, agent).items.map((one) => [one.id, (one.body as { text: string }).text]);
    expect(new Map(found as [string, string][])).toEqual(
      new Map([
        [first, 'Said once'],
        [`${ann.did}/anew`, last],
      ]),
    );
  }
  for (const at of [0, 1, 2]) {
    const heads = headsOf(mesh, at, ann.did);
    expect(heads).toHaveLength(1);
    expect(heads[0]!.seq).toBeLessThan(300);
  }
  expect(new Set(viewsOf(mesh)).size).toBe(1);
  // The log keeps what was replaced, and replays into the state that the node is in.
  const history = mesh.peers[0]!.memory.look(
    'history',
    { space, entity: `${ann.did}/anew` },
    undefined,
    10_000,
  );
  expect(history.ok && history.value.items.length).toBeGreaterThan(compactionFramesMin);
  const [live] = viewsOf(mesh);
  const meshId = mesh.peers[0]!.attachments()[0]!.mesh;
  const members = mesh.peers[0]!.spaces.machine.members(space);
  mesh.crash(0);
  const store = mesh.disks[0]!.open();
  const hash = mesh.checker.hash;
  const place = { mesh: meshId, space, hash };
  const log = readStoredLog(store, place);
  expect(log.checkpoints).toHaveLength(1);
  const digest = (text: string) => toHex(hash(utf8(text)));
  const owners = readOwners(readVouchers(store), (node) => node);
  const { replica, graph } = replayChanges({ ...place, members, owners, digest }, log);
  expect(`${replica.viewText()}\n${graph.viewText()}`).toBe(live);
});

test('a crash after it, and a checkpoint that is lost, change nothing of what is live', {
  timeout: 30_000,
}, () => {
  const { mesh, team, last } = createTalkativeTeam();
  const [ann] = team;
  mesh.crash(0);
  const store = mesh.disks[0]!.open();
  const rows = store.scan('checkpoint', '', '', 10);
  expect(rows).toHaveLength(1);
  store.commit(rows.map(({ key }) => ({ bucket: 'checkpoint', key, value: null })));
  store.close();
  mesh.restart(0);
  const again = mesh.join(0, 'ann', undefined, { resume: ann.resume! });
  mesh.run(convergeMs);
  const found = look(mesh, again, { ids: [`${ann.did}/anew`] }).items;
  expect(found).toMatchObject([{ body: { text: last } }]);
  claim(mesh, again, { id: 'anew', text: 'After the crash' });
  mesh.run(2 * convergeMs);
  for (const agent of [again, team[1]])
    expect(look(mesh, agent, { ids: [`${ann.did}/anew`] }).items).toMatchObject([
      { body: { text: 'After the crash' } },
    ]);
  expect(mesh.peers[1]!.memory.space(space)!.replica.proofs()).toEqual([]);
});
