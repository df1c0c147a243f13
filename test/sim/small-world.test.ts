/** The small world keeps what it promises: letters arrive once, timers die with their agent, runs are logged. */
import { expect, test } from 'vitest';
import { claimEdit } from '../../crdt/index.ts';
import { type Letter, SharedMemory, SmallWorld } from '../../sim/small-world/index.ts';

const link = { latency: { kind: 'uniform', minMs: 10, maxMs: 100 }, lossShare: 0.3 } as const;

function twoAgents(seed: number) {
  const world = new SmallWorld({ seed, agentCount: 2, link });
  const heard: Letter[] = [];
  world.settle(1, { hear: (letter) => heard.push(letter) });
  return { world, heard };
}

test('a letter arrives once, however many packets get lost', () => {
  for (let seed = 1; seed <= 20; seed++) {
    const { world, heard } = twoAgents(seed);
    for (let i = 0; i < 20; i++) world.send(0, 1, 'note', { i }, 'talk');
    world.run(120_000);
    expect(heard.map(({ body }) => (body as { i: number }).i).sort((a, b) => a - b)).toEqual(
      Array.from({ length: 20 }, (_, i) => i),
    );
    expect(world.packetCount).toBeGreaterThan(40);
  }
});

test('who is away hears it after coming back; who crashed does nothing that it meant to do before', () => {
  const { world, heard } = twoAgents(1);
  let fired = 0;
  world.setTimer(1, 'alarm', world.nowMs + 1_000, () => fired++);
  world.after(1, 1_000, () => fired++);
  world.crash(1);
  world.send(0, 1, 'note', {}, 'talk');
  world.run(5_000);
  expect([heard.length, fired]).toEqual([0, 0]);
  world.restart(1);
  world.run(30_000);
  expect([heard.length, fired]).toEqual([1, 0]);
});

test('a run leaves events, the slowest conversations first, and who talked with whom', () => {
  const calm = { latency: { kind: 'constant', ms: 40 } } as const;
  const world = new SmallWorld({ seed: 3, agentCount: 2, link: calm });
  world.send(0, 1, 'note', {}, 'short');
  for (let i = 0; i < 5; i++) world.after(0, i * 500, () => world.send(0, 1, 'note', {}, 'long'));
  world.run(60_000);
  const { conversations, topology, events, metrics } = world.finish({ one: 1 });
  expect(conversations!.map(({ name }) => name)).toEqual(['long', 'short']);
  expect(conversations![0]).toMatchObject({ messageCount: 5, participantCount: 2 });
  expect(topology!.edges).toEqual([[0, 1, 6]]);
  expect(events!.filter(({ what }) => what === 'said')).toHaveLength(6);
  expect(metrics).toEqual({ one: 1 });
});

test('replicas of a shared memory become equal through loss and a crash, and lose nothing', () => {
  const world = new SmallWorld({ seed: 5, agentCount: 5, link });
  const memory = new SharedMemory(world);
  memory.agents.forEach((agent, i) => {
    world.settle(i, { hear: () => undefined, restart: () => agent.start() });
  });
  const claim = (agent: number, id: string) => {
    const edit = claimEdit(id, { type: 'hypothesis', text: id });
    if (edit.ok) memory.agents[agent]!.write([edit.value]);
  };
  for (let i = 0; i < 20; i++) world.after(i % 5, i * 100, () => claim(i % 5, `c${i}`));
  world.kernel.schedule(world.nowMs + 2_500, () => world.crash(2));
  world.kernel.schedule(world.nowMs + 4_000, () => world.restart(2));
  world.run(60_000, () => world.elapsedMs > 5_000 && memory.countEqual() === 5);
  expect(memory.countEqual()).toBe(5);
  for (const { graph } of memory.agents) expect(graph.view.nodes.size).toBe(20);
});
