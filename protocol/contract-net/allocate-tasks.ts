/**
 * One asker, several tasks at once, each agent good for so many of them: give every task the agent under whom the
 * sum of values is greatest. Awarding one task after the other would let an early task take the agent that a
 * later one needs more.
 *
 * Bertsekas' auction: each unassigned task offers its favourite agent a price that beats the runner-up by a small
 * step. The prices that remain prove how far from the optimum the answer can be.
 * @see D. P. Bertsekas, The auction algorithm: a distributed relaxation method for the assignment problem, 1988
 */

export interface Allocation {
  /** Agent per task, by index; `undefined` where no agent is worth it. */
  readonly agents: readonly (number | undefined)[];
  readonly value: number;
  /** No allocation is worth more (weak duality). */
  readonly valueMax: number;
}

/** The step of a price, as a share of the greatest value: the answer is at most tasks × step below the optimum. */
export const priceStepShare = 1 / 2_048;
/** Agent slots (agents × capacity) beyond this are refused as a caller's mistake would be: too slow to answer. */
export const slotsMax = 4_096;

/**
 * @param values `values[task][agent]`: what the asker gains; zero or less where the agent may not have the task.
 * @param capacities how many tasks each agent takes; one each when absent.
 */
export function allocateTasks(
  values: readonly (readonly number[])[],
  capacities?: readonly number[],
): Allocation {
  const agentCount = values.reduce((most, row) => Math.max(most, row.length), 0);
  const slots: number[] = [];
  for (let agent = 0; agent < agentCount; agent++) {
    const copies = Math.min(capacities?.[agent] ?? 1, values.length);
    for (let i = 0; i < copies && slots.length < slotsMax; i++) slots.push(agent);
  }
  const greatest = Math.max(0, ...values.flat());
  const step = greatest * priceStepShare;
  const prices = slots.map(() => 0);
  const holders: (number | undefined)[] = slots.map(() => undefined);
  const held: (number | undefined)[] = values.map(() => undefined);
  const waiting = values.map((_, task) => task);
  // Each turn raises a price by at least one step, and none rises above the greatest value plus a step.
  while (waiting.length > 0 && step > 0) {
    const task = waiting.pop()!;
    const { best, profit, runnerUp } = findFavourite(values[task]!, slots, prices);
    if (best === undefined || profit <= 0) continue;
    prices[best]! += profit - Math.max(0, runnerUp) + step;
    const evicted = holders[best];
    if (evicted !== undefined) {
      held[evicted] = undefined;
      waiting.push(evicted);
    }
    holders[best] = task;
    held[task] = best;
  }
  const agents = held.map((slot) => (slot === undefined ? undefined : slots[slot]));
  const value = agents.reduce<number>(
    (sum, agent, task) => sum + (agent === undefined ? 0 : values[task]![agent]!),
    0,
  );
  return { agents, value, valueMax: boundAbove(values, slots, prices) };
}

function findFavourite(
  row: readonly number[],
  slots: readonly number[],
  prices: readonly number[],
): { best: number | undefined; profit: number; runnerUp: number } {
  let best: number | undefined;
  let profit = Number.NEGATIVE_INFINITY;
  let runnerUp = Number.NEGATIVE_INFINITY;
  for (let slot = 0; slot < slots.length; slot++) {
    const value = row[slots[slot]!] ?? 0;
    if (value <= 0) continue;
    const gain = value - prices[slot]!;
    if (gain > profit) {
      runnerUp = profit;
      profit = gain;
      best = slot;
    } else if (gain > runnerUp) runnerUp = gain;
  }
  return { best, profit, runnerUp };
}

/** The dual value: what all slots cost plus what each task would gain at these prices. */
function boundAbove(
  values: readonly (readonly number[])[],
  slots: readonly number[],
  prices: readonly number[],
): number {
  const gains = values.reduce((sum, row) => sum + Math.max(0, findFavourite(row, slots, prices).profit), 0);
  return prices.reduce((a, b) => a + b, 0) + gains;
}
