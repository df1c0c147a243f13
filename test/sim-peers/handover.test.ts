/** Agents that move take their spaces along: what they say at once is held, taken in, and never lost or refused. */
import { expect, test } from 'vitest';
import { defineBehaviour, type Heard, PeerWorld, type SimAgent } from '../../sim/peers/index.ts';

const space = '01890a5d-ac96-774b-bcce-b302099a8057';

/** Accepts what it is invited to, and keeps all that it hears. */
function createWorld() {
  const heard = new Map<string, Heard[]>();
  const behaviour = defineBehaviour(() => ({
    on(message, context) {
      if (message.type === 'invite')
        context.send({ type: 'accept', to: message.from, space: message.space, invitation: message.id });
    },
  }));
  const witness = {
    heard: (agent: SimAgent, message: Heard) =>
      void heard.set(agent.name, [...(heard.get(agent.name) ?? []), message]),
  };
  const link = { latency: { kind: 'uniform', minMs: 20, maxMs: 60 } } as const;
  const world = new PeerWorld({ seed: 7, peerCount: 4, link, isSovereign: true, behaviour, witness });
  for (const place of world.places) world.boot(place.index);
  const agents = [0, 1].map((index) => world.join(index));
  world.run(3_000);
  const [ann, ben] = agents as [SimAgent, SimAgent];
  const of = (agent: SimAgent, type: string) =>
    (heard.get(agent.name) ?? []).filter((one) => one.type === type);
  const invite = () => ann.send({ type: 'invite', to: ben.did!, space, goal: 'remember together' });
  return { world, ann, ben, of, invite };
}

const claim = { type: 'claim', space, claim: { type: 'hypothesis', text: 'It leaks' }, request: 'c1' };

test('an agent that just moved writes at once: its node holds it, says so, fetches the space and takes it in', () => {
  const { world, ben, of, invite } = createWorld();
  invite();
  world.run(2_000);
  world.move(ben, 2);
  ben.send(claim);
  ben.send({ type: 'proposal', space, content: 'We turn it off' });
  expect(of(ben, 'event').at(-1)).toMatchObject({ event: { kind: 'held', space } });
  expect(of(ben, 'found')).toHaveLength(0);
  expect(of(ben, 'receipt').filter((one) => one.level === 'accepted')).toHaveLength(1);
  world.run(2_000);
  expect(of(ben, 'found')).toMatchObject([{ request: 'c1' }]);
  expect(of(ben, 'error')).toEqual([]);
  for (const index of [0, 2]) {
    const { memory, spaces } = world.places[index]!.peer!;
    expect(memory.space(space as never)!.graph.view.nodes.size).toBe(1);
    expect(spaces.machine.entries(space as never)).toHaveLength(1);
  }
});

test('the same when the old node is gone: the other members tell', () => {
  const { world, ben, of, invite } = createWorld();
  invite();
  world.run(2_000);
  world.crash(1);
  world.move(ben, 2);
  ben.send(claim);
  world.run(3_000);
  expect(of(ben, 'found')).toMatchObject([{ request: 'c1' }]);
});

test('what a space that never comes is sent is refused by name once the time is over, and not before', () => {
  const { world, ben, of } = createWorld();
  world.move(ben, 2);
  ben.send(claim);
  world.run(9_000);
  expect(of(ben, 'error')).toEqual([]);
  world.run(2_000);
  expect(of(ben, 'error')).toMatchObject([{ code: 'AMP-1401', about: 'c1' }]);
  // Later, and from an agent that did not move, the answer comes at once.
  ben.send({ ...claim, request: 'c2' });
  world.run(10);
  expect(of(ben, 'error')).toHaveLength(2);
});

test('an owner that moves between its invitation and the answer still admits, and one version is one record', () => {
  const { world, ann, ben, of, invite } = createWorld();
  invite();
  world.move(ann, 3);
  world.run(4_000);
  ben.send(claim);
  world.run(1_000);
  expect(of(ben, 'found')).toMatchObject([{ request: 'c1' }]);
  const versions = [1, 3].map((index) => world.places[index]!.peer!.spaces.machine.members(space as never)!);
  expect(versions[0]).toEqual(versions[1]);
  expect(versions[0]).toMatchObject({ version: 2 });
});

test('a letter that dies at the node that its sender left follows it: the sender hears why, and finds it there', () => {
  const { world, ann, of } = createWorld();
  const nobody = world.agentKeys.create();
  const id = ann.send({ type: 'question', to: nobody, content: 'Is anybody there?', ttlMs: 3_000 });
  world.run(500);
  world.move(ann, 3);
  world.run(8_000);
  expect(of(ann, 'receipt').filter((one) => one.level === 'dead')).toMatchObject([{ ids: [id] }]);
  const lettersAt = (index: number) => world.places[index]!.peer!.delivery.machine.deadLetters();
  expect(lettersAt(0)).toEqual([]);
  expect(lettersAt(3)).toMatchObject([{ mail: { id }, reason: 'unknown-receiver' }]);
});

test('a sender that was away when its letter died hears of it when it comes back', () => {
  const { world, ann, of } = createWorld();
  const nobody = world.agentKeys.create();
  const id = ann.send({ type: 'question', to: nobody, content: 'Is anybody there?', ttlMs: 3_000 });
  world.run(500);
  ann.detach();
  world.run(8_000);
  expect(of(ann, 'receipt').filter((one) => one.level === 'dead')).toEqual([]);
  const { peer, clock } = world.places[0]!;
  ann.attach(peer!, clock);
  world.run(100);
  expect(of(ann, 'receipt').filter((one) => one.level === 'dead')).toMatchObject([{ ids: [id] }]);
});
