/** What this node's agents offer: whom a broadcast wakes, and how many tasks each takes on at once. */
import { type CapabilityRecord, capabilityText } from '../../discovery/capability-record.ts';
import { isInAudience, type Viewer } from '../../discovery/query.ts';
import type { VectorSource } from '../../discovery/vector-source.ts';
import type { Did } from '../../protocol/brand.ts';

export interface Match {
  readonly agent: Did;
  readonly similarity: number;
}

export interface LocalOffers {
  set(record: CapabilityRecord, isOffered: boolean): void;
  /** Agents that offered something, once. */
  agents(): readonly Did[];
  /** Tasks that an agent takes on at once, if it says so. */
  capacityOf(agent: Did): number | undefined;
  /** How well each of these agents' own capabilities fit the text; 0 for agents without any that the viewer may see. */
  match(text: string, agents: readonly Did[], viewer: Viewer): readonly Match[];
}

interface Offer {
  readonly vector: Float32Array;
  readonly record: CapabilityRecord;
}

export function createLocalOffers(vectors: VectorSource): LocalOffers {
  const offers = new Map<Did, Map<string, Offer>>();
  const offersOf = (agent: Did) => [...(offers.get(agent)?.values() ?? [])];

  return {
    set(record, isOffered) {
      const agent = record.agent as Did;
      const own = offers.get(agent) ?? new Map<string, Offer>();
      offers.set(agent, own);
      if (isOffered) own.set(record.capability, { vector: vectors.embed(capabilityText(record)), record });
      else own.delete(record.capability);
    },
    agents: () => [...offers.keys()],
    capacityOf: (agent) =>
      Math.max(0, ...offersOf(agent).map(({ record }) => record.capacity ?? 0)) || undefined,
    match(text, agents, viewer) {
      const query = vectors.embed(text);
      return agents.map((agent) => {
        const seen = offersOf(agent).filter(({ record }) => isInAudience(record, viewer));
        return { agent, similarity: Math.max(0, ...seen.map(({ vector }) => dot(query, vector))) };
      });
    },
  };
}

function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
