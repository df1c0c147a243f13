import { describe, expect, test } from 'vitest';
import { createSimMesh } from './sim-mesh.ts';

const newSpace = '01890a5d-ac96-774b-bcce-b302099a8057';

describe('a mesh of full peers on the virtual shell', () => {
  test('a message to a DID on another node arrives once, and each receipt names a level that was reached', () => {
    const mesh = createSimMesh(3);
    const alice = mesh.join(0, 'alice');
    const bob = mesh.join(1, 'bob');
    mesh.run(500);
    alice.send({ type: 'question', to: bob.did, content: 'hello?' });
    mesh.run(2_000);
    expect(bob.messages().map((one) => one.content)).toEqual(['hello?']);
    expect(alice.of('receipt').map((one) => one.level)).toEqual(['accepted', 'stored', 'delivered']);
  });

  test('a subscription brings what its filter names: messages of a type, or events of the node', () => {
    const mesh = createSimMesh(2);
    const watcher = mesh.join(0, 'watcher');
    const asker = mesh.join(1, 'asker');
    mesh.run(1_000);
    watcher.send({ type: 'subscribe', subscription: 'asks', filter: { types: ['broadcast'] } });
    watcher.send({
      type: 'subscribe',
      subscription: 'log',
      filter: { topic: 'events', kinds: ['agent-joined'] },
    });
    mesh.run(100);
    asker.send({ type: 'broadcast', query: 'Who paints boats?' });
    mesh.join(0, 'newcomer');
    mesh.run(1_000);
    const heard = watcher.of('event').map(({ subscription, event }) => ({ subscription, event }));
    expect(heard).toHaveLength(2);
    expect(heard).toContainEqual({
      subscription: 'asks',
      event: { kind: 'message', message: expect.objectContaining({ query: 'Who paints boats?' }) },
    });
    expect(heard).toContainEqual({
      subscription: 'log',
      event: expect.objectContaining({ kind: 'agent-joined', name: 'newcomer' }),
    });
    watcher.send({ type: 'unsubscribe', subscription: 'log' });
    mesh.run(100);
    mesh.join(0, 'later');
    mesh.run(500);
    expect(watcher.of('event')).toHaveLength(2);
  });

  test('the founding messages work as they are typed: broadcast, capability_match, proposal, build_on', () => {
    const mesh = createSimMesh(3);
    const asker = mesh.join(0, 'asker');
    const flights = mesh.join(1, 'flights', 'Books airline flights and compares fares');
    const chemist = mesh.join(2, 'chemist', 'Predicts reaction yields in organic chemistry');
    mesh.run(3_000);
    asker.send({
      type: 'broadcast',
      query: 'Who can book a flight to Paris?',
      context: { budget: 500 },
      from: 'asker',
    });
    mesh.run(500);
    expect(flights.of('broadcast')).toHaveLength(1);
    expect(chemist.of('broadcast')).toHaveLength(0);
    flights.send({ type: 'capability_match', confidence: 0.9, offer: 'I compare fares', from: 'flights' });
    mesh.run(500);
    const match = asker.of('capability_match')[0]!;
    expect(match).toMatchObject({
      confidence: 0.9,
      offer: 'I compare fares',
      from: flights.did,
      to: asker.did,
    });
    flights.send({ type: 'proposal', content: 'Fly on Tuesday', references: [match.id], from: 'flights' });
    mesh.run(500);
    const proposal = asker.of('proposal')[0]!;
    expect(proposal).toMatchObject({ content: 'Fly on Tuesday' });
    asker.send({ type: 'build_on', parent: proposal.id, content: 'In the morning', from: 'asker' });
    mesh.run(500);
    expect(flights.of('build_on')[0]).toMatchObject({ content: 'In the morning', parent: proposal.id });
  });

  test('a message waits for an agent that is away, and comes once when it returns', () => {
    const mesh = createSimMesh(2);
    const alice = mesh.join(0, 'alice');
    const bob = mesh.join(1, 'bob');
    mesh.run(500);
    bob.disconnect();
    alice.send({ type: 'question', to: bob.did, content: 'while away' });
    mesh.run(5_000);
    expect(alice.of('receipt').map((one) => one.level)).toEqual(['accepted', 'stored']);
    const again = mesh.join(1, 'bob', undefined, { resume: bob.resume! });
    mesh.run(1_000);
    expect(again.messages().map((one) => one.content)).toEqual(['while away']);
    expect(alice.of('receipt').at(-1)).toMatchObject({ level: 'delivered', receiver: bob.did });
  });

  test('a node that crashes keeps what it accepted, and delivers it after the restart', () => {
    const mesh = createSimMesh(2);
    const alice = mesh.join(0, 'alice');
    const bob = mesh.join(1, 'bob');
    mesh.run(500);
    mesh.network.partition([[mesh.peers[0]!.self], [mesh.peers[1]!.self]]);
    alice.send({ type: 'question', to: bob.did, content: 'survives' });
    mesh.run(100);
    expect(alice.of('receipt').map((one) => one.level)).toEqual(['accepted']);
    mesh.crash(0);
    mesh.network.heal();
    mesh.restart(0);
    mesh.run(5_000);
    expect(bob.messages().map((one) => one.content)).toEqual(['survives']);
  });

  test('a record that ran out while its reader was down still says which older ones must not come back', () => {
    const mesh = createSimMesh(2);
    const alice = mesh.join(0, 'alice', 'translate English into German');
    mesh.run(1_000);
    const rowsOf = (bucket: string) => {
      const store = mesh.disks[1]!.open();
      const keys = store.scan(bucket, '', '', 10).map((row) => row.key);
      store.close();
      return keys;
    };
    for (const at of [0, 1]) mesh.crash(at);
    const line = `${alice.did} main`;
    expect([rowsOf('discovery/capability'), rowsOf('discovery/sequence')]).toEqual([[line], []]);
    mesh.run(25 * 3_600_000);
    mesh.restart(1);
    mesh.run(100);
    mesh.crash(1);
    expect([rowsOf('discovery/capability'), rowsOf('discovery/sequence')]).toEqual([[], [line]]);
  });

  test('an unknown receiver ends as a dead letter with its reason', () => {
    const mesh = createSimMesh(1);
    const alice = mesh.join(0, 'alice');
    alice.send({
      type: 'question',
      to: 'did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK',
      content: 'anyone?',
      ttlMs: 2_000,
    });
    mesh.run(5_000);
    expect(alice.of('receipt').map((one) => [one.level, one.reason])).toEqual([
      ['accepted', undefined],
      ['dead', 'unknown-receiver'],
    ]);
  });

  test('an address by capability reaches the best match, and names the nearest when there is none', () => {
    const mesh = createSimMesh(3);
    const asker = mesh.join(0, 'asker');
    const writer = mesh.join(1, 'writer', 'Writes SQL queries and tunes database indexes');
    mesh.join(2, 'cook', 'Plans menus and scales recipes');
    mesh.run(3_000);
    asker.send({
      type: 'question',
      to: { capability: 'optimise a slow SQL query', min: 0.2 },
      content: 'help',
    });
    mesh.run(500);
    expect(writer.of('question')).toHaveLength(1);
    asker.send({ type: 'question', to: { capability: 'tame a dragon', min: 0.9 }, content: 'help' });
    mesh.run(500);
    const dead = asker.of('receipt').find((one) => one.level === 'dead')!;
    expect(dead).toMatchObject({ reason: 'no-match' });
    expect((dead.facts as { nearest: unknown[] }).nearest.length).toBeGreaterThan(0);
  });

  test('an invited agent that accepts becomes a member, gets what was said before, and hears the rest', () => {
    const mesh = createSimMesh(3);
    const owner = mesh.join(0, 'owner');
    const early = mesh.join(1, 'early');
    const late = mesh.join(2, 'late');
    mesh.run(500);
    owner.send({ type: 'invite', to: early.did, space: newSpace, goal: 'write a report' });
    mesh.run(500);
    early.send({ type: 'accept', to: owner.did, space: newSpace, invitation: early.of('invite')[0]!.id });
    mesh.run(500);
    owner.send({ type: 'proposal', space: newSpace, content: 'one' });
    early.send({ type: 'proposal', space: newSpace, content: 'two' });
    mesh.run(1_000);
    owner.send({ type: 'invite', to: late.did, space: newSpace, goal: 'write a report' });
    mesh.run(500);
    late.send({ type: 'accept', to: owner.did, space: newSpace, invitation: late.of('invite')[0]!.id });
    mesh.run(3_000);
    early.send({ type: 'proposal', space: newSpace, content: 'three' });
    mesh.run(2_000);
    expect(new Set(late.of('proposal').map((one) => one.content))).toEqual(new Set(['one', 'two', 'three']));
    expect(new Set(owner.of('proposal').map((one) => one.content))).toEqual(new Set(['two', 'three']));
    for (const peer of mesh.peers) expect(peer.spaces.machine.entries(newSpace as never)).toHaveLength(3);
  });

  test('a stranger cannot speak in a space', () => {
    const mesh = createSimMesh(2);
    const owner = mesh.join(0, 'owner');
    const stranger = mesh.join(0, 'stranger');
    const friend = mesh.join(1, 'friend');
    owner.send({ type: 'invite', to: friend.did, space: newSpace, goal: 'secret' });
    mesh.run(500);
    stranger.send({ type: 'proposal', space: newSpace, content: 'let me in' });
    mesh.run(500);
    expect(stranger.of('error')[0]).toMatchObject({ code: 'AMP-1401' });
  });

  test('half the messages lost: everything still arrives exactly once', () => {
    const mesh = createSimMesh(3, 5, { lossRate: 0.5 });
    const alice = mesh.join(0, 'alice');
    const bob = mesh.join(1, 'bob');
    mesh.run(20_000);
    for (let i = 0; i < 50; i++) alice.send({ type: 'question', to: bob.did, content: `m${i}` });
    mesh.run(600_000);
    const got = bob.messages().map((one) => one.content);
    expect(new Set(got).size).toBe(50);
    expect(got).toHaveLength(50);
  });
});
