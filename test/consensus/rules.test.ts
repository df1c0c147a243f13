import { test } from 'vitest';
import { realEngine } from '../../sim/agreement/engine.ts';
import { livenessScenarios, safetyScenarios } from './scenarios.ts';

for (const { name, play } of [...safetyScenarios, ...livenessScenarios]) {
  test(name, () => play(realEngine));
}
