/** From what the DHT found to an answer: the same rank, factors and form as the gossip index gives. */
import type { Did, NodeId } from '../../protocol/brand.ts';
import { type Answer, composeAnswer, type Hit, isInAudience, queryDefaults, type Viewer } from '../query.ts';
import { explainRank, scoreOf } from '../rank.ts';
import { factsOf, isOffered, neutralStanding, type Standing } from '../search.ts';
import type { Candidate, Found } from './ask-state.ts';

export interface ComposeContext {
  readonly space: string;
  readonly viewer: Viewer;
  readonly standing?: Standing;
  readonly trafficDraw?: number;
}

/** Rank what was found. A DHT never knows everybody, so its answer is always marked as maybe incomplete. */
export function composeFound(found: Found, context: ComposeContext): Answer {
  const { standing = neutralStanding, viewer, trafficDraw } = context;
  const limit = found.query.limit ?? queryDefaults.limit;
  const parts = found.skills.map(({ skill, candidates }) => {
    const hits = candidates
      .filter(({ capability: { body } }) => isInAudience(body, viewer) && isOffered(body, trafficDraw))
      .map((candidate) => toHit(candidate, standing))
      .sort((a, b) => b.score - a.score || (a.recordId < b.recordId ? -1 : 1))
      .slice(0, limit);
    return { skill, isCovered: hits.length > 0, hits };
  });
  return composeAnswer(parts, {
    ...{ via: 'dht', space: context.space },
    ...{ nodesAskedCount: found.nodesAskedCount, nodesAnsweredCount: found.nodesAnsweredCount },
    ...{ messageCount: found.messageCount, byteCount: found.byteCount },
    ...{ recordCount: found.recordCount, refusedCount: found.refusedCount },
    ...{ isMaybeIncomplete: true, reasons: ['some-buckets-only', ...found.reasons] },
  });
}

function toHit({ capability, similarity, load }: Candidate, standing: Standing): Hit {
  const { body, id } = capability;
  const factors = explainRank(similarity, factsOf(body, load, standing));
  return {
    ...{ agent: body.agent as Did, node: body.node as NodeId, capability: body.capability },
    ...{ score: scoreOf(factors), factors, record: body, recordId: id },
  };
}
