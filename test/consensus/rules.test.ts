import { expect, test } from 'vitest';
import { realEngine } from './harness/engine.ts';
import { Lone } from './harness/lone.ts';
import { listHostileMessages, livenessScenarios, safetyScenarios } from './scenarios.ts';

for (const { name, play } of [...safetyScenarios, ...livenessScenarios]) {
  test(name, () => play(realEngine));
}

test('certificates that are short, padded, mixed or foreign, and evidence that proves nothing, are ignored', () => {
  const lone = new Lone(realEngine);
  for (const message of listHostileMessages(lone)) {
    const effects = lone.receive(message);
    expect(effects).toEqual([
      { type: 'ignored', reason: expect.stringMatching(/^bad-(certificate|evidence)$/) },
    ]);
  }
  expect(lone.decided()).toBeUndefined();
});
