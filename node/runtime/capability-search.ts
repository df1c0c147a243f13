/** Searches for capabilities: among the records held here, in the DHT, or both; by the built-in embedder or a model. */

import type { CapabilityRecord } from '../../discovery/capability-record.ts';
import { composeFound } from '../../discovery/dht/index.ts';
import type { GossipIndex } from '../../discovery/gossip-index.ts';
import {
  type Answer,
  composeAnswer,
  type Query,
  queryDefaults,
  skillsOf,
  type Viewer,
} from '../../discovery/query.ts';
import { bucketOf } from '../../discovery/record-table.ts';
import type { Standing } from '../../discovery/search.ts';
import type { VectorSource } from '../../discovery/vector-source.ts';
import type { Did } from '../../protocol/brand.ts';
import { CompactMap } from '../../protocol/compact-map.ts';
import { accept, type Checked, refuse } from '../../protocol/errors.ts';
import type { DenseDesk, QueryVectors } from './dense-desk.ts';
import type { DhtDesk } from './dht-desk.ts';
import type { PeerCore } from './peer-core.ts';

/** Where this node keeps and seeks records. `both` keeps everything and serves the DHT as well. */
export type IndexChoice = 'gossip' | 'dht' | 'both';

export interface CapabilitySearchComponents {
  readonly core: PeerCore;
  readonly vectors: VectorSource;
  /** The spaces of an agent, as far as this node knows. */
  readonly spacesOf: (agent: Did) => Iterable<string>;
  /** What an asker knows of agents from experience. */
  readonly standingFor: (asker: Did) => Standing;
}

/** Where is searched. */
export interface SearchedIndexes {
  readonly index: GossipIndex;
  readonly dht: DhtDesk | undefined;
  readonly dense: DenseDesk | undefined;
  readonly choice: IndexChoice;
}

export interface CapabilitySearch {
  /** Search what is held here. */
  search(query: Query, viewer: Did): Answer;
  /** Search here or in the DHT; `done` is called once, at once or within the DHT's deadline. */
  find(
    query: Query,
    viewer: Did,
    via: 'gossip' | 'dht' | undefined,
    done: (answer: Answer) => void,
  ): Checked<void>;
  /** Records of an agent that an answer of the DHT brought lately. */
  foundOf(agent: Did): readonly CapabilityRecord[];
}

/** Agents whose records are remembered from answers of the DHT. */
const foundAgentsMax = 1_000;

export function createCapabilitySearch(
  parts: CapabilitySearchComponents,
  indexes: SearchedIndexes,
): CapabilitySearch {
  return new Searches(parts, indexes);
}

class Searches implements CapabilitySearch {
  readonly #parts: CapabilitySearchComponents;
  readonly #indexes: SearchedIndexes;
  readonly #foundRecords = new CompactMap<Did, Map<string, CapabilityRecord>>();

  constructor(parts: CapabilitySearchComponents, indexes: SearchedIndexes) {
    this.#parts = parts;
    this.#indexes = indexes;
  }

  search(query: Query, viewer: Did, vectors?: QueryVectors): Answer {
    const nowMs = this.#parts.core.clock.nowMs();
    const standing = this.#parts.standingFor(viewer);
    const draw = this.#trafficDraw(viewer);
    const found = { query, nowMs, viewer: this.#viewerOf(viewer), standing, trafficDraw: draw };
    return this.#indexes.index.search(vectors === undefined ? found : { ...found, dense: vectors });
  }

  find(
    query: Query,
    viewer: Did,
    via: 'gossip' | 'dht' | undefined,
    done: (answer: Answer) => void,
  ): Checked<void> {
    const chosen = via ?? (this.#indexes.choice === 'dht' ? 'dht' : 'gossip');
    if (chosen === 'gossip') {
      const say = (answer: Answer) =>
        done(this.#indexes.choice === 'dht' ? withReason(answer, 'only-own-records-here') : answer);
      const skills = skillsOf(query);
      if (this.#indexes.dense === undefined || !skills.ok) say(this.search(query, viewer));
      else
        this.#indexes.dense.queryVectors(skills.value, (vectors) =>
          say(this.#searchDense(query, viewer, vectors)),
        );
      return accept(undefined);
    }
    if (this.#indexes.dht === undefined)
      return refuse('AMP-1608', 'This node does not take part in the DHT index.', 'filter.via');
    this.#indexes.dht.ask(query, (found) => {
      const standing = this.#parts.standingFor(viewer);
      const facts = {
        space: this.#parts.vectors.space,
        viewer: this.#viewerOf(viewer),
        standing,
        trafficDraw: this.#trafficDraw(viewer),
      };
      const answer = joinAnswers(composeFound(found, facts), this.search(query, viewer), query.limit);
      this.#rememberFound(answer);
      done(answer);
    });
    return accept(undefined);
  }

  /**
   * In the chosen space first; records without a vector there come behind, found in the built-in space: two
   * similarities of different spaces say nothing about each other.
   */
  #searchDense(query: Query, viewer: Did, vectors: QueryVectors | { readonly reason: string }): Answer {
    const builtin = this.search(query, viewer);
    if ('reason' in vectors) return withReason(builtin, vectors.reason);
    const near = this.search(query, viewer, vectors);
    let hasOthers = false;
    const parts = near.skills.map((part, at) => {
      const others = (builtin.skills[at]?.hits ?? []).filter(
        ({ agent, capability }) => this.#indexes.index.spaceOf(agent, capability) !== vectors.space,
      );
      hasOthers ||= others.length > 0;
      const hits = [...part.hits, ...others].slice(0, query.limit ?? queryDefaults.limit);
      return { ...part, hits, isCovered: hits.length > 0 };
    });
    const answer = composeAnswer(parts, near.provenance);
    return hasOthers ? withReason(answer, 'some-without-vector-of-that-space') : answer;
  }

  #rememberFound(answer: Answer): void {
    for (const { agent, record } of answer.skills.flatMap((skill) => skill.hits)) {
      const known = this.#foundRecords.get(agent) ?? new Map<string, CapabilityRecord>();
      this.#foundRecords.delete(agent);
      this.#foundRecords.set(agent, known.set(record.capability, record));
    }
    for (const agent of this.#foundRecords.keys()) {
      if (this.#foundRecords.size <= foundAgentsMax) return;
      this.#foundRecords.delete(agent);
    }
  }

  #viewerOf(agent: Did): Viewer {
    return { agent, spaces: new Set(this.#parts.spacesOf(agent)) };
  }

  /** Which version of a service a query may see: spread evenly, and the same when the run is replayed. */
  #trafficDraw(viewer: Did): number {
    return bucketOf(`${viewer} ${this.#parts.core.clock.nowMs()}`, 1_000) / 1_000;
  }

  foundOf(agent: Did): readonly CapabilityRecord[] {
    return [...(this.#foundRecords.get(agent)?.values() ?? [])];
  }
}

function withReason(answer: Answer, reason: string): Answer {
  const reasons = [...answer.provenance.reasons, reason];
  return { ...answer, provenance: { ...answer.provenance, isMaybeIncomplete: true, reasons } };
}

/** What the DHT found, and what is held here besides: own records, and those for an audience. */
function joinAnswers(found: Answer, here: Answer, limit: number = queryDefaults.limit): Answer {
  const parts = found.skills.map((part, at) => {
    const known = new Set(part.hits.map((hit) => `${hit.agent} ${hit.capability}`));
    const more = (here.skills[at]?.hits ?? []).filter(
      (hit) => hit.record.audience !== 'mesh' && !known.has(`${hit.agent} ${hit.capability}`),
    );
    const hits = [...part.hits, ...more]
      .sort((a, b) => b.score - a.score || (a.recordId < b.recordId ? -1 : 1))
      .slice(0, limit);
    return { ...part, hits, isCovered: hits.length > 0 };
  });
  return composeAnswer(parts, found.provenance);
}
