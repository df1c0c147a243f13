/** A mesh too large to tell everybody who is where: the directory knows, and neighbours. */
import { beforeAll, describe, expect, test } from 'vitest';
import type { Did } from '../../protocol/brand.ts';
import { defineBehaviour, PeerWorld } from '../../sim/peers/index.ts';
import type { SimAgent } from '../../sim/peers/sim-agent.ts';
import { Workload } from '../../sim/peers/workload.ts';

const peerCount = 120;
const heard: { readonly by: string; readonly content: unknown }[] = [];
const receipts: string[] = [];

const listener = defineBehaviour((index) => ({
  capability: `Keep the ledger of harbour number ${index}`,
  on(message, context) {
    if (message.type === 'question') heard.push({ by: context.name, content: message.content });
    if (message.type === 'receipt') receipts.push(`${message.level} ${message.reason ?? ''}`.trim());
  },
}));

const world = new PeerWorld({
  seed: 5,
  peerCount,
  index: 'dht',
  isSovereign: true,
  dialCount: 4,
  link: { latency: { kind: 'uniform', minMs: 10, maxMs: 150 }, jitterShare: 0.1 },
  behaviour: listener,
});

/** An agent whose attachment the asker's node has never seen. */
function strangerTo(asker: SimAgent): SimAgent {
  const { peer } = world.places[asker.home]!;
  return world.agents.find(
    (agent) => agent.home !== asker.home && peer!.nodeOf(agent.did as Did) === undefined,
  )!;
}

describe('a mesh of 120 nodes that uses the directory', () => {
  beforeAll(() => {
    new Workload(world).populate(2_000);
    world.run(30_000);
  });

  test('a node knows its own agents and those of its neighbours, and no more', () => {
    for (const { peer } of world.places) {
      const near = new Set([peer!.self, ...peer!.peers()]);
      expect(peer!.attachments().length).toBeLessThan(40);
      for (const { node } of peer!.attachments()) expect(near).toContain(node);
      expect(peer!.capabilities.index.nodesUp().length).toBeLessThanOrEqual(near.size);
    }
  });

  test('every node has an idea of how large the mesh is', () => {
    const sizes = world.places.map(({ peer }) => peer!.capabilities.nodeCount()).sort((a, b) => a - b);
    expect(sizes[Math.floor(peerCount / 2)]).toBeGreaterThan(peerCount * 0.75);
    expect(sizes[Math.floor(peerCount / 2)]).toBeLessThan(peerCount * 1.33);
  });

  test('a message reaches an agent that its sender’s node has never heard of', () => {
    const asker = world.agents[0]!;
    const stranger = strangerTo(asker);
    asker.send({ type: 'question', to: stranger.did, content: 'Are you there?' });
    world.run(3_000);
    expect(heard).toContainEqual({ by: stranger.name, content: 'Are you there?' });
    expect(receipts).toContain('delivered');
  });

  test('mail finds an agent that moved, whoever wrote to it and whatever they knew', () => {
    const moving = world.agents[7]!;
    const friend = world.agents[8]!;
    friend.send({ type: 'question', to: moving.did, content: 'Before?' });
    world.run(3_000);
    const old = world.places[moving.home]!.peer!;
    world.move(moving, 60);
    world.run(3_000);
    // The node that it left knows, so that mail which waits there can follow.
    expect(old.nodeOf(moving.did as Did)).toBe(world.places[60]!.node);
    expect(old.local.get(moving.did as Did)).toBeUndefined();
    friend.send({ type: 'question', to: moving.did, content: 'After?' });
    strangerTo(moving).send({ type: 'question', to: moving.did, content: 'From afar?' });
    world.run(20_000);
    const contents = heard.filter(({ by }) => by === moving.name).map(({ content }) => content);
    expect(contents.sort()).toEqual(['After?', 'Before?', 'From afar?']);
  });

  test('mail follows an agent that moved while the node that it left was down', () => {
    const moving = world.agents[20]!;
    const sender = strangerTo(moving);
    const home = moving.home;
    world.crash(home);
    world.move(moving, 61);
    sender.send({ type: 'question', to: moving.did, content: 'While down?' });
    world.run(30_000);
    expect(heard).toContainEqual({ by: moving.name, content: 'While down?' });
    const back = world.boot(home);
    world.run(90_000);
    expect(back.local.get(moving.did as Did)).toBeUndefined();
  });

  test('a letter to nobody is told dead when its time is over', () => {
    const nobody = world.agentKeys.create();
    receipts.length = 0;
    world.agents[3]!.send({ type: 'question', to: nobody, content: 'Anybody?', ttlMs: 5_000 });
    world.run(20_000);
    expect(receipts.some((receipt) => receipt.startsWith('dead'))).toBe(true);
  });
});
