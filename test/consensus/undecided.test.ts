import { expect, test } from 'vitest';
import { realEngine } from '../../sim/agreement/engine.ts';
import { runSeed } from '../../sim/agreement/seeds.ts';
import { delayMs, World } from '../../sim/agreement/world.ts';

test('a liar is silent and a voter is killed during the ballot: the others end in a signed undecided', () => {
  const deadlineAtMs = 40 * delayMs;
  const world = new World({ engine: realEngine, n: 5, limits: { deadlineAtMs } });
  const [liar, killed] = [0, 1];
  for (let member = 0; member < 5; member++) if (member !== liar) world.addHost(member);
  for (const host of world.hosts) world.start(host);
  const victim = world.hosts.find((host) => host.member === killed)!;
  world.at(1, () => world.crash(victim));
  world.run(deadlineAtMs + 3 * delayMs);
  const others = world.hosts.filter((host) => host !== victim);
  expect(others.map((host) => host.undecided)).toEqual(['witnessed', 'witnessed', 'witnessed']);
  expect(world.hosts.some((host) => host.decision !== undefined)).toBe(false);
  // The killed voter comes back: with its word a quorum has stopped, and nobody was locked.
  world.restart(victim);
  world.run(deadlineAtMs + 30 * delayMs);
  expect(world.hosts.map((host) => host.undecided)).toEqual(Array(4).fill('conclusive'));
  expect(world.violations).toEqual([]);
});

for (const { n, seedCount } of [
  { n: 4, seedCount: 2_500 },
  { n: 7, seedCount: 400 },
]) {
  test(`n = ${n}: where undecided is conclusive nobody decides, whatever liars claim`, () => {
    const seen = { decided: 0, conclusive: 0, both: 0 };
    for (let seed = 1; seed <= seedCount; seed++) {
      const deadlineAtMs = (1 + (seed % 45)) * delayMs;
      const { world, violations } = runSeed({ engine: realEngine, n, seed, deadlineAtMs, patienceMs: 3_000 });
      expect(violations, `seed ${seed}`).toEqual([]);
      const isConclusive = world.honest().some((host) => host.undecided === 'conclusive');
      const isDecided = world.honest().some((host) => host.decision !== undefined);
      if (isConclusive) seen.conclusive += 1;
      if (isDecided) seen.decided += 1;
      if (isConclusive && isDecided) seen.both += 1;
    }
    expect(seen.both).toBe(0);
    expect(seen.conclusive).toBeGreaterThan(seedCount / 50);
    expect(seen.decided).toBeGreaterThan(seedCount / 10);
  });
}
