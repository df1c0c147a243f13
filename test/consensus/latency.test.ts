import { expect, test } from 'vitest';
import { realEngine } from '../../sim/agreement/engine.ts';
import { didOf } from '../../sim/agreement/fake-keys.ts';
import { delayMs, World } from '../../sim/agreement/world.ts';

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

test('fewer than four members decide too, as one that is not Byzantine: all of them are needed', () => {
  for (const n of [1, 2, 3]) expect(decideAfterMs(n, () => true)).toBeLessThanOrEqual(3 * delayMs);
});

test('one that listens from outside of the roster learns the decision and signs nothing', () => {
  const world = new World({ engine: realEngine, n: 4 });
  for (let member = 0; member < 4; member++) world.addHost(member);
  for (const host of world.hosts) world.start(host);
  world.run(10 * delayMs, () => world.isAllDecided());
  const listener = realEngine.createConsensusMachine(
    { valueIdOf: world.valueIdOf, isValid: () => true },
    {
      instance: world.instance,
      self: didOf(99),
      candidate: 'mine',
      limits: world.limits,
      memory: { type: 'fresh' },
    },
  );
  const started = listener.step({ type: 'start', atMs: 0 });
  const { certificate, proposed } = world.hosts[0]!.decision!;
  const message = { type: 'certificate', certificate, proposed } as const;
  const effects = listener.step({
    type: 'message-received',
    atMs: 1,
    from: world.instance.members[0]!,
    message: message as never,
  });
  expect(effects.some((effect) => effect.type === 'report-decision')).toBe(true);
  const spoken = ['sign', 'send-to-roster', 'send-to', 'persist'];
  expect([...started, ...effects].filter((effect) => spoken.includes(effect.type))).toEqual([]);
});
