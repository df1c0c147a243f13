/** A real run held against the model: the fit, both sides in the same words, and the goals. */
import { createHash } from 'node:crypto';
import { countWhole, measureGap } from '../gossip/published-histogram.ts';
import type { Delivery, LiveGossipRun, LivePlan } from '../live/index.ts';
import { meanOf, quantileOf } from '../scenario/statistics.ts';
import type { Calibration, CalibrationGoal, Side } from './calibration.ts';
import { fitProcessorMs, halfOf, sortedDelaysMs } from './processor-fit.ts';
import { runVirtualGossip, type VirtualGossip } from './virtual-gossip.ts';
import { runVirtualLookups, type VirtualLookup } from './virtual-lookups.ts';

/** How far a median or a cost may lie off: the goal that this project set itself. */
export const offShareMax = 0.15;
/** Draws of the mesh on virtual time. One real run is one draw. */
const drawCount = 20;

export function compareWithLive(plan: LivePlan, live: LiveGossipRun, closest: number): Calibration {
  const own: LivePlan = { ...plan, settings: { ...plan.settings, implementation: 'js-libp2p' } };
  const byBook: LivePlan = { ...plan, settings: { ...plan.settings, implementation: 'specification' } };
  const processorMs = fitProcessorMs(own, live.deliveries);
  const virtual = runVirtualGossip(own, processorMs, drawCount);
  const placeOf = (key: Uint8Array) => new Uint8Array(createHash('sha256').update(key).digest());
  const lookups = runVirtualLookups(own, live, { placeOf, closest });
  const sides = {
    live: describeSide(live, live.lookups),
    virtual: describeSide(virtual, lookups),
    specification: describeSide(runVirtualGossip(byBook, processorMs, drawCount), []),
  };
  const medianOf = (deliveries: readonly Delivery[], half: 'fitted' | 'checked') =>
    quantileOf(sortedDelaysMs(halfOf(deliveries, half)), 0.5);
  return {
    peerCount: plan.peerCount,
    messageCount: plan.messageCount,
    processorMs,
    fitted: {
      liveMs: medianOf(live.deliveries, 'fitted'),
      virtualMs: medianOf(virtual.deliveries, 'fitted'),
    },
    sides,
    delayGap: measureGap(
      countWhole(sortedDelaysMs(halfOf(live.deliveries, 'checked'))),
      countWhole(sortedDelaysMs(halfOf(virtual.deliveries, 'checked'))),
    ),
    reach: live.deliveries.length / (plan.messageCount * (plan.peerCount - 1)),
    failedLookupCount: live.lookups.filter(({ failure }) => failure !== undefined).length,
    lateness: live.lateness,
    processorShare: live.processorMs / live.wallMs,
    decisions: [],
    goals: [
      judge(
        'median propagation delay of the messages not fitted to, ms',
        medianOf(live.deliveries, 'checked'),
        medianOf(virtual.deliveries, 'checked'),
      ),
      judge('sends per delivery', sides.live.sendsPerDelivery, sides.virtual.sendsPerDelivery),
    ],
  };
}

function describeSide(
  run: Pick<VirtualGossip, 'deliveries' | 'sends' | 'ihave' | 'meanMeshDegree'>,
  lookups: readonly VirtualLookup[],
): Side {
  const delays = sortedDelaysMs(run.deliveries);
  return {
    medianMs: quantileOf(delays, 0.5),
    p95Ms: quantileOf(delays, 0.95),
    sendsPerDelivery: run.sends / run.deliveries.length,
    meshDegree: run.meanMeshDegree,
    ihaveCount: run.ihave,
    lookupHops: lookups.length === 0 ? undefined : meanOf(lookups.map(({ hops }) => hops)),
    lookupRequests:
      lookups.length === 0 ? undefined : meanOf(lookups.map(({ requestCount }) => requestCount)),
  };
}

/** Relative to the real figure: it is the truth here. */
function judge(name: string, live: number, virtual: number): CalibrationGoal {
  const offShare = Math.abs(virtual / live - 1);
  return { name, live, virtual, offShare, goal: `<= ${offShareMax}`, ok: offShare <= offShareMax };
}
