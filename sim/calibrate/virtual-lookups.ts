/** The lookups of a live run again, by the model: same places, keys and askers, same first contacts. */
import { RandomStream } from '../clock/random.ts';
import { connectPopulation, linkPopulation } from '../gossip/population.ts';
import { answering, runLookup } from '../kademlia/lookup.ts';
import { RoutingTables } from '../kademlia/routing-tables.ts';
import type { LiveGossipRun, LivePlan } from '../live/index.ts';

export interface VirtualLookup {
  readonly hops: number;
  readonly requestCount: number;
}

/**
 * @param placeOf Kademlia's place of a key: 32 bytes.
 * @param closest peers wanted by each lookup.
 */
export function runVirtualLookups(
  plan: LivePlan,
  live: Pick<LiveGossipRun, 'places' | 'lookups'>,
  { placeOf, closest }: { readonly placeOf: (key: Uint8Array) => Uint8Array; readonly closest: number },
): readonly VirtualLookup[] {
  const graph = connectPopulation(plan);
  const link = linkPopulation(plan);
  const tables = new RoutingTables({ peerCount: plan.peerCount });
  for (const [peer, place] of live.places.entries()) tables.setKey(peer, ...readWords(place));
  // A node knows whom it is connected to, in no order that the model could tell.
  const random = RandomStream.fromSeed(plan.seed).split('calibrate', 'contacts');
  for (let peer = 0; peer < plan.peerCount; peer++)
    for (const edge of random.shuffle([...graph.edgesOf(peer)])) tables.add(peer, graph.neighbourAt(edge));
  const world = {
    tables,
    answering: new Uint8Array(plan.peerCount).fill(answering.honest),
    liars: [],
    delayTicks: (from: number, to: number) => link.delayTicks(from, to, 100, 0),
  };
  return live.lookups.map(({ asker, key }) =>
    runLookup(world, asker, ...readWords(placeOf(key)), { count: closest }),
  );
}

/** The first 64 bits: what the model compares. */
function readWords(place: Uint8Array): [high: number, low: number] {
  const view = new DataView(place.buffer, place.byteOffset, place.byteLength);
  return [view.getUint32(0), view.getUint32(4)];
}
