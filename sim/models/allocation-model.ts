/** Tasks given out by bidding, one after another or all at once, against the best that is possible. */
import { allocateTasks } from '../../protocol/contract-net/index.ts';
import { RunDigest } from '../clock/digest.ts';
import { RandomStream } from '../clock/random.ts';
import type { RunResult, ScenarioModel } from '../scenario/model.ts';
import { integer, optional, required, share } from '../scenario/shape.ts';

interface AllocationScenario {
  readonly agents: number;
  readonly tasks: number;
  readonly method: 'auction' | 'one-by-one' | 'random';
  /** Share of agents that overstate what they are worth. */
  readonly boasterShare?: number;
}

export const allocationModel: ScenarioModel = {
  name: 'allocation',
  about: 'tasks awarded by bids, all at once, one by one or by lot, against the optimum',
  keys: {
    agents: { ...required(integer(1, 500)), note: 'how many; each takes one task' },
    tasks: required(integer(1, 500)),
    method: required({ type: 'text', oneOf: ['auction', 'one-by-one', 'random'] }),
    boasterShare: { ...optional(share), note: 'agents that bid as if they were the best' },
  },
  metrics: {
    ofOptimum: 'true value of the awards ÷ the best possible, 0 to 1',
    awarded: 'share of tasks that found an agent, 0 to 1',
  },
  run: (settings, seed) => runAllocation(settings as unknown as AllocationScenario, seed),
};

function runAllocation(scenario: AllocationScenario, seed: number): RunResult {
  const random = RandomStream.fromSeed(seed).split('allocation');
  const { agents, tasks, boasterShare = 0 } = scenario;
  const values = Array.from({ length: tasks }, () => Array.from({ length: agents }, () => random.unit()));
  const boasters = Math.round(agents * boasterShare);
  const bids = values.map((row) => row.map((value, agent) => (agent < boasters ? 0.9 + value / 10 : value)));
  const awards = award(scenario.method, bids, random.split('lot'));
  const value = awards.reduce<number>(
    (sum, agent, task) => sum + (agent === undefined ? 0 : values[task]![agent]!),
    0,
  );
  const digest = new RunDigest();
  awards.forEach((agent, task) => {
    digest.add(task, agent ?? -1, agents);
  });
  return {
    metrics: {
      // Weak duality: no allocation is worth more than this, and none that exists is worth less than the auction's.
      ofOptimum: value / allocateTasks(values).valueMax,
      awarded: awards.filter((agent) => agent !== undefined).length / tasks,
    },
    digest: digest.toString(),
    eventCount: tasks * agents,
  };
}

function award(
  method: AllocationScenario['method'],
  bids: readonly (readonly number[])[],
  random: RandomStream,
): readonly (number | undefined)[] {
  if (method === 'auction') return allocateTasks(bids).agents;
  const free = new Set(bids[0]!.map((_, agent) => agent));
  return bids.map((row) => {
    const left = [...free];
    if (left.length === 0) return undefined;
    const agent =
      method === 'random'
        ? left[random.below(left.length)]!
        : left.reduce((best, one) => (row[one]! > row[best]! ? one : best));
    free.delete(agent);
    return agent;
  });
}
