/** What a message costs each peer on its way, found from half of the messages of a real run. */
import { ticksPerMs } from '../clock/ticks.ts';
import type { Delivery, LivePlan } from '../live/index.ts';
import { quantileOf } from '../scenario/statistics.ts';
import { runVirtualGossip } from './virtual-gossip.ts';

/** A machine that needs longer for a message is too busy to be compared with. */
export const processorMsMax = 50;
/** Draws for each tried value: enough for the median to follow the value and not the mesh. */
const drawCount = 5;

/** Publications 0, 2, 4… are fitted to, the others checked. */
export function halfOf(deliveries: readonly Delivery[], half: 'fitted' | 'checked'): readonly Delivery[] {
  const parity = half === 'fitted' ? 0 : 1;
  return deliveries.filter(({ publication }) => publication % 2 === parity);
}

export function sortedDelaysMs(deliveries: readonly Delivery[]): readonly number[] {
  return deliveries.map(({ delayMs }) => delayMs).sort((a, b) => a - b);
}

/**
 * The processor time per message and hop with which the virtual median meets the real one, in whole ticks (0.1 ms),
 * by bisection: the median grows with it. 0 when real nodes are as quick as free ones, {@link processorMsMax} at most.
 */
export function fitProcessorMs(plan: LivePlan, live: readonly Delivery[]): number {
  const wantedMs = quantileOf(sortedDelaysMs(halfOf(live, 'fitted')), 0.5);
  let low = 0;
  let high = processorMsMax * ticksPerMs;
  while (low < high) {
    const middle = (low + high) >> 1;
    const { deliveries } = runVirtualGossip(plan, middle / ticksPerMs, drawCount);
    if (quantileOf(sortedDelaysMs(halfOf(deliveries, 'fitted')), 0.5) < wantedMs) low = middle + 1;
    else high = middle;
  }
  return low / ticksPerMs;
}
