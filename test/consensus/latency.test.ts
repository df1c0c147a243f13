import { expect, test } from 'vitest';
import { realEngine } from './harness/engine.ts';
import { delayMs, World } from './harness/world.ts';

const sizes = [4, 5, 7, 10, 16, 31];

/** Virtual ms until all members that are up have decided. */
function decideAfterMs(n: number, isUp: (member: number) => boolean): number {
  const world = new World({ engine: realEngine, n });
  for (let member = 0; member < n; member++) world.addHost(member);
  const hosts = world.hosts.filter((host) => isUp(host.member));
  for (const host of hosts) world.start(host);
  world.run(100 * delayMs, () => hosts.every((host) => host.decision !== undefined));
  expect(world.violations).toEqual([]);
  return world.nowMs;
}

for (const n of sizes) {
  test(`n = ${n}: a decision takes 3 message delays, within 5 %`, () => {
    const delays = decideAfterMs(n, () => true) / delayMs;
    expect(delays).toBeGreaterThanOrEqual(3 * 0.95);
    expect(delays).toBeLessThanOrEqual(3 * 1.05);
  });

  test(`n = ${n}: with a crashed proposer at most 8 message delays`, () => {
    const { instance } = new World({ engine: realEngine, n });
    const crashed = realEngine.proposerIndex(instance, 0);
    expect(decideAfterMs(n, (member) => member !== crashed) / delayMs).toBeLessThanOrEqual(8);
  });
}
