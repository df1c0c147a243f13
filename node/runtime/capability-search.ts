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
import { accept, type Checked, refuse } from '../../protocol/errors.ts';
import type { DenseDesk, QueryVectors } from './dense-desk.ts';
import type { DhtDesk } from './dht-desk.ts';
import type { PeerCore } from './peer-core.ts';

/** Where this node keeps and seeks records. `both` keeps everything and serves the DHT as well. */
export type IndexChoice = 'gossip' | 'dht' | 'both';

export interface CapabilitySearchComponents {
  readonly core: PeerCore;
  readonly index: GossipIndex;
  readonly dht: DhtDesk | undefined;
  readonly dense: DenseDesk | undefined;
  readonly vectors: VectorSource;
  readonly choice: IndexChoice;
  readonly spacesOf: (agent: Did) => ReadonlySet<string>;
  readonly standingFor: (asker: Did) => Standing;
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

export function createCapabilitySearch(components: CapabilitySearchComponents): CapabilitySearch {
  const { core, index, dht, dense, vectors, choice, spacesOf, standingFor } = components;
  const foundRecords = new Map<Did, Map<string, CapabilityRecord>>();

  function search(query: Query, viewer: Did, vectors?: QueryVectors): Answer {
    const nowMs = core.clock.nowMs();
    const standing = standingFor(viewer);
    const draw = trafficDraw(viewer);
    const found = { query, nowMs, viewer: viewerOf(viewer), standing, trafficDraw: draw };
    return index.search(vectors === undefined ? found : { ...found, dense: vectors });
  }

  function find(
    query: Query,
    viewer: Did,
    via: 'gossip' | 'dht' | undefined,
    done: (answer: Answer) => void,
  ): Checked<void> {
    const chosen = via ?? (choice === 'dht' ? 'dht' : 'gossip');
    if (chosen === 'gossip') {
      const say = (answer: Answer) =>
        done(choice === 'dht' ? withReason(answer, 'only-own-records-here') : answer);
      const skills = skillsOf(query);
      if (dense === undefined || !skills.ok) say(search(query, viewer));
      else dense.queryVectors(skills.value, (vectors) => say(searchDense(query, viewer, vectors)));
      return accept(undefined);
    }
    if (dht === undefined)
      return refuse('AMP-1608', 'This node does not take part in the DHT index.', 'filter.via');
    dht.ask(query, (found) => {
      const standing = standingFor(viewer);
      const facts = {
        space: vectors.space,
        viewer: viewerOf(viewer),
        standing,
        trafficDraw: trafficDraw(viewer),
      };
      const answer = joinAnswers(composeFound(found, facts), search(query, viewer), query.limit);
      rememberFound(answer);
      done(answer);
    });
    return accept(undefined);
  }

  /**
   * In the chosen space first; records without a vector there come behind, found in the built-in space: two
   * similarities of different spaces say nothing about each other.
   */
  function searchDense(
    query: Query,
    viewer: Did,
    vectors: QueryVectors | { readonly reason: string },
  ): Answer {
    const builtin = search(query, viewer);
    if ('reason' in vectors) return withReason(builtin, vectors.reason);
    const near = search(query, viewer, vectors);
    let hasOthers = false;
    const parts = near.skills.map((part, at) => {
      const others = (builtin.skills[at]?.hits ?? []).filter(
        ({ agent, capability }) => index.spaceOf(agent, capability) !== vectors.space,
      );
      hasOthers ||= others.length > 0;
      const hits = [...part.hits, ...others].slice(0, query.limit ?? queryDefaults.limit);
      return { ...part, hits, isCovered: hits.length > 0 };
    });
    const answer = composeAnswer(parts, near.provenance);
    return hasOthers ? withReason(answer, 'some-without-vector-of-that-space') : answer;
  }

  function rememberFound(answer: Answer): void {
    for (const { agent, record } of answer.skills.flatMap((skill) => skill.hits)) {
      const known = foundRecords.get(agent) ?? new Map<string, CapabilityRecord>();
      foundRecords.delete(agent);
      foundRecords.set(agent, known.set(record.capability, record));
    }
    for (const agent of foundRecords.keys()) {
      if (foundRecords.size <= foundAgentsMax) return;
      foundRecords.delete(agent);
    }
  }

  function viewerOf(agent: Did): Viewer {
    return { agent, spaces: spacesOf(agent) };
  }

  /** Which version of a service a query may see: spread evenly, and the same when the run is replayed. */
  function trafficDraw(viewer: Did): number {
    return bucketOf(`${viewer} ${core.clock.nowMs()}`, 1_000) / 1_000;
  }

  return { search, find, foundOf: (agent) => [...(foundRecords.get(agent)?.values() ?? [])] };
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
