import { expect, test } from 'vitest';
import { realEngine } from '../../sim/agreement/engine.ts';
import { runSeed } from '../../sim/agreement/seeds.ts';
import { plantBug } from './harness/mutant.ts';
import { plantedBugs } from './planted-bugs.ts';
import { livenessScenarios, safetyScenarios } from './scenarios.ts';

const scenarios = [...safetyScenarios, ...livenessScenarios];
/** Enough for every run of the real machine that is recorded here; a run that needs more never decides. */
const patienceMs = 30_000;

for (const bug of plantedBugs) {
  test(`planted: ${bug.name} (${bug.rule}) is caught`, async () => {
    const engine = await plantBug(bug.patches);
    const scenario = scenarios.find(({ name }) => name === bug.scenario);
    expect(() => scenario!.play(realEngine)).not.toThrow();
    expect(() => scenario!.play(engine)).toThrow();
    if (bug.seed === undefined) return;
    const options = { n: 4, patienceMs, ...bug.seed };
    expect(findFault(runSeed({ ...options, engine: realEngine }), options)).toBeUndefined();
    expect(findFault(runSeed({ ...options, engine }), options)).toBeDefined();
  });
}

/** With too many liars disagreement is no fault of the machine. */
function findFault(
  run: ReturnType<typeof runSeed>,
  options: { certificates?: boolean; liarCount?: number },
): string | undefined {
  const isControl = (options.liarCount ?? 0) > 1;
  const fault = run.violations.find((violation) => !(isControl && violation.startsWith('disagreement')));
  const mustDecide = options.certificates !== false && !isControl;
  return fault ?? (mustDecide && !run.isDecided ? 'never decided' : undefined);
}

test('a patch that no longer fits the code fails loudly', async () => {
  await expect(plantBug([{ file: 'quorum.ts', find: 'no such text', replace: '' }])).rejects.toThrow(
    'no such text',
  );
});
