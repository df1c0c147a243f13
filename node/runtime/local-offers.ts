/** What this node's agents offer: whom a broadcast wakes, and how many tasks each takes on at once. */

import { type CapabilityRecord, capabilityText } from '../../discovery/capability-record.ts';
import { isInAudience, type Viewer } from '../../discovery/query.ts';
import type { VectorSource } from '../../discovery/vector-source.ts';
import type { Did } from '../../protocol/brand.ts';
import { CompactMap } from '../../protocol/compact-map.ts';

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
  return new EmbeddedOffers(vectors);
}

class EmbeddedOffers implements LocalOffers {
  readonly #vectors: VectorSource;
  readonly #offers = new CompactMap<Did, CompactMap<string, Offer>>();

  constructor(vectors: VectorSource) {
    this.#vectors = vectors;
  }

  #offersOf(agent: Did): readonly Offer[] {
    return [...(this.#offers.get(agent)?.values() ?? [])];
  }

  set(record: CapabilityRecord, isOffered: boolean): void {
    const agent = record.agent as Did;
    const own = this.#offers.get(agent) ?? new CompactMap<string, Offer>();
    this.#offers.set(agent, own);
    if (isOffered)
      own.set(record.capability, { vector: this.#vectors.embed(capabilityText(record)), record });
    else own.delete(record.capability);
  }

  agents(): readonly Did[] {
    return [...this.#offers.keys()];
  }

  capacityOf(agent: Did): number | undefined {
    return Math.max(0, ...this.#offersOf(agent).map(({ record }) => record.capacity ?? 0)) || undefined;
  }

  match(text: string, agents: readonly Did[], viewer: Viewer): readonly Match[] {
    const query = this.#vectors.embed(text);
    return agents.map((agent) => {
      const seen = this.#offersOf(agent).filter(({ record }) => isInAudience(record, viewer));
      return { agent, similarity: Math.max(0, ...seen.map(({ vector }) => dot(query, vector))) };
    });
  }
}

function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
