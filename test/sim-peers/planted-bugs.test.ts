/**
 * The simulator earns its keep when it finds what was broken on purpose. Each commit: the quick half, on six
 * peers; AMPMESH_SEEDS above 1 hunts all of them on twelve peers and shrinks what it finds.
 */
import { expect, test } from 'vitest';
import { breachOf, hunt, scenarioOf } from './hunt.ts';
import { plantBug } from './plant-bug.ts';
import { plantedBugs } from './planted-bugs.ts';

const seedCount = Number(process.env.AMPMESH_SEEDS ?? 1);
const isLong = seedCount > 1;
const peers = isLong ? 12 : 6;
const points = { 'peers-faults': { peers, settleMs: 60_000 }, 'peers-moves': { peers } } as const;

for (const bug of plantedBugs.filter((one) => isLong || one.isQuick)) {
  test(`planted: ${bug.name} is found`, { timeout: 600_000 }, async () => {
    const createPeer = await plantBug(bug);
    const scenario = scenarioOf(bug.scenario, points[bug.scenario]);
    if (!isLong) {
      // A bug may break another promise first with some seed: the first of three that breaks this one will do.
      const broken: (string | undefined)[] = [];
      for (const seed of [1, 2, 3])
        if (!broken.includes(bug.checker)) broken.push(breachOf(scenario, seed, createPeer));
      expect(broken).toContain(bug.checker);
      return;
    }
    const found = hunt(
      scenario,
      createPeer,
      Array.from({ length: seedCount }, (_, i) => i + 1),
      bug.checker,
    );
    process.stdout.write(`${bug.name}: ${JSON.stringify(found)}\n`);
    expect(found?.checker).toBe(bug.checker);
    expect(found?.peers).toBeLessThanOrEqual(6);
  });
}

test('planted: a wall-clock read in a peer is caught at once and named', async () => {
  const createPeer = await plantBug({
    file: 'node/runtime/turn.ts',
    find: 'isScheduled = true;',
    replace: 'isScheduled = Date.now() > 0;',
  });
  const scenario = scenarioOf('peers-moves', points['peers-moves']);
  expect(() => breachOf(scenario, 1, createPeer)).toThrow('Date.now');
});

test('without a bug the same runs break no promise', { timeout: 600_000 }, () => {
  for (const name of ['peers-faults', 'peers-moves'] as const)
    for (const seed of isLong ? [1, 2, 3] : [1])
      expect(breachOf(scenarioOf(name, points[name]), seed)).toBeUndefined();
});
