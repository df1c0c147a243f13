import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { compareRuns } from '../../sim/check/replay.ts';
import { runPeers } from '../../sim/peers/index.ts';
import { openScenario } from '../../sim/scenario/built-in.ts';
import { runExperiment } from '../../sim/scenario/experiment.ts';
import { scenarioOf } from './hunt.ts';

describe('full peers on virtual time', () => {
  test('the same seed twice gives the same events, word for word', { timeout: 60_000 }, () => {
    const told = scenarioOf('peers-faults', { peers: 6, settleMs: 20_000 });
    const scenario = { ...told, phases: { ...told.phases, runMs: 8_000 } };
    const outcome = compareRuns((log) => {
      runPeers({ ...scenario, churn: undefined as never, faults: [], movesPerSecond: 0 }, 3, { log });
    });
    expect(outcome).toMatchObject({ isEqual: true });
  });

  test('peers that share a decoder and peers that each read the wire have one digest', {
    timeout: 60_000,
  }, () => {
    const scenario = scenarioOf('peers-faults', { peers: 5, settleMs: 30_000 });
    const phases = { ...scenario.phases, runMs: 10_000 };
    const [shared, wire] = [false, true].map((isWire) => {
      const faults = [{ kind: 'drop' as const, share: 0.1, fromMs: 3_000, untilMs: 9_000 }];
      const { result, world } = runPeers({ ...scenario, phases, faults, wire: isWire }, 3);
      return { digest: result.digest, eventCount: result.eventCount, figures: [...world.figures] };
    });
    expect(wire).toEqual(shared);
    expect(shared!.eventCount).toBeGreaterThan(10_000);
  });

  test('the same holds where the directory and neighbours alone are told of agents', {
    timeout: 60_000,
  }, () => {
    const scenario = scenarioOf('peers-faults', { peers: 30, settleMs: 20_000 });
    const phases = { ...scenario.phases, runMs: 10_000 };
    const [shared, wire] = [false, true].map((isWire) => {
      const without = { faults: [], churn: undefined as never, mustHappen: [] };
      const { result, world } = runPeers({ ...scenario, ...without, phases, index: 'dht', wire: isWire }, 3);
      return { digest: result.digest, eventCount: result.eventCount, figures: [...world.figures] };
    });
    expect(wire).toEqual(shared);
    expect(shared!.eventCount).toBeGreaterThan(10_000);
  });

  test('one worker, two workers and no worker give one digest', { timeout: 120_000 }, async () => {
    const file = { ...openScenario('peers-moves'), sweep: {} };
    const digests = [];
    for (const workerCount of [0, 1, 2]) {
      const folder = mkdtempSync(join(tmpdir(), 'ampmesh-peers-'));
      const { summary } = await runExperiment(file, {
        folder,
        seeds: '1,2',
        grid: { peers: [4] },
        workerCount,
      });
      digests.push(summary?.digest);
    }
    expect(new Set(digests).size).toBe(1);
    expect(digests[0]).toBeDefined();
  });
});
