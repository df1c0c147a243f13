/** How good are allocations, against exact oracles that share no code with them? */
import { describe, expect, it } from 'vitest';
import { allocateTasks } from '../../protocol/contract-net/index.ts';
import { solveAssignment } from './hungarian.ts';
import { createRandom, type Random } from './random.ts';

const instanceCount = Number(process.env.AMPMESH_SEEDS ?? 400);

/** Uniform values, shared agent quality, sparse ability: three families of instances. */
function drawValues(random: Random, seed: number): number[][] {
  const tasks = random.int(1, 24);
  const agents = random.int(1, 24);
  const skill = Array.from({ length: agents }, () => random.next());
  return Array.from({ length: tasks }, () =>
    Array.from({ length: agents }, (_, agent) => {
      if (seed % 3 === 0) return random.next();
      if (seed % 3 === 1) return skill[agent]! * (0.5 + random.next());
      return random.chance(0.25) ? random.next() : 0;
    }),
  );
}

describe('allocation of several tasks', () => {
  it('is worth at least 0.95 of the optimum in every instance, and its bound is above the optimum', {
    timeout: 120_000,
  }, () => {
    let worst = 1;
    for (let seed = 1; seed <= instanceCount; seed++) {
      const values = drawValues(createRandom(seed), seed);
      const optimum = solveAssignment(values);
      const { agents, value, valueMax } = allocateTasks(values);
      const used = agents.filter((agent) => agent !== undefined);
      expect(new Set(used).size).toBe(used.length);
      expect(value).toBeLessThanOrEqual(optimum + 1e-9);
      expect(valueMax).toBeGreaterThanOrEqual(optimum - 1e-9);
      if (optimum > 0) worst = Math.min(worst, value / optimum);
    }
    if (process.env.AMPMESH_SEEDS) console.log('worst share of the optimum', worst);
    expect(worst).toBeGreaterThanOrEqual(0.95);
  });

  it('the oracle itself agrees with every permutation of small instances', () => {
    for (let seed = 1; seed <= 100; seed++) {
      const random = createRandom(seed);
      const values = Array.from({ length: random.int(1, 5) }, () =>
        Array.from({ length: 5 }, () => random.next()),
      );
      const best = (row: number, used: number): number =>
        row === values.length
          ? 0
          : Math.max(
              best(row + 1, used),
              ...[0, 1, 2, 3, 4].map((j) =>
                used & (1 << j) ? 0 : values[row]![j]! + best(row + 1, used | (1 << j)),
              ),
            );
      expect(solveAssignment(values)).toBeCloseTo(best(0, 0), 9);
    }
  });

  it('gives an agent as many tasks as its capacity allows', () => {
    expect(allocateTasks([[1], [1], [1]], [2]).value).toBe(2);
    expect(allocateTasks([[0.5, 0]], [0, 1]).agents).toEqual([undefined]);
    expect(allocateTasks([])).toEqual({ agents: [], value: 0, valueMax: 0 });
  });
});
