import { expect, test } from 'vitest';
import { realEngine } from '../../sim/agreement/engine.ts';
import { runTwins, scheduleCount, scheduleOf } from './harness/twins.ts';

/** All splits of three rounds take four times as long as the slice; the long run takes them all. */
const stepOfThree = process.env.AMPMESH_CONSENSUS_SEEDS === 'long' ? 1 : 5;

for (const { roundCount, step } of [
  { roundCount: 1, step: 1 },
  { roundCount: 2, step: 1 },
  { roundCount: 3, step: stepOfThree },
]) {
  test(`twins: one member of four is two, the network splits for ${roundCount} rounds, all agree and decide`, () => {
    for (let number = 0; number < scheduleCount(roundCount); number += step) {
      expect(runTwins(realEngine, scheduleOf(number, roundCount)), `schedule ${number}`).toEqual([]);
    }
  });
}
