import { expect, test } from 'vitest';
import { realEngine } from '../../sim/agreement/engine.ts';
import { runSeed } from '../../sim/agreement/seeds.ts';
import type { Host, World } from '../../sim/agreement/world.ts';

/** Distinct members against which a host holds evidence. */
function culprits(host: Host): Set<string> {
  return new Set(host.evidence.map((evidence) => realEngine.culpritOf(evidence)));
}

function honestDids(world: World): string[] {
  return world.honest().map((host) => world.instance.members[host.member]!);
}

for (const { n, liarCount, seedCount } of [
  { n: 4, liarCount: 2, seedCount: 1_500 },
  { n: 7, liarCount: 4, seedCount: 300 },
]) {
  test(`control: ${liarCount} liars of ${n} break agreement, and every honest member names f + 1 of them`, () => {
    let disagreementCount = 0;
    for (let seed = 1; seed <= seedCount; seed++) {
      const { violations, world } = runSeed({ engine: realEngine, n, seed, liarCount, patienceMs: 5_000 });
      expect(
        violations.filter((violation) => !violation.startsWith('disagreement')),
        `seed ${seed}`,
      ).toEqual([]);
      if (violations.length === 0) continue;
      disagreementCount += 1;
      for (const host of world.honest()) {
        expect(host.alarmCount, `seed ${seed} host ${host.id}`).toBe(1);
        expect(culprits(host).size, `seed ${seed} host ${host.id}`).toBeGreaterThan(realEngine.faultMax(n));
        for (const did of honestDids(world)) expect(culprits(host).has(did)).toBe(false);
      }
    }
    expect(disagreementCount).toBeGreaterThan(0);
  });
}
